package dashboard

import (
	"context"
	"fmt"

	"chiso/reform"
)

// fakeScheduler starts nothing: it answers what a test wants.
type fakeScheduler struct {
	started []string
	err     error
	leading bool
	refusal *reform.SchedulerState
}

func (s *fakeScheduler) StartNow(_ context.Context, name string) (reform.SourceRun, error) {
	if s.err == nil {
		s.started = append(s.started, name)
	}
	return reform.SourceRun{ID: "try-9", Source: name}, s.err
}

func (s *fakeScheduler) Leading() bool                   { return s.leading }
func (s *fakeScheduler) Refusal() *reform.SchedulerState { return s.refusal }

// fakeReviewer notes what was decided.
type fakeReviewer struct {
	did []string
	err error
}

func (r *fakeReviewer) note(what string) (reform.DecisionRecord, error) {
	if r.err == nil {
		r.did = append(r.did, what)
	}
	return reform.DecisionRecord{Decision: reform.Decision{ID: "dec-9"}}, r.err
}

func (r *fakeReviewer) Accept(_ context.Context, id, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("accept %s %s %s", id, author, reason))
}

func (r *fakeReviewer) Correct(_ context.Context, id string, fields map[string]string, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("correct %s %v %s %s", id, fields, author, reason))
}

func (r *fakeReviewer) Reject(_ context.Context, id, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("reject %s %s %s", id, author, reason))
}

func (r *fakeReviewer) Reopen(_ context.Context, decision, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("reopen %s %s %s", decision, author, reason))
}

func (r *fakeReviewer) Settle(_ context.Context, n reform.NumberKey, c reform.Choice, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("settle %s %s %s %s %.3s=%s %s %s", n.Index, n.Unit, n.Period, n.Measure, c.Document, c.Value, author, reason))
}

func (r *fakeReviewer) CorrectNumber(_ context.Context, n reform.NumberKey, value, author, reason string) (reform.DecisionRecord, error) {
	return r.note(fmt.Sprintf("number %s %s %s %s %s %s %s", n.Index, n.Unit, n.Period, n.Measure, value, author, reason))
}
