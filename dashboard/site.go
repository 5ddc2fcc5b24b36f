package dashboard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"chiso/reform"
	"chiso/reform/words"
)

// SiteOptions say what a bundle of pages holds that works without a server.
type SiteOptions struct {
	Units []reform.UnitKey // overview and profile of each; none: the home unit
	Lang  string           // "" Vietnamese
}

// SiteReport is what a bundle holds.
type SiteReport struct {
	Pages, Files int
	Bytes        int64
	Rev          uint64
}

// bundledFormats are the files of each picture in a bundle: those that any machine opens.
var bundledFormats = []string{"svg", "png", "csv", "xlsx"}

// Site writes pages as the server gives them, with their pictures, styles and fonts, into a
// folder, so that they can be read from a stick without a server, a script or a network. Links to
// what is not in the bundle become plain text.
func (s *Server) Site(ctx context.Context, dir string, o SiteOptions) (SiteReport, error) {
	if len(o.Units) == 0 {
		o.Units = []reform.UnitKey{s.opt.HomeUnit}
	}
	for _, k := range o.Units {
		if s.unitHref(k) == "" {
			return SiteReport{}, fmt.Errorf("%s is no province of the catalogue: %w", k, reform.ErrNotFound)
		}
	}
	rev, err := s.opt.Reader.Rev(ctx)
	if err != nil {
		return SiteReport{}, err
	}
	b := &bundle{s: s, ctx: ctx, dir: dir, lang: words.Lang(o.Lang), byAddress: map[string]string{}, written: map[string]bool{}, report: SiteReport{Rev: rev}}
	if err := b.plan(o.Units); err != nil {
		return b.report, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a bundle is made to be given away
		return b.report, err
	}
	for _, p := range b.pages {
		if err := ctx.Err(); err != nil {
			return b.report, err
		}
		if err := b.page(p); err != nil {
			return b.report, fmt.Errorf("page %s: %w", p.address, err)
		}
	}
	return b.report, nil
}

// sitePage is a page of a bundle: its address on the server and its file.
type sitePage struct{ address, file string }

type bundle struct {
	s         *Server
	ctx       context.Context
	dir, lang string
	pages     []sitePage
	byAddress map[string]string // canonical address to file
	written   map[string]bool
	report    SiteReport
}

func (b *bundle) add(file string, addresses ...string) {
	for i, a := range addresses {
		a = canonical(a)
		if _, ok := b.byAddress[a]; ok {
			continue
		}
		if i == 0 {
			b.pages = append(b.pages, sitePage{a, file})
		}
		b.byAddress[a] = file
	}
}

// plan lists the pages: overview and profile of the units, with every index that has data, and
// the newest edition of each ranking.
func (b *bundle) plan(units []reform.UnitKey) error {
	s := b.s
	eds, err := s.editionsFor(b.ctx, "", reform.View{})
	if err != nil {
		return err
	}
	newest := map[string]reform.EditionInfo{}
	var codes []string
	for _, ix := range s.opt.Catalog.Indices() {
		for _, e := range eds {
			if e.Index != ix.Code {
				continue
			}
			if _, ok := newest[ix.Code]; !ok {
				codes = append(codes, ix.Code)
				newest[ix.Code] = e
			}
		}
	}
	for i, k := range units {
		u, _ := s.unitOf(k)
		name := string(u.Scheme) + "-" + u.Slug
		if i == 0 {
			b.add("index.html", "/?unit="+string(k), "/")
		} else {
			b.add("overview-"+name+".html", "/?unit="+string(k))
		}
		for _, code := range codes {
			addresses := []string{s.unitHref(k) + "?index=" + code}
			if code == "par" {
				addresses = append(addresses, s.unitHref(k))
			}
			b.add("unit-"+name+"-"+code+".html", addresses...)
		}
		if !slices.Contains(codes, "par") {
			b.add("unit-"+name+".html", s.unitHref(k))
		}
	}
	b.add("rankings.html", "/rankings")
	b.add("indices.html", "/indices")
	b.add("units.html", "/units")
	for _, code := range codes {
		b.add("ranking-"+code+".html", "/rankings/"+code, "/rankings/"+code+"?period="+newest[code].Period.String())
		b.add("index-"+code+".html", "/indices/"+code)
	}
	return nil
}

// canonical makes addresses that show the same page alike: parameters in order, without those of the looks.
func canonical(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	for _, name := range []string{"lang", "theme"} {
		q.Del(name)
	}
	for name, values := range q {
		if len(values) == 1 && values[0] == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return u.Path
	}
	return u.Path + "?" + q.Encode()
}

// get asks this very server, without a port.
func (b *bundle) get(address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Host = "127.0.0.1"
	req.Header.Set("Cookie", langCookie+"="+b.lang+"; "+themeCookie+"=light; "+narrowCookie+"=0")
	res, err := b.s.app.Test(req, -1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %s", res.StatusCode, clip(string(body), 200))
	}
	return body, nil
}

// write puts a file into the bundle once.
func (b *bundle) write(name string, body []byte) error {
	if b.written[name] {
		return nil
	}
	b.written[name] = true
	file := filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // as above
		return err
	}
	b.report.Files++
	b.report.Bytes += int64(len(body))
	return os.WriteFile(file, body, 0o644) //nolint:gosec // as above
}

func (b *bundle) page(p sitePage) error {
	body, err := b.get(p.address)
	if err != nil {
		return err
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := b.rewrite(doc, p.address); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil {
		return err
	}
	b.report.Pages++
	return b.write(p.file, out.Bytes())
}

// stamp says in the page that it is a copy, and of when.
func (b *bundle) stamp() string {
	at := ""
	if b.report.Rev > 1e15 && b.report.Rev < 1e16 {
		at = day(time.UnixMicro(int64(b.report.Rev)).UTC(), b.lang)
	}
	return words.T(b.lang, "site.copy", "rev", strconv.FormatUint(b.report.Rev, 10), "day", at)
}

// asset copies a file of the screens and gives its place in the bundle.
func (b *bundle) asset(address string) (string, error) {
	name := "static/" + path.Base(address)
	if b.written[name] {
		return name, nil
	}
	file, ok := b.s.assets.byURL[address]
	if !ok {
		return "", fmt.Errorf("no static file %q", address)
	}
	body := file.raw
	if path.Ext(name) == ".css" {
		for _, m := range staticURL.FindAllSubmatch(body, -1) {
			if _, err := b.asset(string(m[1])); err != nil {
				return "", err
			}
		}
		body = staticURL.ReplaceAllFunc(body, func(m []byte) []byte {
			return []byte("url(" + path.Base(string(staticURL.FindSubmatch(m)[1])) + ")")
		})
	}
	return name, b.write(name, body)
}

// picture saves a file of a picture and gives its place; "" where the bundle has no such.
func (b *bundle) picture(u *url.URL) (string, error) {
	name, ext, _ := strings.Cut(strings.TrimPrefix(u.Path, "/figures/"), ".")
	kind, ok := pictureNamed(name)
	format, known := formatNamed(ext)
	if !ok || !known || !slices.Contains(bundledFormats, ext) || u.Query().Get("rev") != "" {
		return "", nil
	}
	q := u.Query()
	if b.lang != "vi" {
		q.Set("lang", b.lang)
	}
	q, err := b.s.pinned(b.ctx, q)
	if err != nil {
		return "", err
	}
	d, err := b.s.drawFile(b.ctx, kind, format, q, b.s.opt.BaseURL)
	if err != nil {
		return "", fmt.Errorf("%s: %w", u, err)
	}
	// Two pictures may have one name: of the same subject and time, by other measures.
	file := "pictures/" + d.name + "-" + shortSum(q.Encode()) + "." + ext
	return file, b.write(file, d.body)
}
