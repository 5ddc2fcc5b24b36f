package pdf

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

func TestScanIsForReviewOnly(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo", "pdftoppm", "tesseract")
	list := rowsOf(t, "pci.csv", "pci", "2012")
	rows := numbered(list)[:25]
	img := picture(t, func(text func(x, y float64, s string), line func(x0, y0, x1, y1 float64)) {
		text(120, 80, "KẾT QUẢ CHỈ SỐ PCI NĂM 2012")
		x := []float64{60, 110, 310, 410, 500}
		y := 110.0
		for i := 0; i <= len(rows)+1; i++ {
			line(x[0], y+float64(i)*24, x[4], y+float64(i)*24)
		}
		for _, v := range x {
			line(v, y, v, y+float64(len(rows)+1)*24)
		}
		for i, r := range append([][]string{totalHead}, rows...) {
			for k, s := range r {
				text(x[k]+6, y+float64(i)*24+17, s)
			}
		}
	})
	m := newPDF(t)
	m.RegisterImageOptionsReader("scan", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(img))
	m.ImageOptions("scan", 0, 0, 595.28, 841.89, false, fpdf.ImageOptions{}, 0, "")
	// A scanner's own text layer under the picture is as doubtful: nothing of it is a number either.
	m.Text(60, 790, story)
	b := m.bytes()
	c := mustRead(t, b)
	if !c.has("scan") {
		t.Error("the document is not said to be a scan")
	}
	if s := c.serious(); s != "" {
		t.Errorf("problems that refuse:\n%s", s)
	}
	right := 0
	for _, f := range c.facts {
		if f.Status != reform.Review || f.Note == "" {
			t.Errorf("%s: got status %q, note %q, want review with a note", f.Locator, f.Status, f.Note)
		}
		for _, x := range list {
			if string(f.Unit) == x.unit && f.Score.Valid && x.component == "" && decimal.RequireFromString(x.score).Equal(f.Score.Decimal) {
				right++
			}
		}
	}
	if right < 20 {
		t.Errorf("recognised %d of 25 scores", right)
	}
	// Without the program the scan is named, with what to install.
	c = &collector{}
	o := Options{Tesseract: "/nonexistent/tesseract"}
	if _, err := KindWith(o).Parse(context.Background(), input("scan.pdf", b, nil), reform.Default(), c); err != nil {
		t.Fatal(err)
	}
	if len(c.facts) > 0 || !strings.Contains(c.serious(), "tesseract-ocr-vie") {
		t.Errorf("got %d facts, problems %s", len(c.facts), c.serious())
	}
}

func TestDocumentsThatCanNotBeRead(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2012")
	m := newPDF(t)
	m.table(look{border: "1"}, totalWidths, totalHead, numbered(list))
	whole := m.bytes()
	locked := newPDF(t)
	locked.SetProtection(0, "secret", "owner")
	locked.prose(story)
	empty := fpdf.New("P", "pt", "A4", "")
	empty.AddPage()
	var emptyBytes bytes.Buffer
	if err := empty.Output(&emptyBytes); err != nil {
		t.Fatal(err)
	}
	noPages := "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n101\n%%EOF\n"
	holed := bytes.Clone(whole)
	copy(holed[len(holed)/2:], bytes.Repeat([]byte{'x'}, 4000))
	for _, tt := range []struct {
		name string
		b    []byte
		code string
	}{
		{"password", locked.bytes(), "encrypted"},
		{"cut off", whole[:len(whole)*2/3], "truncated"},
		{"no pages", []byte(noPages), "no-pages"},
		{"blank", emptyBytes.Bytes(), "no-text"},
		{"noise", append([]byte("%PDF-1.4\n"), append(bytes.Repeat([]byte{1, 2, 3}, 500), "%%EOF"...)...), "damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, err := readPDF(t, tt.b, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !c.has(tt.code) || len(c.facts) > 0 {
				t.Errorf("got %d facts and problems:\n%swant %s", len(c.facts), c.serious(), tt.code)
			}
			for _, p := range c.problems {
				if p.Reason == "" || p.ReasonVI == "" || strings.Contains(p.Reason+p.ReasonVI, "%!") {
					t.Errorf("got sentences %q, %q", p.Reason, p.ReasonVI)
				}
			}
		})
	}
	t.Run("hole", func(t *testing.T) {
		c, _, err := readPDF(t, holed, nil)
		if err == nil && c.serious() == "" {
			t.Error("a document with a hole was read without a problem")
		}
	})
	t.Run("missing tools", func(t *testing.T) {
		c := &collector{}
		k := KindWith(Options{PDFToText: "/nonexistent/pdftotext"})
		if _, err := k.Parse(context.Background(), input("x.pdf", whole, nil), reform.Default(), c); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.serious(), "poppler-utils") {
			t.Errorf("got %s, want a sentence that names the package", c.serious())
		}
	})
	t.Run("too many pages", func(t *testing.T) {
		k := KindWith(Options{Pages: 1})
		if _, err := k.Parse(context.Background(), input("x.pdf", whole, nil), reform.Default(), &collector{}); !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("got %v, want ErrTooLarge", err)
		}
	})
	t.Run("too long", func(t *testing.T) {
		k := KindWith(Options{Step: 1})
		if _, err := k.Parse(context.Background(), input("x.pdf", whole, nil), reform.Default(), &collector{}); !errors.Is(err, reform.ErrTimeout) {
			t.Errorf("got %v, want ErrTimeout", err)
		}
	})
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		head string
		sure bool
	}{{"%PDF-1.7\n", true}, {"\r\n%PDF-1.4", true}, {"PK\x03\x04", false}, {"Báo cáo về %PDF", false}, {"", false}} {
		if got := Detect(parse.Probe{Head: []byte(tt.head)}) >= 90; got != tt.sure {
			t.Errorf("Detect(%q): got %v, want %v", tt.head, got, tt.sure)
		}
	}
}
