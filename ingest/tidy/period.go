package tidy

import (
	"regexp"
	"strconv"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
)

// spokenPeriods are periods as reports write them, folded with blanks between words.
var spokenPeriods = []struct {
	pattern *regexp.Regexp
	period  func(m []string) string
}{
	{regexp.MustCompile(`^(?:nam|year) (\d{4})$`), func(m []string) string { return m[1] }},
	{regexp.MustCompile(`^(?:thang|month) (\d{1,2}) (?:nam )?(\d{4})$`), func(m []string) string { return m[2] + "-" + pad(m[1]) }},
	{regexp.MustCompile(`^(\d{1,2}) (\d{4})$`), func(m []string) string { return m[2] + "-" + pad(m[1]) }},
	{regexp.MustCompile(`^(\d{4}) (\d{1,2})$`), func(m []string) string { return m[1] + "-" + pad(m[2]) }},
	{regexp.MustCompile(`^(?:quy|q|quarter) ?(\d|i{1,3}|iv) (?:nam )?(\d{4})$`), func(m []string) string { return m[2] + "-Q" + roman(m[1]) }},
	{regexp.MustCompile(`^(?:6|sau) thang dau nam (\d{4})$`), func(m []string) string { return m[1] + "-H1" }},
	{regexp.MustCompile(`^(?:6|sau) thang cuoi nam (\d{4})$`), func(m []string) string { return m[1] + "-H2" }},
	{regexp.MustCompile(`^(\d{1,2}) thang (?:dau )?(?:nam )?(\d{4})$`), func(m []string) string {
		switch m[1] {
		case "6":
			return m[2] + "-H1"
		case "12":
			return m[2]
		}
		return m[2] + "-01/" + m[2] + "-" + pad(m[1])
	}},
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

func roman(s string) string {
	if n, ok := map[string]string{"i": "1", "ii": "2", "iii": "3", "iv": "4"}[s]; ok {
		return n
	}
	return s
}

// readPeriod reads a period in its canonical form or as reports write it.
func readPeriod(text string) (reform.Period, error) {
	text = strings.TrimSpace(text)
	p, err := reform.ParsePeriod(text)
	if err == nil || len(text) > 60 {
		return p, err
	}
	f := viet.FoldWords(text)
	for _, s := range spokenPeriods {
		if m := s.pattern.FindStringSubmatch(f); m != nil {
			if q, err := reform.ParsePeriod(s.period(m)); err == nil {
				return q, nil
			}
		}
	}
	return p, err
}

// readYear reads a year: "2019", or "2019.0" as some exports write it.
func readYear(text string) (int, bool) {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".0")
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= reform.FirstYear && n <= reform.LastYear
}
