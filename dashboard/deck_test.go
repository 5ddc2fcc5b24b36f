package dashboard

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"chiso/reform"
)

// A report is written from a list of slides: words, pictures pinned to what is loaded. What nothing
// is known of is left out, and the report says so.
func TestReport(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	file := DeckFile{Title: "Báo cáo {name}", Lang: "vi", Slides: []DeckSlide{
		{Cover: true, Title: "Cải cách hành chính {name}"},
		{Figure: "rank-history?index=par&unit={unit}", Notes: []string{"{name} xếp 5/63."}},
		{Figure: "/figures/subscores.svg?index=s766&unit={unit}&period=2023", Title: "Chỉ số 766 {không}"},
		{Figure: "rank-history?index=sipas&unit={unit}"},
		{Table: "sources"},
	}}
	r, err := f.Report(ctx, file, DeckOptions{Units: []reform.UnitKey{"vn63:80"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(r.Left, "|"), "Thứ hạng SIPAS"; got != want {
		t.Errorf("left out: got %q, want %q", got, want)
	}
	b, err := r.File(ctx, "pptx")
	if err != nil {
		t.Fatal(err)
	}
	ps := slideParts(t, string(b))
	for part, want := range map[string]string{
		"ppt/slides/slide1.xml":           "Cải cách hành chính Long An",
		"ppt/notesSlides/notesSlide1.xml": "Không có trong báo cáo vì chưa có số liệu: Thứ hạng SIPAS.",
		"ppt/slides/slide2.xml":           "Xếp hạng PAR INDEX của tỉnh Long An",
		"ppt/slides/slide3.xml":           "Chỉ số 766 {không}",
		"ppt/slides/slide4.xml":           "Long An đạt kết quả tích cực trong cải cách hành chính",
		"ppt/tags/chiso1.xml":             "/figures/rank-history?index=par&amp;rev=7&amp;unit=vn63:80",
		"ppt/notesSlides/notesSlide2.xml": "Long An xếp 5/63.",
		"docProps/core.xml":               "Báo cáo Long An",
	} {
		if !strings.Contains(ps[part], want) {
			t.Errorf("%s lacks %q", part, want)
		}
	}
	if _, ok := ps["ppt/slides/slide5.xml"]; ok {
		t.Error("a slide without data is in the presentation")
	}
	again, err := r.File(ctx, "pptx")
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same report twice: %d and %d bytes, %v", len(b), len(again), err)
	}

	pdf, err := r.File(ctx, "pdf")
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) || bytes.Count(pdf, []byte("/Type /Page\n")) != 4 {
		t.Errorf("PDF: %d bytes, %d pages, %v; want 4 pages", len(pdf), bytes.Count(pdf, []byte("/Type /Page\n")), err)
	}
	book, err := r.File(ctx, "xlsx")
	if err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // read only
	if got := strings.Join(x.GetSheetList(), "|"); !strings.HasPrefix(got, "PAR INDEX - Thứ hạng|Số liệu biểu đồ|Chỉ số 766 - Điểm thành phần|") {
		t.Errorf("sheets: %s", got)
	}
	if _, err := r.File(ctx, "docx"); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("docx: got %v", err)
	}

	for figure, want := range map[string]error{
		"rank-history?index=par&unit=vn63:80&colour=red": reform.ErrInvalid,
		"pie?index=par":               reform.ErrNotFound,
		"rank-history?index=par&unit": reform.ErrInvalid,
	} {
		_, err := f.Report(ctx, DeckFile{Slides: []DeckSlide{{Figure: figure}}}, DeckOptions{})
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "slide 1") {
			t.Errorf("%s: got %v, want an error of slide 1 of kind %v", figure, err, want)
		}
	}
	if _, err := f.Report(ctx, file, DeckOptions{}); !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), "needs a unit") {
		t.Errorf("without a unit: got %v", err)
	}
	if _, err := f.Report(ctx, file, DeckOptions{Units: []reform.UnitKey{"vn63:xx"}}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("an unknown unit: got %v", err)
	}
	nothing := DeckFile{Slides: []DeckSlide{{Cover: true, Title: "x"}, {Figure: "rank-history?index=sipas&unit=vn63:80"}, {Table: "sources"}}}
	if _, err := f.Report(ctx, nothing, DeckOptions{}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("a report without anything: got %v, want ErrNotFound", err)
	}
}

func TestParseDeck(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"good":            {"title: x\nslides:\n  - title: y\n", ""},
		"no slides":       {"title: x\n", "no slides"},
		"a misspelt word": {"slides:\n  - figur: x\n", "figur"},
		"a ratio":         {"ratio: 3:2\nslides: [{title: x}]\n", "ratio"},
		"two kinds":       {"slides: [{cover: true, figure: \"map?index=par\"}]\n", "only one of"},
		"nothing":         {"slides: [{notes: [x]}]\n", "nothing is on it"},
		"a table":         {"slides: [{table: all}]\n", "table"},
		"a finding":       {"slides: [{figure: \"map?index=par\", finding: [luck]}]\n", "luck"},
		"no YAML":         {"slides: [", ""},
		"long":            {strings.Repeat("#", mostDeckFile+1), "at most"},
		"many":            {"slides:\n" + strings.Repeat("  - title: x\n", mostSlides+1), "at most"},
	} {
		_, err := ParseDeck([]byte(tt.in))
		if name == "good" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// Every recipe makes every kind of file of a unit of which something is known.
func TestRecipes(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	all, err := Recipes()
	if err != nil || len(all) < 4 {
		t.Fatalf("%d recipes, %v", len(all), err)
	}
	for _, one := range all {
		o := DeckOptions{Units: []reform.UnitKey{"vn63:80"}}
		switch one.Name {
		case "compare":
			o.Units = append(o.Units, "vn63:82")
		case "ranking":
			o.Index = "papi"
		case "live":
			o.Units = []reform.UnitKey{"vn34:91"}
		}
		for _, o.Lang = range []string{"vi", "en"} {
			r, err := f.Report(ctx, one.File, o)
			if err != nil {
				t.Errorf("%s: %v", one.Name, err)
				continue
			}
			for i, s := range r.Slides {
				for _, text := range append([]string{s.Title, s.Subtitle}, append(s.Text, s.Notes...)...) {
					if strings.Contains(text, "{") || strings.HasPrefix(text, "@") {
						t.Errorf("%s, slide %d: %q", one.Name, i+1, text)
					}
				}
			}
			for _, format := range deckFormats {
				if b, err := r.File(ctx, format.Name); err != nil || len(b) < 2000 {
					t.Errorf("%s as %s: %d bytes, %v", one.Name, format.Name, len(b), err)
				}
			}
		}
	}
}

// The titles of the briefing say the finding.
func TestProvinceReport(t *testing.T) {
	f := newFixture(t)
	one, err := RecipeNamed("province")
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Report(context.Background(), one.File, DeckOptions{Units: []reform.UnitKey{"vn63:80"}})
	if err != nil {
		t.Fatal(err)
	}
	titles := []string{}
	for _, s := range r.Slides {
		if s.Title == "" && s.Picture != nil {
			s.Title = s.Picture.Title // of the picture's own address, so that it is true when the slide is drawn again
		}
		titles = append(titles, s.Title)
	}
	all := strings.Join(titles, "\n")
	for _, want := range []string{"Các chỉ số cải cách của Long An", "Long An: kết quả mới nhất của từng chỉ số", "năm 2019 tỉnh Long An xếp hạng 5/63, tăng 2 bậc so với năm 2018 (7/63)", "Nguồn số liệu"} {
		if !strings.Contains(all, want) {
			t.Errorf("no title %q in\n%s", want, all)
		}
	}
	if len(r.Summary) == 0 || len(r.Left) == 0 {
		t.Errorf("summary %q, left out %q: want both", r.Summary, r.Left)
	}
}

// The reader's list of slides lies in a cookie: charts are added by their menu, moved, named and removed.
func TestBasket(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/units/vn63/long-an?index=par")
	address, ok := d.Find(`#history details.menu form input[name="figure"]`).Attr("value")
	if !ok || !strings.HasPrefix(address, "rank-history?") {
		t.Fatalf("the menu of the chart offers %q", address)
	}
	cookie := ""
	post := func(pairs ...string) *http.Response {
		t.Helper()
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		res := f.postDeck(t, q, "Cookie", cookie)
		for _, c := range res.Cookies() {
			if c.Name == deckCookie {
				cookie = c.Name + "=" + c.Value
			}
		}
		return res
	}
	titles := func() string {
		t.Helper()
		var out []string
		for _, s := range basketOf(t, cookie).Slides {
			out = append(out, s.Title+"<"+strings.SplitN(s.Figure, "?", 2)[0]+">")
		}
		return strings.Join(out, " ")
	}
	for _, step := range []struct {
		form []string
		code int
		want string
	}{
		{[]string{"do", "add", "figure", address}, 303, "<rank-history>"},
		{[]string{"do", "add", "figure", "subscores?index=s766&unit=vn63:80&period=2023"}, 303, "<rank-history> <subscores>"},
		{[]string{"do", "add", "figure", "pie?x=y"}, 404, "<rank-history> <subscores>"},
		{[]string{"do", "up-1", "title-0", "Một <b>"}, 303, "<subscores> Một <b><rank-history>"},
		{[]string{"do", "up-0"}, 303, "<subscores> Một <b><rank-history>"},
		{[]string{"do", "save", "title-0", "x", "was-0", "x", "heading", "Tên"}, 303, "<subscores> Một <b><rank-history>"},
		{[]string{"do", "down-0"}, 303, "Một <b><rank-history> <subscores>"},
		{[]string{"do", "remove-7"}, 409, "Một <b><rank-history> <subscores>"},
		{[]string{"do", "remove-1"}, 303, "Một <b><rank-history>"},
		{[]string{"do", "dance"}, 400, "Một <b><rank-history>"},
	} {
		if res := post(step.form...); res.StatusCode != step.code {
			t.Errorf("%q: status %d, want %d", step.form, res.StatusCode, step.code)
		}
		if got := titles(); got != step.want {
			t.Errorf("%q: got %s, want %s", step.form, got, step.want)
		}
	}
	page := f.page(t, "/deck", "Cookie", cookie)
	if got := page.Find(`input[name="title-0"]`).AttrOr("value", ""); got != "Một <b>" {
		t.Errorf("the title in the form: %q", got)
	}
	for _, format := range []string{"pptx", "pdf", "xlsx"} {
		res, body := f.get(t, "/deck/file?ratio=a4&theme=mono&lang=en&format="+format, "Cookie", cookie)
		if res.StatusCode != 200 || len(body) < 2000 || !strings.Contains(res.Header.Get("Content-Disposition"), "."+format) {
			t.Errorf("%s: status %d, %d bytes, %s", format, res.StatusCode, len(body), res.Header.Get("Content-Disposition"))
		}
		if c := res.Header.Get("Set-Cookie"); strings.Contains(c, langCookie) {
			t.Errorf("%s: the language of a file became that of the pages: %s", format, c)
		}
	}
	res, list := f.get(t, "/deck/slides.yaml", "Cookie", cookie)
	if res.StatusCode != 200 || !strings.Contains(list, "rank-history?index=par&") {
		t.Errorf("YAML: status %d: %s", res.StatusCode, list)
	}
	if _, err := ParseDeck([]byte(list)); err != nil {
		t.Errorf("the downloaded list can't be read again: %v", err)
	}
	if res := post("do", "recipe", "name", "province", "unit", "vn63:80"); res.StatusCode != 303 {
		t.Errorf("a recipe: status %d", res.StatusCode)
	}
	if got := basketOf(t, cookie); got.Unit != "vn63:80" || len(got.Slides) < 6 {
		t.Errorf("the recipe in the list: %+v", got)
	}
	if d := f.page(t, "/deck?lang=en", "Cookie", cookie); d.Find(".slides li").Length() < 6 {
		t.Error("the recipe is not on the page")
	}
	for i := range 60 {
		post("do", "add", "figure", "ranking?index=par&period=20"+string(rune('0'+i%3))+string(rune('0'+i%10)))
	}
	if n := len(cookie); n > mostCookie+100 {
		t.Errorf("the cookie has %d bytes", n)
	}
	if res := post("do", "clear"); res.StatusCode != 303 || cookie != deckCookie+"=" {
		t.Errorf("emptied: status %d, cookie %q", res.StatusCode, cookie)
	}
	if res, _ := f.get(t, "/deck/file?format=pdf"); res.StatusCode != 404 {
		t.Errorf("a file of nothing: status %d", res.StatusCode)
	}
	res = f.postDeck(t, url.Values{"do": {"add"}, "figure": {address}}, "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != 403 {
		t.Errorf("from another site: status %d", res.StatusCode)
	}
	for _, bad := range []string{"%%%", "AAAA", strings.Repeat("A", 9000)} {
		if d := f.page(t, "/deck", "Cookie", deckCookie+"="+bad); d.Find(".slides").Length() != 0 {
			t.Errorf("the cookie %.20q has slides", bad)
		}
	}
}

func (f *fixture) postDeck(t *testing.T, q url.Values, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/deck", strings.NewReader(q.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return f.do(t, r)
}

func basketOf(t *testing.T, cookie string) DeckFile {
	t.Helper()
	_, v, _ := strings.Cut(cookie, "=")
	d, err := unpackBasket(v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRecipeFile(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]int{
		"/deck/recipe?name=province&unit=vn63:80&format=pdf": 200, "/deck/recipe?name=province&unit=vn63:80&format=doc": 400, "/deck/recipe?name=none&unit=vn63:80&format=pdf": 404,
		"/deck/recipe?name=province&format=pdf": 400, "/deck/recipe?name=province&unit=vn63:zz&format=pdf": 400, "/deck/recipe?name=province&unit=vn63:80&format=pdf&x=1": 400,
		"/deck/recipe?name=ranking&unit=vn63:80&index=papi&period=2016&format=xlsx": 200, "/deck/recipe?name=province&unit=vn63:80&format=pptx&rev=3": 200,
	} {
		if res, body := f.get(t, path); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d: %s", path, res.StatusCode, want, clip(body, 200))
		}
	}
}

// A report of the newest month finds out which one that is from the table that it shows.
func TestReportAsksForTheNewestMonthOnce(t *testing.T) {
	f := newFixture(t)
	one, err := RecipeNamed("live")
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Report(t.Context(), one.File, DeckOptions{Units: []reform.UnitKey{"vn34:91"}})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Slides, func(s ReportSlide) bool { return s.Picture != nil && s.Picture.Name == "live-province" })
	if i < 0 || len(r.Slides[i].Picture.Table.Rows) != 34 || !strings.Contains(r.Slides[i].Subtitle+r.Slides[i].Picture.Subtitle, "10/2025") {
		t.Errorf("no slide with all provinces in October: %+v", r.Slides)
	}
	n := 0
	for _, q := range f.reader.liveAsked {
		if q.Parent == "" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("asked %d times for the provinces, want once: %+v", n, f.reader.liveAsked)
	}
}
