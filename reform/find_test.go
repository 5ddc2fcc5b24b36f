package reform

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestFindUnit(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		text   string
		scheme Scheme
		typ    UnitType
		want   UnitKey
	}{
		{"Long An", VN63, Province, "vn63:80"},
		{"long an", VN63, "", "vn63:80"},
		{"LONG AN", VN64, Province, "vn64:80"},
		{"Long An", VN34, Province, ""},
		{"UBND tỉnh Long An", VN63, Province, "vn63:80"},
		{"Ủy ban nhân dân tỉnh Tây Ninh", VN34, Province, "vn34:80"},
		{"UBND Thành phố Hồ Chí Minh", VN34, Province, "vn34:79"},
		{"TP.HCM", VN63, Province, "vn63:79"},
		{"Bà Rịa-VT", VN63, Province, "vn63:77"},
		{"B.Rịa-V.Tàu", VN64, Province, "vn64:77"},
		{"BR-Vũng Tàu", VN63, Province, "vn63:77"},
		{"T.Thiên-Huế", VN64, Province, "vn64:46"},
		{"Hà Tây (cũ)", VN64, Province, "vn64:28"},
		{"TPHCM", VN63, Province, "vn63:79"},
		{"HCMC", VN63, Province, "vn63:79"},
		{"thanh pho Ho Chi Minh", VN63, Province, "vn63:79"},
		{"TP. HCM (cũ)", VN34, Province, ""},
		{"BR-VT", VN63, Province, "vn63:77"},
		{"BRVT", VN63, Province, "vn63:77"},
		{"Bà Rịa – Vũng Tàu", VN63, Province, "vn63:77"},
		{"TT-Huế", VN63, Province, "vn63:46"},
		{"Thừa Thiên-Huế", VN63, Province, "vn63:46"},
		{"Đăk Lăk", VN63, Province, "vn63:66"},
		{"Ðắk Nông", VN63, Province, "vn63:67"},
		{norm.NFD.String("Đắk Lắk"), VN63, Province, "vn63:66"},
		{"Bắc Cạn", VN63, Province, "vn63:06"},
		{"Hoà Bình", VN63, Province, "vn63:17"},
		{"Khánh\u00a0Hòa ", VN63, Province, "vn63:56"},
		{"Hà Tây", VN64, Province, "vn64:28"},
		{"Hà Tây", VN63, Province, ""},
		{"Long An Province", VN63, Province, "vn63:80"},
		{"Da Nang city", VN63, Province, "vn63:48"},
		// A town of a province is not the province.
		{"TP Tây Ninh", VN34, Province, ""},
		{"Thành phố Thanh Hóa", VN63, Province, ""},
		{"thành phố Đồng Nai", VN34, Province, "vn34:75"},
		{"tỉnh Hà Nội", VN63, Province, ""},
		// No guess.
		{"Lon An", VN63, Province, ""},
		{"Long", VN63, Province, ""},
		{"An", VN63, Province, ""},
		{"", VN63, Province, ""},
		{"tỉnh", VN63, Province, ""},
		{"Trung vị", VN63, Province, ""},
		{strings.Repeat("Long An ", 100), VN63, Province, ""},
		{"cả nước", VN63, "", "vn"},
		{"Toàn quốc", VN34, Nation, "vn"},
		{"Việt Nam", NoScheme, Nation, "vn"},
		{"Đồng bằng sông Cửu Long", VN63, Region, "vn63:r:DBSCL"},
		{"khu vực ĐBSCL", VN63, Region, "vn63:r:DBSCL"},
		{"vùng Đông Nam Bộ", VN34, "", "vn34:r:DNB"},
		{"Trung du, miền núi phía Bắc", VN63, Region, "vn63:r:TDMNPB"},
		{"Bắc Trung Bộ", VN63, Region, "vn63:r:BTB8"},
		{"Bắc Trung Bộ", VN34, Region, "vn34:r:BTB"},
		{"Bộ Tư pháp", VN63, Ministry, "min:bo-tu-phap"},
		{"Sở Tư pháp Hậu Giang", VN63, Department, "vn63:93/so-tu-phap"},
		{"Sở Tư pháp tỉnh An Giang", VN63, Department, "vn63:89/so-tu-phap"},
		{"Sở Tư pháp", VN63, Department, ""},
	} {
		got, ok := c.FindUnit(tc.text, tc.scheme, tc.typ)
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("FindUnit(%q, %s, %q) = %q, %v; want %q", tc.text, tc.scheme, tc.typ, got, ok, tc.want)
		}
	}
}

func TestFindRegionByDenominator(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		text string
		of   int
		want UnitKey
	}{
		{"Đồng bằng sông Hồng", 0, "vn63:r:DBSH"},
		{"Đồng bằng sông Hồng", 11, "vn63:r:DBSH"},
		{"Đồng bằng sông Hồng", 10, "vn63:r:DBSH8"},
		{"Đồng bằng sông Hồng", 9, ""},
		{"ĐBSCL", 13, "vn63:r:DBSCL"},
		{"Đông Nam Bộ", 8, ""},
	} {
		if got, ok := c.FindRegion(tc.text, VN63, tc.of); got != tc.want || ok != (tc.want != "") {
			t.Errorf("FindRegion(%q, %d) = %q, %v; want %q", tc.text, tc.of, got, ok, tc.want)
		}
	}
}

func TestFindUnder(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		text   string
		parent UnitKey
		want   UnitKey
	}{
		{"Sở Tư pháp", "vn63:93", "vn63:93/so-tu-phap"},
		{"so tu phap tinh Hau Giang", "vn63:93", "vn63:93/so-tu-phap"},
		{"Sở Tư pháp", "vn63:80", ""},
		{"Sở Tư pháp", "vn63:xx", ""},
	} {
		if got, ok := c.FindUnder(tc.text, tc.parent); got != tc.want || ok != (tc.want != "") {
			t.Errorf("FindUnder(%q, %s) = %q, %v; want %q", tc.text, tc.parent, got, ok, tc.want)
		}
	}
	if got, ok := c.FormUnder("Sở Y tế", "vn63:80"); !ok || got != "vn63:80/so-y-te" {
		t.Errorf("FormUnder = %q, %v; want vn63:80/so-y-te", got, ok)
	}
	if got, ok := c.FormUnder("—", "vn63:80"); ok {
		t.Errorf("FormUnder of a dash = %q, want nothing", got)
	}
}

func TestUnitErrors(t *testing.T) {
	c := Default()
	if _, err := c.Unit("vn63:99"); !errors.Is(err, ErrNotFound) {
		t.Errorf("vn63:99: got %v, want not found", err)
	}
	if _, err := c.Unit("Long An"); !errors.Is(err, ErrInvalid) {
		t.Errorf("a name for a key: got %v, want invalid", err)
	}
	u, err := c.UnitOrForm("vn34:91/H01.187")
	if err != nil || u.Parent != "vn34:91" || u.Scheme != VN34 {
		t.Errorf("a department by its national id: got %+v, %v", u, err)
	}
	if u, err := c.UnitOrForm("vn63:80/xa-an-ninh-tay"); err != nil || u.Type != Commune {
		t.Errorf("a commune by its slug: got %+v, %v", u, err)
	}
	if _, err := c.UnitOrForm("vn63:99/so-y-te"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a department of an unknown province: got %v, want not found", err)
	}
}

func TestSearch(t *testing.T) {
	c := Default()
	first := func(q string) string {
		hits := c.Search(q, 10)
		if len(hits) == 0 {
			return ""
		}
		if hits[0].Unit != nil {
			return string(hits[0].Unit.Key)
		}
		return hits[0].Index.Code
	}
	for _, tc := range []struct{ q, want string }{
		{"long an", "vn63:80"},
		{"Long A", "vn63:80"},
		{"tỉnh Long An", "vn63:80"},
		{"tay ninh", "vn34:80"},
		{"dak", "vn34:66"},
		{norm.NFD.String("Đắk Lắk"), "vn34:66"},
		{"hcm", "vn34:79"},
		{"brvt", "vn63:77"},
		{"thua thien", "vn34:46"},
		{"Hà Tây", "vn64:28"},
		{"cuu long", "vn34:r:DBSCL"},
		{"par index", "par"},
		{"PARINDEX", "par"},
		{"chi so cchc", "par"},
		{"766", "s766"},
		{"hai long", "sipas"},
		{"ca nuoc", "vn"},
		{"", ""},
		{"zzzz", ""},
		{strings.Repeat("a", 500), ""},
	} {
		if got := first(tc.q); got != tc.want {
			t.Errorf("the first hit for %q is %q, want %q", tc.q, got, tc.want)
		}
	}
	// Both areas that a name may mean are shown, and what became of the old one.
	var keys []UnitKey
	for _, h := range c.Search("Long An", 5) {
		if h.Unit != nil {
			keys = append(keys, h.Unit.Key)
			if h.Note.VI == "" {
				t.Errorf("the hit %s says nothing of its area", h.Unit.Key)
			}
		}
	}
	if diff := cmp.Diff([]UnitKey{"vn63:80", "vn34:80"}, keys); diff != "" {
		t.Errorf("hits for Long An (-want +got):\n%s", diff)
	}
	if got := len(c.Search("a", 7)); got != 7 {
		t.Errorf("a search limited to 7 gives %d", got)
	}
}

func FuzzFindUnit(f *testing.F) {
	for _, s := range []string{"Long An", "UBND tỉnh", "TP.HCM", "\xff", norm.NFD.String("Đắk Lắk"), "vn63:80"} {
		f.Add(s)
	}
	c := Default()
	f.Fuzz(func(t *testing.T, s string) {
		if k, ok := c.FindUnit(s, VN63, ""); ok {
			if _, err := c.Unit(k); err != nil {
				t.Errorf("FindUnit(%q) = %s, which is no unit", s, k)
			}
		}
		for _, h := range c.Search(s, 5) {
			if h.Unit == nil && h.Index == nil {
				t.Errorf("Search(%q) has an empty hit", s)
			}
		}
	})
}
