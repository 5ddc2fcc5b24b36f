package table

import (
	"path/filepath"

	"chiso/ingest/parse"
	"chiso/reform"
)

// setConstants finds the index and the period of a table. A mapping goes over an
// option, an option over the titles; what contradicts is said.
func (p *parser) setConstants(l *layout) {
	l.constants = constants{index: l.fixed.Index, basis: l.fixed.Basis}
	if l.fixed.Stage == "self" || p.in.Option(parse.OptStage) == "self" {
		l.constants.stage = reform.SelfAssessed
	}
	if l.constants.basis == "" {
		l.constants.basis = p.in.Option(parse.OptBasis)
	}
	if l.constants.index == "" {
		if ix, ok := p.cat.FindIndex(p.in.Option(parse.OptIndex)); ok {
			l.constants.index = ix.Code
		}
	}
	ignore := p.mapping != nil && p.mapping.Titles == "ignore"
	if !ignore {
		index, from := p.titleIndex(l.titles)
		switch {
		case l.constants.index == "":
			l.constants.index = index
		case index != "" && l.fixed.Index != "" && index != l.fixed.Index && p.chosen && len(p.mapping.Match.Files) == 0:
			// Tables of two indices often have the same headings, by which this mapping was chosen.
			l.problems = append(l.problems, parse.Problem("other-index", "index", from.where, from.text,
				"Tệp ánh xạ %s (chọn theo tiêu đề cột) ghi chỉ số %s, nhưng tiêu đề bảng nói %s: bỏ index, thêm match.files, hoặc ghi titles: ignore.",
				"The mapping %s (chosen by the headings) has the index %s, but the title speaks of %s: leave index out, add match.files, or say titles: ignore.", filepath.Base(p.mapping.file), l.fixed.Index, index))
		case index != "" && index != l.constants.index && l.fixed.Index == "":
			l.problems = append(l.problems, parse.Warning("other-index", "index", from.where, from.text,
				"Tiêu đề nói chỉ số %s, nhưng được yêu cầu nạp cho %s.", "The title speaks of the index %s, but it was asked to be read for %s.", index, l.constants.index))
		}
	}
	p.setPeriod(l, ignore)
}

// setPeriod settles the period: a sheet that was copied from last year's and still
// says so in its title must not become this year's number.
func (p *parser) setPeriod(l *layout, ignore bool) {
	w, from, other := when{}, said{}, said{}
	if !ignore {
		w, from, other = p.titleWhen(l.titles)
	}
	if l.fixed.Period != "" {
		if period, err := reform.ParsePeriod(l.fixed.Period); err == nil {
			l.constants.when = whenOf(period)
		}
		if !w.zero() && w.year != 0 && w.year != l.constants.when.year && !p.weakTitle(from) {
			l.problems = append(l.problems, parse.Problem("other-period", "period", from.where, from.text,
				"Tệp ánh xạ ghi kỳ %s, tiêu đề ghi năm %d: hãy sửa tệp ánh xạ (bỏ kỳ, hoặc titles: ignore).",
				"The mapping says period %s, the title says %d: correct the mapping (leave the period out, or titles: ignore).", l.fixed.Period, w.year))
		}
		return
	}
	if o, err := p.optionWhen(); err == nil && !o.zero() {
		l.constants.when = o
		if w.year != 0 && w.year != o.year && !p.weakTitle(from) {
			l.problems = append(l.problems, parse.Warning("other-period", "period", from.where, from.text,
				"Tiêu đề ghi năm %d, nhưng được yêu cầu nạp cho kỳ %s.", "The title says %d, but it was asked to be read for %s.", w.year, p.in.Option(parse.OptPeriod)))
		}
		return
	}
	l.constants.when = w
	if other.text == "" {
		return
	}
	if p.weakTitle(other) {
		l.problems = append(l.problems, parse.Warning("other-period", "period", other.where, other.text,
			"Bảng ghi năm %d, còn tên tệp hay trang ghi %q: đọc theo bảng.", "The table says %d, the name of the file or page %q: read as the table says.", w.year, parse.Shorten(other.text, 80)))
		return
	}
	l.problems = append(l.problems, parse.Problem("other-period", "period", other.where, other.text,
		"Bảng ghi năm %d ở %s, nhưng ở đây ghi khác: hãy chọn kỳ khi nạp hoặc trong tệp ánh xạ.", "The table says %d at %s, but something else here: give the period when loading, or in a mapping.", w.year, from.where))
}

// weakTitle reports whether a title is one that is often wrong: the name of a file, which may
// speak of the year of publication.
func (p *parser) weakTitle(s said) bool {
	return s.where == fileNameTitle || s.where == "page" || s.where == "sheet name" && p.doc.Format == "csv"
}

// scheme is the scheme of an index in a period, or the one that a person named.
func (p *parser) scheme(l *layout, index string, period reform.Period) reform.Scheme {
	if l.fixed.Scheme != "" {
		return reform.Scheme(l.fixed.Scheme)
	}
	if o := p.in.Option(parse.OptScheme); o != "" {
		return reform.Scheme(o)
	}
	return p.cat.SchemeFor(index, period)
}

// parent is the province whose departments or communes a table lists.
func (p *parser) parent(l *layout, scheme reform.Scheme) (reform.UnitKey, bool) {
	if key, ok := p.saidParent(l); ok {
		return key, true
	}
	if p.mapping != nil && p.mapping.Titles == "ignore" {
		return "", false
	}
	return p.titleProvince(l, scheme)
}

// saidParent is the province that a mapping or an option gives.
func (p *parser) saidParent(l *layout) (reform.UnitKey, bool) {
	for _, key := range []string{l.fixed.Province, l.fixed.Scope, l.fixed.Unit, p.in.Option(parse.OptScope), p.in.Option(parse.OptUnit)} {
		if u, err := p.cat.Unit(reform.UnitKey(key)); err == nil && u.Type == reform.Province {
			return u.Key, true
		}
	}
	return "", false
}
