package dashboard

import (
	"encoding/csv"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

func form(pairs ...string) url.Values {
	v := url.Values{"author": {"  Nguyễn  Văn A "}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// told is the rows that were kept, in short.
func (o *fakeOwn) told() string {
	var out []string
	for _, e := range o.rows {
		s := strings.Join([]string{string(e.Kind), e.Index, e.Basis, string(e.Unit), e.Component, e.Period.String() + e.Date, orEmpty(e.GoalPlace), e.GoalScore.String(), e.Office, e.Text, e.Author}, "|")
		if e.Withdrawn {
			s += "|withdrawn"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestEnterOwn(t *testing.T) {
	long := strings.Repeat("á", 301)
	for _, tt := range []struct {
		name, path string
		form       url.Values
		status     int
		kept, says string
	}{
		{"a place", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "place", "10"), 303, "target|par||vn63:80||2020|10||||Nguyễn Văn A", ""},
		{"a score with a comma", "/goals", form("unit", "vn34:80", "index", "par", "year", "2026", "score", "85,125", "text", "Nghị quyết 01"), 303, "target|par||vn34:80||2026||85.125||Nghị quyết 01|Nguyễn Văn A", ""},
		{"nobody", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "place", "10", "author", " "), 400, "", "Chưa ghi tên người nhập"},
		{"no goal", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020"), 400, "", "Cần ghi hạng hoặc điểm"},
		{"a place beyond the last", "/goals", form("unit", "vn34:80", "index", "par", "year", "2026", "place", "35"), 400, "", "từ 1 đến 34"},
		{"a place that is none", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "place", "-1"), 400, "", "Hạng “-1”"},
		{"a score over the maximum", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "score", "85125"), 400, "", "không quá 100"},
		{"a score that is none", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "score", "1.000,5"), 400, "", "Điểm “1.000,5”"},
		{"a year far off", "/goals", form("unit", "vn63:80", "index", "par", "year", "2090", "place", "1"), 400, "", "Năm “2090”"},
		{"counts have no goal", "/goals", form("unit", "vn63:80", "index", "dossiers", "year", "2020", "place", "1"), 400, "", "Không có chỉ số “dossiers”"},
		{"a strange unit", "/goals", form("unit", "vn63:99", "index", "par", "year", "2020", "place", "1"), 400, "", "vn63:99"},
		{"a long text", "/goals", form("unit", "vn63:80", "index", "par", "year", "2020", "place", "1", "text", long), 400, "", "dài quá 300 ký tự"},
		{"a note, NFD and turned", "/annotations", form("date", "2016-03-15", "index", "par", "unit", "vn63:80", "text", "Ke\u0302\u0301 hoa\u0323ch\n \u202e</script>"), 303, "annotation|par||vn63:80||2016-03-15||||Kế hoạch </script>|Nguyễn Văn A", ""},
		{"a note on all", "/annotations", form("date", "5/3/2016", "text", "x"), 303, "annotation|||||2016-03-05||||x|Nguyễn Văn A", ""},
		{"300 characters", "/annotations", form("date", "2016-03-15", "text", long[:600]), 303, "annotation|||||2016-03-15||||" + long[:600] + "|Nguyễn Văn A", ""},
		{"a day that is none", "/annotations", form("date", "2016-02-30", "text", "x"), 400, "", "Ngày “2016-02-30”"},
		{"an empty note", "/annotations", form("date", "2016-02-20", "text", "\u200b "), 400, "", "Chưa ghi nội dung"},
		{"owners, all at once", "/owners/papi?unit=vn63:80&basis=2011", form("office.D1", "Sở Nội vụ", "was.D1", "", "office.D2", " Thanh tra  tỉnh", "was.D2", "", "office.D3", "", "was.D3", ""), 303,
			"owner|papi|2011|vn63:80|D1||||Sở Nội vụ||Nguyễn Văn A\nowner|papi|2011|vn63:80|D2||||Thanh tra tỉnh||Nguyễn Văn A", ""},
		{"a long office", "/owners/papi?unit=vn63:80&basis=2011", form("office.D1", long, "was.D1", ""), 400, "", "dài quá 120 ký tự"},
		{"what somebody else changed", "/owners/papi?unit=vn63:80&basis=2011", form("office.D1", "Sở Nội vụ", "was.D1", "Văn phòng"), 409, "", "có người khác vừa đổi"},
		{"an unknown basis", "/owners/papi?unit=vn63:80&basis=1900", form("office.D1", "x", "was.D1", ""), 400, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			res, d := f.post(t, tt.path, tt.form)
			if got := f.reader.own.told(); res.StatusCode != tt.status || got != tt.kept {
				t.Errorf("got %d %q, want %d %q", res.StatusCode, got, tt.status, tt.kept)
			}
			if got := d.Find("[role=alert]").Text(); !strings.Contains(got, tt.says) {
				t.Errorf("says %q, want %q", got, tt.says)
			}
			if tt.status == 400 && tt.form.Get("text") == long && d.Find("textarea[name=text]").Text() != long {
				t.Error("what was typed is lost")
			}
		})
	}
}

// What was entered shows at once on the pages and in the pictures, and never in what is pinned to a revision before.
func TestOwnShowsAtOnce(t *testing.T) {
	f := newFixture(t)
	pages := []string{"/units/vn63/long-an?index=par", "/figures/rank-history.svg?index=par&unit=vn63:80", "/figures/rank-history.json?index=par&unit=vn63:80", "/goals?unit=vn63:80", "/annotations"}
	pinned := []string{"/figures/rank-history.svg?index=par&unit=vn63:80&rev=7", "/figures/rank-history.json?index=par&unit=vn63:80&rev=7", "/goals?unit=vn63:80&rev=7", "/annotations?rev=7", "/api/v1/targets?rev=7"}
	before := map[string]string{}
	for _, path := range append(slices.Clone(pages), pinned...) {
		_, before[path] = f.get(t, path)
	}
	for _, one := range []struct {
		path string
		form url.Values
	}{{"/goals", form("unit", "vn63:80", "index", "par", "year", "2021", "place", "3")}, {"/annotations", form("date", "2016-03-15", "index", "par", "unit", "vn63:80", "text", "Ban hành <b>kế hoạch</b>")}} {
		if res, _ := f.post(t, one.path, one.form); res.StatusCode != 303 {
			t.Fatalf("%s: got %d", one.path, res.StatusCode)
		}
	}
	for _, path := range pages {
		res, body := f.get(t, path)
		if res.StatusCode != 200 || body == before[path] {
			t.Errorf("%s: shows nothing new", path)
		}
		if strings.Contains(body, "<b>kế hoạch") {
			t.Errorf("%s: text becomes markup", path)
		}
	}
	for _, path := range pinned {
		if _, body := f.get(t, path); body != before[path] {
			t.Errorf("%s: has changed", path)
		}
	}
	_, svg := f.get(t, "/figures/rank-history.svg?index=par&unit=vn63:80")
	for _, want := range []string{"top 3", ">#1<", "Ban hành"} {
		if !strings.Contains(strings.ReplaceAll(svg, "\u00a0", " "), want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	// Withdrawn: gone from now on, and still in the history.
	entry := f.reader.own.rows[1].Entry
	if res, _ := f.post(t, "/annotations/withdraw", form("entry", entry)); res.StatusCode != 303 {
		t.Fatalf("withdraw: got %d", res.StatusCode)
	}
	if _, body := f.get(t, "/annotations"); strings.Contains(body, "Ban hành") {
		t.Error("withdrawn, and still listed")
	}
	if d := f.page(t, "/own?entry="+url.QueryEscape(entry)); d.Find("main tbody tr").Length() != 2 || !strings.Contains(d.Find("main").Text(), "Đã rút lại") {
		t.Errorf("history: got %q", d.Find("main").Text())
	}
	if res, _ := f.post(t, "/goals/withdraw", form("entry", entry)); res.StatusCode != 400 {
		t.Errorf("a note withdrawn as a goal: got %d, want 400", res.StatusCode)
	}
	if res, _ := f.post(t, "/goals/withdraw", form("entry", "nix")); res.StatusCode != 404 {
		t.Errorf("an unknown entry: got %d, want 404", res.StatusCode)
	}
}

func TestOwnIsGuarded(t *testing.T) {
	open := newFixture(t, func(o *Options) { o.Listen, o.OperatorToken = "0.0.0.0:8080", "a-token-of-the-operator" })
	for _, path := range []string{"/goals", "/owners/papi", "/annotations"} {
		d := open.page(t, path)
		if n := d.Find("main form[method=post] button").Length(); n != 0 {
			t.Errorf("%s: %d forms for a stranger", path, n)
		}
		if d.Find(`main a[href^="/login?next="]`).Length() == 0 {
			t.Errorf("%s: no way to log in", path)
		}
	}
	for path, fields := range map[string]url.Values{
		"/goals": form("unit", "vn63:80", "index", "par", "year", "2020", "place", "10"), "/annotations": form("date", "2016-03-15", "text", "x"),
		"/owners/papi?unit=vn63:80&basis=2011": form("office.D1", "x", "was.D1", ""), "/goals/withdraw": form("entry", "x"), "/annotations/withdraw": form("entry", "x"),
	} {
		for name, change := range map[string]func(*http.Request){
			"a wrong token":   func(r *http.Request) { r.Header.Set("Cookie", csrfCookie+"="+strings.Repeat("x", 43)) },
			"another origin":  func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
			"through a proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") },
		} {
			f := newFixture(t)
			if res, _ := f.post(t, path, fields, change); res.StatusCode != 403 || len(f.reader.own.rows) != 0 {
				t.Errorf("%s, %s: got %d and %q", path, name, res.StatusCode, f.reader.own.told())
			}
		}
		if res, _ := newFixture(t, func(o *Options) { o.Notebook = nil }).post(t, path, fields); res.StatusCode != 404 {
			t.Errorf("%s without a notebook: got %d, want 404", path, res.StatusCode)
		}
	}
}

// A goal is compared with the value of its year, else with an earlier one, and never with a place among
// another number of units or with what another system measured.
func TestJudge(t *testing.T) {
	f := newFixture(t)
	pt := func(year, place, of int, score string) reform.RankPoint {
		p := reform.RankPoint{Period: reform.YearPeriod(year), Place: place, Of: of}
		if score != "" {
			p.Score = reform.Num(score)
		}
		return p
	}
	for _, tt := range []struct {
		name, index  string
		year, place  int
		score        string
		points       []reform.RankPoint
		wantScore    bool
		state, lacks string
		rules        bool
	}{
		{"reached in its year", "par", 2019, 5, "", []reform.RankPoint{pt(2018, 9, 63, ""), pt(2019, 5, 63, ""), pt(2020, 60, 63, "")}, false, goalMet, "0", false},
		{"short in its year", "par", 2019, 5, "", []reform.RankPoint{pt(2019, 12, 63, "")}, false, goalShort, "7", false},
		{"by an earlier year", "par", 2020, 5, "", []reform.RankPoint{pt(2019, 12, 63, "")}, false, goalToGo, "7", true},
		{"ahead", "par", 2020, 10, "", []reform.RankPoint{pt(2019, 7, 63, "")}, false, goalAhead, "-3", true},
		{"a later year tells nothing", "par", 2018, 5, "", []reform.RankPoint{pt(2019, 1, 63, "")}, false, goalUnknown, "0", false},
		{"a gap", "par", 2019, 5, "", []reform.RankPoint{pt(2019, 0, 0, "80")}, false, goalUnknown, "0", false},
		{"among other numbers", "par", 2026, 5, "", []reform.RankPoint{pt(2024, 3, 63, "")}, false, goalApart, "0", true},
		{"two portals", "s766", 2026, 5, "", []reform.RankPoint{pt(2025, 3, 34, "")}, false, goalApart, "0", true},
		{"a score short", "par", 2019, 0, "85.5", []reform.RankPoint{pt(2019, 1, 63, "84.25")}, true, goalShort, "1.25", false},
		{"a score reached", "par", 2019, 0, "84.25", []reform.RankPoint{pt(2019, 1, 63, "84.25")}, true, goalMet, "0", false},
	} {
		ix, err := f.indexOf(tt.index)
		if err != nil {
			t.Fatal(err)
		}
		e := reform.OwnEntry{Kind: reform.OwnTarget, Index: tt.index, Unit: "vn63:80", Period: reform.YearPeriod(tt.year), GoalPlace: tt.place}
		if tt.score != "" {
			e.GoalScore = reform.Num(tt.score)
		}
		got := f.judge(ix, e, tt.points, tt.wantScore)
		if got.State != tt.state || got.Lacks.String() != tt.lacks || tt.state != goalApart && got.Rules != tt.rules {
			t.Errorf("%s: got %s %s rules %v, want %s %s", tt.name, got.State, got.Lacks, got.Rules, tt.state, tt.lacks)
		}
	}
}

func TestOwnersPage(t *testing.T) {
	f := newFixture(t)
	res, _ := f.post(t, "/owners/papi?unit=vn63:80&basis=2011", form("office.D1", "Sở Nội vụ", "was.D1", "", "office.D2", "Thanh tra tỉnh", "was.D2", ""))
	if want := "/owners/papi?basis=2011&done=saved&unit=vn63%3A80"; res.Header.Get("Location") != want {
		t.Errorf("leads to %s, want %s", res.Header.Get("Location"), want)
	}
	d := f.page(t, "/owners/papi?unit=vn63:80")
	var d1, d1Before reform.Number
	for _, r := range f.reader.facts {
		if x := r.Fact; x.Index == "papi" && x.Unit == "vn63:80" && x.Component == "D1" {
			switch x.Period.Year() {
			case 2016:
				d1 = x.Score
			case 2015:
				d1Before = x.Score
			}
		}
	}
	lost := func(n reform.Number) string { return decimalText(reform.Num("10").Decimal.Sub(n.Decimal), "vi") }
	rows := d.Find("table.owned tbody tr")
	first := strings.Join(strings.Fields(rows.First().Text()), " ")
	if !strings.Contains(first, lost(d1)) || rows.First().Find("input[name='office.D1']").AttrOr("value", "") != "Sở Nội vụ" {
		t.Errorf("D1: got %q, want %s lost and its office", first, lost(d1))
	}
	// The score of D1 rose by one hundredth from 2015 to 2016: less is lost.
	if want := "mất ít hơn 0,01 điểm so với"; !d1.Decimal.GreaterThan(d1Before.Decimal) || !strings.Contains(first, want) {
		t.Errorf("D1: got %q, want %q", first, want)
	}
	offices := strings.Join(strings.Fields(d.Find("main section").First().Text()), " ")
	if !strings.Contains(offices, "Sở Nội vụ1"+lost(d1)) || !strings.Contains(offices, "đều cải thiện") {
		t.Errorf("offices: got %q", offices)
	}
	// Nothing changed: nothing is kept.
	n := len(f.reader.own.rows)
	res, _ = f.post(t, "/owners/papi?unit=vn63:80&basis=2011", form("office.D1", "Sở Nội vụ", "was.D1", "Sở Nội vụ"))
	if res.StatusCode != 303 || len(f.reader.own.rows) != n || !strings.Contains(res.Header.Get("Location"), "done=same") {
		t.Errorf("unchanged: got %d %s, %d rows", res.StatusCode, res.Header.Get("Location"), len(f.reader.own.rows))
	}
	// Other rules have other components under the same code.
	if got := f.page(t, "/owners/papi?unit=vn63:80&basis=2018").Find("input[name='office.D1']").AttrOr("value", "nix"); got != "" {
		t.Errorf("another basis: got %q, want no office", got)
	}
	if res, _ := f.get(t, "/owners/moj"); res.StatusCode != 404 {
		t.Errorf("an index without components: got %d, want 404", res.StatusCode)
	}
}

func TestOfficeRows(t *testing.T) {
	b := Base{Lang: "vi"}
	part := func(code, parent, now, before, weight string) lostPart {
		p := lostPart{Component: reform.Component{Code: code, Parent: parent, Name: reform.Text{VI: "Thành phần " + code}}, Sub: &reform.Subscore{Max: reform.Num("10")}}
		if now != "" {
			p.Lost = reform.Num(now)
		}
		if before != "" {
			p.LostBefore = reform.Num(before)
		}
		if weight != "" {
			p.Weight = reform.Num(weight)
		}
		return p
	}
	lost := lostParts{Parts: []lostPart{part("1", "", "4", "3", ""), part("1.1", "1", "3", "3", ""), part("1.2", "1", "1", "0", ""), part("2", "", "0", "0", ""), part("3", "", "", "1", ""), part("4", "", "1.5", "2", "")}}
	offices := map[string]string{"1": "A", "1.1": "A", "1.2": "B", "2": "B", "3": "B", "4": "C"}
	got, _ := officeRows(&reform.Index{}, lost, offices, b)
	want := []officeRow{
		{Office: "A", Components: 2, Lost: "4", Compared: true, Not: []string{"Thành phần 1: mất 4 điểm, kỳ trước 3", "Thành phần 1.1: mất 3 điểm, kỳ trước 3"}},
		{Office: "C", Components: 1, Lost: "1,5", Compared: true},
		{Office: "B", Components: 3, Lost: "1", Unknown: "1 thành phần chưa rõ", Compared: true, Not: []string{"Thành phần 1.2: mất 1 điểm, kỳ trước 0"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Where components weigh differently, a sum of theirs is one by weight, or none.
	weighed := reform.Index{Bases: []reform.Basis{{Components: []reform.Component{{Weight: reform.Num("20")}}}}}
	lost.Parts = []lostPart{part("1", "", "2.5", "", "20"), part("2", "", "5", "", "5"), part("3", "", "5", "", "")}
	got, note := officeRows(&weighed, lost, map[string]string{"1": "A", "2": "A", "3": "A"}, b)
	if len(got) != 1 || got[0].Lost != "7,5" || got[0].Unknown == "" || note == "" {
		t.Errorf("weighed: got %+v %q, want 7,5 and one unknown", got, note)
	}
}

// upload sends a file with the form of the page of goals.
func (f *fixture) uploadCSV(t *testing.T, content string) (*http.Response, string) {
	t.Helper()
	token, cookie := f.visit(t)
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for _, field := range [][2]string{{csrfField, token}, {"unit", "vn63:80"}, {"author", "Nguyễn Văn A"}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.CreateFormFile("file", "muc-tieu.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/goals/upload", strings.NewReader(body.String()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", own)
	r.Header.Set("Cookie", cookie)
	res := f.do(t, r)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// What is handed out comes back as it was, with texts that a spreadsheet would take for formulas and codes it would take for numbers.
func TestOwnCSV(t *testing.T) {
	f := newFixture(t)
	texts := []string{"=1+1", "'=1+1", "@SUM(A1)", "-5 điểm", `"trích", và; phẩy`, "'ngoặc", "Đà Nẵng"}
	for i, text := range texts {
		if res, _ := f.post(t, "/goals", form("unit", "vn63:80", "index", "par", "year", strconv.Itoa(2010+i), "place", "10", "score", "85,125", "text", text)); res.StatusCode != 303 {
			t.Fatalf("%q: got %d", text, res.StatusCode)
		}
	}
	if res, _ := f.post(t, "/owners/par?unit=vn63:80&basis=2012", form("office.7", "+Sở TT&TT", "was.7", "")); res.StatusCode != 303 {
		t.Fatalf("owner: got %d", res.StatusCode)
	}
	before := f.reader.own.told()
	res, file := f.get(t, "/goals.csv?unit=vn63:80")
	if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="chiso-muc-tieu-vn63-80.csv"`) {
		t.Errorf("the file is handed out as %s", got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != len(texts)+2 || !strings.HasPrefix(file, "\ufeff") {
		t.Fatalf("file: %d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	if res, body := f.uploadCSV(t, file); res.StatusCode != 303 || !strings.Contains(res.Header.Get("Location"), "done=same") || f.reader.own.told() != before {
		t.Errorf("the same again: got %d %s %s\n%s", res.StatusCode, res.Header.Get("Location"), f.reader.own.told(), clip(body, 600))
	}
	empty := newFixture(t)
	if res, body := empty.uploadCSV(t, strings.ReplaceAll(file, "\ufeff", "")); res.StatusCode != 303 {
		t.Fatalf("into an empty one: got %d %s", res.StatusCode, body)
	}
	sorted := func(s string) []string { l := strings.Split(s, "\n"); slices.Sort(l); return l }
	if diff := cmp.Diff(sorted(before), sorted(empty.reader.own.told())); diff != "" {
		t.Errorf("into an empty one (-want +got):\n%s", diff)
	}
}

func TestOwnCSVIsStrict(t *testing.T) {
	const head = "kind,index,basis,unit,year,component,goal_place,goal_score,office,text\n"
	for name, tt := range map[string]struct {
		file string
		want []csvProblem
	}{
		"nothing":          {"", []csvProblem{{0, "Tệp không có dòng nào để đọc."}}},
		"a heading alone":  {head, []csvProblem{{0, "Tệp không có dòng nào để đọc."}}},
		"Latin-1":          {head + "target,par,,vn63:80,2020,,10,,,B\xe1o", []csvProblem{{0, "Tệp không theo bảng mã UTF-8; trong Excel hãy lưu kiểu “CSV UTF-8”."}}},
		"a strange column": {"kind,index,unit,yaer\n", []csvProblem{{1, "Không có cột nào tên “yaer”."}}},
		"a missing column": {"kind;index\n", []csvProblem{{1, "Thiếu cột “unit”."}}},
		"several mistakes": {head + "target,par,,vn63:80,2020,,10,,,\n\ntarget,par,,vn63:80,2020,,9,,,\ntarget,par,,vn63:80,20x0,,9,,,\nowner,par,2012,vn63:80,,99,,,Sở,\nowner,par,2012,vn63:80,2020,1,,,Sở,\nowner,par,2012,vn63:80,,1,,,,\nnote,par,,vn63:80,,,,,,\n", []csvProblem{
			{4, "Trùng với dòng 2."}, {5, "Năm “20x0” không đúng; cần một năm từ 1990 đến 2041."}, {6, "Bộ tiêu chí không có thành phần “99”."},
			{7, "Cột “year” phải để trống ở loại dòng này."}, {8, "Chưa ghi đơn vị phụ trách."}, {9, "Loại “note” không có; cần target hoặc owner."},
		}},
		"thousands": {head + "target,par,,vn63:80,2020,,,85125,,\n", []csvProblem{{2, "Điểm “85125” không đúng; cần một số như 85,5, không quá 100."}}},
	} {
		f := newFixture(t)
		entries, got := f.readOwnCSV([]byte(tt.file), "A", "vi")
		if diff := cmp.Diff(tt.want, got); diff != "" || len(entries) != 0 {
			t.Errorf("%s: %d entries (-want +got):\n%s", name, len(entries), diff)
		}
		if res, body := f.uploadCSV(t, tt.file); res.StatusCode != 400 || len(f.reader.own.rows) != 0 || !strings.Contains(body, "Không lưu dòng nào") {
			t.Errorf("%s: got %d, %d rows", name, res.StatusCode, len(f.reader.own.rows))
		}
	}
	f := newFixture(t)
	semicolons := strings.ReplaceAll(head, ",", ";") + "target;par;;vn63:80;2020;;;85,5;;\r\n"
	if entries, problems := f.readOwnCSV([]byte(semicolons), "A", "vi"); len(problems) != 0 || len(entries) != 1 || entries[0].GoalScore.String() != "85.5" {
		t.Errorf("as a Vietnamese Excel saves it: got %v %v", entries, problems)
	}
}
