// Package portaltest plays the two generations of the National Public Service
// Portal on loopback, in the shapes of recorded answers, for tests of polls and of schedules.
package portaltest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Groups are the codes of the six groups.
var Groups = []string{"CKMB", "TDGQ", "CLGQ", "TTTT", "MDHL", "MDSH"}

// Unit is a unit with its scores of one period: by group, and "TONG". A missing score is null at the
// new portal and an empty string at the old one.
type Unit struct {
	Code, ID, Name string
	Type           string // "1" province, "2" department, "3" commune
	Scores         map[string]string
}

// Portal answers as the portals do. Its fields are set before it serves.
type Portal struct {
	// Units are the units of a period ("2025-10"): all provinces for root "", else those below
	// the province that the portal knows by the id root.
	Units func(root, period string) []Unit
	// Before may answer a request itself, and then returns true; n counts requests from 1.
	Before func(w http.ResponseWriter, r *http.Request, n int) bool
	// Rewrite changes an answer before it is sent; list is a service or endpoint.
	Rewrite func(list string, page int, body []byte) []byte
	// IgnorePages makes every page the first.
	IgnorePages bool
	// Pagination adds the object of that name to answers of the new portal.
	Pagination bool

	mu     sync.Mutex
	n      int
	busy   int
	Most   int      // requests under way at once, at most
	Bodies []string // requests, in their order
	Agents []string
}

// ServeHTTP answers POST requests.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.n++
	n := p.n
	p.busy++
	p.Most = max(p.Most, p.busy)
	p.Bodies = append(p.Bodies, r.URL.Path+" "+string(body))
	p.Agents = append(p.Agents, r.UserAgent())
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.busy--
		p.mu.Unlock()
	}()
	if p.Before != nil && p.Before(w, r, n) {
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/rest.jsp") {
		p.rest2022(w, r, body)
		return
	}
	p.api2026(w, r, body)
}

func (p *Portal) page(units []Unit, page, size int) []Unit {
	if p.IgnorePages {
		page = 1
	}
	from := min((page-1)*size, len(units))
	return units[from:min(from+size, len(units))]
}

func (p *Portal) send(w http.ResponseWriter, status int, list string, page int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if p.Rewrite != nil {
		b = p.Rewrite(list, page, b)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that has gone away is its own affair
}

func (p *Portal) rest2022(w http.ResponseWriter, r *http.Request, body []byte) {
	form := *r
	form.Body = io.NopCloser(strings.NewReader(string(body)))
	var q struct {
		Year    string `json:"p_nam"`
		Half    int    `json:"p_6thang"`
		Quarter int    `json:"p_quy"`
		Month   int    `json:"p_thang"`
		Root    any    `json:"p_tinh_id"`
		Page    int    `json:"pageIndex"`
		Size    int    `json:"pageSize"`
		Service string `json:"service"`
	}
	if r.Header.Get("X-Requested-With") != "XMLHttpRequest" {
		http.Error(w, "<html>not asked by the page</html>", http.StatusOK)
		return
	}
	if err := json.Unmarshal([]byte(form.FormValue("params")), &q); err != nil || q.Size < 1 || q.Page < 1 {
		http.Error(w, "bad params", http.StatusBadRequest)
		return
	}
	period := q.Year
	switch {
	case q.Month > 0:
		period += fmt.Sprintf("-%02d", q.Month)
	case q.Quarter > 0:
		period += fmt.Sprintf("-Q%d", q.Quarter)
	case q.Half > 0:
		period += fmt.Sprintf("-H%d", q.Half)
	}
	root, _ := q.Root.(string)
	units := p.Units(root, period)
	rows := []map[string]string{}
	for i, u := range p.page(units, q.Page, q.Size) {
		level := "1"
		if u.Type == "3" {
			level = "2"
		}
		row := map[string]string{"ID": u.ID, "TEN": u.Name, "TEN_COQUAN": u.Name, "MA_COQUAN": u.Code, "LOAI_COQUAN": u.Type, "CAPDONVIID": level, "ID_COQUAN": u.ID,
			"TONG_SCORE": u.Scores["TONG"], "ROW_STT": strconv.Itoa((q.Page-1)*q.Size + i + 1)}
		for _, g := range Groups {
			row[g] = u.Scores[g]
		}
		rows = append(rows, row)
	}
	p.send(w, http.StatusOK, q.Service, q.Page, rows)
}

// Criteria are the criteria of the groups that the new portal lists as metrics, with their maxima.
var Criteria = map[string][]struct {
	Code string
	Max  float64
}{
	"CKMB": {{"PUBLISH_ON_TIME", 6}, {"PUBLIC_UPDATE_ON_TIME", 4}, {"PUBLIC_CONTENT_FULL", 2}, {"DOSSIER_SYNC", 6}},
	"MDHL": {{"PETITION_CLASSIFICATION_TTHC", 0}, {"DOSSIER_RECEIVING_SATISFACTION", 6}, {"PETITION_PROCESSING_ON_TIME", 6}, {"PETITION_HANDLING_SATISFACTION", 6}},
	"MDSH": {{"ORIGINAL_RESULT_AVAILABLE", 6}, {"SO_HOA_GIAY_TO_GIAI_QUYET", 4}, {"REUSED_DIGITIZED_DATA", 2}, {"SYNCED_WITH_DVCQG_PERSONAL_STORAGE", 4},
		{"CITIZEN_DATA_CONNECTED_DOSSIER", 2}, {"CITIZEN_DATA_CONNECTED_FORMALITY", 2}, {"ELECTRONIC_CERTIFIED_COPY", 2}},
}

var maxima = map[string]float64{"CKMB": 18, "TDGQ": 20, "CLGQ": 12, "TTTT": 10, "MDHL": 18, "MDSH": 22}

var lists = map[string]string{"transparency": "CKMB", "dossier-digitized": "MDSH", "handling-satisfaction": "MDHL",
	"dvc-progress-tree": "TDGQ", "provide-online-tree": "CLGQ", "formality-online-payment-tree": "TTTT"}

func (p *Portal) api2026(w http.ResponseWriter, r *http.Request, body []byte) {
	list := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	var q struct {
		TimeType             string
		Year, Quarter, Month int
		FromDate, ToDate     string
		DepartmentType       string
		RootDepartmentID     string `json:"rootDepartmentId"`
		CurrentPage          int
		PageSize             int
	}
	group, known := lists[list]
	if err := json.Unmarshal(body, &q); err != nil || !known && list != "service-results" || q.RootDepartmentID == "" && q.DepartmentType != "ADMINISTRATIVE_UNIT" {
		p.send(w, http.StatusBadRequest, list, 0, map[string]any{"code": "BAD_REQUEST", "message": "bad request"})
		return
	}
	period := ""
	switch q.TimeType {
	case "year":
		period = strconv.Itoa(q.Year)
	case "quarter":
		period = fmt.Sprintf("%d-Q%d", q.Year, q.Quarter)
	case "month":
		period = fmt.Sprintf("%d-%02d", q.Year, q.Month)
	default:
		period = periodOf(q.FromDate, q.ToDate)
	}
	page, size := max(q.CurrentPage, 1), q.PageSize
	if size == 0 {
		size = 1000
	}
	units := p.Units(q.RootDepartmentID, period)
	rows := []any{}
	for i, u := range p.page(units, page, size) {
		rows = append(rows, row2026(list, group, i, u))
	}
	data := map[string]any{}
	if group == "TDGQ" || group == "CLGQ" || group == "TTTT" {
		parent := map[string]any{"departmentName": "Cả nước", "totalScore": 8.56, "totalMaxScore": maxima[group]}
		if q.RootDepartmentID != "" && len(units) > 0 {
			code, _, _ := strings.Cut(units[0].Code, ".")
			parent["departmentId"], parent["departmentCode"], parent["departmentName"] = q.RootDepartmentID, code, "UBND tỉnh "+code
		}
		if group == "CLGQ" {
			// The counts behind the group stand on the parent only.
			for k, v := range map[string]int{"authorityCount": 89, "partialCount": 31, "fullCount": 21, "onlineDossierCount": 516, "onlineServiceTotal": 1884, "channelOnlineSum": 589496, "channelTotalSum": 597894} {
				parent[k] = v
			}
		}
		data["parent"], data["children"] = parent, rows
	} else {
		data["overview"], data["evaluation"] = map[string]any{"departmentName": "Cả nước", "totalScore": 56.56}, rows
	}
	if p.Pagination {
		data["pagination"] = map[string]int{"currentPage": page, "pageSize": size, "total": len(units), "totalPages": (len(units) + size - 1) / size}
	}
	p.send(w, http.StatusCreated, list, page, map[string]any{"code": "OK", "data": data, "message": "OK"})
}

func periodOf(from, to string) string {
	if len(from) < 10 || len(to) < 10 {
		return ""
	}
	m1, _ := strconv.Atoi(from[5:7])
	m2, _ := strconv.Atoi(to[5:7])
	switch {
	case m1 == m2:
		return from[:7]
	case m2-m1 == 2:
		return fmt.Sprintf("%s-Q%d", from[:4], m2/3)
	}
	return from[:4]
}

var types2026 = map[string]string{"1": "PROVINCE", "2": "PROVINCIAL_DEPARTMENT", "3": "COMMUNE_PEOPLE_COMMITTEE"}

// row2026 is a unit as the endpoints write it, each in its own way.
func row2026(list, group string, i int, u Unit) map[string]any {
	row := map[string]any{"departmentId": u.ID, "departmentName": u.Name, "scoreDelta": 24.71}
	number := func(code string) any {
		if s := u.Scores[code]; s != "" {
			return json.Number(s)
		}
		return nil
	}
	level := "PROVINCE"
	if u.Type == "3" {
		level = "COMMUNE"
	}
	if list == "service-results" {
		scores := map[string]any{}
		for _, g := range Groups {
			scores[g] = number(g)
		}
		row["departmentCode"], row["totalScore"], row["ratio"], row["groupScores"] = u.Code, number("TONG"), number("TONG"), scores
		return row
	}
	score, _ := strconv.ParseFloat(u.Scores[group], 64)
	share := score / maxima[group]
	row["ratio"] = math.Round(share*10000) / 100
	switch list {
	case "dvc-progress-tree":
		row["departmentCode"], row["level"], row["score"], row["maxScore"] = u.Code, level, number(group), 20
		row["totalReceived"], row["totalOnTime"], row["totalOverdue"] = 10000, int(share*10000), 10000-int(share*10000)
	case "provide-online-tree":
		row["departmentCode"], row["level"], row["totalScore"], row["totalMaxScore"] = u.Code, level, number(group), 12
	case "formality-online-payment-tree":
		row["departmentCode"], row["level"], row["totalScore"], row["totalMaxScore"] = u.Code, level, number(group), 10
		row["totalDossierOnlinePaymentSuccess"], row["totalDossierFinancialObligation"] = int(share*5000), 5000
	default:
		row["stt"], row["departmentType"], row["departmentLevel"], row["totalScore"], row["totalMaxScore"] = i+1, types2026[u.Type], level, number(group), maxima[group]
		metrics := []any{}
		for _, c := range Criteria[group] {
			m := map[string]any{"code": c.Code, "name": c.Code, "numerator": int(share * 8000), "denominator": 8000, "ratio": math.Round(share*10000) / 100, "score": json.Number(strconv.FormatFloat(math.Round(share*c.Max*100)/100, 'f', -1, 64)), "maxScore": c.Max}
			switch c.Code {
			case "ELECTRONIC_CERTIFIED_COPY":
				m["numerator"], m["denominator"], m["ratio"] = nil, nil, 100
			case "PETITION_CLASSIFICATION_TTHC":
				m["score"] = nil
			case "DOSSIER_SYNC":
				m["dataQualityStatus"] = "TEMP_NATIONAL_REPORT_DENOMINATOR"
			}
			metrics = append(metrics, m)
		}
		row["metrics"] = metrics
	}
	return row
}

// Requests counts the requests so far.
func (p *Portal) Requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

// Recorded reads the recorded readings: the provinces of a period as they were observed at
// a time that begins with observed, the best first as the portals sort.
func Recorded(r io.Reader, period, observed string) ([]Unit, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	byCode := map[string]*Unit{}
	var order []string
	for _, row := range rows[1:] {
		code := row[at["province_code"]]
		if row[at["index"]] != "766" || row[at["period"]] != period || !strings.HasPrefix(row[at["observed_at"]], observed) || code == "" {
			continue
		}
		u := byCode[code]
		if u == nil {
			u = &Unit{Code: code, Name: "UBND tỉnh " + row[at["province"]], Type: "1", Scores: map[string]string{}}
			byCode[code] = u
			order = append(order, code)
		}
		if c := row[at["criterion_code"]]; c == "TONG" || slices.Contains(Groups, c) {
			u.Scores[c] = row[at["score"]]
		}
	}
	var out []Unit
	for _, code := range order {
		out = append(out, *byCode[code])
	}
	return out, nil
}
