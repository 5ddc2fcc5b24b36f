package dashboard

import (
	"context"

	"chiso/reform"
)

// OwnReader answers what users entered themselves.
type OwnReader interface {
	// Targets are the goals that count, Owners the offices in charge of components,
	// Annotations the notes on days.
	Targets(ctx context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error)
	Owners(ctx context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error)
	Annotations(ctx context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error)
	// OwnHistory is everything entered under one key, newest first.
	OwnHistory(ctx context.Context, entry string, v reform.View) ([]reform.OwnEntry, error)
}

// Notebook keeps what users enter themselves. cmd puts the room behind it that stores it.
type Notebook interface {
	// PutOwn keeps all entries or none. They are visible from the revision on with which
	// they are returned.
	PutOwn(ctx context.Context, entries []reform.OwnEntry) ([]reform.OwnEntry, error)
}
