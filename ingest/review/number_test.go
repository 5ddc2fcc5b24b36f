package review_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

func TestSettle(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	official := d.load("bnv", "official", reform.AuthorityOfficial, at(ranked("vn63:31", "2020", 2, 63), "2021-06-24"))
	paper := d.load("bao", "paper", reform.AuthorityPress, at(ranked("vn63:31", "2020", 3, 63), "2021-06-25"))
	n := reform.NumberKey{Index: "par", Unit: "vn63:31", Period: reform.MustPeriod("2020"), Measure: reform.MeasurePlace}
	c := d.conflict("vn63:31", reform.View{})
	if c == nil || !c.Open() || c.Settled != nil || c.Values[0].Value != "2/63" {
		t.Fatalf("before: got %+v", c)
	}
	for _, choice := range []reform.Choice{{}, {Value: "9/63"}, {Document: "ffffffff"}, {Document: paper.Document.ID, Value: "2/63"}} {
		if _, err := d.Settle(ctx, n, choice, "A", "r"); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("choice %+v: got %v, want %v", choice, err, reform.ErrInvalid)
		}
	}
	if _, err := d.Settle(ctx, reform.NumberKey{Index: "par", Unit: "vn63:30", Period: n.Period, Measure: n.Measure}, reform.Choice{Value: "2"}, "A", "r"); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("a number of which nothing is loaded: got %v, want %v", err, reform.ErrNotFound)
	}
	got, err := d.Settle(ctx, n, reform.Choice{Document: paper.Document.ID}, "Trần Thị B", "Quyết định in sai, Bộ đã đính chính trên báo")
	if err != nil {
		t.Fatal(err)
	}
	if got.Number != c.Number() || len(got.Sides) != 2 || got.Original.Document != paper.Document.ID {
		t.Errorf("decision: got %+v", got)
	}
	if p := d.place("vn63:31", "2020", reform.View{}); p != "3/63" {
		t.Errorf("settled: got %s, want 3/63", p)
	}
	for name, v := range map[string]reform.View{"rev": {Rev: paper.Rev}, "as_of": {AsOf: day("2022-01-01")}} {
		if p := d.place("vn63:31", "2020", v); p != "2/63" {
			t.Errorf("before the decision by %s: got %s, want 2/63", name, p)
		}
		if c := d.conflict("vn63:31", v); c == nil || !c.Open() {
			t.Errorf("before the decision by %s: got %+v, want an open conflict", name, c)
		}
	}
	c = d.conflict("vn63:31", reform.View{})
	want := &reform.Settlement{Decision: got.ID, Document: got.Document, Action: reform.ActionSettle, Value: "3/63", Author: "Trần Thị B", Reason: got.Reason, At: got.At}
	if c == nil {
		t.Fatal("the settled conflict is not listed")
	}
	if diff := cmp.Diff(want, c.Settled); diff != "" || c.Open() || c.Values[0].Value != "3/63" || c.Values[0].Document != got.Document {
		t.Errorf("settled: values %+v, settlement (-want +got):\n%s", c.Values, diff)
	}
	records, err := d.q.Fact(ctx, reform.FactQuestion{Index: "par", Unit: "vn63:31", Period: n.Period})
	if err != nil || len(records) != 3 || records[0].Fact.Quote != got.Reason || !records[0].PreferredPlace {
		t.Errorf("records: got %+v, %v", records, err)
	}
	var decided *reform.DecidedError
	if _, err := d.Settle(ctx, n, reform.Choice{Value: "2"}, "C", "r"); !errors.As(err, &decided) || decided.By.Author != "Trần Thị B" {
		t.Errorf("settled twice: got %v", err)
	}
	// A paper that repeats what the person has seen changes nothing.
	d.load("bao 2", "repeated", reform.AuthorityPress, at(ranked("vn63:31", "2020", 2, 63), "2026-11-01"))
	if c := d.conflict("vn63:31", reform.View{}); c == nil || c.Open() {
		t.Errorf("a value that was seen: got %+v, want it settled", c)
	}
	// A value that the person has not seen opens it again, the number stays.
	d.load("bao 3", "new value", reform.AuthorityPress, at(ranked("vn63:31", "2020", 4, 63), "2021-07-01"))
	if c := d.conflict("vn63:31", reform.View{}); c == nil || !c.Open() || !c.Settled.Outdated {
		t.Errorf("a value that was not seen: got %+v, want it open", c)
	}
	if p := d.place("vn63:31", "2020", reform.View{}); p != "3/63" {
		t.Errorf("a value that was not seen: got %s, want 3/63", p)
	}
	// Now it may be settled anew.
	second, err := d.Settle(ctx, n, reform.Choice{Value: "3/63", Document: paper.Document.ID}, "C", "vẫn vậy")
	if err != nil {
		t.Fatal(err)
	}
	if c := d.conflict("vn63:31", reform.View{}); c == nil || c.Open() || c.Settled.Decision != second.ID {
		t.Errorf("settled anew: got %+v", c)
	}
	// A newer official document prevails, also with a value that was seen.
	d.load("bnv", "official, again", reform.AuthorityOfficial, ranked("vn63:31", "2020", 2, 63))
	if p := d.place("vn63:31", "2020", reform.View{}); p == "2/63" {
		t.Error("a document dated before the decision prevails over it")
	}
	d.load("bnv", "official, newer", reform.AuthorityOfficial, reform.Fact{Index: "par", Unit: "vn63:31", Period: n.Period, Place: 2, Of: 63, OfPrinted: true, ObservedAt: d.now()})
	if p := d.place("vn63:31", "2020", reform.View{}); p != "2/63" {
		t.Errorf("a newer official document: got %s, want 2/63", p)
	}
	if c := d.conflict("vn63:31", reform.View{}); c == nil || !c.Open() || !c.Settled.Outdated {
		t.Errorf("a newer official document: got %+v, want it open", c)
	}
	if official.Facts != 1 {
		t.Errorf("got %d facts of the official document, want 1", official.Facts)
	}
}

func TestReopenAConflict(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.load("bnv", "official", reform.AuthorityOfficial, at(ranked("vn63:31", "2020", 2, 63), "2021-06-24"))
	d.load("bao", "paper", reform.AuthorityPress, at(ranked("vn63:31", "2020", 3, 63), "2021-06-25"))
	n := reform.NumberKey{Index: "par", Unit: "vn63:31", Period: reform.MustPeriod("2020"), Measure: reform.MeasurePlace}
	got, err := d.Settle(ctx, n, reform.Choice{Value: "3"}, "A", "r")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(ctx, got.ID, "B", "chưa chắc"); err != nil {
		t.Fatal(err)
	}
	if c := d.conflict("vn63:31", reform.View{}); c == nil || !c.Open() || c.Settled != nil {
		t.Errorf("reopened: got %+v", c)
	}
	if _, err := d.Settle(ctx, n, reform.Choice{Value: "2/63"}, "B", "đúng là 2"); err != nil {
		t.Fatal(err)
	}
	if p := d.place("vn63:31", "2020", reform.View{}); p != "2/63" {
		t.Errorf("settled otherwise: got %s, want 2/63", p)
	}
	all, err := d.q.Decisions(ctx, reform.DecisionFilter{Numbers: true}, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, x := range all {
		actions = append(actions, string(x.Action)+" by "+x.Author)
	}
	if diff := cmp.Diff([]string{"settle by B", "reopen by B", "settle by A"}, actions); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestCorrectNumber(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	scored := func(unit reform.UnitKey, score string) reform.Fact {
		return reform.Fact{Index: "par", Unit: unit, Period: reform.MustPeriod("2020"), Score: reform.Num(score), ObservedAt: day("2021-06-24")}
	}
	first := d.load("bnv", "official", reform.AuthorityOfficial, scored("vn63:31", "91.04"), scored("vn63:01", "90.1"))
	n := reform.NumberKey{Index: "par", Unit: "vn63:31", Period: reform.MustPeriod("2020"), Measure: reform.MeasureScore}
	for _, tt := range []struct {
		name string
		v    reform.NumberValue
	}{
		{"nothing", reform.NumberValue{}}, {"a place", reform.NumberValue{Place: 3}}, {"both", reform.NumberValue{Score: reform.Num("1"), Place: 3}},
		{"the same", reform.NumberValue{Score: reform.Num("91.040")}}, {"over the maximum", reform.NumberValue{Score: reform.Num("190.1")}}, {"negative", reform.NumberValue{Score: reform.Num("-1")}},
	} {
		if _, err := d.CorrectNumber(ctx, n, tt.v, "A", "r"); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", tt.name, err, reform.ErrInvalid)
		}
	}
	got, err := d.CorrectNumber(ctx, n, reform.NumberValue{Score: reform.Num("90.14")}, "A", "đảo chữ số")
	if err != nil {
		t.Fatal(err)
	}
	if got.Before.Score.String() != "91.04" || got.After.Score.String() != "90.14" || !got.After.Max.Equal(got.Before.Max) || got.Original != nil {
		t.Errorf("decision: got before %+v, after %+v", got.Before, got.After)
	}
	score := func(v reform.View) string {
		l, err := d.q.Ranking(ctx, reform.LeagueQuestion{Index: "par", Period: n.Period, View: v})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(l.Rows, func(s reform.Standing) bool { return s.Unit == "vn63:31" })
		return l.Rows[i].Score.String()
	}
	if got := score(reform.View{}); got != "90.14" {
		t.Errorf("corrected: got %s, want 90.14", got)
	}
	if got := score(reform.View{Rev: first.Rev}); got != "91.04" {
		t.Errorf("of the revision before: got %s, want 91.04", got)
	}
	if c := d.conflict("vn63:31", reform.View{}); c == nil || c.Open() || c.Settled.Action != reform.ActionCorrect || c.Settled.Reason != "đảo chữ số" {
		t.Errorf("conflict: got %+v, want it settled", c)
	}
}
