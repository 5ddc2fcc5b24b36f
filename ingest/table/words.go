package table

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
)

// measure is what the numbers of a column are.
type measure uint8

const (
	noMeasure measure = iota
	score
	place
	placesOf // the denominator of a place, in a column of its own
	maximum
	numerator
	denominator
	percentOfMax // a component's per cent of its maximum, which is not its score
)

var measureNames = map[measure]string{
	score: "score", place: "place", placesOf: "of", maximum: "max", numerator: "numerator", denominator: "denominator",
}

func measureNamed(s string) (measure, bool) {
	for m, n := range measureNames {
		if n == s {
			return m, true
		}
	}
	return noMeasure, false
}

func setOf(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// Headings, folded without blanks.
var (
	unitHeadings = setOf("tinhthanhpho", "tinhthanh", "tinh", "tinhtp", "tinhthanhphotructhuoctrunguong", "tinhthanhphotructhuoctw", "tinhtptw", "tinhthanhphotructhuoc",
		"donvi", "tendonvi", "diaphuong", "tendiaphuong", "tentinh", "tentinhthanhpho", "tentinhtp", "tinhthanhphoten", "province", "provinces", "provincecity",
		"provincescities", "provincename", "name", "unit", "unitname", "coquan", "tencoquan", "coquandonvi", "songanh", "sobannganh", "cacsonganh", "cacsobannganh", "donvidiaphuong",
		"songanhdiaphuong", "sobannganhdiaphuong", "huyenthixathanhpho", "huyenthanhpho", "huyenthithanhpho", "ubndcaphuyen", "ubndhuyen", "ubndhuyenthixathanhpho",
		"xaphuong", "xaphuongthitran", "ubndcapxa", "ubndxaphuong", "ubndxaphuongthitran", "tencoquandonvi", "cacdonvi", "donvihanhchinh", "bonganh", "bonganhtrunguong", "tenso", "tinhthanhphothuoctrunguong", "thanhphotinh", "city", "cityprovince", "diaphuongdonvi", "tensonganh", "cactinh", "cactinhthanhpho", "coquanhanhchinh", "vungkinhtexahoi", "tenvung")
	serialHeadings    = setOf("stt", "tt", "sott", "sothutu", "thutu", "no", "so", "#", "idx")
	periodHeadings    = setOf("nam", "ky", "kydanhgia", "kybaocao", "thoigian", "thang", "quy", "namdanhgia", "year", "period", "thoiky", "month", "quarter")
	indexHeadings     = setOf("chiso", "bochiso", "tenchiso", "machiso", "index", "loaichiso", "cacchiso")
	componentHeadings = setOf("chisothanhphan", "thanhphan", "linhvuc", "tieuchi", "noidung", "nhomtieuchi", "chitieu", "tentieuchi", "trucnoidung", "truc", "component", "criterion", "subindex", "subindices", "dimension", "linhvuctieuchi", "cacchisothanhphan", "noidungdanhgia", "nhomchiso", "indicator", "cacchitieu")
	parentHeadings    = setOf("thuoctinh", "tructhuoc", "thuoctinhthanhpho", "parent", "parentprovince")
	noteHeadings      = setOf("ghichu", "note", "notes", "chuthich", "remark", "nguon", "source", "quote")
	codeHeadings      = setOf("ma", "matinh", "mapci", "id", "tinhid", "code", "madonvi", "madiaphuong", "maso", "pciid", "provinceid", "madinhdanh", "magso")
	regionHeadings    = setOf("vung", "khuvuc", "mien", "region", "vungkinhte", "vungmien", "cum", "cumthidua", "khoi")
	tierHeadings      = setOf("xeploai", "phanloai", "nhom", "nhomxephang", "nhomxeploai", "tier", "loai", "mucxeploai", "danhgia", "mucdo", "nhomdiem", "mucdanhgia", "xepnhom", "group")
	percentHeadings   = setOf("tyle", "tile", "phantram", "percent", "%", "tylephantram", "chisophantram")
	noiseHeadings     = setOf("ketqua", "ketquadanhgia", "ketquaxephang", "ketquachamdiem", "trongdo", "cacchiso", "cacchisothanhphan", "cacchisonoidung", "chisothanhphan", "thanhphan", "diemthanhphan",
		"chitiet", "thongtin", "cacnoidung", "cactieuchi", "cactruc", "nam", "tinh", "ketquathamdinh", "cac", "linhvuc", "diemcaclinhvuc", "caclinhvuc", "chiso", "cacnam", "quacacnam", "linhvucdanhgia", "theocaclinhvuc", "ketquacacchiso", "diemsothanhphan", "ketquacongbo", "theolinhvuc", "subindices", "components", "danhgia", "cactieuchithanhphan", "tieuchi", "noidung", "bothanhphan", "trongsocacchiso", "chamdiem", "congbo")
)

// Words for the measure, longest first, folded with blanks; they stand at the
// beginning or the end of a heading.
var measureWords = []struct {
	words string
	m     measure
}{
	{"diem toi da", maximum}, {"diem chuan", maximum}, {"thang diem", maximum}, {"diem cao nhat co the", maximum}, {"toi da", maximum}, {"max score", maximum}, {"maximum", maximum},
	{"xep hang", place}, {"thu hang", place}, {"vi tri xep hang", place}, {"vi thu", place}, {"xep vi thu", place}, {"xep thu", place}, {"vi tri", place}, {"thu bac", place},
	{"ranking", place}, {"rank", place}, {"hang", place}, {"place", place},
	{"tong so don vi", placesOf}, {"tren tong so", placesOf}, {"so tinh xep hang", placesOf}, {"so don vi xep hang", placesOf}, {"out of", placesOf},
	{"diem danh gia", score}, {"diem dat duoc", score}, {"diem dat", score}, {"diem so", score}, {"so diem", score}, {"diem tong", score}, {"diem", score}, {"score", score}, {"points", score}, {"gia tri", score}, {"value", score},
	{"tu so", numerator}, {"mau so", denominator},
}

// changeWords tell a column of movements: a difference is no value of a year.
var changeWords = []string{"tang giam", "chenh lech", "so voi", "bien dong", "thay doi", "tang hang", "giam hang", "tang bac", "change", "muc tang", "tang truong", "len xuong", "hieu so"}

// weighted is said of totals and changes nothing; a total without weights is not the index.
var weighted = []string{"co trong so", "da co trong so", "co tinh trong so", "weighted"}
var unweighted = []string{"chua co trong so", "khong co trong so", "khong trong so", "chua tinh trong so", "unweighted", "un weighted", "non weighted"}

var stageSelf = []string{"tu danh gia", "tu cham", "tu cham diem", "self assessed", "tu danh gia cham diem"}
var stageOfficial = []string{"tham dinh", "cong nhan", "appraised", "dieu chinh sau tham dinh"}

// englishComponents are names on the PCI site that the catalogue does not have.
var englishComponents = map[string]map[string][]string{
	"pci": {
		"entrycosts": {"CSTP1"}, "landaccess": {"CSTP2"}, "accesstoland": {"CSTP2"}, "landaccessandsecurityoftenure": {"CSTP2"}, "transparency": {"CSTP3"}, "timecosts": {"CSTP4"},
		"informalcharges": {"CSTP5"}, "policybias": {"CSTP6"}, "faircompetition": {"CSTP6"}, "competitionenvironment": {"CSTP6"}, "proactivity": {"CSTP7"},
		"businesssupportpolicy": {"CSTP8"}, "businesssupportservices": {"CSTP8"}, "businesssupport": {"CSTP8"}, "laborpolicy": {"CSTP9"}, "labourpolicy": {"CSTP9"}, "labortraining": {"CSTP9"},
		"laworder": {"CSTP10"}, "lawandorder": {"CSTP10"}, "legalinstitutions": {"CSTP10"}, "legalinstitutionsandsecurity": {"CSTP10"},
	},
}

// statistic rows: no unit's, by a whole word or by a beginning, folded.
var (
	statisticWords    = setOf("tong", "tongcong", "tongso", "total", "sum", "mean", "min", "max", "count", "average", "trungbinh", "trungbinhchung", "binhquan", "binhquanchung", "trungvi", "median", "cong", "diemtrungbinh", "trungbinhcong", "dolechchuan", "stdev")
	statisticPhrases  = []string{"trungvi", "median", "thapnhat", "caonhat", "nhonhat", "lonnhat", "diemthapnhat", "diemcaonhat", "diemtrungvi", "dolechchuan", "standarddev", "giatri", "lowest", "highest", "minimum", "maximum", "trungbinhcac", "trungbinhkhoi", "trungbinhcum", "tongso"}
	nationWords       = setOf("canuoc", "toanquoc", "trungbinhcanuoc", "binhquancanuoc", "trungbinhtoanquoc", "binhquantoanquoc", "diemtrungbinhcanuoc", "trungbinhchungcanuoc", "vietnam", "nation", "national", "nationalaverage", "nationalmean", "trungbinhchungtoanquoc", "chungcanuoc", "quocgia", "trungbinh63tinh", "trungbinh63tinhthanhpho", "trungbinh34tinh", "trungbinhcua63tinhthanhpho")
	nationMiddleWords = setOf("trungvicanuoc", "trungvitoanquoc")
	maxRowWords       = setOf("diemtoida", "thangdiem", "diemchuan", "toida", "maxscore", "diemtoidacho", "maximumscore", "diemtoidatheoquydinh")
	footerPhrases     = []string{"ghichu", "nguon", "note", "source", "nguoilap", "nguoitonghop", "chutich", "giamdoc", "noinhan", "luuy", "(", "*", "theo", "thutruong", "ngay"}
)

var (
	headingMax = regexp.MustCompile(`(?i)\(\s*(?:tối đa|điểm tối đa|điểm chuẩn|thang điểm|max\.?|tối đa là|tổng)?\s*[:=]?\s*/?\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:đ|điểm|points?|%|tỉnh|tỉnh, thành phố|tỉnh, thành|đơn vị)?\s*\)|/\s*(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:điểm|đ|points?|tỉnh|tỉnh, thành phố|tỉnh, thành|đơn vị)?\s*$`)
	numbering  = regexp.MustCompile(`^(?:(?:[IVX]{1,5}|[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}|[a-zđ])[.)\-:]+\s*|[-+•*]\s*|(?i:(?:chỉ số thành phần|cstp|lĩnh vực|nội dung|trục|tiêu chí|chỉ số)\s*(?:số\s*)?[0-9]{1,2}\s*[.:–-]\s*))`)
	numberCols = regexp.MustCompile(`^\(?(?:[A-ZĐa-z]|[0-9]{1,3})\)?(?:\s*=\s*[()0-9+\-*/ ]+)?$`)
	unitNumber = regexp.MustCompile(`^\(?[0-9]{1,4}\)?\s*[.)\-–]?\s+|^[0-9]{1,4}[.)]\s*`)
)

// heading is what the texts over a column, or beside a row, say.
type heading struct {
	text      string // as the document has it
	measure   measure
	explicit  bool // the measure was said in words
	index     string
	component string // code
	total     bool   // the total was named
	when      when
	stage     reform.Stage
	staged    bool   // a stage was named
	scope     string // a region in which places are counted; "own" the unit's own region
	max       decimal.NullDecimal
	of        int
	ignore    string // why the column holds no values, where it is known: "a row number"
	role      string // "unit", "period", "index", "component", "parent" for columns of labels
	unknown   string // the text that was not understood
}

// ignored says for known headings what makes them no value.
func ignored(f string) (why string, ok bool) {
	switch {
	case serialHeadings[f]:
		return "a row number, never a place", true
	case noteHeadings[f]:
		return "notes", true
	case codeHeadings[f]:
		return "a code", true
	case regionHeadings[f]:
		return "the region", true
	case tierHeadings[f]:
		return "a grade in words", true
	}
	return "", false
}

func roleOf(f string) string {
	switch {
	case unitHeadings[f]:
		return "unit"
	case periodHeadings[f]:
		return "period"
	case indexHeadings[f]:
		return "index"
	case componentHeadings[f]:
		return "component"
	case parentHeadings[f]:
		return "parent"
	}
	return ""
}

// stripMeasure takes the words of a measure off the beginning or the end of a
// folded heading.
func stripMeasure(w string) (m measure, rest string, ok bool) {
	for _, x := range measureWords {
		if w == x.words {
			return x.m, "", true
		}
	}
	for _, x := range measureWords {
		if r, found := strings.CutPrefix(w, x.words+" "); found {
			return x.m, r, true
		}
	}
	for _, x := range measureWords {
		if r, found := strings.CutSuffix(w, " "+x.words); found {
			return x.m, r, true
		}
	}
	return noMeasure, w, false
}

func hasAny(w string, list []string) bool {
	padded := " " + w + " "
	for _, x := range list {
		if strings.Contains(padded, " "+x+" ") {
			return true
		}
	}
	return false
}

// isNation tells a row of the whole country by its folded text.
func isNation(f string) bool { return nationWords[f] }

// isStatistic tells a row that is no unit's by its folded text.
func isStatistic(f string) bool {
	if statisticWords[f] || nationMiddleWords[f] {
		return true
	}
	for _, p := range statisticPhrases {
		if strings.HasPrefix(f, p) {
			return true
		}
	}
	return false
}

// departmentWords begin the names of units inside a province.
var departmentWords = []string{"so ", "ban ", "van phong ", "thanh tra ", "chi cuc ", "cuc ", "cong an ", "bo chi huy ", "bao hiem xa hoi ", "bhxh ", "kho bac ", "ngan hang ", "dien luc ", "hai quan ", "trung tam ", "thue ", "chi nhanh ", "truong ", "hoi ", "lien doan ", "toa an ", "vien kiem sat ", "vien ", "buu dien ", "cong ty "}
var localWords = []string{"huyen ", "thi xa ", "thanh pho ", "tp ", "quan ", "phuong ", "xa ", "thi tran ", "ubnd ", "uy ban nhan dan ", "dac khu "}

// insideProvince is the type of unit that a name inside a province has by its first words.
func insideProvince(text string) (reform.UnitType, bool) {
	w := viet.FoldWords(text) + " "
	for _, p := range localWords {
		if strings.HasPrefix(w, p) {
			return reform.Commune, true
		}
	}
	for _, p := range departmentWords {
		if strings.HasPrefix(w, p) {
			return reform.Department, true
		}
	}
	return "", false
}

// missing reports whether a text says that there is no value.
func missing(text string) bool {
	switch strings.ToLower(text) {
	case "", "-", "–", "—", "--", ".", "..", "...", "…", "n/a", "na", "n.a", "n.a.", "x", "không có", "không có số liệu", "không có dữ liệu", "không xếp hạng", "chưa xếp hạng", "không đánh giá", "null", "nan":
		return true
	}
	return false
}
