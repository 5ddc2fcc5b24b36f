package dashboard

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

type loadView struct {
	Base
	Operator bool // logged in with the token: there is a way to leave
	Closed   string
	MaxMiB   int64
	Indices  []option
	Schemes  []option
	Period   string
	Report   *reportView
}

// reportView is what a dry run or a load found.
type reportView struct {
	Name, Heading string
	Loaded        bool
	Known         bool
	Refused       bool
	Staged        string
	Lines         []factLine
	Mapping       []ColumnMapping
	Problems      []problemRow
	Errors        int
	Warnings      int
	Sample        []factRowView
	Editions      []Link
	RunHref       string
	CanLoad       bool
	CanSetAside   bool
	Notes         []string
	Review        string // that candidates wait for a person, "" none
	MappingFile   bool
}

// Rows are the facts of the report, for the shared table.
func (v loadView) Rows() []factRowView { return v.Report.Sample }

// Problems are those of the report, for the shared table.
func (v loadView) Problems() []problemRow { return v.Report.Problems }

func (s *Server) loadView(c *fiber.Ctx) (loadView, error) {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return loadView{}, err
	}
	v := loadView{Base: s.base(c, "load"), MaxMiB: s.opt.UploadBytes >> 20, Operator: s.guard.validSession(c.Cookies(operatorCookie))}
	v.Title, v.LoadScript, v.CSRF = v.T("load.title"), true, s.guard.csrf(c)
	for _, ix := range s.opt.Catalog.Indices() {
		v.Indices = append(v.Indices, option{ix.Code, ix.Short.In(v.Lang) + " – " + ix.Name.In(v.Lang), ix.Code == raw.Get("index")})
	}
	for _, sc := range []reform.Scheme{reform.VN34, reform.VN63} {
		v.Schemes = append(v.Schemes, option{string(sc), schemeName(sc, v.Lang), string(sc) == raw.Get("scheme")})
	}
	if _, err := reform.ParsePeriod(raw.Get("period")); err == nil {
		v.Period = raw.Get("period")
	}
	if s.opt.Loader == nil {
		v.Closed = v.T("load.closed")
	}
	return v, nil
}

func (s *Server) loadPage(c *fiber.Ctx) error {
	v, err := s.loadView(c)
	if err != nil {
		return err
	}
	return s.render(c, "load", v)
}

// loadTemplate hands out the workbook to fill in.
func (s *Server) loadTemplate(c *fiber.Ctx) error {
	if s.opt.Loader == nil {
		return fmt.Errorf("nothing can be loaded through this server: %w", reform.ErrNotFound)
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	ix, period, scheme, basis := ps.index(), ps.period(true), ps.scheme(), ps.text("basis")
	if ix != nil {
		ps.checkBasis(ix, basis)
	}
	if err := ps.done(); err != nil {
		return err
	}
	if scheme == "" {
		scheme = reform.SchemeAt(period.End())
	}
	f, err := s.opt.Loader.Template(c.UserContext(), TemplateRequest{Index: ix.Code, Scheme: scheme, Period: period, Basis: basis, Lang: s.prefs(c).Lang})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, f.ContentType)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	return c.Send(f.Bytes)
}

// loadDryRun takes a file, reads it and shows what a load would do. It stores nothing but the upload itself.
func (s *Server) loadDryRun(c *fiber.Ctx) error {
	if s.opt.Loader == nil {
		return fmt.Errorf("nothing can be loaded through this server: %w", reform.ErrNotFound)
	}
	// The token stands before the file in the form, so a stranger's file is never written down.
	form, err := readUpload(c, s.stage.dir, s.opt.UploadBytes, func(token string) error { return s.checkForm(c, token) })
	if err != nil {
		return err
	}
	if form.path == "" || form.size == 0 {
		err := fmt.Errorf("no file was chosen, or it is empty: %w", reform.ErrInvalid)
		if form.path != "" {
			err = errors.Join(err, os.Remove(form.path))
		}
		return err
	}
	u := Upload{Path: form.path, Name: fileNameOf(form.name), Size: form.size, Index: form.fields["index"], Period: form.fields["period"]}
	if err := s.checkHints(u); err != nil {
		return errors.Join(err, os.Remove(u.Path))
	}
	report, err := s.opt.Loader.DryRun(c.UserContext(), u)
	if err != nil {
		return errors.Join(err, os.Remove(u.Path))
	}
	v, err := s.loadView(c)
	if err != nil {
		return errors.Join(err, os.Remove(u.Path))
	}
	u.mapping = report.MappingFile
	name, err := s.stage.put(u)
	if err != nil {
		s.log.WarnContext(c.UserContext(), "old uploads", "error", err)
	}
	v.Report = s.reportView(report, u.Name, v.Base)
	v.Report.Staged = name
	if v.Report.Refused {
		c.Status(http.StatusUnprocessableEntity)
	}
	return s.render(c, "load", v)
}

// loadMapping hands out how a file that was looked at was understood, to be corrected and kept.
func (s *Server) loadMapping(c *fiber.Ctx) error {
	if s.opt.Loader == nil {
		return fmt.Errorf("nothing can be loaded through this server: %w", reform.ErrNotFound)
	}
	u, mapping, err := s.stage.mapping(c.Query("staged"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": strings.TrimSuffix(u.Name, path.Ext(u.Name)) + ".mapping.yaml"}))
	return c.Send(mapping)
}

// checkHints refuses an index or period that a form can't have sent.
func (s *Server) checkHints(u Upload) error {
	if u.Index != "" {
		if _, err := s.indexOf(u.Index); err != nil {
			return err
		}
	}
	if u.Period != "" {
		if _, err := reform.ParsePeriod(u.Period); err != nil {
			return err
		}
	}
	return nil
}

// fileNameOf is a file's name without what no name needs.
func fileNameOf(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == '\\' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, "._ ") == "" {
		return "file"
	}
	return clip(name, 120)
}

// loadCommit loads a file that was looked at, whole or with its bad rows set aside knowingly.
func (s *Server) loadCommit(c *fiber.Ctx) error {
	if s.opt.Loader == nil {
		return fmt.Errorf("nothing can be loaded through this server: %w", reform.ErrNotFound)
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.checkForm(c, form.Get(csrfField)); err != nil {
		return err
	}
	name := form.Get("staged")
	u, err := s.stage.take(name)
	if err != nil {
		return err
	}
	report, err := s.opt.Loader.Load(c.UserContext(), u, form.Get("set_aside") == "1")
	s.forgetRev()
	if err != nil {
		s.stage.back(name, u) // the engine may be back in a moment
		return err
	}
	v, err := s.loadView(c)
	if err != nil {
		return err
	}
	v.Report = s.reportView(report, u.Name, v.Base)
	if report.Loaded || report.Known {
		if err := os.Remove(u.Path); err != nil {
			s.log.WarnContext(c.UserContext(), "upload not removed", "error", err)
		}
		s.log.InfoContext(c.UserContext(), "file loaded through the page", "request_id", requestID(c), "file", u.Name, "document", report.Document, "run", report.Run, "facts", report.Facts, "set_aside", report.SetAside)
	} else {
		s.stage.back(name, u)
		v.Report.Staged = name
		c.Status(http.StatusUnprocessableEntity)
	}
	return s.render(c, "load", v)
}

func (s *Server) reportView(r *LoadReport, name string, b Base) *reportView {
	v := &reportView{Name: name, Loaded: r.Loaded, Known: r.Known, Mapping: r.Mapping, Problems: problemRows(r.Problems, b.Lang)}
	for _, p := range r.Problems {
		if p.Warning {
			v.Warnings++
		} else {
			v.Errors++
		}
	}
	switch {
	case r.Known:
		v.Heading = b.T("load.known")
	case r.Loaded:
		v.Heading = b.T("load.loaded", "n", count(r.Facts, b.Lang))
	case v.Errors > 0:
		v.Heading, v.Refused = b.T("load.refused", "n", count(v.Errors, b.Lang)), true
	case r.Facts == 0 && r.Review > 0:
		v.Heading = b.T("load.onlyreview", "n", count(r.Review, b.Lang))
	case r.Facts == 0:
		v.Heading, v.Refused = b.T("load.nofacts"), true
	default:
		v.Heading = b.T("load.good", "n", count(r.Facts, b.Lang))
	}
	some := r.Facts+r.Review > 0
	v.CanLoad = !r.Loaded && !r.Known && v.Errors == 0 && some
	v.CanSetAside = !r.Loaded && !r.Known && v.Errors > 0 && some
	v.Notes, v.MappingFile = r.Notes, len(r.MappingFile) > 0
	if r.Review > 0 {
		v.Review = b.T("load.review.note", "n", count(r.Review, b.Lang))
	}
	v.Lines = []factLine{
		{b.T("doc.kind"), r.Kind}, {b.T("col.facts"), count(r.Facts, b.Lang)}, {b.T("col.revisions"), count(r.Revisions, b.Lang)},
		{b.T("col.duplicates"), count(r.Duplicates, b.Lang)}, {b.T("col.problems"), count(v.Errors, b.Lang)}, {b.T("load.warnings"), count(v.Warnings, b.Lang)},
	}
	if r.Review > 0 {
		v.Lines = append(v.Lines, factLine{b.T("load.review"), count(r.Review, b.Lang)})
	}
	if r.SetAside > 0 {
		v.Lines = append(v.Lines, factLine{b.T("load.setaside.count"), count(r.SetAside, b.Lang)})
	}
	if r.Document != "" {
		v.Lines = append(v.Lines, factLine{b.T("doc.sha"), r.Document})
	}
	for _, f := range r.Sample {
		v.Sample = append(v.Sample, s.factRowView(reform.FactRecord{Fact: f}, b.Lang))
	}
	for _, e := range r.Editions {
		name := e.Index
		if ix, err := s.indexOf(e.Index); err == nil {
			name = ix.Short.In(b.Lang)
		}
		v.Editions = append(v.Editions, Link{Href: "/rankings/" + e.Index + "?" + values("period", e.Period.String()).Encode(), Text: words.T(b.Lang, "load.edition", "index", name, "period", periodName(e.Period, b.Lang), "n", e.Facts)})
	}
	if r.Run != "" {
		v.RunHref = "/runs/" + r.Run
	}
	return v
}
