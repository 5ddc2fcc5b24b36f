package dashboard

import (
	"context"
	"fmt"
	"slices"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"chiso/reform"
)

// askingOnce lets parts of one page that need the same answer ask for it once. It remembers within one
// request, which the context says, and where that asks for the past, which stays as it is, for the next ones too:
// a picture is wanted as SVG, as PNG and in another size.
type askingOnce struct {
	Reader
	kept *lru.Cache[string, any]
}

// keptAnswers bounds them; the largest, a heat map, has a quarter of a megabyte.
const keptAnswers = 64

func newAskingOnce(r Reader) askingOnce {
	kept, err := lru.New[string, any](keptAnswers)
	if err != nil {
		panic(err) // the size is not positive
	}
	return askingOnce{r, kept}
}

type onceKey struct{}

// asked is what one request has asked so far.
type asked struct {
	ctx  context.Context // the request's: one part that ends early must not end the question of the others
	past bool            // it asks for a revision that has been
	mu   sync.Mutex
	once map[string]func() (any, error)
}

// remembering is a context within which equal questions are asked once. Within another such context it is that one:
// a picture of a report shares what the report has asked.
func remembering(ctx context.Context) context.Context { return rememberingOf(ctx, false) }

// rememberingOf is remembering; past says that the questions are about a revision that has been.
func rememberingOf(ctx context.Context, past bool) context.Context {
	if _, ok := ctx.Value(onceKey{}).(*asked); ok {
		return ctx
	}
	a := &asked{past: past, once: map[string]func() (any, error){}}
	a.ctx = context.WithValue(ctx, onceKey{}, a) // an answer that is made of others asks for them once, too
	return a.ctx
}

// answerOnce gives the answer to the question of that key; all who ask wait for the one who was first. What is
// asked of the past stays in kept beyond the request, unless that is nil.
func answerOnce[T any](ctx context.Context, kept *lru.Cache[string, any], kind string, view reform.View, question any, ask func(context.Context) (T, error)) (T, error) {
	a, ok := ctx.Value(onceKey{}).(*asked)
	if !ok {
		return ask(ctx)
	}
	key := kind + fmt.Sprintf(" %+v", question)
	lasting := kept != nil && a.past && view.Rev != 0
	if lasting {
		if v, ok := kept.Get(key); ok {
			return v.(T), nil
		}
	}
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
	if lasting {
		kept.Add(key, v)
	}
	return v.(T), nil
}

// RankHistory answers with series that belong to the caller.
func (r askingOnce) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	series, err := answerOnce(ctx, r.kept, "history", q.View, q, func(ctx context.Context) ([]reform.RankSeries, error) { return r.Reader.RankHistory(ctx, q) })
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
	sub, err := answerOnce(ctx, r.kept, "subscores", q.View, q, func(ctx context.Context) (reform.Subscores, error) { return r.Reader.Subscores(ctx, q) })
	sub.Rows = slices.Clone(sub.Rows)
	return sub, err
}

// Ranking answers with rows that belong to the caller.
func (r askingOnce) Ranking(ctx context.Context, q reform.LeagueQuestion) (reform.League, error) {
	l, err := answerOnce(ctx, r.kept, "ranking", q.View, q, func(ctx context.Context) (reform.League, error) { return r.Reader.Ranking(ctx, q) })
	l.Rows = slices.Clone(l.Rows)
	return l, err
}

// Heatmap answers with cells that belong to the caller.
func (r askingOnce) Heatmap(ctx context.Context, q reform.HeatmapQuestion) (reform.Heatmap, error) {
	h, err := answerOnce(ctx, r.kept, "heatmap", q.View, q, func(ctx context.Context) (reform.Heatmap, error) { return r.Reader.Heatmap(ctx, q) })
	h.Cells = slices.Clone(h.Cells)
	return h, err
}

// Editions answers with a list that belongs to the caller.
func (r askingOnce) Editions(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error) {
	type question struct {
		index string
		view  reform.View
	}
	eds, err := answerOnce(ctx, r.kept, "editions", v, question{index, v}, func(ctx context.Context) ([]reform.EditionInfo, error) { return r.Reader.Editions(ctx, index, v) })
	return slices.Clone(eds), err
}
