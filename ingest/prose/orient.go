package prose

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"chiso/reform"
	"chiso/reform/viet"
)

var replacer = strings.NewReplacer("Ƣ", "Ư", "ƣ", "ư", "\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u200b", "", "\ufeff", "")

// docDate is the day of publication as far as it is known.
type docDate struct{ year, month, day int }

func parseDocDate(s string) docDate {
	var d docDate
	parts := strings.SplitN(s, "-", 3)
	for i, p := range []*int{&d.year, &d.month, &d.day} {
		if i < len(parts) {
			if len(parts[i]) > 2 && i == 2 {
				parts[i] = parts[i][:2]
			}
			*p, _ = strconv.Atoi(parts[i])
		}
	}
	if d.year < reform.FirstYear || d.year > reform.LastYear {
		return docDate{}
	}
	return d
}

// indexYear is the year that results published on that day are of: the newest
// edition announced by then, else the year before. 0 where no day is known.
func (d docDate) indexYear(cat *reform.Catalog, index string) int {
	if d.year == 0 {
		return 0
	}
	if index == "s766" || index == "dossiers" {
		return d.year
	}
	return d.year - 1
}

// orient finds what the document is about before it is read: the province of
// its title or site, the indices and the year of its title.
func (r *reading) orient() {
	title := Normal(r.doc.Title)
	if r.doc.Unit != "" {
		if u, err := r.cat.Unit(r.doc.Unit); err == nil {
			r.subject = u.Name
		}
	}
	rd := newReader(title)
	provinces := map[string]bool{}
	first, leads := "", false
	for {
		toks, _, ok := rd.next()
		if !ok {
			break
		}
		r.plan = r.plan || r.ofPlan(toks)
		for _, e := range r.tag.tag(toks) {
			switch e.kind {
			case entProvince:
				if key, ok := r.anyProvince(e.name); ok && !provinces[string(key)] {
					provinces[string(key)] = true
					if first == "" {
						first = e.name
					}
				}
			case entIndex:
				if !e.head && !contains(r.titleIdx, e.code) {
					r.titleIdx = append(r.titleIdx, e.code)
				}
			case entYear:
				if !e.ref && r.titleYear == 0 {
					r.titleYear = e.year
				}
				if e.ref && e.year != 0 && r.titleYear == 0 {
					r.titleYear = e.year + 1
				}
			case entPlace:
				leads = leads || e.superlative && e.scope != scopeRegion && e.scope != scopeUnknownRegion
			case entPeriod:
				r.counts.period = e.period
			}
		}
	}
	if r.subject == "" && len(provinces) == 1 {
		r.subject = first
	}
	if r.subject == "" {
		r.subject = r.siteProvince()
	}
	frequent, named := r.lookOver()
	r.leads = leads && len(provinces) == 1 && named > 3
	if r.subject == "" {
		r.subject = frequent
	}
	if r.doc.Index != "" {
		r.titleIdx = []string{r.doc.Index}
	}
	if !r.doc.Period.IsZero() {
		r.titleYear = r.doc.Period.Year()
	}
}

var (
	planWords   = phrases("kế hoạch", "nâng cao", "cải thiện", "khắc phục", "duy trì", "giải pháp", "phấn đấu", "nhiệm vụ", "triển khai")
	resultWords = phrases("kết quả", "xếp", "đứng", "tăng", "giảm", "đạt", "dẫn đầu", "công bố", "vươn", "tụt")
)

// ofPlan reports whether the words of a title tell of a plan, and of no result.
func (r *reading) ofPlan(toks []token) bool {
	r.tag.toks = toks
	plan := false
	for i := range toks {
		if r.tag.anyOf(i, resultWords) > 0 {
			return false
		}
		plan = plan || r.tag.anyOf(i, planWords) > 0
	}
	return plan
}

func (r *reading) anyProvince(name string) (reform.UnitKey, bool) {
	for _, s := range []reform.Scheme{reform.VN63, reform.VN34, reform.VN64} {
		if k, ok := r.cat.FindUnit(name, s, reform.Province); ok {
			return k, true
		}
	}
	return "", false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// siteProvince is the province whose name the site's address bears: "baokhanhhoa.vn".
func (r *reading) siteProvince() string {
	host := strings.ToLower(r.doc.Site)
	if u, err := url.Parse(r.doc.Address); err == nil && u.Host != "" {
		host = strings.ToLower(u.Host)
	}
	if host == "" {
		return ""
	}
	flat := viet.Fold(host)
	best, name := 0, ""
	for _, s := range []reform.Scheme{reform.VN63, reform.VN34} {
		for _, u := range r.cat.Units(s, reform.Province) {
			names := append([]string{u.Name}, u.Aliases...)
			for _, n := range u.Names {
				names = append(names, n.Text)
			}
			for _, n := range names {
				f := viet.Fold(n)
				if len(f) >= 5 && len(f) > best && strings.Contains(flat, f) {
					best, name = len(f), u.Name
				}
			}
		}
	}
	return name
}

// orientBytes is how much of a text is looked through for the province that it mostly names.
const orientBytes = 64 << 10

// lookOver finds the province that a text without a telling title names almost
// alone, how many it names, and the year that it mostly gives indices of.
func (r *reading) lookOver() (frequent string, named int) {
	text := r.doc.Text
	if len(text) > orientBytes {
		text = strings.ToValidUTF8(text[:orientBytes], "")
	}
	seen, years := map[string]int{}, map[int]int{}
	all := 0
	rd := newReader(text)
	for {
		toks, _, ok := rd.next()
		if !ok {
			break
		}
		index := false
		for _, e := range r.tag.tag(toks) {
			switch e.kind {
			case entProvince:
				seen[e.name]++
				all++
			case entIndex:
				index = true
			case entYear:
				if index && !e.ref {
					years[e.year]++
				}
			}
		}
	}
	most := 0
	for y, n := range years {
		if n > most || n == most && y > r.bodyYear {
			most, r.bodyYear = n, y
		}
	}
	for name, n := range seen {
		if n >= 2 && n*10 >= all*8 || n == all && n > 0 {
			return name, len(seen)
		}
	}
	return "", len(seen)
}

var (
	addressLine = regexp.MustCompile(`^\s*(https?://[^\s|]+)\s*\|\s*([^|]*?)\s*(?:\|\s*([0-9][0-9./-]*)\s*)?$`)
	isoDate     = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?`)
	vnDate      = regexp.MustCompile(`(?:^|[^0-9/])(\d{1,2})[/.-](\d{1,2})[/.-](20\d{2})(?:[^0-9]|$)`)
	longDate    = regexp.MustCompile(`(?i)ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(20\d{2})`)
)

// FromText makes a document of a plain text: a first line "address | title | date", or
// the first line as its title and the first date as its day.
func FromText(text, name string) Doc {
	text = Normal(text)
	d := Doc{Text: text}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		d.Address = name
	}
	rest := strings.TrimLeft(text, " \t\n-=#*")
	line, _, _ := strings.Cut(rest, "\n")
	if m := addressLine.FindStringSubmatch(line); m != nil {
		d.Address, d.Title = m[1], m[2]
		if isoDate.MatchString(m[3]) {
			d.Date = m[3]
		}
		return d
	}
	d.Title = firstHeading(text)
	d.Date = firstDate(text)
	return d
}

// firstHeading is the first line that reads like a heading: it has several words and
// does not end as a sentence does.
func firstHeading(text string) string {
	if len(text) > 4096 {
		text = text[:4096]
	}
	var found []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.Trim(line, " \t#*|-")
		words := len(strings.Fields(line))
		if words < 4 || len(line) > 400 {
			if words >= 4 {
				break
			}
			continue
		}
		if strings.HasSuffix(line, ".") || strings.HasSuffix(line, ";") {
			break
		}
		found = append(found, line)
		if len(found) == 3 {
			break
		}
	}
	return strings.Join(found, "\n")
}

func firstDate(text string) string {
	if len(text) > 3000 {
		text = text[:3000]
	}
	best, at := "", len(text)
	for _, re := range []*regexp.Regexp{vnDate, longDate} {
		if m := re.FindStringSubmatchIndex(text); m != nil && m[0] < at {
			d, _ := strconv.Atoi(text[m[2]:m[3]])
			mo, _ := strconv.Atoi(text[m[4]:m[5]])
			y, _ := strconv.Atoi(text[m[6]:m[7]])
			if t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC); t.Day() == d && int(t.Month()) == mo {
				best, at = t.Format(time.DateOnly), m[0]
			}
		}
	}
	return best
}

var addressDay = regexp.MustCompile(`/(20[0-3]\d)[/-]?(0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?/`)

// addressDate is the month or day that the path of an address bears: "/2024/05/21/", "/202207/".
func addressDate(address string) string {
	m := addressDay.FindStringSubmatch(address)
	if m == nil {
		return ""
	}
	if m[3] == "" {
		return m[1] + "-" + m[2]
	}
	return m[1] + "-" + m[2] + "-" + m[3]
}

// isMeta reports whether the sentence is the line of the address.
func (r *reading) isMeta(toks []token) bool {
	return len(toks) > 3 && (toks[0].low == "http" || toks[0].low == "https") && toks[1].text == ":"
}

// isTitle reports whether the sentence repeats the document's title.
func (r *reading) isTitle(toks []token) bool {
	s := r.doc.Text[toks[0].start:toks[len(toks)-1].end]
	return len(s) < 500 && r.doc.Title != "" && strings.Contains(r.doc.Title, s)
}
