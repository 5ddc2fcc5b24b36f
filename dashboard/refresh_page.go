package dashboard

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"chiso/charts/deck"
	"chiso/reform"
)

// mostOldDeck bounds an uploaded deck.
const mostOldDeck = 32 << 20

type refreshView struct {
	Base
	MaxMiB int64
	AsOf   string
	Rev    string
	Report *refreshedView
}

// refreshedView is a deck that was drawn anew. It is handed out with the page and kept nowhere.
type refreshedView struct {
	Name, Heading string
	Data          template.URL
	Lines         []refreshedLine
	Nothing       bool
}

type refreshedLine struct {
	Text    string
	Careful bool // a person has to look at it
}

func (s *Server) refreshBytes() int64 { return min(s.opt.UploadBytes, mostOldDeck) }

func (s *Server) refreshView(c *fiber.Ctx) refreshView {
	v := refreshView{Base: s.base(c, "load"), MaxMiB: max(s.refreshBytes()>>20, 1)}
	v.Title, v.LoadScript, v.CSRF = v.T("refresh.title"), true, s.guard.csrf(c)
	return v
}

func (s *Server) refreshPage(c *fiber.Ctx) error { return s.render(c, "refresh", s.refreshView(c)) }

const typePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

// refreshUpload takes an old deck and answers with the new one and what changed. Nothing is stored.
func (s *Server) refreshUpload(c *fiber.Ctx) error {
	form, err := readUpload(c, s.stage.dir, s.refreshBytes(), func(token string) error { return s.checkForm(c, token) })
	if err != nil {
		return err
	}
	b, err := form.bytes()
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return fmt.Errorf("no file was chosen, or it is empty: %w", reform.ErrInvalid)
	}
	// One at a time: a deck costs memory and a core.
	if !s.refreshing.TryLock() {
		return fmt.Errorf("another presentation is being drawn anew: %w", reform.ErrUnavailable)
	}
	defer s.refreshing.Unlock()
	ctx := c.UserContext()
	at := RefreshAt{AsOf: form.fields["as_of"], Rev: form.fields["rev"]}
	out, report, err := s.RefreshDeck(ctx, b, at)
	if err != nil {
		return err
	}
	rev := at.Rev
	if rev == "" {
		now, err := s.currentRev(ctx)
		if err != nil {
			return err
		}
		rev = strconv.FormatUint(now, 10)
	}
	name := refreshedName(fileNameOf(form.name), rev)
	s.log.InfoContext(ctx, "presentation drawn anew", "request_id", requestID(c), "file", fileNameOf(form.name), "slides", report.Slides, "redrawn", report.Redrawn)
	if form.fields["want"] == "file" {
		c.Set(fiber.HeaderContentType, typePPTX)
		c.Set(fiber.HeaderContentDisposition, disposition("attachment", name))
		return c.Send(out)
	}
	v := s.refreshView(c)
	v.AsOf, v.Rev = at.AsOf, at.Rev
	v.Report = &refreshedView{Name: name, Heading: refreshHeading(report, v.Lang), Nothing: report.Redrawn == 0}
	if report.Redrawn > 0 {
		v.Report.Data = template.URL("data:" + typePPTX + ";base64," + base64.StdEncoding.EncodeToString(out))
	}
	for _, ch := range report.Changes {
		careful := ch.Kind != deck.Value && ch.Kind != deck.Words && ch.Kind != deck.Same
		v.Report.Lines = append(v.Report.Lines, refreshedLine{s.refreshLine(ch, v.Lang), careful})
	}
	return s.render(c, "refresh", v)
}
