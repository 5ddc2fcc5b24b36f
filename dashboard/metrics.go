package dashboard

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what is counted of the web server. Labels are names of routes,
// methods that routes take and statuses: nothing that a stranger chooses.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	panics   prometheus.Counter
	stale    prometheus.Counter
	reused   prometheus.Counter
	drawings *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "chiso_http_requests_total", Help: "Requests by route, method and status."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "chiso_http_request_seconds", Help: "Time to the whole answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15}}, []string{"route"}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "chiso_http_panics_total", Help: "Panics of handlers that were caught."}),
		stale:    prometheus.NewCounter(prometheus.CounterOpts{Name: "chiso_http_stale_total", Help: "Last good answers given while the engine was away."}),
		reused:   prometheus.NewCounter(prometheus.CounterOpts{Name: "chiso_http_reused_total", Help: "Answers given again because nothing new was loaded."}),
		drawings: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "chiso_drawings_total", Help: "Pictures by format and by whether they were drawn or kept."}, []string{"format", "from"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.panics, m.stale, m.reused, m.drawings,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, statusText(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// Registry is where other rooms' metrics can be registered beside these.
func (s *Server) Registry() prometheus.Registerer { return s.metrics.registry }

// MetricsHandler answers Prometheus. It is for a listener of its own on
// loopback and is not reachable through the pages' address.
func (s *Server) MetricsHandler() http.Handler {
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
}
