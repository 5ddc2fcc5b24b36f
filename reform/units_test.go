package reform

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"chiso/internal/testshared"

	"github.com/google/go-cmp/cmp"
)

func TestSchemesAreWhole(t *testing.T) {
	c := Default()
	for _, s := range []struct {
		scheme            Scheme
		provinces, cities int
		regions           []int
	}{
		// Members of the regions in the order of the screens; the cities as of the scheme's last day known.
		{VN64, 64, 5, []int{14, 12, 14, 5, 6, 13, 9, 6, 11, 6, 8}},
		{VN63, 63, 6, []int{14, 11, 14, 5, 6, 13, 9, 6, 10, 6, 8}},
		{VN34, 34, 9, []int{9, 6, 5, 6, 3, 5}},
	} {
		units := c.Units(s.scheme, Province)
		if len(units) != s.provinces {
			t.Errorf("%s has %d provinces, want %d", s.scheme, len(units), s.provinces)
		}
		cities := 0
		for _, u := range units {
			if c.KindIn(u.Key, Period{}) == "thành phố" {
				cities++
			}
		}
		if cities != s.cities {
			t.Errorf("%s has %d cities, want %d", s.scheme, cities, s.cities)
		}
		var sizes []int
		for _, r := range c.Units(s.scheme, Region) {
			sizes = append(sizes, len(c.Members(r.Key)))
		}
		if diff := cmp.Diff(s.regions, sizes); diff != "" {
			t.Errorf("sizes of the regions of %s (-want +got):\n%s", s.scheme, diff)
		}
	}
}

func TestUnitsAreInVietnameseOrder(t *testing.T) {
	var names []string
	for _, u := range Default().Units(VN63, Province) {
		names = append(names, u.Name)
	}
	want := []string{"An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Bến Tre", "Bình Dương", "Bình Định"}
	if diff := cmp.Diff(want, names[:len(want)]); diff != "" {
		t.Errorf("the first names (-want +got):\n%s", diff)
	}
	if got := names[len(names)-1]; got != "Yên Bái" {
		t.Errorf("the last name is %s, want Yên Bái", got)
	}
}

func TestSlugs(t *testing.T) {
	c := Default()
	ascii := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]UnitKey{}
	for _, key := range c.order {
		u := c.units[key]
		if !ascii.MatchString(u.Slug) {
			t.Errorf("%s has the slug %q, want small ASCII words", key, u.Slug)
		}
		id := string(u.Scheme) + "/" + u.Slug
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s share the slug %s", other, key, id)
		}
		seen[id] = key
		got, err := c.UnitBySlug(u.Scheme, u.Slug)
		if err != nil || got.Key != key {
			t.Errorf("UnitBySlug(%s) = %v, %v; want %s", id, got, err, key)
		}
	}
	if _, err := c.UnitBySlug(VN34, "long-an"); !errors.Is(err, ErrNotFound) {
		t.Errorf("long-an of the 34 provinces: got %v, want not found", err)
	}
}

// geoTable reads a table of the shared folder by its headings.
func geoTable(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(testshared.Dir(t), "geo", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, h := range rows[0] {
			m[h] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func TestUnitsEqualTheSharedTables(t *testing.T) {
	c := Default()
	for _, row := range geoTable(t, "provinces.csv") {
		for _, s := range []Scheme{VN64, VN63} {
			if row["gso_code"] == "28" && s == VN63 {
				continue
			}
			key := UnitKey(string(s) + ":" + row["gso_code"])
			u, err := c.Unit(key)
			if err != nil {
				t.Error(err)
				continue
			}
			if got, want := c.NameIn(key, MustPeriod("2008")), row["name_vi_to_2024"]; got != want {
				t.Errorf("%s was called %q, want %q", key, got, want)
			}
			if u.ISO != row["iso_3166_2"] {
				t.Errorf("%s has the ISO code %s, want %s", key, u.ISO, row["iso_3166_2"])
			}
			want := []UnitKey{UnitKey(string(s) + ":r:" + row["region6_code"])}
			if r8 := UnitKey(string(s) + ":r:" + row["subregion8_code"]); r8 != want[0] {
				want = append(want, r8)
			}
			if diff := cmp.Diff(want, c.RegionsOf(key)); diff != "" {
				t.Errorf("regions of %s (-want +got):\n%s", key, diff)
			}
			for _, alias := range strings.Split(row["aliases"], "|") {
				if s == VN64 && strings.Contains(alias, "Hu") {
					continue // it was no city then
				}
				if got, ok := c.FindUnit(alias, s, Province); !ok || got != key {
					t.Errorf("%q under %s finds %q, want %s", alias, s, got, key)
				}
			}
		}
	}
	for _, row := range geoTable(t, "provinces-34.csv") {
		key := UnitKey("vn34:" + row["code"])
		var members []string
		for _, k := range c.Predecessors(key) {
			members = append(members, k.Code())
		}
		if got := strings.Join(members, "+"); got != row["members_63"] {
			t.Errorf("%s is made of %s, want %s", key, got, row["members_63"])
		}
		for _, alias := range strings.Split(row["aliases"], "|") {
			if alias == "TP. HCM (cũ)" {
				continue // "the old one" is the city of the 63
			}
			if got, ok := c.FindUnit(alias, VN34, Province); !ok || got != key {
				t.Errorf("%q under vn34 finds %q, want %s", alias, got, key)
			}
		}
	}
}

func TestMergersEqualTheSharedTable(t *testing.T) {
	c := Default()
	rows := geoTable(t, "mergers.csv")
	var got, want []string
	for _, m := range c.Mergers() {
		got = append(got, strings.Join([]string{m.Date, string(m.Old), string(m.New), m.Relation, m.Basis}, " "))
	}
	for _, row := range rows {
		a, b := "vn63:", "vn34:"
		if row["effective_date"] == "2008-08-01" {
			a, b = "vn64:", "vn63:"
		}
		want = append(want, strings.Join([]string{row["effective_date"], a + row["old_code"], b + row["new_code"], row["relation"], row["legal_basis"]}, " "))
		if name := c.NameAt(UnitKey(a+row["old_code"]), time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)); name != row["old_name"] {
			t.Errorf("%s%s is called %s, want %s", a, row["old_code"], name, row["old_name"])
		}
		if u, err := c.Unit(UnitKey(b + row["new_code"])); err != nil || u.Name != row["new_name"] {
			t.Errorf("%s%s: got %v, %v; want %s", b, row["new_code"], u, err, row["new_name"])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mergers (-want +got):\n%s", diff)
	}
	unchanged := 0
	for _, m := range c.Mergers() {
		if m.Relation == relationUnchanged {
			unchanged++
		}
	}
	if len(c.Mergers()) != 64 || unchanged != 11 {
		t.Errorf("%d mergers, %d unchanged; want 64 and 11", len(c.Mergers()), unchanged)
	}
}

func TestSevenCodesChangedName(t *testing.T) {
	c := Default()
	var got []string
	for _, u := range c.Units(VN63, Province) {
		if n, err := c.Unit(UnitKey("vn34:" + u.Key.Code())); err == nil && n.Name != u.Name {
			got = append(got, u.Key.Code()+" "+u.Name+" > "+n.Name)
		}
	}
	slices.Sort(got)
	want := []string{
		"15 Yên Bái > Lào Cai", "24 Bắc Giang > Bắc Ninh", "44 Quảng Bình > Quảng Trị", "52 Bình Định > Gia Lai",
		"80 Long An > Tây Ninh", "82 Tiền Giang > Đồng Tháp", "91 Kiên Giang > An Giang",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes that changed name (-want +got):\n%s", diff)
	}
}

func TestLineage(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		key  UnitKey
		want []UnitKey
	}{
		{"vn63:80", []UnitKey{"vn64:80", "vn63:80"}},
		{"vn64:80", []UnitKey{"vn64:80", "vn63:80"}},
		{"vn34:80", []UnitKey{"vn34:80"}},
		{"vn34:04", []UnitKey{"vn64:04", "vn63:04", "vn34:04"}},
		{"vn63:04", []UnitKey{"vn64:04", "vn63:04", "vn34:04"}},
		{"vn63:01", []UnitKey{"vn64:01", "vn63:01", "vn34:01"}},
		{"vn64:28", []UnitKey{"vn64:28"}},
		{"vn63:46", []UnitKey{"vn64:46", "vn63:46", "vn34:46"}},
		{"vn34:48", []UnitKey{"vn34:48"}}, // Đà Nẵng kept its name and grew
		{"vn63:r:TN", []UnitKey{"vn63:r:TN"}},
		{"vn34:r:DBSCL", []UnitKey{"vn34:r:DBSCL"}},
		{"vn", []UnitKey{"vn"}},
		{"vn63:93/so-tu-phap", []UnitKey{"vn63:93/so-tu-phap"}},
		{"vn63:99", []UnitKey{"vn63:99"}},
	} {
		if diff := cmp.Diff(tc.want, c.Lineage(tc.key)); diff != "" {
			t.Errorf("lineage of %s (-want +got):\n%s", tc.key, diff)
		}
	}
	runs := 0
	for _, u := range c.Units(VN34, Province) {
		if len(c.Lineage(u.Key)) == 3 {
			runs++
		}
	}
	if runs != 11 {
		t.Errorf("%d of the 34 run on from before, want 11", runs)
	}
}

func TestSuccessors(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		key, next UnitKey
		before    []UnitKey
	}{
		{"vn63:80", "vn34:80", []UnitKey{"vn64:80"}},
		{"vn63:72", "vn34:80", []UnitKey{"vn64:72"}},
		{"vn34:80", "", []UnitKey{"vn63:72", "vn63:80"}},
		{"vn63:01", "vn34:01", []UnitKey{"vn64:01", "vn64:28"}},
		{"vn64:28", "vn63:01", nil},
		{"vn", "", nil},
	} {
		next, ok := c.Successor(tc.key)
		if next != tc.next || ok != (tc.next != "") {
			t.Errorf("successor of %s is %q, %v; want %q", tc.key, next, ok, tc.next)
		}
		if diff := cmp.Diff(tc.before, c.Predecessors(tc.key)); diff != "" {
			t.Errorf("predecessors of %s (-want +got):\n%s", tc.key, diff)
		}
	}
}

func TestUnitBreaks(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		key      UnitKey
		from, to string
		want     int
	}{
		{"vn64:01", "2007", "2008", 1},
		{"vn63:01", "2008", "2007", 1},
		{"vn34:01", "2005", "2025", 1},
		{"vn63:01", "2009", "2020", 0},
		{"vn63:26", "2007", "2009", 0},
		{"vn63:80", "2005", "2020", 0},
	} {
		if got := c.UnitBreaks(tc.key, MustPeriod(tc.from), MustPeriod(tc.to)); len(got) != tc.want {
			t.Errorf("breaks of %s from %s to %s: got %d, want %d", tc.key, tc.from, tc.to, len(got), tc.want)
		}
	}
	for _, k := range []UnitKey{"vn63:01", "vn63:17", "vn63:26"} {
		if u, err := c.Unit(k); err != nil || u.Note.VI == "" || u.Note.EN == "" {
			t.Errorf("%s has no note on 2008: %v", k, err)
		}
	}
}

func TestNamesAndKindsByDate(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		key        UnitKey
		day        string
		name, kind string
	}{
		{"vn63:46", "2024-12-31", "Thừa Thiên Huế", "tỉnh"},
		{"vn63:46", "2025-01-01", "Huế", "thành phố"},
		{"vn64:46", "2008-01-01", "Thừa Thiên Huế", "tỉnh"},
		{"vn34:75", "2026-04-29", "Đồng Nai", "tỉnh"},
		{"vn34:75", "2026-04-30", "Đồng Nai", "thành phố"},
		{"vn34:22", "2026-09-01", "Quảng Ninh", "thành phố"},
		{"vn34:24", "2026-09-19", "Bắc Ninh", "tỉnh"},
		{"vn63:79", "2012-01-01", "Hồ Chí Minh", "thành phố"},
		{"vn", "2012-01-01", "Cả nước", ""},
		{"vn63:r:DBSCL", "2012-01-01", "Đồng bằng sông Cửu Long", ""},
		{"vn63:80/so-y-te", "2012-01-01", "so-y-te", ""},
	} {
		day, err := time.Parse(time.DateOnly, tc.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.NameAt(tc.key, day); got != tc.name {
			t.Errorf("%s on %s is called %q, want %q", tc.key, tc.day, got, tc.name)
		}
		if got := c.KindAt(tc.key, day); got != tc.kind {
			t.Errorf("%s on %s is a %q, want %q", tc.key, tc.day, got, tc.kind)
		}
	}
	if got := c.NameIn("vn63:46", MustPeriod("2024")); got != "Thừa Thiên Huế" {
		t.Errorf("in 2024 the name was %q, want Thừa Thiên Huế", got)
	}
}
