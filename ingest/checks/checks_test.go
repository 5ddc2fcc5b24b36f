package checks

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/data"
	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// checked is a loader whose runs are checked, and what was found.
func checked(t *testing.T) (*ingest.Loader, *Checker) {
	t.Helper()
	db := storetest.New(t)
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	c := &Checker{DB: db, Catalog: reform.Default()}
	return &ingest.Loader{DB: db, Archive: a, Catalog: reform.Default(), After: c.After}, c
}

// stored are the findings, as "code index period unit component numbers", by code ("" all).
func stored(t *testing.T, db *store.DB, code string) []string {
	t.Helper()
	rows, err := store.Collect(t.Context(), db, "SELECT code, index, period, unit, component, numbers FROM checks WHERE code != 'checked' AND ({code:String} = '' OR code = {code:String}) ORDER BY position",
		store.Params{"code": code}, func(r store.Rows) (string, error) {
			var code, index, period, unit, component string
			var numbers []string
			err := r.Scan(&code, &index, &period, &unit, &component, &numbers)
			return fmt.Sprint(code, " ", index, " ", period, " ", unit, " ", component, " ", numbers), err
		})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The case that the checks were made for: on 16/10/2025 the satisfaction of the open month
// rose by 6.00 to 6.08 in all 34 provinces; and the report that loses 47 dossiers.
func TestShippedFacts(t *testing.T) {
	l, c := checked(t)
	reports, err := l.LoadShipped(t.Context(), data.Files, nil)
	if err != nil || len(reports) == 0 {
		t.Fatalf("shipped facts: %d reports, %v", len(reports), err)
	}
	texts, err := store.Collect(t.Context(), c.DB, "SELECT concat(code, ' ', unit, ': ', text_vi, ' | ', text_en) FROM checks WHERE code != 'checked' ORDER BY code, period", nil,
		func(r store.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range texts {
		if i < 5 || !strings.HasPrefix(s, "jump") {
			t.Log(s)
		}
	}
	if got, want := stored(t, c.DB, CountryShift), []string{"shift s766 2025-10  MDHL [6 6.08 34 34]"}; !cmp.Equal(got, want) {
		t.Errorf("shifts: got %v, want %v", got, want)
	}
	if got, want := stored(t, c.DB, ReportDiffers), []string{"report-sum dossiers 2024-01/2024-11 vn63:89/so-tu-phap received [15265 301 15613]"}; !cmp.Equal(got, want) {
		t.Errorf("sums of reports: got %v, want %v", got, want)
	}
	jumps := stored(t, c.DB, Jump)
	if !slices.Contains(jumps, "jump s766 2025 vn34:51  [79.51 86.66 7.15]") {
		t.Errorf("jumps: got %v, want Quảng Ngãi's year with +7.15 among them", jumps)
	}
	for _, j := range jumps {
		if strings.Contains(j, " 2026 ") {
			t.Errorf("got %s: 2025 and 2026 are never compared", j)
		}
	}
	if n, err := c.Missing(t.Context()); err != nil || n != 0 {
		t.Errorf("unchecked runs: got %d, %v; want none", n, err)
	}
}

const header = "index,basis,unit,period,component,score,place,of,observed_at\n"

func load(t *testing.T, l *ingest.Loader, name, rows string) ingest.Report {
	t.Helper()
	r, err := l.Load(t.Context(), ingest.Job{Reader: strings.NewReader(header + rows), Name: name + ".csv", Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if r.State != ingest.Loaded {
		t.Fatalf("got %s, %+v; want loaded", r.State, r.Listed)
	}
	return r
}

// places gives every province of the old scheme a place and a score, but for what tamper changes.
func places(tamper func(i int, place *int, score *float64) (keep bool)) string {
	var b strings.Builder
	for i, u := range reform.Default().Units(reform.VN63, reform.Province) {
		place, score := i+1, 90-float64(i)/2
		if tamper != nil && !tamper(i, &place, &score) {
			continue
		}
		fmt.Fprintf(&b, "par,,%s,2019,,%g,%d,63,2020-05-19\n", u.Key, score, place)
	}
	return b.String()
}

func TestPlaces(t *testing.T) {
	sixth := reform.Default().Units(reform.VN63, reform.Province)[5].Key
	for _, tt := range []struct {
		name   string
		tamper func(i int, place *int, score *float64) bool
		want   []string
	}{
		{"whole", nil, nil},
		{"ties", func(i int, place *int, score *float64) bool {
			if i == 10 {
				*place, *score = 10, 90-4.5
			}
			return true
		}, nil},
		{"a hole", func(i int, place *int, score *float64) bool { return i != 20 },
			[]string{"rank-count par 2019   [63 62]", "rank-holes par 2019   [21]", "units-missing par 2019   [62 63]"}},
		{"the last is missing", func(i int, place *int, score *float64) bool { return i != 62 },
			[]string{"rank-count par 2019   [63 62]", "rank-holes par 2019   [63]", "units-missing par 2019   [62 63]"}},
		{"a place twice and one not at all", func(i int, place *int, score *float64) bool {
			if i == 30 {
				*place = 33
			}
			return true
		}, []string{"rank-holes par 2019   [31]", "place-against-score"}},
		{"only a few", func(i int, place *int, score *float64) bool { return i%10 == 0 }, nil},
		{"against the scores", func(i int, place *int, score *float64) bool {
			if i == 5 {
				*score = 95
			}
			return true
		}, []string{"place-against-score par 2019 " + string(sixth) + "  [95 88]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, c := checked(t)
			load(t, l, "places", places(tt.tamper))
			got := stored(t, c.DB, "")
			for i := range got {
				if i < len(tt.want) && !strings.Contains(tt.want[i], " ") {
					got[i], _, _ = strings.Cut(got[i], " ")
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWeightedSum(t *testing.T) {
	l, c := checked(t)
	basis, _ := reform.Default().BasisFor("pci", reform.MustPeriod("2019"))
	b, err := reform.Default().Basis("pci", basis)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(unit, total string) string {
		var s strings.Builder
		fmt.Fprintf(&s, "pci,,%s,2019,,%s,,,2020-05-05\n", unit, total)
		for _, comp := range b.Components {
			if comp.Parent == "" && comp.Breakdown == "" {
				fmt.Fprintf(&s, "pci,,%s,2019,%s,6.00,,,2020-05-05\n", unit, comp.Code)
			}
		}
		return s.String()
	}
	load(t, l, "sums", rows("vn63:80", "60.00")+rows("vn63:01", "61.50"))
	if diff := cmp.Diff([]string{"sum-differs pci 2019 vn63:01  [60 61.5]"}, stored(t, c.DB, "")); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// reading gives every province of today a total and one group.
func reading(day string, total, group func(i int) float64) string {
	var b strings.Builder
	for i, u := range reform.Default().Units(reform.VN34, reform.Province) {
		fmt.Fprintf(&b, "s766,portal-2022,%s,2025-10,,%.2f,,,%s\n", u.Key, total(i), day)
		fmt.Fprintf(&b, "s766,portal-2022,%s,2025-10,MDHL,%.2f,,,%s\n", u.Key, group(i), day)
	}
	return b.String()
}

// The readings of a poll come in runs of their own; the reading before is of another run.
func TestMovementsAcrossRuns(t *testing.T) {
	l, c := checked(t)
	at := func(f float64) func(int) float64 { return func(i int) float64 { return f + float64(i)/10 } }
	load(t, l, "d1", reading("2025-10-14T01:00:00+07:00", at(70), at(8)))
	load(t, l, "d2", reading("2025-10-15T01:00:00+07:00", at(70.5), at(8.1)))
	if got := stored(t, c.DB, ""); len(got) != 0 {
		t.Fatalf("a calm day: got %v, want no finding", got)
	}
	load(t, l, "d3", reading("2025-10-16T01:00:00+07:00", func(i int) float64 {
		if i == 3 {
			return 75
		}
		return at(71)(i)
	}, at(6)))
	units := reform.Default().Units(reform.VN34, reform.Province)
	want := []string{"shift s766 2025-10  MDHL [-2.1 -2.1 34 34]", fmt.Sprintf("jump s766 2025-10 %s  [70.8 75 4.2]", units[3].Key)}
	if diff := cmp.Diff(want, stored(t, c.DB, "")); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	// After a gap of days a movement is no jump of a day.
	load(t, l, "d4", reading("2025-10-20T01:00:00+07:00", at(90), func(i int) float64 { return at(6.1)(i) }))
	if got := stored(t, c.DB, Jump); len(got) != 1 {
		t.Errorf("jumps after four days: got %v, want the one of before", got)
	}
}

// A process that ends between a commit and its checks leaves a run that the next start checks.
func TestMissing(t *testing.T) {
	l, c := checked(t)
	l.After = nil
	load(t, l, "a", places(func(i int, _ *int, _ *float64) bool { return i != 20 }))
	if got := stored(t, c.DB, ""); len(got) != 0 {
		t.Fatalf("without a hook: got %v, want nothing", got)
	}
	for _, want := range []int{1, 0} {
		if n, err := c.Missing(t.Context()); err != nil || n != want {
			t.Errorf("unchecked runs: got %d, %v; want %d", n, err, want)
		}
	}
	if got := stored(t, c.DB, ""); len(got) != 3 {
		t.Errorf("got %v, want three findings", got)
	}
}

// The hook tells of documents that were taken or refused, and not of dry runs.
func TestAfterIsCalled(t *testing.T) {
	l, _ := checked(t)
	var got []string
	l.After = func(_ context.Context, r ingest.Report) { got = append(got, string(r.State)) }
	for _, j := range []ingest.Job{{DryRun: true}, {}, {}} {
		j.Reader, j.Name = strings.NewReader(header+"par,,vn63:80,2019,,,5,63,\n"), "a.csv"
		if _, err := l.Load(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"loaded", "duplicate"}, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}
