package service766

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"chiso/reform"
)

// portal2022 is rest.jsp: a form field with JSON in it is asked, a bare array of
// strings answers. Departments and communes of a province come in one list.
type portal2022 struct{}

const service2022 = "report_tinh_766_service"

func (portal2022) lists() []string { return []string{service2022} }

func (portal2022) kinds() []reform.PeriodKind {
	return []reform.PeriodKind{reform.Month, reform.Quarter, reform.Half, reform.Year}
}

func (portal2022) size(string) int { return 100 }

func (portal2022) path(string) string { return "/jsp/rest.jsp" }

func (portal2022) rootID(p province) string { return p.oldID }

// params2022 has its fields in the order of the portal's own page.
type params2022 struct {
	Type       string `json:"type"`
	Year       string `json:"p_nam"`
	Half       int    `json:"p_6thang"`
	Province   any    `json:"p_tinh_id"` // 0, or an id as a string
	Page       int    `json:"pageIndex"`
	Size       int    `json:"pageSize"`
	UnitKind   int    `json:"p_loaidonvi"`
	Criterion  int    `json:"loaichitieu"`
	Service    string `json:"service"`
	Quarter    int    `json:"p_quy"`
	MonthOfAll int    `json:"p_thang"`
}

func (portal2022) request(_ *Config, list string, ask Ask, page, size int) (request, error) {
	p := params2022{Type: "ref", Year: strconv.Itoa(ask.Period.Year()), Province: 0, Page: page, Size: size, UnitKind: 1, Service: list}
	if ask.Province != "" {
		p.Province = ask.ID
	}
	switch n := ordinal(ask.Period); ask.Period.Kind() {
	case reform.Year:
	case reform.Half:
		p.Half = n
	case reform.Quarter:
		p.Quarter = n
	case reform.Month:
		p.MonthOfAll = n
	default:
		return request{}, fmt.Errorf("the old portal has no period such as %s: %w", ask.Period, reform.ErrInvalid)
	}
	b, err := json.Marshal(p)
	if err != nil {
		return request{}, err
	}
	return request{
		contentType: "application/x-www-form-urlencoded; charset=UTF-8",
		body:        url.Values{"params": {string(b)}}.Encode(),
		// Without it the portal answers with a page.
		header: map[string]string{"X-Requested-With": "XMLHttpRequest"},
	}, nil
}

// asksFor reports whether a request that was kept is one for this page of this batch.
func (o portal2022) asksFor(list string, ask Ask, page int, text string) bool {
	form, err := url.ParseQuery(text)
	if err != nil {
		return false
	}
	var sent params2022
	if json.Unmarshal([]byte(form.Get("params")), &sent) != nil {
		return false
	}
	n := ordinal(ask.Period)
	want := params2022{Year: strconv.Itoa(ask.Period.Year())}
	switch ask.Period.Kind() {
	case reform.Half:
		want.Half = n
	case reform.Quarter:
		want.Quarter = n
	case reform.Month:
		want.MonthOfAll = n
	}
	root := "0"
	if ask.Province != "" {
		root = ask.ID
	}
	return sent.Year == want.Year && sent.Half == want.Half && sent.Quarter == want.Quarter && sent.MonthOfAll == want.MonthOfAll &&
		sent.Page == page && sent.Service == list && fmt.Sprint(sent.Province) == root
}

// row2022 is a row of the answer. The last ones are not known to be sent; where they are, they tell the period.
type row2022 struct {
	ID       token `json:"ID"`
	Name     token `json:"TEN_COQUAN"`
	Short    token `json:"TEN"`
	Code     token `json:"MA_COQUAN"`
	UnitKind token `json:"LOAI_COQUAN"`
	CKMB     token `json:"CKMB"`
	TDGQ     token `json:"TDGQ"`
	CLGQ     token `json:"CLGQ"`
	TTTT     token `json:"TTTT"`
	MDHL     token `json:"MDHL"`
	MDSH     token `json:"MDSH"`
	Total    token `json:"TONG_SCORE"`
	RowNo    token `json:"ROW_STT"`
	Year     token `json:"NAM"`
	Half     token `json:"P_6THANG"`
	Quarter  token `json:"QUY"`
	MonthNo  token `json:"THANG"`
	PYear    token `json:"P_NAM"`
	PQuarter token `json:"P_QUY"`
	PMonth   token `json:"P_THANG"`
}

var unitTypes2022 = map[string]reform.UnitType{"1": reform.Province, "2": reform.Department, "3": reform.Commune}

func (portal2022) decode(_ string, _ Ask, body []byte) (*answer, error) {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
	if len(body) == 0 {
		return nil, errors.New("the answer is empty")
	}
	if body[0] != '[' {
		return nil, fmt.Errorf("the answer is no list: %s", describe(body))
	}
	rows, err := rowsOf[row2022](body)
	if err != nil {
		return nil, fmt.Errorf("the answer is no list of units: %w", err)
	}
	a := &answer{rows: make([]row, 0, len(rows))}
	unusual := 0
	for i := range rows {
		r := &rows[i]
		out := row{
			code: r.Code.str(), id: r.ID.str(), name: r.Name.str(), rowNo: r.RowNo.str(),
			typ: unitTypes2022[r.UnitKind.str()], readings: make([]reading, 0, 7),
		}
		if out.name == "" {
			out.name = r.Short.str()
		}
		if k := r.UnitKind.str(); out.typ == "" {
			out.notes = append(out.notes, note{"unknown-type", "LOAI_COQUAN", k,
				fmt.Sprintf("Loại cơ quan %q không phải 1 (tỉnh), 2 (sở, ngành) hay 3 (xã).", k),
				fmt.Sprintf("The kind of unit %q is neither 1 (province) nor 2 (department) nor 3 (commune).", k), false})
		}
		for _, f := range [...]struct {
			component, field string
			value            token
		}{{"", "TONG_SCORE", r.Total}, {"CKMB", "CKMB", r.CKMB}, {"TDGQ", "TDGQ", r.TDGQ}, {"CLGQ", "CLGQ", r.CLGQ}, {"TTTT", "TTTT", r.TTTT}, {"MDHL", "MDHL", r.MDHL}, {"MDSH", "MDSH", r.MDSH}} {
			if f.value.isNumber() {
				unusual++
			}
			quote := `"` + f.field + `":` + string(f.value)
			if f.component == "" && r.RowNo != "" {
				quote += `,"ROW_STT":` + string(r.RowNo)
			}
			out.score(f.component, f.field, f.value, quote)
		}
		a.rows = append(a.rows, out)
		if i == 0 {
			a.saysP.year, _ = firstOf(r.Year, r.PYear).whole()
			a.saysP.quarter, _ = firstOf(r.Quarter, r.PQuarter).whole()
			a.saysP.month, _ = firstOf(r.MonthNo, r.PMonth).whole()
			a.saysP.half, _ = r.Half.whole()
		}
	}
	if unusual > 0 {
		a.notes = append(a.notes, note{"type-changed", "score", "", "Cổng trả điểm dưới dạng số thay vì chuỗi như trước đây; các giá trị vẫn đọc được.",
			"The portal sends scores as numbers and not as strings as it used to; they were read all the same.", true})
	}
	return a, nil
}

func firstOf(ts ...token) token {
	for _, t := range ts {
		if t.str() != "" {
			return t
		}
	}
	return ""
}

// score adds a score to the row, or a note of why it can't be read.
func (r *row) score(component, field string, value token, quote string) {
	n, ok := value.number()
	switch {
	case value == "":
		r.notes = append(r.notes, note{"missing-field", field, r.name, fmt.Sprintf("Câu trả lời không có trường %s: cổng đã đổi cấu trúc.", field),
			fmt.Sprintf("The answer has no field %s: the portal has changed its layout.", field), false})
	case !ok:
		r.notes = append(r.notes, badNumber(field, value))
	case n.Valid:
		r.readings = append(r.readings, reading{component: component, score: n, quote: quote})
	}
}

func badNumber(field string, value token) note {
	return note{"bad-number", field, string(value), fmt.Sprintf("%s = %s không đọc được như một con số.", field, short(string(value))),
		fmt.Sprintf("%s = %s can't be read as a number.", field, short(string(value))), false}
}

func short(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// describe says in a few words what a body is that should have been data.
func describe(body []byte) string {
	switch {
	case isRejected(body):
		return `a page "Request Rejected"`
	case looksHTML(body):
		return "an HTML page"
	}
	return strconv.Quote(short(string(body[:min(len(body), 120)])))
}

func looksHTML(body []byte) bool {
	b := bytes.TrimLeft(body[:min(len(body), 512)], " \t\r\n\xef\xbb\xbf")
	return len(b) > 0 && b[0] == '<'
}

// isRejected knows the page of the firewall in front of the portal.
func isRejected(body []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 4<<10)]))
	if len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		return false // data, whatever words are in it
	}
	return bytes.Contains(head, []byte("request rejected")) || bytes.Contains(head, []byte("requested url was rejected"))
}
