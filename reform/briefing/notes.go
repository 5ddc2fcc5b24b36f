package briefing

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/words"
)

// coverage says that an edition is not whole, so that nobody takes a best or a median for granted.
func (w *writer) coverage(period reform.Period) {
	c := w.Coverage
	if c == nil {
		if w.Parts == nil || w.Parts.Period != period {
			return
		}
		c = &w.Parts.Coverage
	}
	if c.Of == 0 || c.Complete() {
		return
	}
	typ := reform.Province
	if u, err := w.Catalog.UnitOrForm(w.Unit); err == nil {
		typ = u.Type
	}
	with := w.subject(period)
	with["places"], with["scores"], with["of"] = text(strconv.Itoa(c.WithPlace)), text(strconv.Itoa(c.WithScore)), text(strconv.Itoa(c.Of))
	with["units"] = text(words.T(w.Lang, "briefing.units."+string(typ)))
	key := "coverage"
	if c.WithPlace >= c.Of {
		key = "coverage.scores"
	}
	w.add(Coverage, key, with)
}

// disputes says where sources give the total or its place differently and nobody has decided.
func (w *writer) disputes(period reform.Period) {
	line := w.Catalog.Lineage(w.Unit)
	for _, c := range w.Conflicts {
		if !c.Open() || c.Index != w.Index.Code || c.Period != period || c.Component != w.History.Component || c.Stage != reform.Official || len(c.Values) < 2 || !slices.Contains(line, c.Unit) {
			continue
		}
		var items [][]Part
		for _, v := range c.Values {
			// A place without its number of units agrees with one that has it.
			if slices.ContainsFunc(c.Values, func(o reform.ConflictValue) bool { return strings.HasPrefix(o.Value, v.Value+"/") }) {
				continue
			}
			items = append(items, []Part{{Text: w.value(v.Value), Document: v.Document}})
		}
		if len(items) < 2 {
			continue
		}
		with := w.subject(period)
		with["list"], with["used"] = w.list(items), text(w.value(c.Values[0].Value))
		key := "dispute.score"
		if c.Measure == reform.MeasurePlace {
			key = "dispute.place"
		}
		w.add(Dispute, key, with)
	}
}

func (w *writer) value(s string) string {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return s
	}
	return w.written(d, 0, 9)
}

// merger says what the unit became, or what it was made of.
func (w *writer) merger() {
	day := func(iso string) string {
		t, precision, err := reform.ParsePartialDate(iso)
		if err != nil || precision != "day" {
			return iso
		}
		return w.day(t.Add(12 * time.Hour))
	}
	names := func(keys []reform.UnitKey) []Part {
		var items [][]Part
		for _, k := range keys {
			items = append(items, text(w.nameOf(k, reform.Period{})))
		}
		return w.list(items)
	}
	if m, ok := w.Catalog.MergerOf(w.Unit); ok && m.Relation != "unchanged" {
		made := w.Catalog.Predecessors(m.New)
		with := parts{"day": text(day(m.Date)), "unit": text(w.nameOf(w.Unit, reform.Period{})), "new": text(w.nameOf(m.New, reform.Period{})), "parts": names(made)}
		w.add(Merger, "merger.became", with)
		return
	}
	// A unit whose own line runs on through the change, such as Hà Nội in 2008, is not made of others.
	line := w.Catalog.Lineage(w.Unit)
	own := func(k reform.UnitKey) bool { return slices.Contains(line, k) }
	if made := w.Catalog.Predecessors(w.Unit); len(made) > 1 && !slices.ContainsFunc(made, own) {
		with := parts{"unit": text(w.nameOf(w.Unit, reform.Period{})), "parts": names(made), "day": nil}
		if m, ok := w.Catalog.MergerOf(made[0]); ok {
			with["day"] = text(day(m.Date))
		}
		w.add(Merger, "merger.made", with)
	}
}

// notes says until when the figures go, whether they may still change, and what was added to them.
func (w *writer) notes(at *reform.RankPoint) {
	if !w.View.AsOf.IsZero() {
		w.add(Notes, "view.asof", parts{"day": text(w.day(w.View.AsOf))})
	}
	if at == nil {
		return
	}
	observed := at.PlaceFrom.ObservedAt
	if at.ScoreFrom.ObservedAt.After(observed) {
		observed = at.ScoreFrom.ObservedAt
	}
	open := !observed.IsZero() && observed.Before(reform.ClosedAt(at.Period))
	with := parts{"day": text(w.day(observed))}
	switch {
	case at.Status == reform.Provisional && observed.IsZero():
		w.add(Notes, "provisional", nil)
	case at.Status == reform.Provisional:
		w.add(Notes, "provisional.asof", with)
	case open:
		w.add(Notes, "asof", with)
	}
	if at.Place > 0 && at.Of > 0 && !at.OfPrinted && at.RankKind == reform.Published {
		w.add(Notes, "ofadded", parts{"of": text(strconv.Itoa(at.Of))})
	}
}

// maxSources is how many documents a briefing names; behind every number its own is found.
const maxSources = 6

// sources names the documents of the numbers above, in the order in which they were met.
func (w *writer) sources() {
	var items []Part
	n := 0
	for _, id := range w.docs {
		d, ok := w.Documents[id]
		if !ok {
			continue
		}
		if n++; n > maxSources {
			continue
		}
		if len(items) > 0 {
			items = append(items, Part{Text: "; "})
		}
		items = append(items, Part{Text: strings.TrimRight(reform.Cite(d, w.Lang), "."), Document: id})
	}
	if n == 0 {
		return
	}
	key := "sources"
	if n > maxSources {
		key = "sources.more"
	}
	w.add(Sources, key, parts{"list": items, "n": text(strconv.Itoa(n - maxSources))})
}
