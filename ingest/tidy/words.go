package tidy

import (
	"strings"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

func (p *parser) component() bool {
	text := p.get(fComponent)
	if text == "" {
		return true
	}
	c := p.now.group.component(p, text)
	if !c.ok {
		return p.bad("unknown-component", fComponent, text,
			"Chỉ số %s không có thành phần %q trong danh mục.", "The index %s has no component %q in the catalogue.", p.now.group.index, parse.Shorten(text, 80))
	}
	p.fact.Component = c.code
	return true
}

var stages = map[string]reform.Stage{
	"official": reform.Official, "thamdinh": reform.Official, "chinhthuc": reform.Official, "congbo": reform.Official,
	"self": reform.SelfAssessed, "tudanhgia": reform.SelfAssessed, "tucham": reform.SelfAssessed, "selfassessed": reform.SelfAssessed,
}

var rankKinds = map[string]reform.RankKind{
	"published": reform.Published, "congbo": reform.Published, "computed": reform.Computed, "tinhtoan": reform.Computed, "tutinh": reform.Computed,
	"derived": reform.Derived, "suyra": reform.Derived,
}

var statuses = map[string]reform.Status{
	"final": reform.Final, "chinhthuc": reform.Final, "provisional": reform.Provisional, "tamthoi": reform.Provisional, "tamtinh": reform.Provisional,
}

// words reads the fields that hold one of a few words.
func (p *parser) words() bool {
	f := &p.fact
	ok := true
	if text := p.get(fStage); text != "" {
		stage, known := stages[text]
		if !known {
			stage, known = stages[viet.Fold(text)]
		}
		if !known {
			ok = p.bad("unknown-word", fStage, text, "%q không phải là giai đoạn: cần self (tự đánh giá) hoặc để trống.", "%q is no stage: want self, or nothing.", parse.Shorten(text, 40))
		}
		f.Stage = stage
	} else if p.in.Option(parse.OptStage) == string(reform.SelfAssessed) {
		f.Stage = reform.SelfAssessed
	}
	if f.Place > 0 {
		f.RankKind = reform.Published
		if text := p.get(fRankKind); text != "" {
			kind, known := rankKinds[text]
			if !known {
				kind, known = rankKinds[viet.Fold(text)]
			}
			if !known {
				ok = p.bad("unknown-word", fRankKind, text, "%q không phải là loại hạng: cần published, computed hoặc derived.", "%q is no kind of rank: want published, computed or derived.", parse.Shorten(text, 40))
			}
			f.RankKind = kind
		}
	}
	f.Status = reform.Final
	if text := p.get(fStatus); text != "" {
		status, known := statuses[text]
		if !known {
			status, known = statuses[viet.Fold(text)]
		}
		if !known {
			ok = p.bad("unknown-word", fStatus, text, "%q không phải là trạng thái: cần final hoặc provisional.", "%q is no status: want final or provisional.", parse.Shorten(text, 40))
		}
		f.Status = status
	}
	if text := p.get(fObservedAt); text != "" {
		if text != p.lastTime {
			t, err := readTime(text)
			if err != nil {
				return p.bad("bad-date", fObservedAt, text, "%q không phải là thời điểm: cần 2025-10-16, 16/10/2025 hoặc 2025-10-16T20:51:18+07:00.", "%q is no time: want 2025-10-16, 16/10/2025 or 2025-10-16T20:51:18+07:00.", parse.Shorten(text, 40))
			}
			p.lastTime, p.lastTimeIs = strings.Clone(text), t
		}
		f.ObservedAt = p.lastTimeIs
	}
	return ok
}

// readTime reads a point in time or a day.
func readTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		// Without a zone a time is of Vietnam.
		if t, err := time.ParseInLocation(layout, text, vietnamTime); err == nil {
			return t, nil
		}
	}
	iso, err := readDay(text)
	if err != nil {
		return time.Time{}, err
	}
	t, _, err := reform.ParsePartialDate(iso)
	return t, err
}

var vietnamTime = time.FixedZone("+07", 7*3600)

// readDay is a day, month or year in ISO form: "16/10/2025" is read as Vietnamese write it.
func readDay(text string) (string, error) {
	if t, err := time.Parse("2/1/2006", text); err == nil {
		return t.Format(time.DateOnly), nil
	}
	if t, err := time.Parse("2-1-2006", text); err == nil {
		return t.Format(time.DateOnly), nil
	}
	if t, err := time.Parse("1/2006", text); err == nil {
		return t.Format("2006-01"), nil
	}
	_, _, err := reform.ParsePartialDate(text)
	return text, err
}
