package table

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// when is a period as a text names it. A part of a year without its year ("Tháng
// 3") waits for the year that the title gives.
type when struct {
	year int
	part string // "", "Q3", "H1", "10", "01/11" (11 months)
}

func (w when) zero() bool { return w == when{} }

// with takes from outer what w lacks.
func (w when) with(outer when) when {
	if w.year == 0 {
		w.year = outer.year
		if w.part == "" {
			w.part = outer.part
		}
	}
	return w
}

// period is the period, false where the year is missing.
func (w when) period() (reform.Period, bool) {
	if w.year == 0 {
		return reform.Period{}, false
	}
	y := strconv.Itoa(w.year)
	s := y
	switch {
	case w.part == "":
	case strings.HasPrefix(w.part, "01/"):
		s = y + "-01/" + y + "-" + w.part[3:]
	default:
		s = y + "-" + w.part
	}
	p, err := reform.ParsePeriod(s)
	return p, err == nil
}

func whenOf(p reform.Period) when {
	s := p.String()
	if y, rest, ok := strings.Cut(s, "/"); ok {
		return when{p.Year(), "01/" + rest[len(rest)-2:]}.check(y)
	}
	w := when{year: p.Year()}
	if _, part, ok := strings.Cut(s, "-"); ok {
		w.part = part
	}
	return w
}

// check keeps only spans that begin in January: others have no short form.
func (w when) check(start string) when {
	if !strings.HasSuffix(start, "-01") {
		return when{}
	}
	return w
}

// Words are matched in folded text with one blank between words.
const (
	yearWord  = `(?:nam |year )?((?:19|20)\d\d)`
	monthWord = `(?:thang |month )(0?[1-9]|1[0-2])`
)

var (
	datePatterns = []*regexp.Regexp{
		regexp.MustCompile(`\b(?:ngay )?\d{1,2} thang \d{1,2} nam \d{4}\b`),
		regexp.MustCompile(`\b(?:ngay )?(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[0-2]) (?:19|20)\d\d\b`),
		regexp.MustCompile(`\b(?:so )?\d+(?: \d{4})? (?:qd|bc|kh|cv|nq|tb|ttr|ct|tt|nd)\b(?: [a-z]+){0,3}`),
		regexp.MustCompile(`\b(?:so voi|so sanh voi)\b(?: [a-z]+){0,6} (?:nam )?(?:19|20)\d\d\b`),
	}
	rangePattern = regexp.MustCompile(`\b(?:giai doan |tu nam |tu )?(?:19|20)\d\d (?:den nam |den |toi )?(?:19|20)\d\d\b`)
	partPatterns = []struct {
		re   *regexp.Regexp
		part func(m []string) string
	}{
		{regexp.MustCompile(`\b(?:quy|quarter) ?([1-4]|i{1,3}|iv)\b(?: ?` + yearWord + `\b)?`), func(m []string) string { return "Q" + roman(m[1]) }},
		{regexp.MustCompile(`\bq([1-4])\b(?: ?` + yearWord + `\b)?`), func(m []string) string { return "Q" + m[1] }},
		{regexp.MustCompile(`\b(?:6|sau) thang (dau|cuoi)(?: nam)?\b(?: ?` + yearWord + `\b)?`), func(m []string) string {
			if m[1] == "dau" {
				return "H1"
			}
			return "H2"
		}},
		{regexp.MustCompile(`\b(?:nua|hk|h)([12])\b(?: ?` + yearWord + `\b)?`), func(m []string) string { return "H" + m[1] }},
		{regexp.MustCompile(`\b([1-9]|1[01]) thang(?: dau)?(?: nam)?\b(?: ?` + yearWord + `\b)?`), func(m []string) string {
			if m[1] == "6" {
				return "H1"
			}
			return "01/" + twoDigits(m[1])
		}},
		{regexp.MustCompile(`\b` + monthWord + `\b(?: ?` + yearWord + `\b)?`), func(m []string) string { return twoDigits(m[1]) }},
	}
	yearPattern = regexp.MustCompile(`\b` + yearWord + `\b`)
	isoMonth    = regexp.MustCompile(`^((?:19|20)\d\d) (0[1-9]|1[0-2])$`)
	slashMonth  = regexp.MustCompile(`^(0?[1-9]|1[0-2]) ((?:19|20)\d\d)$`)
	bareYear    = regexp.MustCompile(`^(?:19|20)\d\d(?: 0)?$`)
)

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

func roman(s string) string {
	if n := slices.Index([]string{"i", "ii", "iii", "iv"}, s); n >= 0 {
		return strconv.Itoa(n + 1)
	}
	return s
}

func validYear(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= reform.FirstYear && n <= reform.LastYear
}

// pullPeriod takes the one period that a folded text names out of it. Dates,
// numbers of decisions and spans of years name none.
func pullPeriod(folded string) (w when, rest string) {
	rest = folded
	if m := isoMonth.FindStringSubmatch(rest); m != nil {
		if y, ok := validYear(m[1]); ok {
			return when{y, m[2]}, ""
		}
	}
	if m := slashMonth.FindStringSubmatch(rest); m != nil {
		if y, ok := validYear(m[2]); ok {
			return when{y, twoDigits(m[1])}, ""
		}
	}
	for _, p := range partPatterns {
		at := p.re.FindStringSubmatchIndex(rest)
		if at == nil {
			continue
		}
		m := p.re.FindStringSubmatch(rest)
		w.part = p.part(m)
		if y, ok := validYear(m[len(m)-1]); ok && len(m) > 2 {
			w.year = y
		}
		rest = squeeze(rest[:at[0]] + " " + rest[at[1]:])
		break
	}
	if rangePattern.MatchString(rest) {
		if w.year == 0 {
			return when{}, folded
		}
		return w, rest
	}
	if w.year == 0 {
		years := yearPattern.FindAllStringSubmatchIndex(rest, -1)
		if len(years) == 1 {
			at := years[0]
			if y, ok := validYear(rest[at[2]:at[3]]); ok {
				w.year = y
				rest = squeeze(rest[:at[0]] + " " + rest[at[1]:])
			}
		}
	}
	if w.zero() {
		return w, folded
	}
	return w, strings.TrimSuffix(rest, " nam")
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// periodOf is the period that a whole folded text is, nothing else in it.
func periodOf(folded string) (when, bool) {
	w, rest := pullPeriod(folded)
	return w, !w.zero() && (rest == "" || rest == "nam" || rest == "ky" || rest == "0" && w.part == "")
}

// periodsIn lists the periods that a title speaks of as its own.
func periodsIn(folded string) []when {
	for _, re := range datePatterns {
		folded = re.ReplaceAllString(folded, " ")
	}
	folded = squeeze(folded)
	folded = squeeze(rangePattern.ReplaceAllString(folded, " "))
	var list []when
	for _, p := range partPatterns {
		for _, m := range p.re.FindAllStringSubmatch(folded, -1) {
			w := when{part: p.part(m)}
			if y, ok := validYear(m[len(m)-1]); ok && len(m) > 2 {
				w.year = y
			}
			list = append(list, w)
		}
		if len(list) > 0 {
			folded = squeeze(p.re.ReplaceAllString(folded, " "))
			break
		}
	}
	var years []int
	for _, m := range yearPattern.FindAllStringSubmatch(folded, -1) {
		if y, ok := validYear(m[1]); ok && !slices.Contains(years, y) {
			years = append(years, y)
		}
	}
	switch {
	case len(list) == 0:
		for _, y := range years {
			list = append(list, when{year: y})
		}
	case len(list) == 1 && list[0].year == 0 && len(years) == 1:
		list[0].year = years[0]
	}
	slices.SortFunc(list, func(a, b when) int {
		if a.year != b.year {
			return a.year - b.year
		}
		return strings.Compare(a.part, b.part)
	})
	return slices.Compact(list)
}
