package service766

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// maxFaults is how many faults of one batch are listed: a list of another layout has one in every row.
const maxFaults = 12

// sumTolerance is by how much six rounded groups may miss their rounded total.
var sumTolerance = decimal.New(2, -2)

// batch is one list on its way through the gates.
type batch struct {
	p      *parser
	ask    *asked
	list   *list
	en     string // how it is called in messages, of both languages
	day    time.Time
	now    time.Time // when it was observed; zero: the document does not say
	scheme reform.Scheme
	parent reform.UnitKey // of departments and communes
	units  []unit
	faults int
	warned map[string]int
}

// unit is a row whose unit is known.
type unit struct {
	key     reform.UnitKey
	typ     reform.UnitType
	code    string
	name    string
	locator string
	row     *row
}

func (b *batch) fault(code, field, locator, text, vi, en string, args ...any) {
	if !b.faultable() {
		return
	}
	b.p.add(parse.Problem(code, field, b.at(locator), text, "%s: "+vi, "%s: "+en, b.called(args)...))
}

// warn tells at most three times of one thing.
func (b *batch) warn(code, field, locator, text, vi, en string, args ...any) {
	if !b.warnable(code + field) {
		return
	}
	b.p.add(parse.Warning(code, field, b.at(locator), text, "%s: "+vi, "%s: "+en, b.called(args)...))
}

// faultable counts a fault, and says whether it is still to be listed.
func (b *batch) faultable() bool {
	b.faults++
	return b.faults <= maxFaults
}

func (b *batch) warnable(what string) bool {
	if b.warned == nil {
		b.warned = map[string]int{}
	}
	b.warned[what]++
	return b.warned[what] <= 3
}

func (b *batch) at(locator string) string {
	if locator == "" && b.ask.began > 0 {
		return lineOf(b.ask.began)
	}
	return locator
}

// called puts the batch's name before the arguments of a sentence; it is the same in both languages.
func (b *batch) called(args []any) []any { return append([]any{b.en}, args...) }

// finish takes the batch that was collected through the gates, list by list.
func (p *parser) finish() error {
	a := p.ask
	p.ask = nil
	if a == nil {
		return nil
	}
	ids := identities(a)
	main := map[string]reform.Number{} // group scores by unit and component, of the list that has them all
	for _, name := range a.Lists {
		a.list(name) // one that was never answered has no pages, and is told of
	}
	for _, l := range a.lists {
		b := &batch{p: p, ask: a, list: l}
		b.en = a.Period.String() + ", " + l.name
		if a.Province != "" {
			b.en += ", " + a.Province
		}
		ok := b.gates(ids)
		m := parse.SheetMapping{Name: b.en, Read: ok}
		if !ok {
			m.Reason = fmt.Sprintf("%d faults", b.faults)
			if more := b.faults - maxFaults; more > 0 {
				p.add(parse.Problem("batch-refused", "document", b.at(""), "", "%s: còn %d lỗi nữa; cả lô không được nạp.", "%s: %d more faults; the batch is refused whole.", b.en, more))
			}
		} else {
			p.result.AddPeriod(a.Period)
			p.result.Scheme = b.scheme
			if err := b.emit(main); err != nil {
				return err
			}
		}
		if len(p.result.Mapping.Sheets) < 2_000 {
			p.result.Mapping.Sheets = append(p.result.Mapping.Sheets, m)
		}
	}
	return nil
}

// identity is what the other lists of an ask say of a unit that one list names by its id alone.
type identity struct {
	code string
	typ  reform.UnitType
}

func identities(a *asked) map[string]identity {
	ids := map[string]identity{}
	for _, l := range a.lists {
		for i := range l.pages {
			rows := l.pages[i].answer.rows
			for j := range rows {
				r := &rows[j]
				if r.id == "" {
					continue
				}
				known := ids[r.id]
				if known.code == "" {
					known.code = r.code
				}
				if known.typ == "" {
					known.typ = r.typ
				}
				ids[r.id] = known
			}
		}
	}
	return ids
}

// gates reports whether the list may be taken; what shuts a gate is a problem.
func (b *batch) gates(ids map[string]identity) bool {
	if b.ask.cut {
		b.fault("container-cut", "document", "", "", "tệp bị cắt trong lô này", "the container breaks off within this batch")
		return false
	}
	if !b.pages() {
		return false
	}
	b.period()
	b.resolve(ids)
	if b.faults == 0 {
		if b.ask.Province == "" {
			b.complete()
		} else {
			b.below()
		}
	}
	b.scores()
	return b.faults == 0
}

// pages checks that all pages are there, each once.
func (b *batch) pages() bool {
	l := b.list
	for _, no := range sortedPages(l.failed) {
		f := l.failed[no]
		b.fault("not-answered", "document", lineOf(f.line), f.text, "trang %d không có câu trả lời dùng được: %s", "page %d has no usable answer: %s", no, f.text)
	}
	if len(l.pages) == 0 {
		if len(l.failed) == 0 {
			b.fault("not-answered", "document", "", "", "không có câu trả lời nào", "there is no answer at all")
		}
		return false
	}
	slices.SortStableFunc(l.pages, func(x, y page) int { return x.no - y.no })
	rows, total := 0, 0
	for i := range l.pages {
		pg := &l.pages[i]
		a := pg.answer
		rows += len(a.rows)
		total = max(total, a.total)
		switch {
		case i > 0 && pg.no == l.pages[i-1].no:
			b.fault("page-twice", "page", lineOf(pg.line), "", "trang %d có hai lần (dòng %d và %d)", "page %d is there twice (lines %d and %d)", pg.no, l.pages[i-1].line, pg.line)
		case i > 0 && a.sameUnits(l.pages[i-1].answer):
			b.fault("page-repeated", "page", lineOf(pg.line), "", "trang %d lặp lại các đơn vị của trang %d: cổng không sang trang", "page %d has the units of page %d again: the portal does not turn pages", pg.no, l.pages[i-1].no)
		case i == 0 && pg.no != 1, i > 0 && pg.no > l.pages[i-1].no+1:
			b.fault("page-missing", "page", lineOf(pg.line), "", "thiếu trang trước trang %d", "a page is missing before page %d", pg.no)
		case a.page > 0 && a.page != pg.no:
			b.fault("other-page", "page", lineOf(pg.line), "", "hỏi trang %d, cổng trả trang %d", "page %d was asked for, and page %d came", pg.no, a.page)
		}
		if pg.otherAsk {
			b.fault("other-period", "request", lineOf(pg.line), "", "câu hỏi được lưu không phải cho kỳ, trang hay tỉnh của lô này", "the request that was kept is not one for the period, page or province of this batch")
		}
		for _, n := range a.notes {
			b.note(n, lineOf(pg.line))
		}
	}
	last := &l.pages[len(l.pages)-1]
	if last.answer.more(last.no, last.size, rows) && b.faults == 0 {
		b.fault("page-missing", "page", lineOf(last.line), "", "còn trang sau trang %d mà không có trong tệp", "there are pages after page %d that are not here", last.no)
	}
	if total > 0 && total != rows && b.faults == 0 {
		b.fault("page-missing", "page", lineOf(last.line), "", "cổng báo có %d đơn vị, các trang có %d", "the portal speaks of %d units, the pages have %d", total, rows)
	}
	return b.faults == 0
}

func sortedPages(m map[int]failure) []int {
	var out []int
	for no := range m {
		out = append(out, no)
	}
	slices.Sort(out)
	return out
}

func (b *batch) note(n note, locator string) {
	said := parse.Said(n.code, n.field, b.at(locator), n.text, reform.Text{VI: b.en + ": " + n.vi, EN: b.en + ": " + n.en})
	said.Warning = n.warning
	if n.warning && b.warnable(n.code+n.field) || !n.warning && b.faultable() {
		b.p.add(said)
	}
}

// period checks that the numbers are of the asked period, as far as answers let one know.
func (b *batch) period() {
	p := b.ask.Period
	for i := range b.list.pages {
		pg := &b.list.pages[i]
		if pg.at.After(b.now) {
			b.now = pg.at.UTC().Truncate(time.Millisecond) // a list is whole with its last page
		}
		if said := pg.answer.saysP.contradicts(p); said != "" && !p.IsZero() {
			b.fault("other-period", "period", lineOf(pg.line), said, "hỏi kỳ %s, câu trả lời ghi kỳ %s", "the period %s was asked for, the answer speaks of %s", p, said)
		}
	}
	seen := b.now
	if seen.IsZero() {
		seen = b.p.in.Today()
	}
	b.day = dayIn(seen)
	if p.IsZero() || p.Kind() == reform.Span {
		b.fault("no-period", "period", "", p.String(), "không có kỳ đánh giá", "there is no period")
		return
	}
	if !slices.Contains(b.p.adapter.kinds(), p.Kind()) {
		b.fault("bad-period", "period", "", p.String(), "cổng này không có kỳ %s", "this portal has no period such as %s", p)
		return
	}
	if p.Start().After(b.day) {
		b.fault("period-not-begun", "period", "", p.String(), "kỳ %s chưa bắt đầu khi hỏi (%s)", "the period %s had not begun when it was asked for (%s)", p, b.day.Format(time.DateOnly))
		return
	}
	for i := range b.list.pages {
		pg := &b.list.pages[i]
		for _, other := range b.p.same[pg.body] {
			if other.list == b.list.name && other.period != p && !sameMonths(other.period, p, b.day) && hasScores(pg.answer) {
				b.fault("period-ignored", "period", lineOf(pg.line), p.String(), "cổng trả cùng một câu trả lời cho kỳ %s và kỳ %s: một trong hai không đúng kỳ",
					"the portal gave one and the same answer for %s and for %s: one of them is not of its period", p, other.period)
				return
			}
		}
	}
}

// sameMonths reports whether two periods had, by that day, the same days behind them: in
// January a year, its first quarter and its first month are one.
func sameMonths(p, q reform.Period, day time.Time) bool {
	end := func(r reform.Period) time.Time {
		if r.End().After(day) {
			return day
		}
		return r.End()
	}
	return p.Start().Equal(q.Start()) && end(p).Equal(end(q))
}

// hasScores reports whether there is any number above zero: answers without numbers are all alike.
func hasScores(a *answer) bool {
	for i := range a.rows {
		for _, r := range a.rows[i].readings {
			if r.score.Valid && r.score.Decimal.IsPositive() {
				return true
			}
		}
	}
	return false
}

// resolve finds each row's code and type, and its faults.
func (b *batch) resolve(ids map[string]identity) {
	root := b.ask.Province
	seen := map[string]string{}
	for i := range b.list.pages {
		pg := &b.list.pages[i]
		if r := pg.answer.root; r != nil && root != "" {
			if code, rest, ok := splitCode(r.code); ok && (rest != "" || code != root) {
				b.fault("other-province", "unit", lineOf(pg.line), r.code, "hỏi đơn vị %s, câu trả lời là của %s (%s)", "the units of %s were asked for, the answer is of %s (%s)", root, r.code, r.name)
				return
			}
		}
		for j := range pg.answer.rows {
			r := &pg.answer.rows[j]
			at := rowLocator(pg, j, r)
			for _, n := range r.notes {
				b.note(n, at)
			}
			known := ids[r.id]
			if r.code == "" {
				r.code = known.code
			}
			if r.code == "" {
				if p, ok := provinceByNewID(r.id); ok {
					r.code = p.code
				}
			}
			if r.typ == "" {
				r.typ = known.typ
			}
			code, rest, ok := splitCode(r.code)
			if r.typ == "" && ok && rest == "" {
				r.typ = reform.Province
			}
			switch {
			case !ok:
				b.fault("unknown-code", "unit", at, r.code, "%q (%s) không phải mã đơn vị dạng H01 hay H01.187", "%q (%s) is no code such as H01 or H01.187", r.code, r.name)
				continue
			case root != "" && rest == "" && code == root && r.typ == reform.Province:
				continue // the province itself, at the head of its own list
			case root == "" && (rest != "" || r.typ != reform.Province):
				b.fault("other-unit", "unit", at, r.code, "%s (%s) không phải tỉnh, thành phố", "%s (%s) is no province", r.code, r.name)
				continue
			case root != "" && code != root:
				b.fault("other-province", "unit", at, r.code, "hỏi đơn vị của %s mà có %s (%s)", "the units of %s were asked for, and %s came (%s)", root, r.code, r.name)
				continue
			case root != "" && (rest == "" || r.typ != reform.Department && r.typ != reform.Commune):
				b.fault("unknown-type", "unit", at, r.code, "không rõ %s (%s) là sở, ngành hay xã; danh sách %s cho biết điều đó: hãy hỏi cả danh sách ấy", "it is not said whether %s (%s) is a department or a commune; the list %s says so: ask for it too", r.code, r.name, progress)
				continue
			}
			full := code + rest
			if before, twice := seen[full]; twice {
				b.fault("unit-twice", "unit", at, r.code, "%s (%s) có hai lần, lần đầu ở %s", "%s (%s) is there twice, first at %s", full, r.name, before)
				continue
			}
			seen[full] = at
			b.units = append(b.units, unit{typ: r.typ, code: full, name: viet.Clean(r.name), locator: at, row: r})
		}
	}
	b.p.result.Rows += len(seen)
}

func rowLocator(pg *page, i int, r *row) string {
	s := "row " + strconv.Itoa(i+1) + ", " + short(r.code)
	if pg.line > 0 {
		s = "line " + strconv.Itoa(pg.line) + ", " + s
	}
	if r.rowNo != "" {
		s += ", ROW_STT " + short(r.rowNo)
	}
	return s
}

// scores checks every score against its maximum, and the groups against their total.
func (b *batch) scores() {
	for i := range b.units {
		u := &b.units[i]
		var total reform.Number
		sum, n := decimal.Zero, 0
		for _, r := range u.row.readings {
			limit, known := b.p.max[r.component]
			if !known || !r.score.Valid {
				continue
			}
			what := r.component
			if what == "" {
				what = "TONG_SCORE"
			}
			d := r.score.Decimal
			if d.IsNegative() || limit.Valid && d.GreaterThan(limit.Decimal) {
				b.fault("over-maximum", "score", u.locator, r.quote, "%s (%s): %s = %s không nằm trong 0..%s", "%s (%s): %s = %s is not within 0..%s", u.name, u.code, what, r.score, limit)
			}
			if r.component == "" {
				total = r.score
			} else if isGroup[r.component] {
				sum = sum.Add(d)
				n++
			}
		}
		if !total.Valid || n == 0 || b.list.name != service2022 && b.list.name != results {
			continue
		}
		diff := sum.Sub(total.Decimal)
		// With a group unknown, the rest may be less than the total, but not more.
		if n == len(groups) && diff.Abs().GreaterThan(sumTolerance) || diff.GreaterThan(sumTolerance) {
			b.fault("sum-differs", "score", u.locator, total.String(), "%s (%s): sáu nhóm cộng lại là %s, tổng điểm ghi %s", "%s (%s): the six groups make %s, the total says %s", u.name, u.code, sum, total)
		}
	}
}
