package pci

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"chiso/ingest/sheet"
)

// flatOf builds a flat sheet of 2015 with names in column 2, then changes it.
func flatOf(t *testing.T, change func(g *grid, list []province, codes []string)) (*collector, []province) {
	t.Helper()
	list, basis := made(t, 2015)
	codes := codesOf(basis)
	g := newGrid(t)
	g.add("Tong hop")
	g.set(1, 2, "Tỉnh")
	for j, c := range codes {
		g.set(1, 3+j, vietnamese[c])
	}
	g.set(1, 3+len(codes), "PCI 2015")
	g.flat(list, append(slices.Clone(codes), ""), 2, 2, 3)
	change(g, list, codes)
	b := g.bytes()
	probe, err := sheet.NewProbe(t.Context(), input("PCI_2015.xlsx", b))
	if err != nil {
		t.Fatal(err)
	}
	if got := Detect(probe); got < 70 {
		t.Errorf("Detect: got %d, want 70 or more", got)
	}
	c, _ := parseBytes(t, "PCI_2015.xlsx", b)
	return c, list
}

func TestOddSheetsAreReadWhole(t *testing.T) {
	tests := []struct {
		name   string
		places bool
		change func(g *grid, list []province, codes []string)
	}{
		{"places on the left of the names", true, func(g *grid, list []province, _ []string) {
			g.set(1, 1, "Xếp hạng")
			for i, p := range list {
				g.set(2+i, 1, p.place)
			}
		}},
		{"a block beside the table shows one province", false, func(g *grid, list []province, codes []string) {
			g.set(1, 20, "Tỉnh")
			g.set(1, 21, "PCI 2015")
			g.set(1, 22, vietnamese[codes[0]])
			g.set(2, 20, "Long An")
			g.set(2, 21, 61.25)
			g.set(2, 22, 6.5)
		}},
		{"a row of a region between provinces", false, func(g *grid, list []province, codes []string) {
			if err := g.f.InsertRows(g.sheet, 30, 1); err != nil {
				g.t.Fatal(err)
			}
			g.set(30, 2, "Tây Nguyên")
			for j := range codes {
				g.set(30, 3+j, 6.5)
			}
		}},
		{"headings far down", false, func(g *grid, _ []province, _ []string) {
			if err := g.f.InsertRows(g.sheet, 1, 10); err != nil {
				g.t.Fatal(err)
			}
			g.set(1, 1, "CHỈ SỐ NĂNG LỰC CẠNH TRANH CẤP TỈNH")
		}},
		{"headings in other words", false, func(g *grid, _ []province, codes []string) {
			for j, h := range []string{"Market entry", "Tiếp cận mặt bằng", "Tiếp cận thông tin", "Chi phí TG", "Chi phí phi chính thức", "Bình đẳng", "Provincial leadership", "Phát triển KVTN", "Labour", "Tư pháp"} {
				g.set(1, 3+j, h)
			}
		}},
		{"headings that are numbers of sub-indices", false, func(g *grid, list []province, codes []string) {
			for j, c := range codes {
				g.set(1, 3+j, strings.Replace(c, "CSTP", "CSTP ", 1))
			}
		}},
		{"headings that are names of variables", false, func(g *grid, list []province, codes []string) {
			for j, h := range []string{"sub1_entry", "sub2_land", "sub3_transparency", "sub4_time", "sub5_informal", "sub6_bias", "sub7_proactivity", "sub8_bss", "sub9_labor", "sub10_legal"} {
				g.set(1, 3+j, h)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, list := flatOf(t, tt.change)
			if s := c.serious(); len(s) > 0 {
				t.Errorf("problems:\n%s", problems(c))
			}
			want := map[cell]expected{}
			for _, p := range list {
				for code, v := range p.scores {
					want[cell{p.key, code}] = expected{score: decimal.NewFromFloat(v).Round(6).String(), place: p.place, of: len(list)}
				}
			}
			compare(t, want, c, tt.places)
		})
	}
}

func TestALossIsRefused(t *testing.T) {
	tests := []struct {
		name, code, at string
		change         func(g *grid, list []province, codes []string)
	}{
		{"a row of numbers without a name", "no-unit", "Tong hop!B20", func(g *grid, _ []province, _ []string) { g.set(20, 2, nil) }},
		{"a number for a name", "no-unit", "Tong hop!B20", func(g *grid, _ []province, _ []string) { g.set(20, 2, 42) }},
		{"the summary is hidden", "no-summary", "PCI_2015.xlsx", func(g *grid, _ []province, _ []string) {
			name := g.sheet
			g.add("Bìa")
			g.f.SetActiveSheet(1) // the active one can't be hidden
			if err := g.f.SetSheetVisible(name, false); err != nil {
				g.t.Fatal(err)
			}
		}},
		{"a heading that is not understood", "missing-component", "Tong hop!F1", func(g *grid, _ []province, _ []string) { g.set(1, 6, "Một tên mới") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := flatOf(t, tt.change)
			for _, p := range c.serious() {
				if p.Code == tt.code && p.Locator == tt.at {
					return
				}
			}
			t.Errorf("no problem %s at %s; got\n%s", tt.code, tt.at, problems(c))
		})
	}
}

func TestNumbersOfSubIndicesAreOfOneEdition(t *testing.T) {
	// Until 2012 nine sub-indices were numbered without a gap: "CSTP 6" is another one then.
	list, basis := made(t, 2012)
	g := newGrid(t)
	g.add("Tong hop")
	g.set(1, 1, "Tỉnh")
	codes := codesOf(basis)
	for j := range codes {
		g.set(1, 2+j, "CSTP "+string(rune('1'+j)))
	}
	g.set(1, 2+len(codes), "PCI 2012")
	g.flat(list, append(slices.Clone(codes), ""), 2, 1, 2)
	c, _ := parseBytes(t, "PCI_2012.xlsx", g.bytes())
	if len(c.facts) > 0 || len(c.serious()) == 0 {
		t.Errorf("got %d facts, want a refusal\n%s", len(c.facts), problems(c))
	}
}
