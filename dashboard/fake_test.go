package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"chiso/queries"
	"chiso/reform"
)

// The real answerer fits the interface that this room declares.
var _ Reader = (*queries.Queries)(nil)

const (
	docSeed  = "003aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	doc766   = "000bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	docHeld  = "111ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
	docAgain = "222ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
)

// fakeReader answers from a few facts that are true (Long An's PAR INDEX, its
// 766 of 2023, a PAPI edition), the way package queries would.
type fakeReader struct {
	data       fakeDataRoom
	facts      []reform.FactRecord
	docs       map[string]reform.Document
	rev        uint64
	down       atomic.Bool // the engine is away
	asked      atomic.Int64
	sources    []reform.SourceState
	candidates []reform.Candidate
	decisions  []reform.DecisionRecord
	settled    *reform.Settlement
	own        *fakeOwn
	conflicts  atomic.Int64 // how often conflicts were asked for

	liveMu    sync.Mutex
	liveAsked []reform.LiveQuestion
	// hostile replaces names and texts of documents.
	err error
}

func (f *fakeReader) check() error {
	f.asked.Add(1)
	if f.down.Load() {
		return fmt.Errorf("dial 127.0.0.1:41234: connection refused: %w", reform.ErrUnavailable)
	}
	return f.err
}

func newFake() *fakeReader {
	f := &fakeReader{rev: 7, docs: map[string]reform.Document{
		docSeed:  {ID: docSeed, Kind: "citation", Title: "Long An đạt kết quả tích cực trong cải cách hành chính", Issuer: "Báo Long An", Date: "2020-05-20", URL: "https://baolongan.vn/x", Authority: reform.AuthorityAgencyPress},
		doc766:   {ID: doc766, Kind: "citation", Title: "Long An nâng chất lượng phục vụ người dân", Issuer: "Báo Long An", Date: "2023", Authority: reform.AuthorityAgencyPress},
		docHeld:  {ID: docHeld, Held: true, Kind: "papi", Source: "papi", Title: "PAPI 2011-2016", Issuer: "UNDP", FileName: "PAPI <b>&.xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Size: 120034, Authority: reform.AuthorityOfficial, RetrievedAt: time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC), Run: "run-1"},
		docAgain: {ID: docAgain, Kind: "citation", Title: "Cải cách hành chính Long An", Issuer: "VnExpress", Date: "2020-05-21", Authority: reform.AuthorityPress},
	}}
	f.own = &fakeOwn{reader: f}
	f.own.old = []reform.OwnEntry{
		{Entry: "old", Kind: reform.OwnAnnotation, Index: "par", Unit: "vn63:80", Date: "2016-03-15", Text: hostile, Author: hostile, At: testNow.Add(-2 * time.Hour)},
		{Entry: "old", Kind: reform.OwnAnnotation, Index: "par", Unit: "vn63:80", Date: "2016-03-15", Author: "B", Withdrawn: true, At: testNow.Add(-time.Hour)},
	}
	at := time.Date(2020, 5, 19, 0, 0, 0, 0, time.UTC)
	for y, place := range map[int]int{2012: 20, 2013: 50, 2014: 48, 2015: 23, 2016: 30, 2017: 12, 2018: 7, 2019: 5} {
		basis := "876"
		if b, ok := reform.Default().BasisFor("par", reform.YearPeriod(y)); ok {
			basis = b
		}
		f.add(reform.Fact{Index: "par", Basis: basis, Unit: "vn63:80", UnitName: "Long An", Period: reform.YearPeriod(y), Place: place, Of: 63, OfPrinted: true, RankKind: reform.Published, Scope: reform.ScopeNation, Locator: "đoạn 4"}, docSeed, at)
	}
	f.add(reform.Fact{Index: "par", Basis: "2019", Unit: "vn63:80", Period: reform.YearPeriod(2019), Place: 6, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation, Locator: "đoạn 2"}, docAgain, at)
	for i, k := range []reform.UnitKey{"vn63:31", "vn63:22", "vn63:75", "vn63:01"} {
		f.add(reform.Fact{Index: "par", Basis: "1150", Unit: k, Period: reform.YearPeriod(2019), Place: i + 1, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation, Score: reform.Num(fmt.Sprintf("8%d.5", 9-i)), Max: reform.Num("100")}, docSeed, at)
	}
	for y, place := range map[int]int{2017: 22, 2018: 19, 2019: 14} {
		f.add(reform.Fact{Index: "par", Unit: "vn63:72", UnitName: "Tây Ninh", Period: reform.YearPeriod(y), Place: place, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation}, docSeed, at)
	}
	p2023 := reform.YearPeriod(2023)
	f.add(reform.Fact{Index: "s766", Basis: "portal-2022", Unit: "vn63:80", Period: p2023, Place: 55, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation}, doc766, at)
	for _, c := range [][3]string{{"DVCTT", "3.5", "12"}, {"TTTT", "3.7", "10"}, {"MDSH", "5.3", "22"}} {
		f.add(reform.Fact{Index: "s766", Basis: "portal-2022", Unit: "vn63:80", Period: p2023, Component: c[0], Score: reform.Num(c[1]), Max: reform.Num(c[2])}, doc766, at)
	}
	// Counts of cases: components without a total.
	span := reform.MustPeriod("2024-01/2024-11")
	for i, c := range reform.Default().Components("dossiers", "dossiers", "", "") {
		f.add(reform.Fact{Index: "dossiers", Basis: "dossiers", Unit: "vn63:89/so-tu-phap", UnitName: "Sở Tư pháp", Period: span, Component: c.Code, Score: reform.Num(fmt.Sprint(1000 + i))}, docSeed, at)
	}
	// A complete edition with components: the numbers of the dimensions are made up, their sum is the total.
	for i, u := range reform.Default().Units(reform.VN63, reform.Province) {
		for _, y := range []int{2014, 2015, 2016} {
			d1 := reform.Num(fmt.Sprintf("%d.%02d", 4+i%3, (i*7+y)%100))
			d2 := reform.Num(fmt.Sprintf("%d.%02d", 5+i%2, (i*13+y)%100))
			total := reform.NumOf(d1.Decimal.Add(d2.Decimal))
			f.add(reform.Fact{Index: "papi", Basis: "2011", Unit: u.Key, UnitName: u.Name, Period: reform.YearPeriod(y), Score: total, Max: reform.Num("60"), Place: (i*5+y)%63 + 1, Of: 63, RankKind: reform.Computed, Scope: reform.ScopeNation, Locator: fmt.Sprintf("PAPI!H%d", i+2)}, docHeld, at)
			f.add(reform.Fact{Index: "papi", Basis: "2011", Unit: u.Key, Period: reform.YearPeriod(y), Component: "D1", Score: d1, Max: reform.Num("10")}, docHeld, at)
			f.add(reform.Fact{Index: "papi", Basis: "2011", Unit: u.Key, Period: reform.YearPeriod(y), Component: "D2", Score: d2, Max: reform.Num("10")}, docHeld, at)
		}
	}
	ended := testNow.Add(-10 * time.Minute)
	last := reform.SourceRun{ID: "try-1", Source: "live-766", Kind: "766-portal-2026", Cause: reform.CauseSchedule, State: reform.SourceDone, StartedAt: ended.Add(-95 * time.Second), EndedAt: ended, Runs: []string{"run-1"}, Documents: 7, Facts: 1745, Revisions: 12}
	failed := reform.SourceRun{ID: "try-2", Source: "pci-site", Kind: "url", Cause: reform.CausePerson, State: reform.SourceFailed, StartedAt: ended, EndedAt: ended.Add(400 * time.Millisecond), Message: reform.Text{VI: "Máy chủ <b>không trả lời</b>.", EN: "The server did <b>not answer</b>."}}
	f.sources = []reform.SourceState{
		{Name: "live-766", Kind: "766-portal-2026", Where: "https://dichvucong.gov.vn", Schedule: "0 1 * * *", Enabled: true, Last: &last, LastSuccess: ended, Newest: time.Date(2025, 10, 16, 1, 0, 0, 0, time.UTC), Next: testNow.Add(17 * time.Hour), OverdueAt: testNow.Add(40 * time.Hour)},
		{Name: "off", Kind: "folder", Where: "/srv/reports", Schedule: "@hourly"},
		{Name: "pci-site", Kind: "url", Where: "https://example.org/a-very-long-address-of-a-workbook/that-goes-on/and-on/pci-2025-official-final.xlsx", Schedule: "0 2 * * *", Window: "04-01..06-30", Enabled: true, Last: &failed, LastSuccess: testNow.Add(-75 * time.Hour), Newest: time.Date(2025, 5, 6, 0, 0, 0, 0, time.UTC), OverdueAt: testNow.Add(-3 * time.Hour)},
	}
	doubt := reform.Fact{Index: "par", Basis: "2019", Unit: "vn63:80", UnitName: "Long An", UnitType: reform.Province, Period: reform.YearPeriod(2019), Score: reform.Num("1745.5"), Max: reform.Num("2000"), Place: 5, Of: 63, OfPrinted: true, Scope: reform.ScopeNation, RankKind: reform.Published, Status: reform.Review, Locator: "đoạn 7", Note: "Không rõ câu nói về năm nào.",
		Quote: "Long An xếp thứ 5/63 tỉnh, thành phố <script>alert(1)</script>"}
	decision := reform.DecisionRecord{Decision: reform.Decision{ID: "dec-1", Action: reform.ActionReject, Candidate: "c0ffee02", Number: reform.NumberKey{Index: "par", Basis: "2019", Unit: "vn63:80", Period: reform.YearPeriod(2019)}, Author: "Trần Thị B", Reason: "Câu này nói về huyện.", At: testNow.Add(-time.Hour)}, Document: docHeld, Run: "run-1"}
	f.candidates = []reform.Candidate{{ID: "c0ffee01", Fact: doubt, Document: docSeed, Authority: 3, Run: "run-1", LoadedAt: at}, {ID: "c0ffee02", Fact: doubt, Document: docSeed, Authority: 3, Run: "run-1", LoadedAt: at, Decision: &decision}}
	return f
}

func (f *fakeReader) add(x reform.Fact, doc string, at time.Time) {
	x.UnitType, x.Status, x.ObservedAt = reform.Province, reform.Final, at
	r := reform.FactRecord{Fact: x, Document: doc, Authority: f.docs[doc].Authority, Run: "run-1", LoadedAt: at, PreferredPlace: x.Place > 0, PreferredScore: x.Score.Valid}
	if doc == docAgain {
		r.PreferredPlace = false
	}
	f.facts = append(f.facts, r)
}

func (f *fakeReader) RankHistory(_ context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var out []reform.RankSeries
	for _, u := range q.Units {
		s := reform.RankSeries{Index: q.Index, Unit: u, Component: q.Component, Scope: q.Scope, Kind: q.Kind}
		line := reform.Default().Lineage(u)
		for _, r := range f.facts {
			x := r.Fact
			if x.Index != q.Index || !slices.Contains(line, x.Unit) && x.Unit != u || x.Component != q.Component || x.Period.Kind() != q.Kind || r.Document == docAgain {
				continue
			}
			m := reform.Measure{Document: r.Document, Authority: r.Authority, Locator: x.Locator, ObservedAt: x.ObservedAt}
			pt := reform.RankPoint{Unit: x.Unit, Period: x.Period, Basis: x.Basis, Place: x.Place, Of: x.Of, OfPrinted: x.OfPrinted, Scope: q.Scope, RankKind: x.RankKind, Score: x.Score, Max: x.Max, Status: x.Status}
			if x.Place > 0 {
				pt.PlaceFrom = m
			}
			if x.Score.Valid {
				pt.ScoreFrom = m
			}
			s.Points = append(s.Points, pt)
		}
		slices.SortFunc(s.Points, func(a, b reform.RankPoint) int { return a.Period.Compare(b.Period) })
		out = append(out, s)
	}
	return out, nil
}

func (f *fakeReader) Overview(ctx context.Context, unit reform.UnitKey, latest int, _ reform.View) ([]reform.RankSeries, error) {
	var out []reform.RankSeries
	for _, ix := range reform.Default().Indices() {
		s, err := f.RankHistory(ctx, reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{unit}, Scope: reform.ScopeNation, Kind: reform.Year})
		if err != nil {
			return nil, err
		}
		if len(s[0].Points) > 0 {
			s[0].Points = s[0].Points[max(0, len(s[0].Points)-latest):]
			out = append(out, s[0])
		}
	}
	return out, nil
}

func (f *fakeReader) Ranking(_ context.Context, q reform.LeagueQuestion) (reform.League, error) {
	if err := f.check(); err != nil {
		return reform.League{}, err
	}
	l := reform.League{Index: q.Index, Period: q.Period, Scheme: reform.VN63, UnitType: reform.Province, Scope: q.Scope, Coverage: reform.Coverage{Of: 63}}
	prev := map[reform.UnitKey]reform.Fact{}
	for _, r := range f.facts {
		if r.Fact.Index == q.Index && r.Fact.Component == "" && r.Fact.Period == q.Period.Prev() {
			prev[r.Fact.Unit] = r.Fact
			l.Prev = q.Period.Prev()
		}
	}
	for _, r := range f.facts {
		x := r.Fact
		if x.Index != q.Index || x.Period != q.Period || x.Component != "" || r.Document == docAgain {
			continue
		}
		regions := reform.Default().RegionsOf(x.Unit)
		if q.Scope != "" && q.Scope != reform.ScopeNation && !slices.Contains(regions, reform.UnitKey(q.Scope)) {
			continue
		}
		l.Basis = x.Basis
		m := reform.Measure{Document: r.Document, Authority: r.Authority, ObservedAt: x.ObservedAt}
		st := reform.Standing{Unit: x.Unit, UnitName: x.UnitName, Place: x.Place, Of: x.Of, RankKind: x.RankKind, PlaceFrom: m, Score: x.Score, Max: x.Max, Status: x.Status, Basis: x.Basis}
		if x.Score.Valid {
			st.ScoreFrom = m
			l.Coverage.WithScore++
		}
		if x.Place > 0 {
			l.Coverage.WithPlace++
		}
		if p, ok := prev[x.Unit]; ok {
			st.PrevPlace, st.PrevOf, st.PrevScore, st.PrevPeriod = p.Place, p.Of, p.Score, p.Period
			st.AcrossBreak = p.Basis != x.Basis
		}
		for _, c := range f.facts {
			if c.Fact.Index == q.Index && c.Fact.Period == q.Period && c.Fact.Unit == x.Unit && c.Fact.Component != "" {
				st.Components = append(st.Components, reform.ComponentScore{Component: c.Fact.Component, Score: c.Fact.Score, Max: c.Fact.Max, From: m})
			}
		}
		if len(st.Components) > 0 {
			l.Coverage.WithComponents++
		}
		l.Rows = append(l.Rows, st)
	}
	slices.SortFunc(l.Rows, func(a, b reform.Standing) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Unit, b.Unit))
	})
	return l, nil
}

func (f *fakeReader) Subscores(_ context.Context, q reform.SubscoresQuestion) (reform.Subscores, error) {
	if err := f.check(); err != nil {
		return reform.Subscores{}, err
	}
	out := reform.Subscores{Index: q.Index, Unit: q.Unit, Period: q.Period, Coverage: reform.Coverage{Of: 63}}
	for _, r := range f.facts {
		x := r.Fact
		if x.Index != q.Index || x.Unit != q.Unit || x.Period != q.Period {
			continue
		}
		out.Basis = x.Basis
		m := reform.Measure{Document: r.Document, Authority: r.Authority, Locator: x.Locator, ObservedAt: x.ObservedAt}
		if x.Component == "" {
			out.Total = &reform.RankPoint{Unit: x.Unit, Period: x.Period, Basis: x.Basis, Place: x.Place, Of: x.Of, Scope: reform.ScopeNation, RankKind: x.RankKind, PlaceFrom: m, Score: x.Score, Max: x.Max, Status: x.Status}
			continue
		}
		out.Rows = append(out.Rows, reform.Subscore{Component: x.Component, Score: x.Score, Max: x.Max, Status: x.Status, From: m, Known: 1})
	}
	return out, nil
}

func (f *fakeReader) Heatmap(_ context.Context, q reform.HeatmapQuestion) (reform.Heatmap, error) {
	if err := f.check(); err != nil {
		return reform.Heatmap{}, err
	}
	h := reform.Heatmap{Index: q.Index, Scheme: reform.VN63}
	for _, r := range f.facts {
		x := r.Fact
		if x.Index == q.Index && x.Component == "" && x.Period.Kind() == q.Kind && r.Document != docAgain {
			h.Cells = append(h.Cells, reform.HeatCell{Row: x.Unit, Unit: x.Unit, Period: x.Period, RankKind: x.RankKind, Place: x.Place, Of: x.Of, Score: x.Score, Max: x.Max, Basis: x.Basis})
		}
	}
	return h, nil
}

func (f *fakeReader) Editions(_ context.Context, index string, _ reform.View) ([]reform.EditionInfo, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	byKey := map[string]*reform.EditionInfo{}
	var out []reform.EditionInfo
	for _, r := range f.facts {
		x := r.Fact
		if index != "" && x.Index != index || r.Document == docAgain {
			continue
		}
		k := x.Index + x.Period.String()
		if byKey[k] == nil {
			byKey[k] = &reform.EditionInfo{Index: x.Index, Period: x.Period, Basis: x.Basis, Scheme: reform.VN63, UnitType: reform.Province, Scope: reform.ScopeNation, Coverage: reform.Coverage{Of: 63}, Latest: x.ObservedAt}
		}
		if x.Component != "" {
			byKey[k].Coverage.WithComponents++
		}
		if x.Component == "" && x.Place > 0 {
			byKey[k].Coverage.WithPlace++
		}
		if x.Component == "" && x.Score.Valid {
			byKey[k].Coverage.WithScore++
		}
	}
	for _, e := range byKey {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b reform.EditionInfo) int {
		return cmp.Or(strings.Compare(a.Index, b.Index), b.Period.Compare(a.Period))
	})
	return out, nil
}

func (f *fakeReader) Units(_ context.Context, typ reform.UnitType, _ reform.UnitKey, _ reform.View) ([]reform.UnitFacts, error) {
	var out []reform.UnitFacts
	for _, u := range f.data.units {
		if u.UnitType == typ {
			out = append(out, u)
		}
	}
	return out, f.check()
}

func (f *fakeReader) Document(_ context.Context, id string) (reform.Document, error) {
	if err := f.check(); err != nil {
		return reform.Document{}, err
	}
	d, ok := f.docs[id]
	if !ok {
		return d, fmt.Errorf("no document has the id %q: %w", id, reform.ErrNotFound)
	}
	return d, nil
}

func (f *fakeReader) Documents(context.Context, string, int, int, reform.View) ([]reform.Document, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var out []reform.Document
	for _, d := range f.docs {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b reform.Document) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (f *fakeReader) FactsOfDocument(_ context.Context, q reform.FactsQuestion) (reform.FactPage, error) {
	if err := f.check(); err != nil {
		return reform.FactPage{}, err
	}
	var all []reform.FactRecord
	for _, r := range f.facts {
		if r.Document == q.Document {
			all = append(all, r)
		}
	}
	limit := cmp.Or(q.Limit, 200)
	from := min(q.Offset, len(all))
	return reform.FactPage{Total: uint64(len(all)), Facts: all[from:min(from+limit, len(all))]}, nil
}

func (f *fakeReader) Fact(_ context.Context, q reform.FactQuestion) ([]reform.FactRecord, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var out []reform.FactRecord
	for _, r := range f.facts {
		if r.Fact.Index == q.Index && r.Fact.Unit == q.Unit && r.Fact.Period == q.Period && r.Fact.Component == q.Component {
			out = append(out, r)
		}
	}
	return out, nil
}

func (f *fakeReader) Conflicts(context.Context, reform.ConflictQuestion) ([]reform.Conflict, error) {
	f.conflicts.Add(1)
	if err := f.check(); err != nil {
		return nil, err
	}
	return []reform.Conflict{{Index: "par", Basis: "2019", Settled: f.settled, Unit: "vn63:80", Period: reform.YearPeriod(2019), Scope: reform.ScopeNation, Measure: "place", Values: []reform.ConflictValue{
		{Value: "5", Document: docSeed, Authority: 3}, {Value: "6", Document: docAgain, Authority: 4},
	}}}, nil
}

func (f *fakeReader) run() reform.Run {
	at := time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)
	return reform.Run{ID: "run-1", Source: "papi", Kind: "papi", Document: docHeld, State: "committed", StartedAt: at, EndedAt: at.Add(1500 * time.Millisecond), Rev: 7, Facts: 567, Revisions: 900, Problems: 1}
}

func (f *fakeReader) Runs(context.Context, int, int) ([]reform.Run, error) {
	return []reform.Run{f.run()}, f.check()
}

func (f *fakeReader) RunsOfDocument(_ context.Context, id string) ([]reform.Run, error) {
	if id != docHeld {
		return nil, f.check()
	}
	return []reform.Run{f.run()}, f.check()
}

func (f *fakeReader) Run(_ context.Context, id string) (reform.Run, []reform.Problem, error) {
	if err := f.check(); err != nil {
		return reform.Run{}, nil, err
	}
	if id != "run-1" {
		return reform.Run{}, nil, fmt.Errorf("no run has the id %q: %w", id, reform.ErrNotFound)
	}
	return f.run(), []reform.Problem{{Code: "over-maximum", Field: "score", Locator: "PAPI!H9", Text: "<script>alert(1)</script>", Reason: "the score is over its maximum", ReasonVI: "điểm vượt điểm tối đa"}}, nil
}

func (f *fakeReader) Sources(context.Context) ([]reform.SourceState, error) {
	if f.down.Load() {
		return nil, reform.ErrUnavailable
	}
	return slices.Clone(f.sources), nil
}

func (f *fakeReader) SourceRuns(_ context.Context, name string, _, offset int) ([]reform.SourceRun, error) {
	var out []reform.SourceRun
	for _, st := range f.sources {
		if st.Name == name && st.Last != nil && offset == 0 {
			out = append(out, *st.Last)
		}
	}
	return out, f.check()
}

func (f *fakeReader) Checks(_ context.Context, run string) ([]reform.CheckRow, error) {
	return []reform.CheckRow{{Run: run, Code: "jump", Severity: reform.CheckWarning, Index: "s766", Period: reform.YearPeriod(2023), Unit: "vn63:80", Text: reform.Text{VI: "Điểm tăng 6,00 trong một ngày.", EN: "The score rose by 6.00 in a day."}}}, f.check()
}

func (f *fakeReader) Scheduler(context.Context) (reform.SchedulerState, error) {
	return reform.SchedulerState{Instance: "a/1", Host: "may-chu-a", PID: 41, At: testNow.Add(-10 * time.Second)}, f.check()
}

func (f *fakeReader) Revisions(context.Context, string, int) ([]reform.Revision, uint64, error) {
	n := reform.NumberKey{Index: "papi", Basis: "2011", Unit: "vn63:80", Period: reform.YearPeriod(2016), Scope: reform.ScopeNation}
	return []reform.Revision{{Number: n, Score: reform.Num("9.5"), OldScore: reform.Num("9.25"), Place: 3, OldPlace: 4, Of: 63, OldOf: 63}}, 900, f.check()
}

func (f *fakeReader) Candidates(_ context.Context, q reform.CandidateFilter, limit, offset int) (reform.CandidatePage, error) {
	var p reform.CandidatePage
	for _, c := range f.candidates {
		if q.State == reform.CandidatesAll || c.Waits() == (q.State == reform.CandidatesWaiting) {
			p.Candidates = append(p.Candidates, c)
		}
	}
	p.Total = uint64(len(p.Candidates))
	p.Candidates = p.Candidates[min(offset, len(p.Candidates)):]
	p.Candidates = p.Candidates[:min(limit, len(p.Candidates))]
	return p, f.check()
}

func (f *fakeReader) Candidate(_ context.Context, id string) (reform.Candidate, error) {
	for _, c := range f.candidates {
		if c.ID == id {
			return c, f.check()
		}
	}
	return reform.Candidate{}, fmt.Errorf("no candidate has the id %q: %w", id, reform.ErrNotFound)
}

func (f *fakeReader) Decisions(context.Context, reform.DecisionFilter, int, int) ([]reform.DecisionRecord, error) {
	return f.decisions, f.check()
}

func (f *fakeReader) Rev(context.Context) (uint64, error) { return f.rev, f.check() }

// fakeLoader reads no file: it answers what a test wants of a dry run.
type fakeLoader struct {
	report  LoadReport
	loaded  []string
	aside   []bool
	content []string
}

func (l *fakeLoader) Template(_ context.Context, t TemplateRequest) (*File, error) {
	return &File{Name: "mẫu-" + t.Index + ".xlsx", ContentType: "application/octet-stream", Bytes: []byte("PK" + string(t.Scheme) + t.Period.String())}, nil
}

func (l *fakeLoader) DryRun(_ context.Context, u Upload) (*LoadReport, error) {
	r := l.report
	return &r, l.keep(u)
}

func (l *fakeLoader) Load(_ context.Context, u Upload, setAside bool) (*LoadReport, error) {
	r := l.report
	r.Loaded = setAside || !slices.ContainsFunc(r.Problems, func(p reform.Problem) bool { return !p.Warning })
	l.loaded, l.aside = append(l.loaded, u.Name), append(l.aside, setAside)
	r.Run = "run-2"
	return &r, l.keep(u)
}

func (l *fakeLoader) keep(u Upload) error {
	b, err := readFile(u.Path)
	l.content = append(l.content, string(b))
	return err
}

type fakeArchive struct{}

func (fakeArchive) Open(id string) (io.ReadCloser, error) {
	if id != docHeld {
		return nil, reform.ErrNotFound
	}
	return io.NopCloser(strings.NewReader("bytes of the workbook")), nil
}

type fakeHealth struct{ err error }

func (h *fakeHealth) Check(context.Context) error { return h.err }
