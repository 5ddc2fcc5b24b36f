package dashboard

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"chiso/reform"
)

// labelledReader is the fake with what a test changes in its answers.
type labelledReader struct {
	*fakeReader
	moved  func(*reform.ComponentMove)
	league func(*reform.Standing)
	live   func(*reform.LiveTable)
}

func (r labelledReader) Moved(ctx context.Context, q reform.MovedQuestion) ([]reform.Moved, error) {
	out, err := r.fakeReader.Moved(ctx, q)
	for i := range out {
		for k := range out[i].Moves {
			r.moved(&out[i].Moves[k])
		}
	}
	return out, err
}

func (r labelledReader) Ranking(ctx context.Context, q reform.LeagueQuestion) (reform.League, error) {
	l, err := r.fakeReader.Ranking(ctx, q)
	for i := range l.Rows {
		r.league(&l.Rows[i])
	}
	return l, err
}

func (r labelledReader) Live(ctx context.Context, q reform.LiveQuestion) (reform.LiveTable, error) {
	t, err := r.fakeReader.Live(ctx, q)
	if r.live != nil {
		r.live(&t)
	}
	return t, err
}

func labelled(r labelledReader) func(*Options) {
	return func(o *Options) {
		r.fakeReader = o.Reader.(*fakeReader)
		o.Reader = r
	}
}

// The former provinces stand under the name of the one that they became.
func TestMadeNamesTheProvince(t *testing.T) {
	f := newFixture(t)
	for lang, want := range map[string]string{"vi": "PAPI của các tỉnh hợp thành Tây Ninh", "en": "PAPI of the provinces that became Tay Ninh"} {
		if got := f.page(t, "/units/vn34/tay-ninh?index=papi&lang="+lang).Find("#made-h").Text(); got != want {
			t.Errorf("%s: got heading %q, want %q", lang, got, want)
		}
	}
}

// A place that nobody printed bears its kind in the table of all indices, of a province as of a department.
func TestTotalsTellHowPlacesCameAbout(t *testing.T) {
	f := newFixture(t)
	f.reader.add(reform.Fact{Index: "par", Basis: "1150", Unit: "vn34:91/H01.12", UnitName: "Sở Tư pháp", Period: reform.YearPeriod(2024), Place: 2, Of: 20, RankKind: reform.Derived, Scope: "vn34:91"}, docSeed, testNow)
	for _, tt := range []struct{ path, row, index, want string }{
		{"/units/vn63/long-an?index=par", `section:has(#totals-h) li`, "PAPI", "tính từ điểm"},
		{"/units/vn63/long-an?index=par", `section:has(#totals-h) li`, "PAR INDEX", ""},
		{"/units/vn34/an-giang/H01.12", `.card:has(#totals-h) tbody tr`, "PAR INDEX", "suy ra"},
	} {
		row := f.page(t, tt.path).Find(tt.row).FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), tt.index) })
		if row.Length() != 1 {
			t.Errorf("%s: %d rows of %s, want one", tt.path, row.Length(), tt.index)
		}
		if got := row.Find(".tag").Text(); got != tt.want {
			t.Errorf("%s, %s: labelled %q, want %q", tt.path, tt.index, got, tt.want)
		}
	}
}

// A movement between provisional scores says so; one between final ones does not.
func TestMovedSaysProvisional(t *testing.T) {
	for status, want := range map[reform.Status]string{reform.Provisional: "tạm tính", reform.Final: ""} {
		f := newFixture(t, labelled(labelledReader{moved: func(m *reform.ComponentMove) { m.Status = status }}))
		rows := f.page(t, "/").Find(".moved li")
		if rows.Length() == 0 {
			t.Fatal("nothing moved")
		}
		rows.Each(func(_ int, s *goquery.Selection) {
			if got := s.Find(".tag").Text(); got != want {
				t.Errorf("%s: labelled %q, want %q: %s", status, got, want, strings.Join(strings.Fields(s.Text()), " "))
			}
		})
	}
}

// A place within a region, or of a component, that was computed bears a star, and the page says what it means,
// also where the places of the country are all published.
func TestComputedPlacesOfARegionAreMarked(t *testing.T) {
	const path, says = "/rankings/par?period=2019&scope=vn63:r:DBSCL", "* thứ hạng tính từ điểm hoặc suy ra"
	for name, tt := range map[string]struct {
		change func(*reform.Standing)
		want   string // in the row
		star   bool
	}{
		"computed":  {func(r *reform.Standing) { r.ScopePlace, r.ScopeOf, r.ScopeRankKind = 2, 13, reform.Computed }, "2/13*", true},
		"derived":   {func(r *reform.Standing) { r.ScopePlace, r.ScopeOf, r.ScopeRankKind = 2, 13, reform.Derived }, "2/13*", true},
		"published": {func(r *reform.Standing) { r.ScopePlace, r.ScopeOf, r.ScopeRankKind = 2, 13, reform.Published }, "2/13", false},
		"component": {func(r *reform.Standing) {
			r.Components = []reform.ComponentScore{{Component: "1", Score: reform.Num("8.5"), Place: 3, Of: 63, RankKind: reform.Computed}}
		}, "3/63*", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t, labelled(labelledReader{league: tt.change})).page(t, path)
			cells := d.Find("#league tbody").Last().Find("tr").First().Find("td.n").Map(func(_ int, s *goquery.Selection) string {
				if s.Find(".cp").Length() > 0 {
					s = s.Find(".cp")
				}
				return strings.TrimSpace(s.Text())
			})
			if !slices.Contains(cells, tt.want) {
				t.Errorf("cells %q, want one with %q", cells, tt.want)
			}
			if got := strings.Contains(d.Find(".said-of").Text(), says); got != tt.star {
				t.Errorf("the star is explained: %t, want %t: %s", got, tt.star, d.Find(".said-of").Text())
			}
		})
	}
}

// The places of the live index in a report are counted by us: the slide says so, once, whether or not the period
// is over, and calls no period open that is over.
func TestReportSaysLivePlacesAreComputed(t *testing.T) {
	const computed = "tính từ điểm, điểm bằng nhau thì cùng hạng"
	open := time.Date(2025, 10, 20, 3, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		now   time.Time
		live  func(*reform.LiveTable)
		says  int // that places are computed
		words string
	}{
		"open":       {open, nil, 1, "Kỳ tháng 10/2025 chưa khép lại"},
		"read early": {testNow, nil, 1, "được đọc lần cuối ngày 16/10/2025, khi kỳ chưa khép lại"},
		"closed":     {testNow, func(l *reform.LiveTable) { l.Provisional = false }, 1, "Có điểm của 34/34"},
		"incomplete": {testNow, func(l *reform.LiveTable) { l.Provisional, l.Complete = false, false }, 0, "Danh sách chưa đầy đủ"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, labelled(labelledReader{live: tt.live}))
			f.now = tt.now
			r, err := f.Report(t.Context(), DeckFile{Title: "x", Slides: []DeckSlide{{Figure: "live?unit={liveunit}"}, {Table: "live:province"}}},
				DeckOptions{Units: []reform.UnitKey{"vn34:91"}, Index: liveIndex, Period: reform.MustPeriod("2025-10")})
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.ReplaceAll(strings.Join(r.Slides[1].Picture.Notes, " "), "điểm;", "điểm,")
			if got := strings.Count(notes, computed); got != tt.says {
				t.Errorf("that places are computed is said %d times, want %d: %s", got, tt.says, notes)
			}
			if !strings.Contains(notes, tt.words) {
				t.Errorf("no %q in %s", tt.words, notes)
			}
		})
	}
}
