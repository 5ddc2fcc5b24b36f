package dashboard

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// factsPerPage is how many facts of a document one page lists.
const factsPerPage = 200

type documentView struct {
	Base
	Citation string
	Held     bool
	Raw      string
	External string
	Facts    []factLine
	Rows     []factRowView
	Total    string
	Range    string
	Prev     string
	Next     string
	Runs     []runRow
	CSV      string
	Place    *placeView // the place that the address asks for
}

type factRowView struct {
	Index, IndexHref string
	Unit, UnitHref   string
	Period           string
	Component        string
	Score, Place     string
	RankKind, Scope  string
	Status           string
	Locator, Quote   string
	TrailHref        string
	AtHref           string // the place in the document
}

func (s *Server) factRowView(r reform.FactRecord, lang string) factRowView {
	f := r.Fact
	v := factRowView{
		Index: f.Index, Unit: s.unitNameIn(f.Unit, f.Period, lang), UnitHref: s.unitHref(f.Unit), Period: periodName(f.Period, lang), Component: words.T(lang, "total"),
		Score: scoreOf(f.Score, f.Max, lang), Place: placeOf(f.Place, f.Of), Locator: f.Locator, Quote: f.Quote, TrailHref: trailHref(f.Index, f.Unit, f.Period, f.Component),
	}
	if _, ok := s.unitOf(f.Unit); !ok && f.UnitName != "" {
		v.Unit = f.UnitName
	}
	if ix, err := s.indexOf(f.Index); err == nil {
		v.Index, v.IndexHref = ix.Short.In(lang), "/indices/"+ix.Code
		v.Component = componentName(ix, f.Basis, f.Component, lang)
	}
	if f.Numerator.Valid && f.Denominator.Valid && !f.Score.Valid {
		v.Score = number(f.Numerator, lang) + "/" + number(f.Denominator, lang)
	}
	if f.Place > 0 {
		v.Scope = s.scopeName(f.Scope, lang)
		if f.RankKind != "" {
			v.RankKind = words.T(lang, "rank_kind."+string(f.RankKind))
		}
	}
	if f.Status == reform.Provisional || f.Status == reform.Final {
		v.Status = words.T(lang, "status."+string(f.Status))
	}
	return v
}

// document shows where numbers come from: the citation, the place of each number in it, and the bytes where they are held.
func (s *Server) document(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	offset, at, quote := ps.number("offset", 0, 10_000_000), ps.text("at"), ps.text("quote")
	if err := ps.done(); err != nil {
		return err
	}
	ctx, id := c.UserContext(), c.Params("id")
	d, err := s.opt.Reader.Document(ctx, id)
	if err != nil {
		return err
	}
	page, err := s.opt.Reader.FactsOfDocument(ctx, reform.FactsQuestion{Document: id, Offset: offset, Limit: factsPerPage})
	if err != nil {
		return err
	}
	runs, err := s.opt.Reader.RunsOfDocument(ctx, id)
	if err != nil {
		return err
	}
	v := documentView{Base: s.base(c, "sources")}
	v.Citation = reform.Cite(d, v.Lang)
	v.Title = clip(v.Citation, 90)
	v.Held = d.Held && s.opt.Archive != nil
	if v.Held {
		v.Raw = documentHref(d.ID) + "/raw"
	}
	v.External = webAddress(d.URL)
	v.Facts = s.documentFacts(d, v.Base)
	for _, r := range page.Facts {
		row := s.factRowView(r, v.Lang)
		row.AtHref = s.factPlace(ctx, r)
		v.Rows = append(v.Rows, row)
	}
	if at != "" {
		if v.Place, err = s.place(ctx, d, at, quote, v.Base); err != nil {
			return err
		}
	}
	v.Total = count(int(page.Total), v.Lang)
	v.Range, v.Prev, v.Next = pager(v.Base, documentHref(d.ID), offset, len(page.Facts), int(page.Total), factsPerPage)
	v.CSV = "/api/v1/documents/" + url.PathEscape(d.ID) + "?format=csv&limit=1000"
	for _, r := range runs {
		v.Runs = append(v.Runs, s.runRow(r, v.Base))
	}
	return s.render(c, "document", v)
}

// pager says which rows are shown and where the others are.
func pager(b Base, href string, offset, n, total, size int) (shown, prev, next string) {
	if n == 0 {
		return "", "", ""
	}
	shown = b.T("pager", "from", count(offset+1, b.Lang), "to", count(offset+n, b.Lang), "total", count(total, b.Lang))
	join := "?"
	if strings.Contains(href, "?") {
		join = "&"
	}
	if offset > 0 {
		prev = fmt.Sprintf("%s%soffset=%d", href, join, max(0, offset-size))
	}
	if offset+n < total {
		next = fmt.Sprintf("%s%soffset=%d", href, join, offset+size)
	}
	return shown, prev, next
}

// webAddress is an address that a page may link to; other kinds are shown as text only.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

func (s *Server) documentFacts(d reform.Document, b Base) []factLine {
	var out []factLine
	add := func(key, text string) {
		if text != "" {
			out = append(out, factLine{b.T(key), text})
		}
	}
	add("doc.title", d.Title)
	add("doc.issuer", d.Issuer)
	add("doc.number", d.Number)
	add("doc.date", isoDay(d.Date, b.Lang))
	add("doc.url", d.URL)
	add("doc.file", d.FileName)
	if d.Size > 0 {
		add("doc.size", b.T("doc.bytes", "n", count(int(d.Size), b.Lang)))
	}
	if d.Authority > 0 && d.Authority <= reform.AuthorityThirdParty {
		add("doc.authority", b.T(fmt.Sprintf("authority.%d", d.Authority)))
	}
	if !d.RetrievedAt.IsZero() {
		add("doc.retrieved", b.Moment(d.RetrievedAt))
	}
	add("doc.kind", d.Kind)
	add("doc.source", d.Source)
	add("doc.sha", d.ID)
	return out
}

var safeMIME = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9.+-]+$`)

// rawDocument sends the bytes as they were retrieved. They are a stranger's, so
// the browser is told to save them and to run nothing.
func (s *Server) rawDocument(c *fiber.Ctx) error {
	id := c.Params("id")
	d, err := s.opt.Reader.Document(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !d.Held || s.opt.Archive == nil {
		return fmt.Errorf("only the citation of this document is held, not its bytes: %w", reform.ErrNotFound)
	}
	r, err := s.opt.Archive.Open(d.ID)
	if err != nil {
		return fmt.Errorf("open the document: %w", err)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	c.Set(fiber.HeaderContentType, "application/octet-stream")
	if safeMIME.MatchString(d.MIME) && !strings.Contains(d.MIME, "html") && !strings.Contains(d.MIME, "svg") && !strings.Contains(d.MIME, "xml") {
		c.Set(fiber.HeaderContentType, d.MIME)
	}
	name := d.FileName
	if name == "" {
		name = clip(d.ID, 12)
	}
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Set(fiber.HeaderETag, `"`+d.ID+`"`)
	c.Set(fiber.HeaderCacheControl, "private, max-age=86400")
	if matches(c.Get(fiber.HeaderIfNoneMatch), `"`+d.ID+`"`) {
		return errors.Join(r.Close(), c.SendStatus(fiber.StatusNotModified))
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer r.Close() //nolint:errcheck // read only
		// The status is sent already; a damaged archive cuts the body short, and the log says so.
		if _, err := io.Copy(w, r); err != nil {
			s.log.Error("raw document cut short", "document", id, "error", err)
		}
	})
	return nil
}
