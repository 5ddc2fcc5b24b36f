package service766

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/reform"
)

// bounded fails where a parser gives more than its input can hold, or a fact that no gate would let through.
type bounded struct {
	tb       testing.TB
	facts    int
	problems int
}

func (b *bounded) Fact(f *reform.Fact) error {
	b.facts++
	if f.Index != index || f.Basis == "" || f.Unit == "" || f.Period.IsZero() || f.Score.Valid && (f.Score.Decimal.IsNegative() || f.Max.Valid && f.Component == "" && f.Score.Decimal.GreaterThan(f.Max.Decimal)) {
		b.tb.Errorf("a fact that can't be: %+v", f)
	}
	if f.Place < 0 || f.Place > f.Of {
		b.tb.Errorf("place %d/%d", f.Place, f.Of)
	}
	return nil
}

func (b *bounded) Problem(p reform.Problem) {
	b.problems++
	if p.Reason == "" || p.ReasonVI == "" || len(p.Text) > 1200 {
		b.tb.Errorf("a problem without a sentence, or with a novel: %+v", p)
	}
}

func fuzzed(t *testing.T, data []byte, options map[string]string) {
	if len(data) > 1<<20 {
		return
	}
	b := &bounded{tb: t}
	// Its error is the document's fault; that it comes back, without a panic, is what counts.
	_, _ = Parse(context.Background(), parse.Input{File: bytes.NewReader(data), Size: int64(len(data)), Options: options, Now: october2025.UTC}, reform.Default(), b)
	if b.facts > len(data) || b.problems > len(data)+10 {
		t.Errorf("%d facts and %d problems from %d bytes", b.facts, b.problems, len(data))
	}
}

const oldRow = `{"ID":"398313","TEN":"Ban Quản lý Khu kinh tế","TEN_COQUAN":"Ban Quản lý","MA_COQUAN":"H01.13","LOAI_COQUAN":"2","CAPDONVIID":"1","TDGQ":"20","MDHL":"18","MDSH":"17,75","TTTT":"10","CLGQ":"10","CKMB":null,"TONG_SCORE":"75.75","ROW_STT":"1"}`

const newRows = `{"code":"OK","data":{"parent":{"departmentCode":"H01","authorityCount":89,"partialCount":31,"fullCount":21},"children":[{"departmentId":"a","departmentName":"UBND Phường","departmentCode":"H01.100","level":"COMMUNE","totalReceived":1482,"totalOnTime":1423,"ratio":96.02,"score":19.2,"maxScore":20}],` +
	`"evaluation":[{"departmentId":"a","departmentCode":"H01.100","departmentType":"COMMUNE_PEOPLE_COMMITTEE","totalScore":68.32,"groupScores":{"CKMB":11.45,"TDGQ":17.72,"CLGQ":8.83,"TTTT":6.22,"MDHL":14.45,"MDSH":9.65},"metrics":[{"code":"DOSSIER_SYNC","numerator":1,"denominator":2,"score":"3","maxScore":6,"dataQualityStatus":"TEMP"}]}],"pagination":{"total":1}},"message":"OK"}`

func FuzzOldAnswer(f *testing.F) {
	for _, s := range []string{"[" + oldRow + "]", "[]", "[{}]", "[null]", "[" + oldRow + "," + oldRow + "]", "[1]", strings.Repeat("[", 1000), "[" + oldRow[:80]} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, data, map[string]string{parse.OptPeriod: "2025-10", parse.OptUnit: "vn34:91", parse.OptBasis: string(Portal2022)})
	})
}

func FuzzNewAnswer(f *testing.F) {
	for _, s := range []string{newRows, `{"code":"OK","data":{"evaluation":[]},"groupScores":1}`, `{"data":{"children":[{}]},"totalOnTime":""}`, `{"data":null}`, newRows[:200]} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, data, map[string]string{parse.OptPeriod: "2026", parse.OptUnit: "H01", parse.OptBasis: string(Portal2026)})
	})
}

func FuzzContainer(f *testing.F) {
	for _, portal := range []Portal{Portal2022, Portal2026} {
		p, err := newPack(header{Portal: portal, Base: "https://example.org", Began: october2025})
		if err != nil {
			f.Fatal(err)
		}
		list, body, ad := service2022, "["+oldRow+"]", adapter(portal2022{})
		if portal == Portal2026 {
			list, body, ad = results, newRows, portal2026{}
		}
		ask := Ask{N: 1, Period: reform.MustPeriod("2025-10"), Province: "H01", ID: "398126", Lists: []string{list}}
		req, err := ad.request(&Config{}, list, ask, 1, 100)
		if err != nil {
			f.Fatal(err)
		}
		a := Answer{Ask: 1, List: list, Page: 1, Size: 100, Try: 1, At: october2025, Status: 200, Request: req.body, Body: body}
		for _, err := range []error{
			p.ask(ask),
			p.answer(Answer{Ask: 1, List: list, Page: 1, Status: 503, Error: "busy"}), p.answer(a), p.end(october2025, ""),
		} {
			if err != nil {
				f.Fatal(err)
			}
		}
		f.Add(p.buf.Bytes())
		f.Add(p.buf.Bytes()[:p.buf.Len()/2])
	}
	f.Add([]byte(`{"format":"chiso-s766-poll","version":1,"portal":"portal-2022"}` + "\n" + `{"end":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, nil) })
}
