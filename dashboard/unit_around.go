package dashboard

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/words"
)

// aroundView is where a unit stands among the others of one edition: in its region, and next to
// its neighbours in the ranking.
type aroundView struct {
	Region *regionLeague
	Next   *neighboursView
	NoNext string // why neighbours and steps are not computed
	// Computed says that a place of the region is marked as computed.
	Computed bool
	W        aroundWords
}

// aroundWords are the headings of its tables.
type aroundWords struct{ InRegion, Unit, Place, Score, Gap, Steps, Computed string }

// regionLeague is the small table of a region: the place there, and the national one beside.
type regionLeague struct {
	Title    string
	Coverage string // "" the whole region is known
	HasPlace bool   // places within the region are known
	HasScore bool
	Rows     []aroundRow
}

// neighboursView is who stands just above and below, and what the next places would take.
type neighboursView struct {
	Title string
	Note  string
	Rows  []aroundRow
	Steps []stepView
}

type aroundRow struct {
	Name       string
	Href       string
	Self       bool
	Place, In  string // national, in the region
	PlaceHref  string
	Score      string
	ScoreHref  string
	Gap        string // points to this unit, with sign
	Computed   bool
	InComputed bool
}

// stepView is what it takes to equal a unit above.
type stepView struct {
	Text string
	Sum  string // the arithmetic: "87,32 − 86,97 = 0,35"
}

const (
	neighbours = 2  // above and below
	topTen     = 10 // a goal that every plan names
)

// unitAround asks for the edition of a point of the unit's line, in the nation and in its region.
func (s *Server) unitAround(ctx context.Context, p prefs, ix *reform.Index, at reform.RankPoint, view reform.View) (*aroundView, error) {
	if ix.Counts {
		return nil, nil // counts of cases rank nobody
	}
	period, unit := at.Period, at.Unit
	q := reform.LeagueQuestion{Index: ix.Code, Period: period, Scheme: unit.Scheme(), UnitType: reform.Province, Scope: reform.ScopeNation, Basis: at.Basis, View: view}
	nation, err := s.opt.Reader.Ranking(ctx, q)
	if err != nil {
		return nil, err
	}
	v := &aroundView{W: aroundWords{
		InRegion: words.T(p.Lang, "col.inscope"), Unit: words.T(p.Lang, "col.unit"), Place: words.T(p.Lang, "col.place"), Score: words.T(p.Lang, "col.score"),
		Gap: words.T(p.Lang, "around.gap"), Steps: words.T(p.Lang, "around.steps"), Computed: words.T(p.Lang, "around.computed"),
	}}
	v.Next, v.NoNext = s.neighbours(ix, &nation, unit, p.Lang)
	if regions := s.opt.Catalog.RegionsOf(unit); len(regions) > 0 {
		q.Scope = string(regions[0])
		region, err := s.opt.Reader.Ranking(ctx, q)
		if err != nil {
			return nil, err
		}
		if v.Region = s.regionLeague(ix, &region, regions[0], unit, p.Lang); v.Region != nil {
			v.Computed = slices.ContainsFunc(v.Region.Rows, func(r aroundRow) bool { return r.Computed || r.InComputed })
		}
	}
	if v.Region == nil && v.Next == nil && v.NoNext == "" {
		return nil, nil
	}
	return v, nil
}

func (s *Server) regionLeague(ix *reform.Index, l *reform.League, region, unit reform.UnitKey, lang string) *regionLeague {
	members := s.opt.Catalog.Members(region)
	v := &regionLeague{}
	self := ""
	rows := slices.Clone(l.Rows)
	slices.SortStableFunc(rows, func(a, b reform.Standing) int { return regionOrder(a) - regionOrder(b) })
	for _, r := range rows {
		if r.Place == 0 && r.ScopePlace == 0 && !r.Score.Valid {
			continue
		}
		row := s.aroundRow(ix, l, r, unit, lang)
		row.In = missing
		if r.ScopePlace > 0 {
			row.In, row.InComputed, v.HasPlace = placeOf(r.ScopePlace, r.ScopeOf), r.ScopeRankKind != reform.Published, true
			if row.Self {
				self = row.In
			}
		}
		if r.Score.Valid {
			v.HasScore = true
		}
		v.Rows = append(v.Rows, row)
	}
	if len(v.Rows) == 0 {
		return nil
	}
	v.Title = words.T(lang, "around.region", "region", s.unitName(region, lang), "period", periodName(l.Period, lang))
	if self != "" {
		v.Title = words.T(lang, "around.region.place", "place", self, "region", s.unitName(region, lang), "period", periodName(l.Period, lang))
	}
	if len(v.Rows) < len(members) {
		v.Coverage = words.T(lang, "around.coverage", "n", len(v.Rows), "of", len(members))
	}
	return v
}

// regionOrder puts known national places first, then those of the region alone, then scores.
func regionOrder(r reform.Standing) int {
	switch {
	case r.Place > 0:
		return r.Place
	case r.ScopePlace > 0:
		return 1000 + r.ScopePlace
	}
	return 2000
}

func (s *Server) aroundRow(ix *reform.Index, l *reform.League, r reform.Standing, unit reform.UnitKey, lang string) aroundRow {
	trail := trailHref(ix.Code, r.Unit, l.Period, "")
	row := aroundRow{Name: s.unitNameIn(r.Unit, l.Period, lang), Self: r.Unit == unit, Place: placeOf(r.Place, r.Of), Computed: r.Place > 0 && r.RankKind != reform.Published}
	if href := s.unitHref(r.Unit); href != "" {
		row.Href = href + "?" + values("index", ix.Code, "period", l.Period.String()).Encode()
	}
	if r.Place > 0 {
		row.PlaceHref = trail
	}
	if r.Score.Valid {
		row.Score, row.ScoreHref = short(r.Score, max(ix.Decimals, 2), lang), trail
	}
	return row
}

// neighbours are the two units above and the two below by score, and what equalling a higher one would
// take. They are computed only where every unit of the edition has a score: among a few, the next one known
// is not the next one.
func (s *Server) neighbours(ix *reform.Index, l *reform.League, unit reform.UnitKey, lang string) (*neighboursView, string) {
	if !l.Coverage.Complete() {
		if l.Coverage.Of == 0 {
			return nil, words.T(lang, "around.unknown")
		}
		return nil, words.T(lang, "around.incomplete", "n", l.Coverage.WithScore, "of", l.Coverage.Of)
	}
	rows := slices.DeleteFunc(slices.Clone(l.Rows), func(r reform.Standing) bool { return !r.Score.Valid })
	slices.SortStableFunc(rows, func(a, b reform.Standing) int { return b.Score.Decimal.Cmp(a.Score.Decimal) })
	at := slices.IndexFunc(rows, func(r reform.Standing) bool { return r.Unit == unit })
	if at < 0 {
		return nil, words.T(lang, "around.none")
	}
	own, places := rows[at], max(ix.Decimals, 2)
	v := &neighboursView{
		Title: words.T(lang, "around.next", "index", ix.Short.In(lang), "period", periodName(l.Period, lang)),
		Note:  words.T(lang, "around.note"),
	}
	if own.Status == reform.Provisional {
		v.Note += " " + words.T(lang, "around.provisional")
	}
	for i := max(0, at-neighbours); i < min(len(rows), at+neighbours+1); i++ {
		row := s.aroundRow(ix, l, rows[i], unit, lang)
		if i != at {
			row.Gap = points(rows[i].Score, own.Score, digitsFor(rows[i].Score.Decimal.Sub(own.Score.Decimal), places), lang)
		}
		v.Rows = append(v.Rows, row)
	}
	// The next better scores upwards, each once, and the tenth place.
	for i := at - 1; i >= 0 && len(v.Steps) < neighbours; i-- {
		if rows[i].Score.Equal(own.Score) || i < at-1 && rows[i].Score.Equal(rows[i+1].Score) {
			continue
		}
		n, sum := needed(rows[i], own, places, lang)
		v.Steps = append(v.Steps, stepView{words.T(lang, "around.step", "n", n, "unit", s.unitNameIn(rows[i].Unit, l.Period, lang), "place", placeOf(rows[i].Place, rows[i].Of)), sum})
	}
	if at >= topTen && len(rows) > topTen && at-neighbours > topTen-1 {
		tenth := rows[topTen-1]
		n, sum := needed(tenth, own, places, lang)
		v.Steps = append(v.Steps, stepView{words.T(lang, "around.step.ten", "n", n, "unit", s.unitNameIn(tenth.Unit, l.Period, lang), "place", placeOf(tenth.Place, tenth.Of)), sum})
	}
	return v, ""
}

// needed is how many points a unit lacks to another one, and the arithmetic. The exact difference
// is said, not that of two rounded numbers; one too small for two decimals gets the digits that it needs.
func needed(to, own reform.Standing, places int, lang string) (n, sum string) {
	lack := to.Score.Decimal.Sub(own.Score.Decimal)
	rounded := func() bool {
		p := int32(places)
		return !lack.Round(p).Equal(to.Score.Decimal.Round(p).Sub(own.Score.Decimal.Round(p)))
	}
	for places < mostDigits && (lack.Round(int32(places)).IsZero() || rounded()) {
		places++
	}
	n = short(reform.NumOf(lack), places, lang)
	return n, short(to.Score, places, lang) + " − " + short(own.Score, places, lang) + " = " + n
}

// digitsFor is how many decimals a difference needs so that it is not written as nothing.
func digitsFor(d decimal.Decimal, places int) int {
	for places < mostDigits && !d.IsZero() && d.Round(int32(places)).IsZero() {
		places++
	}
	return places
}
