package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

// figureFile answers /figures/{picture}.{format}.
func (s *Server) figureFile(c *fiber.Ctx) error {
	name, ext, _ := strings.Cut(c.Params("file"), ".")
	kind, ok := pictureNamed(name)
	if !ok {
		return fmt.Errorf("no picture is called %q; there are %s: %w", clip(name, 40), listed(pictureNames()), reform.ErrNotFound)
	}
	format, ok := formatNamed(ext)
	if !ok {
		return fmt.Errorf("no format %q; there are %s: %w", clip(ext, 10), listed(formatNames()), reform.ErrNotFound)
	}
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.params(q)
	r := figureRequest{query: q}
	r.style, r.scale = p.style()
	r.bom = p.oneOf("bom", "0", "1") == "1"
	if r.picture, err = kind.ask(s, c.UserContext(), p, r.style); err != nil {
		return err
	}
	body, err := format.make(s, c.UserContext(), &r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	c.Set(fiber.HeaderETag, `"`+hex.EncodeToString(sum[:12])+`"`)
	c.Set(fiber.HeaderContentType, format.ContentType)
	// A link with rev shows the same for good; without it, what is loaded decides each time.
	if q.Get("rev") != "" {
		c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	} else {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Set(fiber.HeaderContentDisposition, format.Disposition+`; filename="`+pictureFile(name, q.Get("index"), q.Get("period"))+"."+ext+`"`)
	return c.Send(body)
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// pictureFile is a file name that every system takes.
func pictureFile(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.Trim(notInNames.ReplaceAllString(p, "_"), "_"); p != "" {
			out = append(out, clip(p, 40))
		}
	}
	return strings.Join(out, "-")
}

// style reads the parameters of how a picture looks. They are bounded, since a
// picture costs time and memory by its size.
func (p *params) style() (charts.Style, float64) {
	st := charts.Style{
		Lang: p.oneOf("lang", "vi", "en"), Theme: charts.Theme(p.oneOf("theme", string(charts.Light), string(charts.Dark), string(charts.Mono))),
		Width: p.number("w", 320, 4000), Height: p.number("h", 200, 4000), NoTitle: p.oneOf("title", "1", "0") == "0",
	}
	if n := p.number("font", 8, 40); n > 0 {
		st.FontSize = float64(n)
	}
	scale := 2.0
	if t := p.text("scale"); t != "" {
		f, err := strconv.ParseFloat(t, 64)
		if err != nil || !(f >= 0.5 && f <= render.MaxScale) {
			p.fail(invalid("scale", "want 0.5 to %d", render.MaxScale))
		} else {
			scale = f
		}
	}
	return st, scale
}

type figureAnswer struct {
	Picture  string          `json:"picture"`
	Title    string          `json:"title"`
	Subtitle string          `json:"subtitle"`
	Alt      string          `json:"alt"`
	Width    int             `json:"width"`
	Height   int             `json:"height"`
	Notes    []string        `json:"notes"`
	Sources  []sourceAnswer  `json:"sources"`
	Columns  []columnAnswer  `json:"columns"`
	Rows     [][]cellAnswer  `json:"rows"`
	Option   json.RawMessage `json:"option"`
}

type sourceAnswer struct {
	Document string `json:"document"`
	Label    string `json:"label"`
	Date     string `json:"date"`
}

type columnAnswer struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	Numeric bool   `json:"numeric"`
}

type cellAnswer struct {
	Text     string `json:"text"`
	Value    string `json:"value"`
	Document string `json:"document,omitempty"`
}

func (s *Server) figureSVG(ctx context.Context, r *figureRequest) ([]byte, error) {
	return s.svg(ctx, r.picture, r.style.Lang)
}

func (s *Server) figurePNG(ctx context.Context, r *figureRequest) ([]byte, error) {
	return s.png(ctx, r.picture, r.style.Lang, r.scale)
}

func (s *Server) figureCSV(_ context.Context, r *figureRequest) ([]byte, error) {
	return pictureCSV(r.picture, r.bom)
}

func (s *Server) figureJSON(_ context.Context, r *figureRequest) ([]byte, error) {
	pic := r.picture
	a := figureAnswer{
		Picture: pic.Name, Title: pic.Title, Subtitle: pic.Subtitle, Alt: pic.Alt, Width: pic.Width, Height: pic.Height,
		Notes: pic.Notes, Sources: []sourceAnswer{}, Columns: []columnAnswer{}, Rows: [][]cellAnswer{}, Option: pic.Option,
	}
	if a.Notes == nil {
		a.Notes = []string{}
	}
	for _, src := range pic.Sources {
		a.Sources = append(a.Sources, sourceAnswer(src))
	}
	for _, col := range pic.Table.Columns {
		a.Columns = append(a.Columns, columnAnswer(col))
	}
	for _, row := range pic.Table.Rows {
		cells := make([]cellAnswer, len(row))
		for i, cell := range row {
			cells[i] = cellAnswer{cell.Text, cell.Value, cell.Document}
		}
		a.Rows = append(a.Rows, cells)
	}
	return json.Marshal(a)
}

// pictureCSV is the numbers of a picture, exact ones where there are such. A
// missing number is an empty cell.
func pictureCSV(pic *charts.Picture, bom bool) ([]byte, error) {
	columns := make([]string, len(pic.Table.Columns))
	for i, col := range pic.Table.Columns {
		columns[i] = col.Key
	}
	rows := make([][]string, len(pic.Table.Rows))
	for i, row := range pic.Table.Rows {
		for j, cell := range row {
			v := cell.Value
			if v == "" && j < len(pic.Table.Columns) && !pic.Table.Columns[j].Numeric {
				v = cell.Text
			}
			rows[i] = append(rows[i], v)
		}
	}
	return csvBytes(columns, rows, bom)
}

func (s *Server) askHistory(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	ix, q := p.historyQuestion(12)
	measure := charts.Measure(p.oneOf("measure", string(charts.Places), string(charts.Scores), string(charts.Percentiles)))
	if err := p.done(); err != nil {
		return nil, err
	}
	series, err := s.opt.Reader.RankHistory(ctx, q)
	if err != nil {
		return nil, err
	}
	pic, err := s.historyPicture(ctx, ix, q, series, measure, st)
	return pic, noFacts(err)
}

func (s *Server) askRanking(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	ix, q := p.leagueQuestion()
	chosen := p.units(0, 6)
	if err := p.done(); err != nil {
		return nil, err
	}
	l, ok, err := s.league(ctx, ix, q)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, noFacts(reform.ErrNotFound)
	}
	pic, err := s.rankingPicture(ctx, ix, l, chosen, q.Component, st)
	return pic, noFacts(err)
}

func (s *Server) askSubscores(ctx context.Context, p *params, lang string) (charts.SubscoresInput, error) {
	ix, q := p.subscoresQuestion()
	breakdown := p.text("breakdown")
	if err := p.done(); err != nil {
		return charts.SubscoresInput{}, err
	}
	sub, err := s.opt.Reader.Subscores(ctx, q)
	if err != nil {
		return charts.SubscoresInput{}, err
	}
	return s.subscoresInput(ctx, ix, &sub, breakdown, lang)
}

func (s *Server) askBars(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	in, err := s.askSubscores(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.SubscoresBars(in, st)
	return pic, noFacts(err)
}

func (s *Server) askRadar(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	in, err := s.askSubscores(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.SubscoresRadar(in, st)
	return pic, noFacts(err)
}

func (s *Server) askHeatmap(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	ix := p.index()
	q := reform.HeatmapQuestion{Scheme: p.scheme(), UnitType: p.unitType(), Component: p.text("component"), Scope: p.scope(), Kind: p.kind(), Basis: p.text("basis"), Stage: p.stage(), View: p.view()}
	if ix != nil {
		q.Index = ix.Code
		p.checkComponent(ix, q.Component)
		p.checkBasis(ix, q.Basis)
	}
	if err := p.done(); err != nil {
		return nil, err
	}
	h, err := s.opt.Reader.Heatmap(ctx, q)
	if err != nil {
		return nil, err
	}
	pic, err := s.heatmapPicture(ctx, ix, &h, st)
	return pic, noFacts(err)
}

// noFacts says in a sentence that there is nothing to draw.
func noFacts(err error) error {
	if errors.Is(err, reform.ErrNotFound) {
		return fmt.Errorf("no data yet for this picture; load some at /load: %w", reform.ErrNotFound)
	}
	return err
}

// isBinaryPath reports whether an answer of the address is compressed already, or is sent as it lies.
func isBinaryPath(path string) bool {
	if file, ok := strings.CutPrefix(path, "/figures/"); ok {
		_, ext, _ := strings.Cut(file, ".")
		f, ok := formatNamed(ext)
		return ok && f.Packed
	}
	return strings.HasPrefix(path, "/static/") || strings.HasSuffix(path, "/raw") || path == "/load/template"
}
