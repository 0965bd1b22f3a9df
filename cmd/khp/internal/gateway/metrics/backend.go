package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// backendMetrics are about connections to back ends, by route and back end. Both are the
// operator's, so that there are few.
type backendMetrics struct {
	up      *prometheus.GaugeVec
	seconds *prometheus.HistogramVec
}

func newBackendMetrics(r prometheus.Registerer) *backendMetrics {
	labels := []string{"route", "backend"}
	m := &backendMetrics{
		up: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "khp_backend_up", Help: "Whether a back " +
			"end could be reached when that was last tried, 1 before, by route and back end."}, labels),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "khp_backend_connect_seconds", Help: "Time until a back end has opened a connection, " +
				"its TLS and WebSocket handshakes included, by route and back end.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, labels),
	}
	r.MustRegister(m.up, m.seconds)
	return m
}

// Backend counts for one back end of a route. All methods do nothing on a nil one.
type Backend struct {
	up      prometheus.Gauge
	seconds prometheus.Observer
}

// Backends forgets which back ends are up: there are others from now on.
func (m *Metrics) Backends() {
	if m != nil {
		m.servers.up.Reset()
	}
}

// Backend returns the counters of a back end of a route, which counts as up; nil if m is nil.
func (m *Metrics) Backend(route, where string) *Backend {
	if m == nil {
		return nil
	}
	b := &Backend{m.servers.up.WithLabelValues(route, where),
		m.servers.seconds.WithLabelValues(route, where)}
	b.Up(true)
	return b
}

// Up notes whether it could be reached.
func (b *Backend) Up(ok bool) {
	switch {
	case b == nil:
	case ok:
		b.up.Set(1)
	default:
		b.up.Set(0)
	}
}

// Connected counts a connection that took so long to open.
func (b *Backend) Connected(took time.Duration) {
	if b != nil {
		b.seconds.Observe(took.Seconds())
	}
}
