package render

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// Formatters lists the entries of the formatter table, in order. An option
// names one as "@" + entry + arguments, each behind a colon: the language ("vi",
// the default, or "en") and a whole number, in any order: "@score:vi:1", "@of:63".
// The functions are in charts/assets/formatters.js.
//
//	axisPlace    "5": labels of a rank axis; nothing for 0 and fractions
//	count        "15.613": a count with grouped thousands; n decimals (0)
//	name         the item's, category's or series' name
//	of:N         "20/63" from the value and N
//	percent      "87,97%"; at most n decimals (2)
//	place        "20"
//	placeOf      "20/63" from the value and the data item's field "of"
//	score        "3,5"; at most n decimals (2)
//	scoreMax     "3,5/12" from the value and the data item's field "max"
//	seriesName   the series' name
//	text         the data item's field "text"
//	tooltip      HTML, escaped: the name, then a line per series with the item's
//	             field "tip", or its place, score or text
func Formatters() []string { return slices.Clone(formatterNames) }

var formatterNames = []string{
	"axisPlace", "count", "name", "of", "percent", "place", "placeOf",
	"score", "scoreMax", "seriesName", "text", "tooltip",
}

var formatterNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})$`)

// ValidFormatter says whether spec, such as "@score:en:1", names a formatter.
// The grammar is that of formatters.js; a test holds the two together.
func ValidFormatter(spec string) error {
	unknown := fmt.Errorf("unknown formatter %q: %w", spec, reform.ErrInvalid)
	rest, ok := strings.CutPrefix(spec, "@")
	if !ok {
		return unknown
	}
	parts := strings.Split(rest, ":")
	name, args := parts[0], parts[1:]
	if !slices.Contains(formatterNames, name) {
		return unknown
	}
	var lang, number bool
	for _, arg := range args {
		switch {
		case arg == "vi" || arg == "en":
			takes := name == "count" || name == "percent" || name == "score" || name == "scoreMax" || name == "tooltip"
			if lang || !takes {
				return unknown
			}
			lang = true
		case formatterNumber.MatchString(arg):
			n, _ := strconv.Atoi(arg)
			takes := name == "of" && n >= 1 || n <= 9 &&
				(name == "count" || name == "percent" || name == "score" || name == "scoreMax" || name == "tooltip")
			if number || !takes {
				return unknown
			}
			number = true
		default:
			return unknown
		}
	}
	if name == "of" && !number {
		return unknown
	}
	return nil
}

// isFormatterKey says whether ECharts wants a function at this key of an option.
func isFormatterKey(key string) bool {
	return key == "formatter" || strings.HasSuffix(key, "Formatter")
}
