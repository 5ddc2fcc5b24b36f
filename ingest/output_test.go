package ingest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

func TestJSONL(t *testing.T) {
	f := &reform.Fact{
		Index: "par", Unit: "vn63:80", UnitName: `Long "An" <b>`, UnitType: reform.Province, Period: reform.MustPeriod("2024-01/2024-11"), Component: "2",
		Stage: reform.SelfAssessed, Score: reform.Num("0.10"), Max: reform.Num("14.5"), Numerator: reform.Num("1"), Denominator: reform.Num("3"),
		Place: 3, Of: 13, Scope: "vn63:r:DBSCL", RankKind: reform.Derived, Status: reform.Provisional, Locator: "A!B2", Quote: "tăng 3 bậc",
	}
	want := `{"index":"par","basis":null,"unit":"vn63:80","unit_name":"Long \"An\" <b>","unit_type":"province","period":"2024-01/2024-11","period_kind":"span","component":"2","score":"0.1","max":"14.5","numerator":"1","denominator":"3","place":3,"of":13,"scope":"vn63:r:DBSCL","rank_kind":"derived","status":"provisional","locator":"A!B2","quote":"tăng 3 bậc","stage":"self"}` + "\n"
	if diff := cmp.Diff(want, string(JSONL(f))); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	var fields map[string]any
	if err := json.Unmarshal(JSONL(&reform.Fact{}), &fields); err != nil {
		t.Fatal(err)
	}
	// Exactly these, missing ones null: people's scripts read them.
	for _, name := range strings.Split("index,basis,unit,unit_name,unit_type,period,period_kind,component,score,max,numerator,denominator,place,of,scope,rank_kind,status,locator,quote", ",") {
		v, ok := fields[name]
		if !ok {
			t.Errorf("no field %s", name)
		}
		if v != nil && name != "index" && name != "component" {
			t.Errorf("%s: got %v, want null", name, v)
		}
		delete(fields, name)
	}
	if len(fields) != 0 {
		t.Errorf("more fields: %v", fields)
	}
}

func TestTableSink(t *testing.T) {
	var b strings.Builder
	s := NewTableSink(&b)
	for _, f := range []*reform.Fact{
		{Index: "par", Basis: "2948", Unit: "vn63:80", UnitName: "Long An", Period: reform.MustPeriod("2019"), Place: 5, Of: 63, RankKind: reform.Published, Scope: "nation", Status: reform.Final, Locator: "line 2"},
		{Index: "par", Unit: "vn63:93", UnitName: "Hậu Giang", Period: reform.MustPeriod("2021"), Place: 4, RankKind: reform.Derived, Score: reform.Num("85.125"), Status: reform.Final},
	} {
		if err := s.Fact(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"INDEX  BASIS  UNIT     NAME       PERIOD  COMPONENT  SCORE   MAX  PLACE        SCOPE   STATUS  WHERE\n" +
		"par    2948   vn63:80  Long An    2019                            5/63         nation  final   line 2\n" +
		"par           vn63:93  Hậu Giang  2021               85.125       4/? derived          final   \n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
