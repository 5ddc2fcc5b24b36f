package dashboard

import (
	"context"

	"chiso/reform"
)

// ProfileReader answers what the overview and the profile of a unit ask beyond rankings and histories.
type ProfileReader interface {
	// Moved tells what moved among the components of a unit, for each index.
	Moved(ctx context.Context, q reform.MovedQuestion) ([]reform.Moved, error)
	// Derived is the history that a merged province would have had; reform.ErrInvalid for others.
	Derived(ctx context.Context, q reform.DerivedQuestion) (reform.DerivedHistory, error)
}
