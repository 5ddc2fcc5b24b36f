package pdf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// TestManyLayouts draws tables in layouts made by chance. A number may be missing there
// with a problem that says so; none may be wrong, and most must be read.
func TestManyLayouts(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	years := []string{"2012", "2014", "2015", "2016"}
	facts := map[string]map[string]shipped{}
	var units []shipped
	for _, y := range years {
		facts[y] = map[string]shipped{}
		for _, f := range rowsOf(t, "pci.csv", "pci", y) {
			if f.component == "" && f.score != "" && f.place != "" {
				facts[y][f.unit] = f
				if y == "2012" {
					units = append(units, f)
				}
			}
		}
	}
	printed, right := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := newPDF(t)
		some := 1 + r.IntN(3)
		first := r.IntN(len(years) - some + 1)
		m.title("KẾT QUẢ CHỈ SỐ NĂNG LỰC CẠNH TRANH CẤP TỈNH (PCI)")
		border, bars := r.IntN(3) == 0, r.IntN(3) == 0
		size := 8.5 + r.Float64()*2.5
		pitch := size*1.25 + r.Float64()*10
		decimals := int32(2 + r.IntN(3))
		align := []string{"R", "C", "L"}[r.IntN(3)]
		nameWidth := 75 + r.Float64()*80
		x := []float64{50, 50 + 25 + r.Float64()*15}
		x = append(x, x[1]+nameWidth)
		for range 2 * some {
			x = append(x, x[len(x)-1]+max(45, (545-x[2])/float64(2*some)*(0.75+r.Float64()*0.25)))
		}
		m.SetFont("inter", "", size)
		cell := func(c0, c1 int, y0, y1 float64, text, al string) {
			if border {
				m.Rect(x[c0], y0, x[c1]-x[c0], y1-y0, "D")
			}
			m.SetXY(x[c0], y0)
			m.CellFormat(x[c1]-x[c0], y1-y0, text, "", 0, al, false, 0, "")
		}
		top, y := 0.0, 110.0
		heading := func() {
			m.SetFont("inter", "", size)
			h := size * 1.6
			top = y
			cell(0, 1, y, y+2*h, "TT", "C")
			cell(1, 2, y, y+2*h, "Tỉnh, thành phố", "C")
			for i := range some {
				cell(2+2*i, 4+2*i, y, y+h, "Năm "+years[first+i], "C")
				cell(2+2*i, 3+2*i, y+h, y+2*h, "Điểm", "C")
				cell(3+2*i, 4+2*i, y+h, y+2*h, "Hạng", "C")
			}
			y += 2 * h
		}
		headed := true // this page has headings
		drawBars := func() {
			if bars && !border {
				for k, v := range x {
					from := top
					if headed && k > 2 && k%2 == 1 {
						from += size * 1.6 // between the headings that a year is over
					}
					m.Line(v, from, v, y)
				}
				if headed {
					m.Line(x[0], top+size*3.2, x[len(x)-1], top+size*3.2)
				}
				m.Line(x[0], top, x[len(x)-1], top)
				m.Line(x[0], y, x[len(x)-1], y)
			}
		}
		heading()
		repeat := r.IntN(2) == 0
		w := map[string][2]string{}
		for n, u := range units[:20+r.IntN(43)] {
			names := []string{u.name}
			height := pitch
			if m.GetStringWidth(u.name) > nameWidth-8 {
				words := strings.Fields(u.name)
				k := (len(words) + 1) / 2
				names = []string{strings.Join(words[:k], " "), strings.Join(words[k:], " ")}
				height = max(pitch, 2*size*1.2+3)
			}
			if y+height > 785 {
				drawBars()
				m.AddPage()
				m.SetFont("inter", "", size)
				y = 80
				top, headed = y, repeat
				if repeat {
					heading()
				}
			}
			cell(0, 1, y, y+height, fmt.Sprint(n+1), "C")
			if border {
				m.Rect(x[1], y, x[2]-x[1], height, "D")
			}
			line := size * 1.2
			for k, s := range names {
				m.SetXY(x[1], y+(height-line*float64(len(names)))/2+line*float64(k))
				m.CellFormat(nameWidth, line, s, "", 0, "L", false, 0, "")
			}
			for i := range some {
				f, ok := facts[years[first+i]][u.unit]
				if !ok {
					continue
				}
				score := decimal.RequireFromString(f.score).StringFixed(decimals)
				cell(2+2*i, 3+2*i, y, y+height, comma(score), align)
				cell(3+2*i, 4+2*i, y, y+height, f.place, align)
				w[key(u.unit, years[first+i], "")] = [2]string{score, f.place}
			}
			y += height
		}
		drawBars()
		c, _, err := readPDF(t, m.bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		printed += 2 * len(w)
		got := 0
		for _, f := range c.facts {
			k := key(string(f.Unit), f.Period.String(), f.Component)
			v, ok := w[k]
			if !ok {
				t.Errorf("seed %d: %s at %s is not printed", seed, k, f.Locator)
				continue
			}
			if f.Score.Valid {
				got++
				if !decimal.RequireFromString(v[0]).Equal(f.Score.Decimal) {
					t.Errorf("seed %d: %s at %s: got score %s, want %s", seed, k, f.Locator, f.Score, v[0])
				}
			}
			if f.Place > 0 {
				got++
				if fmt.Sprint(f.Place) != v[1] {
					t.Errorf("seed %d: %s at %s: got place %d, want %s", seed, k, f.Locator, f.Place, v[1])
				}
			}
		}
		if got < 2*len(w) {
			t.Logf("seed %d: read %d of %d; border %v, bars %v, size %.1f, pitch %.1f, name %.0f, %s, years %d, repeat %v; problems:\n%.400s", seed, got, 2*len(w), border, bars, size, pitch, nameWidth, align, some, repeat, c.serious())
			if c.serious() == "" {
				t.Errorf("seed %d: numbers are missing without a problem", seed)
			}
		}
		right += got
	}
	if right*100 < printed*95 {
		t.Errorf("read %d of %d numbers, want 95 of 100", right, printed)
	}
	t.Logf("read %d of %d numbers", right, printed)
}
