package workbook

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"chiso/reform/viet"
)

func itoa(n int) string { return strconv.Itoa(n) }

// about says of every picture what it shows, what is to be known about it, and which
// documents its numbers come from.
func (b *book) about(sheets []Sheet) error {
	sheet := b.tab(b.say("about"))
	if _, err := b.f.NewSheet(sheet); err != nil {
		return err
	}
	for col, w := range map[string]float64{"A": 22, "B": 80, "C": 14, "D": 70} {
		if err := b.f.SetColWidth(sheet, col, col, w); err != nil {
			return err
		}
	}
	row := 1
	line := func(head, value string) error {
		if value == "" {
			return nil
		}
		if err := b.text(sheet, 1, row, head, func() (int, error) { return b.heading(false) }); err != nil {
			return err
		}
		cell := func() (int, error) { return b.cell("") }
		if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
			cell = b.link
			if err := b.f.SetCellHyperLink(sheet, at(2, row), value, "External"); err != nil {
				return err
			}
		}
		if err := b.text(sheet, 2, row, value, cell); err != nil {
			return err
		}
		if err := b.height(sheet, row, linesOf(value, 80)); err != nil {
			return err
		}
		row++
		return nil
	}
	for i := range sheets {
		from := &sheets[i].From
		if err := b.text(sheet, 1, row, from.Title, b.title); err != nil {
			return err
		}
		row++
		var filters []string
		if u, err := url.Parse(from.Link); err == nil {
			for name, values := range u.Query() {
				if name != "rev" {
					filters = append(filters, name+" = "+strings.Join(values, ", "))
				}
			}
		}
		slices.Sort(filters)
		date, rev := "", ""
		if at := from.Date(); !at.IsZero() {
			date = viet.FormatDate(at, b.lang)
		}
		if from.Rev > 0 {
			rev = strconv.FormatUint(from.Rev, 10)
		}
		for _, l := range [][2]string{
			{b.say("subtitle"), from.Subtitle}, {b.say("summary"), from.Alt}, {b.say("filters"), strings.Join(filters, "; ")},
			{b.say("link"), from.Link}, {b.say("rev"), rev}, {b.say("date"), date}, {b.say("notes"), strings.Join(from.Notes, "\n")},
		} {
			if err := line(l[0], l[1]); err != nil {
				return err
			}
		}
		if len(from.Sources) > 0 {
			for k, head := range []string{b.say("no"), b.say("source"), b.say("published"), b.say("document")} {
				if err := b.text(sheet, k+1, row, head, func() (int, error) { return b.heading(false) }); err != nil {
					return err
				}
			}
			row++
		}
		for k, s := range from.Sources {
			if err := b.height(sheet, row, max(linesOf(s.Label, 80), linesOf(s.Document, 70))); err != nil {
				return err
			}
			cells := []string{itoa(k + 1), s.Label, dateOf(s.Date, b.lang), s.Document}
			for c, v := range cells {
				style := func() (int, error) { return b.cell("") }
				if c == 3 && strings.HasPrefix(s.Link, "http") {
					style = b.link
					if err := b.f.SetCellHyperLink(sheet, at(c+1, row), s.Link, "External"); err != nil {
						return err
					}
				}
				if err := b.text(sheet, c+1, row, v, style); err != nil {
					return err
				}
			}
			row++
		}
		row++
	}
	return b.page(sheet, "")
}

// dateOf is a source's date as its language writes it, as exact as it is known.
func dateOf(iso, lang string) string {
	if at, err := time.Parse(time.DateOnly, iso); err == nil {
		return viet.FormatDate(at, lang)
	}
	if at, err := time.Parse("2006-01", iso); err == nil {
		return at.Format("01/2006")
	}
	return iso
}
