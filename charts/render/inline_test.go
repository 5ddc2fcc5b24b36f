package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"chiso/reform"
)

func TestInline(t *testing.T) {
	r := renderer(t)
	svg := mustSVG(t, r, file(t, "heatmap.json"), 600, 400)
	o := InlineOptions{Prefix: "f1", Label: `Hạng "<Long An>"`, Desc: "a & b", Lang: "vi"}
	out, err := Inline(svg, o)
	if err != nil {
		t.Fatal(err)
	}
	got := string(out)
	for _, want := range []string{`role="img"`, `aria-label="Hạng &#34;&lt;Long An&gt;&#34;"`, `aria-describedby="f1-desc"`, `<desc id="f1-desc">a &amp; b</desc>`, `lang="vi"`, `font-family="Inter, `} {
		if !strings.Contains(got, want) {
			t.Errorf("picture lacks %s", want)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(got, -1) {
		if ids[m[1]] || !strings.HasPrefix(m[1], "f1-") {
			t.Errorf("id %q is not the picture's own, or there twice", m[1])
		}
		ids[m[1]] = true
	}
	refs := regexp.MustCompile(`url\(#([^)]*)\)`).FindAllStringSubmatch(got, -1)
	if len(refs) == 0 {
		t.Error("the heat map's gradient is not referred to")
	}
	for _, m := range refs {
		if !ids[m[1]] {
			t.Errorf("url(#%s) leads nowhere", m[1])
		}
	}
	checkPolicy(t, out)

	other, err := Inline(svg, InlineOptions{Prefix: "f2", Label: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(other), "f1-") || strings.Contains(string(other), "desc") {
		t.Error("another prefix shares ids, or an empty description is written")
	}
	// The drawing itself is untouched.
	back := strings.NewReplacer("f2-", "", ` role="img" aria-label="x"`, "").Replace(string(other))
	if back != string(svg) {
		t.Error("the picture differs in more than its ids and its name")
	}
}

// checkPolicy walks a picture and fails on what a Content-Security-Policy
// without inline style and script would refuse.
func checkPolicy(t *testing.T, svg []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "style" || start.Name.Local == "script" || start.Name.Local == "foreignObject" {
			t.Errorf("picture has the element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "style" || a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("picture has the attribute %s=%q", a.Name.Local, a.Value)
			}
		}
	}
}

func TestInlineErrors(t *testing.T) {
	good := `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect x="1"/></svg>`
	ok := InlineOptions{Prefix: "a", Label: "b"}
	if _, err := Inline([]byte(good), ok); err != nil {
		t.Fatal(err)
	}
	wrap := func(s string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + s + `</svg>` }
	tests := []struct {
		name, svg string
		o         InlineOptions
	}{
		{"no prefix", good, InlineOptions{Label: "b"}},
		{"prefix with a space", good, InlineOptions{Prefix: "a b", Label: "b"}},
		{"prefix with a digit first", good, InlineOptions{Prefix: "1", Label: "b"}},
		{"no label", good, InlineOptions{Prefix: "a", Label: " "}},
		{"nothing", "", ok},
		{"cut off", `<svg xmlns="http://www.w3.org/2000/svg">`, ok},
		{"script", wrap(`<script>alert(1)</script>`), ok},
		{"style", wrap(`<style>a{}</style>`), ok},
		{"event", wrap(`<rect onload="alert(1)"/>`), ok},
		{"link", wrap(`<a href="javascript:alert(1)"><rect/></a>`), ok},
		{"image", wrap(`<image href="http://example.test/"/>`), ok},
		{"HTML inside", wrap(`<rect xmlns="http://www.w3.org/1999/xhtml"/>`), ok},
		{"reference out", wrap(`<rect fill="url(http://example.test/#a)"/>`), ok},
		{"not a number", wrap(`<rect x="NaN"/>`), ok},
		{"document type", `<!DOCTYPE svg>` + good, ok},
		{"stylesheet", `<?xml-stylesheet href="x"?>` + good, ok},
	}
	for _, tt := range tests {
		if out, err := Inline([]byte(tt.svg), tt.o); err == nil {
			t.Errorf("%s: got %s, want an error", tt.name, out)
		} else if !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got error %v, want invalid", tt.name, err)
		}
	}
}

func TestClean(t *testing.T) {
	head := `<svg width="9" height="9" xmlns="http://www.w3.org/2000/svg"><rect x="0"/>`
	tests := []struct{ name, raw, want string }{
		{"text on its baseline", `<text dominant-baseline="central" style="font-size:20px;font-family:sans-serif;" y="5">a</text>`,
			`<text font-size="20" y="12.275">a</text>`},
		{"bold, short form", `<text dominant-baseline="central" style="font: bold 20px sans-serif">a</text>`,
			`<text font-weight="bold" font-size="20" y="7.275">a</text>`},
		{"spaces kept", `<text xml:space="preserve">a  b</text>`, `<text xml:space="preserve">a  b</text>`},
		{"page attributes dropped", `<path class="x" pointer-events="visible" ecmeta_data_index="1" d="M0 0"/>`, `<path d="M0 0"/>`},
		{"unknown baseline", `<text dominant-baseline="hanging">a</text>`, ""},
		{"unknown style", `<text style="mix-blend-mode:screen">a</text>`, ""},
		{"not a number", `<path d="M0 NaN"/>`, ""},
		{"no value", `<path d/>`, ""},
		{"loose text", `<g>a</g>`, ""},
		{"picture in a picture", `<svg><path d="M0 0"/></svg>`, ""},
		{"nothing drawn", `<g/>`, ""},
		{"comment", `<!-- a --><path d="M0 0"/>`, ""},
	}
	for _, tt := range tests {
		got, err := clean(head + tt.raw + "</svg>")
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s: got %s, want an error", tt.name, got)
			}
			continue
		}
		if err != nil || !strings.Contains(string(got), tt.want) {
			t.Errorf("%s: got %s, error %v; want %s", tt.name, got, err, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/><text dominant-baseline="central" y="1">a</text></svg>`)
	f.Add(`<svg xmlns="http://www.w3.org/2000/svg"><rect/><path fill="url(#a)" style="font: 12px x"/></svg>`)
	f.Fuzz(func(t *testing.T, raw string) {
		svg, err := clean(raw)
		if err != nil {
			return
		}
		checkPolicy(t, svg)
		out, err := Inline(svg, InlineOptions{Prefix: "a", Label: "b"})
		if err != nil {
			t.Fatalf("a clean picture does not go into a page: %v\n%s", err, svg)
		}
		checkPolicy(t, out)
	})
}
