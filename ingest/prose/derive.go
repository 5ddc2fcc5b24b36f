package prose

import (
	"slices"
	"strings"
)

// derive finds the earlier place or score that a change implies: "xếp thứ 15, tăng
// 1 bậc so với năm 2022". It is called whenever a value, a change or a reference was read.
func (r *reading) derive(f *frame) {
	s := &r.sentence
	for mi := range s.moves {
		m := &s.moves[mi]
		if m.kind == 0 || !m.up && !m.down {
			continue
		}
		for i := len(s.recent) - 1; i >= 0; i-- {
			v := s.recent[i]
			if v.isScore == m.rank || v.year == 0 || v.unit.kind != entProvince || v.scope == scopeRegion {
				continue
			}
			if m.rank && s.ents[v.at].a < m.a && v.idx != s.recent[len(s.recent)-1].idx {
				break
			}
			year := v.year - 1
			if f.refHere && f.ref != 0 {
				if f.ref >= v.year {
					break
				}
				year = f.ref
			} else if r.refAhead(m.b) {
				break // the year that it is compared with is still to come
			}
			e := entity{kind: entPlace, counted: true, of: 0, a: min(s.ents[v.at].a, m.a), b: max(s.ents[v.at].b, m.b), scope: v.scope}
			doubt := []string{noteDerived}
			if m.rank {
				e.place = v.place + m.place
				if m.down {
					e.place = v.place - m.place
				}
				if e.place < 1 || e.place > 64 {
					break
				}
			} else {
				e.kind, e.value = entScore, v.score.Sub(m.value)
				if m.down {
					e.value = v.score.Add(m.value)
				}
			}
			r.claim(claim{idx: v.idx, unit: v.unit, year: year, sure: true, comp: v.comp, e: e, k: v.at, derived: true, doubt: doubt})
			m.kind = 0
			break
		}
	}
}

// ofTwoYears is the year of value k where two were named together: "năm 2021 và 2022
// lần lượt xếp thứ 36 và 28" gives each its own; "cùng xếp hạng 44" is said of both, and
// the first is handed to said.
func (r *reading) ofTwoYears(f *frame, k, year int, said func(also int)) int {
	ents := r.sentence.ents
	if !f.list && !r.tag.prevIs(ents[k].a, 12, wordSet("lượt")) {
		if n := r.nth(k); n == 0 {
			said(f.also)
		}
		return year
	}
	switch r.nth(k) {
	case 0:
		return f.also
	case 1:
		return year
	}
	return 0
}

// nth counts the values of the same kind between the last year and entity k.
func (r *reading) nth(k int) int {
	n := 0
	for j := k - 1; j >= 0 && r.sentence.ents[j].kind != entYear; j-- {
		if r.sentence.ents[j].kind == r.sentence.ents[k].kind {
			n++
		}
	}
	return n
}

func (r *reading) refAhead(i int) bool {
	for j := i; j < len(r.sentence.toks) && j < i+14; j++ {
		if r.tag.low(j) == ";" {
			return false
		}
		if r.tag.is(j, "so", "với") || r.tag.is(j, "so", "năm") {
			return true
		}
	}
	return false
}

// innerPlace reads a place among departments or districts of one province, which
// is never the province's own.
func (r *reading) innerPlace(f *frame, k int, e entity, u subject, look ahead, idx []string) {
	if u.kind != entInner || u.name == "" || strings.HasPrefix(u.name, "cấp") {
		if !e.superlative {
			r.note(k, "inner-place", "Thứ hạng trong nội bộ tỉnh, không rõ của đơn vị nào.", "A place inside a province, and it is not said whose.")
		}
		return
	}
	code := "dept"
	if slices.Contains(idx, "ddci") {
		code = "ddci"
	} else if len(idx) == 0 && !r.speaksOfReform() || slices.Contains(idx, "dti") {
		return
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 {
		year, sure = look.year, true
	}
	if u.parent == "" {
		u.parent = r.subject
	}
	r.claim(claim{idx: code, unit: u, year: year, sure: sure, e: e, k: k})
}

func (r *reading) speaksOfReform() bool {
	for i := range r.sentence.toks {
		if r.tag.is(i, "cải", "cách", "hành", "chính") || r.tag.is(i, "cchc") || r.tag.is(i, "par", "index") {
			return true
		}
	}
	return false
}
