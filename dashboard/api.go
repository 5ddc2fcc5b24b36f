package dashboard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// apiRoutes registers the API. An address with .csv behind it answers as CSV.
func (s *Server) apiRoutes(r fiber.Router) {
	tabular := map[string]fiber.Handler{
		"rank-history": s.apiRankHistory,
		"ranking":      s.apiRanking,
		"subscores":    s.apiSubscores,
		"briefing":     s.apiBriefing,
		"live":         s.apiLive,
		"editions":     s.apiEditions,
		"units":        s.apiUnits,
		"indices":      s.apiIndices,
		"facts":        s.apiFacts,
		"conflicts":    s.apiConflicts,
		"review":       s.apiReview,
		"search":       s.apiSearch,
		"targets":      s.apiTargets,
		"owners":       s.apiOwners,
		"annotations":  s.apiAnnotations,
	}
	for name, h := range tabular {
		s.get(r, "/"+name, "api_"+name, h)
		s.get(r, "/"+name+".csv", "api_"+name, h)
		s.get(r, "/"+name+".json", "api_"+name, h)
	}
	s.get(r, "/units/*", "api_unit", s.apiUnit)
	s.get(r, "/indices/:code", "api_index", s.apiIndex)
	s.get(r, "/documents/:id", "api_document", s.apiDocument)
	r.Get("/health", named("health", limitTime(5*time.Second)), s.apiHealth)
	r.Get("/ready", named("ready", s.apiReady))
	r.Get("/openapi.json", named("openapi", s.apiOpenAPI))
}

// apiParams reads the parameters of an API address; those that every address knows are marked.
func (s *Server) apiParams(c *fiber.Ctx) (*params, error) {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return nil, err
	}
	p := s.params(q)
	p.alsoKnown("lang", "format", "bom")
	p.oneOf("lang", "vi", "en")
	p.oneOf("format", "json", "csv")
	p.oneOf("bom", "0", "1")
	return p, nil
}

// csvTable is an answer as rows.
type csvTable struct {
	name    string
	columns []string
	rows    [][]string
}

func (t *csvTable) add(cells ...string) { t.rows = append(t.rows, cells) }

// answer sends v as JSON, or t as CSV where the address, a parameter or Accept asks for it.
func (s *Server) answer(c *fiber.Ctx, v any, t *csvTable) error {
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Vary(fiber.HeaderAccept)
	if t != nil && wantsCSV(c) {
		return sendCSV(c, t)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(b)
}

func wantsCSV(c *fiber.Ctx) bool {
	switch {
	case strings.HasSuffix(c.Path(), ".csv"), c.Query("format") == "csv":
		return true
	case strings.HasSuffix(c.Path(), ".json"), c.Query("format") == "json":
		return false
	}
	return c.Accepts(fiber.MIMEApplicationJSON, "text/csv") == "text/csv"
}

// sendCSV sends rows. With bom=1 a mark stands in front, by which Excel knows UTF-8.
func sendCSV(c *fiber.Ctx, t *csvTable) error {
	b, err := csvBytes(t.columns, t.rows, c.Query("bom") == "1")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+t.name+`.csv"`)
	return c.Send(b)
}

func csvBytes(columns []string, rows [][]string, bom bool) ([]byte, error) {
	var b bytes.Buffer
	if bom {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(columns); err != nil {
		return nil, err
	}
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = noFormula(cell)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// noFormula keeps a spreadsheet from running text of a document as a formula. Numbers stay.
func noFormula(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// orNull is nil for an unknown place or denominator, which JSON shows as null.
func orNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func orEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

func timeOrEmpty(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func unitKeys(ks []reform.UnitKey) []reform.UnitKey {
	if ks == nil {
		return []reform.UnitKey{}
	}
	return ks
}
