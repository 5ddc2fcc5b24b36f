// Package review takes what people decide: about candidates that a parser was unsure
// of, about conflicts between sources, and about numbers that are wrong.
//
// # How a decision is kept
//
// Every decision is a document of ours: its JSON lies in the raw archive, a run
// of the kind "decision" loads the number that follows from it, through the checks that every
// document passes, and the number's document is the decision, which cites the original.
// Nothing is changed or removed. A decision and its number become visible at once, when
// the run is committed; a process that dies before has decided nothing.
//
// # How much a decision weighs
//
// An accepted or corrected candidate is a reading of somebody else's words, so it has
// the authority, the series and the time of the document in which it stands: an
// accepted sentence of a newspaper does not outweigh the Ministry.
//
// A settled conflict and a corrected number are a person's own word. It has the authority of
// an official document and the time of the decision, and a place is published by
// it: so it prevails over all that had been said, also by official documents, until a newer
// official document says otherwise. Then, and when a value comes that the person had
// not seen, the conflict is open again, and the decision stays askable. What was asked
// as_of a day before the decision, or of a rev before it, is answered without it.
package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"chiso/ingest"
	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// Source is the series of the documents by which people speak for themselves.
const Source = "decisions"

// Limits of what a person may write.
const (
	maxAuthor = 100  // runes
	maxReason = 2000 // runes
)

// Reader answers what must be known to decide.
type Reader interface {
	Candidate(ctx context.Context, id string) (reform.Candidate, error)
	Decision(ctx context.Context, id string) (reform.DecisionRecord, error)
	Decisions(ctx context.Context, filter reform.DecisionFilter, limit, offset int) ([]reform.DecisionRecord, error)
	Fact(ctx context.Context, q reform.FactQuestion) ([]reform.FactRecord, error)
	Conflicts(ctx context.Context, q reform.ConflictQuestion) ([]reform.Conflict, error)
	Document(ctx context.Context, id string) (reform.Document, error)
}

// Service takes decisions. It may be used by several goroutines and processes at once: of
// two who decide about one thing the second is told who was first.
type Service struct {
	Reader    Reader
	NewLoader func() *ingest.Loader // a fresh one for every decision, since a Loader is for one at a time
	Now       func() time.Time      // nil: time.Now
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now().UTC()
	}
	return time.Now().UTC()
}

// Accept makes a candidate a number as it was read. The note may be empty.
func (s *Service) Accept(ctx context.Context, id, author, note string) (reform.DecisionRecord, error) {
	return s.candidate(ctx, reform.ActionAccept, id, author, note, func(c reform.Candidate) (*reform.Statement, error) {
		after := reform.StatementOf(c.Fact)
		return &after, nil
	})
}

// Correct makes a number of a candidate that was read wrongly.
func (s *Service) Correct(ctx context.Context, id string, correction reform.Correction, author, reason string) (reform.DecisionRecord, error) {
	return s.candidate(ctx, reform.ActionCorrect, id, author, reason, func(c reform.Candidate) (*reform.Statement, error) {
		f, err := apply(c.Fact, correction)
		if err != nil {
			return nil, err
		}
		after := reform.StatementOf(f)
		return &after, nil
	})
}

// Reject says that a candidate is no number.
func (s *Service) Reject(ctx context.Context, id, author, reason string) (reform.DecisionRecord, error) {
	return s.candidate(ctx, reform.ActionReject, id, author, reason, func(reform.Candidate) (*reform.Statement, error) { return nil, nil })
}

// candidate decides about a candidate; after says what follows.
func (s *Service) candidate(ctx context.Context, action reform.DecisionAction, id, author, reason string, after func(reform.Candidate) (*reform.Statement, error)) (none reform.DecisionRecord, err error) {
	d, release, err := s.begin(ctx, action, author, reason)
	if err != nil {
		return none, err
	}
	defer release()
	c, err := s.Reader.Candidate(ctx, id)
	if err != nil {
		return none, err
	}
	if !c.Waits() {
		return none, &reform.DecidedError{By: *c.Decision}
	}
	before := reform.StatementOf(c.Fact)
	d.Candidate, d.Before = c.ID, &before
	if d.After, err = after(c); err != nil {
		return none, err
	}
	if d.Original, err = s.original(ctx, c.Document, c.Fact); err != nil {
		return none, err
	}
	d.Original.Source, d.Original.Authority = c.Source, c.Authority
	d.Number = keyOf(c.Fact, "")
	if a := d.After; a != nil {
		a.Status = reform.Final
		if a.Period.End().After(a.ObservedAt) {
			a.Status = reform.Provisional // the period was not over when this was said
		}
	}
	return s.record(ctx, d)
}

// Reopen takes a decision back: a rejected candidate waits again, a settled conflict
// is open again. The number stays as it is until somebody decides anew.
func (s *Service) Reopen(ctx context.Context, decision, author, reason string) (none reform.DecisionRecord, err error) {
	d, release, err := s.begin(ctx, reform.ActionReopen, author, reason)
	if err != nil {
		return none, err
	}
	defer release()
	old, err := s.Reader.Decision(ctx, decision)
	if err != nil {
		return none, err
	}
	newest, err := s.newest(ctx, old.Candidate, old.Number)
	if err != nil {
		return none, err
	}
	switch {
	case newest == nil || newest.ID != old.ID:
		return none, fmt.Errorf("decision %s is not the newest about its number; list the decisions to see what followed: %w", old.ID, reform.ErrConflict)
	case old.Action == reform.ActionReopen:
		return none, fmt.Errorf("decision %s has reopened the question: it waits for a new decision: %w", old.ID, reform.ErrConflict)
	case old.Candidate != "" && old.After != nil:
		return none, fmt.Errorf("the number of decision %s is loaded, and nothing loaded is taken back: correct the number instead: %w", old.ID, reform.ErrConflict)
	}
	d.Candidate, d.Number, d.Undoes, d.Original, d.Before = old.Candidate, old.Number, old.ID, old.Original, old.After
	if d.Before == nil {
		d.Before = old.Before
	}
	return s.record(ctx, d)
}

// newest is the newest decision about a candidate or else a number; nil: none.
func (s *Service) newest(ctx context.Context, candidate string, n reform.NumberKey) (*reform.DecisionRecord, error) {
	filter := reform.DecisionFilter{Numbers: true, Index: n.Index, Unit: n.Unit, Period: n.Period}
	if candidate != "" {
		filter = reform.DecisionFilter{Candidates: []string{candidate}}
	}
	const pageSize = 1000
	for offset := 0; ; offset += pageSize {
		found, err := s.Reader.Decisions(ctx, filter, pageSize, offset)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if candidate != "" || found[i].Number == n {
				return &found[i], nil
			}
		}
		if len(found) < pageSize {
			return nil, nil
		}
	}
}

// begin starts a decision, alone among all who decide.
func (s *Service) begin(ctx context.Context, action reform.DecisionAction, author, reason string) (reform.Decision, func(), error) {
	d := reform.Decision{Action: action, Author: viet.Clean(author), Reason: viet.Clean(reason)}
	switch {
	case d.Author == "" || !utf8.ValidString(author):
		return d, nil, fmt.Errorf("a decision needs the name of who decides: %w", reform.ErrInvalid)
	case utf8.RuneCountInString(d.Author) > maxAuthor:
		return d, nil, fmt.Errorf("the author's name is longer than %d letters: %w", maxAuthor, reform.ErrInvalid)
	case d.Reason == "" && action != reform.ActionAccept:
		return d, nil, fmt.Errorf("a decision to %s needs a reason, so that others can follow it: %w", action, reform.ErrInvalid)
	case utf8.RuneCountInString(d.Reason) > maxReason || !utf8.ValidString(reason):
		return d, nil, fmt.Errorf("the reason is longer than %d letters, or not readable: %w", maxReason, reform.ErrInvalid)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return d, nil, fmt.Errorf("decision: %w", err)
	}
	l := s.NewLoader()
	release, err := ingest.Lock(ctx, filepath.Join(filepath.Dir(l.Archive.LockFile()), "decisions.lock"), l.Logger)
	if err != nil {
		return d, nil, err
	}
	d.ID, d.At = id.String(), s.now().Truncate(time.Millisecond)
	return d, release, nil
}

// record checks what follows from a decision, keeps both, and answers how they are kept.
func (s *Service) record(ctx context.Context, d reform.Decision) (none reform.DecisionRecord, err error) {
	if d.After != nil {
		if err := s.check(ctx, &d); err != nil {
			return none, err
		}
	}
	body, err := d.JSON()
	if err != nil {
		return none, err
	}
	sum := sha256.Sum256(body)
	l := s.NewLoader()
	if err := l.DB.PutDecision(ctx, d, hex.EncodeToString(sum[:]), body); err != nil {
		return none, err
	}
	job := jobOf(d, body)
	if d.After == nil {
		_, err = l.Keep(ctx, reform.Document{
			Kind: kindName, Source: job.Source, Title: job.Title, Issuer: job.Issuer, Date: job.Date, FileName: job.Name, MIME: "application/json", Authority: job.Authority,
		}, body)
	} else {
		l.Kinds = []parse.Kind{kind}
		var r ingest.Report
		if r, err = l.Load(ctx, job); err == nil && r.State != ingest.Loaded {
			err = &reform.RefusedError{Problems: r.Listed}
		}
	}
	if err != nil {
		return none, err
	}
	return s.Reader.Decision(ctx, d.ID)
}

// check tries what follows from a decision, and completes it from the catalogue.
func (s *Service) check(ctx context.Context, d *reform.Decision) error {
	body, err := d.JSON()
	if err != nil {
		return err
	}
	l := s.NewLoader()
	l.Kinds, l.Logger = []parse.Kind{kind}, nil // what is only tried is no news
	filled := &keepFact{}
	job := jobOf(*d, body)
	job.DryRun, job.Sink = true, filled
	r, err := l.Load(ctx, job)
	if err != nil {
		return err
	}
	if r.State != ingest.Checked || filled.fact == nil {
		return &reform.RefusedError{Problems: r.Listed}
	}
	after := reform.StatementOf(*filled.fact)
	n := keyOf(*filled.fact, d.Number.Measure)
	if d.Candidate == "" && n != d.Number {
		return fmt.Errorf("the catalogue takes this number for another one by now (basis %q, scope %q): load its documents again: %w", n.Basis, n.Scope, reform.ErrInvalid)
	}
	d.After, d.Number = &after, n
	return nil
}

// keepFact keeps the one fact of a decision.
type keepFact struct{ fact *reform.Fact }

func (k *keepFact) Fact(f *reform.Fact) error {
	kept := *f
	k.fact = &kept
	return nil
}

func (*keepFact) Problem(reform.Problem) {}

// keyOf names the number of f; a candidate's has no measure, since it may give both.
func keyOf(f reform.Fact, measure string) reform.NumberKey {
	n := reform.NumberKey{Index: f.Index, Basis: f.Basis, Unit: f.Unit, Period: f.Period, Component: f.Component, Stage: f.Stage, Scope: f.Scope, Measure: measure}
	if measure == reform.MeasureScore {
		n.Scope = ""
	}
	return n
}

// original says where f stands.
func (s *Service) original(ctx context.Context, document string, f reform.Fact) (*reform.Original, error) {
	doc, err := s.Reader.Document(ctx, document)
	if err != nil {
		return nil, fmt.Errorf("the document in which the number stands: %w", err)
	}
	return &reform.Original{Document: doc.ID, Cite: reform.Cite(doc, "vi"), Source: doc.Source, Authority: doc.Authority, Locator: f.Locator, Quote: f.Quote}, nil
}

// jobOf is how a decision's document is loaded.
func jobOf(d reform.Decision, body []byte) ingest.Job {
	job := ingest.Job{
		Reader: bytes.NewReader(body), Name: "decision-" + d.ID + ".json", Kind: kindName,
		Title: title(d), Issuer: d.Author, Date: d.At.In(vietnam).Format(time.DateOnly),
		Source: Source, Authority: reform.AuthorityOfficial,
	}
	if d.Candidate != "" && d.Original != nil {
		job.Source, job.Authority = d.Original.Source, d.Original.Authority
	}
	return job
}

var vietnam = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// title is what a decision's document is called where numbers are cited.
func title(d reform.Decision) string {
	what := map[reform.DecisionAction]string{
		reform.ActionAccept:  "Duyệt số liệu",
		reform.ActionCorrect: "Sửa số liệu",
		reform.ActionReject:  "Bác số liệu",
		reform.ActionSettle:  "Chọn số liệu giữa các nguồn",
		reform.ActionReopen:  "Xem lại số liệu",
	}[d.Action]
	parts := []string{what + ": " + string(d.Number.Unit)}
	if d.Before != nil && d.Before.UnitName != "" {
		parts[0] = what + ": " + d.Before.UnitName
	}
	parts = append(parts, d.Number.Index+" "+d.Number.Period.String())
	if d.Original != nil && d.Candidate != "" {
		parts = append(parts, "đọc từ "+d.Original.Cite)
	}
	return parse.Shorten(strings.Join(parts, ", "), 400)
}
