package tidy

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"chiso/ingest/sheet"
	"chiso/reform"
)

// templateColumns are the columns of the template: heading, width, and the note for whoever fills it in.
var templateColumns = []struct {
	heading string
	width   float64
	note    string
	value   bool // to be filled in
}{
	{"Chỉ số", 10, "Mã của chỉ số; đã điền sẵn.", false},
	{"Kỳ", 10, "Kỳ đánh giá: 2019, 2025-10 (tháng), 2025-Q3 (quý), 2025-H1 (nửa năm); đã điền sẵn.", false},
	{"Mã đơn vị", 12, "Mã của đơn vị trong hệ thống; không sửa.", false},
	{"Tỉnh/Thành phố", 24, "Tên đơn vị ở thời điểm đó; không sửa.", false},
	{"Tiêu chí", 24, "Để trống cho điểm tổng. Với điểm thành phần: chép thêm dòng và ghi mã hoặc tên ở trang \"Tiêu chí\".", true},
	{"Điểm", 12, "Số; dấu phẩy hay dấu chấm thập phân đều được, nhưng thống nhất trong cả cột. Không có số liệu thì để trống, không ghi 0.", true},
	{"Điểm tối đa", 12, "Điểm tối đa của tổng hoặc của tiêu chí, nếu biết.", true},
	{"Hạng", 10, "Thứ hạng đã công bố: 20, hoặc 20/63. Không tự tính: phần mềm tự xếp hạng khi đủ số liệu.", true},
	{"Tổng số đơn vị", 14, "Số đơn vị được xếp hạng, nếu tài liệu có ghi.", true},
	{"Nguồn", 36, "Tên văn bản, báo cáo hoặc bài báo.", true},
	{"Cơ quan ban hành", 24, "Cơ quan ban hành văn bản hoặc nơi công bố.", true},
	{"Số văn bản", 18, "Ví dụ: 317/QĐ-BNV.", true},
	{"Ngày ban hành", 14, "Ngày của văn bản: 18/4/2023 hoặc ô kiểu ngày.", true},
	{"Đường dẫn", 36, "Địa chỉ trang web, nếu có.", true},
	{"Ghi chú", 24, "Không nạp vào hệ thống, chỉ giữ trong tệp.", true},
}

const (
	templateSheet = "Số liệu"
	notesSheet    = "Hướng dẫn"
	partsSheet    = "Tiêu chí"
)

// Template is a workbook to fill in: a row for each of the 63 or 34 provinces of
// a scheme, Vietnamese headings, and notes. Filled in, it is read by Parse. With
// scheme "" it is the scheme of the index in that period.
func Template(cat *reform.Catalog, index string, scheme reform.Scheme, period reform.Period) ([]byte, error) {
	ix, err := cat.Index(index)
	if err != nil {
		return nil, err
	}
	if period.IsZero() {
		return nil, fmt.Errorf("a template needs a period, such as 2019: %w", reform.ErrInvalid)
	}
	if scheme == "" {
		scheme = cat.SchemeFor(ix.Code, period)
	}
	units := cat.Units(scheme, reform.Province)
	if len(units) == 0 {
		return nil, fmt.Errorf("scheme %q has no provinces; known are vn34, vn63 and vn64: %w", scheme, reform.ErrInvalid)
	}
	f := excelize.NewFile()
	defer f.Close()
	t := &template{f: f}
	t.do(f.SetSheetName("Sheet1", templateSheet))
	t.facts(cat, ix, units, period)
	t.notes(cat, ix, scheme, period)
	t.parts(cat, ix, period)
	t.do(f.SetDocProps(&excelize.DocProperties{Title: fmt.Sprintf("%s %s", ix.Short.VI, period), Creator: "chiso"}))
	if t.err != nil {
		return nil, fmt.Errorf("writing the template: %w", t.err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("writing the template: %w", err)
	}
	return b.Bytes(), nil
}

// template writes until the first error, which it keeps.
type template struct {
	f   *excelize.File
	err error
}

func (t *template) do(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *template) set(name string, row, col int, v any) {
	if t.err == nil {
		t.err = t.f.SetCellValue(name, sheet.Ref(row, col), v)
	}
}

func (t *template) style(s *excelize.Style) int {
	if t.err != nil {
		return 0
	}
	id, err := t.f.NewStyle(s)
	t.do(err)
	return id
}

func (t *template) facts(cat *reform.Catalog, ix *reform.Index, units []*reform.Unit, period reform.Period) {
	edge := []excelize.Border{{Type: "bottom", Color: "9AA5B1", Style: 1}}
	given := t.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"52606D"}}, Border: edge,
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	wanted := t.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B69A3"}}, Border: edge,
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	quiet := t.style(&excelize.Style{Font: &excelize.Font{Color: "52606D"}})
	// Text, so that Excel makes no date of "2025-10".
	text := t.style(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Color: "52606D"}})
	asText := t.style(&excelize.Style{NumFmt: 49})
	day := "dd/mm/yyyy"
	date := t.style(&excelize.Style{CustomNumFmt: &day})
	last := len(units)
	for c, col := range templateColumns {
		t.set(templateSheet, 0, c, col.heading)
		style := given
		if col.value {
			style = wanted
		}
		t.do(t.f.SetCellStyle(templateSheet, sheet.Ref(0, c), sheet.Ref(0, c), style))
		t.do(t.f.SetColWidth(templateSheet, sheet.Column(c), sheet.Column(c), col.width))
		switch col.heading {
		case "Kỳ":
			t.do(t.f.SetCellStyle(templateSheet, sheet.Ref(1, c), sheet.Ref(last, c), text))
		case "Hạng": // else Excel makes a date of "3/13"
			t.do(t.f.SetCellStyle(templateSheet, sheet.Ref(1, c), sheet.Ref(last+2000, c), asText))
		case "Ngày ban hành":
			t.do(t.f.SetCellStyle(templateSheet, sheet.Ref(1, c), sheet.Ref(last+2000, c), date))
		case "Chỉ số", "Mã đơn vị", "Tỉnh/Thành phố":
			t.do(t.f.SetCellStyle(templateSheet, sheet.Ref(1, c), sheet.Ref(last, c), quiet))
		}
	}
	t.do(t.f.SetRowHeight(templateSheet, 1, 32))
	var maximum any
	if code, ok := cat.BasisFor(ix.Code, period); ok {
		if b, err := cat.Basis(ix.Code, code); err == nil && b.Max.Valid {
			n, _ := b.Max.Decimal.Float64()
			maximum = n
		}
	}
	for i, u := range units {
		t.set(templateSheet, 1+i, 0, ix.Code)
		t.set(templateSheet, 1+i, 1, period.String())
		t.set(templateSheet, 1+i, 2, string(u.Key))
		t.set(templateSheet, 1+i, 3, cat.NameIn(u.Key, period))
		if maximum != nil {
			t.set(templateSheet, 1+i, 6, maximum)
		}
	}
	t.do(t.f.SetPanes(templateSheet, &excelize.Panes{Freeze: true, XSplit: 4, YSplit: 1, TopLeftCell: "E2", ActivePane: "bottomRight"}))
	t.do(t.f.AutoFilter(templateSheet, "A1:"+sheet.Ref(last, len(templateColumns)-1), nil))
	landscape, fit := "landscape", 1
	t.do(t.f.SetPageLayout(templateSheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &fit}))
}

func (t *template) notes(cat *reform.Catalog, ix *reform.Index, scheme reform.Scheme, period reform.Period) {
	if _, err := t.f.NewSheet(notesSheet); err != nil {
		t.do(err)
		return
	}
	bold := t.style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	wrap := t.style(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	t.do(t.f.SetColWidth(notesSheet, "A", "A", 24))
	t.do(t.f.SetColWidth(notesSheet, "B", "B", 100))
	row := 0
	line := func(a, b string) {
		t.set(notesSheet, row, 0, a)
		t.set(notesSheet, row, 1, b)
		t.do(t.f.SetCellStyle(notesSheet, sheet.Ref(row, 0), sheet.Ref(row, 0), bold))
		t.do(t.f.SetCellStyle(notesSheet, sheet.Ref(row, 1), sheet.Ref(row, 1), wrap))
		row++
	}
	line(fmt.Sprintf("%s, kỳ %s", ix.Short.VI, period), ix.Name.VI)
	of := ""
	if e, ok := cat.Edition(ix.Code, period); ok && e.Of > 0 {
		of = "; số đơn vị được xếp hạng theo danh mục: " + strconv.Itoa(e.Of)
	}
	line("Hệ đơn vị", fmt.Sprintf("%s (%d tỉnh, thành phố)%s", scheme, len(cat.Units(scheme, reform.Province)), of))
	line("Cách dùng", "Điền các cột có tiêu đề xanh ở trang \""+templateSheet+"\", lưu tệp, rồi nạp ở trang Nạp số liệu. Dòng không có điểm và không có hạng được bỏ qua. Tệp chỉ được nạp khi không còn lỗi, hoặc khi bạn chủ động gác các dòng lỗi lại.")
	row++
	for _, c := range templateColumns {
		line("• "+c.heading, c.note)
	}
}

func (t *template) parts(cat *reform.Catalog, ix *reform.Index, period reform.Period) {
	code, ok := cat.BasisFor(ix.Code, period)
	if !ok {
		return
	}
	b, err := cat.Basis(ix.Code, code)
	if err != nil || len(b.Components) == 0 {
		return
	}
	if _, err := t.f.NewSheet(partsSheet); err != nil {
		t.do(err)
		return
	}
	bold := t.style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	for c, h := range []string{"Mã tiêu chí", "Tên tiêu chí (" + b.Name.VI + ")", "Điểm tối đa"} {
		t.set(partsSheet, 0, c, h)
	}
	t.do(t.f.SetCellStyle(partsSheet, "A1", "C1", bold))
	t.do(t.f.SetColWidth(partsSheet, "A", "A", 16))
	t.do(t.f.SetColWidth(partsSheet, "B", "B", 90))
	for i := range b.Components {
		c := &b.Components[i]
		t.set(partsSheet, 1+i, 0, c.Code)
		t.set(partsSheet, 1+i, 1, c.Name.VI)
		if c.Max.Valid {
			n, _ := c.Max.Decimal.Float64()
			t.set(partsSheet, 1+i, 2, n)
		}
	}
}
