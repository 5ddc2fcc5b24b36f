package dashboard

import (
	"archive/zip"
	"io"
	"strings"
	"testing"
)

// slideParts reads a deck that the server sent.
func slideParts(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("%v: %s", err, clip(body, 200))
	}
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

// A slide has the picture as a native chart with its labels, its source and the address of the same picture.
func TestSlide(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.BaseURL = "https://chiso.example.vn/" })
	const path = "/figures/rank-history.pptx?index=par&unit=vn63:80"
	_, body := f.get(t, path)
	ps := slideParts(t, body)
	const link = "https://chiso.example.vn/figures/rank-history?index=par&amp;rev=7&amp;unit=vn63:80"
	for part, wants := range map[string][]string{
		"ppt/slides/slide1.xml":            {"Xếp hạng PAR INDEX của tỉnh Long An, 2012–2019", "Nguồn: ", "Báo Long An", "dữ liệu phiên bản 7"},
		"ppt/charts/chart1.xml":            {"<c:lineChart>", `<c:orientation val="maxMin"/>`, "<c:v>20</c:v>", "/63"},
		"ppt/slides/_rels/slide1.xml.rels": {`Target="` + link + `" TargetMode="External"`},
		"ppt/tags/chiso1.xml":              {`<p:tag name="CHISO_ADDRESS" val="` + link + `"/>`},
		"docProps/core.xml":                {"<dcterms:created xsi:type=\"dcterms:W3CDTF\">2020-05-20T00:00:00Z", link},
		"ppt/presentation.xml":             {`cx="12192000"`},
	} {
		for _, want := range wants {
			if !strings.Contains(ps[part], want) {
				t.Errorf("%s lacks %q", part, want)
			}
		}
	}
	if _, again := f.get(t, path); again != body {
		t.Error("the same address gives other bytes")
	}
	_, body = f.get(t, path+"&ratio=4:3&theme=dark&lang=en")
	ps = slideParts(t, body)
	if !strings.Contains(ps["ppt/presentation.xml"], `cx="9144000"`) || !strings.Contains(ps["ppt/slides/slide1.xml"], "PAR INDEX rank") {
		t.Error("4:3 in English: the slide has another shape or other words")
	}
	if res, _ := f.get(t, path+"&ratio=5:4"); res.StatusCode != 400 {
		t.Errorf("ratio 5:4: got %d, want 400", res.StatusCode)
	}
}
