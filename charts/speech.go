package charts

import (
	"strings"

	"github.com/shopspring/decimal"

	"chiso/charts/text"
	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// say is the text of a picture's key.
func (f *frame) say(key string, pairs ...any) string {
	return words.T(f.lang, "chart."+key, pairs...)
}

// common is a text that other rooms use too.
func (f *frame) common(key string) string { return words.T(f.lang, key) }

// plain makes a text of a document or a user fit for one line of a picture:
// composed, without control and direction characters, single spaces.
func plain(s string) string {
	s, _ = text.Clean(s)
	return strings.Join(strings.Fields(s), " ")
}

// brief is a name for a sentence: of one that is no name but a flood, only the beginning. The
// table has the whole of it.
func brief(s string) string { return cut(s, 80) }

func cut(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return strings.TrimRight(string(letters[:most-1]), " ") + "…"
}

// fit wraps s to lines of width pixels and shortens it where they are more than most.
func fit(s string, width, size float64, bold bool, most int) string {
	lines := strings.Split(text.Wrap(s, width, size, bold), "\n")
	if len(lines) <= most {
		return strings.Join(lines, "\n")
	}
	lines = lines[:most]
	lines[most-1] = shorten(lines[most-1]+" …", width, size, bold)
	return strings.Join(lines, "\n")
}

// shorten cuts s to width pixels with an ellipsis; the whole text is in the table.
func shorten(s string, width, size float64, bold bool) string {
	if text.Measure(s, size, bold) <= width {
		return s
	}
	letters := []rune(strings.TrimSuffix(s, " …"))
	for n := len(letters) - 1; n > 0; n-- {
		if cut := strings.TrimRight(string(letters[:n]), " ") + "…"; text.Measure(cut, size, bold) <= width {
			return cut
		}
	}
	return "…"
}

// decimals is how many decimals an index is shown with.
func decimals(ix reform.Index) int32 {
	if ix.Decimals > 0 && ix.Decimals <= 6 {
		return int32(ix.Decimals)
	}
	return 2
}

// number writes n as the language does: "3,5". It is rounded for the eye only;
// the exact value stands in the table.
func number(lang string, n reform.Number, places int32) string {
	if !n.Valid {
		return "–"
	}
	r := n.Decimal.Round(places)
	if r.Equal(n.Decimal) {
		return write(lang, r)
	}
	// What had to be rounded keeps its zeros, so that a reader sees how far the number goes.
	return viet.FormatNumber(r, lang, int(places), int(places))
}

func write(lang string, d decimal.Decimal) string { return viet.FormatNumber(d, lang, 0, 6) }

// overMax is "3,5/12", or "3,5" where the maximum is unknown.
func overMax(lang string, n, most reform.Number, places int32) string {
	if !n.Valid || !most.Valid {
		return number(lang, n, places)
	}
	return number(lang, n, places) + "/" + number(lang, most, places)
}

// placeOf is "20/63", or "20" where N is unknown.
func placeOf(place, of int) string {
	if place <= 0 {
		return "–"
	}
	if of <= 0 {
		return itoa(place)
	}
	return itoa(place) + "/" + itoa(of)
}

var roman = []string{"", "I", "II", "III", "IV"}

// periodShort is a period on an axis: "2019", "10/2025".
func (f *frame) periodShort(p reform.Period) string { return f.period(p, "short") }

// periodLong is a period in a sentence: "năm 2019", "tháng 10/2025".
func (f *frame) periodLong(p reform.Period) string { return f.period(p, "long") }

func (f *frame) period(p reform.Period, form string) string {
	start, end := p.Start(), p.End()
	y, m, upto := p.Year(), int(start.Month()), int(end.Month())
	switch p.Kind() {
	case reform.Year:
		return f.say("period.year."+form, "y", y)
	case reform.Half:
		if m == 1 {
			return f.say("period.half1."+form, "y", y)
		}
		return f.say("period.half2."+form, "y", y)
	case reform.Quarter:
		return f.say("period.quarter."+form, "q", upto/3, "roman", roman[upto/3], "y", y)
	case reform.Month:
		return f.say("period.month."+form, "m", start.Format("01"), "y", y)
	case reform.Span:
		if m == 1 && end.Year() == y {
			return f.say("period.months."+form, "n", upto, "y", y)
		}
		return f.say("period.span."+form, "from", start.Format("01/2006"), "to", end.Format("01/2006"))
	}
	return ""
}

// span is "2012–2019", or one period alone.
func (f *frame) span(first, last reform.Period) string {
	a, b := f.periodShort(first), f.periodShort(last)
	if a == b {
		return a
	}
	return a + "–" + b
}

// dot joins the parts of a subtitle; its first space does not break, so that no line begins with it.
const dot = "\u00a0· "

// list joins names as a sentence does: "A, B và C".
func (f *frame) list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + f.say("and") + names[len(names)-1]
}

func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
