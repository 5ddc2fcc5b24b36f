package dashboard

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"chiso/reform"
)

const numberPage = "/conflicts/number?basis=2019&index=par&measure=place&period=2019&scope=nation&unit=vn63%3A80"

// post sends a form of a page as a browser does that has the page open.
func (f *fixture) post(t *testing.T, path string, fields url.Values, change ...func(*http.Request)) (*http.Response, *goquery.Document) {
	t.Helper()
	token, cookie := f.visit(t)
	form := url.Values{csrfField: {token}}
	for k, v := range fields {
		form[k] = v
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", own)
	r.Header.Set("Cookie", cookie)
	for _, c := range change {
		c(r)
	}
	res := f.do(t, r)
	d, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, d
}

func TestDecisions(t *testing.T) {
	who := func(more ...string) url.Values {
		v := url.Values{"author": {"  Nguyễn  Văn A "}, "reason": {"Đã xem văn bản."}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	for _, tt := range []struct {
		name, path string
		form       url.Values
		status     int
		did, says  string
	}{
		{"accept", "/review/c0ffee01", who("action", "accept"), 303, "accept c0ffee01 Nguyễn Văn A Đã xem văn bản.", ""},
		{"accept without a reason", "/review/c0ffee01", who("action", "accept", "reason", ""), 303, "accept c0ffee01 Nguyễn Văn A ", ""},
		{"reject", "/review/c0ffee01", who("action", "reject"), 303, "reject c0ffee01 Nguyễn Văn A Đã xem văn bản.", ""},
		{"reject without a reason", "/review/c0ffee01", who("action", "reject", "reason", " "), 400, "", "Chưa ghi lý do"},
		{"nobody", "/review/c0ffee01", who("action", "accept", "author", " "), 400, "", "Chưa ghi tên"},
		// What stays as it was read is not sent on: 1745,5 is how the page writes 1745.5.
		{"correct", "/review/c0ffee01", who("action", "correct", "place", "6", "of", "63", "score", "1745,5", "period", "2019", "scope", "nation"), 303, "correct c0ffee01 map[place:6] Nguyễn Văn A Đã xem văn bản.", ""},
		{"reopen", "/review/c0ffee02", who("action", "reopen", "decision", "dec-1"), 303, "reopen dec-1 Nguyễn Văn A Đã xem văn bản.", ""},
		{"unknown action", "/review/c0ffee01", who("action", "delete"), 400, "", ""},
		{"settle", numberPage, who("action", "settle", "choice", docAgain+" 6"), 303, "settle par vn63:80 2019 place 222=6 Nguyễn Văn A Đã xem văn bản.", ""},
		{"settle on nothing", numberPage, who("action", "settle"), 400, "", "Chưa chọn giá trị"},
		{"correct a number", numberPage, who("action", "correct", "value", " 7/63 "), 303, "number par vn63:80 2019 place 7/63 Nguyễn Văn A Đã xem văn bản.", ""},
		{"correct to nothing", numberPage, who("action", "correct"), 400, "", "Chưa ghi giá trị"},
		{"an unknown index", strings.Replace(numberPage, "index=par", "index=nix", 1), who("action", "correct", "value", "7"), 404, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			res, d := f.post(t, tt.path, tt.form)
			if got := strings.Join(f.people.did, "; "); res.StatusCode != tt.status || got != tt.did {
				t.Errorf("got %d %q, want %d %q", res.StatusCode, got, tt.status, tt.did)
			}
			if got := d.Find("[role=alert]").Text(); !strings.Contains(got, tt.says) {
				t.Errorf("says %q, want %q", got, tt.says)
			}
			if tt.status == 303 {
				if got := res.Header.Get("Location"); got != tt.path {
					t.Errorf("leads to %q, want %q", got, tt.path)
				}
				i := slices.IndexFunc(res.Cookies(), func(c *http.Cookie) bool { return c.Name == authorCookie })
				if i < 0 || !res.Cookies()[i].HttpOnly || res.Cookies()[i].Value != url.QueryEscape("Nguyễn Văn A") {
					t.Errorf("the name is not remembered: %v", res.Cookies())
				}
			}
		})
	}
}

// Of two who decide at once the second is told who was first, and keeps what was typed.
func TestDecidedTwice(t *testing.T) {
	for path, form := range map[string]url.Values{
		"/review/c0ffee01": {"action": {"reject"}, "author": {"B"}, "reason": {"Không <b>phải</b>."}},
		numberPage:         {"action": {"correct"}, "author": {"B"}, "reason": {"Không <b>phải</b>."}, "value": {"8/63"}},
	} {
		f := newFixture(t)
		f.people.err = fmt.Errorf("no: %w", &reform.DecidedError{By: reform.DecisionRecord{Decision: reform.Decision{Author: "Trần <i>A", At: testNow}}})
		res, d := f.post(t, path, form)
		if res.StatusCode != 409 || !strings.Contains(d.Find("[role=alert]").Text(), "Trần <i>A đã quyết định việc này lúc 25/11/2026 15:00") {
			t.Errorf("%s: got %d %q", path, res.StatusCode, d.Find("[role=alert]").Text())
		}
		if got := d.Find("textarea[name=reason]").First().Text(); got != "Không <b>phải</b>." {
			t.Errorf("%s: typed reason: got %q", path, got)
		}
		f.people.err = &reform.RefusedError{Problems: []reform.Problem{{Reason: "over", ReasonVI: "Hạng 70 quá lớn."}}}
		if res, d := f.post(t, path, form); res.StatusCode != 400 || !strings.Contains(d.Find("[role=alert]").Text(), "Hạng 70 quá lớn.") {
			t.Errorf("%s, impossible: got %d %q", path, res.StatusCode, d.Find("[role=alert]").Text())
		}
		f.people.err = reform.ErrUnavailable
		if res, _ := f.post(t, path, form); res.StatusCode != 503 {
			t.Errorf("%s, engine away: got %d, want 503", path, res.StatusCode)
		}
	}
}

// Who may not write sees what there is, and no form.
func TestDecidingIsGuarded(t *testing.T) {
	open := newFixture(t, func(o *Options) { o.Listen, o.OperatorToken = "0.0.0.0:8080", "a-token-of-the-operator" })
	for _, path := range []string{"/sources", "/sources/live-766", "/review", "/review/c0ffee01", numberPage} {
		d := open.page(t, path)
		if n := d.Find("main form[method=post]").Length(); n != 0 {
			t.Errorf("%s: %d forms for a stranger", path, n)
		}
		if d.Find(`main a[href^="/login?next="]`).Length() == 0 {
			t.Errorf("%s: no way to log in", path)
		}
		if d := newFixture(t).page(t, path); d.Find("main form[method=post]").Length() == 0 {
			t.Errorf("%s: no form on this machine", path)
		}
	}
	for _, path := range []string{"/sources/live-766/run", "/review/c0ffee01", numberPage} {
		for name, change := range map[string]func(*http.Request){
			"a wrong token":   func(r *http.Request) { r.Header.Set("Cookie", csrfCookie+"="+strings.Repeat("x", 43)) },
			"another origin":  func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
			"another host":    func(r *http.Request) { r.Host = "evil.example" },
			"through a proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") },
		} {
			f := newFixture(t)
			res, _ := f.post(t, path, url.Values{"action": {"accept"}, "author": {"A"}, "reason": {"r"}}, change)
			if res.StatusCode != 403 || len(f.people.did)+len(f.timer.started) != 0 {
				t.Errorf("%s, %s: got %d, %v %v", path, name, res.StatusCode, f.people.did, f.timer.started)
			}
		}
	}
}

func TestStartSource(t *testing.T) {
	f := newFixture(t)
	res, _ := f.post(t, "/sources/live-766/run", nil)
	if res.StatusCode != 303 || res.Header.Get("Location") != "/sources/live-766" || !slices.Equal(f.timer.started, []string{"live-766"}) {
		t.Errorf("got %d %s %v", res.StatusCode, res.Header.Get("Location"), f.timer.started)
	}
	f.timer.err = fmt.Errorf("busy: %w", reform.ErrConflict)
	for name, want := range map[string]string{"live-766": "đang được đọc", "off": "đã tắt"} {
		res, d := f.post(t, "/sources/"+name+"/run", nil)
		if res.StatusCode != 409 || !strings.Contains(d.Find("[role=alert]").Text(), want) {
			t.Errorf("%s: got %d %q, want %q", name, res.StatusCode, d.Find("[role=alert]").Text(), want)
		}
	}
	if res, _ := f.post(t, "/sources/nix/run", nil); res.StatusCode != 404 {
		t.Errorf("unknown: got %d, want 404", res.StatusCode)
	}
}

func TestSourcesPage(t *testing.T) {
	f := newFixture(t)
	f.timer.refusal = &reform.SchedulerState{Instance: "b/2", Host: "may-chu-b", PID: 77}
	d := f.page(t, "/sources")
	text := strings.Join(strings.Fields(d.Find("main").Text()), " ")
	for _, want := range []string{"số liệu đến 16/10/2025, cập nhật 10 phút trước", "Lịch do máy may-chu-a (tiến trình 41) chạy, nhịp cuối 10 giây trước", "may-chu-b (tiến trình 77)", "1 phút 35 giây", "1.745", "trễ: lẽ ra phải có trước 25/11/2026 12:00", "Máy chủ <b>không trả lời</b>.", "đã tắt"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if got := d.Find("tr.late").Length(); got != 1 {
		t.Errorf("late rows: got %d, want 1", got)
	}
	if got := d.Find(`form[action$="/run"]`).Length(); got != 2 { // live-766 and new; off is off, pci-site is another program's
		t.Errorf("buttons: got %d, want 2", got)
	}
	late := f.page(t, "/").Find(".feedlist li.late")
	if late.Length() != 1 || !strings.Contains(late.Text(), "pci-site") {
		t.Errorf("overview: got %q", late.Text())
	}
	if n := f.page(t, "/?as_of=2024-10-15").Find(".feedlist").Length(); n != 0 {
		t.Error("a past state is judged by today's clock")
	}
}

// The page that is kept tells freshness anew each minute, though nothing was loaded.
func TestFreshnessIsNotKept(t *testing.T) {
	f := newFixture(t)
	f.reader.facts = append(f.reader.facts, func() reform.FactRecord {
		r := f.reader.facts[0]
		r.Fact = reform.Fact{Index: "s766", Basis: "portal-2026", Unit: "vn63:80", Period: reform.YearPeriod(2025), Score: reform.Num("61.5"), Max: reform.Num("100"), Status: reform.Provisional, ObservedAt: testNow.Add(-time.Hour)}
		return r
	}())
	line := func() string { return f.page(t, "/units/vn63/long-an?index=s766").Find("main .fresh").Text() }
	if got, want := line(), "Số liệu đến 25/11/2026 14:00 (1 giờ trước); nguồn được đọc 10 phút trước"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	asked := f.reader.asked.Load()
	line()
	if n := f.reader.asked.Load() - asked; n > 1 { // the revision alone
		t.Errorf("the same page again asked %d times", n)
	}
	f.now = f.now.Add(61 * time.Minute)
	if got, want := line(), "Số liệu đến 25/11/2026 14:00 (2 giờ trước); nguồn được đọc 1 giờ trước"; got != want {
		t.Errorf("an hour later: got %q, want %q", got, want)
	}
	f.now = f.now.Add(48 * time.Hour)
	if d := f.page(t, "/units/vn63/long-an?index=s766"); d.Find("main .fresh.late").Length() != 1 {
		t.Error("a late source is not said to be late")
	}
	if got := f.page(t, "/units/vn63/long-an?index=par").Find("main .fresh").Length(); got != 0 {
		t.Error("an index of whole years is said to be live")
	}
}

func TestMarks(t *testing.T) {
	f := newFixture(t)
	for path, at := range map[string]string{"/rankings/par?period=2019": "td.place .mark", "/units/vn63/long-an": ".list .mark, .quiet .mark", "/": ".strip .mark"} {
		m := f.page(t, path).Find(at)
		if m.Length() == 0 || m.First().AttrOr("href", "") != numberPage {
			t.Errorf("%s: %d marks, %q", path, m.Length(), m.First().AttrOr("href", ""))
		}
		if n := f.page(t, path).Find(".mark.settled").Length(); n != 0 {
			t.Errorf("%s: open conflict marked as settled", path)
		}
	}
	asked := f.reader.conflicts.Load()
	f.page(t, "/units/vn63/long-an?index=papi")
	f.page(t, "/units/vn63/long-an?index=s766")
	if n := f.reader.conflicts.Load() - asked; n != 0 {
		t.Errorf("conflicts of the same unit and revision were asked for %d times more", n)
	}
	f.reader.rev++
	f.reader.settled = &reform.Settlement{Decision: "d", Value: "5", Author: "Trần A", At: testNow, Reason: "vì vậy"}
	f.now = f.now.Add(time.Second)
	if m := f.page(t, "/rankings/par?period=2019").Find(".mark.settled"); m.Length() == 0 || !strings.Contains(m.AttrOr("title", ""), "Trần A") {
		t.Error("a settled conflict is not marked as such")
	}
	if text := f.page(t, "/conflicts").Find("main .card").Text(); !strings.Contains(text, "Không còn số nào") {
		t.Errorf("open list: got %q", text)
	}
	if text := f.page(t, "/conflicts?state=settled").Find("main .card").Text(); !strings.Contains(text, "Trần A đã chọn 5") || !strings.Contains(text, "vì vậy") {
		t.Errorf("settled list: got %q", text)
	}
	a := f.json(t, "/api/v1/conflicts")["rows"].([]any)[0].(map[string]any)["settled"].(map[string]any)
	if a["author"] != "Trần A" || a["outdated"] != false {
		t.Errorf("API: got %v", a)
	}
}

// A page of an earlier state says so, and its links, forms and figures stay in that state.
func TestPastStates(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"/", "/rankings", "/rankings/papi?period=2016", "/units", "/units/vn63/long-an", "/compare", "/indices", "/indices/papi", "/conflicts", "/facts?index=par&unit=vn63:80&period=2019", numberPage,
		"/live", "/live?q=ninh&sort=-score&trend=vn34:24", "/live?unit=vn34:91&kind=month", "/units/vn34/an-giang/H01.12", "/analysis/board?unit=vn63:80", "/goals", "/owners/papi?unit=vn63:80", "/annotations",
		"/data", "/problems", "/problems?kind=sum-differs", "/revisions", "/revisions?index=papi", "/review"} {
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		if n := f.page(t, path).Find(".past").Length(); n != 0 {
			t.Errorf("%s: now is called past", path)
		}
		d := f.page(t, path+join+"as_of=2024-10-15&rev=3")
		banner := d.Find(".past")
		if !strings.Contains(banner.Text(), "15/10/2024 23:59") || !strings.Contains(banner.Text(), "bản số liệu 3") {
			t.Errorf("%s: banner %q", path, banner.Text())
		}
		if now := banner.Find("a").AttrOr("href", ""); strings.Contains(now, "as_of") || strings.Contains(now, "rev=") || !strings.HasPrefix(now, strings.Split(path, "?")[0]) {
			t.Errorf("%s: way to now %q", path, now)
		}
		d.Find(`main a[href^="/rankings"], main a[href^="/units"], main a[href^="/facts"], main a[href^="/indices"], main a[href^="/compare"], main a[href^="/figures"], main a[href^="/conflicts"],
			main a[href^="/live"], main a[href^="/data"], main a[href^="/problems"], main a[href^="/revisions"], main a[href="/review"], main a[href^="/review?"]`).Each(func(_ int, s *goquery.Selection) {
			u, err := url.Parse(s.AttrOr("href", ""))
			if err != nil || !strings.HasPrefix(u.Query().Get("as_of"), "2024-10-15") || u.Query().Get("rev") != "3" || len(u.Query()["as_of"]) != 1 || len(u.Query()["rev"]) != 1 {
				t.Errorf("%s: link %q leaves the state", path, s.AttrOr("href", ""))
			}
		})
		d.Find(`main form[method=get]`).Each(func(_ int, s *goquery.Selection) {
			day, rev := s.Find(`[name=as_of]`), s.Find(`[name=rev]`)
			if !strings.HasPrefix(day.AttrOr("value", ""), "2024-10-15") || rev.AttrOr("value", "") != "3" || day.Length() != 1 || rev.Length() != 1 {
				t.Errorf("%s: form %q leaves the state, or asks for it %d and %d times", path, s.AttrOr("action", ""), day.Length(), rev.Length())
			}
		})
		// A picture of the past may be put into a report, as it was then; nothing else is changed.
		if n := d.Find(`main form[method=post]:not([action="/deck"]) button`).Length(); n != 0 {
			t.Errorf("%s: a decision can be taken in the past", path)
		}
		d.Find(`main form[action="/deck"] [name=figure]`).Each(func(_ int, s *goquery.Selection) {
			if figure := s.AttrOr("value", ""); !strings.Contains(figure, "as_of=2024-10-15") || !strings.Contains(figure, "rev=3") {
				t.Errorf("%s: the report takes %q, which leaves the state", path, figure)
			}
		})
	}
	for _, path := range []string{"/?as_of=yesterday", "/rankings?rev=x", "/indices/par?as_of=2024-13-01"} {
		if res, _ := f.get(t, path); res.StatusCode != 400 {
			t.Errorf("%s: got %d, want 400", path, res.StatusCode)
		}
	}
}

func TestRunPage(t *testing.T) {
	text := strings.Join(strings.Fields(newFixture(t).page(t, "/runs/run-1").Find("main").Text()), " ")
	for _, want := range []string{"Điểm tăng 6,00 trong một ngày.", "hạng 4/63, 9,25 điểm", "hạng 3/63, 9,5 điểm", "1 sửa đổi đầu tiên trong 900", "điểm vượt điểm tối đa"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

func TestLoadShowsCandidates(t *testing.T) {
	f := newFixture(t)
	f.loader.report = LoadReport{Kind: "table", Document: docHeld, Review: 3, Notes: []string{"Sheet2: a chart"}, Mapping: []ColumnMapping{{Place: "A", Heading: "Tỉnh", Meaning: "unit"}}, MappingFile: []byte("name: x\n")}
	token, cookie := f.visit(t)
	r := upload(t, "/load", part{name: "csrf", content: token}, part{name: "file", file: "Xếp hạng 2025.xlsx", content: "x"})
	r.Header.Set("Cookie", cookie)
	status, body := f.send(t, r)
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil || status != 200 {
		t.Fatal(status, err)
	}
	for _, want := range []string{"có 3 số liệu chờ người duyệt", "Sheet2: a chart"} {
		if !strings.Contains(d.Find("main").Text(), want) {
			t.Errorf("no %q", want)
		}
	}
	if d.Find(`form[action="/load/commit"]`).Length() != 1 {
		t.Error("candidates alone can't be loaded")
	}
	href := d.Find(`a[href^="/load/mapping"]`).AttrOr("href", "")
	res, file := f.get(t, href)
	if res.StatusCode != 200 || file != "name: x\n" || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(res.Header.Get("Content-Disposition"), "mapping.yaml") {
		t.Errorf("mapping: got %d %q %s", res.StatusCode, file, res.Header.Get("Content-Disposition"))
	}
	if res, _ := f.get(t, "/load/mapping?staged=nix"); res.StatusCode != 404 {
		t.Errorf("unknown mapping: got %d, want 404", res.StatusCode)
	}
}
