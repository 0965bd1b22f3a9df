package promkhp

import (
	"example.com/khp/transport"
	"github.com/prometheus/client_golang/prometheus"
)

// Observer counts connections. Make it with [New].
type Observer struct {
	handshakes       *prometheus.CounterVec
	handshakeSeconds *prometheus.HistogramVec
	open             *prometheus.GaugeVec
	seconds          *prometheus.HistogramVec
	ended            *prometheus.CounterVec
	sent, received   traffic
}

// traffic counts the messages and bytes of one direction.
type traffic struct{ messages, bytes *prometheus.CounterVec }

var (
	_ transport.EndObserver = (*Observer)(nil)
	_ prometheus.Collector  = (*Observer)(nil)
)

// New returns an observer that has counted nothing. Register it, so that its counts can be read.
func New() *Observer {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help},
			append([]string{"side"}, labels...))
	}
	histogram := func(name, help string, buckets []float64,
		labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help,
			Buckets: buckets}, append([]string{"side"}, labels...))
	}
	return &Observer{
		handshakes: counter("khp_handshakes_total",
			"Handshakes ended, by side, outcome (open, failed, closed), failure and status code of the "+
				"response that decided.", "outcome", "failure", "status"),
		handshakeSeconds: histogram("khp_handshake_seconds",
			"How long handshakes took, by side and outcome.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}, "outcome"),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "khp_connections_open",
			Help: "Connections that are open, by side."}, []string{"side"}),
		seconds: histogram("khp_connection_seconds",
			"How long connections were open that have ended, by side.",
			[]float64{.1, 1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600}),
		ended: counter("khp_connections_ended_total", "Connections ended, by side and close code.",
			"code"),
		sent: traffic{
			counter("khp_sent_messages_total", "Messages sent on connections that have ended, by side."),
			counter("khp_sent_bytes_total",
				"Bytes in messages sent on connections that have ended, by side."),
		},
		received: traffic{
			counter("khp_received_messages_total",
				"Messages received on connections that have ended, by side."),
			counter("khp_received_bytes_total",
				"Bytes in messages received on connections that have ended, by side."),
		},
	}
}

// Observe implements [transport.Observer].
func (o *Observer) Observe(ev transport.Event) {
	l := ev.Labels()
	if l.Outcome == "" {
		return
	}
	if ev.Kind == transport.EventOpen {
		o.open.WithLabelValues(l.Side).Inc()
	}
	o.handshakes.WithLabelValues(l.Side, l.Outcome, l.Failure, l.Status).Inc()
	o.handshakeSeconds.WithLabelValues(l.Side, l.Outcome).Observe(ev.Duration.Seconds())
}

// ObserveEnd implements [transport.EndObserver].
func (o *Observer) ObserveEnd(ev transport.Event) {
	l := ev.Labels()
	o.open.WithLabelValues(l.Side).Dec()
	o.seconds.WithLabelValues(l.Side).Observe(ev.Duration.Seconds())
	o.ended.WithLabelValues(l.Side, l.Code).Inc()
	o.sent.add(l.Side, ev.Sent)
	o.received.add(l.Side, ev.Received)
}

func (t traffic) add(side string, n transport.Traffic) {
	t.messages.WithLabelValues(side).Add(float64(n.Messages))
	t.bytes.WithLabelValues(side).Add(float64(n.Bytes))
}

// collectors returns all that o consists of.
func (o *Observer) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		o.handshakes, o.handshakeSeconds, o.open, o.seconds, o.ended, o.sent.messages, o.sent.bytes,
		o.received.messages, o.received.bytes,
	}
}

// Describe implements [prometheus.Collector].
func (o *Observer) Describe(to chan<- *prometheus.Desc) {
	for _, c := range o.collectors() {
		c.Describe(to)
	}
}

// Collect implements [prometheus.Collector].
func (o *Observer) Collect(to chan<- prometheus.Metric) {
	for _, c := range o.collectors() {
		c.Collect(to)
	}
}
