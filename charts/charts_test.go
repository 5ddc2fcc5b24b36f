package charts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

var update = flag.Bool("update", false, "write the golden options; look at the pictures before committing them")

func num(s string) reform.Number { return reform.Num(s) }

// index is a small index with two bases and a break between them.
func index() reform.Index {
	return reform.Index{
		Code: "par", Short: reform.Text{VI: "PAR INDEX", EN: "PAR INDEX"}, Decimals: 2,
		Bases: []reform.Basis{
			{Code: "a", Name: reform.Text{VI: "Bộ tiêu chí cũ", EN: "Old rules"}},
			{Code: "b", Name: reform.Text{VI: "Bộ tiêu chí mới", EN: "New rules"}, Max: num("100"), Components: []reform.Component{
				{Code: "1", Name: reform.Text{VI: "Dịch vụ công trực tuyến", EN: "Online services"}, Max: num("12")},
				{Code: "2", Name: reform.Text{VI: "Thanh toán trực tuyến", EN: "Online payment"}, Max: num("10")},
				{Code: "3", Name: reform.Text{VI: "Số hóa hồ sơ", EN: "Digitised files"}, Max: num("22")},
				{Code: "4", Name: reform.Text{VI: "Mức độ hài lòng của người dân, doanh nghiệp khi giải quyết thủ tục hành chính", EN: "Satisfaction"}},
				{Code: "s", Breakdown: "source", Name: reform.Text{VI: "Điều tra xã hội học", EN: "Survey"}},
			}},
		},
		Breaks: []reform.Break{{Before: "2015", After: "2016", Reason: reform.Text{VI: "bộ tiêu chí mới", EN: "new rules"}}},
	}
}

func point(year, place, of int, basis string) reform.RankPoint {
	return reform.RankPoint{
		Unit: "vn63:80", Period: reform.YearPeriod(year), Place: place, Of: of, OfPrinted: true, Basis: basis, Scope: reform.ScopeNation,
		RankKind: reform.Published, Status: reform.Final, PlaceFrom: reform.Measure{Document: fmt.Sprintf("doc-%d", year)},
	}
}

func longAn() charts.Line {
	l := charts.Line{Name: "Long An", FullName: "tỉnh Long An", RankSeries: reform.RankSeries{Index: "par", Unit: "vn63:80", Kind: reform.Year}}
	for i, p := range []int{20, 50, 48, 23, 30, 12, 7, 5} {
		basis := "a"
		if i >= 4 {
			basis = "b"
		}
		l.Points = append(l.Points, point(2012+i, p, 63, basis))
	}
	return l
}

func history(lines ...charts.Line) charts.RankHistoryInput {
	return charts.RankHistoryInput{Index: index(), Lines: lines, Documents: map[string]charts.Source{
		"doc-2012": {Label: "Quyết định số 1/QĐ-BNV ngày 25/01/2014 của Bộ Nội vụ", Date: "2014-01-25"},
	}}
}

func subscores() charts.SubscoresInput {
	row := func(code, score, most string) reform.Subscore {
		s := reform.Subscore{Component: code, Status: reform.Final, From: reform.Measure{Document: "doc-766"}}
		if score != "" {
			s.Score = num(score)
		}
		if most != "" {
			s.Max = num(most)
		}
		return s
	}
	return charts.SubscoresInput{Index: index(), Name: "Long An", FullName: "tỉnh Long An", Subscores: reform.Subscores{
		Index: "par", Unit: "vn63:80", Period: reform.YearPeriod(2023), Basis: "b", Total: &reform.RankPoint{Place: 55, Of: 63},
		Rows: []reform.Subscore{row("1", "3.5", "12"), row("2", "3.7", "10"), row("3", "5.3", "22"), row("4", "3.5", ""), row("s", "20", "32")},
	}}
}

var names = map[reform.UnitKey]string{"vn63:80": "Long An", "vn63:48": "Đà Nẵng", "vn63:01": "Hà Nội", "vn63:89": "An Giang", "vn63:93": "Hậu Giang"}

func nameOf(k reform.UnitKey) string { return names[k] }

func table() charts.LeagueInput {
	row := func(unit reform.UnitKey, place int, score string, prev int, across bool) reform.Standing {
		s := reform.Standing{Unit: unit, Place: place, Of: 63, RankKind: reform.Published, PrevPlace: prev, PrevOf: 63, AcrossBreak: across, Status: reform.Final}
		if score != "" {
			s.Score = num(score)
		}
		return s
	}
	return charts.LeagueInput{Index: index(), Names: nameOf, Chosen: []reform.UnitKey{"vn63:80"}, League: reform.League{
		Index: "par", Period: reform.YearPeriod(2019), Basis: "b", UnitType: reform.Province, Prev: reform.YearPeriod(2018), PrevComplete: true,
		Coverage: reform.Coverage{Of: 63, WithPlace: 5, WithScore: 3},
		Rows: []reform.Standing{
			row("vn63:48", 1, "90.155", 3, false), row("vn63:80", 2, "89", 1, true), row("vn63:01", 2, "89.00", 2, false), row("vn63:89", 4, "", 8, true), row("vn63:93", 0, "70", 0, false),
		},
	}}
}

func heat() charts.HeatmapInput {
	in := charts.HeatmapInput{Index: index(), Names: nameOf, Chosen: []reform.UnitKey{"vn63:80"}}
	add := func(u reform.UnitKey, year, place, of int) {
		in.Cells = append(in.Cells, reform.HeatCell{Unit: u, Period: reform.YearPeriod(year), Place: place, Of: of})
	}
	add("vn63:80", 2014, 7, 63)
	add("vn63:80", 2016, 15, 63)
	add("vn63:48", 2014, 1, 63)
	add("vn63:48", 2016, 1, 63)
	add("vn63:01", 2016, 63, 63)
	add("vn63:89", 2014, 37, 0)
	return in
}

// pictures are one of each kind and what is hard about it.
func pictures() map[string]func(charts.Style) (*charts.Picture, error) {
	gaps := longAn()
	gaps.Points = append(gaps.Points[:2:2], gaps.Points[5:]...)
	gaps.Points[3].RankKind = reform.Derived
	open := point(2020, 3, 34, "b")
	open.Status = reform.Provisional
	gaps.Points = append(gaps.Points, open)
	scored := longAn()
	for i := range scored.Points {
		scored.Points[i].Score = num(fmt.Sprintf("%d.5", 70+i))
		scored.Points[i].Max = num("100")
	}
	other := longAn()
	other.Name, other.Unit = "Hậu Giang", "vn63:93"
	for i := range other.Points {
		other.Points[i].Place += 3
	}
	hist := func(change func(*charts.RankHistoryInput), lines ...charts.Line) func(charts.Style) (*charts.Picture, error) {
		return func(st charts.Style) (*charts.Picture, error) {
			in := history(lines...)
			if change != nil {
				change(&in)
			}
			return charts.RankHistory(in, st)
		}
	}
	compared := subscores()
	for i := range compared.Subscores.Rows {
		r := &compared.Subscores.Rows[i]
		r.Median, r.Best = num("3"), num("9.5")
	}
	places := table()
	for i := range places.League.Rows {
		places.League.Rows[i].Score = reform.Number{}
	}
	drawn := map[string]func(charts.Style) (*charts.Picture, error){
		"live":                    func(st charts.Style) (*charts.Picture, error) { return charts.Live(bacNinh(), st) },
		"live-revised":            func(st charts.Style) (*charts.Picture, error) { return charts.Live(anGiang(), st) },
		"live-six":                func(st charts.Style) (*charts.Picture, error) { return charts.Live(sixProvinces(), st) },
		"rank-history":            hist(nil, longAn()),
		"rank-history-gaps":       hist(nil, gaps),
		"rank-history-two":        hist(nil, longAn(), other),
		"rank-history-score":      hist(func(in *charts.RankHistoryInput) { in.Measure = charts.Scores }, scored),
		"rank-history-percentile": hist(func(in *charts.RankHistoryInput) { in.Measure = charts.Percentiles }, gaps, other),
		"rank-history-own":        hist(ownNotes, planned()),
		"rank-history-own-six":    hist(ownNotes, planned(), other, moved("Tiền Giang", "vn63:82", 5), moved("Bến Tre", "vn63:83", 8), moved("Trà Vinh", "vn63:84", 11), moved("Đà Nẵng", "vn63:48", -4)),
		"rank-history-own-score":  hist(func(in *charts.RankHistoryInput) { ownNotes(in); in.Measure = charts.Scores }, plannedScores(scored)),
		"subscores":               func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresBars(subscores(), st) },
		"subscores-compared":      func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresBars(compared, st) },
		"radar":                   func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresRadar(subscores(), st) },
		"ranking":                 func(st charts.Style) (*charts.Picture, error) { return charts.LeagueBars(table(), st) },
		"ranking-places":          func(st charts.Style) (*charts.Picture, error) { return charts.LeagueBars(places, st) },
		"compare":                 func(st charts.Style) (*charts.Picture, error) { return charts.CompareBars(compare(), st) },
		"compare-radar":           func(st charts.Style) (*charts.Picture, error) { return charts.CompareRadar(compare(), st) },
		"distribution":            func(st charts.Style) (*charts.Picture, error) { return charts.Distribution(spread(), st) },
		"histories":               func(st charts.Style) (*charts.Picture, error) { return charts.Histories(histories(), st) },
		"lost-points":             func(st charts.Style) (*charts.Picture, error) { return charts.LostPoints(subscores(), st) },
		"lost-points-whole":       func(st charts.Style) (*charts.Picture, error) { return charts.LostPoints(whole(), st) },
		"derived":                 hist(derivedLines(scored), scored),
		"heatmap":                 func(st charts.Style) (*charts.Picture, error) { return charts.Heatmap(heat(), st) },
	}
	for _, name := range []string{"map-across", "map-tiles34"} {
		drawn[name] = maps()[name]
	}
	return drawn
}

// One option a picture is kept, so that a change of look is a change in review.
func TestGolden(t *testing.T) {
	for name, draw := range pictures() {
		t.Run(name, func(t *testing.T) {
			p, err := draw(charts.Style{Lang: "vi", Theme: charts.Light})
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, p.Option, "", " "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v; run go test ./charts -update and look at the picture", err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("option differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Every picture in every theme, language and size must be one that the renderer takes:
// known series, known formatters; and equal input must give equal bytes.
func TestOptionsAreDrawable(t *testing.T) {
	for name, draw := range pictures() {
		for _, lang := range []string{"vi", "en"} {
			for _, theme := range []charts.Theme{charts.Light, charts.Dark, charts.Mono} {
				for _, width := range []int{0, 360, 1600} {
					for _, bare := range []bool{false, true} {
						if bare && width != 360 {
							continue
						}
						st := charts.Style{Lang: lang, Theme: theme, Width: width, NoTitle: bare}
						p, err := draw(st)
						if err != nil {
							t.Fatalf("%s %+v: %v", name, st, err)
						}
						if err := render.Validate(p.Option); err != nil {
							t.Errorf("%s %+v: %v", name, st, err)
						}
						again, err := draw(st)
						if err != nil || !bytes.Equal(p.Option, again.Option) {
							t.Errorf("%s %+v: two runs differ (%v)", name, st, err)
						}
						if bytes.Contains(p.Option, []byte("{{")) {
							t.Errorf("%s %+v: a text is missing: %s", name, st, around(p.Option, "{{"))
						}
						if p.Title == "" || p.Alt == "" || len(p.Table.Rows) == 0 {
							t.Errorf("%s: title %q, alt %q, %d rows", name, p.Title, p.Alt, len(p.Table.Rows))
						}
						for _, s := range append([]string{p.Title, p.Subtitle, p.Alt}, p.Notes...) {
							if strings.Contains(s, "{") {
								t.Errorf("%s %s: text with a hole: %q", name, lang, s)
							}
						}
						for _, row := range p.Table.Rows {
							if len(row) != len(p.Table.Columns) {
								t.Errorf("%s: a row has %d cells, want %d", name, len(row), len(p.Table.Columns))
							}
						}
						if bare == strings.Contains(string(p.Option), `"title":`) && !strings.Contains(name, "radar") && !strings.HasPrefix(name, "map") {
							t.Errorf("%s: NoTitle is %v, but the option says otherwise", name, bare)
						}
					}
				}
			}
		}
	}
}

func around(b []byte, s string) string {
	i := bytes.Index(b, []byte(s))
	return string(b[max(0, i-40):min(len(b), i+60)])
}

func TestNoData(t *testing.T) {
	empty := longAn()
	for i := range empty.Points {
		empty.Points[i].Place = 0
	}
	noScores := subscores()
	for i := range noScores.Subscores.Rows {
		noScores.Subscores.Rows[i].Score = reform.Number{}
	}
	few := subscores()
	few.Subscores.Rows = few.Subscores.Rows[1:4]
	mixed := longAn()
	mixed.Points[0].Period = reform.MustPeriod("2012-Q1")
	many := make([]charts.Line, 13)
	for i := range many {
		many[i] = longAn()
	}
	tests := []struct {
		name string
		draw func() (*charts.Picture, error)
		want error
		says string
	}{
		{"no lines", func() (*charts.Picture, error) { return charts.RankHistory(history(), charts.Style{}) }, reform.ErrNotFound, "no data"},
		{"no places", func() (*charts.Picture, error) { return charts.RankHistory(history(empty), charts.Style{}) }, reform.ErrNotFound, "no data"},
		{"no component", func() (*charts.Picture, error) {
			return charts.SubscoresBars(charts.SubscoresInput{Index: index()}, charts.Style{})
		}, reform.ErrNotFound, "no data"},
		{"no scores", func() (*charts.Picture, error) { return charts.SubscoresBars(noScores, charts.Style{}) }, reform.ErrNotFound, "no data"},
		{"radar without scores", func() (*charts.Picture, error) { return charts.SubscoresRadar(noScores, charts.Style{}) }, reform.ErrNotFound, "no data"},
		{"two spokes", func() (*charts.Picture, error) { return charts.SubscoresRadar(few, charts.Style{Lang: "vi"}) }, reform.ErrInvalid, "ít nhất 3 thành phần"},
		{"no rows", func() (*charts.Picture, error) {
			return charts.LeagueBars(charts.LeagueInput{Index: index()}, charts.Style{})
		}, reform.ErrNotFound, "no data"},
		{"no cells", func() (*charts.Picture, error) {
			return charts.Heatmap(charts.HeatmapInput{Index: index(), Cells: []reform.HeatCell{{Unit: "vn63:80", Period: reform.YearPeriod(2014)}}}, charts.Style{})
		}, reform.ErrNotFound, "no data"},
		{"kinds of period", func() (*charts.Picture, error) { return charts.RankHistory(history(mixed), charts.Style{}) }, reform.ErrInvalid, "different kinds"},
		{"too many lines", func() (*charts.Picture, error) { return charts.RankHistory(history(many...), charts.Style{}) }, reform.ErrTooLarge, "at most 12"},
		{"too many rows", func() (*charts.Picture, error) {
			in := table()
			for len(in.League.Rows) < 3321 {
				in.League.Rows = append(in.League.Rows, in.League.Rows...)
			}
			return charts.LeagueBars(in, charts.Style{})
		}, reform.ErrTooLarge, "smaller scope"},
		{"unknown measure", func() (*charts.Picture, error) {
			in := history(longAn())
			in.Measure = "rank"
			return charts.RankHistory(in, charts.Style{})
		}, reform.ErrInvalid, "place, score or percentile"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.draw()
			if !errors.Is(err, tt.want) || p != nil {
				t.Fatalf("got %v, %v; want an error of kind %v", p, err, tt.want)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %q, want it to say %q", err, tt.says)
			}
		})
	}
}

// Names come from documents. Whatever they hold, they stay words.
func TestHostileNames(t *testing.T) {
	const script, call, override, nfd = "</script><b>&", "__f__alert(1)__f__", "Long\u202eAn\x00\x07", "Thu\u031b\u0300a Thie\u0302n Hue\u0302\u0301"
	long := strings.TrimSpace(strings.Repeat("Ủy ban nhân dân ", 20))
	for _, name := range []string{script, call, override, nfd, long, "@place", "{b}", "{a|x}"} {
		line := longAn()
		line.Name, line.FullName = name, name
		league := table()
		league.Names = nil
		for i := range league.League.Rows {
			league.League.Rows[i].UnitName = name
		}
		cells := heat()
		cells.Names = func(reform.UnitKey) string { return name }
		sub := subscores()
		sub.FullName = name
		for i := range sub.Index.Bases[1].Components {
			sub.Index.Bases[1].Components[i].Name.VI = name
		}
		for what, draw := range map[string]func(charts.Style) (*charts.Picture, error){
			"history": func(st charts.Style) (*charts.Picture, error) { return charts.RankHistory(history(line, longAn()), st) },
			"league":  func(st charts.Style) (*charts.Picture, error) { return charts.LeagueBars(league, st) },
			"heat":    func(st charts.Style) (*charts.Picture, error) { return charts.Heatmap(cells, st) },
			"bars":    func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresBars(sub, st) },
			"radar":   func(st charts.Style) (*charts.Picture, error) { return charts.SubscoresRadar(sub, st) },
		} {
			p, err := draw(charts.Style{Lang: "vi", Width: 360})
			if err != nil {
				t.Fatalf("%s %q: %v", what, name, err)
			}
			if err := render.Validate(p.Option); err != nil {
				t.Errorf("%s %q: %v", what, name, err)
			}
			for _, bad := range []string{"<", "\u202e", "\u031b", `\u0000`, `\u0007`} {
				if strings.Contains(string(p.Option), bad) {
					t.Errorf("%s %q: the option holds %q", what, name, bad)
				}
			}
			if name == long && !slices.ContainsFunc(p.Table.Rows, func(row []charts.Cell) bool { return row[0].Text == long }) {
				t.Errorf("%s: the table lacks the whole name", what)
			}
		}
	}
}

func BenchmarkRankHistory(b *testing.B) {
	in := history(longAn())
	for b.Loop() {
		if _, err := charts.RankHistory(in, charts.Style{Lang: "vi"}); err != nil {
			b.Fatal(err)
		}
	}
}
