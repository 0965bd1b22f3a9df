package explore

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"example.com/khp/internal/terminal"
	"example.com/khp/sim/explore"
	"github.com/schollz/progressbar/v3"
)

// progressNames are the values of --progress.
var progressNames = []string{"auto", "plain", "json", "none"}

// stand is how far a run is.
type stand struct {
	number, of int
	name       string
	explore.Progress
	seconds float64
}

// rate is states per second.
func (s stand) rate() float64 { return float64(s.States) / max(s.seconds, 1e-3) }

// watcher gets the progress of a run, often.
type watcher interface {
	tell(stand)
	close()
}

// newWatcher returns the watcher that --progress asks for. By default it writes to terminals only.
func newWatcher(kind string, w io.Writer) watcher {
	switch {
	case kind == "plain":
		return &lines{w: w, format: func(s stand) string {
			return fmt.Sprintf("%d/%d %s: %d states, %d to look at, depth %d, %.0f states/s",
				s.number, s.of, s.name, s.States, s.Frontier, s.Depth, s.rate())
		}}
	case kind == "json":
		return &lines{w: w, format: func(s stand) string {
			b, _ := json.Marshal(map[string]any{
				"configuration": s.name, "number": s.number, "of": s.of, "states": s.States, "steps": s.Steps,
				"depth": s.Depth, "frontier": s.Frontier,
				"seconds": s.seconds, "rate": s.rate(),
			})
			return string(b)
		}}
	case kind == "auto" && terminal.IsTerminal(w):
		return &bar{w: w, begin: time.Now()}
	}
	return silence{}
}

type silence struct{}

func (silence) tell(stand) {}
func (silence) close()     {}

// lines writes a line for each configuration and another every two seconds.
type lines struct {
	w      io.Writer
	format func(stand) string
	last   time.Time
	number int
}

func (l *lines) tell(s stand) {
	if s.number == l.number && time.Since(l.last) < 2*time.Second {
		return
	}
	l.number, l.last = s.number, time.Now()
	_, _ = fmt.Fprintln(l.w, l.format(s))
}

func (*lines) close() {}

// bar shows the configurations done and how fast the current one grows. It appears once a run turns
// out to be long.
type bar struct {
	w     io.Writer
	begin time.Time
	shown *progressbar.ProgressBar
}

func (b *bar) tell(s stand) {
	if b.shown == nil {
		if time.Since(b.begin) < time.Second {
			return
		}
		b.shown = progressbar.NewOptions(s.of, progressbar.OptionSetWriter(b.w),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
			progressbar.OptionThrottle(200*time.Millisecond))
	}
	b.shown.Describe(fmt.Sprintf("%s: %d states, %d to look at, %.2f million/s",
		s.name, s.States, s.Frontier, s.rate()/1e6))
	_ = b.shown.Set(s.number - 1)
}

func (b *bar) close() {
	if b.shown != nil {
		_ = b.shown.Clear()
	}
}
