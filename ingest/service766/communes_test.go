package service766

import (
	"bytes"
	"fmt"
	"testing"

	"chiso/ingest/parse"
	"chiso/ingest/service766/portaltest"
	"chiso/reform"
)

// manyUnits are made-up readings of 3,321 communes and 500 departments, spread over the 34 provinces.
func manyUnits(portal Portal, communes, departments int) map[string][]portaltest.Unit {
	ad, err := adapterOf(portal)
	if err != nil {
		panic(err)
	}
	out := map[string][]portaltest.Unit{}
	add := func(i int, typ, name string) {
		p := provinces()[i%34]
		s := func(n, of int) int { return (i*7919 + n*104729) % (of * 100) }
		scores, total := map[string]string{}, 0
		for j, g := range groups {
			v := s(j, []int{18, 20, 12, 10, 18, 22}[j])
			total += v
			scores[g] = fmt.Sprintf("%d.%02d", v/100, v%100)
		}
		scores["TONG"] = fmt.Sprintf("%d.%02d", total/100, total%100)
		id := ad.rootID(p)
		out[id] = append(out[id], portaltest.Unit{Code: fmt.Sprintf("%s.%d", p.code, 100+i/34+map[string]int{"2": 800}[typ]), ID: fmt.Sprintf("%s-%s-%d", p.code, typ, i), Name: fmt.Sprintf("%s số %d - tỉnh %s", name, i, p.code), Type: typ, Scores: scores})
	}
	for i := range communes {
		add(i, "3", "UBND xã")
	}
	for i := range departments {
		add(i, "2", "Sở")
	}
	for i := range 34 {
		p := provinces()[i]
		u := out[ad.rootID(p)][0]
		out[""] = append(out[""], portaltest.Unit{Code: p.code, ID: ad.rootID(p), Name: "UBND " + p.code, Type: "1", Scores: u.Scores})
	}
	return out
}

func allUnits(tb testing.TB, portal Portal, period string) Config {
	tb.Helper()
	units := manyUnits(portal, 3321, 0)
	cfg := config(portal, serve(tb, &portaltest.Portal{Units: func(root, _ string) []portaltest.Unit { return units[root] }}), period)
	cfg.Below = []string{"all"}
	return cfg
}

func TestAllCommunes(t *testing.T) {
	cfg := allUnits(t, Portal2022, "2025-10")
	s, c, err := poll(t, cfg, october2025)
	if err != nil || len(s.problems) != 0 {
		t.Fatalf("%v %s", err, firstProblem(s))
	}
	if got, want := len(s.facts), (34+3321)*7; got != want {
		t.Errorf("%d facts, want %d", got, want)
	}
	if c.Batches != 35 {
		t.Errorf("%d batches, want 35", c.Batches)
	}
}

type discard struct{ n int }

func (d *discard) Fact(*reform.Fact) error { d.n++; return nil }
func (d *discard) Problem(reform.Problem)  {}

// BenchmarkPollAndParse polls all provinces and 3,321 communes on loopback without pauses, and reads the poll.
func BenchmarkPollAndParse(b *testing.B) {
	cfg := allUnits(b, Portal2022, "2025-10")
	c := &clock{now: october2025}
	for b.Loop() {
		got, err := Fetch(b.Context(), cfg, Env{Now: c.Now})
		if err != nil {
			b.Fatal(err)
		}
		d := &discard{}
		if _, err := Parse(b.Context(), parse.Input{File: bytes.NewReader(got.Bytes), Size: int64(len(got.Bytes))}, reform.Default(), d); err != nil || d.n != (34+3321)*7 {
			b.Fatal(err, d.n)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, portal := range []Portal{Portal2022, Portal2026} {
		b.Run(string(portal), func(b *testing.B) {
			period, now := "2025-10", october2025
			if portal == Portal2026 {
				period, now = "2026-09", september2026
			}
			c := &clock{now: now}
			got, err := Fetch(b.Context(), allUnits(b, portal, period), Env{Now: c.Now})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(got.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				d := &discard{}
				if _, err := Parse(b.Context(), parse.Input{File: bytes.NewReader(got.Bytes), Size: int64(len(got.Bytes))}, reform.Default(), d); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(d.n), "facts")
			}
		})
	}
}
