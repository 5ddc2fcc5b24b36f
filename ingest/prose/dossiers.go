package prose

import (
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// dossierReading collects the counts of a report on dossiers.
type dossierReading struct {
	period string
	units  map[string]int // the departments that are named, and how often
	values map[string]int64
	at     [2]int // characters of the clause that gave the first
	quote  string
}

// countWords say what a count is of. The longer phrase stands first.
var countWords = []struct {
	words [][]string
	comp  string
}{
	{phrases("kỳ trước chuyển sang", "kỳ trước chuyển qua", "chuyển kỳ trước", "kỳ trước chuyển", "tồn kỳ trước", "từ kỳ trước"), "carried-over"},
	{phrases("trực tuyến"), "received-online"},
	{phrases("trực tiếp"), "received-in-person"},
	{phrases("trước hạn và đúng hạn", "đúng và trước hạn", "trước , đúng hạn", "đúng hạn", "trước hạn"), "resolved-on-time"},
	{phrases("quá hạn", "trễ hạn", "trễ hẹn"), "resolved-late"},
	{phrases("đang giải quyết", "đang xử lý", "đang trong hạn"), "in-progress"},
	{phrases("đã giải quyết", "đã xử lý", "giải quyết xong", "đã trả kết quả"), "resolved"},
	{phrases("tiếp nhận"), "received"},
}

// count reads the sentence's counts: dossiers, procedures by level, tasks.
func (r *reading) count(toks []token) {
	t := &r.tag
	for _, e := range r.sentence.ents {
		if e.kind == entInner && strings.HasPrefix(strings.ToLower(e.name), "sở ") && len(r.counts.units) < 200 {
			if r.counts.units == nil {
				r.counts.units = map[string]int{}
			}
			r.counts.units[e.name]++
		}
	}
	for _, e := range r.sentence.ents {
		if e.kind == entPeriod && r.counts.period == "" {
			r.counts.period = e.period
		}
	}
	dossiers, procedures, numbers := 0, false, 0
	for i := range toks {
		switch {
		case t.is(i, "hồ", "sơ"):
			dossiers++
		case t.is(i, "thủ", "tục"), t.is(i, "tthc"):
			procedures = true
		case toks[i].kind == number:
			numbers++
		}
	}
	if numbers == 0 {
		return
	}
	if dossiers > 0 {
		r.countDossiers(toks)
	}
	if procedures {
		r.countProcedures(toks)
	}
	r.countTasks(toks)
}

// kindOfCount is what the phrase at token i says that a count is of.
func (r *reading) kindOfCount(i int) (comp string, n int) {
	for _, w := range countWords {
		if n := r.tag.anyOf(i, w.words); n > 0 {
			return w.comp, n
		}
	}
	return "", 0
}

// countDossiers pairs numbers with the words around them: "tiếp nhận 15.613 hồ sơ",
// "hồ sơ trực tuyến là 8.252", "01 hồ sơ quá hạn".
func (r *reading) countDossiers(toks []token) {
	type found struct {
		comp string
		v    int64
		a, b int
	}
	var all []found
	seen := map[string]bool{}
	kinds := 0
	comp, compEnd := "", 0
	for i := 0; i < len(toks); i++ {
		if c, n := r.kindOfCount(i); n > 0 {
			comp, compEnd = c, i+n
			i += n - 1
			kinds++
			continue
		}
		v, ok := r.tag.countAt(i)
		if !ok || r.tag.low(i+1) == "%" || r.tag.low(i+1) == "/" || r.tag.low(i-1) == "/" || r.tag.low(i-1) == "năm" || r.tag.low(i-1) == "tháng" || r.tag.low(i-1) == "ngày" {
			continue
		}
		c, a, b := comp, compEnd, i+1
		after := i + 1
		if r.tag.is(after, "hồ", "sơ") {
			after += 2
			b = after
			for after < len(toks) && (r.tag.low(after) == "giải" || r.tag.low(after) == "quyết" || r.tag.low(after) == "được") && after < i+6 {
				if k, n := r.kindOfCount(after); n > 0 && k != "" {
					break
				}
				after++
			}
			if k, n := r.kindOfCount(after); n > 0 {
				c, a, b = k, i, after+n
			}
		} else if i-compEnd > 8 {
			continue
		}
		if c == "" || seen[c] || a != i && i-a > 9 {
			continue
		}
		seen[c] = true
		all = append(all, found{c, v, min(a, i), b})
		if a != i {
			comp = ""
		}
	}
	if len(all) < 2 && r.counts.values == nil || kinds < 1 || len(all) == 0 {
		return
	}
	has := func(c string) bool { return seen[c] }
	if r.counts.values == nil {
		if !has("received") && !has("resolved") || kinds < 2 {
			return
		}
		r.counts.values = map[string]int64{}
	}
	for _, f := range all {
		if _, said := r.counts.values[f.comp]; said {
			continue
		}
		r.counts.values[f.comp] = f.v
		r.claimCount(f.comp, f.v, f.a, f.b, reform.Number{}, reform.Number{})
	}
	if r.counts.quote != "" {
		return
	}
	from, to := toks[0].start, toks[len(toks)-1].end
	r.counts.at = [2]int{r.runes.at(r.doc.Text, from), 0}
	r.counts.at[1] = r.counts.at[0] + runeLen(r.doc.Text[from:to])
	r.counts.quote = r.doc.Text[from:to]
}

// countProcedures reads "Tổng số thủ tục là 148; trong đó mức độ 2 là 49 thủ tục".
func (r *reading) countProcedures(toks []token) {
	t := &r.tag
	levels := 0
	for i := range toks {
		if !t.is(i, "mức", "độ") {
			continue
		}
		level, ok := t.whole(i + 2)
		if !ok || level < 2 || level > 4 {
			continue
		}
		j := i + 3
		if t.low(j) == "là" || t.low(j) == ":" || t.low(j) == "có" {
			j++
		}
		if v, ok := t.countAt(j); ok && (t.is(j+1, "thủ", "tục") || t.low(j+1) == "tthc" || j > i+3) {
			r.claimCount("procedures-level-"+itoa(level), v, i, j+1, reform.Number{}, reform.Number{})
			levels++
		}
	}
	if levels == 0 {
		return
	}
	for i := range toks {
		if n := t.anyOf(i, phrases("tổng số thủ tục hành chính", "tổng số thủ tục", "tổng số tthc")); n > 0 {
			j := i + n
			if t.low(j) == "là" || t.low(j) == ":" {
				j++
			}
			if v, ok := t.countAt(j); ok {
				r.claimCount("procedures", v, i, j+1, reform.Number{}, reform.Number{})
			}
			return
		}
	}
}

// countTasks reads "hoàn thành 33/33 nhiệm vụ".
func (r *reading) countTasks(toks []token) {
	t := &r.tag
	for i := range toks {
		done, ok := t.countAt(i)
		if !ok || t.low(i+1) != "/" || !t.is(i+3, "nhiệm", "vụ") || !t.prevIs(i, 5, wordSet("thành hiện")) {
			continue
		}
		if all, ok := t.countAt(i + 2); ok && done <= all {
			a := i
			for a > 0 && a > i-4 && toks[a-1].kind == word {
				a--
			}
			r.claimCount("tasks", done, a, i+5, reform.NumOf(decimal.NewFromInt(done)), reform.NumOf(decimal.NewFromInt(all)))
			return
		}
	}
}

// claimCount keeps one count of the reporting department or province.
func (r *reading) claimCount(comp string, v int64, a, b int, num, den reform.Number) {
	f := reform.Fact{Index: "dossiers", Component: comp, Score: reform.NumOf(decimal.NewFromInt(v)), Numerator: num, Denominator: den, Scope: reform.ScopeNation, Status: reform.Final}
	var doubt []string
	period := r.counts.period
	if period == "" {
		y, sure := r.yearNow(&r.carried, a)
		if y == 0 {
			return
		}
		if period = itoa(y); !sure {
			doubt = append(doubt, noteYear)
		}
	}
	p, err := reform.ParsePeriod(period)
	if err != nil || r.subject == "" {
		return
	}
	f.Period = p
	if _, err := r.cat.Component("dossiers", "", comp); err != nil {
		return
	}
	f.Basis, _ = r.cat.BasisFor("dossiers", p)
	parent, ok := r.cat.FindUnit(r.subject, reform.SchemeAt(p.End()), reform.Province)
	if !ok {
		return
	}
	f.Unit, f.UnitType, f.UnitName = parent, reform.Province, r.subject
	if name := r.reporter(); name != "" {
		key, ok := r.cat.FormUnder(name, parent)
		if !ok {
			return
		}
		f.Unit, f.UnitType, f.UnitName = key, reform.Department, name
	}
	r.keep(f, claim{e: entity{a: a, b: b}, doubt: doubt})
}

// reporter is the department that the counts are of: the sentence's, else the one that
// the report names most.
func (r *reading) reporter() string {
	for _, e := range r.sentence.ents {
		if e.kind == entInner && e.strong && strings.HasPrefix(strings.ToLower(e.name), "sở ") {
			return e.name
		}
	}
	best, name := 0, ""
	for n, k := range r.counts.units {
		if k > best || k == best && n < name {
			best, name = k, n
		}
	}
	return name
}

// sumUp checks the sums that a report on dossiers must have; it may get them
// wrong itself, and then says so and keeps the numbers.
func (r *reading) sumUp() {
	v := r.counts.values
	if v == nil {
		return
	}
	loc := r.doc.locate(r.counts.at[0], r.counts.at[1])
	if loc == "" {
		loc = "chars " + itoa(r.counts.at[0]) + "-" + itoa(r.counts.at[1])
	}
	say := func(what string, whole, sum int64, vi, en string) {
		if whole != sum {
			r.problems = append(r.problems, parse.Warning("sum-differs", what, loc, r.counts.quote, vi, en, whole, sum, whole-sum))
		}
	}
	_, online := v["received-online"]
	_, person := v["received-in-person"]
	if received, ok := v["received"]; ok && online && person {
		say("received", received, v["received-online"]+v["received-in-person"]+v["carried-over"],
			"Tiếp nhận ghi %d, các phần cộng lại là %d (lệch %d): giữ số của báo cáo.",
			"The report has %d received, its parts add up to %d (a difference of %d): the report's numbers are kept.")
	}
	_, onTime := v["resolved-on-time"]
	_, late := v["resolved-late"]
	if resolved, ok := v["resolved"]; ok && onTime && late {
		say("resolved", resolved, v["resolved-on-time"]+v["resolved-late"],
			"Đã giải quyết ghi %d, đúng hạn và quá hạn cộng lại là %d (lệch %d): giữ số của báo cáo.",
			"The report has %d resolved, on time and late add up to %d (a difference of %d): the report's numbers are kept.")
	}
	received, ok1 := v["received"]
	_, ok2 := v["resolved"]
	_, ok3 := v["in-progress"]
	if ok1 && ok2 && ok3 {
		say("received", received, v["resolved"]+v["in-progress"],
			"Tiếp nhận ghi %d, đã giải quyết và đang giải quyết cộng lại là %d: %d hồ sơ không rõ ở đâu; giữ số của báo cáo.",
			"The report has %d received, resolved and in progress add up to %d: %d are unaccounted for; the report's numbers are kept.")
	}
}
