package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"chiso/reform"
	"chiso/store"
)

// maxDecisions bounds how many decisions one answer about numbers looks through.
const maxDecisions = 20_000

// idStart is the beginning of an id that a person copies from a list.
var idStart = regexp.MustCompile(`^[0-9a-f][0-9a-f-]{3,35}$`)

// Candidates is one page of the candidates for review, each with its newest decision.
func (q *Queries) Candidates(ctx context.Context, filter reform.CandidateFilter, limit, offset int) (reform.CandidatePage, error) {
	switch filter.State {
	case reform.CandidatesWaiting, reform.CandidatesDecided, reform.CandidatesAll:
	default:
		return reform.CandidatePage{}, fmt.Errorf("candidates %.40q: want %q, %q or none for those that wait: %w", filter.State, reform.CandidatesDecided, reform.CandidatesAll, reform.ErrInvalid)
	}
	if filter.Index != "" {
		if err := q.cat.knownIndex(filter.Index); err != nil {
			return reform.CandidatePage{}, err
		}
	}
	units, err := q.lineOf(filter.Unit)
	if err != nil {
		return reform.CandidatePage{}, err
	}
	return q.candidates(ctx, params{"id": "", "state": filter.State, "index": filter.Index, "units": units, "document": filter.Document}, filter.View, limit, offset)
}

// Candidate is one candidate by its id or the beginning of it, decided or not.
func (q *Queries) Candidate(ctx context.Context, id string) (reform.Candidate, error) {
	unknown := fmt.Errorf("no candidate has the id %.80q: %w", id, reform.ErrNotFound)
	if !idStart.MatchString(id) {
		return reform.Candidate{}, unknown
	}
	page, err := q.candidates(ctx, params{"id": id, "state": reform.CandidatesAll, "index": "", "units": []string{}, "document": ""}, reform.View{}, 2, 0)
	if err != nil {
		return reform.Candidate{}, err
	}
	switch len(page.Candidates) {
	case 0:
		return reform.Candidate{}, unknown
	case 1:
		return page.Candidates[0], nil
	}
	return reform.Candidate{}, fmt.Errorf("%d candidates have an id that begins with %q; give more of it: %w", page.Total, id, reform.ErrInvalid)
}

func (q *Queries) candidates(ctx context.Context, p params, view reform.View, limit, offset int) (reform.CandidatePage, error) {
	var answer reform.CandidatePage
	found, err := page(ctx, q, "candidates", limit, offset, withView(p, view), func(rows store.Rows) (reform.Candidate, error) {
		var r factRow
		var c reform.Candidate
		var note string
		if err := rows.Scan(append(r.columns(), &note, &c.Source, &c.ID, &answer.Total)...); err != nil {
			return c, err
		}
		record, err := r.record()
		c.Fact, c.Document, c.Authority, c.Run, c.LoadedAt = record.Fact, record.Document, record.Authority, record.Run, record.LoadedAt
		c.Fact.Note = note
		return c, err
	})
	if err != nil || len(found) == 0 {
		return answer, err
	}
	answer.Candidates = found
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	decisions, err := ask(ctx, q, "decisions", maxDecisions, decisionParams(reform.DecisionFilter{Candidates: ids, View: view}, []string{}), scanDecision)
	if err != nil {
		return answer, err
	}
	for i := range found {
		for j := range decisions {
			if decisions[j].Candidate == found[i].ID {
				found[i].Decision = &decisions[j]
				break // the newest comes first
			}
		}
	}
	return answer, nil
}

// Decisions is one page of what people decided, the newest first.
func (q *Queries) Decisions(ctx context.Context, filter reform.DecisionFilter, limit, offset int) ([]reform.DecisionRecord, error) {
	if filter.Index != "" {
		if err := q.cat.knownIndex(filter.Index); err != nil {
			return nil, err
		}
	}
	units, err := q.lineOf(filter.Unit)
	if err != nil {
		return nil, err
	}
	return page(ctx, q, "decisions", limit, offset, decisionParams(filter, units), scanDecision)
}

// Decision is one decision by its id or the beginning of it.
func (q *Queries) Decision(ctx context.Context, id string) (reform.DecisionRecord, error) {
	unknown := fmt.Errorf("no decision has the id %.80q: %w", id, reform.ErrNotFound)
	if !idStart.MatchString(id) {
		return reform.DecisionRecord{}, unknown
	}
	found, err := q.Decisions(ctx, reform.DecisionFilter{ID: id}, 2, 0)
	if err != nil {
		return reform.DecisionRecord{}, err
	}
	switch len(found) {
	case 0:
		return reform.DecisionRecord{}, unknown
	case 1:
		return found[0], nil
	}
	return reform.DecisionRecord{}, fmt.Errorf("several decisions have an id that begins with %q; give more of it: %w", id, reform.ErrInvalid)
}

func decisionParams(filter reform.DecisionFilter, units []string) params {
	candidates := filter.Candidates
	if candidates == nil {
		candidates = []string{}
	}
	return withView(params{
		"id": filter.ID, "candidates": candidates, "numbers": filter.Numbers, "index": filter.Index, "units": units, "period": filter.Period.String(),
		"offset": uint64(0),
	}, filter.View)
}

func scanDecision(rows store.Rows) (reform.DecisionRecord, error) {
	var d reform.DecisionRecord
	var body string
	if err := rows.Scan(&body, &d.Document, &d.Run, &d.Rev); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(body), &d.Decision); err != nil {
		return d, fmt.Errorf("stored decision of document %s: %w", d.Document, err)
	}
	return d, nil
}

// lineOf is the keys of a unit's line as a parameter; none for no unit.
func (q *Queries) lineOf(unit reform.UnitKey) ([]string, error) {
	units := []string{}
	if unit == "" {
		return units, nil
	}
	if err := q.cat.knownUnit(unit); err != nil {
		return nil, err
	}
	for _, key := range q.cat.line(unit) {
		units = append(units, string(key))
	}
	return units, nil
}

// settled maps numbers to the newest decision about each, unless that reopens it.
func (q *Queries) settled(ctx context.Context, question reform.ConflictQuestion, units []string) (map[reform.NumberKey]*reform.DecisionRecord, error) {
	filter := reform.DecisionFilter{Numbers: true, Index: question.Index, Period: question.Period, View: question.View}
	all, err := ask(ctx, q, "decisions", maxDecisions, decisionParams(filter, units), scanDecision)
	if err != nil {
		return nil, err
	}
	newest := map[reform.NumberKey]*reform.DecisionRecord{}
	for i := range all {
		if _, ok := newest[all[i].Number]; !ok {
			newest[all[i].Number] = &all[i]
		}
	}
	for key, d := range newest {
		if d.Action == reform.ActionReopen || d.After == nil {
			delete(newest, key)
		}
	}
	return newest, nil
}

// settlement says how the decision d stands against what is claimed now, the preferred
// claim first. It is outdated where another value prevails by now, or where a value that
// disagrees was not among those that the person saw.
func settlement(d *reform.DecisionRecord, claims []claim) *reform.Settlement {
	after := d.After.Fact()
	s := &reform.Settlement{
		Decision: d.ID, Document: d.Document, Action: d.Action, Value: reform.ValueOf(&after, d.Number.Measure),
		Author: d.Author, Reason: d.Reason, At: d.At,
	}
	decided := claim{number: claims[0].number, score: after.Score, place: after.Place}
	if after.OfPrinted {
		decided.printedOf = after.Of
	}
	seen := map[string]bool{s.Value: true}
	for _, side := range d.Sides {
		seen[side.Value] = true
	}
	for i, c := range claims {
		c.provisional = false // whether the count had gone on is not the question here
		if !c.agrees(decided) && (i == 0 || !seen[c.value()]) {
			s.Outdated = true
		}
	}
	return s
}
