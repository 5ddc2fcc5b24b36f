package pages

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chiso/ingest/prose"
	"chiso/reform/viet"
)

// paragraphs are the words that no table took, as the page's own blocks.
func paragraphs(p *Page, skip []bool) []item {
	var list []item
	var block []int
	flush := func() {
		if len(block) > 0 {
			list = append(list, splitBlock(p, block)...)
		}
		block = nil
	}
	last := -1
	for i := range p.Words {
		if skip[i] {
			continue
		}
		if p.Words[i].Block != last {
			flush()
			last = p.Words[i].Block
		}
		block = append(block, i)
	}
	flush()
	return list
}

var listMark = regexp.MustCompile(`^(?:[-–•+*●▪]|\(?[0-9]{1,2}[.)]|[a-zđ][.)]|[IVX]{1,5}\.)(?:\s|$)`)

// splitBlock cuts a block of lines into paragraphs: a line that ends a sentence and
// falls short of the right edge ends one, a list mark begins one.
func splitBlock(p *Page, words []int) []item {
	var lines []line
	lineNo := -1
	for _, i := range words {
		w := &p.Words[i]
		if w.Line != lineNo || len(lines) == 0 {
			lines = append(lines, line{box: w.Box})
			lineNo = w.Line
		}
		l := &lines[len(lines)-1]
		l.box = l.box.join(w.Box)
		l.words = append(l.words, i)
	}
	right, left := 0.0, lines[0].box.X0
	for _, l := range lines {
		right, left = max(right, l.box.X1), min(left, l.box.X0)
	}
	var list []item
	var para paragraph
	var b strings.Builder
	end := func() {
		if text := strings.TrimSpace(b.String()); text != "" {
			para.page, para.text = p.Number, text
			done := para
			list = append(list, item{para: &done})
		}
		b.Reset()
	}
	for k, l := range lines {
		var lb strings.Builder
		lineText(p, l, &lb)
		text := clean(lb.String())
		if k > 0 {
			prev := lines[k-1]
			short := prev.box.X1 < right-0.12*(right-left)
			far := l.box.Y0-prev.box.Y1 > 0.9*l.box.height()
			if listMark.MatchString(text) || short && (endsSentence(b.String()) || startsUpper(text)) || far {
				end()
				para.box = l.box
			} else {
				b.WriteByte(' ')
			}
		} else {
			para.box = l.box
		}
		para.box = para.box.join(l.box)
		b.WriteString(text)
	}
	end()
	return list
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, " \"”’)")
	return s == "" || strings.ContainsRune(".;:!?…", rune(s[len(s)-1])) || strings.HasSuffix(s, "…")
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "\"“‘( "))
	return unicode.IsUpper(r)
}

// setText makes one text of the paragraphs; a sentence that runs on over a page or
// around a table is put together again.
func (d *Document) setText(items []item) {
	var b strings.Builder
	runes, page := 0, 0
	write := func(s string) {
		b.WriteString(s)
		runes += utf8.RuneCountInString(s)
	}
	last := ""
	for _, it := range items {
		if it.para == nil {
			continue
		}
		text := prose.Normal(it.para.text)
		switch {
		case last == "":
		case it.para.page != page && !endsSentence(last) && !startsUpper(text) && !listMark.MatchString(text):
			write(" ")
		default:
			write("\n\n")
		}
		if it.para.page != page {
			page = it.para.page
			d.marks = append(d.marks, mark{runes, page})
		}
		write(text)
		last = text
	}
	d.Text = b.String()
}

// captionStart begins the heading of a table or of a section.
var captionStart = regexp.MustCompile(`(?i)^(?:bảng|biểu|phụ lục|danh sách|kết quả|table|annex|appendix|chỉ số|xếp hạng|điểm|báo cáo|[IVX]{1,5}\.|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s)`)

// heading reports whether a paragraph names what follows, and is no sentence about something else.
func heading(s string) bool {
	n := utf8.RuneCountInString(s)
	if n > 400 {
		return false
	}
	if mostlyCapitals(s) {
		return true
	}
	if strings.HasSuffix(strings.TrimSpace(s), ".") || strings.HasSuffix(strings.TrimSpace(s), ";") {
		return false
	}
	return n <= 250 && (captionStart.MatchString(s) || n <= 120)
}

func mostlyCapitals(s string) bool {
	upper, letters := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return letters >= 6 && upper*10 >= letters*7
}

// contextDepth is how many headings above a table are handed on with it.
const contextDepth = 5

// setContexts gives every table the headings above it, the nearest first, and the title of the document.
func setContexts(items []item, title string) {
	for n, it := range items {
		if it.table == nil {
			continue
		}
		near := it.table.Context
		seen := 0
		for k := n - 1; k >= 0 && items[k].table == nil && seen < contextDepth; k-- {
			seen++
			if heading(items[k].para.text) {
				near = append(near, items[k].para.text)
			}
		}
		if title != "" && !slices.Contains(near, title) {
			near = append(near, title)
		}
		it.table.Context = near
	}
}

var stateMotto = regexp.MustCompile(`(?i)cộng h[oòõ]a xã hội|độc lập\s*[-–]|^số\s*:|^(?:bộ|ủy ban|ubnd|hội đồng|sở)\s[^,.]{0,60}$|ngày\s+\d*\s*tháng`)

// titleOf is the first heading in capitals, with what it goes on with; else the first
// line that speaks of a result or an index.
func titleOf(items []item) string {
	n := 0
	for k, it := range items {
		if it.para == nil {
			break
		}
		if n++; n > 15 {
			break
		}
		text := it.para.text
		if stateMotto.MatchString(text) && utf8.RuneCountInString(text) < 120 || utf8.RuneCountInString(text) > 400 {
			continue
		}
		if mostlyCapitals(text) && utf8.RuneCountInString(text) > 12 {
			return clean(text)
		}
		if f := strings.ToLower(viet.FoldWords(text)); f == "quyet dinh" || f == "bao cao" || f == "thong bao" || f == "phu luc" {
			if k+1 < len(items) && items[k+1].para != nil {
				return clean(text + " " + items[k+1].para.text)
			}
		}
	}
	for k, it := range items {
		if it.para == nil || k > 5 {
			break
		}
		if heading(it.para.text) && !stateMotto.MatchString(it.para.text) {
			return clean(it.para.text)
		}
	}
	return ""
}
