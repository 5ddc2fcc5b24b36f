package dashboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"chiso/reform"
)

// countingReader counts questions to the fake.
type countingReader struct {
	Reader
	asked atomic.Int64
	err   error
}

func (c *countingReader) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	c.asked.Add(1)
	if c.err != nil {
		return nil, c.err
	}
	return c.Reader.RankHistory(ctx, q)
}

// Equal questions of one request reach the engine once, whoever asks first; of another request anew.
func TestAskingOnce(t *testing.T) {
	c := &countingReader{Reader: newFake()}
	r := newAskingOnce(c)
	q := reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}, Scope: reform.ScopeNation, Kind: reform.Year}
	ctx := remembering(context.Background())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			series, err := r.RankHistory(ctx, q)
			if err != nil || len(series[0].Points) == 0 {
				t.Errorf("got %v, %v", series, err)
				return
			}
			series[0].Points[0].Place = 99 // the caller's own: the others don't see it
		})
	}
	all.Wait()
	series, err := r.RankHistory(ctx, q)
	if err != nil || series[0].Points[0].Place == 99 {
		t.Errorf("one caller's change reached another: %v, %v", series[0].Points[0], err)
	}
	if n := c.asked.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	other := q
	other.Units = []reform.UnitKey{"vn63:82"}
	if _, err := r.RankHistory(ctx, other); err != nil || c.asked.Load() != 2 {
		t.Errorf("another question: asked %d times, %v; want 2", c.asked.Load(), err)
	}
	if _, err := r.RankHistory(remembering(context.Background()), q); err != nil || c.asked.Load() != 3 {
		t.Errorf("another request: asked %d times, %v; want 3", c.asked.Load(), err)
	}
	// What is asked of a revision that has been is kept beyond the request, and belongs to each caller all the same.
	q.View.Rev = 3
	for i := range 3 {
		series, err := r.RankHistory(rememberingOf(context.Background(), true), q)
		if err != nil || series[0].Points[0].Place == 99 || c.asked.Load() != 4 {
			t.Errorf("request %d of the past: asked %d times, %v; want 4", i, c.asked.Load(), err)
		}
		series[0].Points[0].Place = 99
	}
	if _, err := r.RankHistory(remembering(context.Background()), q); err != nil || c.asked.Load() != 5 {
		t.Errorf("a revision to come: asked %d times, %v; want 5", c.asked.Load(), err)
	}
	q.View.Rev = 0
	c.err = reform.ErrUnavailable
	if _, err := r.RankHistory(remembering(context.Background()), q); !errors.Is(err, reform.ErrUnavailable) {
		t.Errorf("got %v, want the engine's error", err)
	}
}

// recordingReader notes the questions that reach it.
type recordingReader struct {
	*fakeReader
	mu    *sync.Mutex
	asked map[string]int
}

func (r recordingReader) note(kind string, question any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[kind+fmt.Sprintf(" %+v", question)]++
}

func (r recordingReader) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	r.note("history", q)
	return r.fakeReader.RankHistory(ctx, q)
}

func (r recordingReader) Subscores(ctx context.Context, q reform.SubscoresQuestion) (reform.Subscores, error) {
	r.note("subscores", q)
	return r.fakeReader.Subscores(ctx, q)
}

func (r recordingReader) Editions(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error) {
	r.note("editions", index)
	return r.fakeReader.Editions(ctx, index, v)
}

// A comparison, a report and a picture that is drawn again for its height ask the engine no question twice.
func TestNothingIsAskedTwice(t *testing.T) {
	report := func(t *testing.T, f *fixture) {
		one, err := RecipeNamed("province")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Report(t.Context(), one.File, DeckOptions{Units: []reform.UnitKey{"vn63:80"}}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(path string) func(*testing.T, *fixture) {
		return func(t *testing.T, f *fixture) {
			if res, body := f.get(t, path); res.StatusCode != 200 {
				t.Fatalf("status %d: %s", res.StatusCode, clip(body, 300))
			}
		}
	}
	for name, ask := range map[string]func(*testing.T, *fixture){
		"comparison": get("/compare?index=papi&unit=vn63:80,vn63:82"),
		"unit":       get("/units/vn63/long-an?index=papi"),
		"report":     report,
		"picture":    get("/figures/rank-history.svg?index=par&unit=vn63:80&h=400"),
	} {
		t.Run(name, func(t *testing.T) {
			var r recordingReader
			f := newFixture(t, func(o *Options) {
				r = recordingReader{o.Reader.(*fakeReader), &sync.Mutex{}, map[string]int{}}
				o.Reader = r
			})
			ask(t, f)
			if len(r.asked) == 0 {
				t.Fatal("nothing was asked")
			}
			for q, n := range r.asked {
				if n > 1 {
					t.Errorf("asked %d times: %s", n, q)
				}
			}
		})
	}
}
