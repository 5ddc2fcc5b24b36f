package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"chiso/reform"
	"chiso/reform/words"
)

// fillPlaces knows what the placeholders stand for.
func (g *gatherer) fillPlaces(ctx context.Context) error {
	g.units = g.o.Units
	if len(g.units) == 0 && g.file.Unit != "" {
		p := g.s.params(url.Values{"unit": {g.file.Unit}})
		g.units = p.units(0, mostCompared)
		if p.err != nil {
			return p.err
		}
	}
	var keys, names []string
	for _, k := range g.units {
		if _, err := g.s.opt.Catalog.UnitOrForm(k); err != nil {
			return fmt.Errorf("unit %q: %w", clip(string(k), 60), reform.ErrNotFound)
		}
		keys, names = append(keys, string(k)), append(names, g.s.unitName(k, g.r.Lang))
	}
	if len(keys) > 0 {
		g.places["unit"], g.places["name"] = keys[0], names[0]
		g.places["units"], g.places["names"] = strings.Join(keys, ","), joined(names, g.r.Lang)
		g.places["liveunit"] = string(g.s.liveUnit(g.units[0]))
		g.places["livename"] = g.s.unitName(g.s.liveUnit(g.units[0]), g.r.Lang)
		var parts []string
		for _, k := range keys[:min(len(keys), 3)] {
			parts = append(parts, namePart(g.s.unitPart(k)))
		}
		g.r.unit = strings.Join(parts, "-")
	}
	index := g.o.Index
	if index == "" {
		index = g.file.Index
	}
	if index == "" && g.uses("{index}") {
		index = "par"
	}
	period := g.o.Period
	if period.IsZero() && g.file.Period != "" {
		var err error
		if period, err = reform.ParsePeriod(g.file.Period); err != nil {
			return err
		}
	}
	if index != "" {
		ix, err := g.s.indexOf(index)
		if err != nil {
			return err
		}
		if period.IsZero() {
			eds, err := g.s.editionsFor(ctx, ix.Code, g.view)
			if err != nil {
				return err
			}
			for _, e := range eds {
				if e.UnitType == reform.Province && e.Period.Kind() == reform.Year && e.Scope == reform.ScopeNation {
					period = e.Period
					break
				}
			}
		}
		g.places["index"], g.places["short"] = ix.Code, ix.Short.In(g.r.Lang)
	}
	if !period.IsZero() {
		g.places["period"], g.places["periodname"] = period.String(), periodName(period, g.r.Lang)
	}
	return g.fillLive(ctx, period)
}

// uses reports whether a slide that stands for itself has a placeholder.
func (g *gatherer) uses(place string) bool {
	return slices.ContainsFunc(g.file.Slides, func(s DeckSlide) bool { return s.Each == "" && strings.Contains(s.Figure, place) })
}

// fillLive finds the newest month of the live index, where the list asks for it.
func (g *gatherer) fillLive(ctx context.Context, period reform.Period) error {
	if !g.uses("{live}") || len(g.units) == 0 {
		return nil
	}
	if period.IsZero() || g.o.Index != "" && g.o.Index != liveIndex {
		t, err := g.s.liveTableOf(ctx, reform.LiveQuestion{UnitType: reform.Province, Kind: reform.Month, View: g.view})
		if err != nil {
			return err
		}
		g.newest, period = &t, t.Period
	}
	if !period.IsZero() {
		g.places["live"] = period.String()
		g.places["period"], g.places["periodname"] = period.String(), periodName(period, g.r.Lang)
	}
	return nil
}

// fill puts in what the placeholders of a text stand for. A key of the program's words, "@key", is
// the text of that key.
func (g *gatherer) fill(t string) (string, error) {
	if key, ok := strings.CutPrefix(t, "@"); ok && words.Has(key) {
		t = words.T(g.r.Lang, key)
	}
	var err error
	out := placeholder.ReplaceAllStringFunc(t, func(p string) string {
		name := p[1 : len(p)-1]
		v, ok := g.places[name]
		switch {
		case ok && v != "" || optional[name]:
			return v
		case err != nil:
		case (name == "unit" || name == "name" || name == "units" || name == "names" || name == "liveunit" || name == "livename") && len(g.units) == 0:
			err = fmt.Errorf("%q needs a unit, and none was given: %w", clip(t, 80), reform.ErrInvalid)
		case known[name]:
			err = &unfilled{name}
		default:
			return p // a brace of a person's own words
		}
		return ""
	})
	return out, err
}

// known are all placeholders.
var known = map[string]bool{"unit": true, "name": true, "units": true, "names": true, "liveunit": true, "livename": true, "index": true, "short": true, "period": true, "periodname": true, "parts": true, "region": true, "live": true}

// unfilled says that nothing is known that a placeholder could stand for: its slide is left out.
type unfilled struct{ name string }

func (u *unfilled) Error() string { return "nothing is known for {" + u.name + "}" }

func (u *unfilled) Unwrap() error { return reform.ErrNotFound }
