package dashboard

import (
	"net/url"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// maxFind bounds the text by which the rows of a table are filtered.
const maxFind = 60

// schemeOptions are the schemes for which the edition is loaded; none where there is but one.
func schemeOptions(eds []reform.EditionInfo, l *reform.League, lang string) []option {
	var out []option
	for _, scheme := range []reform.Scheme{reform.VN64, reform.VN63, reform.VN34} {
		for _, e := range eds {
			if e.Index == l.Index && e.Period == l.Period && e.Scheme == scheme && e.UnitType == l.UnitType {
				out = append(out, option{Value: string(scheme), Text: schemeName(scheme, lang), Chosen: scheme == l.Scheme})
				break
			}
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// found keeps the rows whose name holds the words, however they are spelled.
func found(rows []leagueRow, find string) []leagueRow {
	want := viet.Fold(find)
	if want == "" {
		return rows
	}
	var out []leagueRow
	for _, r := range rows {
		if strings.Contains(viet.Fold(r.Unit), want) {
			out = append(out, r)
		}
	}
	return out
}

// shade is in which tenth of its maximum a score lies, "s0" to "s10"; "" where that is not known. A
// style sheet gives each its ground, for the page may hold no styles of its own.
func shade(score, most reform.Number) string {
	if !score.Valid || !most.Valid || !most.Decimal.IsPositive() {
		return ""
	}
	n := score.Decimal.Mul(decimal.NewFromInt(10)).Div(most.Decimal).Round(0).IntPart()
	return "s" + decimal.NewFromInt(min(max(n, 0), 10)).String()
}

// rankingState are the parameters of a ranking's page that its links keep.
func rankingState(l *reform.League, q reform.LeagueQuestion, raw url.Values, unit string) url.Values {
	out := values("period", l.Period.String(), "scheme", string(q.Scheme), "scope", scopeValue(q.Scope), "component", q.Component, "type", string(q.UnitType), "basis", q.Basis, "stage", string(q.Stage), "unit", unit)
	for _, name := range []string{"sort", "find", "parts", "layout", "show"} {
		if v := raw.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return out
}

// besidePicture draws what stands beside the table: a map, tiles or bars. A choice that has nothing to
// show gives way to one that has.
func (s *Server) besidePicture(v *rankingView, l *reform.League, choice pictureChoice, page url.Values) pictureChoice {
	if !mappable(l) {
		return pictureChoice{Layout: showBars}
	}
	if !shows(l, choice.Show) {
		choice.Show = charts.MapPlace
		if !shows(l, choice.Show) {
			choice.Show = charts.MapScore
		}
	}
	v.Layouts, v.Shown = pictureLinks(v.Lang, page, v.Form.Action, l, choice)
	return choice
}

// heatmapLink leads to the places of all editions.
func heatmapLink(lang string, q reform.LeagueQuestion, l *reform.League) Link {
	return Link{Href: "/figures/heatmap?" + values("index", l.Index, "scheme", string(l.Scheme), "scope", scopeValue(q.Scope)).Encode(), Text: words.T(lang, "ranking.heatmap")}
}
