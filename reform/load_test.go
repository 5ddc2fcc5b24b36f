package reform

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ownCatalogue = `
indices:
  - code: ddci-la
    name: {vi: DDCI Long An, en: DDCI of Long An}
    unit: {vi: điểm}
    unit_types: [department]
    scope: province
    aliases: [DDCI tỉnh Long An]
    bases:
      - code: "2023"
        name: {vi: Bộ chỉ số 2023}
        max: 100
        complete: true
        components:
          - {code: tp1, name: {vi: Tính minh bạch}, max: 60.5}
          - {code: tp2, name: {vi: Chi phí thời gian}, max: 39.5}
  - code: par
    aliases: [Chỉ số PAR của tỉnh]
    bases:
      - code: "2024"
        components:
          - {code: "2", max: 10, aliases: [Thể chế năm 2024]}
    editions:
      - {period: "2025", basis: "1187", scheme: vn34, of: 34, announced: "2026-04"}
units:
  - {key: vn63:80/so-y-te, type: department, name: Sở Y tế, aliases: [Y tế]}
aliases:
  vn63:80: [LA]
`

func loadOwn(t *testing.T, content string) (*Catalog, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "README.txt"), []byte("not a catalogue"), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadCatalog(dir)
}

func TestOwnFiles(t *testing.T) {
	c, err := loadOwn(t, ownCatalogue)
	if err != nil {
		t.Fatal(err)
	}
	ix, ok := c.FindIndex("DDCI tỉnh Long An")
	if !ok || ix.Code != "ddci-la" || !ix.Own || ix.Scope != "province" {
		t.Errorf("the own index is %+v, %v", ix, ok)
	}
	if all := c.Indices(); all[len(all)-1].Code != "ddci-la" {
		t.Errorf("the last index is %s, want the own one", all[len(all)-1].Code)
	}
	if basis, ok := c.BasisFor("ddci-la", MustPeriod("2023")); !ok || basis != "2023" {
		t.Errorf("its only basis is %q, %v; want 2023", basis, ok)
	}
	if comp, err := c.Component("par", "2024", "2"); err != nil || comp.Max.String() != "10" {
		t.Errorf("the filled maximum is %v, %v; want 10", comp, err)
	}
	if code, ok := c.FindComponent("par", "2024", "Thể chế năm 2024"); !ok || code != "2" {
		t.Errorf("the added alias finds %q, want 2", code)
	}
	if e, ok := c.Edition("par", MustPeriod("2025")); !ok || e.Of != 34 {
		t.Errorf("the added edition is %+v, %v", e, ok)
	}
	if k, ok := c.FindUnder("y te", "vn63:80"); !ok || k != "vn63:80/so-y-te" {
		t.Errorf("the added department is %q, want vn63:80/so-y-te", k)
	}
	if k, ok := c.FindUnit("LA", VN63, Province); !ok || k != "vn63:80" {
		t.Errorf("the added alias finds %q, want vn63:80", k)
	}
	if ix, ok := c.FindIndex("Chỉ số PAR của tỉnh"); !ok || ix.Code != "par" || ix.Own {
		t.Errorf("the added alias finds %+v, want par", ix)
	}
	// The embedded catalogue knows nothing of it.
	if comp, err := Default().Component("par", "2024", "2"); err != nil || comp.Max.Valid {
		t.Errorf("the embedded catalogue has taken the user's maximum: %v, %v", comp, err)
	}
	if _, ok := Default().FindIndex("DDCI tỉnh Long An"); ok {
		t.Error("the embedded catalogue has taken the user's index")
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, tc := range []struct {
		name, content string
		want          []string
	}{
		{"unknown key", "indices:\n  - code: a-b\n    nmae: {vi: x}\n", []string{":3:", "nmae"}},
		{"bad number", "indices:\n  - code: a-b\n    name: {vi: x}\n    unit_types: [province]\n    bases:\n      - {code: b, name: {vi: b}, max: \"1,5\"}\n", []string{":6:", "1,5"}},
		{"no syntax", "indices: [\n", []string{"own.yaml:"}},
		{"bad code", "indices:\n  - code: Ä\n", []string{":2:", "indices[0].code"}},
		{"no name", "indices:\n  - code: a-b\n    unit_types: [province]\n", []string{"indices[0].name", "name"}},
		{"bad unit type", "indices:\n  - code: a-b\n    name: {vi: x}\n    unit_types: [planet]\n", []string{":4:", "unit_types[0]", "planet"}},
		{"bad period", "indices:\n  - code: par\n    editions:\n      - {period: \"24\"}\n", []string{":4:", "editions[0].period", `"24"`}},
		{"unknown basis", "indices:\n  - code: par\n    editions:\n      - {period: \"2025\", basis: none}\n", []string{":4:", "basis", "none"}},
		{"group without a source", "indices:\n  - code: par\n    editions:\n      - {period: \"2025\", groups: [{name: {vi: x}, from: 90}]}\n", []string{":4:", "groups[0].source"}},
		{"group of nothing", "indices:\n  - code: par\n    editions:\n      - {period: \"2025\", groups: [{name: {vi: x}, source: y}]}\n", []string{":4:", "groups[0].from"}},
		{"known index renamed", "indices:\n  - code: par\n    name: {vi: Khác}\n", []string{"par", "known"}},
		{"maximum contradicted", "indices:\n  - code: par\n    bases:\n      - code: \"2948\"\n        components:\n          - {code: \"1\", max: 11}\n", []string{":6:", "components[0].max", "10"}},
		{"sum wrong", "indices:\n  - code: a-b\n    name: {vi: x}\n    unit_types: [province]\n    bases:\n      - code: b\n        name: {vi: b}\n        max: 10\n        complete: true\n        components:\n          - {code: c, name: {vi: c}, max: 9}\n", []string{"complete", "9", "10"}},
		{"parent unknown", "indices:\n  - code: par\n    bases:\n      - code: \"2948\"\n        components:\n          - {code: \"9.1\", parent: \"9\", name: {vi: c}}\n", []string{":6:", "parent", `"9"`}},
		{"break without a period", "indices:\n  - code: par\n    breaks:\n      - {reason: {vi: x}}\n", []string{"breaks[0]"}},
		{"name taken", "aliases:\n  vn63:80: [Tây Ninh]\n", []string{"Tây Ninh", "vn63:72"}},
		{"unknown unit", "aliases:\n  vn63:99: [X]\n", []string{"vn63:99"}},
		{"new province", "units:\n  - {key: vn63:99, type: province, name: X}\n", []string{":2:", "units[0].key"}},
		{"department of no province", "units:\n  - {key: vn63:99/so-y-te, type: department, name: X}\n", []string{"vn63:99"}},
		{"wrong type", "units:\n  - {key: vn63:80/so-y-te, type: province, name: X}\n", []string{":2:", "units[0].type"}},
		{"index name taken", "indices:\n  - code: my-par\n    name: {vi: PAR INDEX}\n    unit_types: [province]\n", []string{"PAR INDEX", "par"}},
		{"two components on one alias", "indices:\n  - code: a-b\n    name: {vi: x}\n    unit_types: [province]\n    bases:\n      - code: b\n        name: {vi: b}\n        components:\n          - {code: c, name: {vi: c}, aliases: [z]}\n          - {code: d, name: {vi: d}, aliases: [z]}\n", []string{"z", "c", "d"}},
	} {
		_, err := loadOwn(t, tc.content)
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want invalid", tc.name, err)
			continue
		}
		for _, w := range append(tc.want, "own.yaml") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: the message %q does not name %q", tc.name, err, w)
			}
		}
		if strings.Count(err.Error(), "invalid") > 1 {
			t.Errorf("%s: the message %q says its kind more than once", tc.name, err)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	_, err := LoadCatalog(filepath.Join(t.TempDir(), "none"))
	if err == nil || !strings.Contains(err.Error(), "configuration") {
		t.Errorf("a missing folder: got %v, want what to do", err)
	}
}

func FuzzCatalogueFile(f *testing.F) {
	f.Add(ownCatalogue)
	f.Add("indices:\n  - code: par\n    editions:\n      - {period: \"24\"}\n")
	f.Add("indices:\n  - code: par\n    editions:\n     !0 000000000000000")
	f.Add("units: {a: b}")
	f.Add("aliases:\n  ? [1]\n  : 2\n")
	f.Fuzz(func(t *testing.T, content string) {
		// A small catalogue, since loading the whole one takes far longer than reading the file.
		c := newCatalog()
		if err := c.addUnit(&Unit{Key: "vn63:80", Scheme: VN63, Type: Province, Name: "Long An", Slug: "long-an"}); err != nil {
			t.Fatal(err)
		}
		if err := c.loadYAML("catalog/base.yaml", []byte("indices:\n  - {code: par, name: {vi: PAR}, unit_types: [province]}\n"), false); err != nil {
			t.Fatal(err)
		}
		if err := c.loadYAML("own.yaml", []byte(content), true); err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("an error without a kind: %v", err)
			}
			return
		}
		if err := c.finish(); err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("an error without a kind: %v", err)
		}
	})
}
