package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// trafficMetrics are about open connections, by route. Routes are the operator's, so that there are
// few.
type trafficMetrics struct {
	opened           *prometheus.GaugeVec
	seconds          *prometheus.HistogramVec
	receivedBytes    *prometheus.CounterVec
	receivedMessages *prometheus.CounterVec
	sentBytes        *prometheus.CounterVec
	sentMessages     *prometheus.CounterVec
}

func newTrafficMetrics(r prometheus.Registerer) *trafficMetrics {
	counter := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"route"})
	}
	m := &trafficMetrics{
		opened: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "khp_connections_open",
			Help: "Connections that completed the handshake and are in use, by route."}, []string{"route"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "khp_connection_seconds", Help: "How long connections were open, by route.",
			Buckets: []float64{.1, 1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600}}, []string{"route"}),
		receivedBytes: counter("khp_received_bytes_total",
			"Bytes in messages from clients, by route."),
		receivedMessages: counter("khp_received_messages_total", "Messages from clients, by route."),
		sentBytes:        counter("khp_sent_bytes_total", "Bytes in messages to clients, by route."),
		sentMessages:     counter("khp_sent_messages_total", "Messages to clients, by route."),
	}
	r.MustRegister(m.opened, m.seconds, m.receivedBytes, m.receivedMessages,
		m.sentBytes, m.sentMessages)
	return m
}

// Traffic counts for the connections of one route. All methods do nothing on a nil
// one.
type Traffic struct {
	opened                                                   prometheus.Gauge
	seconds                                                  prometheus.Observer
	receivedBytes, receivedMessages, sentBytes, sentMessages prometheus.Counter
}

// Traffic returns the counters of a route; nil if m is nil.
func (m *Metrics) Traffic(route string) *Traffic {
	if m == nil {
		return nil
	}
	t := m.routes
	return &Traffic{
		t.opened.WithLabelValues(route), t.seconds.WithLabelValues(route),
		t.receivedBytes.WithLabelValues(route), t.receivedMessages.WithLabelValues(route),
		t.sentBytes.WithLabelValues(route), t.sentMessages.WithLabelValues(route),
	}
}

// Open counts a connection until the result is called.
func (t *Traffic) Open() (done func()) {
	if t == nil {
		return func() {}
	}
	t.opened.Inc()
	return t.opened.Dec
}

// Closed counts how long a connection was open.
func (t *Traffic) Closed(open time.Duration) {
	if t != nil {
		t.seconds.Observe(open.Seconds())
	}
}

// Receive counts messages from a client, and bytes of messages.
func (t *Traffic) Receive(messages, bytes int) {
	if t != nil {
		count(t.receivedMessages, messages)
		count(t.receivedBytes, bytes)
	}
}

// Send counts messages to a client, and bytes of messages.
func (t *Traffic) Send(messages, bytes int) {
	if t != nil {
		count(t.sentMessages, messages)
		count(t.sentBytes, bytes)
	}
}

// count leaves a counter alone to which nothing is to be added: that costs as much as another
// number.
func count(c prometheus.Counter, n int) {
	if n > 0 {
		c.Add(float64(n))
	}
}
