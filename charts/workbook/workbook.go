// Package workbook writes pictures as Excel workbooks: a sheet of numbers for each, a
// native chart where the picture has one, and a sheet that says where all of it comes from.
//
// Numbers are numbers, texts are texts: a name that begins with "=" stays what it is. Equal
// pictures give equal bytes: the file's date is that of its data.
package workbook

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"chiso/charts"
	"chiso/charts/text"
	"chiso/reform"
	"chiso/reform/words"
)

// Sheet is one picture of a workbook.
type Sheet struct {
	Name    string // on its tab; "" takes the word for numbers
	Picture *charts.Picture
	From    charts.Provenance
}

// maxCell is how many characters Excel holds in a cell.
const maxCell = 32767

// Bounds of the columns' widths, in characters.
const (
	leastWidth = 9
	mostWidth  = 60
)

// Write makes the workbook. title names the whole of it; of a workbook of one picture it
// is the picture's.
func Write(title string, sheets []Sheet) (_ []byte, err error) {
	if len(sheets) == 0 {
		return nil, fmt.Errorf("a workbook without a sheet: %w", reform.ErrInvalid)
	}
	b := &book{f: excelize.NewFile(), lang: sheets[0].From.Lang, names: map[string]bool{}, styles: map[string]int{}}
	defer func() { err = errors.Join(err, b.f.Close()) }()
	for i := range sheets {
		if err := b.picture(&sheets[i]); err != nil {
			return nil, fmt.Errorf("sheet of %s: %w", sheets[i].Picture.Name, err)
		}
	}
	if err := b.about(sheets); err != nil {
		return nil, fmt.Errorf("sheet of sources: %w", err)
	}
	if err := b.f.DeleteSheet(firstSheet); err != nil {
		return nil, err
	}
	b.f.SetActiveSheet(0)
	if err := b.properties(clean(title), sheets); err != nil {
		return nil, err
	}
	buf, err := b.f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return Steady(buf.Bytes())
}

// firstSheet is the one that excelize makes by itself.
const firstSheet = "Sheet1"

type book struct {
	f      *excelize.File
	lang   string
	names  map[string]bool
	styles map[string]int
	plots  int // rows used on the sheet of the charts' numbers
	// plotWidths are the widths of that sheet's columns, in characters.
	plotWidths map[string]int
}

func (b *book) say(key string, pairs ...any) string {
	return words.T(b.lang, "workbook."+key, pairs...)
}

// clean makes a text fit for a cell.
func clean(s string) string {
	s, _ = text.Clean(s)
	if utf8.RuneCountInString(s) > maxCell {
		s = string([]rune(s)[:maxCell-1]) + "…"
	}
	return s
}

// tab gives a sheet a name that Excel takes and that no other has.
func (b *book) tab(want string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, clean(want))
	name = strings.TrimSpace(short(name, 31))
	if name == "" || name == firstSheet {
		name = "-"
	}
	base := name
	for n := 2; b.names[strings.ToLower(name)]; n++ {
		end := fmt.Sprintf(" (%d)", n)
		name = short(base, 31-len(end)) + end
	}
	b.names[strings.ToLower(name)] = true
	return name
}

func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (b *book) style(key string, st *excelize.Style) (int, error) {
	if id, ok := b.styles[key]; ok {
		return id, nil
	}
	id, err := b.f.NewStyle(st)
	if err == nil {
		b.styles[key] = id
	}
	return id, err
}

var thin = []excelize.Border{{Type: "bottom", Color: "BFC7CE", Style: 1}}

func (b *book) title() (int, error) {
	return b.style("title", &excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Family: fontName}})
}

func (b *book) plain() (int, error) {
	return b.style("plain", &excelize.Style{Font: &excelize.Font{Size: 11, Family: fontName}})
}

func (b *book) heading(numeric bool) (int, error) {
	align, indent := "left", 1
	if numeric {
		align, indent = "right", 0
	}
	return b.style("heading "+align, &excelize.Style{
		Font: &excelize.Font{Bold: true, Size: 11, Family: fontName}, Border: thin,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EFF6"}},
		Alignment: &excelize.Alignment{Horizontal: align, Indent: indent, Vertical: "center", WrapText: true},
	})
}

// cell is the style of a cell with a number format; "" is a text.
func (b *book) cell(format string) (int, error) {
	st := &excelize.Style{Font: &excelize.Font{Size: 11, Family: fontName}, Border: thin, Alignment: &excelize.Alignment{Horizontal: "left", Indent: 1, Vertical: "top", WrapText: true}}
	if format == "" {
		st.NumFmt = 49 // text, so that what begins with "=" is none when somebody edits it
	} else {
		st.CustomNumFmt = &format
		st.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "top"}
	}
	return b.style("cell "+format, st)
}

func (b *book) link() (int, error) {
	return b.style("link", &excelize.Style{Font: &excelize.Font{Size: 11, Family: fontName, Color: "0F4C81", Underline: "single"}, Border: thin, NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
}

// fontName is on every office PC; a font that is not there would be replaced by chance.
const fontName = "Arial"

// properties are what the file says of itself.
func (b *book) properties(title string, sheets []Sheet) error {
	newest := sheets[0].From.FileDate()
	var notes []string
	for i := range sheets {
		if d := sheets[i].From.FileDate(); d.After(newest) {
			newest = d
		}
		notes = append(notes, sheets[i].From.Alt)
	}
	at := newest.UTC().Format(time.RFC3339)
	if err := b.f.SetAppProps(&excelize.AppProperties{Application: "chiso"}); err != nil {
		return err
	}
	return b.f.SetDocProps(&excelize.DocProperties{
		Title: title, Subject: clean(sheets[0].From.Subtitle), Description: clean(strings.Join(notes, "\n")), Creator: "chiso", LastModifiedBy: "chiso",
		Created: at, Modified: at, Language: map[string]string{"en": "en"}[b.lang] + map[string]string{"vi": "vi-VN"}[b.lang],
		Identifier: sheets[0].From.Link, Keywords: "",
	})
}

// page sets a sheet up for print: A4 lying, as wide as one page, with the heading on each.
func (b *book) page(sheet string, headings string) error {
	paper, orientation, wide, high, fit := 9, "landscape", 1, 0, true
	if err := b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&8chiso&R&8&P/&N"}); err != nil {
		return err
	}
	if headings == "" {
		return nil
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quote(sheet) + "!" + headings, Scope: sheet})
}

// quote is a sheet's name in a reference.
func quote(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

func at(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // columns and rows are counted from 1 here
	}
	return name
}

func (b *book) text(sheet string, col, row int, s string, style func() (int, error)) error {
	id, err := style()
	if err != nil {
		return err
	}
	if err := b.f.SetCellStr(sheet, at(col, row), text.Cell(clean(s))); err != nil {
		return err
	}
	return b.f.SetCellStyle(sheet, at(col, row), at(col, row), id)
}
