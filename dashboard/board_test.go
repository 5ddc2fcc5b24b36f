package dashboard

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"chiso/reform"
)

func init() {
	readingPages = append(readingPages, "/analysis/board", "/analysis/board?region=vn63:r:DBSCL&index=papi", "/analysis/board?unit=vn34:80&unit=vn63:80&index=papi&rev=3")
}

type historyCounter struct {
	Reader
	n atomic.Int64
}

func (h *historyCounter) RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	h.n.Add(1)
	return h.Reader.RankHistory(ctx, q)
}

// Twenty charts of one index come from one question; a unit's board has its indices, and says what is not known.
func TestBoard(t *testing.T) {
	var counter *historyCounter
	f := newFixture(t, func(o *Options) { counter = &historyCounter{Reader: o.Reader}; o.Reader = counter })
	var keys []string
	for _, u := range reform.Default().Units(reform.VN63, reform.Province)[:20] {
		keys = append(keys, string(u.Key))
	}
	d := f.page(t, "/analysis/board?index=papi&unit="+strings.Join(keys, ","))
	if n := d.Find("figure.fig .canvas svg").Length(); n != 20 {
		t.Errorf("got %d charts, want 20", n)
	}
	if n := counter.n.Load(); n != 1 {
		t.Errorf("twenty charts took %d questions, want 1", n)
	}
	if n := f.page(t, "/analysis/board?index=papi&region=vn63:r:DBSCL").Find("figure.fig").Length(); n != 13 {
		t.Errorf("the Mekong delta has %d charts, want 13", n)
	}
	own := f.page(t, "/analysis/board?unit=vn63:80")
	if n := own.Find("figure.fig").Length(); n < 2 {
		t.Errorf("Long An has %d charts", n)
	}
	if !strings.Contains(own.Find(".quiet").Text(), "SIPAS") {
		t.Error("the board does not say that nothing is known of SIPAS")
	}
	for bad, want := range map[string]int{"region=vn63:80": http.StatusBadRequest, "region=vn63:r:NONE": http.StatusNotFound, "index=none": http.StatusNotFound, "unit=" + strings.Repeat("vn63:80,", 3) + "x": http.StatusBadRequest} {
		if res, _ := f.get(t, "/analysis/board?"+bad); res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", bad, res.StatusCode, want)
		}
	}
}
