package reform

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// DecisionAction is what a person decided.
type DecisionAction string

// The actions of a person. Correct changes the reading of a candidate, or a number.
const (
	ActionAccept  DecisionAction = "accept"  // the candidate is a number as it was read
	ActionCorrect DecisionAction = "correct" // the right value is another one
	ActionReject  DecisionAction = "reject"  // the candidate is no number
	ActionSettle  DecisionAction = "settle"  // of several values, one counts
	ActionReopen  DecisionAction = "reopen"  // an earlier decision is taken back: the question is open again
)

// The measures of a number.
const (
	MeasureScore = "score"
	MeasurePlace = "place"
)

// NumberKey names one number: what conflicts are about, and what a person settles or corrects.
type NumberKey struct {
	Index     string  `json:"index"`
	Basis     string  `json:"basis"`
	Unit      UnitKey `json:"unit"`
	Period    Period  `json:"period"`
	Component string  `json:"component"`
	Stage     Stage   `json:"stage"`
	Scope     string  `json:"scope"`   // of a place; "" for a score
	Measure   string  `json:"measure"` // "score" or "place"; "" both, of a candidate
}

// Statement is a fact as a decision tells it.
type Statement struct {
	Index       string    `json:"index"`
	Basis       string    `json:"basis"`
	Unit        UnitKey   `json:"unit"`
	UnitName    string    `json:"unit_name"`
	UnitType    UnitType  `json:"unit_type"`
	Period      Period    `json:"period"`
	Component   string    `json:"component"`
	Stage       Stage     `json:"stage"`
	Score       Number    `json:"score"`
	Max         Number    `json:"max"`
	Numerator   Number    `json:"numerator"`
	Denominator Number    `json:"denominator"`
	Place       int       `json:"place"`
	Of          int       `json:"of"`
	OfPrinted   bool      `json:"of_printed"`
	Scope       string    `json:"scope"`
	RankKind    RankKind  `json:"rank_kind"`
	Status      Status    `json:"status"`
	ObservedAt  time.Time `json:"observed_at"`
}

// StatementOf is what f says, without where it stands.
func StatementOf(f Fact) Statement {
	return Statement{
		Index: f.Index, Basis: f.Basis, Unit: f.Unit, UnitName: f.UnitName, UnitType: f.UnitType, Period: f.Period, Component: f.Component, Stage: f.Stage,
		Score: f.Score, Max: f.Max, Numerator: f.Numerator, Denominator: f.Denominator, Place: f.Place, Of: f.Of, OfPrinted: f.OfPrinted,
		Scope: f.Scope, RankKind: f.RankKind, Status: f.Status, ObservedAt: f.ObservedAt,
	}
}

// Fact is s as a fact.
func (s Statement) Fact() Fact {
	return Fact{
		Index: s.Index, Basis: s.Basis, Unit: s.Unit, UnitName: s.UnitName, UnitType: s.UnitType, Period: s.Period, Component: s.Component, Stage: s.Stage,
		Score: s.Score, Max: s.Max, Numerator: s.Numerator, Denominator: s.Denominator, Place: s.Place, Of: s.Of, OfPrinted: s.OfPrinted,
		Scope: s.Scope, RankKind: s.RankKind, Status: s.Status, ObservedAt: s.ObservedAt,
	}
}

// Original is where a decision's number stands in a document of somebody else.
type Original struct {
	Document  string    `json:"document"`
	Cite      string    `json:"cite"` // as offices write it
	Source    string    `json:"source"`
	Authority Authority `json:"authority"`
	Locator   string    `json:"locator"`
	Quote     string    `json:"quote"`
}

// Decision is what a person decided about a candidate or a number. Its JSON is
// kept as a document, from which the number that follows is loaded.
type Decision struct {
	ID        string          `json:"id"`
	Action    DecisionAction  `json:"action"`
	Candidate string          `json:"candidate"` // "": the decision is about a number
	Number    NumberKey       `json:"number"`
	Before    *Statement      `json:"before"`   // the candidate as it was read, or the number as it was shown
	After     *Statement      `json:"after"`    // what counts now; nil where nothing follows
	Sides     []ConflictValue `json:"sides"`    // all that the person saw said of the number
	Original  *Original       `json:"original"` // nil: the person says it
	Undoes    string          `json:"undoes"`   // of a reopening: the decision that is taken back
	Author    string          `json:"author"`
	Reason    string          `json:"reason"`
	At        time.Time       `json:"at"`
}

// JSON is the decision as it is kept: equal decisions give equal bytes.
func (d Decision) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("decision %s: %w", d.ID, err)
	}
	return append(b, '\n'), nil
}

// DecisionRecord is a decision with the document and the run that keep it.
type DecisionRecord struct {
	Decision
	Document string `json:"document"`
	Run      string `json:"run"`
	Rev      uint64 `json:"rev"`
}

// DecisionFilter says which decisions are wanted, the newest first; empty fields: all.
type DecisionFilter struct {
	ID         string   // or the beginning of one
	Candidates []string // about these candidates
	Numbers    bool     // about numbers only
	Index      string
	Unit       UnitKey
	Period     Period
	View       View
}

// Candidate is a fact that waits for a person, or waited.
type Candidate struct {
	ID        string // of these words and values in this series of documents: it stays when the same article is fetched again
	Fact      Fact   // as it was read; Note says why it is unsure, Quote and Locator where it stands
	Document  string
	Authority Authority
	Source    string
	Run       string
	LoadedAt  time.Time
	Decision  *DecisionRecord // the newest; nil, or a reopening: it waits
}

// Waits reports whether nobody has decided.
func (c Candidate) Waits() bool { return c.Decision == nil || c.Decision.Action == ActionReopen }

// Which candidates are wanted.
const (
	CandidatesWaiting = "" // undecided
	CandidatesDecided = "decided"
	CandidatesAll     = "all"
)

// CandidateFilter says which candidates are wanted; empty fields: all that wait.
type CandidateFilter struct {
	State    string
	Index    string
	Unit     UnitKey
	Document string
	View     View
}

// CandidatePage is one page of candidates, the newest document first.
type CandidatePage struct {
	Total      uint64
	Candidates []Candidate
}

// Correction changes a candidate. A nil field stays as it was read.
type Correction struct {
	Index, Basis, Component, Scope *string
	Unit                           *UnitKey
	Period                         *Period
	Stage                          *Stage
	Score, Max                     *Number // a missing Number takes the value away
	Numerator, Denominator         *Number
	Place, Of                      *int // 0 takes it away
	RankKind                       *RankKind
}

// NumberValue is the right value of a number: a score with its maximum, or a place with
// its denominator. What is missing of maximum and denominator stays as it is.
type NumberValue struct {
	Score, Max Number
	Place, Of  int
}

// Choice names one of several values of a number: by the document that says it, by
// the value as it is shown ("91.87", "5/63"), or by both.
type Choice struct{ Document, Value string }

// Settlement is a person's decision about a conflict.
type Settlement struct {
	Decision string // id
	Document string // of the decision
	Action   DecisionAction
	Value    string
	Author   string
	Reason   string
	At       time.Time
	// Outdated says that a value came later which the person had not seen, or that a
	// newer official document prevails: the conflict is open again.
	Outdated bool
}

// ValueOf is f's value of a measure as it is shown: "91.87", "5/63"; a denominator
// only where it was printed. "" where f has no such value.
func ValueOf(f *Fact, measure string) string {
	switch {
	case measure == MeasureScore:
		return f.Score.String()
	case f.Place == 0:
		return ""
	case f.OfPrinted && f.Of > 0:
		return strconv.Itoa(f.Place) + "/" + strconv.Itoa(f.Of)
	}
	return strconv.Itoa(f.Place)
}

// DecidedError says who was quicker; it is an ErrConflict.
type DecidedError struct{ By DecisionRecord }

// Error is the sentence in English.
func (e *DecidedError) Error() string {
	about := "this number"
	if e.By.Candidate != "" {
		about = "candidate " + e.By.Candidate
	}
	return fmt.Sprintf("%s has decided about %s already (%s, %s; decision %s): reopen that decision first, where it can be", e.By.Author, about, e.By.Action, e.By.At.Format(time.RFC3339), e.By.ID)
}

// Unwrap is the kind.
func (e *DecidedError) Unwrap() error { return ErrConflict }

// RefusedError says why a number can't be what a person says it is; it is an ErrInvalid.
type RefusedError struct{ Problems []Problem }

// Error is the first reason in English.
func (e *RefusedError) Error() string {
	for _, p := range e.Problems {
		if !p.Warning {
			return "the number is not possible: " + p.Reason
		}
	}
	return "the number is not possible"
}

// Unwrap is the kind.
func (e *RefusedError) Unwrap() error { return ErrInvalid }
