package reform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// ID is the identity of a cited publication: the hex SHA-256 of its canonical
// form. Spacing and Unicode form do not make another publication, and the
// authority is our judgement of it and no part of it.
func (c Citation) ID() string {
	h := sha256.New()
	h.Write([]byte("chiso citation 1"))
	for _, s := range []string{c.Title, c.Issuer, c.Number, c.Date, c.URL} {
		h.Write([]byte{0x1f})
		h.Write([]byte(oneLine(s)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// IsZero reports whether c names no publication.
func (c Citation) IsZero() bool {
	return oneLine(c.Title) == "" && oneLine(c.Issuer) == "" && oneLine(c.Number) == "" && oneLine(c.URL) == ""
}

func oneLine(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// ParsePartialDate reads an ISO day, month or year ("2019-04-18", "2019-04",
// "2019"); precision is "day", "month" or "year". The time is its first moment, UTC.
func ParsePartialDate(s string) (t time.Time, precision string, err error) {
	for _, f := range []struct{ layout, precision string }{
		{time.DateOnly, "day"}, {"2006-01", "month"}, {"2006", "year"},
	} {
		if t, err := time.Parse(f.layout, s); err == nil {
			return t, f.precision, nil
		}
	}
	return time.Time{}, "", fmt.Errorf("date %q: want 2019-04-18, 2019-04 or 2019: %w", s, ErrInvalid)
}

// The kinds of official document by the letters of their number, as Nghị định
// 30/2020/NĐ-CP abbreviates them.
var officialKinds = map[string]Text{
	"QĐ":  {"Quyết định", "Decision"},
	"NQ":  {"Nghị quyết", "Resolution"},
	"NĐ":  {"Nghị định", "Decree"},
	"CT":  {"Chỉ thị", "Directive"},
	"TT":  {"Thông tư", "Circular"},
	"TB":  {"Thông báo", "Notice"},
	"BC":  {"Báo cáo", "Report"},
	"KH":  {"Kế hoạch", "Plan"},
	"TTr": {"Tờ trình", "Submission"},
	"CĐ":  {"Công điện", "Telegram"},
	"HD":  {"Hướng dẫn", "Guidance"},
}

// A number such as 320/QĐ-BNV, 76/NQ-CP, 61/2018/NĐ-CP or 1234/BNV-CCHC.
var numberPattern = regexp.MustCompile(`^\s*\d+[A-Za-z]?(?:/\d{4})?/([^\s/-]+)(?:-\S+)?\s*$`)

// Cite writes a document as offices and newspapers name it, in lang ("vi" or
// "en"): "Quyết định số 320/QĐ-BNV ngày 18/4/2019 của Bộ Nội vụ" where it has a
// number, else “title”, issuer, date. It is never empty.
func Cite(d Document, lang string) string {
	issuer, number := oneLine(d.Issuer), oneLine(d.Number)
	if number != "" {
		return citeNumbered(number, issuer, d.Date, lang)
	}
	title := oneLine(d.Title)
	if title == "" {
		title = oneLine(d.FileName)
	}
	if issuer == "" {
		issuer = siteOf(d.URL)
	}
	var parts []string
	switch {
	case title != "":
		parts = append(parts, "“"+title+"”")
	case d.URL != "":
		parts = append(parts, d.URL)
	case issuer == "":
		parts = append(parts, Text{"Tài liệu không tên", "Untitled document"}.In(lang)+" "+firstRunes(d.ID, 12))
	}
	if issuer != "" && !(title == "" && d.URL != "") {
		parts = append(parts, issuer)
	}
	if day := citeDate(d.Date, lang, false); day != "" {
		parts = append(parts, day)
	}
	return strings.Join(parts, ", ")
}

// spelledKind matches a number with its kind written out: "Quyết định số 320/QĐ-BNV".
var spelledKind = regexp.MustCompile(`^(?i:quyết định|nghị quyết|nghị định|chỉ thị|thông tư|thông báo|báo cáo|kế hoạch|tờ trình|công điện|công văn|hướng dẫn|văn bản)?\s*(?i:số)?[\s:]*(\d.*)$`)

func citeNumbered(number, issuer, date, lang string) string {
	if m := spelledKind.FindStringSubmatch(number); m != nil {
		number = m[1]
	}
	kind := Text{"Văn bản", "Document"}
	if m := numberPattern.FindStringSubmatch(number); m != nil {
		kind = Text{"Công văn", "Official letter"} // numbered by its sender alone: 1234/BNV-CCHC
		if k, ok := officialKinds[m[1]]; ok {
			kind = k
		}
	}
	var b strings.Builder
	b.WriteString(kind.In(lang))
	if lang == "en" {
		b.WriteString(" No. " + number)
	} else {
		b.WriteString(" số " + number)
	}
	if day := citeDate(date, lang, true); day != "" {
		b.WriteString(" " + day)
	}
	if issuer != "" {
		if lang == "en" {
			b.WriteString(" by " + issuer)
		} else {
			b.WriteString(" của " + issuer)
		}
	}
	return b.String()
}

// citeDate writes a date as far as it is known; what can't be read is left as it is.
func citeDate(date, lang string, sentence bool) string {
	date = oneLine(date)
	if date == "" {
		return ""
	}
	t, precision, err := ParsePartialDate(date)
	if err != nil {
		return date
	}
	if lang == "en" {
		s := map[string]string{"day": "2 January 2006", "month": "January 2006", "year": "2006"}[precision]
		s = t.Format(s)
		if sentence {
			s = "of " + s
		}
		return s
	}
	switch precision {
	case "day":
		s := fmt.Sprintf("%d/%d/%d", t.Day(), int(t.Month()), t.Year())
		return "ngày " + s
	case "month":
		return fmt.Sprintf("tháng %d/%d", int(t.Month()), t.Year())
	}
	return "năm " + strconv.Itoa(t.Year())
}

// siteOf is the host of an address, which stands for the issuer where none is named.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
