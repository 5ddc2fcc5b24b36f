package review

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/reform"
)

func TestParseValue(t *testing.T) {
	for _, tt := range []struct{ measure, text, want string }{
		{"score", "84.5", "84.5"}, {"score", " 84,5 ", "84.5"}, {"score", "1.745", "1.745"}, {"score", "1.745,5", ""}, {"score", "", ""}, {"score", "1e9", ""},
		{"score", "1.1234567", ""}, {"score", "NaN", ""}, {"place", "7/63", "7/63"}, {"place", "7 / 63", "7/63"}, {"place", "7", "7"}, {"place", "0/63", ""},
		{"place", "7/", ""}, {"place", "-7/63", ""}, {"place", "70000", ""}, {"share", "7", ""},
	} {
		v, err := ParseValue(tt.measure, tt.text)
		f := reform.Fact{Score: v.Score, Place: v.Place, Of: v.Of, OfPrinted: v.Of > 0}
		got := ""
		if err == nil {
			got = reform.ValueOf(&f, tt.measure)
		} else if !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s %q: got error %v, want %v", tt.measure, tt.text, err, reform.ErrInvalid)
		}
		if got != tt.want {
			t.Errorf("%s %q: got %q, want %q (%v)", tt.measure, tt.text, got, tt.want, err)
		}
	}
}

func TestApplyLeavesWhatFollowsToTheCatalogue(t *testing.T) {
	read := reform.Fact{
		Index: "par", Basis: "2948", Unit: "vn63:93", UnitName: "Hậu Giang", UnitType: reform.Province, Period: reform.MustPeriod("2021"),
		Score: reform.Num("3.5"), Max: reform.Num("100"), Place: 27, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation,
	}
	for _, tt := range []struct {
		fields map[string]string
		check  func(reform.Fact) bool
	}{
		{map[string]string{"index": "s766"}, func(f reform.Fact) bool { return f.Basis == "" && !f.Max.Valid && f.Of == 0 }},
		{map[string]string{"index": "s766", "max": "12"}, func(f reform.Fact) bool { return f.Max.String() == "12" }},
		{map[string]string{"unit": "vn63:80"}, func(f reform.Fact) bool {
			return f.UnitName == "" && f.UnitType == "" && f.Of == 0 && f.Basis == "2948"
		}},
		{map[string]string{"of": "64"}, func(f reform.Fact) bool { return f.Of == 64 && f.OfPrinted }},
		{map[string]string{"place": ""}, func(f reform.Fact) bool { return f.Place == 0 && f.Of == 0 && f.RankKind == "" && f.Score.Valid }},
		{map[string]string{"score": ""}, func(f reform.Fact) bool { return !f.Score.Valid && !f.Max.Valid && f.Place == 27 }},
		{map[string]string{"component": "1"}, func(f reform.Fact) bool { return !f.Max.Valid && f.Basis == "2948" }},
		{map[string]string{"basis": ""}, func(f reform.Fact) bool { return f.Basis == "" }},
	} {
		c, err := ParseCorrection(tt.fields)
		if err != nil {
			t.Fatal(err)
		}
		f, err := apply(read, c)
		if err != nil || !tt.check(f) {
			t.Errorf("%v: got %+v, %v", tt.fields, f, err)
		}
	}
	for _, fields := range []map[string]string{{"score": "x"}, {"unit": "Long An"}, {"period": "năm 2019"}, {"index": ""}, {"stage": "x"}, {"rank_kind": ""}, {"of": "-1"}, {"status": "final"}} {
		if _, err := ParseCorrection(fields); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%v: got %v, want %v", fields, err, reform.ErrInvalid)
		}
	}
}

// FuzzRead reads documents that claim to be decisions.
func FuzzRead(f *testing.F) {
	after := reform.StatementOf(reform.Fact{Index: "par", Unit: "vn63:80", Period: reform.MustPeriod("2019"), Place: 5, Of: 63})
	b, err := reform.Decision{ID: "x", Action: reform.ActionCorrect, After: &after, Author: "A", Reason: "r"}.JSON()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(b), "", "{}", "null", `{"after":{"period":"x"}}`, `{"after":{"score":"1e999999999"}}`, strings.Repeat("[", 10_000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got keepFact
		_, err := read(t.Context(), parse.Input{Name: "d.json", File: bytes.NewReader(b), Size: int64(len(b))}, reform.Default(), &got)
		if err != nil && got.fact != nil {
			t.Errorf("a fact beside the error %v", err)
		}
	})
}
