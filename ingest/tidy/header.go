package tidy

import (
	"chiso/reform/viet"
)

// field is what a column means.
type field int

const (
	fIndex field = iota
	fBasis
	fUnit
	fUnitName
	fUnitType
	fParent
	fPeriod
	fYear
	fComponent
	fStage
	fScore
	fMax
	fNumerator
	fDenominator
	fPlace
	fOf
	fScope
	fRankKind
	fStatus
	fObservedAt
	fSourceTitle
	fSourceIssuer
	fSourceNumber
	fSourceDate
	fSourceURL
	fSourceAuthority
	fLocator
	fNote
	fIgnored // known, and of no meaning for a fact: a row number, the period's kind
	fieldCount
)

// names are the English headings, which files that ship with the product use.
var names = [...]string{
	fIndex: "index", fBasis: "basis", fUnit: "unit", fUnitName: "unit_name", fUnitType: "unit_type", fParent: "parent", fPeriod: "period", fYear: "year",
	fComponent: "component", fStage: "stage", fScore: "score", fMax: "max", fNumerator: "numerator", fDenominator: "denominator", fPlace: "place", fOf: "of",
	fScope: "scope", fRankKind: "rank_kind", fStatus: "status", fObservedAt: "observed_at", fSourceTitle: "source_title", fSourceIssuer: "source_issuer",
	fSourceNumber: "source_number", fSourceDate: "source_date", fSourceURL: "source_url", fSourceAuthority: "source_authority", fLocator: "locator", fNote: "note",
	fIgnored: "",
}

// aliases are further headings, in Vietnamese as offices write them and in
// English, by field. They are compared folded: marks, case and blanks do not matter.
var aliases = map[field][]string{
	fIndex:       {"chỉ số", "bộ chỉ số", "mã chỉ số", "tên chỉ số", "index code"},
	fBasis:       {"phiên bản", "bộ tiêu chí", "phiên bản chỉ số"},
	fUnit:        {"mã đơn vị", "mã tỉnh", "unit code", "unit key", "mã tỉnh/thành phố", "mã địa phương"},
	fUnitName:    {"tỉnh/thành phố", "tỉnh, thành phố", "tỉnh thành", "tỉnh/thành", "tỉnh", "tỉnh/tp", "đơn vị", "tên đơn vị", "địa phương", "tên địa phương", "tên tỉnh", "province", "province name", "cơ quan", "cơ quan, đơn vị", "sở, ngành", "sở/ngành", "name", "tỉnh, tp", "đơn vị/địa phương"},
	fUnitType:    {"loại đơn vị", "cấp", "type"},
	fParent:      {"thuộc tỉnh", "trực thuộc", "thuộc tỉnh/thành phố", "parent province"},
	fPeriod:      {"kỳ", "kỳ đánh giá", "kỳ báo cáo", "thời gian", "tháng", "quý"},
	fYear:        {"năm", "năm đánh giá"},
	fComponent:   {"tiêu chí", "lĩnh vực", "thành phần", "chỉ số thành phần", "nội dung", "mã tiêu chí", "tên tiêu chí", "nhóm tiêu chí", "nhóm chỉ số", "criterion", "sub-index", "dimension", "component code"},
	fStage:       {"giai đoạn", "vòng", "hình thức đánh giá"},
	fScore:       {"điểm", "điểm số", "tổng điểm", "điểm đạt", "điểm đạt được", "kết quả", "giá trị", "value", "số lượng", "điểm đánh giá", "điểm tổng", "điểm chỉ số", "kết quả (%)", "tỷ lệ (%)", "tỷ lệ", "điểm thẩm định"},
	fMax:         {"điểm tối đa", "tối đa", "điểm chuẩn", "thang điểm", "maximum", "max score"},
	fNumerator:   {"tử số", "số đạt"},
	fDenominator: {"mẫu số", "tổng"},
	fPlace:       {"hạng", "xếp hạng", "thứ hạng", "vị trí", "vị thứ", "rank", "ranking", "xếp thứ"},
	fOf:          {"tổng số đơn vị", "tổng số", "số đơn vị", "trên tổng số", "trong tổng số", "số tỉnh", "số đơn vị xếp hạng", "denominator of rank", "out of"},
	fScope:       {"phạm vi", "phạm vi xếp hạng", "vùng", "khu vực"},
	fRankKind:    {"loại hạng", "nguồn gốc hạng"},
	fStatus:      {"trạng thái", "tình trạng"},
	fObservedAt:  {"thời điểm", "ngày số liệu", "thời điểm số liệu", "ngày ghi nhận", "thời điểm ghi nhận"},

	fSourceTitle:     {"nguồn", "tên nguồn", "tài liệu", "source", "tên văn bản", "trích yếu"},
	fSourceIssuer:    {"cơ quan ban hành", "nơi ban hành", "đơn vị công bố", "issuer"},
	fSourceNumber:    {"số văn bản", "số hiệu", "số, ký hiệu", "số quyết định", "số ký hiệu"},
	fSourceDate:      {"ngày ban hành", "ngày văn bản", "ngày công bố", "ngày nguồn"},
	fSourceURL:       {"địa chỉ", "đường dẫn", "liên kết", "url", "link"},
	fSourceAuthority: {"độ tin cậy", "mức nguồn", "loại nguồn"},
	fLocator:         {"vị trí trong tài liệu", "trang", "vị trí nguồn"},
	fNote:            {"ghi chú", "chú thích", "remark", "quote"},
	fIgnored:         {"stt", "tt", "số thứ tự", "thứ tự", "no", "no.", "#", "period_kind", "id"},
}

var byHeading = func() map[string]field {
	m := map[string]field{}
	for f, name := range names {
		if name != "" {
			m[viet.Fold(name)] = field(f)
		}
	}
	for f, list := range aliases {
		for _, a := range list {
			k := viet.Fold(a)
			if k == "" {
				k = a // "#" folds to nothing
			}
			if old, taken := m[k]; taken && old != f {
				panic("tidy: the heading " + a + " has two meanings")
			}
			m[k] = f
		}
	}
	return m
}()

// meaningOf is the field that a heading names.
func meaningOf(heading string) (field, bool) {
	if len(heading) > 200 {
		return 0, false
	}
	k := viet.Fold(heading)
	if k == "" {
		k = heading
	}
	f, ok := byHeading[k]
	return f, ok
}

// headerSearch is how many rows a heading may stand below: a title, a decision's number.
const headerSearch = 20

// header is the row of headings of a table.
type header struct {
	row      int // counted from 0
	columns  [fieldCount]int
	headings []string // all of the row
	known    int      // how many were understood
	twice    []int    // columns whose meaning another column has already
	unknown  []int
}

// findHeader is the first of the best rows of headings; false where no row names
// both a unit and a value.
func findHeader(rows [][]string) (header, bool) {
	var best header
	found := false
	for i, r := range rows {
		if i == headerSearch {
			break
		}
		h := readHeader(i, r)
		if !h.complete() {
			continue
		}
		if !found || h.known > best.known {
			best, found = h, true
		}
	}
	return best, found
}

func readHeader(row int, cells []string) header {
	h := header{row: row, headings: cells}
	for f := range h.columns {
		h.columns[f] = -1
	}
	for col, text := range cells {
		f, ok := meaningOf(text)
		switch {
		case viet.Clean(text) == "":
		case !ok:
			h.unknown = append(h.unknown, col)
		case f == fIgnored:
			h.known++
		case h.columns[f] >= 0:
			h.twice = append(h.twice, col)
		default:
			h.columns[f] = col
			h.known++
		}
	}
	return h
}

func (h *header) has(fs ...field) bool {
	for _, f := range fs {
		if h.columns[f] >= 0 {
			return true
		}
	}
	return false
}

// complete reports whether a row of headings makes a table of facts.
func (h *header) complete() bool {
	return h.has(fUnit, fUnitName) && h.has(fScore, fPlace, fNumerator)
}
