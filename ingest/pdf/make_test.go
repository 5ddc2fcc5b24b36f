package pdf

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"chiso/data"
)

// shipped is one row of the facts that ship with the product: the numbers of the
// test documents are real ones.
type shipped struct{ unit, name, component, score, place string }

// rowsOf lists the shipped facts of an index and period: one per unit and component,
// those of the first source.
func rowsOf(tb testing.TB, file, index, period string) []shipped {
	tb.Helper()
	f, err := data.Files.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	col := map[string]int{}
	for i, h := range all[0] {
		col[h] = i
	}
	seen := map[string]bool{}
	var list []shipped
	for _, r := range all[1:] {
		key := r[col["unit"]] + " " + r[col["component"]]
		if r[col["index"]] != index || r[col["period"]] != period || r[col["scope"]] != "nation" || r[col["stage"]] != "" || seen[key] || !strings.HasPrefix(r[col["unit"]], "vn63:") || strings.HasPrefix(r[col["unit"]], "vn63:r") {
			continue
		}
		seen[key] = true
		list = append(list, shipped{r[col["unit"]], r[col["unit_name"]], r[col["component"]], r[col["score"]], r[col["place"]]})
	}
	if len(list) < 10 {
		tb.Fatalf("%s: only %d facts of %s %s", file, len(list), index, period)
	}
	return list
}

// comma writes a number as Vietnamese print does.
func comma(s string) string { return strings.ReplaceAll(s, ".", ",") }

func inter(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile("../../charts/assets/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// maker draws test documents.
type maker struct {
	*fpdf.Fpdf
	tb testing.TB
}

func newPDF(tb testing.TB) *maker {
	tb.Helper()
	p := fpdf.New("P", "pt", "A4", "")
	p.AddUTF8FontFromBytes("inter", "", inter(tb, "inter-regular.ttf"))
	p.AddUTF8FontFromBytes("inter", "B", inter(tb, "inter-bold.ttf"))
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(50, 60, 50)
	p.SetHeaderFunc(func() {
		p.SetFont("inter", "", 8)
		p.Text(50, 35, "Báo cáo thử nghiệm – lưu hành nội bộ")
	})
	p.SetFooterFunc(func() {
		p.SetFont("inter", "", 9)
		p.Text(295, 820, fmt.Sprint(p.PageNo()))
	})
	p.AddPage()
	p.SetFont("inter", "", 10)
	return &maker{p, tb}
}

func (m *maker) bytes() []byte {
	m.tb.Helper()
	var b bytes.Buffer
	if err := m.Output(&b); err != nil {
		m.tb.Fatal(err)
	}
	return b.Bytes()
}

func (m *maker) title(lines ...string) {
	m.SetFont("inter", "B", 12)
	for _, l := range lines {
		m.SetX(50)
		m.CellFormat(495, 18, l, "", 2, "C", false, 0, "")
	}
	m.SetFont("inter", "", 10)
	m.Ln(8)
}

func (m *maker) prose(text string) {
	m.SetFont("inter", "", 11)
	m.MultiCell(495, 16, text, "", "J", false)
	m.Ln(6)
	m.SetFont("inter", "", 10)
}

// look is how a table is drawn.
type look struct {
	border string // "1" all cells; "" none
	bars   bool   // upright lines only
	wrap   bool   // names in two lines, the numbers in their middle
	top    bool   // names in two lines, the numbers beside the first
	height float64
}

// table draws a table with its headings on every page; headings may have line breaks.
func (m *maker) table(s look, widths []float64, head []string, rows [][]string) {
	if s.height == 0 {
		s.height = 18
	}
	top := 0.0
	bars := func() {
		if !s.bars {
			return
		}
		x := 50.0
		m.Line(x, top, x, m.GetY())
		for _, w := range widths {
			x += w
			m.Line(x, top, x, m.GetY())
		}
		m.Line(50, m.GetY(), x, m.GetY())
	}
	heading := func() {
		top = m.GetY()
		lines := 1
		for _, h := range head {
			lines = max(lines, strings.Count(h, "\n")+1)
		}
		height := float64(lines)*13 + 6
		x, y := 50.0, m.GetY()
		m.SetFont("inter", "B", 9.5)
		for i, h := range head {
			if s.border != "" || s.bars {
				m.Rect(x, y, widths[i], height, "D")
			}
			parts := strings.Split(h, "\n")
			off := (height - float64(len(parts))*13) / 2
			for k, t := range parts {
				m.SetXY(x, y+off+float64(k)*13)
				m.CellFormat(widths[i], 13, t, "", 0, "C", false, 0, "")
			}
			x += widths[i]
		}
		m.SetFont("inter", "", 10)
		m.SetXY(50, y+height)
	}
	heading()
	for _, r := range rows {
		h := s.height
		names := []string{r[1]}
		if a, b, ok := strings.Cut(r[1], " - "); ok && (s.wrap || s.top) {
			names = []string{a + " -", b}
			h = max(h, 30)
		}
		if m.GetY()+h > 790 {
			bars()
			m.AddPage()
			m.SetFont("inter", "", 10)
			m.SetXY(50, 75)
			heading()
		}
		x, y := 50.0, m.GetY()
		for i, t := range r {
			align := "R"
			if i == 1 {
				align = "L"
			} else if i == 0 {
				align = "C"
			}
			if s.border != "" {
				m.Rect(x, y, widths[i], h, "D")
			}
			switch {
			case i == 1 && len(names) == 2:
				m.SetXY(x, y+2)
				m.CellFormat(widths[i], 13, names[0], "", 0, "L", false, 0, "")
				m.SetXY(x, y+15)
				m.CellFormat(widths[i], 13, names[1], "", 0, "L", false, 0, "")
			case s.top && len(names) == 2:
				m.SetXY(x, y+2)
				m.CellFormat(widths[i], 13, t, "", 0, align, false, 0, "")
			default:
				m.SetXY(x, y)
				m.CellFormat(widths[i], h, t, "", 0, align, false, 0, "")
			}
			x += widths[i]
		}
		m.SetXY(50, y+h)
	}
	bars()
	m.Ln(12)
}

// numbered makes table rows of totals: number, name, score, place.
func numbered(list []shipped) [][]string {
	var rows [][]string
	for _, f := range list {
		if f.component == "" && f.score != "" && f.place != "" {
			rows = append(rows, []string{fmt.Sprint(len(rows) + 1), f.name, comma(f.score), f.place})
		}
	}
	return rows
}

// picture draws lines of text as a grey picture, as a scanner would see a page.
func picture(tb testing.TB, draws func(text func(x, y float64, s string), line func(x0, y0, x1, y1 float64))) []byte {
	tb.Helper()
	f, err := opentype.Parse(inter(tb, "inter-regular.ttf"))
	if err != nil {
		tb.Fatal(err)
	}
	scale := 200.0 / 72
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 12, DPI: 200, Hinting: font.HintingFull})
	if err != nil {
		tb.Fatal(err)
	}
	width, height := int(595*scale), int(842*scale)
	img := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	d := font.Drawer{Dst: img, Src: image.Black, Face: face}
	draws(func(x, y float64, s string) {
		d.Dot = fixed.P(int(x*scale), int(y*scale))
		d.DrawString(s)
	}, func(x0, y0, x1, y1 float64) {
		for x := int(x0 * scale); x <= int(x1*scale)+1; x++ {
			for y := int(y0 * scale); y <= int(y1*scale)+1; y++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
