package dashboard

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// BenchmarkFigureFile is a file of the first screen's picture in each format: made anew, and from
// what is kept. The questions are answered by the test's reader at once; those of the engine stand in
// package tests.
func BenchmarkFigureFile(b *testing.B) {
	for _, format := range figureFormats {
		for _, kept := range []bool{false, true} {
			name := format.Name + "/new"
			if kept {
				name = format.Name + "/kept"
			}
			b.Run(name, func(b *testing.B) {
				f := newFixture(b)
				path := "/figures/rank-history." + format.Name + "?index=par&unit=vn63:80&w=960&h=540"
				var took []time.Duration
				ask := func() {
					began := time.Now()
					res := f.do(b, httptest.NewRequest(http.MethodGet, path, nil))
					if res.StatusCode != http.StatusOK {
						b.Fatalf("status %d", res.StatusCode)
					}
					took = append(took, time.Since(began))
				}
				ask()
				took = nil
				for b.Loop() {
					if !kept {
						f.drawings = newDrawings(2, 64<<20)
					}
					ask()
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	}
}
