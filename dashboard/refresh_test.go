package dashboard

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"chiso/charts/deck"
	"chiso/reform"
)

// twoStates is a reader by which Long An's place in 2019 was 5 until revision 6, and is 7 since.
type twoStates struct{ *fakeReader }

func (r twoStates) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	out, err := r.fakeReader.RankHistory(ctx, q)
	for i := range out {
		for k, p := range out[i].Points {
			if p.Period.String() == "2019" && p.Unit == "vn63:80" && (q.View.Rev == 0 || q.View.Rev > 6) {
				out[i].Points[k].Place = 7
			}
		}
	}
	return out, err
}

// oldDeck is a deck at revision 6 of a server whose data have changed since.
func oldDeck(t *testing.T, change ...func(*Options)) (*fixture, []byte) {
	t.Helper()
	f := newFixture(t, append([]func(*Options){func(o *Options) {
		o.Reader = twoStates{o.Reader.(*fakeReader)}
		o.BaseURL = "https://chiso.longan.gov.vn"
	}}, change...)...)
	d, err := f.Report(context.Background(), DeckFile{Title: "Báo cáo", Lang: "vi", Slides: []DeckSlide{
		{Cover: true, Title: "Bìa"},
		{Figure: "rank-history?index=par&unit=vn63:80&rev=6"},
		{Figure: "subscores?index=s766&unit=vn63:80&period=2023&rev=6", Title: "Tiêu đề riêng"},
	}}, DeckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.PPTX(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f, b
}

func TestRefreshDeck(t *testing.T) {
	f, old := oldDeck(t)
	b, report, err := f.RefreshDeck(context.Background(), old, RefreshAt{})
	if err != nil {
		t.Fatal(err)
	}
	text := f.RefreshText(report)
	for _, want := range []string{
		"Trang 2: PAR INDEX 2019, Long An: 7/63 (trước đây 5/63)", "Slide 2: PAR INDEX 2019, Long An: 7/63 (was 5/63)",
		"3 trang, 2 biểu đồ, bảng và hình được vẽ lại; 1 số liệu thay đổi; 0 phần không vẽ lại được.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	ps := slideParts(t, string(b))
	if s := ps["ppt/slides/slide2.xml"]; !strings.Contains(s, "dữ liệu phiên bản 7") {
		t.Error("the slide does not say revision 7")
	}
	if s := ps["ppt/slides/_rels/slide2.xml.rels"]; !strings.Contains(s, "https://chiso.longan.gov.vn/figures/rank-history?index=par&amp;rev=7&amp;unit=vn63:80") {
		t.Errorf("the link of the slide: %s", s)
	}
	if s := ps["ppt/slides/slide3.xml"]; !strings.Contains(s, "Tiêu đề riêng") {
		t.Error("the author's title is gone")
	}
	// Back again, and the same bytes each time.
	back, report, err := f.RefreshDeck(context.Background(), b, RefreshAt{Rev: "6"})
	if err != nil || !strings.Contains(f.RefreshText(report), "Long An: 5/63 (trước đây 7/63)") {
		t.Errorf("back at revision 6: %v\n%s", err, f.RefreshText(report))
	}
	if again, _, err := f.RefreshDeck(context.Background(), b, RefreshAt{Rev: "6"}); err != nil || !bytes.Equal(back, again) {
		t.Errorf("equal input gives different bytes (%v)", err)
	}
	data, err := f.RefreshJSON(report)
	var a refreshAnswer
	if err != nil || json.Unmarshal(data, &a) != nil || a.Redrawn != 2 || a.Changes[0].New != "5/63" || a.Changes[0].Text["en"] == "" {
		t.Errorf("report as data: %v\n%s", err, data)
	}
	for _, at := range []RefreshAt{{AsOf: "hôm qua"}, {Rev: "0"}, {Rev: "8"}, {Rev: "6", AsOf: "2025-10-15"}} {
		if _, _, err := f.RefreshDeck(context.Background(), old, at); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%+v: got %v, want an error of kind invalid", at, err)
		}
	}
}

// The sentences and tables that came from here are drawn again with the charts: a slide's title must not say 5/63
// above a chart that says 7/63.
func TestRefreshSentences(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Reader = twoStates{o.Reader.(*fakeReader)} })
	d, err := f.Report(context.Background(), DeckFile{Title: "Báo cáo", Lang: "vi", Slides: []DeckSlide{
		{Figure: "rank-history?index=par&unit={unit}", Finding: []string{"standing"}},
		{Table: "indices"},
		{Table: "live:province"},
		{Table: "sources"},
	}}, DeckOptions{Units: []reform.UnitKey{"vn63:80"}, View: reform.View{Rev: 6}})
	if err != nil {
		t.Fatal(err)
	}
	old, err := d.PPTX(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	const was, is = "xếp hạng 5/63, tăng 2 bậc", "xếp hạng 7/63"
	ps := slideParts(t, string(old))
	slide, notes := ps["ppt/slides/slide1.xml"], ps["ppt/notesSlides/notesSlide1.xml"]
	if !strings.Contains(slide, was) || !strings.Contains(notes, was) {
		t.Fatalf("the slide and its notes do not say %q", was)
	}
	b, report, err := f.RefreshDeck(context.Background(), old, RefreshAt{})
	if err != nil {
		t.Fatal(err)
	}
	ps = slideParts(t, string(b))
	slide, notes = ps["ppt/slides/slide1.xml"], ps["ppt/notesSlides/notesSlide1.xml"]
	if strings.Contains(slide, was) || !strings.Contains(slide, is) {
		t.Errorf("the title still says %q, not %q", was, is)
	}
	if strings.Contains(notes, was) || !strings.Contains(notes, is) {
		t.Errorf("the notes still say %q, not %q", was, is)
	}
	text := f.RefreshText(report)
	for _, want := range []string{"danh mục nguồn là của ngày lập báo cáo", "Trang 5: Nguồn số liệu: không vẽ lại được", "4 biểu đồ, bảng và hình được vẽ lại"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if s := ps["ppt/slides/_rels/slide2.xml.rels"] + ps["ppt/slides/slide2.xml"]; strings.Contains(s, "rev=6") || !strings.Contains(s, "7") {
		t.Errorf("the table of indices is still of revision 6")
	}
	// A person's own title stays.
	own := rezipped(t, old, func(name, body string) string {
		if name == "ppt/slides/slide1.xml" {
			return strings.Replace(body, "năm 2019 tỉnh Long An xếp hạng 5/63", "Chúng ta đứng thứ 5/63", 1)
		}
		return body
	})
	if b, _, err = f.RefreshDeck(context.Background(), own, RefreshAt{}); err != nil || !strings.Contains(slideParts(t, string(b))["ppt/slides/slide1.xml"], "Chúng ta đứng thứ 5/63") {
		t.Errorf("the title that a person wrote is gone (%v)", err)
	}
	// The address of a table leads people to the page that shows it.
	for path, want := range map[string]string{
		"/tables/indices?unit=vn63:80&rev=6":                           "/units/vn63/long-an?rev=6",
		"/tables/live-department?unit=vn63:80&period=2025-10":          "/live?period=2025-10&type=department&unit=vn34%3A80",
		"/tables/live-province?unit=vn63:80&period=2025&rev=6&lang=en": "/live?period=2025&rev=6",
		"/tables/sources": "/sources",
	} {
		if res, _ := f.get(t, path); res.StatusCode != http.StatusFound || res.Header.Get("Location") != want {
			t.Errorf("%s leads to %q (%d), want %q", path, res.Header.Get("Location"), res.StatusCode, want)
		}
	}
	for path, want := range map[string]int{"/tables/none": 404, "/tables/indices": 404, "/tables/indices?unit=x": 400, "/tables/indices?unit=vn63:80&what=1": 400} {
		if res, _ := f.get(t, path); res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, res.StatusCode, want)
		}
	}
	// A finding is a parameter of the picture's address like any other.
	res, svg := f.get(t, "/figures/rank-history.svg?index=par&unit=vn63:80&rev=6&finding=standing")
	if res.StatusCode != http.StatusOK || !strings.Contains(svg, "xếp hạng 5/63") {
		t.Errorf("the picture with a finding: %d", res.StatusCode)
	}
	for _, bad := range []string{"index=par&unit=vn63:80&finding=standing,nothing", "unit=vn63:80&finding=standing", "index=par&finding=standing"} {
		if res, _ := f.get(t, "/figures/rank-history.json?"+bad); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", bad, res.StatusCode)
		}
	}
}

// rezipped is a package with every part of words changed.
func rezipped(t *testing.T, b []byte, change func(name, body string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			body = []byte(change(f.Name, string(body)))
		}
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// An address in a deck is read for its parameters. Whatever it is, nothing is fetched, and what
// is none of ours stays as it is.
func TestRefreshAddresses(t *testing.T) {
	f, old := oldDeck(t)
	const ours = "https://chiso.longan.gov.vn/figures/rank-history?index=par&amp;rev=6&amp;unit=vn63:80"
	for address, why := range map[string]string{
		"https://evil.example/figures/rank-history?index=par&amp;rev=6&amp;unit=vn63:80":         "",
		"/figures/rank-history?index=par&amp;rev=6&amp;unit=vn63:80":                             "",
		"https://chiso.longan.gov.vn/figures/rank-history?index=par&amp;unit=vn63:80&amp;w=4000": "",
		"javascript:alert(1)": "không phải của một hình",
		"file:///etc/passwd":  "không phải của một hình",
		"https://u:p@chiso.example/figures/rank-history?index=par":                    "không phải của một hình",
		"https://chiso.example/api/v1/rank-history?index=par":                         "không phải của một hình",
		"https://chiso.example/figures/../figures/a/b?index=par":                      "không phải của một hình",
		"https://chiso.example/figures/pie?index=par":                                 "không có hình",
		"https://chiso.example/figures/rank-history?index=par&amp;unit=vn63:zz":       "vn63:zz",
		"https://chiso.example/figures/rank-history?index=nil&amp;unit=vn63:80":       "không có hình",
		"https://chiso.example/figures/rank-history?index=par&amp;unit=vn63:80&amp;x": "is not known here",
	} {
		file := rezipped(t, old, func(_, body string) string { return strings.ReplaceAll(body, ours, address) })
		_, report, err := f.RefreshDeck(context.Background(), file, RefreshAt{})
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		var said string
		for _, c := range report.Changes {
			if c.Slide == 2 && c.Kind == deck.Untouched {
				said = f.refreshLine(c, "vi")
			}
		}
		if (why == "") != (said == "") || !strings.Contains(said, why) {
			t.Errorf("%s: got %q, want %q", address, said, why)
		}
	}
}

// Where the engine is away the whole deck waits: half of it is worth less than none.
func TestRefreshWithoutEngine(t *testing.T) {
	f, old := oldDeck(t)
	f.reader.down.Store(true)
	if _, _, err := f.RefreshDeck(context.Background(), old, RefreshAt{}); !errors.Is(err, reform.ErrUnavailable) {
		t.Errorf("got %v, want an error of kind unavailable", err)
	}
}

// While others draw as many pictures as may wait, a deck waits for its turn instead of being refused.
func TestRefreshWaitsForItsTurn(t *testing.T) {
	file := DeckFile{Slides: []DeckSlide{{Figure: "map?index=papi&period=2016&rev=6"}}}
	first := newFixture(t)
	d, err := first.Report(t.Context(), file, DeckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	old, err := d.PPTX(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t) // which has drawn nothing yet
	busy := f.drawings.pngs
	for range cap(busy) {
		busy <- struct{}{}
	}
	free := time.AfterFunc(300*time.Millisecond, func() {
		for range cap(busy) {
			<-busy
		}
	})
	defer free.Stop()
	_, report, err := f.RefreshDeck(t.Context(), old, RefreshAt{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Redrawn == 0 || slices.ContainsFunc(report.Changes, func(c deck.Change) bool { return c.Kind == deck.Untouched }) {
		t.Errorf("drawn anew: %d pictures; %s", report.Redrawn, f.RefreshText(report))
	}
}

func TestRefreshPage(t *testing.T) {
	f, old := oldDeck(t)
	doc := f.page(t, "/export/refresh")
	res, _ := f.get(t, "/export/refresh")
	cookie := res.Header.Get("Set-Cookie")
	cookie, _, _ = strings.Cut(cookie, ";")
	token := f.page(t, "/export/refresh", "Cookie", cookie).Find("input[name=csrf]").AttrOr("value", "")
	if doc.Find(`form[action="/export/refresh"] input[type=file]`).Length() != 1 || token == "" {
		t.Fatal("the page has no form")
	}
	send := func(csrf string, more ...part) (*http.Response, string) {
		r := upload(t, "/export/refresh", append([]part{{name: "csrf", content: csrf}}, append(more, part{name: "file", file: "báo cáo.pptx", content: string(old)})...)...)
		r.Header.Set("Cookie", cookie)
		res := f.do(t, r)
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(b)
	}
	res, body := send(token)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "PAR INDEX 2019, Long An: 7/63 (trước đây 5/63)") {
		t.Fatalf("status %d: %s", res.StatusCode, clip(body, 1500))
	}
	if !strings.Contains(body, `href="/export/refresh?lang=en"`) || strings.Contains(body, `href="/load?lang=en"`) {
		t.Error("in the other language the answer does not lead back to its form")
	}
	_, data, ok := strings.Cut(body, typePPTX+";base64,")
	data, _, _ = strings.Cut(data, `"`)
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(data, "&#43;", "+"))
	if !ok || err != nil || !bytes.HasPrefix(b, []byte("PK")) {
		t.Errorf("the page holds no file: %v", err)
	}
	if !strings.Contains(body, `download="báo cáo-rev7.pptx"`) {
		t.Error("the new file has no name")
	}
	res, body = send(token, part{name: "want", content: "file"})
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != typePPTX || body != string(b) {
		t.Errorf("the file alone: status %d, %s, equal %v", res.StatusCode, res.Header.Get("Content-Type"), body == string(b))
	}
	if res, _ := send("wrong"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a wrong token: status %d, want 403", res.StatusCode)
	}
	old = []byte("not a deck")
	if res, body := send(token); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, ".pptx") {
		t.Errorf("no deck: status %d: %s", res.StatusCode, clip(body, 300))
	}
	old = bytes.Repeat([]byte("x"), 2<<20)
	if res, _ := send(token); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: status %d, want 413", res.StatusCode)
	}
	// Nothing of all this was kept.
	if left, err := os.ReadDir(f.stage.dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	far, _ := oldDeck(t, func(o *Options) { o.Listen = "0.0.0.0:8080" })
	if res, _ := far.get(t, "/export/refresh"); res.StatusCode != http.StatusForbidden {
		t.Errorf("beyond this machine without a token: status %d, want 403", res.StatusCode)
	}
}
