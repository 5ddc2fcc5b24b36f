package pci

import (
	"regexp"
	"strconv"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
)

// role is what a column of an official PCI sheet holds.
type role uint8

const (
	roleNone       role = iota // not understood
	roleComponent              // the score of a component
	roleTotal                  // the weighted total
	roleUnweighted             // the sum without weights, which is not the index
	rolePlace                  // the place of the total
	roleTier                   // the group in words: "Rất tốt"
	roleProvince
	roleSerial // a row number
	roleCode   // Mã PCI, which is not the official code
	roleRegion
)

// meaning is a heading understood.
type meaning struct {
	role role
	// component is a code of the newest numbering (CSTP1 to CSTP10, IMPL), or "BIAS" where the basis
	// decides between the bias to state-owned firms (SOE) and the later policy bias (CSTP6).
	component string
}

const bias = "BIAS"

// componentWords tell a component by a piece of its folded heading. Names changed
// with the years and were shortened in every way, so pieces are looked for, and
// in this order: "Chi phí thời gian để thực hiện các quy định của Nhà nước" is of time, not
// of the State's firms.
var componentWords = []struct {
	code  string
	words []string
}{
	{"CSTP1", []string{"gianhap", "entry"}},
	{"CSTP2", []string{"datdai", "tiepcandat", "quyensudungdat", "matbang", "landaccess", "accesstoland", "tenure"}},
	{"CSTP3", []string{"minhbach", "tiepcanthongtin", "transparen", "accesstoinfo"}},
	{"CSTP4", []string{"chiphithoigian", "timecost", "cpthoigian", "thoigian", "chiphitg"}},
	{"CSTP5", []string{"khongchinhthuc", "kochinhthuc", "phichinhthuc", "informal"}},
	{"CSTP7", []string{"nangdong", "tienphong", "proactiv", "lanhdao", "leadership"}},
	{"IMPL", []string{"trunguong", "implementation"}},
	{"CSTP9", []string{"daotao", "laodong", "labor", "labour", "training"}},
	{"CSTP10", []string{"phaply", "thietche", "tuphap", "legal", "anninhtrattu", "laworder", "lawandorder"}},
	{"CSTP6", []string{"canhtranhbinhdang", "binhdang", "faircompetition", "policybias"}},
	{bias, []string{"uudai", "thienvi", "doanhnghiepnhanuoc", "dnnn", "stateowned", "statesector", "soe", "bias", "moitruongcanhtranh", "competitionenvironment"}},
	{"CSTP8", []string{"hotro", "tunhan", "privatesector", "businesssupport", "supportservice", "supportpolic", "developmentservice", "businessdevelopment", "pttn", "ptktt", "kttn", "kvtn", "trogiup", "phattriendoanhnghiep"}},
}

// shortComponents are whole headings, where a piece of a longer one would say
// nothing: those of a table of variables ("sub2_land").
var shortComponents = map[string]string{
	"land": "CSTP2", "time": "CSTP4", "informal": "CSTP5", "soe": bias, "bss": "CSTP8", "bds": "CSTP8", "psd": "CSTP8", "law": "CSTP10", "order": "CSTP10", "lawandorder": "CSTP10",
}

// numbered is a heading that begins with the number of the component.
var numbered = regexp.MustCompile(`^(?:cstp|chisothanhphan|chiso|subindex|sub)(10|[1-9])`)

var provinceHeadings = setOf("tinh", "tinhthanh", "tinhthanhpho", "tinhtp", "tinhtptw", "province", "provinces", "provincecity",
	"provincescities", "provincename", "tentinh", "tentinhthanhpho", "diaphuong", "tendiaphuong", "tinhthanhphotructhuoctrunguong", "thanhphotinh", "tptinh")

var serialHeadings = setOf("thutu", "stt", "tt", "no", "sott", "sothutu")

var regionHeadings = setOf("vung", "region", "khuvuc", "mien", "vungkinhte")

var totalHeadings = setOf("diem", "tongdiem", "score", "total", "diemtong", "diemso", "tong", "finalscore", "overallscore")

func setOf(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

// longHeading is where headings of indicators begin: those of components and totals are shorter.
const longHeading = 90

// understand reads one cell of a heading. Old workbooks hold headings in the
// encoding of their fonts; such a text is decoded where it means nothing as it stands.
func understand(text string) meaning {
	m := understandPlain(text)
	if m.role == roleNone {
		if decoded, _, changed := viet.DecodeLegacy(text); changed {
			m = understandPlain(decoded)
		}
	}
	return m
}

func understandPlain(text string) meaning {
	f := viet.Fold(text)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(f, w) {
				return true
			}
		}
		return false
	}
	switch {
	case f == "" || len(f) > longHeading:
		return meaning{}
	case provinceHeadings[f]:
		return meaning{role: roleProvince}
	case serialHeadings[f]:
		return meaning{role: roleSerial}
	case regionHeadings[f]:
		return meaning{role: roleRegion}
	case f == "ma", f == "id", has("mapci", "pciid", "matinh", "maso", "pcicode"):
		return meaning{role: roleCode}
	case has("nhomxep", "nhom", "tier", "phanloai", "xeploai", "phannhom"):
		return meaning{role: roleTier}
	case has("xephang", "thuhang", "ranking", "rank"):
		return meaning{role: rolePlace}
	case has("trongso", "weight") && has("chua", "khong", "unw", "nonw", "without", "equal"):
		return meaning{role: roleUnweighted}
	case has("nangluccanhtranh", "competitiveness"):
		return meaning{role: roleTotal}
	}
	for _, c := range componentWords {
		if has(c.words...) {
			return meaning{role: roleComponent, component: c.code}
		}
	}
	if at := numbered.FindStringSubmatchIndex(f); at != nil {
		rest := f[at[1]:]
		if code, ok := shortComponents[rest]; ok {
			return meaning{role: roleComponent, component: code}
		}
		if rest == "" && strings.HasPrefix(f, "cstp") {
			return meaning{role: roleComponent, component: "CSTP" + f[at[2]:at[3]]}
		}
	} else if code, ok := shortComponents[f]; ok {
		return meaning{role: roleComponent, component: code}
	}
	if has("pci", "cotrongso", "weighted", "tonghop", "composite", "overall") || totalHeadings[f] {
		return meaning{role: roleTotal}
	}
	return meaning{}
}

// componentOf is the code that the basis gives to a component heading; "" where the basis has none.
func componentOf(cat *reform.Catalog, basis, heading string, m meaning) string {
	if f := viet.Fold(heading); numbered.FindString(f) == f && f != "" {
		// Only an edition with all ten numbers its sub-indices as the newest does.
		if _, err := cat.Component(index, basis, "CSTP6"); err != nil || !strings.HasPrefix(f, "cstp") {
			return ""
		}
	}
	// The catalogue's own names come first: they include those that a user added.
	if code, ok := cat.FindComponent(index, basis, heading); ok {
		return code
	}
	if m.role != roleComponent {
		return ""
	}
	codes := []string{m.component}
	if m.component == bias || m.component == "CSTP6" {
		codes = []string{"SOE", "CSTP6"}
	}
	for _, code := range codes {
		if _, err := cat.Component(index, basis, code); err == nil {
			return code
		}
	}
	return ""
}

// Rows under a table that are no province: a word of its own, or the beginning of a phrase.
var (
	statisticWords = setOf("min", "max", "tong", "total", "sum", "mean", "count", "stdev", "rank", "ranking", "xephang", "thuhang",
		"trongso", "weight", "weights", "diem", "score", "chenhlech")
	statisticPhrases = []string{"trungvi", "median", "thapnhat", "caonhat", "nhonhat", "lonnhat", "trungbinh", "average", "binhquan", "giatri",
		"diemthap", "diemcao", "diemtrung", "dolech", "standarddev", "canuoc", "toanquoc", "ghichu", "nguon", "source", "lowest", "highest", "minimum", "maximum"}
)

// isStatistic reports whether a text in the province column begins a row that is no province's.
func isStatistic(text string) bool {
	f := viet.Fold(text)
	if statisticWords[f] || provinceHeadings[f] || serialHeadings[f] {
		return true
	}
	for _, w := range statisticPhrases {
		if strings.HasPrefix(f, w) {
			return true
		}
	}
	return false
}

var yearPattern = regexp.MustCompile(`(?:^|[^0-9])(20[0-4][0-9])(?:[^0-9]|$)`)

// yearsIn lists the years that a text names.
func yearsIn(text string) []int {
	var years []int
	for rest := text; ; {
		at := yearPattern.FindStringSubmatchIndex(rest)
		if at == nil {
			return years
		}
		y, _ := strconv.Atoi(rest[at[2]:at[3]])
		if y >= firstEdition {
			years = append(years, y)
		}
		rest = rest[at[3]:]
	}
}

// firstEdition is the year of the first PCI; earlier years in headings are of laws and surveys.
const firstEdition = 2005
