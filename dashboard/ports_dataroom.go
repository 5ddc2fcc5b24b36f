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
}
