package dashboard

import (
	"context"
	"errors"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// correlationRow is how an index goes together with another.
type correlationRow struct {
	Other, OtherHref string
	Edition          string
	N                string
	Rho, Few         string // one of the two
	Percent          string // of the bar, from the middle
	Negative         bool
	Strength         string
	Rankings         []Link
	Partial          string // that an edition is incomplete
}

// indexSpread draws the totals by year, with the reader's unit marked.
func (s *Server) indexSpread(ctx context.Context, v *indexView, p prefs, ix *reform.Index, eds []reform.EditionInfo, view reform.View) error {
	var chosen []reform.UnitKey
	if p.Unit != "" {
		chosen = []reform.UnitKey{p.Unit}
	}
	in, err := s.totalsSpread(ctx, ix, eds, chosen, view, p.Lang)
	if err != nil {
		return err
	}
	pic, err := charts.Distribution(in, p.style())
	if errors.Is(err, reform.ErrNotFound) {
		return nil // no total is known: places alone have no spread
	}
	if err != nil {
		return err
	}
	v.Spread, err = s.figure(ctx, p, "spread", pic, viewValues(values("index", ix.Code, "unit", joinKeys(chosen)), view))
	return err
}

// indexCorrelations lists how the index goes together with the others.
func (s *Server) indexCorrelations(ctx context.Context, v *indexView, ix *reform.Index, view reform.View) error {
	list, err := s.opt.Reader.Correlations(ctx, reform.CorrelationQuestion{Index: ix.Code, View: view})
	if err != nil {
		return err
	}
	for _, c := range list {
		other, err := s.indexOf(c.Other)
		if err != nil {
			continue
		}
		row := correlationRow{
			Other: other.Short.In(v.Lang), OtherHref: "/indices/" + other.Code, N: count(c.N, v.Lang),
			Edition: periodName(c.Period, v.Lang) + ", " + schemeName(c.Scheme, v.Lang),
		}
		for _, one := range []struct {
			ix    *reform.Index
			basis string
		}{{ix, c.Basis}, {other, c.OtherBasis}} {
			href := "/rankings/" + one.ix.Code + "?" + viewValues(values("period", c.Period.String(), "scheme", string(c.Scheme), "basis", one.basis), view).Encode()
			row.Rankings = append(row.Rankings, Link{Href: href, Text: one.ix.Short.In(v.Lang)})
		}
		switch {
		case c.N < reform.FewestCorrelated:
			row.Few = v.T("index.corr.few", "n", c.N, "least", reform.FewestCorrelated)
		case !c.Rho.Valid:
			row.Few = v.T("index.corr.flat")
		default:
			row.Rho = number(c.Rho, v.Lang)
			if c.Rho.Decimal.IsPositive() {
				row.Rho = "+" + row.Rho
			}
			row.Negative = c.Rho.Decimal.IsNegative()
			row.Percent = c.Rho.Decimal.Abs().Round(3).String()
			row.Strength = strengthOf(c.Rho, v.Lang)
		}
		if !c.Coverage.Complete() || !c.OtherCoverage.Complete() {
			row.Partial = v.T("index.corr.partial", "n", c.N)
		}
		if c.Provisional {
			row.Partial += " " + v.T("index.corr.provisional")
		}
		v.Correlations = append(v.Correlations, row)
	}
	return nil
}

// strengthOf says a coefficient in plain words.
func strengthOf(rho reform.Number, lang string) string {
	size := rho.Decimal.Abs()
	key := "index.corr.none"
	for _, s := range []struct{ from, key string }{{"0.2", "weak"}, {"0.4", "medium"}, {"0.7", "strong"}} {
		if size.GreaterThanOrEqual(reform.Num(s.from).Decimal) {
			key = "index.corr." + s.key
		}
	}
	if key == "index.corr.none" {
		return words.T(lang, key)
	}
	if rho.Decimal.IsNegative() {
		return words.T(lang, key+".down")
	}
	return words.T(lang, key+".up")
}
