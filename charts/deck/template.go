package deck

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// Template is the master of a presentation of the user's own (.pptx or .potx), with its
// layouts, colours, fonts and pictures. Its slides are left behind.
type Template struct {
	base      *base
	numberIdx string // attribute of the place for a slide's number
	subIdx    string // of the subtitle on a cover
	parts     []themePiece
}

// themePiece is a part that comes along, under a name of ours.
type themePiece struct {
	part
	ext  string
	rels rels
}

// refused is the error of a file that can't be taken; every one says why in a sentence.
func refused(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, reform.ErrInvalid)...)
}

// Content types of what a master may lead to, by the end of the relation's type.
var themeTypes = map[string]string{
	"slideMaster":    typeSlide + "slideMaster+xml",
	"slideLayout":    typeSlide + "slideLayout+xml",
	"theme":          typeOff + "theme+xml",
	"themeOverride":  typeOff + "themeOverride+xml",
	"tags":           typeSlide + "tags+xml",
	"customXmlProps": typeOff + "customXmlProperties+xml",
	"customXml":      "application/xml",
}

var imageTypes = map[string]string{
	"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
	"emf": "image/x-emf", "wmf": "image/x-wmf", "svg": "image/svg+xml", "wdp": "image/vnd.ms-photo",
}

// ReadTemplate takes the first master of a presentation. It is strict: what it doesn't know, it
// refuses, for a deck that an office program has to repair is worth less than none.
func ReadTemplate(file []byte) (_ *Template, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("template: %w", err)
		}
	}()
	in, err := openTemplate(file)
	if err != nil {
		return nil, err
	}
	root, err := in.rels("")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(root, func(r rel) bool { return strings.HasSuffix(r.kind, "/officeDocument") })
	if i < 0 {
		return nil, refused("the file holds no presentation")
	}
	var pres struct {
		Masters []struct {
			Attrs attrs `xml:",any,attr"`
		} `xml:"sldMasterIdLst>sldMasterId"`
		Size struct {
			W int64 `xml:"cx,attr"`
			H int64 `xml:"cy,attr"`
		} `xml:"sldSz"`
	}
	name := root[i].target
	if err := in.parse(name, &pres); err != nil {
		return nil, err
	}
	if len(pres.Masters) == 0 {
		return nil, refused("the presentation has no slide master")
	}
	const inch = 914400
	if pres.Size.W < 3*inch || pres.Size.H < 3*inch || pres.Size.W > 56*inch || pres.Size.H > 56*inch {
		return nil, refused("slides of %d by %d are no size that can be filled", pres.Size.W, pres.Size.H)
	}
	list, err := in.rels(name)
	if err != nil {
		return nil, err
	}
	master := ""
	for _, r := range list {
		if r.id == pres.Masters[0].Attrs.rel() && strings.HasSuffix(r.kind, "/slideMaster") && !r.external {
			master = r.target
		}
	}
	if master == "" {
		return nil, refused("the presentation names a slide master that is not there")
	}
	t := &Template{base: &base{own: true, w: float64(pres.Size.W) / inch, h: float64(pres.Size.H) / inch, sizeXML: fmt.Sprintf(`<p:sldSz cx="%d" cy="%d"/>`, pres.Size.W, pres.Size.H)}}
	c := &carrier{in: in, t: t, names: map[string]string{}, count: map[string]int{}}
	if t.base.master, err = c.carry(master, "slideMaster"); err != nil {
		return nil, err
	}
	if err := t.layOut(in, c, pres.Masters[0].Attrs.id(), master); err != nil {
		return nil, err
	}
	return t, nil
}

// carrier takes parts along.
type carrier struct {
	in    *templateFile
	t     *Template
	names map[string]string // ours by theirs
	count map[string]int
}

// carry takes a part and all that it leads to along, and returns its new name.
func (c *carrier) carry(name, kind string) (string, error) {
	if to, ok := c.names[name]; ok {
		return to, nil
	}
	if kind == "slideMaster" && c.count[kind] > 0 {
		return "", refused("a layout belongs to another master")
	}
	c.count[kind]++
	n := c.count[kind]
	piece := themePiece{part: part{kind: themeTypes[kind]}}
	switch kind {
	case "slideMaster", "slideLayout":
		piece.name = fmt.Sprintf("ppt/%ss/%s%d.xml", kind, kind, n)
	case "theme", "themeOverride":
		piece.name = fmt.Sprintf("ppt/theme/%s%d.xml", kind, n)
	case "tags":
		piece.name = fmt.Sprintf("ppt/tags/theirs%d.xml", n)
	case "customXml":
		piece.name = fmt.Sprintf("customXml/item%d.xml", n)
	case "customXmlProps":
		piece.name = fmt.Sprintf("customXml/itemProps%d.xml", n)
	case "image", "hdphoto":
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
		if imageTypes[ext] == "" {
			return "", refused("the master shows a picture of the kind %q, which is not known", brief(clean(ext), 12))
		}
		piece.ext, piece.name = ext, fmt.Sprintf("ppt/media/theirs-%s%d.%s", kind, n, ext)
	default:
		return "", refused("the master holds a %q, which can't be taken along; remove it and save the file again", brief(clean(kind), 40))
	}
	c.names[name] = piece.name
	var err error
	if piece.body, err = c.in.read(name); err != nil {
		return "", err
	}
	at := len(c.t.parts)
	c.t.parts = append(c.t.parts, piece)
	if piece.ext != "" {
		return piece.name, nil
	}
	if err := c.in.sound(name, piece.body); err != nil {
		return "", err
	}
	list, err := c.in.rels(name)
	if err != nil {
		return "", err
	}
	var own rels
	for _, r := range list {
		kind := r.kind[strings.LastIndex(r.kind, "/")+1:]
		if r.external {
			u, err := url.Parse(r.target)
			if kind != "hyperlink" || err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
				return "", refused("the master leads out of the file to %q; only links to web pages are taken along", brief(clean(r.target), 60))
			}
			own.list = append(own.list, r)
			continue
		}
		to, err := c.carry(r.target, kind)
		if err != nil {
			return "", err
		}
		r.target = relative(piece.name, to)
		own.list = append(own.list, r)
	}
	for _, m := range usedRel.FindAllSubmatch(piece.body, -1) {
		if !slices.ContainsFunc(own.list, func(r rel) bool { return r.id == string(m[1]) }) {
			return "", refused("%s uses a relation %q that is not there", brief(clean(name), 60), brief(clean(string(m[1])), 20))
		}
	}
	c.t.parts[at].rels = own
	return piece.name, nil
}

var usedRel = regexp.MustCompile(`\br:(?:id|embed|link|pict|dm|lo|qs|cs)\s*=\s*["']([^"']*)["']`)

// relative is the way from one part to another.
func relative(from, to string) string {
	return strings.Repeat("../", strings.Count(from, "/")) + to
}

// addTo writes the parts of the template into a package.
func (t *Template) addTo(p *pack) {
	for _, one := range t.parts {
		if one.ext != "" {
			p.extension(one.ext, imageTypes[one.ext])
			p.addBytes(one.name, "", one.body)
			continue
		}
		p.addBytes(one.name, one.kind, one.body)
		if len(one.rels.list) > 0 {
			p.addRels(one.name, &one.rels)
		}
	}
}

// sheetXML is what is read of a master or a layout.
type sheetXML struct {
	Type   string `xml:"type,attr"`
	Shapes []struct {
		Place *struct {
			Type string `xml:"type,attr"`
			Idx  string `xml:"idx,attr"`
		} `xml:"nvSpPr>nvPr>ph"`
		Off *struct {
			X int64 `xml:"x,attr"`
			Y int64 `xml:"y,attr"`
		} `xml:"spPr>xfrm>off"`
		Ext *struct {
			W int64 `xml:"cx,attr"`
			H int64 `xml:"cy,attr"`
		} `xml:"spPr>xfrm>ext"`
		Run struct {
			Size string `xml:"sz,attr"`
		} `xml:"txBody>lstStyle>lvl1pPr>defRPr"`
	} `xml:"cSld>spTree>sp"`
	Title struct {
		Size string `xml:"sz,attr"`
	} `xml:"txStyles>titleStyle>lvl1pPr>defRPr"`
	Layouts []struct {
		Attrs attrs `xml:",any,attr"`
	} `xml:"sldLayoutIdLst>sldLayoutId"`
}

// attrs tell an element's own id from the one of its relation, which differ by namespace alone.
type attrs []xml.Attr

func (a attrs) id() string  { return a.named(false) }
func (a attrs) rel() string { return a.named(true) }

func (a attrs) named(spaced bool) string {
	for _, one := range a {
		if one.Name.Local == "id" && (one.Name.Space != "") == spaced {
			return one.Value
		}
	}
	return ""
}

// spot is a placeholder with its place and size of words, as far as they are told.
type spot struct {
	found bool
	at    box
	kind  string
	idx   string
	size  float64
}

func (x *sheetXML) spot(kinds ...string) spot {
	for _, s := range x.Shapes {
		if s.Place == nil || !slices.Contains(kinds, s.Place.Type) {
			continue
		}
		out := spot{found: true, kind: s.Place.Type, idx: s.Place.Idx, size: pointsOf(s.Run.Size)}
		if s.Off != nil && s.Ext != nil {
			const inch = 914400
			out.at = box{float64(s.Off.X) / inch, float64(s.Off.Y) / inch, float64(s.Ext.W) / inch, float64(s.Ext.H) / inch}
		}
		return out
	}
	return spot{}
}

func pointsOf(sz string) float64 {
	n, err := strconv.Atoi(sz)
	if err != nil || n < 100 || n > 40000 {
		return 0
	}
	return float64(n) / 100
}

// layOut finds the layouts for a cover and for charts, and what room they leave.
func (t *Template) layOut(in *templateFile, c *carrier, id, master string) error {
	var m sheetXML
	if err := in.parse(master, &m); err != nil {
		return err
	}
	list, err := in.rels(master)
	if err != nil {
		return err
	}
	var best, cover *sheetXML
	rank := 0
	b := t.base
	for _, r := range list {
		switch {
		case strings.HasSuffix(r.kind, "/theme"):
			b.theme = c.names[r.target]
		case strings.HasSuffix(r.kind, "/slideLayout"):
			x := &sheetXML{}
			if err := in.parse(r.target, x); err != nil {
				return err
			}
			if !x.spot("title", "ctrTitle").found {
				continue
			}
			worth := map[string]int{"titleOnly": 4, "obj": 3, "title": 1}[x.Type]
			if worth == 0 {
				worth = 2
			}
			if worth > rank {
				rank, best, b.plain = worth, x, c.names[r.target]
			}
			if x.Type == "title" && cover == nil {
				cover, b.cover = x, c.names[r.target]
			}
		}
	}
	if b.theme == "" {
		return refused("the slide master has no theme")
	}
	if best == nil {
		return refused("no layout of the slide master has a place for a title")
	}
	if cover == nil {
		cover, b.cover = best, b.plain
	}
	b.masterID = freeID(id, &m)
	inside := func(a box) box {
		a.x, a.y = min(max(a.x, 0), b.w-1), min(max(a.y, 0), b.h-0.5)
		a.w, a.h = min(a.w, b.w-a.x), min(a.h, b.h-a.y)
		return a
	}
	place := func(x *sheetXML, usual box, kinds ...string) (box, float64) {
		s, up := x.spot(kinds...), m.spot("title")
		at, size := s.at, s.size
		if at.w <= 0 || at.h <= 0 {
			at = up.at
		}
		if at.w <= 0 || at.h <= 0 {
			at = usual
		}
		for _, n := range []float64{up.size, pointsOf(m.Title.Size), 28} {
			if size == 0 {
				size = n
			}
		}
		at = inside(at)
		// Placeholders keep a margin of a tenth of an inch.
		at.w = max(at.w-0.2, 0.5)
		return at, size
	}
	b.title, b.titleSize = place(best, box{0.5, 0.3, b.w - 1, 0.8}, "title", "ctrTitle")
	b.coverTitle, b.coverTitleSize = place(cover, box{0.8, b.h / 3, b.w - 1.6, 1.5}, "ctrTitle", "title")
	if s := cover.spot("subTitle"); s.found {
		b.hasSubtitle, b.coverSub, t.subIdx = true, box{0, 0, max(s.at.w-0.2, 3), max(s.at.h, 0.5)}, s.idx
	}
	b.coverKind = cover.spot("ctrTitle", "title").kind
	b.plainKind = best.spot("title", "ctrTitle").kind

	// What the master keeps for its body is ours, below the title and above dates and numbers.
	area := box{b.title.x, b.title.y + b.title.h + 0.1, b.title.w, 0}
	bottom := b.h - 0.35
	if body := m.spot("body"); body.found && body.at.w > 3 {
		area.x, area.w = inside(body.at).x, inside(body.at).w
		bottom = min(bottom, body.at.y+body.at.h)
	}
	number := best.spot("sldNum")
	b.number = number.found
	if number.idx != "" {
		t.numberIdx = ` idx="` + esc(number.idx) + `"`
	}
	area.h = bottom - area.y
	if area.w < 3 || area.h < 2 {
		return refused("the layout leaves %.1f by %.1f inches for a chart; at least 3 by 2 are needed", area.w, max(area.h, 0))
	}
	b.content = area
	b.logo = box{b.w - 1.6, 0.15, 1.3, 0.5}
	return nil
}

// freeID is the master's number, which no layout may bear.
func freeID(id string, m *sheetXML) string {
	const first = 2147483648
	taken := map[uint64]bool{}
	for _, l := range m.Layouts {
		if n, err := strconv.ParseUint(l.Attrs.id(), 10, 32); err == nil {
			taken[n] = true
		}
	}
	if n, err := strconv.ParseUint(id, 10, 32); err == nil && n >= first && !taken[n] {
		return id
	}
	for n := uint64(first); ; n++ {
		if !taken[n] {
			return strconv.FormatUint(n, 10)
		}
	}
}
