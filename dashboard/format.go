package dashboard

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone below must be there on every machine

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// missing stands where a number is not known; it is never a zero.
const missing = "–"

// hanoi is the zone in which days and times are shown: the offices that read them sit there.
var hanoi = mustZone("Asia/Ho_Chi_Minh")

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zones are embedded by the import above
	}
	return l
}

func local(t time.Time) time.Time { return t.In(hanoi) }

// clockTime is a moment as a notice says it: 16/10/2025 08:05.
func clockTime(t time.Time) string { return local(t).Format("02/01/2006 15:04") }

func day(t time.Time, lang string) string {
	if t.IsZero() {
		return missing
	}
	return viet.FormatDate(t, lang)
}

// number writes a score exactly: "3,5" in Vietnamese, "3.5" in English.
func number(n reform.Number, lang string) string {
	if !n.Valid {
		return missing
	}
	return decimalText(n.Decimal, lang)
}

// short writes a score with at most decimals places, for tables; the exact one
// stands beside it in a title or in the CSV.
func short(n reform.Number, decimals int, lang string) string {
	if !n.Valid {
		return missing
	}
	return roundedText(n.Decimal, decimals, lang)
}

// roundedText writes d with at most decimals places. What had to be rounded keeps its zeros: of
// 61,1012 the page says 61,10, so that a reader sees how far the number goes; what a source printed as 3,5 stays 3,5.
func roundedText(d decimal.Decimal, decimals int, lang string) string {
	r := d.Round(int32(decimals))
	if r.Equal(d) {
		return decimalText(d, lang)
	}
	return strings.Replace(viet.FormatNumber(r, lang, decimals, decimals), "-", "−", 1)
}

// decimalText writes d exactly, as the language does: "−1.745,5". Stored scores have at most six decimals.
func decimalText(d decimal.Decimal, lang string) string {
	return strings.Replace(viet.FormatNumber(d, lang, 0, 9), "-", "−", 1)
}

func count(n int, lang string) string { return decimalText(decimal.NewFromInt(int64(n)), lang) }

// placeOf is "5/63", or "5" where N is not known; no place is a dash.
func placeOf(place, of int) string {
	switch {
	case place == 0:
		return missing
	case of == 0:
		return strconv.Itoa(place)
	}
	return strconv.Itoa(place) + "/" + strconv.Itoa(of)
}

// scoreOf is "3,5/12", or "3,5" where the maximum is not known.
func scoreOf(score, max reform.Number, lang string) string {
	if !score.Valid || !max.Valid {
		return number(score, lang)
	}
	return number(score, lang) + "/" + number(max, lang)
}

// periodName is a period as a reader says it: "2019", "quý III/2025", "tháng 10/2025".
func periodName(p reform.Period, lang string) string {
	y := strconv.Itoa(p.Year())
	s := p.String()
	switch p.Kind() {
	case reform.Year:
		return y
	case reform.Half:
		return words.T(lang, "period.half."+s[len(s)-1:], "year", y)
	case reform.Quarter:
		return words.T(lang, "period.quarter."+s[len(s)-1:], "year", y)
	case reform.Month:
		return words.T(lang, "period.month", "month", int(p.Start().Month()), "year", y)
	case reform.Span:
		return words.T(lang, "period.span", "from", p.Start().Format("01/2006"), "to", p.End().Format("01/2006"))
	}
	return ""
}

// movement is a change between two places or two scores, as signs and words,
// never as a colour alone.
type movement struct {
	Arrow  string // ▲ ▼ = , △ ▽ across a break, "" where the two can't be compared
	Number string // "2"
	Words  string // "tăng 2 bậc so với năm 2018"
	Class  string // up, down, same, hollow
}

// move compares a place with the one before.
func move(place, prev int, prevPeriod reform.Period, acrossBreak bool, lang string) movement {
	if place == 0 || prev == 0 || prevPeriod.IsZero() {
		return movement{}
	}
	m := movement{Class: "same", Arrow: "=", Number: ""}
	n := prev - place
	since := words.T(lang, "since", "period", periodName(prevPeriod, lang))
	switch {
	case n > 0:
		m = movement{Class: "up", Arrow: "▲", Number: strconv.Itoa(n), Words: words.T(lang, "movement.up", "n", n)}
	case n < 0:
		m = movement{Class: "down", Arrow: "▼", Number: strconv.Itoa(-n), Words: words.T(lang, "movement.down", "n", -n)}
	default:
		m.Words = words.T(lang, "movement.same")
	}
	m.Words += " " + since
	if acrossBreak {
		m.Class += " hollow"
		m.Arrow = map[string]string{"▲": "△", "▼": "▽", "=": "="}[m.Arrow]
		m.Words += " " + words.T(lang, "movement.break")
	}
	return m
}

// points is the change of a score as "+1,2", "−0,5" or "0", with at most decimals places; "" where one of the two is not known.
func points(score, prev reform.Number, decimals int, lang string) string {
	if !score.Valid || !prev.Valid {
		return ""
	}
	d := score.Decimal.Sub(prev.Decimal)
	s := roundedText(d, decimals, lang)
	if d.Round(int32(decimals)).IsPositive() {
		return "+" + s
	}
	return s
}
