// Package metrics counts the work of khp serve, for Prometheus.
package metrics

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts the work of a gateway, for Prometheus. All methods do nothing on a nil one.
type Metrics struct {
	registry *prometheus.Registry
	attempts prometheus.Counter
	outcomes *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	backends *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	drops    *prometheus.CounterVec
	logins   *prometheus.CounterVec
	rejected *prometheus.CounterVec
	reloaded settingsMetrics
	routes   *trafficMetrics
	servers  *backendMetrics

	mu      sync.Mutex
	pending map[uint64]pendingHandshake
}

type pendingHandshake struct {
	since   time.Time
	profile string
	status  string // of the last response
	asked   bool   // for credentials
	moved   bool   // R was sent
}

// New returns metrics with all counters at 0.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounter(prometheus.CounterOpts{Name: "khp_handshake_attempts_total",
			Help: "Opening requests received."}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "khp_handshakes_total", Help: "Handshakes ended, by outcome (open; " +
				"redirected by 3xx or R; refused with another status, or challenged and gone; failed; " +
				"closed otherwise), status code of the extended response (none before one; " +
				"of the opening one for plain) and profile of the client: spec, kaazing, or plain without KHP.",
		}, []string{"outcome", "status", "profile"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "khp_handshake_seconds",
			Help:    "Time from the opening request to the end of the handshake, by profile of the client.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}},
			[]string{"profile"}),
		backends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "khp_backend_failures_total", Help: "Connections to back ends that failed, " +
				"by route and reason: unreachable, refused (it answered with another status than 101), " +
				"lost (while in use); none for a client that none of several could be found for.",
		}, []string{"route", "reason"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "khp_reloads_total",
			Help: "Reloads on SIGHUP, by result: ok or failed."}, []string{"result"}),
		drops: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "khp_dropped_lines_total", Help: "Lines that were not written because nobody read them " +
				"in time, by what they were for: log or trace.",
		}, []string{"for"}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "khp_login_failures_total", Help: "Logins that failed, by the path that auth guards and " +
				"reason: wrong (credentials were not accepted), slowed (too many failed logins of the " +
				"address, not checked), unchecked (who could tell gave no answer, or too many waited).",
		}, []string{"route", "reason"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "khp_rejected_total", Help: "Handshakes that khp did not let open, by reason: " +
				"origin (allow-origin), credentials (none, or wrong ones), route (nothing is served there), " +
				"unavailable (back end down, or logins that could not be checked), status (the route or back " +
				"end answered so), protocol (no WebSocket or KHP handshake as it must be), timeout.",
		}, []string{"reason"}),
		pending: make(map[uint64]pendingHandshake),
	}
	m.registry.MustRegister(m.attempts, m.outcomes, m.seconds, m.backends, m.reloads, m.drops,
		m.logins, m.rejected, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.routes, m.servers = newTrafficMetrics(m.registry), newBackendMetrics(m.registry)
	m.reloaded = newSettingsMetrics(m.registry)
	return m
}

// Observe implements transport.Observer.
func (m *Metrics) Observe(ev transport.Event) {
	//exhaustive:ignore
	switch ev.Kind {
	case transport.EventReceiveOpening:
		m.attempts.Inc()
		m.change(ev.Conn, pendingHandshake{since: ev.Time, profile: profileOf(ev.Data), status: noStatus})
	case transport.EventSend, transport.EventSendOpening:
		m.responded(ev)
	case transport.EventOpen:
		m.ended(ev, outcomeOpen)
	case transport.EventFail:
		m.ended(ev, outcomeFailed)
	case transport.EventClosed:
		m.ended(ev, outcomeClosed)
	}
}

func (m *Metrics) change(conn uint64, p pendingHandshake) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending[conn] = p
}

// responded remembers the status of the response that counts, and whether the client is sent
// elsewhere.
func (m *Metrics) responded(ev transport.Event) {
	status := statusOf(ev.Data)
	kind, _ := balancer.Parse(ev.Data)
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.pending[ev.Conn]
	if !ok {
		return
	}
	// without KHP the opening answer is all there is
	if status != 0 && (ev.Kind == transport.EventSend || p.profile == "plain") {
		p.status = strconv.Itoa(status)
		p.asked = p.asked || status == http.StatusUnauthorized
	}
	p.moved = p.moved || kind == balancer.Reroute
	m.pending[ev.Conn] = p
}

func (m *Metrics) ended(ev transport.Event, outcome string) {
	m.mu.Lock()
	p, ok := m.pending[ev.Conn]
	delete(m.pending, ev.Conn)
	m.mu.Unlock()
	if !ok {
		return
	}
	outcome = p.outcome(outcome, ev.Err)
	m.outcomes.WithLabelValues(outcome, p.status, p.profile).Inc()
	if reason := p.rejection(outcome, ev.Err); reason != "" {
		m.rejected.WithLabelValues(reason).Inc()
	}
	m.seconds.WithLabelValues(p.profile).Observe(ev.Time.Sub(p.since).Seconds())
}

// Outcomes of a handshake.
const (
	outcomeOpen       = "open"
	outcomeRedirected = "redirected" // with 3xx or R
	// with any other status that was decided; a client that goes away from a challenge counts here
	// as well
	outcomeRefused = "refused"
	outcomeFailed  = "failed" // everything else that went wrong
	outcomeClosed  = "closed" // given up without a failure
)

// noStatus stands for the status of a handshake without an extended response.
const noStatus = "none"

// outcome looks closer at how a handshake ended: err is why, if it failed.
func (p *pendingHandshake) outcome(end string, err error) string {
	gone := errors.Is(err, fsm.FailurePeerClosed) || errors.Is(err, fsm.FailureConnectionLost)
	switch {
	case end == outcomeClosed && p.moved, end == outcomeFailed && errors.Is(err, fsm.FailureStatus) &&
		strings.HasPrefix(p.status, "3"):
		return outcomeRedirected
	case end == outcomeFailed &&
		(errors.Is(err, fsm.FailureStatus) || p.status == "401" && gone || forbidden(err)):
		return outcomeRefused
	}
	return end
}

// profileOf returns the profile of a client by its opening request.
func profileOf(request []byte) string {
	var o endpoint.OpeningRequest
	head, _, whole := bytes.Cut(request, []byte("\r\n\r\n"))
	start, fields, _ := bytes.Cut(head, []byte("\r\n"))
	if !whole || !bytes.Contains(start, []byte("HTTP/1.1")) {
		return o.Speaks()
	}
	_, target, _ := bytes.Cut(start, []byte(" "))
	target, _, _ = bytes.Cut(target, []byte(" "))
	o.Target = string(target)
	for line := range bytes.Lines(fields) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		// The other fields say nothing about KHP.
		if len(o.Opening) == 0 || bytes.EqualFold(name, []byte("Sec-WebSocket-Protocol")) {
			o.Opening = append(o.Opening,
				endpoint.HeaderField{Name: string(name), Value: string(bytes.TrimSpace(value))})
		}
	}
	return o.Speaks()
}

// statusOf returns the status code of a response, 0 if it is none.
func statusOf(response []byte) int {
	rest, ok := bytes.CutPrefix(response, []byte("HTTP/1.1 "))
	code, _, _ := bytes.Cut(rest[:min(len(rest), 4)], []byte(" "))
	n, err := strconv.Atoi(string(code))
	if !ok || err != nil {
		return 0
	}
	return n
}

// BackendFailed counts a connection to a back end that failed, by the path of its route and one of
// the reasons in the help of the metric.
func (m *Metrics) BackendFailed(route, reason string) {
	if m != nil {
		m.backends.WithLabelValues(route, reason).Inc()
	}
}

// Reloaded counts a reload.
func (m *Metrics) Reloaded(ok bool) {
	if m == nil {
		return
	}
	result := "failed"
	if ok {
		result = "ok"
	}
	m.reloads.WithLabelValues(result).Inc()
	m.reloaded.read(ok)
}

// Reasons of LoginFailed.
const (
	LoginWrong     = "wrong"
	LoginSlowed    = "slowed"
	LoginUnchecked = "unchecked"
)

// LoginFailed counts a login that failed at a path that auth guards, for one of the reasons above.
func (m *Metrics) LoginFailed(route, reason string) {
	if m != nil {
		m.logins.WithLabelValues(route, reason).Inc()
	}
}

// LineDropped counts a line that was not written; of is log or trace.
func (m *Metrics) LineDropped(of string) {
	if m != nil {
		m.drops.WithLabelValues(of).Inc()
	}
}

// Gauge adds a value that is asked for whenever metrics are read. Several of one name have the same
// help, and labels of the same names.
func (m *Metrics) Gauge(name, help string, labels map[string]string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help,
		ConstLabels: labels}, value))
}

// Counter is Gauge for a value that only grows.
func (m *Metrics) Counter(name, help string, labels map[string]string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help,
		ConstLabels: labels}, value))
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
