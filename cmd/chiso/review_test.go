package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"chiso/reform"
)

func TestPrintCandidates(t *testing.T) {
	c := reform.Candidate{ID: "3f2a4b5c6d7e8f90", Fact: reform.Fact{
		Index: "par", Unit: "vn63:93", UnitName: "Hậu Giang", Period: reform.MustPeriod("2021"), Place: 3, Of: 13, Scope: "vn63:r:DBSCL", RankKind: reform.Derived,
		Score: reform.Num("84.5"), Max: reform.Num("100"), Note: "chủ ngữ ở xa", Quote: "xếp\tthứ 3/13\n\x1b[31mtỉnh",
	}}
	decided := c
	decided.ID, decided.Decision = "aaaa4b5c6d7e8f90", &reform.DecisionRecord{Decision: reform.Decision{Action: reform.ActionReject, Author: "A", At: time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC)}}
	var b bytes.Buffer
	if err := printCandidates(&b, reform.CandidatePage{Total: 7, Candidates: []reform.Candidate{c, decided}}, "vi"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"3f2a4b5c6d ", "Hậu Giang (vn63:93), par 2021", "điểm 84.5/100, hạng 3/13 trong vn63:r:DBSCL (derived)", "chủ ngữ ở xa", "xếp thứ 3/13 [31mtỉnh", "bác: A, 01/11/2026", "2 trong số 7."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
	if lines := strings.Count(b.String(), "\n"); lines != 4 || strings.Contains(b.String(), "\x1b") {
		t.Errorf("got %d lines, want 4 without control characters:\n%q", lines, b.String())
	}
}

func TestPrintConflicts(t *testing.T) {
	c := reform.Conflict{Index: "par", Unit: "vn63:31", Period: reform.MustPeriod("2020"), Measure: "place", Values: []reform.ConflictValue{{Value: "2/63", Document: "aaaaaaaaaaaaaaaa"}, {Value: "3/63", Document: "b"}},
		Settled: &reform.Settlement{Value: "3/63", Author: "A", Reason: "r", At: time.Date(2026, 10, 31, 1, 0, 0, 0, time.UTC), Outdated: true}}
	var b bytes.Buffer
	if err := printConflicts(&b, []reform.Conflict{c}, "en"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2/63 (aaaaaaaaaa), 3/63 (b)", "3/63: A, 31/10/2026: r (newer values came)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestReviewFlags(t *testing.T) {
	for _, f := range []reviewFlags{{format: "yaml", lang: "vi"}, {format: "json", lang: "fr"}} {
		if err := f.check(); err == nil {
			t.Errorf("%+v: got no error", f)
		}
	}
	named := reviewFlags{format: "json", lang: "vi", author: "A"}
	if err := named.check(); err != nil || named.author != "A" {
		t.Errorf("got %q, %v; want A", named.author, err)
	}
	refused := &reform.RefusedError{Problems: []reform.Problem{{Reason: "odd", Warning: true}, {Reason: "over", ReasonVI: "quá"}}}
	if got := inLanguage(refused, "vi").Error(); got != "quá" {
		t.Errorf("in Vietnamese: got %q, want quá", got)
	}
	if got := inLanguage(refused, "en"); !errors.Is(got, reform.ErrInvalid) || !strings.Contains(got.Error(), "over") {
		t.Errorf("in English: got %v", got)
	}
}
