package charts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/reform"
)

// The native charts of all pictures are kept in one file, so that a change is one in review.
func TestPlotsGolden(t *testing.T) {
	var names []string
	for name := range pictures() {
		names = append(names, name)
	}
	slices.Sort(names)
	var got bytes.Buffer
	for _, name := range names {
		p, err := pictures()[name](charts.Style{Lang: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		if p.Plot == nil {
			t.Fatalf("%s has no native chart", name)
		}
		b, err := json.MarshalIndent(p.Plot, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s %s\n", name, b)
	}
	file := filepath.Join("testdata", "plots.txt")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("plots differ (-want +got):\n%s", diff)
	}
}

// Every list of a native chart has one entry a category, in every theme, language and width.
func TestPlotsAreWhole(t *testing.T) {
	for name, draw := range pictures() {
		for _, st := range []charts.Style{{Lang: "vi"}, {Lang: "en", Theme: charts.Dark, Width: 360}, {Lang: "vi", Theme: charts.Mono, NoTitle: true}} {
			p, err := draw(st)
			if err != nil {
				t.Fatal(err)
			}
			n := len(p.Plot.Categories)
			if n == 0 || len(p.Plot.Series) == 0 {
				t.Errorf("%s: %d categories, %d series", name, n, len(p.Plot.Series))
			}
			for _, s := range p.Plot.Series {
				if len(s.Values) != n || len(s.Labels) != n || len(s.Fills) != 0 && len(s.Fills) != n {
					t.Errorf("%s %s: %d values, %d labels, %d fills for %d categories", name, s.Name, len(s.Values), len(s.Labels), len(s.Fills), n)
				}
			}
		}
	}
}

func TestPlotOfHistory(t *testing.T) {
	severed := history(longAn())
	severed.Index.Breaks[0].Severs = true
	p, err := charts.RankHistory(severed, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	plot := p.Plot
	if !plot.Inverted || plot.Kind != charts.PlotLine || plot.Max.String() != "63" || plot.Step.String() != "10" {
		t.Errorf("got %+v, want an inverted line to 63 by tens", plot)
	}
	s := plot.Series[0]
	if diff := cmp.Diff([]string{"20/63", "50/63", "48/63", "23/63", "30/63", "12/63", "7/63", "5/63"}, s.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	// No line of any kind crosses a break that severs.
	if diff := cmp.Diff([]int{3}, s.Cut); diff != "" {
		t.Errorf("cut (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]charts.PlotBreak{{Before: 4, Label: "Đổi cách tính (1)"}}, plot.Breaks); diff != "" {
		t.Errorf("breaks (-want +got):\n%s", diff)
	}
	scored := longAn()
	for i := range scored.Points {
		scored.Points[i].Score = num(fmt.Sprintf("%d.5", 70+i))
	}
	in := history(scored)
	in.Measure = charts.Scores
	p, err = charts.RankHistory(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Plot.Inverted || p.Plot.Series[0].Values[1].String() != "71.5" {
		t.Errorf("scores: inverted %v, second value %s; want upright, 71.5", p.Plot.Inverted, p.Plot.Series[0].Values[1])
	}
}

// Many rows, and rows without scores, are a table with all that the picture says.
func TestPlotOfLeague(t *testing.T) {
	in := table()
	p, err := charts.LeagueBars(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Plot.Kind != charts.PlotBars {
		t.Errorf("got %s for 5 rows, want bars", p.Plot.Kind)
	}
	if diff := cmp.Diff([]int{1}, p.Plot.Strong); diff != "" {
		t.Errorf("chosen (-want +got):\n%s", diff)
	}
	for i := range 63 {
		in.League.Rows = append(in.League.Rows, reform.Standing{Unit: reform.UnitKey(fmt.Sprintf("vn63:%02d", i)), Place: i + 1, Of: 63, Score: num("70")})
	}
	p, err = charts.LeagueBars(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Plot.Kind != charts.PlotTable || len(p.Plot.Categories) != 68 {
		t.Errorf("got %s of %d rows, want a table of 68", p.Plot.Kind, len(p.Plot.Categories))
	}
	if got, want := p.Plot.Series[0].Labels[0], "1/63"; got != want {
		t.Errorf("first place %q, want %q", got, want)
	}
}
