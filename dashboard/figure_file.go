package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
)

// figureFile answers /figures/{picture}.{format}.
func (s *Server) figureFile(c *fiber.Ctx) error {
	name, ext, dotted := strings.Cut(c.Params("file"), ".")
	kind, ok := pictureNamed(name)
	if !ok {
		return noPicture(name)
	}
	if !dotted {
		return s.figurePage(c, kind)
	}
	format, ok := formatNamed(ext)
	if !ok {
		return fmt.Errorf("no format %q; there are %s: %w", clip(ext, 10), listed(formatNames()), reform.ErrNotFound)
	}
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	asked := q.Get("rev")
	if q, err = s.pinned(c.UserContext(), q); err != nil {
		return err
	}
	d, err := s.drawFile(c.UserContext(), kind, format, q, s.origin(c))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(d.body)
	c.Set(fiber.HeaderETag, `"`+hex.EncodeToString(sum[:12])+`"`)
	c.Set(fiber.HeaderContentType, format.ContentType)
	// A link with rev shows the same for good; without it, what is loaded decides each time.
	if asked != "" && s.settled(c.UserContext(), q) {
		c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	} else {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Set(fiber.HeaderContentDisposition, disposition(format.Disposition, d.name+"."+ext))
	return c.Send(d.body)
}

func noPicture(name string) error {
	return fmt.Errorf("no picture is called %q; there are %s: %w", clip(name, 40), listed(pictureNames()), reform.ErrNotFound)
}

// pinned is an address that shows what is loaded now, and the same for good: its picture then
// depends on nothing else, and may be kept.
func (s *Server) pinned(ctx context.Context, q url.Values) (url.Values, error) {
	if q.Get("rev") != "" {
		return q, nil
	}
	rev, err := s.currentRev(ctx)
	if err != nil || rev == 0 {
		return q, err
	}
	q = cloneValues(q)
	q.Set("rev", strconv.FormatUint(rev, 10))
	return q, nil
}

// drawFile makes the file of a picture, or finds it made. q are all parameters of its address.
func (s *Server) drawFile(ctx context.Context, kind pictureKind, format figureFormat, q url.Values, origin string) (*drawing, error) {
	key := sha256.Sum256([]byte(strings.Join([]string{"file", kind.Name, format.Name, origin, q.Encode()}, "\x00")))
	if d, ok := s.drawings.find(key); ok {
		s.metrics.drawings.WithLabelValues(format.Name, "kept").Inc()
		return d, nil
	}
	wanted := q
	if format.Untitled {
		wanted = cloneValues(q)
		wanted.Set("title", "0")
	}
	r, err := s.figureRequest(ctx, kind, wanted, origin)
	if err != nil {
		return nil, err
	}
	body, err := format.make(s, ctx, r)
	if err != nil {
		return nil, err
	}
	d := &drawing{key: key, body: body, name: s.fileName(kind.Name, q, r.picture)}
	if s.settled(ctx, q) {
		s.drawings.keep(d)
	}
	s.metrics.drawings.WithLabelValues(format.Name, "drawn").Inc()
	return d, nil
}

// settled reports whether an address shows the same for good: its revision has been. One that is
// yet to come shows what is loaded now, and another picture after the next run.
func (s *Server) settled(ctx context.Context, q url.Values) bool {
	rev, err := strconv.ParseUint(q.Get("rev"), 10, 64)
	if err != nil {
		return false
	}
	now, err := s.currentRev(ctx)
	return err == nil && rev <= now
}

// figureRequest asks for a picture as an address wants it, with what it is to carry.
func (s *Server) figureRequest(ctx context.Context, kind pictureKind, q url.Values, origin string) (*figureRequest, error) {
	ctx = rememberingOf(ctx, s.settled(ctx, q)) // the same picture in another size asks nothing anew
	var ask func(width, height int) (*figureRequest, error)
	ask = func(width, height int) (*figureRequest, error) {
		p := s.params(q)
		r := &figureRequest{ask: ask}
		r.style, r.scale = p.style()
		r.transparent, r.outline = p.oneOf("transparent", "0", "1") == "1", p.oneOf("outline", "0", "1") == "1"
		r.sheet = p.spreadsheet(r.style.Lang)
		r.ratio = deck.Ratio(p.oneOf("ratio", string(deck.Wide), string(deck.Standard)))
		r.ownSize = p.oneOf("page", "a4", "own") == "own"
		if width > 0 {
			r.style.Width = width
		}
		if height > 0 {
			r.style.Height = height
		}
		var err error
		r.picture, err = s.picture(ctx, kind, p, r.style)
		return r, err
	}
	r, err := ask(0, 0)
	if err != nil {
		return nil, err
	}
	rev, _ := strconv.ParseUint(q.Get("rev"), 10, 64)
	href := func(document string) string { return origin + documentHref(document) }
	r.from = charts.ProvenanceOf(r.picture, r.style.Lang, origin+figurePageHref(kind.Name, q), rev, href)
	if want := r.style.Height; want > 0 {
		// A height that was asked for is that of the whole file, so the caption takes its part of it.
		caption := r.caption()
		if rest := want - caption.Height(r.picture.Width); rest >= minDrawnHeight {
			again, err := ask(0, rest)
			if err != nil {
				return nil, err
			}
			r.picture = again.picture
		}
	}
	return r, nil
}

// minDrawnHeight is the height below which a picture is not squeezed for its caption's sake.
const minDrawnHeight = 200

// looks are the parameters of how a file looks; the others say what it shows.
var looks = []string{"w", "h", "scale", "font", "theme", "title", "transparent", "outline", "bom", "excel", "page", "ratio"}

// lookWords are looks and the language: an address without them says what a picture shows, and to nobody in particular.
var lookWords = append([]string{"lang"}, looks...)

// figurePageHref is the page that shows a picture again, with its numbers and sources.
func figurePageHref(picture string, q url.Values) string {
	shown := cloneValues(q)
	for _, name := range looks {
		shown.Del(name)
	}
	if shown.Get("lang") == "vi" {
		shown.Del("lang")
	}
	return "/figures/" + picture + "?" + legible.Replace(shown.Encode())
}

// legible leaves what a query may hold as it is: the address is printed below pictures.
var legible = strings.NewReplacer("%3A", ":", "%2F", "/", "%2C", ",")

// origin is what stands before a path in a link of a file: the address by which readers know
// this server. Where it is not configured it is the one that the reader used, unless that
// only means something on one machine: then links in files stay relative.
func (s *Server) origin(c *fiber.Ctx) string {
	if s.opt.BaseURL != "" {
		return s.opt.BaseURL
	}
	host := c.Hostname()
	u, err := url.Parse(c.Protocol() + "://" + host)
	if err != nil || u.Host != host || !hostName.MatchString(host) || loopback(u.Hostname()) || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	return u.String()
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$`)

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
	a, err := s.askLeague(ctx, p)
	if err != nil {
		return nil, err
	}
	pic, err := s.rankingPicture(ctx, a.index, a.league, a.chosen, a.component, st)
	return pic, noFacts(err)
}

// askedLeague is what a picture of a league table is drawn from.
type askedLeague struct {
	index     *reform.Index
	league    *reform.League
	chosen    []reform.UnitKey
	component string
}

// askLeague reads the parameters of a picture of a league table, those of the picture alone being read before, and asks for it.
func (s *Server) askLeague(ctx context.Context, p *params) (askedLeague, error) {
	ix, q := p.leagueQuestion()
	chosen := p.units(0, 6)
	if err := p.done(); err != nil {
		return askedLeague{}, err
	}
	l, ok, err := s.league(ctx, ix, q)
	if err != nil {
		return askedLeague{}, err
	}
	if !ok {
		return askedLeague{}, noFacts(reform.ErrNotFound)
	}
	return askedLeague{ix, l, chosen, q.Component}, nil
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
	return strings.HasPrefix(path, "/static/") || strings.HasSuffix(path, "/raw") || path == "/deck/file" || path == "/deck/recipe" || path == "/load/template" || path == "/live/events"
}
