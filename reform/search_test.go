package reform

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// firstHit names the first hit: a unit's key, an index's code, "pci/CSTP1" a component,
// "vn63:80+pci" a unit with an index and "par@2019" an index with a year.
func firstHit(hits []Hit) string {
	if len(hits) == 0 {
		return ""
	}
	h := hits[0]
	name := ""
	switch {
	case h.Unit != nil && h.Index != nil:
		name = string(h.Unit.Key) + "+" + h.Index.Code
	case h.Unit != nil:
		name = string(h.Unit.Key)
	case h.Component != nil:
		name = h.Index.Code + "/" + h.Component.Code
	default:
		name = h.Index.Code
	}
	if h.Period != "" {
		name += "@" + h.Period
	}
	return name
}

// TestSearchOfOffices tries what people of provincial offices type.
func TestSearchOfOffices(t *testing.T) {
	c := Default()
	for _, tc := range []struct{ q, want string }{
		{"dong thap", "vn34:82"},
		{"Đồng Tháp", "vn34:82"},
		{norm.NFD.String("Đồng Tháp"), "vn34:82"},
		{"hcm", "vn34:79"},
		{"tphcm", "vn34:79"},
		{"TP. Hồ Chí Minh", "vn34:79"},
		{"Sài Gòn", "vn34:79"},
		{"br-vt", "vn63:77"},
		{"BRVT", "vn63:77"},
		{"Bà Rịa - Vũng Tàu", "vn63:77"},
		{"thua thien", "vn34:46"},
		{"TT Hue", "vn34:46"},
		{"TT-Huế", "vn34:46"},
		{"Thừa Thiên Huế", "vn34:46"},
		{"hue", "vn34:46"},
		{"ha tay", "vn64:28"},
		{"tay ninh", "vn34:80"},
		{"UBND tỉnh Tây Ninh", "vn34:80"},
		{"long an", "vn63:80"},
		{"LONG AN", "vn63:80"},
		{"longan", "vn63:80"},
		{"hau giang", "vn63:93"},
		{"tiền giang", "vn63:82"},
		{"bac can", "vn63:06"},
		{"đăk lăk", "vn34:66"},
		{"daklak", "vn34:66"},
		{"thanh hoá", "vn34:38"},
		{"khánh hoà", "vn34:56"},
		{"đbscl", "vn34:r:DBSCL"},
		{"đồng bằng sông cửu long", "vn34:r:DBSCL"},
		{"dong nam bo", "vn34:r:DNB"},
		{"tay nguyen", "vn63:r:TN"},
		{"chỉ số hài lòng", "sipas"},
		{"hài lòng", "sipas"},
		{"sự hài lòng của người dân", "sipas"},
		{"mức độ hài lòng", "s766/MDHL"},
		{"sipas", "sipas"},
		{"par index", "par"},
		{"cải cách hành chính", "par"},
		{"cchc", "par"},
		{"chỉ số cải cách hành chính", "par"},
		{"năng lực cạnh tranh", "pci"},
		{"nang luc canh tranh cap tinh", "pci"},
		{"pci", "pci"},
		{"papi", "papi"},
		{"hiệu quả quản trị", "papi"},
		{"chuyển đổi số", "dti"},
		{"dti", "dti"},
		{"766", "s766"},
		{"quyết định 766", "s766"},
		{"766/QĐ-TTg", "s766"},
		{"chỉ số phục vụ người dân", "s766"},
		{"chỉ số xanh", "pgi"},
		{"dvc trực tuyến", "s766/CLGQ"},
		{"dich vu cong truc tuyen", "s766/CLGQ"},
		{"dịch vụ công", "s766/CLGQ"},
		{"DVCTT", "s766/CLGQ"},
		{"thanh toan truc tuyen", "s766/TTTT"},
		{"Thanh toán trực tuyến", "s766/TTTT"},
		{"thanh toan", "s766/TTTT"},
		{"số hóa hồ sơ", "s766/MDSH"},
		{"số hoá hồ sơ", "s766/MDSH"},
		{"tiến độ giải quyết", "s766/TDGQ"},
		{"công khai minh bạch", "papi/D2"},
		{"gia nhập thị trường", "pci/CSTP1"},
		{"chi phí gia nhập thị trường", "pci/CSTP1"},
		{"tiếp cận đất đai", "pci/CSTP2"},
		{"chi phí không chính thức", "pci/CSTP5"},
		{"chi phi thoi gian", "pci/CSTP4"},
		{"đào tạo lao động", "pci/CSTP9"},
		{"thiết chế pháp lý", "pci/CSTP10"},
		{"kiểm soát tham nhũng", "papi/D4"},
		{"tham nhung", "papi/D4"},
		{"quản trị điện tử", "papi/D8"},
		{"cung ứng dịch vụ công", "papi/D6"},
		{"cải cách tthc", "par/3"},
		{"cải cách tài chính công", "par/6"},
		{"control of corruption", "papi/D4"},
		{"sở tư pháp hậu giang", "vn63:93/so-tu-phap"},
		{"Sở Tư pháp tỉnh An Giang", "vn63:89/so-tu-phap"},
		{"bộ nội vụ", "min:bo-noi-vu"},

		// An index with a unit or a year.
		{"pci long an", "vn63:80+pci"},
		{"long an pci", "vn63:80+pci"},
		{"Xếp hạng PAR INDEX Long An năm 2019", "vn63:80+par"},
		{"papi hậu giang 2023", "vn63:93+papi"},
		{"thanh toán trực tuyến long an", "vn63:80+s766"},
		{"par index 2019", "par@2019"},
		{"kết quả chỉ số hài lòng năm 2023", "sipas@2023"},
		{"gia nhập thị trường 2021", "pci/CSTP1@2021"},
		{"long an 2019", "vn63:80"},

		// A slip of the keyboard finds nothing, rather than something wrong.
		{"lonng an", ""},
		{"tay nnih", ""},
		{"chi so hai log", ""},
		{"thanh toan truc tuyem", ""},
		{"par index long ann", ""},
		{"pci xyz", ""},
		{"sở tư pháp long an", ""},
		{"2019", ""},
		{"!!!", ""},
	} {
		if got := firstHit(c.Search(tc.q, 10)); got != tc.want {
			t.Errorf("the first hit for %q is %q, want %q", tc.q, got, tc.want)
		}
	}
}

// TestSearcher finds departments that the catalogue does not list.
func TestSearcher(t *testing.T) {
	c := Default()
	s := c.NewSearcher([]*Unit{
		{Key: "vn63:80/so-y-te", Type: Department, Name: "Sở Y tế", Parent: "vn63:80", Scheme: VN63},
		{Key: "vn63:93/so-y-te", Type: Department, Name: "Sở Y tế", Parent: "vn63:93", Scheme: VN63},
		{Key: "vn34:80/H01.187", Type: Commune, Name: "Xã An Ninh", Parent: "vn34:80", Scheme: VN34},
		{Key: "vn63:80", Type: Province, Name: "Not Long An", Scheme: VN63},
	})
	for _, tc := range []struct{ q, want string }{
		{"sở y tế hậu giang", "vn63:93/so-y-te"},
		{"so y te long an", "vn63:80/so-y-te"},
		{"an ninh", "vn34:80/H01.187"},
		{"xã an ninh tây ninh", "vn34:80/H01.187"},
		{"long an", "vn63:80"},
		{"not long an", ""},
		{"dong thap", "vn34:82"},
	} {
		if got := firstHit(s.Search(tc.q, 10)); got != tc.want {
			t.Errorf("the first hit for %q is %q, want %q", tc.q, got, tc.want)
		}
	}
	if got := len(c.Search("sở y tế", 10)); got != 0 {
		t.Errorf("the catalogue itself finds %d departments that only the searcher knows", got)
	}
}

// TestSearchComponents sees that what is found can be opened: its basis has it.
func TestSearchComponents(t *testing.T) {
	c := Default()
	n := 0
	for _, e := range c.entries {
		h := e.hit
		if h.Kind != "component" {
			continue
		}
		n++
		comp, err := c.Component(h.Index.Code, h.Basis, h.Component.Code)
		if err != nil || comp.Name != h.Name {
			t.Errorf("%s %s of basis %s: %v, %v", h.Index.Code, h.Component.Code, h.Basis, comp, err)
		}
	}
	if n < 80 {
		t.Errorf("%d components can be found, want all of the catalogue", n)
	}
}
