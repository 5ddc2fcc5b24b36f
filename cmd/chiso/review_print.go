package main

import (
	"fmt"
	"io"
	"strings"

	"chiso/reform"
)

// shortID is how much of an id a list shows: enough to name one of some ten thousand.
const shortID = 10

func short(id string) string { return id[:min(len(id), shortID)] }

// oneLine keeps what documents and people write from breaking a table, or a terminal.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == ' ' }), " ")
}

// stated is what a statement says: "score 84.5/100, place 7/63 in nation".
func stated(s reform.Statement, lang string) string {
	var parts []string
	if s.Score.Valid {
		v := in(lang, "điểm ", "score ") + s.Score.String()
		if s.Max.Valid {
			v += "/" + s.Max.String()
		}
		parts = append(parts, v)
	}
	if s.Numerator.Valid || s.Denominator.Valid {
		parts = append(parts, in(lang, "tỷ số ", "ratio ")+s.Numerator.String()+":"+s.Denominator.String())
	}
	if s.Place > 0 {
		v := fmt.Sprintf("%s%d", in(lang, "hạng ", "place "), s.Place)
		if s.Of > 0 {
			v += fmt.Sprintf("/%d", s.Of)
		}
		if s.Scope != "" && s.Scope != reform.ScopeNation {
			v += in(lang, " trong ", " in ") + s.Scope
		}
		if s.RankKind != "" && s.RankKind != reform.Published {
			v += " (" + string(s.RankKind) + ")"
		}
		parts = append(parts, v)
	}
	return strings.Join(parts, ", ")
}

// about names what a statement measures.
func about(s reform.Statement) string {
	text := string(s.Unit)
	if s.UnitName != "" {
		text = s.UnitName + " (" + text + ")"
	}
	text += ", " + s.Index + " " + s.Period.String()
	if s.Component != "" {
		text += ", " + s.Component
	}
	if s.Stage != "" {
		text += ", " + string(s.Stage)
	}
	return oneLine(text)
}

func printCandidates(w io.Writer, page reform.CandidatePage, lang string) error {
	if len(page.Candidates) == 0 {
		_, err := fmt.Fprintln(w, in(lang, "Không có số liệu nào chờ duyệt.", "No candidate waits here."))
		return err
	}
	t := columns(w)
	fmt.Fprintln(t, in(lang, "MÃ\tSỐ LIỆU\tGIÁ TRỊ\tVÌ SAO CHƯA CHẮC\tCÂU", "ID\tFACT\tVALUE\tWHY UNSURE\tSENTENCE"))
	for _, c := range page.Candidates {
		s := reform.StatementOf(c.Fact)
		why := c.Fact.Note
		if !c.Waits() {
			why = fmt.Sprintf("%s: %s, %s", action(c.Decision.Action, lang), c.Decision.Author, day(c.Decision.At))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", short(c.ID), about(s), stated(s, lang), oneLine(why), oneLine(c.Fact.Quote))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, in(lang, "%d trong số %d.\n", "%d of %d.\n"), len(page.Candidates), page.Total)
	return err
}

func printCandidate(w io.Writer, c reform.Candidate, doc reform.Document, lang string) error {
	s := reform.StatementOf(c.Fact)
	t := columns(w)
	row := func(vi, en, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", in(lang, vi, en), oneLine(value))
		}
	}
	row("Mã", "Id", c.ID)
	row("Số liệu", "Fact", about(s))
	row("Bộ tiêu chí", "Basis", s.Basis)
	row("Giá trị", "Value", stated(s, lang))
	row("Vì sao chưa chắc", "Why unsure", c.Fact.Note)
	row("Câu", "Sentence", c.Fact.Quote)
	row("Vị trí", "Where", c.Fact.Locator)
	row("Tài liệu", "Document", reform.Cite(doc, lang))
	row("Mã tài liệu", "Document id", c.Document)
	row("Địa chỉ", "Address", doc.URL)
	row("Nạp lúc", "Loaded", clock(c.LoadedAt))
	if c.Decision != nil {
		row("Quyết định", "Decision", fmt.Sprintf("%s, %s, %s %s", action(c.Decision.Action, lang), c.Decision.Author, clock(c.Decision.At), c.Decision.Reason))
	}
	return t.Flush()
}

// action is what a person did, in words.
func action(a reform.DecisionAction, lang string) string {
	switch a {
	case reform.ActionAccept:
		return in(lang, "duyệt", "accepted")
	case reform.ActionCorrect:
		return in(lang, "sửa", "corrected")
	case reform.ActionReject:
		return in(lang, "bác", "rejected")
	case reform.ActionSettle:
		return in(lang, "chọn", "settled")
	case reform.ActionReopen:
		return in(lang, "mở lại", "reopened")
	}
	return string(a)
}

func printDecisions(w io.Writer, all []reform.DecisionRecord, lang string, heading bool) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, in(lang, "Chưa có quyết định nào.", "Nobody has decided anything yet."))
		return err
	}
	t := columns(w)
	if heading {
		fmt.Fprintln(t, in(lang, "MÃ\tLÚC\tNGƯỜI\tVIỆC\tSỐ LIỆU\tTRƯỚC\tSAU\tLÝ DO", "ID\tAT\tWHO\tWHAT\tFACT\tBEFORE\tAFTER\tREASON"))
	}
	for _, d := range all {
		what, before, after := "", "-", "-"
		if d.Before != nil {
			what, before = about(*d.Before), stated(*d.Before, lang)
		}
		if d.After != nil {
			if after = stated(*d.After, lang); about(*d.After) != what {
				after = about(*d.After) + ": " + after
			}
		}
		// An id of this form begins with the time: all of it is needed to tell two apart.
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, clock(d.At), oneLine(d.Author), action(d.Action, lang), what, before, after, oneLine(d.Reason))
	}
	return t.Flush()
}

func printConflicts(w io.Writer, all []reform.Conflict, lang string) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, in(lang, "Không có số liệu nào mâu thuẫn.", "No number is in conflict."))
		return err
	}
	t := columns(w)
	fmt.Fprintln(t, in(lang, "CHỈ SỐ\tĐƠN VỊ\tKỲ\tTHÀNH PHẦN\tLOẠI\tPHẠM VI\tGIÁ TRỊ (TÀI LIỆU)\tĐÃ CHỌN", "INDEX\tUNIT\tPERIOD\tCOMPONENT\tMEASURE\tSCOPE\tVALUES (DOCUMENT)\tSETTLED"))
	for _, c := range all {
		values := make([]string, len(c.Values))
		for i, v := range c.Values {
			values[i] = v.Value + " (" + short(v.Document) + ")"
		}
		settled := "-"
		if s := c.Settled; s != nil {
			settled = fmt.Sprintf("%s: %s, %s: %s", s.Value, s.Author, day(s.At), s.Reason)
			if s.Outdated {
				settled += in(lang, " (đã có số liệu mới)", " (newer values came)")
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Index, c.Unit, c.Period, c.Component, c.Measure, c.Scope, strings.Join(values, ", "), oneLine(settled))
	}
	return t.Flush()
}
