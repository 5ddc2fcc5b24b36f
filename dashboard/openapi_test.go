package dashboard

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// apiCalls name every address of the API at least once.
var apiCalls = []string{
	"/rank-history?index=par&unit=vn63:80", "/rank-history?index=par&unit=vn63:80,vn63:72&scope=nation", "/rank-history?index=par&unit=vn34:80", "/rank-history?index=sipas&unit=vn63:80&period_kind=month",
	"/rank-history?index=s766&unit=vn63:80&as_of=2024-01-01&rev=3", "/rank-history?index=par",
	"/ranking?index=par&period=2019", "/ranking?index=papi", "/ranking?index=sipas", "/ranking?index=papi&scope=vn63:r:DBSCL", "/ranking?index=par&period=19",
	"/subscores?index=s766&unit=vn63:80&period=2023", "/subscores?index=sipas&unit=vn63:80&period=2023",
	"/briefing?index=par&unit=vn63:80", "/briefing?index=s766&unit=vn63:80&period=2023&lang=en", "/briefing?index=ddci&unit=vn34:80", "/briefing?index=par&unit=vn63:80&as_of=2024-10-15",
	"/live", "/live?period=2025-08&lang=en", "/live?unit=vn34:91&type=commune&period_kind=month", "/live?type=department", "/live?period_kind=quarter&rev=3",
	"/editions", "/editions?index=par", "/units", "/units?scheme=vn34&type=region", "/units/vn63:80", "/units/vn63%3A80", "/units/vn63:80/so-tu-phap", "/units/vn34:80", "/units/vn63:99",
	"/indices", "/indices/par", "/indices/dossiers", "/documents/" + docSeed, "/documents/" + docHeld + "?limit=5&offset=3", "/documents/x",
	"/facts?index=par&unit=vn63:80&period=2019", "/conflicts", "/conflicts?index=par&unit=vn63:80", "/review", "/review?state=all&limit=1", "/review?state=decided&index=par&unit=vn63:80", "/targets", "/targets?index=par&unit=vn63:80,vn63:01&period=2025&rev=3", "/owners?index=par&unit=vn63:80", "/annotations?period=2020", "/search?q=dong+thap", "/search?q=hcm&limit=3", "/health", "/ready",
}

func TestOpenAPI(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	called := map[string]bool{}
	for _, call := range apiCalls {
		t.Run(call, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodGet, "/api/v1"+call, nil)
			route, path, err := router.FindRoute(req)
			// A key with a slash in it is one parameter to us and two segments to the router.
			if err != nil && strings.HasPrefix(call, "/units/") {
				plain := httptest.NewRequest(http.MethodGet, "/api/v1/units/x", nil)
				route, path, err = router.FindRoute(plain)
			}
			if err != nil {
				t.Fatal(err)
			}
			called[route.Path] = true
			res, body := f.get(t, "/api/v1"+call)
			in := &openapi3filter.ResponseValidationInput{
				RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: path, Route: route},
				Status:                 res.StatusCode, Header: res.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
			}
			in.SetBodyBytes([]byte(body))
			if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
				t.Errorf("status %d: %v\n%s", res.StatusCode, err, clip(body, 500))
			}
			want := 200
			for part, status := range map[string]int{"vn63:99": 404, "/documents/x": 404, "period=19": 400} {
				if strings.HasSuffix(call, part) {
					want = status
				}
			}
			if call == "/rank-history?index=par" {
				want = 400
			}
			if res.StatusCode != want {
				t.Errorf("status: got %d, want %d: %s", res.StatusCode, want, clip(body, 200))
			}
		})
	}
	for path := range doc.Paths.Map() {
		if !called[path] {
			t.Errorf("%s is described and not tested", path)
		}
	}
	res, served := f.get(t, "/api/v1/openapi.json")
	if res.StatusCode != 200 || served != string(openAPI) {
		t.Errorf("openapi.json: status %d", res.StatusCode)
	}
}

// Every address of the API that takes parameters is described, with all of them.
func TestOpenAPIComplete(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	for _, routes := range f.App().Stack() {
		for _, r := range routes {
			p, ok := strings.CutPrefix(r.Path, "/api/v1")
			if !ok || p == "" || p == "/" || strings.HasSuffix(p, ".csv") || strings.HasSuffix(p, ".json") {
				continue
			}
			p = strings.NewReplacer("/units/*", "/units/{key}", ":code", "{code}", ":id", "{id}").Replace(p)
			if doc.Paths.Find(p) == nil {
				t.Errorf("%s is served and not described", p)
			}
		}
	}
}

func TestAPIShapes(t *testing.T) {
	f := newFixture(t)
	v := f.json(t, "/api/v1/rank-history?index=par&unit=vn63:80")
	points := v["points"].([]any)
	want := map[string]float64{"2012": 20, "2013": 50, "2014": 48, "2015": 23, "2016": 30, "2017": 12, "2018": 7, "2019": 5}
	if len(points) != len(want) {
		t.Fatalf("got %d points, want %d", len(points), len(want))
	}
	for _, p := range points {
		pt := p.(map[string]any)
		if pt["place"] != want[pt["period"].(string)] || pt["of"] != 63.0 || pt["scope"] != "nation" || pt["score"] != nil || pt["rank_kind"] != "published" || pt["document"] != docSeed {
			t.Errorf("got %v", pt)
		}
	}
	if v := f.json(t, "/api/v1/rank-history?index=par&unit=vn34:80"); len(v["points"].([]any)) != 0 {
		t.Errorf("Tây Ninh (34): got %v, want no point of Long An", v["points"])
	}
	if v := f.json(t, "/api/v1/rank-history?index=par&unit=vn63:80&unit=vn63:72"); len(v["series"].([]any)) != 2 {
		t.Errorf("two units: got %d series", len(v["series"].([]any)))
	}
	rows := f.json(t, "/api/v1/subscores?index=s766&unit=vn63:80&period=2023")["rows"].([]any)
	got := map[string]string{}
	for _, r := range rows {
		row := r.(map[string]any)
		got[row["component"].(string)] = row["score"].(string) + "/" + row["max"].(string)
	}
	for code, want := range map[string]string{"DVCTT": "3.5/12", "TTTT": "3.7/10", "MDSH": "5.3/22"} {
		if got[code] != want {
			t.Errorf("%s: got %s, want %s", code, got[code], want)
		}
	}
}

func TestCSV(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{
		"/api/v1/rank-history.csv?index=par&unit=vn63:80", "/api/v1/rank-history?index=par&unit=vn63:80&format=csv", "/figures/rank-history.csv?index=par&unit=vn63:80",
	} {
		res, body := f.get(t, path)
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(rows) != 9 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %d rows, %v, %s", path, len(rows), err, res.Header.Get("Content-Type"))
		}
	}
	res, _ := f.get(t, "/api/v1/ranking?index=par&period=2019", "Accept", "text/csv")
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv") {
		t.Errorf("Accept: got %s", got)
	}
	_, body := f.get(t, "/api/v1/ranking.csv?index=par&period=2019&bom=1")
	if !bytes.HasPrefix([]byte(body), []byte("\xef\xbb\xbf")) {
		t.Error("bom=1: no mark in front")
	}
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-0.5": "-0.5", "+1.2": "+1.2", "-a": "'-a", "Long An": "Long An", "": ""} {
		if got := noFormula(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct{ path, kind, begins string }{
		{"/figures/rank-history.svg?index=par&unit=vn63:80", "image/svg+xml", "<svg"},
		{"/figures/rank-history.png?index=par&unit=vn63:80&scale=1&theme=dark&lang=en&w=640&h=400", "image/png", "\x89PNG"},
		{"/figures/ranking.svg?index=papi&period=2016&unit=vn63:80", "image/svg+xml", "<svg"},
		{"/figures/subscores.svg?index=s766&unit=vn63:80&period=2023&title=0", "image/svg+xml", "<svg"},
		{"/figures/radar.svg?index=s766&unit=vn63:80&period=2023", "image/svg+xml", "<svg"},
		{"/figures/heatmap.json?index=papi", "application/json", `{"picture":"heatmap"`},
	} {
		res, body := f.get(t, tt.path)
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), tt.kind) || !strings.HasPrefix(body, tt.begins) {
			t.Errorf("%s: got %d %s %q", tt.path, res.StatusCode, res.Header.Get("Content-Type"), clip(body, 80))
			continue
		}
		again, _ := f.get(t, tt.path, "If-None-Match", res.Header.Get("ETag"))
		if again.StatusCode != 304 {
			t.Errorf("%s: with its ETag: got %d, want 304", tt.path, again.StatusCode)
		}
	}
}
