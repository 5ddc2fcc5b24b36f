package ingest

import (
	"strconv"
	"time"

	"chiso/reform"
	"chiso/store"
)

// examiner fills, checks and counts the facts of one document, in their order.
// It is used by one goroutine.
type examiner struct {
	book     *rulebook
	problems *collector
	now      time.Time
	held     *series // the document itself
	cited    map[reform.Citation]*series
	byID     map[string]*series
	citation []*series // in the order met

	groups    map[groupKey]*group
	lastGroup *group
	order     []*group

	seen     map[key]*entry
	regional map[key]regionalScore
	entries  []entry // a slab that seen points into
	ledger   *ledger

	// excluded are the identities that a document gives in contradiction: with
	// set-aside none of their rows is loaded, and that is known only at the document's end.
	excluded     map[key]bool
	contradicted map[key]bool
	candidates   map[key]bool // for review

	buf        []byte
	duplicates int // within the document, and with what was loaded
	revisions  int
	conflicts  int
	kept       int
}

// entry is what the document has said so far of one identity.
type entry struct {
	score      amount
	ratio      [2]amount
	max        amount
	place, of  int32
	status     reform.Status
	locator    string
	notPrinted bool // of comes from the edition
	has        has
}

type regionalScore struct {
	score   amount
	locator string
}

func newExaminer(cat *reform.Catalog, c *collector, held *series, now time.Time) *examiner {
	return &examiner{
		book: newRulebook(cat), problems: c, now: now, held: held,
		cited: map[reform.Citation]*series{}, byID: map[string]*series{},
		groups: map[groupKey]*group{}, seen: map[key]*entry{}, regional: map[key]regionalScore{},
		contradicted: map[key]bool{}, candidates: map[key]bool{},
	}
}

// take fills and checks r; keep says whether it is a new fact. An error is the
// database's, from looking up what is loaded already.
func (e *examiner) take(r *record) (keep bool, err error) {
	g := e.fill(r)
	if g == nil {
		return false, nil
	}
	if r.Status == reform.Review {
		return e.candidate(r, g), nil
	}
	if !e.check(r, g) {
		return false, nil
	}
	e.buf = r.appendIdentity(e.buf[:0])
	identity := len(e.buf)
	ledgerKey := keyOf(e.buf)
	e.buf = r.setHashes(e.buf)
	// Within a document a value belongs to who says it and when: two papers in one
	// tidy file may differ, and so may two days.
	k := r.saidKey(e.buf[:identity])
	if !e.compare(r, k) {
		return false, nil
	}
	if r.Scope != reform.ScopeNation || len(e.regional) > 0 {
		if !e.compareScopes(r, k) {
			return false, nil
		}
	}
	if e.excluded[k] {
		return false, nil // its problem is listed already
	}
	g.count(r)
	known, err := e.ledger.judge(e, r, ledgerKey)
	if err != nil || known {
		return false, err
	}
	e.kept++
	return true, nil
}

// candidate takes a fact that waits for a person's decision. It is no number yet:
// it counts nowhere, contradicts nothing, and what is impossible about it is a warning,
// since a doubtful reading must not keep the rest of its document out.
func (e *examiner) candidate(r *record, g *group) bool {
	all := e.problems
	e.problems = &collector{}
	possible := e.check(r, g)
	for _, p := range e.problems.all() {
		p.Warning = true
		all.add(p)
	}
	e.problems = all
	if !possible {
		return false
	}
	e.buf = r.appendIdentity(e.buf[:0])
	e.buf = r.setHashes(e.buf)
	k := keyOf(e.buf)
	if e.candidates[k] {
		e.duplicates++
		return false
	}
	e.candidates[k] = true
	e.kept++
	return true
}

// fill completes r from the catalogue and finds its group; nil says that a
// problem was found that leaves nothing to check.
func (e *examiner) fill(r *record) *group {
	f := &r.Fact
	if f.Period.IsZero() {
		e.problem(f, "no-period", "period", "", sentence("Dòng này không cho biết kỳ đánh giá.", "This row does not say which period it is about."))
		return nil
	}
	r.from = e.held
	if f.Source != nil && !f.Source.IsZero() {
		if r.from = e.cite(f); r.from == nil {
			return nil
		}
	}
	if f.Scope == "" {
		f.Scope = reform.ScopeNation
	}
	if f.Status == "" {
		f.Status = reform.Final
	}
	if f.Place > 0 && f.RankKind == "" {
		f.RankKind = reform.Published
	}
	g := e.group(f, r.from)
	if g == nil {
		return nil
	}
	f.Basis, r.periodText = g.basis, g.periodText
	g.unit(e, f)
	if f.UnitName == "" && g.seen != nil {
		f.UnitName = e.book.cat.NameIn(f.Unit, f.Period)
	}
	g.setComponent(f.Component)
	if !f.Max.Valid && f.Score.Valid {
		switch {
		case f.Component == "" && g.rules.basis != nil:
			f.Max = g.rules.basis.Max
		case g.component != nil:
			f.Max = g.component.Max
		}
	}
	if f.Place > 0 && f.Of == 0 && g.countsOf(f) {
		f.Of, f.OfPrinted = g.edition.of, false
	} else if f.Of == 0 {
		f.OfPrinted = false
	}
	e.setTime(r, g)
	return g
}

// setTime finds when the source said it. A time that lies ahead (a publication
// dated by a year that is not over, or a misprint) is not known better than
// by the day on which we got it.
func (e *examiner) setTime(r *record, g *group) {
	switch {
	case !r.ObservedAt.IsZero():
		r.origin = store.ObservedDocument
		if r.ObservedAt.After(e.now.Add(36 * time.Hour)) {
			e.problems.add(warningOf(&r.Fact, "future-date", "observed_at", r.ObservedAt.Format(time.DateOnly), sentence(
				"Ngày %s nằm trong tương lai: số liệu được tính từ ngày nạp.", "The day %s lies in the future: the value counts from the day of loading.", r.ObservedAt.Format("2/1/2006"))))
		}
	case !r.from.said.IsZero():
		r.ObservedAt, r.origin = r.from.said, store.ObservedDocument
	case !g.edition.announced.IsZero():
		r.ObservedAt, r.origin = g.edition.announced, store.ObservedEdition
	}
	if r.ObservedAt.IsZero() || r.ObservedAt.After(e.now) {
		r.ObservedAt, r.origin = e.now, store.ObservedRetrieved
	}
}

// cite finds the series of a citation.
func (e *examiner) cite(f *reform.Fact) *series {
	if s, ok := e.cited[*f.Source]; ok {
		return s
	}
	c := *f.Source
	s := e.byID[c.ID()]
	if s == nil {
		if c.Date != "" {
			first, _, err := reform.ParsePartialDate(c.Date)
			if err != nil {
				e.problem(f, "bad-date", "source_date", c.Date, sentence("Ngày của nguồn %q không đọc được: cần 2019-04-18, 2019-04 hoặc 2019.", "The source's date %q can't be read: write 2019-04-18, 2019-04 or 2019.", c.Date))
				return nil
			}
			if first.After(e.now.Add(36 * time.Hour)) {
				e.problem(f, "future-date", "source_date", c.Date, sentence("Ngày của nguồn %s nằm trong tương lai.", "The source's date %s lies in the future.", c.Date))
				return nil
			}
		}
		s = &series{no: uint32(len(e.citation) + 1), document: c.ID(), source: e.held.source, cited: true, authority: c.Authority, file: e.held, said: lastMoment(c.Date), citation: c}
		e.byID[s.document] = s
		e.citation = append(e.citation, s)
	}
	e.cited[*f.Source] = s
	return s
}

// compare sets r against what the document said before of the same identity.
func (e *examiner) compare(r *record, k key) bool {
	prev := e.seen[k]
	if prev == nil {
		if len(e.entries) == cap(e.entries) {
			e.entries = make([]entry, 0, 4096) // the full slab lives on through the pointers in seen
		}
		e.entries = append(e.entries, entry{
			score: r.scores.score, ratio: [2]amount{r.scores.numerator, r.scores.denominator}, max: r.scores.max,
			place: int32(r.Place), of: int32(r.Of), notPrinted: !r.OfPrinted, status: r.Status, locator: r.Locator, has: r.has(),
		})
		e.seen[k] = &e.entries[len(e.entries)-1]
		return true
	}
	h := r.has()
	differs := ""
	switch {
	case h&prev.has&hasScore != 0 && !r.scores.score.agrees(prev.score):
		differs = "score"
	case h&prev.has&hasPlace != 0 && (int32(r.Place) != prev.place || r.Of != 0 && prev.of != 0 && int32(r.Of) != prev.of):
		differs = "place"
	case h&prev.has&hasRatio != 0 && (r.scores.numerator.v != prev.ratio[0].v || r.scores.denominator.v != prev.ratio[1].v):
		differs = "numerator"
	case h&prev.has&hasScore != 0 && r.scores.max.ok && prev.max.ok && r.scores.max.v != prev.max.v:
		differs = "max"
	case r.Status != prev.status:
		differs = "status"
	}
	if differs != "" {
		e.contradicted[k] = true
		now, before := saysOf(r, differs), prev.says(differs)
		e.problem(&r.Fact, "contradiction", differs, now, sentence(
			"%s (%s) có hai giá trị khác nhau trong cùng tài liệu: %s và %s (ở %s).", "%s (%s) has two different values in this document: %s and %s (at %s).",
			e.label(r), r.periodText, now, before, prev.locator))
		return false
	}
	if h&^prev.has == 0 {
		if h&hasScore != 0 && r.scores.score.v != prev.score.v {
			e.problems.add(warningOf(&r.Fact, "two-precisions", "score", r.Score.String(), sentence(
				"%s (%s) được ghi hai lần với độ chính xác khác nhau; giữ giá trị ở %s.", "%s (%s) is given twice with different precision; the value at %s is kept.", e.label(r), r.periodText, prev.locator)))
		}
		e.duplicates++
		return false
	}
	// A row that adds a place to a score, or the other way round, is a fact of its own.
	if h&hasScore != 0 {
		prev.score, prev.max = r.scores.score, r.scores.max
	}
	if h&hasPlace != 0 {
		prev.place, prev.of = int32(r.Place), int32(r.Of)
	}
	if h&hasRatio != 0 {
		prev.ratio = [2]amount{r.scores.numerator, r.scores.denominator}
	}
	prev.has |= h
	return true
}

// compareScopes sets a score that stands beside a place in a region against the
// one that stands beside the national place: a unit has one score.
func (e *examiner) compareScopes(r *record, k key) bool {
	if !r.scores.score.ok {
		return true
	}
	scope := r.Scope
	r.Scope = ""
	e.buf = r.appendIdentity(e.buf[:0])
	base := r.saidKey(e.buf)
	r.Scope = reform.ScopeNation
	e.buf = r.appendIdentity(e.buf[:0])
	national := e.seen[r.saidKey(e.buf)]
	r.Scope = scope
	prev, ok := e.regional[base]
	if !ok && scope != reform.ScopeNation {
		e.regional[base] = regionalScore{r.scores.score, r.Locator}
		if national != nil && national.has&hasScore != 0 {
			prev, ok = regionalScore{national.score, national.locator}, true
		}
	}
	if !ok || prev.score.agrees(r.scores.score) {
		return true
	}
	e.contradicted[k] = true
	e.problem(&r.Fact, "contradiction", "score", r.Score.String(), sentence(
		"%s (%s) có điểm %s, khác với %s ở %s.", "%s (%s) has the score %s here and %s at %s.", e.label(r), r.periodText, r.Score, prev.score, prev.locator))
	return false
}

func (e *examiner) problem(f *reform.Fact, code, field, found string, why reform.Text) {
	e.problems.add(problemOf(f, code, field, found, why))
}

// label names what r measures, for a sentence.
func (e *examiner) label(r *record) string {
	s := r.UnitName
	if s == "" {
		s = string(r.Unit)
	}
	s += ", " + r.Index
	if r.Component != "" {
		s += " " + r.Component
	}
	return s
}

func saysOf(r *record, field string) string {
	switch field {
	case "place":
		return placeText(r.Place, r.Of)
	case "numerator":
		return r.Numerator.String() + "/" + r.Denominator.String()
	case "max":
		return "/" + r.Max.String()
	case "status":
		return string(r.Status)
	}
	return r.Score.String()
}

func (p *entry) says(field string) string {
	switch field {
	case "place":
		return placeText(int(p.place), int(p.of))
	case "numerator":
		return p.ratio[0].String() + "/" + p.ratio[1].String()
	case "max":
		return "/" + p.max.String()
	case "status":
		return string(p.status)
	}
	return p.score.String()
}

func placeText(place, of int) string {
	if of == 0 {
		return strconv.Itoa(place)
	}
	return strconv.Itoa(place) + "/" + strconv.Itoa(of)
}
