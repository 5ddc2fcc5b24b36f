package table

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

func TestMappingCorrectsTheGuess(t *testing.T) {
	// Columns that nobody could understand, without a heading that says what they are.
	table := "Kết quả nội bộ 2023\nTên;X1;X2;X3\nSở Tư pháp;87,61;1;9\nSở Y tế;85,25;2;8\nCộng;172,86;;\n"
	mapping := `
name: DDCI của Long An
constants:
  index: ddci
  province: vn63:80
  period: "2023"
sheets:
  - sheet: "*"
    header_rows: "2"
    skip_rows: ["5"]
    columns:
      A: unit
      B: score
      C: {meaning: place, of: 20}
      D: ignore
`
	c, r := read(t, input("noi-bo.csv", []byte(table), OptMapping, mapping))
	want := []string{"ddci vn63:80/so-tu-phap 2023 s=87.61 #1/20 in vn63:80", "ddci vn63:80/so-y-te 2023 s=85.25 #2/20 in vn63:80"}
	if d := cmp.Diff(want, lines(c)); d != "" || c.refused() {
		t.Errorf("facts (-want +got):\n%s%s\n%+v", d, c.said(), r.Mapping)
	}
	without, _ := read(t, input("noi-bo.csv", []byte(table)))
	if !without.refused() || len(without.facts) > 0 {
		t.Errorf("without a mapping: got %d facts\n%s", len(without.facts), without.said())
	}
}

func TestMappingOfATransposedSheet(t *testing.T) {
	table := "Chỉ tiêu;Long An;Hà Nội\nA;84,24;83,05\nB;5;6\n"
	mapping := "constants: {index: par, period: \"2019\"}\nsheets:\n  - transposed: true\n    columns:\n      \"1\": unit\n      \"2\": score\n      \"3\": place\n"
	c, r := read(t, input("x.csv", []byte(table), OptMapping, mapping))
	want := []string{"par vn63:80 2019 s=84.24 #5/63", "par vn63:01 2019 s=83.05 #6/63"}
	if d := cmp.Diff(want, lines(c)); d != "" || c.refused() {
		t.Errorf("facts (-want +got):\n%s%s\n%+v", d, c.said(), r.Mapping)
	}
	if len(c.facts) > 0 && c.facts[0].Locator != "x!B2; x!B3" {
		t.Errorf("got locator %q", c.facts[0].Locator)
	}
}

func TestMappingMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"unknown key":        {"name: x\ncolour: red\n", "m.yaml:2:1: "},
		"unknown meaning":    {"sheets:\n  - columns:\n      B: points\n", "m.yaml:3:10: sheets[0].columns.B.meaning"},
		"unknown index":      {"constants:\n  index: xyz\n", "m.yaml:2:10: constants.index"},
		"bad period":         {"constants:\n  period: next\n", "m.yaml:2:11: constants.period"},
		"bad province":       {"constants:\n  province: vn63:99\n", "m.yaml:2:13: constants.province"},
		"small letter":       {"sheets:\n  - columns:\n      b: score\n", "sheets[0].columns"},
		"rows":               {"sheets:\n  - header_rows: two\n", "m.yaml:2:18: sheets[0].header_rows"},
		"numbers":            {"numbers: dot\n", "m.yaml:1:10: numbers"},
		"unknown component":  {"constants: {index: pci}\nsheets:\n  - columns:\n      B: {meaning: score, component: CSTP99}\n", "component"},
		"unknown column key": {"sheets:\n  - columns:\n      B: {meaning: score, colour: red}\n", "m.yaml:3"},
		"a list":             {"sheets:\n  - columns:\n      B: [score]\n", "m.yaml:3"},
		"no map":             {"hello", "m.yaml:1"},
		"pattern":            {"match: {files: [\"[\"]}\n", "match.files[0]"},
		"scope":              {"constants: {scope: vn63:r:XX}\n", "constants.scope"},
	} {
		_, err := ParseMapping("m.yaml", []byte(tt.text), reform.Default())
		if !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want ErrInvalid with %q", name, err, tt.want)
		}
	}
}

// TestMappingIsReusedNextYear: the guess of one year is written, corrected, kept in
// a folder, and chosen for the next year's file by its headings.
func TestMappingIsReusedNextYear(t *testing.T) {
	dir := t.TempDir()
	year := func(y, a, b string) []byte {
		return []byte("Kết quả PAR INDEX năm " + y + "\nTỉnh;Hạng " + y + ";Kết luận " + y + "\nLong An;5;" + a + "\nHà Nội;6;" + b + "\n")
	}
	first, r := read(t, input("ket-qua-2019.csv", year("2019", "84,24", "83,05")))
	if got, want := lines(first), []string{"par vn63:80 2019 #5/63", "par vn63:01 2019 #6/63"}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q\n%s", got, want, first.said())
	}
	written := WriteMapping(r)
	if _, err := ParseMapping("written.yaml", written, reform.Default()); err != nil {
		t.Fatalf("the written mapping can't be read: %v\n%s", err, written)
	}
	corrected := strings.Replace(string(written), "C: ignore", "C: score", 1)
	if corrected == string(written) {
		t.Fatalf("column C is not there to be corrected:\n%s", written)
	}
	if err := os.WriteFile(filepath.Join(dir, "par.yaml"), []byte(corrected), 0o600); err != nil {
		t.Fatal(err)
	}
	mappings, err := LoadMappings(reform.Default(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{}
	r2, err := KindWith(mappings).Parse(context.Background(), input("ban-hanh-2020.csv", year("2020", "86,75", "84,5")), reform.Default(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"par vn63:80 2020 s=86.75 #5/63", "par vn63:01 2020 s=84.5 #6/63"}
	if d := cmp.Diff(want, lines(c)); d != "" || c.refused() {
		t.Errorf("next year (-want +got):\n%s%s", d, c.said())
	}
	if !strings.Contains(r2.Mapping.Layout, "mapping par.yaml") {
		t.Errorf("the layout does not say which mapping was used: %q", r2.Mapping.Layout)
	}
	// Another index with the same headings is not read as this one.
	fixedIndex := strings.Replace(corrected, "# index: par", "index: par", 1)
	if fixedIndex == corrected {
		t.Fatalf("no index to fix:\n%s", corrected)
	}
	if err := os.WriteFile(filepath.Join(dir, "par.yaml"), []byte(fixedIndex), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := &collector{}
	if _, err := KindWith(mappings).Parse(context.Background(), input("x.csv", []byte(strings.ReplaceAll(string(year("2020", "86,75", "84,5")), "PAR INDEX", "SIPAS"))), reform.Default(), wrong); err != nil || !strings.Contains(wrong.said(), "other-index") || !wrong.refused() {
		t.Errorf("another index: got %v, %q\n%s", err, lines(wrong), wrong.said())
	}
	// Another layout is not read by it.
	other := &collector{}
	if _, err := KindWith(mappings).Parse(context.Background(), input("x.csv", []byte("PAR INDEX năm 2020\nTỉnh;Kết luận\nLong An;84,24\n")), reform.Default(), other); err != nil || len(other.facts) > 0 {
		t.Errorf("another layout: got %v, %q", err, lines(other))
	}
	// Two that fit are refused, a broken one is named.
	if err := os.WriteFile(filepath.Join(dir, "twin.yaml"), []byte(corrected), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KindWith(mappings).Parse(context.Background(), input("y.csv", year("2020", "86,75", "84,5")), reform.Default(), &collector{}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("two mappings: got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "twin.yaml"), []byte("nmae: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadMappings(reform.Default(), dir); !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), "twin.yaml:1") {
		t.Errorf("a broken mapping: got %v", err)
	}
}

// TestWrittenMappingsReadTheSame: for every layout the written guess gives the facts that the guess gave.
func TestWrittenMappingsReadTheSame(t *testing.T) {
	for _, tt := range layoutCases(t) {
		if tt.problem != "" {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			_, r := read(t, input(tt.file, tt.data, tt.options...))
			written := WriteMapping(r)
			options := append([]string{OptMapping, string(written)}, tt.options...)
			c, r2 := read(t, input(tt.file, tt.data, options...))
			if d := cmp.Diff(sorted(tt.want), sorted(lines(c))); d != "" || c.refused() {
				if len(d) > 1200 {
					d = d[:1200]
				}
				t.Errorf("facts (-want +got):\n%s%s\n%s\n%+v", d, c.said(), written, r2.Mapping)
			}
		})
	}
}
