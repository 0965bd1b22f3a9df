package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// settingsMetrics are about the settings in force.
type settingsMetrics struct {
	ok, at prometheus.Gauge
	expiry *prometheus.GaugeVec
	build  *prometheus.GaugeVec
}

func newSettingsMetrics(r prometheus.Registerer) settingsMetrics {
	m := settingsMetrics{
		ok: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "khp_last_reload_successful", Help: "Whether the settings were in order when they were " +
				"read last, at the start or on SIGHUP: 1 or 0.",
		}),
		at: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "khp_last_reload_success_timestamp_seconds", Help: "When the settings in force were read.",
		}),
		expiry: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "khp_certificate_expiry_timestamp_seconds",
			Help: "When the certificate in this file ends, the first of its chain that does.",
		}, []string{"file"}),
		build: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "khp_build_info",
			Help: "1, with the version of khp and of Go."}, []string{"version", "goversion"}),
	}
	r.MustRegister(m.ok, m.at, m.expiry, m.build)
	return m
}

// read notes that settings were read, and whether they count now.
func (m *settingsMetrics) read(ok bool) {
	if !ok {
		m.ok.Set(0)
		return
	}
	m.ok.Set(1)
	m.at.SetToCurrentTime()
}

// Started notes that the settings of the start count, and which program has read them.
func (m *Metrics) Started(version, goVersion string) {
	if m != nil {
		m.reloaded.read(true)
		m.reloaded.build.WithLabelValues(version, goVersion).Set(1)
	}
}

// Certificates notes when the certificate in each file ends; others are forgotten.
func (m *Metrics) Certificates(ends map[string]time.Time) {
	if m == nil {
		return
	}
	m.reloaded.expiry.Reset()
	for file, end := range ends {
		m.reloaded.expiry.WithLabelValues(file).Set(float64(end.Unix()))
	}
}
