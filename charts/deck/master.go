package deck

import (
	"fmt"
	"strings"

	"chiso/charts"
	"chiso/reform/words"
)

// base is the master that slides stand on: our own or one of the user's.
type base struct {
	w, h           float64 // of a slide, inches
	cover, plain   string  // part names of the layouts
	title, content box     // on the plain layout; content is all below the title
	titleSize      float64 // points
	coverTitle     box
	coverTitleSize float64
	number         bool // the plain layout has a place for the slide's number
	own            bool // the user's
	master, theme  string
	masterID       string
	logo           box // where the logo goes; no width where there is no place
	sizeXML        string
	hasSubtitle    bool
	coverSub       box
	coverKind      string // of the place for the title on the cover: "ctrTitle" or "title"
	plainKind      string
}

const (
	masterPart = "ppt/slideMasters/slideMaster1.xml"
	coverPart  = "ppt/slideLayouts/slideLayout1.xml"
	plainPart  = "ppt/slideLayouts/slideLayout2.xml"
	themePart  = "ppt/theme/theme1.xml"
)

const emptyTree = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>`

// ownBase is our master for a ratio, as wide as its height of 7.5 inches asks for.
func ownBase(ratio Ratio) *base {
	m := &base{w: 13.333, h: 7.5, cover: coverPart, plain: plainPart, master: masterPart, theme: themePart, masterID: "2147483648", number: true, hasSubtitle: true}
	m.sizeXML = `<p:sldSz cx="12192000" cy="6858000"/>`
	if ratio == Standard {
		m.w = 10
		m.sizeXML = `<p:sldSz cx="9144000" cy="6858000" type="screen4x3"/>`
	}
	const margin = 0.5
	m.logo = box{m.w - margin - 1.3, 0.3, 1.3, 0.6}
	m.title = box{margin, 0.3, m.w - 2*margin, 0.75}
	m.content = box{margin, 1.1, m.w - 2*margin, m.h - 1.1 - 0.25}
	m.coverTitle = box{0.8, 2.1, m.w - 1.6, 1.7}
	m.coverSub = box{0.8, 4.15, m.w - 1.6, 1.1}
	m.titleSize, m.coverTitleSize = 26, 38
	m.coverKind, m.plainKind = "ctrTitle", "title"
	return m
}

// addOwn writes our theme, master and layouts.
func (m *base) addOwn(p *pack, d *Deck, c paint, logo *picturePart) {
	lang := d.Lang
	bcp := bcp(lang)
	say := func(key string) string { return words.T(lang, key) }
	// A dark deck has light text on dark ground by its colour map, so that what a person adds is legible too.
	bg, tx := "lt1", "dk1"
	if d.Theme == charts.Dark {
		bg, tx = "dk1", "lt1"
	}
	holder := func(id int, name, kind, idx string, b box, prompt string, size float64, bold bool, colour, anchor, align string) string {
		on := "0"
		if bold {
			on = "1"
		}
		if idx != "" {
			idx = ` idx="` + idx + `"`
		}
		face := ""
		if kind == "sldNum" {
			face = themeFont // not every program hands the master's font down to it
		}
		body := paragraph(prompt, bcp, "", letters{})
		if kind == "sldNum" {
			body = `<a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="` + bcp + `"/><a:t>‹#›</a:t></a:fld></a:p>`
		}
		return fmt.Sprintf(`<p:sp><p:nvSpPr><p:cNvPr id="%d" name="%s"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="%s"%s/></p:nvPr></p:nvSpPr><p:spPr>%s<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="%s"><a:normAutofit/></a:bodyPr><a:lstStyle><a:lvl1pPr marL="0" indent="0" algn="%s"><a:buNone/><a:defRPr sz="%d" b="%s">%s</a:defRPr></a:lvl1pPr></a:lstStyle>%s</p:txBody></p:sp>`,
			id, esc(name), kind, idx, b.xml("a"), anchor, align, int(size*100), on, scheme(colour, "")+face, body)
	}
	number := holder(5, "Slide Number", "sldNum", "12", box{m.w - 1.0, m.h - 0.32, 0.5, 0.22}, "", 10, false, "tx1", "ctr", "r")
	band := func(b box) string {
		return `<p:sp><p:nvSpPr><p:cNvPr id="9" name="Band"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>` + b.xml("a") + `<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>` + scheme("accent1", "") + `<a:ln><a:noFill/></a:ln></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="` + bcp + `"/></a:p></p:txBody></p:sp>`
	}
	titleBox := m.title
	var masterRels rels
	masterRels.link("slideLayout", "../slideLayouts/slideLayout1.xml")
	masterRels.link("slideLayout", "../slideLayouts/slideLayout2.xml")
	masterRels.link("theme", "../theme/theme1.xml")
	mark := ""
	if logo != nil {
		titleBox.w -= m.logo.w + 0.2
		m.title = titleBox
		mark = logo.shape(10, "Logo", "Logo", m.logo, masterRels.link("image", "../media/"+logo.base()))
	}
	title := holder(2, "Title", "title", "", titleBox, say("deck.prompt.title"), m.titleSize, true, "tx1", "ctr", "l")
	body := holder(3, "Body", "body", "1", m.content, say("deck.prompt.body"), 18, false, "tx1", "t", "l")
	levels := func(size int) string {
		var b strings.Builder
		for i := 1; i <= 9; i++ {
			fmt.Fprintf(&b, `<a:lvl%dpPr marL="%d" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:defRPr sz="%d" kern="1200">%s<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl%dpPr>`, i, (i-1)*457200, size, scheme("tx1", ""), i)
		}
		return b.String()
	}
	p.add(masterPart, typeSlide+"slideMaster+xml", xmlHead+`<p:sldMaster`+nsAll+`><p:cSld><p:bg><p:bgPr>`+scheme("bg1", "")+`<a:effectLst/></p:bgPr></p:bg><p:spTree>`+emptyTree+
		band(box{0, 0, m.w, 0.1})+mark+title+body+number+
		`</p:spTree></p:cSld><p:clrMap bg1="`+bg+`" tx1="`+tx+`" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>`+
		`<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/><p:sldLayoutId id="2147483650" r:id="rId2"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle><a:lvl1pPr algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:defRPr sz="2600" b="1" kern="1200">`+scheme("tx1", "")+`<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/><a:cs typeface="+mj-cs"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>`+levels(1800)+`</p:bodyStyle><p:otherStyle>`+levels(1800)+`</p:otherStyle></p:txStyles></p:sldMaster>`)
	p.addRels(masterPart, &masterRels)

	layout := func(name, kind, label, shapes string) {
		p.add(name, typeSlide+"slideLayout+xml", xmlHead+`<p:sldLayout`+nsAll+` type="`+kind+`" preserve="1"><p:cSld name="`+esc(label)+`"><p:spTree>`+emptyTree+shapes+`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`)
		var r rels
		r.link("slideMaster", "../slideMasters/slideMaster1.xml")
		p.addRels(name, &r)
	}
	layout(coverPart, "title", say("deck.layout.cover"),
		band(box{m.coverTitle.x, m.coverTitle.y + m.coverTitle.h + 0.14, 1.6, 0.06})+
			holder(2, "Title", "ctrTitle", "", m.coverTitle, say("deck.prompt.title"), m.coverTitleSize, true, "tx1", "b", "l")+
			holder(3, "Subtitle", "subTitle", "1", m.coverSub, say("deck.prompt.subtitle"), 20, false, "tx1", "t", "l"))
	layout(plainPart, "titleOnly", say("deck.layout.chart"),
		holder(2, "Title", "title", "", titleBox, say("deck.prompt.title"), m.titleSize, true, "tx1", "ctr", "l")+number)
	p.add(themePart, typeOff+"theme+xml", themeXML("chiso", d.Theme, c.theme))
}

// themeXML is a theme with the colours of a palette. Its font is one that every office
// computer has, since a slide has no second choice.
func themeXML(name string, t charts.Theme, c charts.Palette) string {
	one := func(tag, v string) string {
		return `<a:` + tag + `><a:srgbClr val="` + strings.ToUpper(strings.TrimPrefix(v, "#")) + `"/></a:` + tag + `>`
	}
	dark, light, dim, pale := c.Text, c.Background, c.Muted, c.Track
	if t == charts.Dark {
		dark, light, dim, pale = c.Background, c.Text, c.Track, c.Muted
	}
	var accents strings.Builder
	for i := range 6 {
		accents.WriteString(one(fmt.Sprintf("accent%d", i+1), c.Series[i%len(c.Series)]))
	}
	const font = `<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface="Arial"/>`
	fill := scheme("phClr", "")
	line := func(w int) string { return fmt.Sprintf(`<a:ln w="%d">%s</a:ln>`, w, fill) }
	const effect = `<a:effectStyle><a:effectLst/></a:effectStyle>`
	return xmlHead + `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="` + name + `"><a:themeElements><a:clrScheme name="` + name + `">` +
		one("dk1", dark) + one("lt1", light) + one("dk2", dim) + one("lt2", pale) + accents.String() + one("hlink", c.Strong) + one("folHlink", c.Muted) +
		`</a:clrScheme><a:fontScheme name="` + name + `"><a:majorFont>` + font + `</a:majorFont><a:minorFont>` + font + `</a:minorFont></a:fontScheme><a:fmtScheme name="` + name + `"><a:fillStyleLst>` + strings.Repeat(fill, 3) +
		`</a:fillStyleLst><a:lnStyleLst>` + line(6350) + line(12700) + line(19050) + `</a:lnStyleLst><a:effectStyleLst>` + strings.Repeat(effect, 3) + `</a:effectStyleLst><a:bgFillStyleLst>` + strings.Repeat(fill, 3) + `</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`
}
