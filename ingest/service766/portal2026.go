package service766

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"chiso/reform"
)

// portal2026 is api/v1: seven endpoints answer JSON bodies, mostly with 201. The first has the
// totals and groups of all units, each of the others one group with its criteria.
type portal2026 struct{}

const basePath2026 = "/api/v1/reporting/evaluation/"

const (
	results      = "service-results"
	transparency = "transparency"
	digitized    = "dossier-digitized"
	satisfaction = "handling-satisfaction"
	progress     = "dvc-progress-tree"
	online       = "provide-online-tree"
	payment      = "formality-online-payment-tree"
)

// groupOf is the group that a list has the criteria of.
var groupOf = map[string]string{transparency: "CKMB", digitized: "MDSH", satisfaction: "MDHL", progress: "TDGQ", online: "CLGQ", payment: "TTTT"}

func isTree(list string) bool { return list == progress || list == online || list == payment }

func (portal2026) lists() []string {
	return []string{results, transparency, progress, online, payment, satisfaction, digitized}
}

func (portal2026) kinds() []reform.PeriodKind {
	return []reform.PeriodKind{reform.Month, reform.Quarter, reform.Year}
}

// size is what the portal's own page asks for.
func (portal2026) size(list string) int {
	if list == progress || list == payment {
		return 100
	}
	return 200
}

func (portal2026) path(list string) string { return basePath2026 + list }

func (portal2026) rootID(p province) string { return p.newID }

type body2026 struct {
	TimeType       string `json:"timeType,omitempty"`
	Year           int    `json:"year,omitempty"`
	Quarter        int    `json:"quarter,omitempty"`
	MonthNo        int    `json:"month,omitempty"`
	From           string `json:"fromDate,omitempty"`
	To             string `json:"toDate,omitempty"`
	DepartmentType string `json:"departmentType,omitempty"`
	Root           string `json:"rootDepartmentId,omitempty"`
	Page           int    `json:"currentPage"`
	Size           int    `json:"pageSize"`
}

func (portal2026) request(cfg *Config, list string, ask Ask, page, size int) (request, error) {
	b := body2026{Page: page, Size: size, Root: ask.ID}
	if ask.Province == "" {
		b.Root, b.DepartmentType = "", "ADMINISTRATIVE_UNIT"
	}
	n := ordinal(ask.Period)
	switch ask.Period.Kind() {
	case reform.Year, reform.Quarter, reform.Month:
	default:
		return request{}, fmt.Errorf("the new portal has no period such as %s: %w", ask.Period, reform.ErrInvalid)
	}
	if list == satisfaction && cfg.Satisfaction != "type" {
		b.From, b.To = ask.Period.Start().Format(time.DateOnly), ask.Period.End().Format(time.DateOnly)
	} else {
		b.TimeType, b.Year = string(ask.Period.Kind()), ask.Period.Year()
		switch ask.Period.Kind() {
		case reform.Quarter:
			b.Quarter = n
		case reform.Month:
			b.MonthNo = n
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return request{}, err
	}
	return request{contentType: "application/json", body: string(text)}, nil
}

// asksFor reports whether a request that was kept is one for this page of this batch.
func (portal2026) asksFor(list string, ask Ask, page int, text string) bool {
	var sent body2026
	if json.Unmarshal([]byte(text), &sent) != nil || sent.Page != page {
		return false
	}
	if ask.Province != "" && sent.Root != ask.ID || ask.Province == "" && (sent.Root != "" || sent.DepartmentType == "") {
		return false
	}
	if list == satisfaction && sent.TimeType == "" {
		return sent.From == ask.Period.Start().Format(time.DateOnly) && sent.To == ask.Period.End().Format(time.DateOnly)
	}
	if sent.TimeType != string(ask.Period.Kind()) || sent.Year != ask.Period.Year() {
		return false
	}
	switch n := ordinal(ask.Period); ask.Period.Kind() {
	case reform.Quarter:
		return sent.Quarter == n
	case reform.Month:
		return sent.MonthNo == n
	}
	return true
}

type envelope2026 struct {
	Code    token     `json:"code"`
	Message token     `json:"message"`
	Data    *data2026 `json:"data"`
}

type data2026 struct {
	Evaluation *rows2026  `json:"evaluation"`
	Parent     *row2026   `json:"parent"`
	Children   *rows2026  `json:"children"`
	Pagination *pages2026 `json:"pagination"`
	TimeType   token      `json:"timeType"`
	Year       token      `json:"year"`
	Quarter    token      `json:"quarter"`
	MonthNo    token      `json:"month"`
	From       token      `json:"fromDate"`
	To         token      `json:"toDate"`
}

// rows2026 is a list of units, of bounded length.
type rows2026 []row2026

// UnmarshalJSON reads a list.
func (r *rows2026) UnmarshalJSON(b []byte) error {
	rows, err := rowsOf[row2026](b)
	*r = rows
	return err
}

// small is a part of a row; a part of many kilobytes is none of the portal's.
type small[T any] struct{ v T }

// UnmarshalJSON reads the part.
func (s *small[T]) UnmarshalJSON(b []byte) error {
	if len(b) > maxPart {
		return fmt.Errorf("a part of a row has %d bytes: %w", len(b), reform.ErrTooLarge)
	}
	return json.Unmarshal(b, &s.v)
}

const maxPart = 64 << 10

// pages2026 has the names that such objects have elsewhere: of the portal's own only the object's name is known.
type pages2026 struct {
	Total         token `json:"total"`
	TotalItems    token `json:"totalItems"`
	TotalRecords  token `json:"totalRecords"`
	TotalElements token `json:"totalElements"`
	TotalPages    token `json:"totalPages"`
	TotalPage     token `json:"totalPage"`
	CurrentPage   token `json:"currentPage"`
}

type row2026 struct {
	ID       token `json:"departmentId"`
	Name     token `json:"departmentName"`
	Code     token `json:"departmentCode"`
	Type     token `json:"departmentType"`
	DepLevel token `json:"departmentLevel"`
	Level    token `json:"level"`
	Stt      token `json:"stt"`

	TotalScore    token                    `json:"totalScore"`
	Score         token                    `json:"score"`
	TotalMaxScore token                    `json:"totalMaxScore"`
	MaxScore      token                    `json:"maxScore"`
	Groups        small[map[string]token]  `json:"groupScores"`
	Metrics       small[[]json.RawMessage] `json:"metrics"`

	Received token `json:"totalReceived"`
	OnTime   token `json:"totalOnTime"`

	Authority token `json:"authorityCount"`
	Partial   token `json:"partialCount"`
	Full      token `json:"fullCount"`
	Used      token `json:"onlineDossierCount"`
	Services  token `json:"onlineServiceTotal"`
	Online    token `json:"channelOnlineSum"`
	Channels  token `json:"channelTotalSum"`

	Paid    token `json:"totalDossierOnlinePaymentSuccess"`
	Payable token `json:"totalDossierFinancialObligation"`
}

type metric2026 struct {
	Code    token `json:"code"`
	Num     token `json:"numerator"`
	Den     token `json:"denominator"`
	Score   token `json:"score"`
	Max     token `json:"maxScore"`
	Quality token `json:"dataQualityStatus"`
}

func (portal2026) decode(list string, ask Ask, body []byte) (*answer, error) {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
	if len(body) == 0 {
		return nil, errors.New("the answer is empty")
	}
	if body[0] != '{' {
		return nil, fmt.Errorf("the answer is no envelope of data: %s", describe(body))
	}
	var env envelope2026
	if err := json.Unmarshal(body, &env); err != nil {
		return nil, fmt.Errorf("the answer can't be read: %w", err)
	}
	if c := env.Code.str(); c != "" && c != "OK" {
		return nil, fmt.Errorf("the portal answers %q: %s", short(c), short(env.Message.str()))
	}
	d := env.Data
	if d == nil {
		return nil, errors.New("the answer has no data")
	}
	rows, key := d.Evaluation, "evaluation"
	if isTree(list) {
		rows, key = d.Children, "children"
	}
	if rows == nil {
		return nil, fmt.Errorf("the answer has no list %q: it is of another endpoint, or the portal has changed its layout", key)
	}
	a := &answer{rows: make([]row, 0, len(*rows))}
	if p := d.Pagination; p != nil {
		a.total, _ = firstOf(p.Total, p.TotalItems, p.TotalRecords, p.TotalElements).whole()
		a.pages, _ = firstOf(p.TotalPages, p.TotalPage).whole()
		a.page, _ = p.CurrentPage.whole()
		if a.total < 0 || a.pages < 0 {
			a.total, a.pages = 0, 0
		}
	}
	a.saysP = periodEcho{kind: d.TimeType.str(), from: d.From.str(), to: d.To.str()}
	a.saysP.year, _ = d.Year.whole()
	a.saysP.quarter, _ = d.Quarter.whole()
	a.saysP.month, _ = d.MonthNo.whole()
	unusual := 0
	for i := range *rows {
		a.rows = append(a.rows, (*rows)[i].row(list, ask, &unusual))
	}
	if d.Parent != nil {
		r := d.Parent.row(list, ask, &unusual)
		a.root = &r
	}
	if unusual > 0 {
		a.notes = append(a.notes, note{"type-changed", "score", "", "Cổng trả điểm dưới dạng chuỗi thay vì số như trước đây; các giá trị vẫn đọc được.",
			"The portal sends scores as strings and not as numbers as it used to; they were read all the same.", true})
	}
	return a, nil
}

// otherType is a type that the index does not rank: it is never taken for one of those by its code.
const otherType reform.UnitType = "other"

// unitType tells a unit's type by what the portal calls it. In lists that give a level only,
// a department is what has a province's level below a province.
func (r *row2026) unitType() reform.UnitType {
	switch r.Type.str() {
	case "PROVINCE":
		return reform.Province
	case "PROVINCIAL_DEPARTMENT":
		return reform.Department
	case "COMMUNE_PEOPLE_COMMITTEE":
		return reform.Commune
	case "":
	default:
		return otherType
	}
	_, rest, ok := splitCode(r.Code.str())
	switch firstOf(r.DepLevel, r.Level).str() {
	case "COMMUNE":
		return reform.Commune
	case "PROVINCE":
		if ok && rest != "" {
			return reform.Department
		}
	}
	if ok && rest == "" {
		return reform.Province
	}
	return ""
}

func (r *row2026) row(list string, ask Ask, unusual *int) row {
	out := row{code: r.Code.str(), id: r.ID.str(), name: r.Name.str(), typ: r.unitType(), rowNo: r.Stt.str()}
	if r.TotalScore.isString() || r.Score.isString() {
		*unusual++
	}
	if list == results {
		out.readings = make([]reading, 0, 7)
		out.score("", "totalScore", r.TotalScore, `"totalScore":`+string(r.TotalScore))
		if r.Groups.v == nil && r.TotalScore != "null" {
			out.notes = append(out.notes, note{"missing-field", "groupScores", out.name, "Câu trả lời không có groupScores: cổng đã đổi cấu trúc.",
				"The answer has no groupScores: the portal has changed its layout.", false})
			return out
		}
		for _, g := range groups {
			if r.Groups.v != nil { // without a total either, the portal has no numbers of the unit
				out.score(g, "groupScores."+g, r.Groups.v[g], `"`+g+`":`+string(r.Groups.v[g]))
			}
		}
		for g := range r.Groups.v {
			if isGroup[g] {
				continue
			}
			out.notes = append(out.notes, note{"unknown-group", "groupScores", g, fmt.Sprintf("Nhóm %q chưa có trong bộ tiêu chí; không đọc.", short(g)),
				fmt.Sprintf("The group %q is not in the basis and was left out.", short(g)), true})
		}
		return out
	}
	// The trees name the score of a parent otherwise than that of its children.
	own, field := r.TotalScore, "totalScore"
	if own == "" && r.Score != "" {
		own, field = r.Score, "score"
	}
	before := len(out.readings)
	out.score(groupOf[list], field, own, `"`+field+`":`+string(own))
	if len(out.readings) > before {
		out.readings[before].max, _ = firstOf(r.TotalMaxScore, r.MaxScore).number()
	}
	switch list {
	case progress:
		out.ratio("TDGQ-on-time", own, firstOf(r.TotalMaxScore, r.MaxScore), "totalOnTime", r.OnTime, "totalReceived", r.Received)
	case online:
		if r.Authority != "" {
			if partial, ok1 := r.Partial.count(); ok1 && partial.Valid {
				if full, ok2 := r.Full.count(); ok2 && full.Valid {
					sum := token(partial.Decimal.Add(full.Decimal).String())
					out.ratio("CLGQ-provided", "", "", "partialCount+fullCount", sum, "authorityCount", r.Authority)
				}
			}
		}
		out.ratio("CLGQ-used", "", "", "onlineDossierCount", r.Used, "onlineServiceTotal", r.Services)
		out.ratio("CLGQ-submitted", "", "", "channelOnlineSum", r.Online, "channelTotalSum", r.Channels)
	case payment:
		// Which of the other counts stand for the two criteria of 2 points is not known for certain: they stay in the raw answer.
		out.ratio("TTTT-paid", "", "", "totalDossierOnlinePaymentSuccess", r.Paid, "totalDossierFinancialObligation", r.Payable)
	}
	for _, raw := range r.Metrics.v {
		out.metric(raw, unusual)
	}
	return out
}

// isGroup knows the six groups by code.
var isGroup = map[string]bool{"CKMB": true, "TDGQ": true, "CLGQ": true, "TTTT": true, "MDHL": true, "MDSH": true}

// ratio adds a criterion that the answer has no object of: its counts, and its score where it is the group's.
func (r *row) ratio(component string, score, max token, numField string, num token, denField string, den token) {
	if num == "" && den == "" {
		return
	}
	quote := `"` + numField + `":` + string(num) + `,"` + denField + `":` + string(den)
	r.measure(component, score, max, num, den, quote, "")
}

func (r *row) metric(raw json.RawMessage, unusual *int) {
	var m metric2026
	if err := json.Unmarshal(raw, &m); err != nil {
		r.notes = append(r.notes, badNumber("metrics", token(raw)))
		return
	}
	if m.Score.isString() {
		*unusual++
	}
	r.measure(m.Code.str(), m.Score, m.Max, m.Num, m.Den, string(raw), m.Quality.str())
}

func (r *row) measure(component string, score, max, num, den token, quote, quality string) {
	out := reading{component: component, quote: quote, quality: quality}
	for _, f := range [...]struct {
		field string
		value token
		count bool
		to    *reform.Number
	}{{"score", score, false, &out.score}, {"maxScore", max, false, &out.max}, {"numerator", num, true, &out.num}, {"denominator", den, true, &out.den}} {
		n, ok := f.value.number()
		if f.count {
			n, ok = f.value.count()
		}
		if !ok {
			r.notes = append(r.notes, badNumber(component+" "+f.field, f.value))
			return
		}
		*f.to = n
	}
	if component == "" {
		r.notes = append(r.notes, note{"missing-field", "metrics.code", quote, "Một tiêu chí không có mã.", "A criterion has no code.", false})
		return
	}
	if out.score.Valid || out.num.Valid || out.den.Valid {
		r.readings = append(r.readings, out)
	}
}
