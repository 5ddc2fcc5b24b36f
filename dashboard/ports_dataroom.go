package dashboard

import (
	"context"

	"chiso/reform"
)

// DataRoomReader answers the questions of the index pages and of the data room.
type DataRoomReader interface {
	// Correlations compares an index's order of provinces with that of every other index in
	// their newest common year and scheme.
	Correlations(ctx context.Context, q reform.CorrelationQuestion) ([]reform.Correlation, error)
	// OpenProblems is one page of the problems that the newest run of each document left.
	OpenProblems(ctx context.Context, q reform.ProblemsQuestion) (reform.ProblemPage, error)
	// RecentRevisions is one page of the values that replaced others, of all runs, the newest first.
	RecentRevisions(ctx context.Context, q reform.RevisionsQuestion) (reform.RevisionPage, error)
}
