package dashboard

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type ownAnswer struct {
	Rev  uint64          `json:"rev"`
	Rows []ownEntryShort `json:"rows"`
}

// ownEntryShort is an entry of a user as the API shows it; fields of other kinds are empty.
type ownEntryShort struct {
	Entry     string         `json:"entry"`
	Kind      reform.OwnKind `json:"kind"`
	Index     string         `json:"index"`
	Basis     string         `json:"basis"`
	Unit      reform.UnitKey `json:"unit"`
	Component string         `json:"component"`
	Period    reform.Period  `json:"period"`
	Date      string         `json:"date"`
	GoalPlace *int           `json:"goal_place"`
	GoalScore reform.Number  `json:"goal_score"`
	Office    string         `json:"office"`
	Text      string         `json:"text"`
	Author    string         `json:"author"`
	At        *time.Time     `json:"at"`
}

func (s *Server) apiTargets(c *fiber.Ctx) error { return s.apiOwn(c, reform.OwnTarget, "targets") }
func (s *Server) apiOwners(c *fiber.Ctx) error  { return s.apiOwn(c, reform.OwnOwner, "owners") }
func (s *Server) apiAnnotations(c *fiber.Ctx) error {
	return s.apiOwn(c, reform.OwnAnnotation, "annotations")
}

// apiOwn lists what users entered; it is entered on the pages alone.
func (s *Server) apiOwn(c *fiber.Ctx, kind reform.OwnKind, name string) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	q := reform.OwnQuestion{Index: p.text("index"), Units: p.units(0, maxUnits), View: p.view()}
	if q.Index != "" {
		if _, err := s.indexOf(q.Index); err != nil {
			p.fail(err)
		}
	}
	if from := p.period(false); !from.IsZero() {
		q.From, q.To = from.Start(), from.End()
	}
	if err := p.done(); err != nil {
		return err
	}
	if err := s.pin(c.UserContext(), &q.View); err != nil {
		return err
	}
	ask := map[reform.OwnKind]func() ([]reform.OwnEntry, error){
		reform.OwnTarget: func() ([]reform.OwnEntry, error) { return s.opt.Reader.Targets(c.UserContext(), q) },
		reform.OwnOwner: func() ([]reform.OwnEntry, error) {
			q.From, q.To = time.Time{}, time.Time{}
			return s.opt.Reader.Owners(c.UserContext(), q)
		},
		reform.OwnAnnotation: func() ([]reform.OwnEntry, error) { return s.opt.Reader.Annotations(c.UserContext(), q) },
	}[kind]
	found, err := ask()
	if err != nil {
		return err
	}
	a := ownAnswer{Rev: q.View.Rev, Rows: []ownEntryShort{}}
	t := &csvTable{name: name, columns: []string{"entry", "kind", "index", "basis", "unit", "component", "period", "date", "goal_place", "goal_score", "office", "text", "author", "at"}}
	for _, e := range found {
		a.Rows = append(a.Rows, ownEntryShort{e.Entry, e.Kind, e.Index, e.Basis, e.Unit, e.Component, e.Period, e.Date, orNull(e.GoalPlace), e.GoalScore, e.Office, e.Text, e.Author, timeOrNull(e.At)})
		t.add(e.Entry, string(e.Kind), e.Index, e.Basis, string(e.Unit), e.Component, e.Period.String(), e.Date, orEmpty(e.GoalPlace), e.GoalScore.String(), e.Office, e.Text, e.Author, timeOrEmpty(e.At))
	}
	return s.answer(c, a, t)
}
