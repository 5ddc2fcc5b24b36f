package dashboard

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"chiso/reform"
)

// askingOnce lets parts of one page that need the same answer ask for it once. It remembers within one
// request only: the context says which.
type askingOnce struct{ Reader }

type onceKey struct{}

// asked is what one request has asked so far.
type asked struct {
	ctx  context.Context // the request's: one part that ends early must not end the question of the others
	mu   sync.Mutex
	once map[string]func() (any, error)
}

// remembering is a context within which equal questions are asked once. Within another such context it is that one:
// a picture of a report shares what the report has asked.
func remembering(ctx context.Context) context.Context {
	if _, ok := ctx.Value(onceKey{}).(*asked); ok {
		return ctx
	}
	return context.WithValue(ctx, onceKey{}, &asked{ctx: ctx, once: map[string]func() (any, error){}})
}

// answerOnce gives the answer to the question of that key; all who ask wait for the one who was first.
func answerOnce[T any](ctx context.Context, kind string, question any, ask func(context.Context) (T, error)) (T, error) {
	a, ok := ctx.Value(onceKey{}).(*asked)
	if !ok {
		return ask(ctx)
	}
	key := kind + fmt.Sprintf(" %+v", question)
	a.mu.Lock()
	get, ok := a.once[key]
	if !ok {
		get = sync.OnceValues(func() (any, error) { return ask(a.ctx) })
		a.once[key] = get
	}
	a.mu.Unlock()
	v, err := get()
	if err != nil {
		var none T
		return none, err
	}
	return v.(T), nil
}

// RankHistory answers with series that belong to the caller.
func (r askingOnce) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	series, err := answerOnce(ctx, "history", q, func(ctx context.Context) ([]reform.RankSeries, error) { return r.Reader.RankHistory(ctx, q) })
	if err != nil {
		return nil, err
	}
	out := slices.Clone(series)
	for i := range out {
		out[i].Points = slices.Clone(out[i].Points)
	}
	return out, nil
}

// Subscores answers with rows that belong to the caller.
func (r askingOnce) Subscores(ctx context.Context, q reform.SubscoresQuestion) (reform.Subscores, error) {
	sub, err := answerOnce(ctx, "subscores", q, func(ctx context.Context) (reform.Subscores, error) { return r.Reader.Subscores(ctx, q) })
	sub.Rows = slices.Clone(sub.Rows)
	return sub, err
}

// Editions answers with a list that belongs to the caller.
func (r askingOnce) Editions(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error) {
	type question struct {
		index string
		view  reform.View
	}
	eds, err := answerOnce(ctx, "editions", question{index, v}, func(ctx context.Context) ([]reform.EditionInfo, error) { return r.Reader.Editions(ctx, index, v) })
	return slices.Clone(eds), err
}
