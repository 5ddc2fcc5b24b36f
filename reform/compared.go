package reform

import "time"

// CorrelationQuestion asks how an index's order of provinces goes together with that of others.
type CorrelationQuestion struct {
	Index string
	View  View
}

// FewestCorrelated is how many units a correlation needs: of fewer, chance says more than the indices.
const FewestCorrelated = 10

// Correlation is how two indices order the same units in one period: Spearman's coefficient,
// ties sharing their mean rank, over the units known in both.
type Correlation struct {
	Index, Other            string
	Period                  Period
	Scheme                  Scheme
	Basis, OtherBasis       string
	Measure, OtherMeasure   string // MeasurePlace or MeasureScore: what ordered the units
	N                       int    // units known in both
	Coverage, OtherCoverage Coverage
	Rho                     Number // -1 to 1, three decimals; missing where N is below FewestCorrelated, or where all units tie
	Provisional             bool   // one of the two editions is
}

// ProblemsQuestion asks for one page of problems that are open.
type ProblemsQuestion struct {
	Document string // "" all
	Kind     string // of the problem; "" all
	Limit    int
	Offset   int
	View     View
}

// OpenProblem is a problem with the run that met it.
type OpenProblem struct {
	Problem  Problem
	Run      string
	Document string
	Source   string
	State    string // of the run: committed where the other rows were loaded, refused
	At       time.Time
}

// ProblemPage is one page of open problems, those of the newest run first.
type ProblemPage struct {
	Total    uint64
	Problems []OpenProblem
}

// RevisionsQuestion asks for one page of values that replaced others.
type RevisionsQuestion struct {
	Index  string // "" all
	Limit  int
	Offset int
	View   View
}

// RevisionRecord is a revision with when it was said and loaded.
type RevisionRecord struct {
	Revision
	Run, Document                       string
	ObservedAt, LoadedAt, OldObservedAt time.Time
}

// RevisionPage is one page of revisions, the newest first.
type RevisionPage struct {
	Total     uint64
	Revisions []RevisionRecord
}
