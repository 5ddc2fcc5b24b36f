package dashboard

import (
	"context"
	"errors"
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
	r := askingOnce{c}
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
	c.err = reform.ErrUnavailable
	if _, err := r.RankHistory(remembering(context.Background()), q); !errors.Is(err, reform.ErrUnavailable) {
		t.Errorf("got %v, want the engine's error", err)
	}
}
