package ingest

import (
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
)

// State is what became of a document.
type State string

// The states of a document.
const (
	Loaded   State = "loaded"    // all of it
	Partly   State = "set-aside" // its good rows; the others are listed
	Repeated State = "duplicate" // these bytes were loaded before
	Refused  State = "refused"   // nothing of it
	Checked  State = "checked"   // a dry run that would load
)

// Report is what became of one document, and why.
type Report struct {
	Name     string          `json:"name"` // path or address, as it was given
	State    State           `json:"state"`
	Kind     string          `json:"kind"`
	Document reform.Document `json:"document"`
	Run      string          `json:"run"`
	Rev      uint64          `json:"rev"`

	Rows       int `json:"rows"`       // read by the parser
	Facts      int `json:"facts"`      // loaded now, or in a dry run what would be
	Revisions  int `json:"revisions"`  // of them, values that replace another of the same source
	Conflicts  int `json:"conflicts"`  // of them, values that another source gives differently
	Duplicates int `json:"duplicates"` // not loaded again: repeated in the document, or loaded before
	Problems   int `json:"problems"`   // all, also those that are not listed
	Warnings   int `json:"warnings"`

	// Listed are the first problems and then the first warnings, ListedProblems at most.
	Listed   []reform.Problem  `json:"listed"`
	Coverage []EditionCoverage `json:"coverage"`
	Result   parse.Result      `json:"result"` // how the parser understood the document
	Message  reform.Text       `json:"message"`
	Duration time.Duration     `json:"duration"`
}

// ExitCode is the exit code of a command that loaded these documents: 0 if all
// was loaded, 1 if a document was refused, 3 if rows were set aside.
func ExitCode(reports ...Report) int {
	code := 0
	for _, r := range reports {
		switch r.State {
		case Refused:
			return 1
		case Partly:
			code = 3
		}
	}
	return code
}

// Total adds up reports for a last line.
func Total(reports []Report) Report {
	var t Report
	for _, r := range reports {
		t.Rows += r.Rows
		t.Facts += r.Facts
		t.Revisions += r.Revisions
		t.Conflicts += r.Conflicts
		t.Duplicates += r.Duplicates
		t.Problems += r.Problems
		t.Warnings += r.Warnings
		t.Duration += r.Duration
	}
	return t
}

// Progress is how far a load has come, for a progress bar.
type Progress struct {
	Document, Documents int    // which of how many; 1 of 1 outside of LoadAll
	Name                string // path or address
	Step                string // "fetch", "wait", "read", "keep", "done"
	Bytes, Size         int64  // read so far, of how many; Size is 0 where it is unknown
	Rows                int
}

// The steps of a load.
const (
	StepFetch = "fetch" // taking the bytes over, from the disk or a site
	StepWait  = "wait"  // another load is running
	StepRead  = "read"  // reading, checking and inserting
	StepKeep  = "keep"  // into the raw archive, and the commit
	StepDone  = "done"
)
