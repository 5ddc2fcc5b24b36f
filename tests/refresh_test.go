package tests

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// revised are two facts of a document that outweighs the shipped ones.
const revised = `index,basis,unit,unit_name,period,component,stage,score,max,numerator,denominator,place,of,scope,rank_kind,status,observed_at,source_title,source_issuer,source_number,source_date,source_url,source_authority,locator,note
par,2019,vn63:80,Long An,2019,,,,,,,7,63,nation,published,final,2025-11-01,Đính chính kết quả năm 2019 (dữ liệu thử),Bộ Nội vụ,,2025-11-01,,1,,
s766,portal-2022,vn63:80,Long An,2023,CLGQ,,4.25,12,,,,,nation,,final,2025-11-01,Đính chính kết quả năm 2019 (dữ liệu thử),Bộ Nội vụ,,2025-11-01,,1,,
`

// TestRefresh draws a deck of the shipped facts, loads facts that change a place and a sub-score,
// and draws the old deck anew: with what is loaded now, and back at the revision of before.
func TestRefresh(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	serve(t, data)
	file := func(name, body string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if body != "" {
			if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	run := func(args ...string) string {
		t.Helper()
		code, out, errs := chiso(t, append(args, "--data-dir", data)...)
		if code != 0 {
			t.Fatalf("%s: exit code %d: %s %s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	plan := file("plan.yaml", "title: Long An\nslides:\n  - figure: rank-history?index=par&unit={unit}\n  - figure: subscores?index=s766&unit={unit}&period=2023\n")
	old, now, back := file("old.pptx", ""), file("new.pptx", ""), file("back.pptx", "")
	run("export", "deck", plan, "--unit", "vn63:80", "-o", old)
	before := pptx(t, old)
	rev := regexp.MustCompile(`rev=(\d+)`).FindStringSubmatch(before["ppt/tags/chiso1.xml"])
	if rev == nil {
		t.Fatal("the deck bears no revision")
	}
	run("ingest", file("revised.csv", revised))

	// Somebody has moved and renamed the chart and changed the subtitle.
	moved := file("moved.pptx", "")
	const place = `<a:off x="1111111" y="2222222"/><a:ext cx="7000000" cy="3500000"/>`
	rewritten(t, old, moved, func(name, body string) string {
		if name == "ppt/slides/slide1.xml" {
			body = regexp.MustCompile(`(<p:graphicFrame>.*?<p:xfrm>)<a:off[^>]*/><a:ext[^>]*/>`).ReplaceAllString(body, "${1}"+place)
			body = regexp.MustCompile(`name="Chart[^"]*"`).ReplaceAllString(body, `name="Của tôi"`)
		}
		return body
	})
	report := file("report.json", "")
	run("export", "refresh", moved, "-o", now, "--report", report)
	var said struct {
		Redrawn int `json:"redrawn"`
		Changes []struct {
			Kind, Old, New string
			Text           map[string]string
		} `json:"changes"`
	}
	b, err := os.ReadFile(report)
	if err == nil {
		err = json.Unmarshal(b, &said)
	}
	if err != nil || said.Redrawn != 2 {
		t.Fatalf("report: %v: %s", err, b)
	}
	for _, want := range []string{
		"Trang 1: PAR INDEX 2019, Long An: 7/63 (trước đây 5/63)", "Slide 1: PAR INDEX 2019, Long An: 7/63 (was 5/63)",
		"Dịch vụ công trực tuyến: 4,25/12 (35%) (trước đây 3,5/12 (29%))",
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the report lacks %q: %s", want, b)
		}
	}
	after := pptx(t, now)
	if s := after["ppt/slides/slide1.xml"]; !strings.Contains(s, place) || !strings.Contains(s, `name="Của tôi"`) {
		t.Error("the chart is no longer where it was put, or is called otherwise")
	}
	values := func(ps map[string]string) string {
		var out []string
		for _, m := range regexp.MustCompile(`<c:numCache>.*?</c:numCache>`).FindAllString(ps["ppt/charts/chart1.xml"]+ps["ppt/charts/chart2.xml"], -1) {
			out = append(out, regexp.MustCompile(`<c:v>([^<]*)</c:v>`).FindAllString(m, -1)...)
		}
		return strings.Join(out, " ")
	}
	if a, b := values(before), values(after); a == b || !strings.Contains(b, "4.25") || strings.Contains(b, "<c:v>3.5</c:v>") {
		t.Errorf("numbers before %s, after %s", a, b)
	}
	run("export", "refresh", now, "-o", back, "--rev", rev[1])
	if a, b := values(before), values(pptx(t, back)); a != b {
		t.Errorf("back at revision %s: %s, want %s", rev[1], b, a)
	}
	if code, _, errs := chiso(t, "export", "refresh", now, "--rev", "1", "--as-of", "2025-10-15", "--data-dir", data); code == 0 || !strings.Contains(errs, "as-of") {
		t.Errorf("a day and a revision: exit code %d: %s", code, errs)
	}
}

// pptx is the parts of a deck.
func pptx(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// rewritten writes a deck with some parts changed.
func rewritten(t *testing.T, from, to string, change func(name, body string) string) {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	ps := pptx(t, from)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		p, err := w.Create(f.Name)
		if err == nil {
			_, err = io.WriteString(p, change(f.Name, ps[f.Name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
