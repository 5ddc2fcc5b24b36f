package service766

import (
	"cmp"
	"slices"

	"chiso/ingest/parse"
	"chiso/reform"
)

// placeKey is what places are counted within.
type placeKey struct {
	component string
	typ       reform.UnitType
}

type placed struct {
	unit  int
	score reform.Number
}

type place struct{ place, of int }

// places counts the places of a whole list: units of one type by one criterion, ties
// sharing a place. Among provinces one without a score leaves the criterion without
// places; below, where offices without a single dossier are common, the places say among how many.
func (b *batch) places(skip map[string]bool) map[placeKey]map[int]place {
	lists := map[placeKey][]placed{}
	units := map[reform.UnitType]int{}
	for i := range b.units {
		u := &b.units[i]
		units[u.typ]++
		for _, r := range u.row.readings {
			if r.score.Valid && !skip[r.component] {
				k := placeKey{r.component, u.typ}
				lists[k] = append(lists[k], placed{i, r.score})
			}
		}
	}
	out := make(map[placeKey]map[int]place, len(lists))
	for k, l := range lists {
		if k.typ == reform.Province && len(l) != units[k.typ] {
			continue
		}
		slices.SortStableFunc(l, func(x, y placed) int { return y.score.Decimal.Cmp(x.score.Decimal) })
		places := make(map[int]place, len(l))
		at := 1
		for i := range l {
			if i > 0 && !l[i].score.Decimal.Equal(l[i-1].score.Decimal) {
				at = i + 1
			}
			places[l[i].unit] = place{at, len(l)}
		}
		out[k] = places
	}
	return out
}

// emit hands the facts of a list that has passed the gates to the sink. main holds the
// groups as the first list has them: the other lists repeat them, and are checked by it.
func (b *batch) emit(main map[string]reform.Number) error {
	skip := map[string]bool{}
	own := groupOf[b.list.name]
	if own != "" && len(main) > 0 {
		skip[own] = true
		b.compare(own, main)
	}
	for i := range b.units {
		for _, r := range b.units[i].row.readings {
			if _, known := b.p.max[r.component]; !known {
				skip[r.component] = true
				b.warn("unknown-criterion", r.component, b.units[i].locator, r.quote, "tiêu chí %q chưa có trong danh mục (%s); không đọc", "the criterion %q is not in the catalogue (%s) and was left out", short(r.component), b.p.portal)
			}
		}
	}
	places := b.places(skip)
	var f reform.Fact
	for i := range b.units {
		u := &b.units[i]
		for _, r := range u.row.readings {
			if skip[r.component] {
				continue
			}
			b.fill(&f, u.key, u.name, u.typ, u.locator, &r)
			if p, ok := places[placeKey{r.component, u.typ}][i]; ok && r.score.Valid {
				f.Place, f.Of, f.RankKind = p.place, p.of, reform.Computed
			}
			if err := b.p.sink.Fact(&f); err != nil {
				return err
			}
			b.p.result.Facts++
			if (b.list.name == results || b.list.name == service2022) && isGroup[r.component] {
				main[u.code+r.component] = r.score
			}
			if r.quality != "" {
				b.warn("quality-flag", r.component, u.locator, r.quality, "cổng đánh dấu %s là %s: số tạm", "the portal marks %s as %s: a temporary number", r.component, short(r.quality))
			}
		}
	}
	return b.emitRoot()
}

func (b *batch) fill(f *reform.Fact, key reform.UnitKey, name string, typ reform.UnitType, locator string, r *reading) {
	*f = reform.Fact{
		Index: index, Basis: string(b.p.portal), Unit: key, UnitName: name, UnitType: typ, Period: b.ask.Period, Component: r.component,
		Score: r.score, Max: r.max, Numerator: r.num, Denominator: r.den,
		Scope: reform.ScopeNation, Status: reform.Final, ObservedAt: b.now, Locator: locator, Quote: parse.Shorten(r.quote, 400),
	}
	if b.parent != "" && key != b.parent {
		f.Scope = string(b.parent)
	}
	if !f.Max.Valid && r.score.Valid {
		f.Max = b.p.max[r.component]
	}
	if !b.ask.Period.End().Before(b.day) || r.quality != "" {
		f.Status = reform.Provisional // the period was not over, or the portal calls the number temporary
	}
}

// emitRoot hands over what a list of a province's units says of the province itself
// and no list of provinces does: the counts behind its online services.
func (b *batch) emitRoot() error {
	if b.parent == "" || b.list.name != online {
		return nil
	}
	root := b.list.pages[0].answer.root
	if root == nil || len(root.notes) > 0 {
		return nil
	}
	if code, rest, ok := splitCode(root.code); !ok || rest != "" || code != b.ask.Province {
		return nil
	}
	var f reform.Fact
	for _, r := range root.readings {
		if r.score.Valid || !r.num.Valid && !r.den.Valid {
			continue
		}
		locator := "parent"
		if line := b.list.pages[0].line; line > 0 {
			locator = lineOf(line) + ", parent"
		}
		b.fill(&f, b.parent, root.name, reform.Province, locator, &r)
		if err := b.p.sink.Fact(&f); err != nil {
			return err
		}
		b.p.result.Facts++
	}
	return nil
}

// compare warns where a list gives a group other scores than the list of all groups, which is the one that counts.
func (b *batch) compare(group string, main map[string]reform.Number) {
	type gap struct {
		u        *unit
		was, now reform.Number
	}
	var gaps []gap
	for i := range b.units {
		u := &b.units[i]
		for _, r := range u.row.readings {
			was := main[u.code+group]
			if r.component == group && was.Valid && r.score.Valid && was.Decimal.Sub(r.score.Decimal).Abs().GreaterThan(sumTolerance) {
				gaps = append(gaps, gap{u, was, r.score})
			}
		}
	}
	if len(gaps) == 0 {
		return
	}
	g := slices.MaxFunc(gaps, func(x, y gap) int {
		return cmp.Compare(x.was.Decimal.Sub(x.now.Decimal).Abs().InexactFloat64(), y.was.Decimal.Sub(y.now.Decimal).Abs().InexactFloat64())
	})
	b.warn("group-differs", group, g.u.locator, g.now.String(), "%d đơn vị có điểm nhóm %s khác bảng tổng hợp; lệch nhất là %s: %s và %s", "%d units have another score of %s here than in the summary; the largest gap is %s: %s and %s",
		len(gaps), group, g.u.name, g.now, g.was)
}
