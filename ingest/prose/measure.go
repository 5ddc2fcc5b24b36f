package prose

import (
	"slices"
)

// value reads a place or a score: of which index, unit, year and part.
func (r *reading) value(f *frame, k int) {
	s := &r.sentence
	e := s.ents[k]
	last := k
	for e.listed && last+1 < len(s.ents) && s.ents[last+1].listed {
		last++
	}
	look := r.lookAhead(f, last)
	if e.kind == entPlace {
		if e.listed && k > 0 && s.ents[k-1].listed && (len(look.units) > 0 || !f.list) {
			return // read with the first of the phrase
		}
		if units := look.units; len(units) > 0 {
			for i, u := range units {
				p := e
				if i > 0 {
					if e.listed {
						break
					}
					p.place, p.counted, p.superlative = e.place+i, true, false
				}
				r.placeOf(f, k, p, u, look, nil)
			}
			if e.listed {
				r.zipAhead(f, k, look)
			}
			if !e.counted {
				f.units, f.unitHere, f.named, f.inner = units[:1], true, true, nil
			}
			return
		}
		u, doubt := r.unitFor(f, e)
		r.placeOf(f, k, e, u, look, doubt)
		return
	}
	r.scoreOf(f, k, e, look)
}

func (r *reading) note(k int, code, vi, en string, args ...any) {
	e := r.sentence.ents[k]
	r.warn(code, r.sentence.toks[e.a].start, r.sentence.toks[e.b-1].end, vi, en, args...)
}

// placeOf reads one place of one subject.
func (r *reading) placeOf(f *frame, k int, e entity, u subject, look ahead, doubt []string) {
	s := &r.sentence
	if u.kind == entMinistry && e.of >= 30 {
		// The ministry is the one that ranks: no 63 ministries are ranked.
		u, doubt = subject{kind: entProvince, name: r.subject}, append(doubt, noteTwoUnits)
	}
	idx, said, d := r.indexFor(f, k, look)
	doubt = slices.Concat(doubt, d)
	if e.scope == scopeUnsaid && f.region != "" && (e.of == 0 || e.of < 20) && e.place <= r.regionSize(f.region) {
		e.scope, e.region = scopeRegion, f.region
	}
	if e.scope == scopeUnsaid && e.of == 0 && r.amongFew(k) {
		doubt = append(doubt, noteScope)
	}
	national := e.scope == scopeNation || e.scope == scopeRegion || e.of >= 30
	inner := e.scope == scopeInner || u.kind == entInner && !national
	if len(idx) == 0 && !inner {
		if f.other != "" {
			r.note(k, "unknown-index", "Thứ hạng thuộc %q, chỉ số không có trong danh mục.", "This place is of %q, an index that the catalogue does not have.", f.other)
		} else if national && !e.superlative {
			r.note(k, "no-index", "Không rõ thứ hạng này thuộc chỉ số nào.", "It is not said which index this place is of.")
		}
		return
	}
	loose, _ := r.loose(k)
	if !said && !inner {
		// Only a sentence that says little else speaks of an index named before.
		switch {
		case e.superlative || e.counted && e.place != s.lastPlace:
			if loose > 2 {
				return
			}
			if e.scope == scopeUnsaid && !r.scoreNear(k) {
				doubt = append(doubt, noteCarried)
			}
		case loose > 6 || loose > 2 && !f.unitHere:
			doubt = append(doubt, noteCarried)
		}
	}
	if comp := f.comp + look.comp; comp == "" && e.place > 0 && (e.of == 0 || e.of >= 30) && len(idx) == 1 && e.scope != scopeRegion {
		if s.title && !e.superlative {
			if r.titled == nil {
				r.titled = map[string]int{}
			}
			r.titled[idx[0]] = e.place
		} else if p := r.titled[idx[0]]; p != 0 && p != e.place && !said && !f.yearHere && !e.before {
			doubt = append(doubt, noteCarried) // the title says another place of that index
		}
	}
	if e.scope == scopeUnsaid && r.behindBetter(k) {
		doubt = append(doubt, noteScope)
	}
	if comp := f.comp + look.comp; comp == "" && len(look.idx) == 0 && r.otherBefore(k) {
		doubt = append(doubt, notePart)
	}
	if look.foreign {
		doubt = append(doubt, noteForeign)
		if e.superlative || !said {
			return
		}
	}
	if !e.superlative && said && len(look.idx) == 0 && loose > 5 && look.comp == "" {
		doubt = append(doubt, noteFar)
	}
	if e.superlative && !f.yearHere && r.titleYear == 0 && look.year == 0 && r.tag.prevIs(e.a, 3, wordSet("liền")) || e.superlative && !f.yearHere && r.titleYear == 0 && look.year == 0 && (r.tag.is(e.a-2, "liên", "tiếp") || r.tag.is(e.a-2, "liên", "tục")) {
		doubt = append(doubt, noteYear) // "6 năm liên tiếp dẫn đầu": up to which year is not said
	}
	if e.superlative && said && loose > 10 {
		doubt = append(doubt, noteFar)
	}
	if u.kind == entInner && national {
		// 63 departments are not ranked: the province is meant.
		u = subject{kind: entProvince, name: r.subject}
		inner = false
	}
	if inner {
		r.innerPlace(f, k, e, u, look, idx)
		return
	}
	if u.name == "" && u.code == "" {
		if !e.superlative {
			r.note(k, "no-unit", "Không rõ thứ hạng này của đơn vị nào.", "It is not said whose place this is.")
		}
		return
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 && !(f.yearHere && look.year > r.latestYear()) {
		year, sure = look.year, true
	}
	if e.before {
		year = r.yearBefore(f, k, year, look)
	}
	if !e.before && !e.counted && e.place > 0 || e.superlative {
		s.lastPlace, s.lastScope = e.place, e
	}
	comp, unknown := f.comp, f.unknown
	if look.comp != "" {
		comp, unknown = look.comp, false
	}
	if unknown {
		doubt = append(doubt, notePart)
	}
	if comp != "" && len(idx) > 0 {
		idx = r.indexOfPart(f, idx[:1], comp, year)
	}
	if f.also != 0 && look.year == 0 && !e.before {
		year = r.ofTwoYears(f, k, year, func(also int) {
			r.claim(claim{idx: idx[0], unit: u, year: also, sure: sure, comp: comp, e: e, k: k, doubt: doubt})
		})
	}
	for _, ix := range idx {
		c := claim{idx: ix, unit: u, year: year, sure: sure, period: f.period, comp: comp, e: e, k: k, doubt: doubt}
		if look.year != 0 {
			c.period = ""
		}
		r.claim(c)
		if !e.before && e.place > 0 {
			s.recent = append(s.recent, measured{at: k, idx: ix, unit: u, year: year, comp: comp, place: e.place, of: e.of, scope: e.scope, region: e.region})
		}
	}
	r.derive(f)
}

// scoreOf reads one score.
func (r *reading) scoreOf(f *frame, k int, e entity, look ahead) {
	s := &r.sentence
	idx, said, doubt := r.indexFor(f, k, look)
	comp := f.comp
	if look.comp != "" {
		comp = look.comp
	}
	loose, rate := r.loose(k)
	if !f.idxHere && e.percent && r.people(e.b) {
		for j := k + 1; j < len(s.ents) && s.ents[j].a-e.b < 16; j++ {
			if s.ents[j].kind == entIndex && s.ents[j].code == "sipas" {
				idx, said, doubt = []string{"sipas"}, true, nil
			}
		}
	}
	if len(idx) == 0 {
		return
	}
	if comp == "" && r.ofAPart(idx[0], e) {
		f.unknown = true
	}
	if s.repeats(k) && idx[0] == "sipas" && comp == "" && s.ents[k].percent && s.pointsBefore(k) {
		rate = false // "9,12/10 điểm, tỷ lệ 91,17%": the share is the index itself
	} else if rate && idx[0] != "sipas" || s.repeats(k) {
		return // the share of a value just printed, or of something else
	}
	if !said && (loose > 3 || e.percent && loose > 1 && !(f.mean && f.nation)) {
		return
	}
	if !said && comp == "" && e.bare {
		return
	}
	if e.percent && idx[0] != "sipas" && r.nounBehind(e.b) {
		// "95% hồ sơ trực tuyến": a share of something.
		if !said || loose > 1 {
			return
		}
		doubt = append(doubt, noteForeign)
	}
	if said && loose > 8 {
		doubt = append(doubt, noteFar)
	}
	if r.someExtreme(k) {
		return
	}
	u, d := r.unitFor(f, e)
	doubt = slices.Concat(doubt, d)
	if f.mean {
		var skip bool
		if u, skip = r.meanOf(f, k, u); skip {
			return
		}
		if u.kind == entNation {
			doubt = without(doubt, noteTitleUnit)
		}
	} else if f.nation && e.kind == entScore && !f.unitHere && idx[0] == "sipas" {
		u = subject{kind: entNation}
	}
	if u.kind == entInner {
		r.note(k, "inner-score", "Điểm của sở, ngành hoặc cấp dưới tỉnh: không phải điểm của tỉnh.", "A score of a department or district: not the province's.")
		return
	}
	if u.name == "" && u.code == "" && u.kind != entNation {
		if idx[0] == "sipas" && said && e.percent && r.people(e.b) {
			u = subject{kind: entNation}
		} else {
			r.note(k, "no-unit", "Không rõ điểm này của đơn vị nào.", "It is not said whose score this is.")
			return
		}
	}
	if u.kind == entProvince && !f.unitHere && idx[0] == "sipas" && e.percent && r.people(e.b) && r.subject == "" {
		u = subject{kind: entNation}
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 {
		year, sure = look.year, true
	}
	if e.before {
		year = r.yearBefore(f, k, year, look)
	}
	if f.unknown && look.comp == "" {
		if e.hasMax || idx[0] == "par" && e.percent {
			r.note(k, "unknown-part", "Điểm này có thể là của một thành phần không rõ.", "This score may be of a part that is not named.")
			return
		}
		doubt = append(doubt, notePart)
	}
	if f.other != "" {
		return
	}
	if comp != "" {
		idx = r.indexOfPart(f, idx[:1], comp, year)
	}
	if f.also != 0 && look.year == 0 && !e.before {
		year = r.ofTwoYears(f, k, year, func(also int) {
			r.claim(claim{idx: idx[0], unit: u, year: also, sure: sure, comp: comp, e: e, k: k, doubt: doubt})
		})
	}
	for _, ix := range idx {
		c := claim{idx: ix, unit: u, year: year, sure: sure, period: f.period, comp: comp, e: e, k: k, doubt: doubt}
		if look.year != 0 {
			c.period = ""
		}
		r.claim(c)
		if !e.before {
			s.recent = append(s.recent, measured{at: k, idx: ix, unit: u, year: year, comp: comp, score: e.value, isScore: true})
		}
	}
	r.derive(f)
}
