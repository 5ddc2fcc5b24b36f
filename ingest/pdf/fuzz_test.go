package pdf

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"chiso/ingest/pages"
	"chiso/ingest/parse"
	"chiso/reform"
)

// boxes is a small answer of pdftotext: a table of three rows, and a sentence.
const boxes = `<html><head><title>x</title></head><body><doc><page width="595" height="842"><flow><block xMin="50" yMin="80" xMax="400" yMax="160">
<line><word xMin="50" yMin="80" xMax="70" yMax="92">STT</word><word xMin="120" yMin="80" xMax="150" yMax="92">Tỉnh</word><word xMin="300" yMin="80" xMax="330" yMax="92">Điểm</word></line>
<line><word xMin="55" yMin="100" xMax="60" yMax="112">1</word><word xMin="120" yMin="100" xMax="145" yMax="112">Long</word><word xMin="148" yMin="100" xMax="160" yMax="112">An</word><word xMin="300" yMin="100" xMax="330" yMax="112">60,21</word></line>
<line><word xMin="55" yMin="120" xMax="60" yMax="132">2</word><word xMin="120" yMin="120" xMax="145" yMax="132">Cần</word><word xMin="148" yMin="120" xMax="160" yMax="132">Thơ</word><word xMin="300" yMin="120" xMax="330" yMax="132">60,32</word></line>
<line><word xMin="55" yMin="140" xMax="60" yMax="152">3</word><word xMin="120" yMin="140" xMax="145" yMax="152">Trà</word><word xMin="148" yMin="140" xMax="165" yMax="152">Vinh</word><word xMin="300" yMin="140" xMax="330" yMax="152">62,75</word></line>
</block></flow></page><page width="595" height="842"/></doc></body></html>`

const drawnPage = `<svg xmlns="http://www.w3.org/2000/svg"><defs><path d="M 0 0 L 9 9"/></defs><g><path style="fill:none;stroke:rgb(0%,0%,0%);" d="M 45 75 L 400 75 L 400 95 L 45 95 Z M 45 75" transform="matrix(1,0,0,1,0,0)"/><rect x="1" y="2" width="300" height="0.5" fill="black"/></g></svg>`

// FuzzBoxes reads any answers of the tools and rebuilds the page from them.
func FuzzBoxes(f *testing.F) {
	f.Add([]byte(boxes), []byte(drawnPage))
	f.Add([]byte(strings.ReplaceAll(boxes, "An", "\x01\xff&amp;")), []byte(`<svg><path fill="#000" d="M 1e9 nan L"/></svg>`))
	f.Add([]byte(`<doc><page width="NaN" height="-1"><word xMin="1" xMax="0">`), []byte(`<svg><g transform="matrix(1,0,0"><path d="M 1 1 L 1 500" stroke="black"/></g>`))
	f.Fuzz(func(t *testing.T, b, svg []byte) {
		list, err := parseBoxes(bytes.NewReader(b), 1)
		if err != nil {
			return
		}
		rules, _ := parseRules(bytes.NewReader(svg))
		for i := range list {
			list[i].Rules = rules
		}
		d := pages.Read(list)
		for _, table := range d.Tables {
			for r, row := range table.Sheet.Rows {
				if !strings.HasPrefix(table.At(r, 0), "page ") {
					t.Errorf("got address %q", table.At(r, 0))
				}
				if len(row) > 40_000 {
					t.Errorf("got a row of %d cells", len(row))
				}
			}
		}
		parts := d.Parts(kindName, "pdf")
		in := parse.Input{Name: "x.pdf", Limits: parse.Limits{Problems: 50}}
		_, _ = pages.Hand(context.Background(), parts, in, reform.Default(), &collector{})
	})
}

// FuzzRecognised reads any answers of character recognition and any picture.
func FuzzRecognised(f *testing.F) {
	f.Add([]byte("5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tLong\n"), []byte("P5 3 2 255\nabcdef"))
	f.Add([]byte("5\t1\t1\t1\t1\t1\tx\t20\t30\t40\t96.5\t|\n"), []byte("P5 20000 20000 255\n"))
	f.Fuzz(func(t *testing.T, tsv, pgm []byte) {
		words := parseTSV(tsv, 0.24)
		page := pages.Page{Number: 1, Width: 595, Height: 842, Words: words}
		if w, h, pixels, err := parsePGM(pgm); err == nil {
			page.Rules = darkLines(w, h, pixels, 0.24)
		}
		pages.Read([]pages.Page{page})
	})
}

// FuzzPictures reads any list of pictures.
func FuzzPictures(f *testing.F) {
	f.Add([]byte("   1     0 image    2480  3508  gray    1   8  jpeg   no         8  0   300   300 98.1K 1.2%\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for n, area := range pictureAreas(b) {
			if area < 0 {
				t.Errorf("page %d: got area %v", n, area)
			}
		}
	})
}

// A page of a hostile size must end, and soon.
func TestHugePages(t *testing.T) {
	p := pages.Page{Number: 1, Width: 595, Height: 842}
	for i := range 60_000 {
		x, y := float64(i%300)*2, float64(i/300)*4
		p.Words = append(p.Words, pages.Word{Text: "9", Block: 1, Line: i / 300, Box: pages.Box{X0: x, Y0: y, X1: x + 1, Y1: y + 3}})
	}
	for i := range 15_000 {
		x, y := float64(i%120)*5, float64(i/120)*6
		p.Rules = append(p.Rules, pages.Box{X0: x, Y0: y, X1: x, Y1: y + 6}, pages.Box{X0: x, Y0: y, X1: x + 9, Y1: y})
	}
	small := p
	small.Words = p.Words[:30_000]
	small.Rules = p.Rules[:18_000]
	pages.Read([]pages.Page{p, small})
}

func TestBoxes(t *testing.T) {
	list, err := parseBoxes(strings.NewReader(boxes), 5)
	if err != nil || len(list) != 2 || list[0].Number != 5 || len(list[0].Words) != 15 {
		t.Fatalf("got %d pages, %v", len(list), err)
	}
	d := pages.Read(list)
	if len(d.Tables) != 1 || d.Tables[0].At(1, 2) != "page 5, table 1, row 2, column 3" {
		t.Errorf("got %d tables", len(d.Tables))
	}
	if _, err := parseBoxes(strings.NewReader(boxes[:900]), 1); err == nil {
		t.Error("an answer that ends within a word was read without an error")
	}
}
