package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"chiso/charts/assets"
	"chiso/charts/geo"
	"chiso/reform"
)

//go:embed static/css/*.css static/*.js static/icon.svg
var staticFiles embed.FS

// asset is a file of the screens.
type asset struct {
	url         string
	contentType string
	etag        string
	raw         []byte
	packed      func() packedFile // compressed, once; nil where the file is so already
}

// assetSet holds all files by address. An address carries a hash of the
// content, so a browser may keep it forever and a new version has a new one.
type assetSet struct {
	byURL  map[string]*asset
	byName map[string]*asset
}

// newAssets reads and hashes the files. They are compressed in the background, half a second of a core: a start
// does not wait for that, and a reader for no more than the file that is asked for.
func newAssets(own map[reform.Scheme]*geo.Map) (*assetSet, error) {
	set := &assetSet{byURL: map[string]*asset{}, byName: map[string]*asset{}}
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	scripts, err := fs.Glob(files, "*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range append(scripts, "icon.svg") {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		set.add(name, b)
	}
	for _, name := range []string{assets.RegularWOFF2Name, assets.BoldWOFF2Name} {
		b, err := fs.ReadFile(assets.FS(), name)
		if err != nil {
			return nil, err
		}
		set.add(name, b)
	}
	// One file and one request: the formatters register themselves with the library that stands before them.
	set.add("charts.js", []byte(assets.ECharts()+"\n"+assets.Formatters()))
	set.addMaps(own)
	text, err := styles(files)
	if err != nil {
		return nil, err
	}
	// The style sheet names the fonts by their hashed addresses.
	for _, name := range []string{assets.RegularWOFF2Name, assets.BoldWOFF2Name} {
		text = strings.ReplaceAll(text, "url("+name+")", "url("+set.byName[name].url+")")
	}
	set.add("app.css", []byte(text))
	go func() {
		for _, name := range slices.Concat([]string{"app.css", "app.js", "charts.js"}, slices.Sorted(maps.Keys(set.byName))) {
			if a := set.byName[name]; a.packed != nil {
				a.packed()
			}
		}
	}()
	return set, nil
}

// styles are the style sheets in the order of their names, as one: a page costs one request, and
// each part of the house keeps its own file.
func styles(own fs.FS) (string, error) {
	names, err := fs.Glob(own, "css/*.css")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range names {
		css, err := fs.ReadFile(own, name)
		if err != nil {
			return "", err
		}
		b.Write(css)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

func (set *assetSet) add(name string, b []byte) {
	sum := sha256.Sum256(b)
	ext := path.Ext(name)
	a := &asset{
		url:         "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		contentType: contentTypes[ext],
		etag:        `"` + hex.EncodeToString(sum[:8]) + `"`,
		raw:         b,
	}
	if ext != ".woff2" {
		a.packed = packing(sum, b)
	}
	set.byURL[a.url], set.byName[name] = a, a
}

// packedFile is a file in both ways of compression.
type packedFile struct{ gzip, br []byte }

var packings sync.Map // of func() packedFile, by the file's hash

// packing compresses a file once in a process: they are the same for every server in it, and
// the tests start hundreds.
func packing(id [sha256.Size]byte, b []byte) func() packedFile {
	p, _ := packings.LoadOrStore(id, sync.OnceValue(func() packedFile { return compressed(b) }))
	return p.(func() packedFile)
}

func compressed(b []byte) packedFile {
	var g, r bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&g, gzip.BestCompression) // the level is a constant: no error
	zw.Write(b)                                            //nolint:errcheck // a Buffer takes all
	zw.Close()                                             //nolint:errcheck // as above
	bw := brotli.NewWriterOptions(&r, brotli.WriterOptions{Quality: brotliQuality(len(b)), LGWin: 22})
	bw.Write(b) //nolint:errcheck // as above
	bw.Close()  //nolint:errcheck // as above
	return packedFile{g.Bytes(), r.Bytes()}
}

// brotliQuality keeps the start short: the best quality costs 1.5 s for the chart
// library and saves 15 kB of it over 9, which takes 60 ms.
func brotliQuality(size int) int {
	if size > 200_000 {
		return 9
	}
	return brotli.BestCompression
}

// url is the address of a file by its name; an unknown name is a mistake in a template.
func (set *assetSet) url(name string) (string, error) {
	a, ok := set.byName[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return a.url, nil
}

// serveStatic answers /static/*: the encoding that the browser takes, kept for a year.
func (s *Server) serveStatic(c *fiber.Ctx) error {
	a, ok := s.assets.byURL[c.Path()]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age="+fmt.Sprint(int((365*24*time.Hour).Seconds()))+", immutable")
	c.Set(fiber.HeaderETag, a.etag)
	c.Set(fiber.HeaderContentType, a.contentType)
	if a.packed != nil {
		c.Vary(fiber.HeaderAcceptEncoding)
	}
	if c.Get(fiber.HeaderIfNoneMatch) == a.etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	// Who names no encoding may not know any.
	if a.packed != nil && c.Get(fiber.HeaderAcceptEncoding) != "" {
		switch c.AcceptsEncodings("br", "gzip") {
		case "br":
			c.Set(fiber.HeaderContentEncoding, "br")
			return c.Send(a.packed().br)
		case "gzip":
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return c.Send(a.packed().gzip)
		}
	}
	return c.Send(a.raw)
}
