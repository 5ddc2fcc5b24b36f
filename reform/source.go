package reform

import "time"

// Why a source was read.
const (
	CauseSchedule = "schedule"
	CauseCatchUp  = "catch-up" // a moment of the schedule passed while nothing ran
	CausePerson   = "person"
)

// What became of one attempt to read a source.
const (
	SourceDone        = "done"        // new facts, or none that were not there
	SourceUnchanged   = "unchanged"   // the source said what it had said before
	SourceSetAside    = "set-aside"   // good rows were loaded, the others are listed
	SourceRefused     = "refused"     // a document was not taken; its problems say why
	SourceFailed      = "failed"      // the source or the database did not answer
	SourceTimeout     = "timeout"     // it took longer than the source may
	SourceInterrupted = "interrupted" // the program ended meanwhile
)

// SourceSucceeded reports whether an attempt that ended so has brought what the source
// says: also what it said before. Good rows beside set-aside ones count, a refusal does not.
func SourceSucceeded(state string) bool {
	return state == SourceDone || state == SourceUnchanged || state == SourceSetAside
}

// SourceRun is one attempt to read a source.
type SourceRun struct {
	ID        string    `json:"id"`
	Source    string    `json:"source"`
	Kind      string    `json:"kind"`
	Cause     string    `json:"cause"` // schedule, catch-up, person
	State     string    `json:"state"` // "" while it runs
	Due       time.Time `json:"due"`   // the moment of the schedule; zero: a person asked
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Runs      []string  `json:"runs"` // the loads of its documents
	Documents uint64    `json:"documents"`
	Facts     uint64    `json:"facts"`
	Revisions uint64    `json:"revisions"`

	Duplicates uint64    `json:"duplicates"`
	Conflicts  uint64    `json:"conflicts"`
	Problems   uint64    `json:"problems"`
	Message    Text      `json:"message"`
	Newest     time.Time `json:"newest"`     // newest observed_at of what it brought; zero: nothing
	Next       time.Time `json:"next"`       // as planned when it ended
	OverdueAt  time.Time `json:"overdue_at"` // as of then; zero: never
	Deadline   time.Time `json:"deadline"`   // when it is ended at the latest
	Instance   string    `json:"instance"`
}

// Duration is how long it took; 0 while it runs.
func (r SourceRun) Duration() time.Duration {
	if r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Sub(r.StartedAt)
}

// SourceState is what a person must know of one source: what came, when, and what is next.
type SourceState struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Where    string `json:"where"` // address or folder, without a password
	Schedule string `json:"schedule"`
	Window   string `json:"window"` // days of the year in which it runs; "" all
	Enabled  bool   `json:"enabled"`

	Since       time.Time  `json:"since"`        // when it was first seen
	Last        *SourceRun `json:"last"`         // the newest attempt that ended; nil: none
	Running     *SourceRun `json:"running"`      // the attempt under way; nil: none
	LastSuccess time.Time  `json:"last_success"` // when the source was last read to its end; zero: never
	Newest      time.Time  `json:"newest"`       // newest observed_at that it ever brought; zero: none
	Next        time.Time  `json:"next"`         // zero: it is not planned
	OverdueAt   time.Time  `json:"overdue_at"`   // zero: it is never late
	Overdue     bool       `json:"overdue"`      // twice its period has gone by without a success
}

// LateAt reports whether twice the source's period had gone by at t without a success.
func (s SourceState) LateAt(t time.Time) bool {
	return s.Enabled && !s.OverdueAt.IsZero() && t.After(s.OverdueAt)
}

// SchedulerState says which instance runs the schedule.
type SchedulerState struct {
	Instance string    `json:"instance"` // "" none
	Host     string    `json:"host"`
	PID      int       `json:"pid"`
	At       time.Time `json:"at"` // its last heartbeat
}

// The weights of a finding. A check never refuses anything.
const (
	CheckInfo    = "info"
	CheckWarning = "warning"
)

// CheckRow is one finding of the checks after a run.
type CheckRow struct {
	Run       string    `json:"run"`
	Code      string    `json:"code"` // stable name: rank-holes, rank-count, sum-differs, jump, shift ...
	Severity  string    `json:"severity"`
	Index     string    `json:"index"`
	Basis     string    `json:"basis"`
	Period    Period    `json:"period"`
	Unit      UnitKey   `json:"unit"` // "" the whole edition
	Component string    `json:"component"`
	Text      Text      `json:"text"`
	Numbers   []string  `json:"numbers"` // of the sentence, exact
	Document  string    `json:"document"`
	At        time.Time `json:"at"`
}
