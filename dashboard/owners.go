package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

type ownersView struct {
	Base
	Unit, UnitKey, UnitHref string
	Index, IndexHref        string
	Tabs                    []Link
	Picker                  unitPicker
	Bases                   []Link
	Basis, BasisName        string
	Action                  string
	Edition                 string // the edition whose points are shown
	Before                  string // the edition that they are compared with
	NoBefore                string
	NoData                  string
	Rows                    []ownerRow
	Offices                 []officeRow
	SumNote                 string
	Known                   []string // offices entered before, to choose from
	Author                  string
	Trouble, Done           string
	GoalsHref               string
}

// ownerRow is a component with the office in charge of it.
type ownerRow struct {
	Code, Name       string
	Child            bool
	Score, Max, Lost string
	Href             string // of the score
	Change           movement
	Office, Was      string
	HistoryHref      string
}

// officeRow is what an office has lost.
type officeRow struct {
	Office     string
	Components int
	Lost       string
	Unknown    string   // components of which nothing is known
	Not        []string // components in which it has not improved
	Compared   bool
}

// lostDecimals is how many decimals lost points are shown with; the scores beside them are exact.
const lostDecimals = 2

// lostPart is a component of a basis with what was lost in it.
type lostPart struct {
	reform.Component
	Child      bool
	Sub        *reform.Subscore // nil: nothing is known
	Lost       reform.Number
	LostBefore reform.Number
}

// lostParts are the components of a unit's edition, beside the one before.
type lostParts struct {
	Basis    string
	Period   reform.Period // zero: no edition of the basis has components of the unit
	Before   reform.Period // zero: none
	OtherNow string        // the basis of the edition before, where it is another one
	Parts    []lostPart
	Unit     reform.UnitKey // under which it was measured
	Status   reform.Status
}

func hasComponents(ix *reform.Index) bool {
	return slices.ContainsFunc(ix.Bases, hasMainTree)
}

func hasMainTree(b reform.Basis) bool {
	return slices.ContainsFunc(b.Components, func(c reform.Component) bool { return c.Breakdown == "" })
}

// owners shows the components of an index with the offices in charge, and takes them.
func (s *Server) owners(c *fiber.Ctx) error { return s.showOwners(c, typedOwn{}, "") }

func (s *Server) showOwners(c *fiber.Ctx, typed typedOwn, wrong string) error {
	ix, err := s.indexOf(c.Params("index"))
	if err != nil {
		return err
	}
	if !hasComponents(ix) {
		return fmt.Errorf("no components of index %s are known: %w", ix.Code, reform.ErrNotFound)
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	unit, view, basis := s.ownUnitParam(c, ps), ps.view(), ps.text("basis")
	ps.checkBasis(ix, basis)
	v := ownersView{Base: s.ownBase(c, "owners.title", view), Trouble: wrong, Author: author(c), UnitKey: string(unit), UnitHref: s.unitHref(unit)}
	v.Done = ps.doneText(v.Base)
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	lost, err := s.lostParts(ctx, ix, unit, basis, view)
	if err != nil {
		return err
	}
	v.Unit, v.Index, v.IndexHref, v.Basis = s.unitName(unit, v.Lang), ix.Short.In(v.Lang), "/indices/"+ix.Code, lost.Basis
	v.Title = v.T("owners.title.of", "index", v.Index, "unit", v.Unit)
	href := func(index, basis string) string {
		return "/owners/" + index + "?" + viewValues(values("unit", string(unit), "basis", basis), view).Encode()
	}
	v.Action, v.GoalsHref = "/owners/"+ix.Code+"?"+values("unit", string(unit), "basis", lost.Basis).Encode(), "/goals?"+viewValues(values("unit", string(unit)), view).Encode()
	for _, other := range s.opt.Catalog.Indices() {
		if ranksProvinces(other) && !other.Counts && hasComponents(other) {
			v.Tabs = append(v.Tabs, Link{Href: href(other.Code, ""), Text: other.Short.In(v.Lang), Current: other.Code == ix.Code})
		}
	}
	for _, b := range ix.Bases {
		if hasMainTree(b) {
			v.Bases = append(v.Bases, Link{Href: href(ix.Code, b.Code), Text: b.Name.In(v.Lang), Current: b.Code == lost.Basis})
		}
		if b.Code == lost.Basis {
			v.BasisName = b.Name.In(v.Lang)
		}
	}
	v.Picker = s.picker(v.Lang, "/owners/"+ix.Code, unit)
	if err := s.fillOwners(ctx, &v, ix, unit, lost, typed, view); err != nil {
		return err
	}
	return s.render(c, "owners", v)
}

func (s *Server) fillOwners(ctx context.Context, v *ownersView, ix *reform.Index, unit reform.UnitKey, lost lostParts, typed typedOwn, view reform.View) error {
	if typed.form != nil {
		v.Author = typed.Author
	}
	switch {
	case lost.Period.IsZero():
		v.NoData = v.T("owners.nodata", "index", v.Index, "unit", v.Unit)
	default:
		v.Edition = v.T("owners.edition", "period", periodName(lost.Period, v.Lang))
		if lost.Status == reform.Provisional {
			v.Edition += " (" + v.T("status.provisional") + ")"
		}
		switch {
		case !lost.Before.IsZero():
			v.Before = v.T("owners.before", "period", periodName(lost.Before, v.Lang))
		case lost.OtherNow != "":
			v.NoBefore = v.T("owners.otherbasis")
		default:
			v.NoBefore = v.T("owners.nobefore")
		}
	}
	all, err := s.ownOf(ctx, reform.OwnOwner, "", unit, view)
	if err != nil {
		return err
	}
	entries := map[string]reform.OwnEntry{}
	for _, e := range all {
		if e.Index == ix.Code && e.Basis == lost.Basis {
			entries[e.Component] = e
		}
		if !slices.Contains(v.Known, e.Office) {
			v.Known = append(v.Known, e.Office)
		}
	}
	slices.SortFunc(v.Known, viet.Compare)
	offices := map[string]string{}
	for _, p := range lost.Parts {
		row := ownerRow{Code: p.Code, Name: p.Name.In(v.Lang), Child: p.Child, Score: missing, Max: number(p.Max, v.Lang), Lost: short(p.Lost, lostDecimals, v.Lang)}
		if p.Sub != nil {
			row.Score, row.Max = number(p.Sub.Score, v.Lang), number(p.Sub.Max, v.Lang)
			if p.Sub.Score.Valid {
				row.Href = trailHref(ix.Code, lost.Unit, lost.Period, p.Code)
			}
		}
		row.Change = lostMove(p, lost.Before, v.Lang)
		if e, ok := entries[p.Code]; ok {
			row.Office, row.HistoryHref = e.Office, ownRowOf(e, v.Base).HistoryHref
			offices[p.Code] = e.Office
		}
		row.Was = row.Office
		if typed.form != nil {
			row.Office = typed.text("office." + p.Code)
			row.Was = reform.CleanText(typed.form.Get("was." + p.Code))
		}
		v.Rows = append(v.Rows, row)
	}
	v.Offices, v.SumNote = officeRows(ix, lost, offices, v.Base)
	return nil
}

// lostMove is how the lost points have changed: fewer is better.
func lostMove(p lostPart, before reform.Period, lang string) movement {
	if !p.Lost.Valid || !p.LostBefore.Valid {
		return movement{}
	}
	d := p.Lost.Decimal.Sub(p.LostBefore.Decimal)
	since := words.T(lang, "since", "period", periodName(before, lang))
	n := roundedText(d.Abs(), lostDecimals, lang)
	switch d.Sign() {
	case -1:
		return movement{Arrow: "▲", Number: n, Class: "up", Words: words.T(lang, "owners.less", "n", n) + " " + since}
	case 1:
		return movement{Arrow: "▼", Number: n, Class: "down", Words: words.T(lang, "owners.more", "n", n) + " " + since}
	}
	return movement{Arrow: "=", Class: "same", Words: words.T(lang, "owners.same") + " " + since}
}

// notImproved says that points are lost, and not fewer than before.
func (p lostPart) notImproved() bool {
	return p.Lost.Valid && p.LostBefore.Valid && p.Lost.Decimal.IsPositive() && p.Lost.Decimal.GreaterThanOrEqual(p.LostBefore.Decimal)
}

// inTotal is what a component has lost of the total: by its weight where the basis weighs its
// components; missing where the weight is not known.
func (p lostPart) inTotal(weighed bool) reform.Number {
	switch {
	case !p.Lost.Valid:
		return reform.Number{}
	case !weighed:
		return p.Lost
	case !p.Weight.Valid || p.Sub == nil || !p.Sub.Max.Valid || !p.Sub.Max.Decimal.IsPositive():
		return reform.Number{}
	}
	return reform.NumOf(p.Lost.Decimal.Mul(p.Weight.Decimal).DivRound(p.Sub.Max.Decimal, 6))
}

// officeRows sums by office what was lost, and lists where an office has not improved. A part of a
// component that is the same office's is in the component's sum already.
func officeRows(ix *reform.Index, lost lostParts, offices map[string]string, b Base) (rows []officeRow, note string) {
	weighed := false
	for _, basis := range ix.Bases {
		weighed = weighed || slices.ContainsFunc(basis.Components, func(c reform.Component) bool { return c.Weight.Valid })
	}
	byCode := map[string]lostPart{}
	for _, p := range lost.Parts {
		byCode[p.Code] = p
	}
	covered := func(p lostPart) bool {
		for parent := p.Parent; parent != ""; parent = byCode[parent].Parent {
			if offices[parent] == offices[p.Code] && byCode[parent].inTotal(weighed).Valid {
				return true
			}
		}
		return false
	}
	sums, unknown, index := map[string]decimal.Decimal{}, map[string]int{}, map[string]int{}
	for _, p := range lost.Parts {
		office := offices[p.Code]
		if office == "" {
			continue
		}
		i, ok := index[office]
		if !ok {
			i = len(rows)
			index[office], rows = i, append(rows, officeRow{Office: office})
		}
		rows[i].Components++
		rows[i].Compared = rows[i].Compared || p.Lost.Valid && p.LostBefore.Valid
		if p.notImproved() {
			rows[i].Not = append(rows[i].Not, b.T("owners.not.item", "component", p.Name.In(b.Lang), "now", short(p.Lost, lostDecimals, b.Lang), "before", short(p.LostBefore, lostDecimals, b.Lang)))
		}
		if covered(p) {
			continue
		}
		if n := p.inTotal(weighed); n.Valid {
			sums[office] = sums[office].Add(n.Decimal)
		} else {
			unknown[office]++
		}
	}
	for i := range rows {
		office := rows[i].Office
		rows[i].Lost = missing
		if sum, ok := sums[office]; ok {
			rows[i].Lost = roundedText(sum, lostDecimals, b.Lang)
		}
		if n := unknown[office]; n > 0 {
			rows[i].Unknown = b.T("owners.unknown", "n", n)
		}
	}
	slices.SortStableFunc(rows, func(a, c officeRow) int { return sums[c.Office].Cmp(sums[a.Office]) })
	if weighed {
		note = b.T("owners.weighed")
	}
	return rows, note
}

// lostParts finds the newest edition with components of the unit (of the basis, where one is
// asked for), and the one before it, which is compared only on the same basis.
func (s *Server) lostParts(ctx context.Context, ix *reform.Index, unit reform.UnitKey, basis string, view reform.View) (lostParts, error) {
	out := lostParts{Basis: basis}
	series, err := s.opt.Reader.RankHistory(ctx, reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{unit}, Scope: reform.ScopeNation, Kind: reform.Year, View: view})
	if err != nil {
		return out, err
	}
	eds, err := s.editionsFor(ctx, ix.Code, view)
	if err != nil {
		return out, err
	}
	var points []reform.RankPoint
	if len(series) > 0 {
		points = series[0].Points
	}
	var now, before *reform.Subscores
	asked := map[reform.Period]bool{}
	for _, e := range eds { // newest first
		if e.Period.Kind() != reform.Year || e.Coverage.WithComponents == 0 || asked[e.Period] {
			continue
		}
		asked[e.Period] = true
		sub, err := s.opt.Reader.Subscores(ctx, reform.SubscoresQuestion{Index: ix.Code, Unit: s.keyIn(unit, e.Period, points), Period: e.Period, View: view})
		if err != nil {
			return out, err
		}
		if !slices.ContainsFunc(sub.Rows, func(r reform.Subscore) bool { return r.Score.Valid }) {
			continue
		}
		if now == nil {
			if basis == "" || sub.Basis == basis {
				now = &sub
			}
			continue
		}
		before = &sub
		break
	}
	switch {
	case now != nil:
		out.Basis, out.Period, out.Unit = now.Basis, now.Period, now.Unit
	case basis == "":
		for _, b := range ix.Bases {
			if hasMainTree(b) {
				out.Basis = b.Code // the newest one comes last
			}
		}
		// Rules that came after a province had merged were never its own.
		if n := len(points); n > 0 {
			if b := basisOf(ix, points[n-1].Basis); b != nil && hasMainTree(*b) {
				out.Basis = b.Code
			}
		}
	}
	if before != nil {
		if before.Basis == out.Basis {
			out.Before = before.Period
		} else {
			out.OtherNow = before.Basis
		}
	}
	s.fillParts(&out, ix, now, before)
	return out, nil
}

func (s *Server) fillParts(out *lostParts, ix *reform.Index, now, before *reform.Subscores) {
	find := func(sub *reform.Subscores, code string) *reform.Subscore {
		if sub == nil {
			return nil
		}
		for i := range sub.Rows {
			if sub.Rows[i].Component == code {
				return &sub.Rows[i]
			}
		}
		return nil
	}
	loss := func(r *reform.Subscore) reform.Number {
		if r == nil || !r.Score.Valid || !r.Max.Valid {
			return reform.Number{}
		}
		return reform.NumOf(r.Max.Decimal.Sub(r.Score.Decimal))
	}
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		for _, comp := range s.opt.Catalog.Components(ix.Code, out.Basis, "", parent) {
			p := lostPart{Component: *comp, Child: depth > 0, Sub: find(now, comp.Code)}
			p.Lost = loss(p.Sub)
			if !out.Before.IsZero() {
				p.LostBefore = loss(find(before, comp.Code))
			}
			if p.Sub != nil && p.Sub.Status == reform.Provisional {
				out.Status = reform.Provisional
			}
			out.Parts = append(out.Parts, p)
			if comp.Code != parent && depth < 5 {
				walk(comp.Code, depth+1)
			}
		}
	}
	walk("", 0)
}

// saveOwners takes the whole form: what differs from what the reader saw is kept, all at once.
func (s *Server) saveOwners(c *fiber.Ctx) error {
	t, err := s.readOwn(c)
	if err != nil {
		return err
	}
	ix, err := s.indexOf(c.Params("index"))
	if err != nil {
		return err
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme", "done")
	unit, basis := ps.oneUnit(), ps.text("basis")
	ps.checkBasis(ix, basis)
	if err := ps.done(); err != nil {
		return err
	}
	if _, ok := s.provinceOrNot(string(unit)); !ok {
		return invalid("unit", "%q is no province", clip(string(unit), 40))
	}
	lang, ctx := s.prefs(c).Lang, c.UserContext()
	entries, err := s.changedOwners(ctx, t, ix, basis, unit, lang)
	if err == nil && len(entries) > 0 {
		err = s.keepOwn(ctx, c, entries)
	}
	if err != nil {
		text, status, ok := ownTrouble(err, lang)
		if !ok {
			return err
		}
		c.Status(status)
		return s.showOwners(c, t, text)
	}
	done := "saved"
	if len(entries) == 0 {
		done = "same"
	}
	return c.Redirect("/owners/"+url.PathEscape(ix.Code)+"?"+values("unit", string(unit), "basis", basis, "done", done).Encode(), http.StatusSeeOther)
}

// changedOwners are the offices that differ from those the reader saw. Where somebody else has
// changed one in the meantime, nothing is kept.
func (s *Server) changedOwners(ctx context.Context, t typedOwn, ix *reform.Index, basis string, unit reform.UnitKey, lang string) ([]reform.OwnEntry, error) {
	current, err := s.opt.Reader.Owners(ctx, reform.OwnQuestion{Index: ix.Code, Units: []reform.UnitKey{unit}})
	if err != nil {
		return nil, err
	}
	var out []reform.OwnEntry
	b := basisOf(ix, basis)
	if b == nil {
		return nil, invalid("basis", "is missing")
	}
	for _, comp := range b.Components {
		field := "office." + comp.Code
		if comp.Breakdown != "" || !t.form.Has(field) {
			continue
		}
		office, was, is := t.text(field), reform.CleanText(t.form.Get("was."+comp.Code)), ""
		if office == was {
			continue
		}
		for _, e := range current {
			if e.Basis == basis && e.Component == comp.Code {
				is = e.Office
			}
		}
		if is == office {
			continue
		}
		if is != was {
			return nil, fmt.Errorf("%s: %s: %w", comp.Name.In(lang), is, reform.ErrConflict)
		}
		if err := checkLengths(lang, t.Author, office, ""); err != nil {
			return nil, err
		}
		out = append(out, reform.OwnEntry{Kind: reform.OwnOwner, Index: ix.Code, Basis: basis, Unit: unit, Component: comp.Code, Office: office, Author: t.Author, Withdrawn: office == ""})
	}
	return out, nil
}
