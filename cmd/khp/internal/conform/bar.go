package conform

import (
	"io"
	"sync"
	"time"

	"example.com/khp/internal/conform"
	"example.com/khp/internal/terminal"
	"github.com/schollz/progressbar/v3"
)

// bar shows on a terminal how many cases have a result.
type bar struct {
	mu    sync.Mutex
	shown *progressbar.ProgressBar // nil where there is no terminal
}

func newBar(w io.Writer, cases int) *bar {
	if !terminal.IsTerminal(w) {
		return &bar{}
	}
	return &bar{shown: progressbar.NewOptions(cases, progressbar.OptionSetWriter(w),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionThrottle(100*time.Millisecond))}
}

// tell takes each result.
func (b *bar) tell(c conform.Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown != nil {
		b.shown.Describe(c.Section())
		_ = b.shown.Add(1)
	}
}

func (b *bar) close() {
	if b.shown != nil {
		_ = b.shown.Clear()
	}
}
