package dashboard

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// Bounds of a file of targets and owners.
const (
	ownFileBytes = 1 << 20
	ownFileRows  = 5000
	ownProblems  = 50 // that the page lists
)

// The columns of the file. Those after text are for the eye and are not read back.
var (
	ownColumns   = []string{"kind", "index", "basis", "unit", "year", "component", "goal_place", "goal_score", "office", "text"}
	ownForTheEye = []string{"unit_name", "component_name", "author", "entered_at"}
)

// csvProblem is a mistake of a file with its line.
type csvProblem struct {
	Line int
	Text string
}

// guarded is a cell that no spreadsheet takes for a formula. What it puts in front, unguarded takes away.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r'", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguarded(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// codeCell keeps a spreadsheet from making a number or a day of a component's code: "1.10" would come back as 1.1.
func codeCell(code string) string {
	if code == "" || strings.Trim(code, "0123456789.,-/") != "" {
		return code
	}
	return "c:" + code
}

// ownCSV hands out the targets and owners of a unit, or of all.
func (s *Server) ownCSV(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	units, view := ps.units(0, 1), ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	var unit reform.UnitKey
	if len(units) > 0 {
		unit = units[0]
	}
	lang := s.prefs(c).Lang
	var rows [][]string
	for _, kind := range []reform.OwnKind{reform.OwnTarget, reform.OwnOwner} {
		found, err := s.ownOf(c.UserContext(), kind, "", unit, view)
		if err != nil {
			return err
		}
		for _, e := range found {
			rows = append(rows, s.ownCells(e, lang))
		}
	}
	b, err := csvBytes(append(slices.Clone(ownColumns), ownForTheEye...), rows, true)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", namePart("chiso-muc-tieu-"+string(unit))+".csv"))
	return c.Send(b)
}

func (s *Server) ownCells(e reform.OwnEntry, lang string) []string {
	component := ""
	if ix, err := s.indexOf(e.Index); err == nil && e.Component != "" {
		component = componentName(ix, e.Basis, e.Component, lang)
	}
	cells := []string{string(e.Kind), e.Index, e.Basis, string(e.Unit), e.Period.String(), codeCell(e.Component), orEmpty(e.GoalPlace), e.GoalScore.String(), e.Office, e.Text,
		s.unitName(e.Unit, lang), component, e.Author, timeOrEmpty(e.At)}
	for i := range cells {
		cells[i] = guarded(cells[i])
	}
	return cells
}

// uploadOwn takes a file of targets and owners: whole, or not at all.
func (s *Server) uploadOwn(c *fiber.Ctx) error {
	if s.opt.Notebook == nil {
		return fiber.ErrNotFound
	}
	form, err := readUpload(c, s.stage.dir, ownFileBytes, func(token string) error { return s.checkForm(c, token) })
	if err != nil {
		return err
	}
	b, err := form.bytes()
	if err != nil {
		return err
	}
	lang, ctx := s.prefs(c).Lang, c.UserContext()
	typed := typedOwn{form: url.Values{"unit": {form.fields["unit"]}, "year": {strconv.Itoa(local(s.opt.Now()).Year())}}, Author: reform.CleanText(form.fields["author"])}
	refuse := func(text string, problems []csvProblem) error {
		c.Status(http.StatusBadRequest)
		return s.showGoals(c, typed, text, problems)
	}
	if err := checkLengths(lang, typed.Author, "", ""); err != nil {
		return refuse(err.Error(), nil)
	}
	entries, problems := s.readOwnCSV(b, typed.Author, lang)
	if n := len(problems); n > 0 {
		return refuse(words.T(lang, "own.csv.refused", "n", n), problems[:min(n, ownProblems)])
	}
	if entries, err = s.onlyNew(ctx, entries); err != nil {
		return err
	}
	done := "same"
	if len(entries) > 0 {
		done = "saved"
		if err := s.keepOwn(ctx, c, entries); err != nil {
			text, _, ok := ownTrouble(err, lang)
			if !ok {
				return err
			}
			return refuse(text, nil)
		}
	}
	return c.Redirect("/goals?"+values("unit", form.fields["unit"], "done", done).Encode(), http.StatusSeeOther)
}

// onlyNew leaves out what counts already, as it is.
func (s *Server) onlyNew(ctx context.Context, entries []reform.OwnEntry) ([]reform.OwnEntry, error) {
	known := map[string]reform.OwnEntry{}
	for _, ask := range []func(context.Context, reform.OwnQuestion) ([]reform.OwnEntry, error){s.opt.Reader.Targets, s.opt.Reader.Owners} {
		found, err := ask(ctx, reform.OwnQuestion{})
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			known[e.Entry] = e
		}
	}
	return slices.DeleteFunc(entries, func(e reform.OwnEntry) bool {
		k, ok := known[s.opt.Catalog.OwnKey(e)]
		return ok && k.Unit == e.Unit && k.GoalPlace == e.GoalPlace && k.GoalScore.Equal(e.GoalScore) && k.Office == e.Office && k.Text == e.Text
	}), nil
}

// readOwnCSV reads a file of targets and owners strictly. With a single problem nothing of it counts.
func (s *Server) readOwnCSV(b []byte, author, lang string) (entries []reform.OwnEntry, problems []csvProblem) {
	say := func(line int, key string, pairs ...any) {
		problems = append(problems, csvProblem{line, words.T(lang, key, pairs...)})
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(b)) == 0 {
		say(0, "own.csv.empty")
		return nil, problems
	}
	if !utf8.Valid(b) {
		say(0, "own.csv.utf8")
		return nil, problems
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	head, _, _ := strings.Cut(string(b), "\n")
	for _, sign := range []rune{';', '\t'} {
		if strings.ContainsRune(head, sign) && !strings.ContainsRune(head, ',') {
			r.Comma = sign
		}
	}
	columns := map[string]int{}
	seen := map[string]int{}
	for n := 0; ; n++ {
		cells, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var pe *csv.ParseError
			line := 0
			if errors.As(err, &pe) {
				line = pe.Line
			}
			say(line, "own.csv.broken")
			return nil, problems
		}
		line, _ := r.FieldPos(0)
		if n == 0 {
			if columns, problems = ownHeading(cells, lang); len(problems) > 0 {
				return nil, problems
			}
			continue
		}
		if n > ownFileRows {
			say(line, "own.csv.long", "most", ownFileRows)
			break
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		e, err := s.ownOfCells(func(column string) string {
			if i, ok := columns[column]; ok && i < len(cells) {
				return unguarded(cells[i])
			}
			return ""
		}, author, lang)
		if err != nil {
			text, _, ok := ownTrouble(err, lang)
			if !ok {
				text = err.Error()
			}
			problems = append(problems, csvProblem{line, text})
			continue
		}
		key := s.opt.Catalog.OwnKey(e)
		if before, ok := seen[key]; ok {
			say(line, "own.csv.twice", "line", before)
			continue
		}
		seen[key] = line
		entries = append(entries, e)
	}
	if len(entries) == 0 && len(problems) == 0 {
		say(0, "own.csv.empty")
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return entries, nil
}

// ownHeading finds the columns; one that nobody knows may be a misspelt one.
func ownHeading(cells []string, lang string) (map[string]int, []csvProblem) {
	columns := map[string]int{}
	var problems []csvProblem
	for i, cell := range cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		_, twice := columns[name]
		switch {
		case name == "":
		case twice:
			problems = append(problems, csvProblem{1, words.T(lang, "own.csv.column.twice", "name", clip(name, 40))})
		case slices.Contains(ownColumns, name), slices.Contains(ownForTheEye, name):
			columns[name] = i
		default:
			problems = append(problems, csvProblem{1, words.T(lang, "own.csv.column", "name", clip(name, 40))})
		}
	}
	for _, name := range []string{"kind", "index", "unit"} {
		if _, ok := columns[name]; !ok {
			problems = append(problems, csvProblem{1, words.T(lang, "own.csv.lacks", "name", name)})
		}
	}
	return columns, problems
}

// ownOfCells is one row of a file.
func (s *Server) ownOfCells(cell func(string) string, author, lang string) (reform.OwnEntry, error) {
	get := func(name string) string { return reform.CleanText(cell(name)) }
	// A field that belongs to the other kind would be lost without a word.
	alien := func(names ...string) error {
		for _, name := range names {
			if get(name) != "" {
				return mistaken(lang, "own.csv.alien", "name", name)
			}
		}
		return nil
	}
	var e reform.OwnEntry
	var err error
	switch kind := get("kind"); kind {
	case string(reform.OwnTarget):
		if err := alien("component", "office", "basis"); err != nil {
			return e, err
		}
		if e, err = s.goalOf(lang, get("index"), get("unit"), get("year"), get("goal_place"), get("goal_score")); err != nil {
			return e, err
		}
		e.Text = get("text")
	case string(reform.OwnOwner):
		if err := alien("year", "goal_place", "goal_score", "text"); err != nil {
			return e, err
		}
		e = reform.OwnEntry{Kind: reform.OwnOwner, Index: get("index"), Basis: get("basis"), Component: strings.TrimPrefix(get("component"), "c:"), Office: get("office")}
		ix, err := s.indexOf(e.Index)
		if err != nil {
			return e, mistaken(lang, "own.noindex", "text", clip(e.Index, 40))
		}
		if e.Unit, err = s.ownUnit(lang, get("unit"), true); err != nil {
			return e, err
		}
		b := basisOf(ix, e.Basis)
		if b == nil {
			return e, mistaken(lang, "own.nobasis", "text", clip(e.Basis, 40))
		}
		if !slices.ContainsFunc(b.Components, func(c reform.Component) bool { return c.Code == e.Component && c.Breakdown == "" }) {
			return e, mistaken(lang, "own.nocomponent", "text", clip(e.Component, 40))
		}
		if e.Office == "" {
			return e, mistaken(lang, "own.nooffice")
		}
	default:
		return e, mistaken(lang, "own.csv.kind", "text", clip(kind, 40))
	}
	e.Author = author
	if err := checkLengths(lang, e.Author, e.Office, e.Text); err != nil {
		return e, err
	}
	if err := s.opt.Catalog.CheckOwn(e); err != nil {
		return e, fmt.Errorf("%w", err)
	}
	return e, nil
}
