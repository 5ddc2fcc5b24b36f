package schedule

import (
	"context"
	"errors"
	"testing"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store/storetest"
)

// sender is the job of an export in a test.
type sender struct {
	clock *clock
	sent  []string
	err   error
}

func (s *sender) Pending(context.Context, Source) (bool, error) { return true, nil }

func (s *sender) Take(context.Context, Source) ([]ingest.Report, error) {
	s.sent = append(s.sent, s.clock.now().In(Location()).Format("01-02 15:04"))
	return []ingest.Report{{Kind: KindExport, Message: reform.Text{VI: "Đã gửi.", EN: "Sent."}}}, s.err
}

// A report goes out by the clock of the sources, is caught up with once after a downtime, and what became of it is noted.
func TestExport(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	job := &sender{clock: c}
	start := func() *Scheduler {
		t.Helper()
		s, err := New(Options{DB: db, Runner: &Runner{Takers: map[string]Taker{KindExport: job}}, Active: true, Now: c.now,
			Sources: []Source{{Name: "weekly", Kind: KindExport, Schedule: "0 7 * * *", Where: "folder", Enabled: true, CatchUp: true}}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := start().Drive(t.Context(), monday.AddDate(0, 0, 2), c.set); err != nil {
		t.Fatal(err)
	}
	c.set(monday.AddDate(0, 0, 5))
	if err := start().Drive(t.Context(), c.now(), c.set); err != nil {
		t.Fatal(err)
	}
	if got, want := len(job.sent), 3; got != want || job.sent[0] != "03-02 07:00" || job.sent[2] != "03-07 00:00" {
		t.Errorf("sent at %q, want twice at seven and once after the downtime", job.sent)
	}
	run, err := start().RunNow(t.Context(), "weekly")
	if err != nil || run.State != reform.SourceDone || run.Message.EN != "Sent." || run.Documents != 0 || run.Next.IsZero() {
		t.Errorf("sent: %+v, %v", run, err)
	}
	job.err = errors.New("webhook: it answered 500")
	run, err = start().RunNow(t.Context(), "weekly")
	if err != nil || run.State != reform.SourceFailed || run.Message.VI != "Không gửi được báo cáo: webhook: it answered 500" {
		t.Errorf("not sent: %+v, %v", run, err)
	}
}
