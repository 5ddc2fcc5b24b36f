package ingest

import (
	"context"
	"fmt"
	"time"

	"chiso/reform"
	"chiso/store"
)

// ledger is what committed runs have loaded of the indices that a document speaks
// of, so that a new row can be told from a repeated, a revised and a disputed one. It
// is filled as the document asks: by index, or by period where an index is large.
type ledger struct {
	ctx    context.Context
	db     *store.DB // nil in a dry run: only what the document says itself is known
	loaded map[string]bool
	large  map[string]map[string]bool // periods with facts, of indices that are read by period
	said   map[key][]said
	intern map[string]uint32
	now    int64
	citing bool
}

// wholeIndex is up to how many facts of an index are read at once; a test makes it small.
var wholeIndex uint64 = 300_000

// said is one loaded value.
type said struct {
	document, series   uint32
	observed, loaded   int64
	retrieved          bool
	has                has
	score              amount
	place, of          int32
	printed            bool
	provisional        bool
	content            uint64
	numerator, divisor int64
}

func newLedger(ctx context.Context, db *store.DB, now time.Time) *ledger {
	return &ledger{
		ctx: ctx, db: db, loaded: map[string]bool{}, large: map[string]map[string]bool{},
		said: map[key][]said{}, intern: map[string]uint32{}, now: now.UnixMilli(),
	}
}

func (l *ledger) number(s string) uint32 {
	n, ok := l.intern[s]
	if !ok {
		n = uint32(len(l.intern) + 1)
		l.intern[s] = n
	}
	return n
}

// seriesOf is the name of a series: a cited publication stands for itself,
// a file for the files that it replaces.
func seriesOf(document, source string, cited bool) string {
	if cited {
		return "cited:" + source + ":" + document
	}
	return "file:" + source
}

// judge says whether r is loaded already, and counts it as a revision or a
// conflict where it is one.
func (l *ledger) judge(e *examiner, r *record, k key) (known bool, err error) {
	if err := l.need(r.Index, r.periodText); err != nil {
		return false, err
	}
	l.citing = l.citing || r.from.cited
	if len(l.said) == 0 && !l.citing {
		return false, nil
	}
	h := r.has()
	new := said{
		document: l.number(r.from.document), series: l.number(seriesOf(r.from.document, r.from.source, r.from.cited)),
		observed: r.ObservedAt.UnixMilli(), loaded: l.now, retrieved: r.origin == store.ObservedRetrieved,
		has: h, score: r.scores.score, place: int32(r.Place), of: int32(r.Of), printed: r.OfPrinted, provisional: r.Status == reform.Provisional, content: r.hash.Content,
		numerator: r.scores.numerator.v, divisor: r.scores.denominator.v,
	}
	list := l.said[k]
	if last := newest(list, func(s *said) bool {
		return s.document == new.document && s.has == h && s.retrieved == new.retrieved && (s.retrieved || s.observed == new.observed)
	}); last != nil && last.content == new.content {
		e.duplicates++
		return true, nil
	}
	revised, disputed := false, false
	for m := hasScore; m <= hasRatio; m <<= 1 {
		if h&m == 0 {
			continue
		}
		if cur := newest(list, func(s *said) bool { return s.series == new.series && s.has&m != 0 }); cur != nil && !cur.equals(&new, m) && new.observed >= cur.observed {
			revised = true
		}
		if !disputed {
			disputed = l.disputed(list, &new, m)
		}
	}
	if revised {
		e.revisions++
	}
	if disputed {
		e.conflicts++
	}
	if l.citing {
		l.said[k] = append(list, new)
	}
	return false, nil
}

// disputed reports whether the current value of another series differs from s. A
// provisional value and one of another day are no dispute: the count had gone on.
func (l *ledger) disputed(list []said, s *said, m has) bool {
	for i := range list {
		o := &list[i]
		if o.series == s.series || o.has&m == 0 || (o.provisional || s.provisional) && o.observed != s.observed {
			continue
		}
		if newest(list, func(x *said) bool { return x.series == o.series && x.has&m != 0 }) == o && !o.agrees(s, m) {
			return true
		}
	}
	return false
}

// newest is the value that was said last, of those that match.
func newest(list []said, match func(*said) bool) *said {
	var best *said
	for i := range list {
		if s := &list[i]; match(s) && (best == nil || s.observed > best.observed || s.observed == best.observed && s.loaded >= best.loaded) {
			best = s
		}
	}
	return best
}

func (s *said) equals(o *said, m has) bool {
	switch m {
	case hasScore:
		return s.score.v == o.score.v
	case hasPlace:
		return s.place == o.place && (s.of == o.of || !s.printed || !o.printed)
	}
	return s.numerator == o.numerator && s.divisor == o.divisor
}

// agrees is equals, but for the precision of print.
func (s *said) agrees(o *said, m has) bool {
	if m == hasScore {
		return s.score.agrees(o.score)
	}
	return s.equals(o, m)
}

// need reads what is loaded of an index and period, once.
func (l *ledger) need(index, period string) error {
	if l.db == nil || l.loaded[index] {
		return nil
	}
	if periods, ok := l.large[index]; ok {
		if !periods[period] {
			return nil
		}
		delete(periods, period)
		return l.read(index, period)
	}
	type row struct {
		Period string `ch:"period"`
		Facts  uint64 `ch:"facts"`
	}
	var rows []row
	if err := l.db.Select(l.ctx, &rows, "SELECT period, count() AS facts FROM observations WHERE index = {index:String} AND "+store.Committed+" GROUP BY period",
		store.Params{"index": index, "rev": uint64(0)}); err != nil {
		return fmt.Errorf("asking what is loaded of %s: %w", index, err)
	}
	total := uint64(0)
	periods := make(map[string]bool, len(rows))
	for _, r := range rows {
		periods[r.Period] = true
		total += r.Facts
	}
	if total > wholeIndex {
		l.large[index] = periods
		return l.need(index, period)
	}
	l.loaded[index] = true
	if total == 0 {
		return nil
	}
	return l.read(index, "")
}

// The numbers travel as whole millionths, which need no decimal type on this side.
const readSaid = `
SELECT
    basis, unit, period, component, stage, scope,
    document, source, (carrier != '' AND carrier != document) AS cited,
    toUnixTimestamp64Milli(observed_at) AS observed, toUnixTimestamp64Milli(loaded_at) AS loaded, (observed_origin = 'retrieved') AS retrieved,
    (score IS NOT NULL) AS has_score, toInt64(toDecimal128(ifNull(score, 0), 6) * 1000000) AS score_v,
    toInt32(ifNull(place, 0)) AS place_v, toInt32(ifNull(of, 0)) AS of_v, (of_origin = 'printed') AS printed, (status = 'provisional') AS provisional,
    (numerator IS NOT NULL OR denominator IS NOT NULL) AS has_ratio,
    toInt64(toDecimal128(ifNull(numerator, 0), 6) * 1000000) AS numerator_v,
    toInt64(toDecimal128(ifNull(denominator, 0), 6) * 1000000) AS denominator_v,
    reinterpretAsUInt64(reverse(unhex(substring(fact, 17, 16)))) AS content
FROM observations
WHERE index = {index:String} AND ({period:String} = '' OR period = {period:String}) AND status != 'review' AND ` + store.Committed + `
ORDER BY loaded_at
SETTINGS max_execution_time = 120`

func (l *ledger) read(index, period string) error {
	rows, err := l.db.Query(l.ctx, readSaid, store.Params{"index": index, "period": period, "rev": uint64(0)})
	if err != nil {
		return fmt.Errorf("reading what is loaded of %s: %w", index, err)
	}
	defer rows.Close()
	var buf []byte
	for rows.Next() {
		var r record
		var unit, stage, document, source string
		var cited, retrieved, hasS, printed, hasR bool
		var s said
		if err := rows.Scan(&r.Basis, &unit, &r.periodText, &r.Component, &stage, &r.Scope, &document, &source, &cited,
			&s.observed, &s.loaded, &retrieved, &hasS, &s.score.v, &s.place, &s.of, &printed, &s.provisional, &hasR, &s.numerator, &s.divisor, &s.content); err != nil {
			return fmt.Errorf("reading what is loaded of %s: %w", index, err)
		}
		r.Index, r.Unit, r.Stage = index, reform.UnitKey(unit), reform.Stage(stage)
		s.document, s.series = l.number(document), l.number(seriesOf(document, source, cited))
		s.retrieved, s.printed = retrieved, printed
		if hasS {
			s.has |= hasScore
			s.score.ok, s.score.decimals = true, printedDecimals(s.score.v)
		}
		if s.place > 0 {
			s.has |= hasPlace
		}
		if hasR {
			s.has |= hasRatio
		}
		buf = r.appendIdentity(buf[:0])
		k := keyOf(buf)
		l.said[k] = append(l.said[k], s)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading what is loaded of %s: %w", index, err)
	}
	return nil
}

// printedDecimals is how many decimals a stored value needs: the database does not
// keep how it was printed.
func printedDecimals(v int64) int8 {
	d := int8(storedDecimals)
	for d > 0 && v%10 == 0 {
		v /= 10
		d--
	}
	return d
}
