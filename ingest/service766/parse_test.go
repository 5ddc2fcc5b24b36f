package service766

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"chiso/ingest/parse"
	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
	"chiso/reform"
)

func TestCodesAreTheCatalogues(t *testing.T) {
	cat := reform.Default()
	seen := map[reform.UnitKey]bool{}
	for _, p := range provinces() {
		u, err := cat.Unit(p.unit)
		if err != nil || u.Scheme != reform.VN34 || u.Type != reform.Province || seen[p.unit] || p.oldID == "" || len(p.newID) != 36 {
			t.Errorf("%+v: %v", p, err)
		}
		seen[p.unit] = true
	}
	if len(seen) != len(cat.Units(reform.VN34, reform.Province)) {
		t.Errorf("%d provinces, want all of them", len(seen))
	}
	b, err := os.ReadFile(filepath.Join(testshared.Dir(t), "data", "service766-province-codes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(strings.TrimSpace(l), ",")
		p, ok := provinceByCode(f[0])
		key, found := cat.FindUnit(f[1], reform.VN34, reform.Province)
		if !ok || !found || p.unit != key || p.oldID != f[3] || p.newID != f[4] {
			t.Errorf("%s: %+v, want %s (%s)", l, p, key, f[1])
		}
	}
}

func TestBindings(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"{H39: vn63:80}", "H39=vn63:80"},
		{"H39: vn63:80\nH53: [vn63:72, vn34:80]", "H39=vn63:80,H53=vn63:72,H53=vn34:80"},
		{"bindings: {H53: vn63:72}", "H53=vn63:72"},
		{"H39=vn63:80, H53=vn63:72,H53=vn34:80", "H39=vn63:80,H53=vn63:72,H53=vn34:80"},
	} {
		b, err := ParseBindings(tt.text)
		if err != nil || b.String() != tt.want {
			t.Errorf("%q: %q, %v, want %q", tt.text, b.String(), err, tt.want)
		}
	}
	for _, bad := range []string{"Long An", "{39: vn63:80}", "{H39: Long An}", "{H39: [vn63:80, vn63:72]}", "{H39: vn}", "{H39: vn63:r:DBSCL}x", "H39=", "{H39: vn63:80/H01}"} {
		if b, err := ParseBindings(bad); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%q: %v, %v, want an error", bad, b, err)
		}
	}
}

// A code is bound in the user's catalogue as an alias of its unit.
func TestBindingByCatalogue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(file, []byte("aliases: {\"vn63:80\": [H39]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cat, err := reform.LoadCatalog(file)
	if err != nil {
		t.Fatal(err)
	}
	b := binder{cat: cat}
	if k, ok := b.bind("H39", reform.VN63); !ok || k != "vn63:80" {
		t.Errorf("H39 is %q", k)
	}
	if k, ok := b.bind("H39", reform.VN34); ok {
		t.Errorf("H39 is %q among the 34, want nothing", k)
	}
}

func TestSplitCode(t *testing.T) {
	for _, tt := range []struct {
		text, root, rest string
		ok               bool
	}{
		{"H01", "H01", "", true}, {" h01 ", "H01", "", true}, {"000.00.00.H37", "H37", "", true}, {"H01.187", "H01", ".187", true},
		{"000.00.13.H01", "H01", "", true}, {"H01.13.02", "H01", ".13.02", true}, {"", "", "", false}, {"H1", "", "", false}, {"X01", "", "", false},
		{"H01/..", "", "", false}, {"H01.", "", "", false}, {"000.H01.187", "H01", ".187", true}, {strings.Repeat("0", 100), "", "", false},
	} {
		root, rest, ok := splitCode(tt.text)
		if root != tt.root || rest != tt.rest || ok != tt.ok {
			t.Errorf("%q: %q %q %t, want %q %q %t", tt.text, root, rest, ok, tt.root, tt.rest, tt.ok)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		token token
		want  string // "" missing, "!" refused
		count string
	}{
		{"", "", ""}, {"null", "", ""}, {`""`, "", ""}, {`"-"`, "", ""}, {`"null"`, "", ""}, {"0", "0", "0"}, {`"0"`, "0", "0"},
		{`"18.88"`, "18.88", "18.88"}, {`"18,88"`, "18.88", "18.88"}, {"18.88", "18.88", "18.88"}, {`" 8 "`, "8", "8"}, {"-1", "-1", "-1"},
		{`"433.356"`, "433.356", "!"}, {`"433,356"`, "433.356", "!"}, {"433356", "433356", "433356"}, {`"1.091,70"`, "!", "!"}, {`"1,2,3"`, "!", "!"},
		{"true", "!", "!"}, {"{}", "!", "!"}, {"[1]", "!", "!"}, {`"n/a"`, "!", "!"}, {"1e2", "100", "100"}, {"1e999999", "!", "!"}, {`"18..8"`, "!", "!"}, {`"\u0031"`, "1", "1"},
		{"18.880000000000003", "18.880000000000003", "18.880000000000003"}, {"99999999999999999999", "!", "!"},
	} {
		for i, read := range []func() (reform.Number, bool){tt.token.number, tt.token.count} {
			n, ok := read()
			got, want := n.String(), tt.want
			if i == 1 {
				want = tt.count
			}
			if !ok {
				got = "!"
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", tt.token, got, want)
			}
		}
	}
}

func TestPeriodRule(t *testing.T) {
	all := []reform.PeriodKind{reform.Month, reform.Quarter, reform.Half, reform.Year}
	for _, tt := range []struct {
		rule PeriodRule
		now  string
		want string
	}{
		{PeriodRule{Current: all}, "2025-10-16T08:00:00+07:00", "2025-10 2025-Q4 2025-H2 2025"},
		{PeriodRule{Current: all}, "2025-12-31T17:00:00Z", "2026-01 2026-Q1 2026-H1 2026"}, // New Year in Vietnam
		{PeriodRule{Current: all[:2], Closed: all[:2], ClosedDays: 10}, "2025-10-05T08:00:00+07:00", "2025-10 2025-Q4 2025-09 2025-Q3"},
		{PeriodRule{Current: all[:2], Closed: all[:2], ClosedDays: 10}, "2025-10-10T23:00:00+07:00", "2025-10 2025-Q4 2025-09 2025-Q3"},
		{PeriodRule{Current: all[:2], Closed: all[:2], ClosedDays: 10}, "2025-10-11T01:00:00+07:00", "2025-10 2025-Q4"},
		{PeriodRule{Closed: []reform.PeriodKind{reform.Year}, ClosedDays: 60}, "2026-02-01T08:00:00+07:00", "2025"},
		{PeriodRule{Current: all[:1], Fixed: []string{"2025-10", "2025-Q2"}}, "2025-10-16T08:00:00+07:00", "2025-10 2025-Q2"},
	} {
		ps, err := tt.rule.At(at(tt.now))
		var got []string
		for _, p := range ps {
			got = append(got, p.String())
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%+v at %s: %v %v, want %s", tt.rule, tt.now, got, err, tt.want)
		}
	}
}

func TestConfig(t *testing.T) {
	const text = `
portal: portal-2026
base_url: https://dichvucong.gov.vn/
lists: [service-results, transparency]
paths: {transparency: /api/v2/transparency}
periods: {current: [month, year], closed: [month], closed_days: 30, fixed: ["2026-Q2"]}
below: [H01, "vn34:80"]
bindings: {H39: "vn63:80"}
pause: 2s
timeout: 30s
retries: 2
cooldown: 12h
contact: mailto:cchc@example.gov.vn
`
	var c Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	d := c.WithDefaults()
	if d.Pause != 2*time.Second || d.Timeout != 30*time.Second || d.Cooldown != 12*time.Hour || d.Jitter == 0 || d.BaseURL != "https://dichvucong.gov.vn" || d.Options()[OptBindings] != "H39=vn63:80" {
		t.Errorf("%+v", d)
	}
	plan, err := d.plan(portal2026{}, september2026)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range plan {
		got = append(got, a.Province+" "+a.Period.String())
	}
	want := []string{" 2026-09", " 2026", " 2026-08", " 2026-Q2", "H01 2026-09", "H01 2026", "H01 2026-08", "H01 2026-Q2", "H53 2026-09", "H53 2026", "H53 2026-08", "H53 2026-Q2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if got, want := c.Address(), "https://dichvucong.gov.vn/api/v1/reporting/evaluation/service-results"; got != want {
		t.Errorf("address %q, want %q", got, want)
	}
	if err := (Config{Portal: Portal2022}).Validate(); err != nil {
		t.Errorf("the portal alone: %v", err)
	}
	for name, bad := range map[string]Config{
		"portal":        {},
		"other portal":  {Portal: "portal-2030"},
		"address":       {Portal: Portal2022, BaseURL: "ftp://x"},
		"credentials":   {Portal: Portal2022, BaseURL: "https://a:b@x"},
		"no pause":      {Portal: Portal2022, NoPause: true},
		"half":          {Portal: Portal2026, Periods: PeriodRule{Current: []reform.PeriodKind{reform.Half}}},
		"fixed half":    {Portal: Portal2026, Periods: PeriodRule{Fixed: []string{"2026-H1"}}},
		"fixed span":    {Portal: Portal2022, Periods: PeriodRule{Fixed: []string{"2025-01/2025-11"}}},
		"list":          {Portal: Portal2026, Lists: []string{"formalities"}},
		"path":          {Portal: Portal2026, Paths: map[string]string{"transparency": "x"}},
		"province":      {Portal: Portal2022, Below: []string{"vn63:80"}},
		"no id":         {Portal: Portal2022, Below: []string{"H39"}, Bindings: Bindings{"H39": {"vn63:80"}}},
		"binding":       {Portal: Portal2022, Bindings: Bindings{"H39": {"Long An"}}},
		"nothing":       {Portal: Portal2022, SkipProvinces: true},
		"timeout":       {Portal: Portal2022, Timeout: -1},
		"page size":     {Portal: Portal2022, PageSize: 100000},
		"header":        {Portal: Portal2022, Contact: "a\r\nX: y"},
		"satisfaction":  {Portal: Portal2026, Satisfaction: "both"},
		"endless tries": {Portal: Portal2022, Retries: 99},
	} {
		if err := bad.Validate(); !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrNotFound) {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
	if err := (Config{Portal: Portal2022, Below: []string{"H39"}, Bindings: Bindings{"H39": {"vn63:80"}}, IDs: map[string]string{"H39": "11358"}}).Validate(); err != nil {
		t.Errorf("a bound code with an id: %v", err)
	}
}

func TestSavedAnswers(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "service766")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// The recorded answers are cut to few units: each is known for what it is, and refused for what it lacks.
	for _, tt := range []struct{ name, unit, problems string }{
		{"new_service-results.response.trimmed.json", "", "units-missing"},
		{"new_transparency.trimmed.json", "vn34:25", "unknown-code"}, // the cut answer has ids without codes
		{"new_dvc-progress-tree.trimmed.json", "vn34:25", ""},
		{"new_provide-online-tree.trimmed.json", "H44", ""},
		{"new_formality-online-payment-tree.trimmed.json", "H44", ""},
		{"new_dvc-progress-tree.trimmed.json", "H01", "other-province"},
		{"new_handling-satisfaction.trimmed.json", "H44", "units-missing"},
	} {
		b := read(tt.name)
		if c := Detect(parse.Probe{Head: b}); c < 90 {
			t.Errorf("%s: certainty %d", tt.name, c)
		}
		s, r := parseBytes(t, b, map[string]string{parse.OptPeriod: "2026", parse.OptUnit: tt.unit, parse.OptScheme: "vn34"})
		if r.Basis != "portal-2026" || s.codes() != tt.problems && !(tt.problems == "other-province" && strings.HasPrefix(s.codes(), tt.problems)) {
			t.Errorf("%s: basis %q, problems %q, want %q: %s", tt.name, r.Basis, s.codes(), tt.problems, firstProblem(s))
		}
		if tt.name == "new_dvc-progress-tree.trimmed.json" && tt.problems == "" {
			f := s.find("vn34:25/H44.100", "2026", "TDGQ-on-time")
			if f == nil || !f.Numerator.Equal(reform.Num("1423")) || !f.Denominator.Equal(reform.Num("1482")) || !f.Score.Equal(reform.Num("19.2")) || f.UnitType != reform.Commune {
				t.Errorf("on time in Việt Trì: %+v", f)
			}
		}
		if tt.name == "new_provide-online-tree.trimmed.json" {
			f := s.find("vn34:25", "2026", "CLGQ-provided")
			if f == nil || !f.Numerator.Equal(reform.Num("52")) || !f.Denominator.Equal(reform.Num("89")) || f.Score.Valid || f.Scope != reform.ScopeNation {
				t.Errorf("procedures offered online in Phú Thọ: %+v", f)
			}
			if f := s.find("vn34:25/H44.01", "2026", "CLGQ"); f == nil || f.UnitType != reform.Department {
				t.Errorf("the office of Phú Thọ: %+v", f)
			}
		}
	}
	var rows map[string]json.RawMessage
	if err := json.Unmarshal(read("old_rest_jsp_rows.json"), &rows); err != nil {
		t.Fatal(err)
	}
	b := rows["departments_An_Giang_month_2025_10"]
	if c := Detect(parse.Probe{Head: b}); c < 90 {
		t.Errorf("certainty %d", c)
	}
	s, _ := parseBytes(t, b, map[string]string{parse.OptPeriod: "2025-10", parse.OptUnit: "vn34:91"})
	f := s.find("vn34:91/H01.13", "2025-10", "")
	if len(s.problems) != 0 || f == nil || !f.Score.Equal(reform.Num("93.75")) || !f.ObservedAt.IsZero() || f.Place != 1 {
		t.Errorf("%s: %+v", firstProblem(s), f)
	}
	s, _ = parseBytes(t, rows["provinces_year_2025"], nil)
	if s.codes() != "no-period" {
		t.Errorf("without a period: problems %q", s.codes())
	}
	s, _ = parseBytes(t, rows["provinces_year_2025"], map[string]string{parse.OptPeriod: "2025"})
	if s.codes() != "units-missing" || len(s.facts) != 0 {
		t.Errorf("five provinces: problems %q", s.codes())
	}
	for _, bad := range []string{rejected, "hello", "{}", `{"code":"OK"}`} {
		_, err := Parse(t.Context(), parse.Input{File: bytes.NewReader([]byte(bad)), Size: int64(len(bad)), Options: map[string]string{parse.OptPeriod: "2025"}}, reform.Default(), &sink{})
		if !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%q: %v, want an error", bad, err)
		}
	}
	for _, head := range []string{"", "ID,TEN,MA_COQUAN,TONG_SCORE\n", `{"type":"FeatureCollection"}`, "[1,2,3]", "<html>"} {
		if c := Detect(parse.Probe{Head: []byte(head)}); c != 0 {
			t.Errorf("%q: certainty %d, want 0", head, c)
		}
	}
}

// The lists of the new portal that name units by id alone find their codes and types in the others.
func TestNewPortalBelow(t *testing.T) {
	below := anGiang(t)
	p, _ := provinceByCode("H01")
	provinces := recorded(t, Portal2026, "2026", "2026-09-17")
	portal := &portaltest.Portal{Units: func(root, _ string) []portaltest.Unit {
		if root == p.newID {
			return below
		}
		return provinces
	}}
	cfg := config(Portal2026, serve(t, portal), "2026")
	cfg.Below = []string{"H01"}
	s, c, err := poll(t, cfg, september2026)
	if err != nil || len(s.problems) != 0 || c.Batches != 14 {
		t.Fatalf("%v, %s, %d batches", err, firstProblem(s), c.Batches)
	}
	n := map[reform.UnitType]int{}
	for _, f := range s.facts {
		if f.Component == "REUSED_DIGITIZED_DATA" && f.Unit.Parent() != "" {
			n[f.UnitType]++
		}
	}
	if n[reform.Department] != 15 || n[reform.Commune] != 102 {
		t.Errorf("units %v", n)
	}
	if f := s.find("vn34:91", "2026", "CLGQ-submitted"); f == nil || !f.Denominator.Equal(reform.Num("597894")) {
		t.Errorf("dossiers submitted online in An Giang: %+v", f)
	}
	// With the totals alone nobody says what is a department and what a commune.
	cfg.Lists = []string{results}
	s, _, err = poll(t, cfg, september2026)
	if err != nil || !strings.HasPrefix(s.codes(), "unknown-type") || len(s.facts) != 238 {
		t.Errorf("%v, %d facts, problems %q", err, len(s.facts), s.codes())
	}
	if p := s.problems[0]; !strings.Contains(p.Reason, progress) {
		t.Errorf("problem %+v does not say what to ask for", p)
	}
}

// lines edits a container line by line.
func lines(t *testing.T, b []byte, edit func(no int, l string) []string) []byte {
	t.Helper()
	var out []string
	for i, l := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		out = append(out, edit(i+1, l)...)
	}
	return []byte(strings.Join(out, "\n") + "\n")
}

func TestPagesOfAContainer(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	cfg := config(Portal2022, serve(t, &portaltest.Portal{Units: only(units)}), "2025")
	cfg.PageSize = 10
	_, c, err := poll(t, cfg, october2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		edit       func(no int, l string) []string
	}{
		{"as it came", "", func(_ int, l string) []string { return []string{l} }},
		{"a page asked twice", "page-twice", func(no int, l string) []string {
			if no == 4 {
				return []string{l, l}
			}
			return []string{l}
		}},
		{"a page missing in the middle", "page-missing", func(no int, l string) []string {
			if no == 4 {
				return nil
			}
			return []string{l}
		}},
		{"the last page missing", "page-missing", func(no int, l string) []string {
			if no == 6 {
				return nil
			}
			return []string{l}
		}},
		{"the first page missing", "page-missing", func(no int, l string) []string {
			if no == 3 {
				return nil
			}
			return []string{l}
		}},
		{"all pages missing", "not-answered", func(no int, l string) []string {
			if no >= 3 && no <= 6 {
				return nil
			}
			return []string{l}
		}},
		{"pages in another order", "", func(no int, l string) []string {
			if no == 3 {
				return nil
			}
			if no == 6 {
				third := strings.Split(string(c.Bytes), "\n")[2]
				return []string{l, third}
			}
			return []string{l}
		}},
		{"a request for another year", "other-period", func(no int, l string) []string {
			return []string{strings.Replace(l, "p_nam%22%3A%222025", "p_nam%22%3A%222024", 1)}
		}},
		{"a request for another page", "other-period", func(no int, l string) []string {
			return []string{strings.Replace(l, "pageIndex%22%3A2", "pageIndex%22%3A3", 1)}
		}},
		{"an answer to nothing", "answer-without-ask", func(no int, l string) []string {
			if no == 6 {
				return []string{l, strings.Replace(l, `"ask":1`, `"ask":9`, 1)}
			}
			return []string{l}
		}},
	} {
		s, _ := parseBytes(t, lines(t, c.Bytes, tt.edit), nil)
		first := ""
		if len(s.problems) > 0 {
			first = s.problems[0].Code
		}
		if first != tt.want {
			t.Errorf("%s: problem %q, want %q (%s)", tt.name, first, tt.want, firstProblem(s))
		}
		if tt.want != "answer-without-ask" && (len(s.facts) == 238) != (tt.want == "") {
			t.Errorf("%s: %d facts", tt.name, len(s.facts))
		}
	}
	for _, bad := range []string{
		`{"format":"chiso-s766-poll","version":9,"portal":"portal-2022"}`,
		`{"format":"chiso-s766-poll","version":1,"portal":"portal-1999"}`,
	} {
		if _, err := Parse(t.Context(), parse.Input{File: bytes.NewReader([]byte(bad)), Size: int64(len(bad))}, reform.Default(), &sink{}); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A hostile answer costs a sentence and not the memory of the machine.
func TestHostileAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"endless rows":       "[" + strings.Repeat("{},", 2_000_000) + "{}]",
		"endless rows, new":  `{"code":"OK","data":{"evaluation":[` + strings.Repeat("{},", 2_000_000) + `{}]},"groupScores":0}`,
		"endless metrics":    `{"code":"OK","data":{"evaluation":[{"metrics":[` + strings.Repeat("0,", 2_000_000) + `0]}]},"groupScores":0}`,
		"endless nesting":    strings.Repeat("[", 5_000_000),
		"a number of digits": `[{"MA_COQUAN":"H01.1","TONG_SCORE":"` + strings.Repeat("9", 5_000_000) + `"}]`,
	} {
		s := &sink{}
		_, err := Parse(t.Context(), parse.Input{File: strings.NewReader(body), Size: int64(len(body)), Options: map[string]string{parse.OptPeriod: "2025", parse.OptUnit: "H01"}}, reform.Default(), s)
		if err == nil && len(s.problems) == 0 || len(s.facts) > 0 {
			t.Errorf("%s: %v, %d problems, %d facts", name, err, len(s.problems), len(s.facts))
		}
		if len(errorText(err)) > 1000 || len(s.problems) > 0 && len(s.problems[0].Reason) > 1000 {
			t.Errorf("%s: a novel instead of a sentence", name)
		}
	}
}
