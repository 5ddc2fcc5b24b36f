package charts_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

// longNamed are provinces whose names take the most room, the longest first.
var longNamed = []reform.UnitKey{"vn63:77", "vn63:46", "vn63:79", "vn63:80", "vn63:52", "vn63:01"}

func trueName(k reform.UnitKey) string { return reform.Default().NameIn(k, reform.YearPeriod(2023)) }

// spreadPlaces are places that go up and down without two lines being alike.
func spreadPlaces(line, year int) int { return 1 + (line*17+year*year*5+line*year*11)%63 }

// closePlaces are lines that run beside each other, so that all their words want one spot.
func closePlaces(line, year int) int { return 3 + line + year%3 }

// lines are histories of so many units over so many years.
func lines(units, years int, place func(line, year int) int) []charts.Line {
	var out []charts.Line
	for u := range units {
		k := longNamed[u%len(longNamed)]
		l := charts.Line{Name: trueName(k), FullName: "tỉnh " + trueName(k), RankSeries: reform.RankSeries{Index: "par", Unit: k, Kind: reform.Year}}
		for y := range years {
			basis := "a"
			if 2005+y >= 2016 {
				basis = "b"
			}
			p := point(2005+y, place(u, y), 63, basis)
			p.Score, p.Max = num(fmt.Sprintf("%d.%02d", 95-p.Place/2, (u*31+y*7)%100)), num("100")
			if (u+y)%7 == 6 {
				p.RankKind = reform.Computed
			}
			l.Points = append(l.Points, p)
		}
		out = append(out, l)
	}
	return out
}

// parts are the components of the catalogue, the longest names first, repeated until there are so many.
func parts(n int) (reform.Index, []reform.Subscore) {
	var named []reform.Component
	for _, ix := range reform.Default().Indices() {
		for _, b := range ix.Bases {
			named = append(named, b.Components...)
		}
	}
	slices.SortStableFunc(named, func(a, b reform.Component) int { return len(b.Name.VI) - len(a.Name.VI) })
	ix := index()
	base := reform.Basis{Code: "b", Max: num("100")}
	var rows []reform.Subscore
	for i := range n {
		c := reform.Component{Code: fmt.Sprintf("c%d", i+1), Name: named[i%len(named)].Name, Max: num([]string{"10", "14.5", "22", "7"}[i%4])}
		base.Components = append(base.Components, c)
		score, _ := c.Max.Decimal.Float64()
		at := func(share float64) reform.Number { return num(fmt.Sprintf("%.2f", score*share)) }
		share := float64((i*37)%101) / 100
		rows = append(rows, reform.Subscore{Component: c.Code, Score: at(share), Max: c.Max, Median: at(0.7), Best: c.Max, RegionMean: at(0.65), Status: []reform.Status{reform.Final, reform.Provisional}[i%2]})
	}
	ix.Bases = []reform.Basis{ix.Bases[0], base}
	return ix, rows
}

// crowded are pictures with as little and as much in them as readers ask for, in the names of
// the catalogue.
func crowded() map[string]func(charts.Style) (*charts.Picture, error) {
	out := map[string]func(charts.Style) (*charts.Picture, error){}
	for _, n := range [][2]int{{1, 2}, {1, 20}, {2, 12}, {6, 2}, {6, 20}} {
		for how, place := range map[string]func(int, int) int{"wide": spreadPlaces, "close": closePlaces} {
			for _, m := range []charts.Measure{charts.Places, charts.Scores, charts.Percentiles} {
				if m == charts.Percentiles && how == "wide" {
					continue
				}
				in := history(lines(n[0], n[1], place)...)
				in.Measure = m
				out[fmt.Sprintf("rank-history %d units %d years %s %s", n[0], n[1], how, m)] = func(st charts.Style) (*charts.Picture, error) { return charts.RankHistory(in, st) }
			}
		}
		derived := history(lines(n[0], n[1], closePlaces)...)
		for i := range derived.Lines {
			derived.Lines[i].Derived, derived.Lines[i].Name = true, derived.Lines[i].Name+" (suy ra)"
		}
		derived.Measure = charts.Scores
		if n[0] < 3 {
			out[fmt.Sprintf("derived %d units %d years", n[0], n[1])] = func(st charts.Style) (*charts.Picture, error) { return charts.RankHistory(derived, st) }
		}
		all := charts.HistoriesInput{Name: trueName("vn63:77"), FullName: "tỉnh " + trueName("vn63:77")}
		for i, l := range lines(min(n[0]+2, len(reform.Default().Indices())), n[1], closePlaces) {
			all.Lines = append(all.Lines, charts.IndexLine{Index: *reform.Default().Indices()[i], Series: l.RankSeries})
		}
		out[fmt.Sprintf("histories %d indices %d years", len(all.Lines), n[1])] = func(st charts.Style) (*charts.Picture, error) { return charts.Histories(all, st) }
	}
	for _, n := range []int{3, 8, 34} {
		ix, rows := parts(n)
		sub := charts.SubscoresInput{Index: ix, Name: trueName("vn63:77"), FullName: "tỉnh " + trueName("vn63:77"), Subscores: reform.Subscores{
			Index: "par", Unit: "vn63:77", Period: reform.YearPeriod(2023), Basis: "b", Rows: rows, Total: &reform.RankPoint{Score: num("61.25"), Max: num("100"), Place: 55, Of: 63},
		}}
		out[fmt.Sprintf("subscores %d", n)] = func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresBars(sub, st) }
		out[fmt.Sprintf("radar %d", n)] = func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresRadar(sub, st) }
		out[fmt.Sprintf("lost-points %d", n)] = func(st charts.Style) (*charts.Picture, error) { return charts.LostPoints(sub, st) }
		for _, units := range []int{2, 6} {
			in := charts.CompareInput{Index: ix}
			for u := range units {
				s := sub.Subscores
				s.Unit, s.Rows = longNamed[u], slices.Clone(rows)
				for i := range s.Rows {
					s.Rows[i].Score = rows[(i+u)%n].Median
				}
				in.Units = append(in.Units, charts.Compared{Name: trueName(s.Unit), Subscores: s})
			}
			out[fmt.Sprintf("compare %d units %d", units, n)] = func(st charts.Style) (*charts.Picture, error) { return charts.CompareBars(in, st) }
			out[fmt.Sprintf("compare-radar %d units %d", units, n)] = func(st charts.Style) (*charts.Picture, error) { return charts.CompareRadar(in, st) }
		}
	}
	for scheme, known := range map[reform.Scheme]int{reform.VN63: 63, reform.VN34: 34} {
		in := provinces(scheme, known)
		league := charts.LeagueInput{Index: in.Index, League: in.League, Names: in.Names, Chosen: in.Chosen[:1]}
		out[fmt.Sprintf("ranking %d", known)] = func(st charts.Style) (*charts.Picture, error) { return charts.LeagueBars(league, st) }
		for _, layout := range []charts.MapLayout{charts.MapShapes, charts.MapTiles} {
			m := in
			m.Layout = layout
			out[fmt.Sprintf("map %d %s", known, layout)] = func(st charts.Style) (*charts.Picture, error) { return charts.Map(m, st) }
		}
		for _, years := range []int{2, 20} {
			h := charts.HeatmapInput{Index: in.Index, Names: in.Names, Chosen: in.Chosen}
			sp := charts.DistributionInput{Index: in.Index, Names: in.Names, Chosen: in.Chosen[:1]}
			for y := range years {
				one := charts.Spread{Period: reform.YearPeriod(2005 + y), Basis: "b", Of: known, Complete: y%5 != 4}
				for i, r := range in.League.Rows {
					if one.Complete || i%6 == 0 {
						h.Cells = append(h.Cells, reform.HeatCell{Unit: r.Unit, Period: one.Period, Place: 1 + (i*7+y*3)%known, Of: known})
						one.Values = append(one.Values, charts.SpreadValue{Unit: r.Unit, Score: r.Score})
					}
				}
				sp.Years = append(sp.Years, one)
			}
			out[fmt.Sprintf("heatmap %d by %d", known, years)] = func(st charts.Style) (*charts.Picture, error) { return charts.Heatmap(h, st) }
			out[fmt.Sprintf("distribution %d of %d years", known, years)] = func(st charts.Style) (*charts.Picture, error) { return charts.Distribution(sp, st) }
		}
	}
	out["live one"] = func(st charts.Style) (*charts.Picture, error) { return charts.Live(bacNinh(), st) }
	out["live revised"] = func(st charts.Style) (*charts.Picture, error) { return charts.Live(anGiang(), st) }
	out["live six"] = func(st charts.Style) (*charts.Picture, error) { return charts.Live(sixProvinces(), st) }
	return out
}

// looksOf are the sizes that a picture is looked at in.
func looksOf() []charts.Style {
	var out []charts.Style
	for _, w := range []int{320, 860, 1600} {
		for _, font := range []float64{13, 20} {
			out = append(out, charts.Style{Lang: []string{"vi", "en"}[len(out)%2], Width: w, FontSize: font})
		}
	}
	return out
}

// No text lies on another or runs out of its picture, from a phone to a wall, with one unit
// and with six, two years and twenty, three components and thirty-four.
func TestGeometry(t *testing.T) {
	r, err := render.New(context.Background(), render.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	type job struct {
		name string
		st   charts.Style
	}
	var jobs []job
	drawn := crowded()
	names := make([]string, 0, len(drawn))
	for name := range drawn {
		names = append(names, name)
	}
	slices.Sort(names)
	looks := looksOf()
	dir := os.Getenv("CHISO_GEOMETRY")
	for i, name := range names {
		for k, st := range looks {
			// Each picture is looked at in every second size, others for the next one, and in haste in one;
			// whoever asks for the drawings gets all.
			if testing.Short() && k != i%len(looks) || dir == "" && (i+k)%2 != 0 {
				continue
			}
			jobs = append(jobs, job{name, st})
		}
	}
	next := make(chan job)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for j := range next {
				p, err := drawn[j.name](j.st)
				if err != nil {
					t.Errorf("%s: %v", j.name, err)
					continue
				}
				svg, err := r.SVG(context.Background(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: j.st.Lang})
				if err != nil {
					t.Errorf("%s: %v", j.name, err)
					continue
				}
				what := fmt.Sprintf("%s, %d wide, font %.0f, %s", j.name, j.st.Width, j.st.FontSize, j.st.Lang)
				bad := collisions(linesOf(t, svg), float64(p.Width), float64(p.Height))
				for i, b := range bad {
					if i == 3 {
						t.Errorf("%s: and %d more", what, len(bad)-i)
						break
					}
					t.Errorf("%s: %s", what, b)
				}
				if dir != "" && len(bad) > 0 {
					if err := os.WriteFile(filepath.Join(dir, what+".svg"), svg, 0o600); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	wait.Wait()
}

// collisions are the texts that lie on others or are cut by the edge of a picture.
func collisions(all []written, width, height float64) []string {
	var bad []string
	for i, a := range all {
		if a.x0 < -0.5 || a.y0 < -0.5 || a.x1 > width+0.5 || a.y1 > height+0.5 {
			bad = append(bad, fmt.Sprintf("%q runs out of the picture of %.0f by %.0f: %.0f,%.0f-%.0f,%.0f", a.text, width, height, a.x0, a.y0, a.x1, a.y1))
		}
		for _, b := range all[i+1:] {
			if math.Min(a.x1, b.x1)-math.Max(a.x0, b.x0) > 1 && math.Min(a.y1, b.y1)-math.Max(a.y0, b.y0) > 1 {
				bad = append(bad, fmt.Sprintf("%q lies on %q at %.0f,%.0f", a.text, b.text, b.x0, b.y0))
			}
		}
	}
	return bad
}
