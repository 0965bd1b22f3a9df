package gateway

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/cmd/khp/internal/queue"
	"github.com/stretchr/testify/require"
)

// A reader that stops holds up one line for a moment; then lines are kept, then dropped and
// counted, and it is told when it reads again. A line that every connection has is not waited for.
func TestQueue_ReaderStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := khptest.NewGate()
		q := newLogQueue(w, 1000, "text", nil)
		log, err := newLogger(q, "text", levelOf(false))
		require.NoError(t, err)
		log.Info("first")
		w.Shut()
		start := time.Now()
		log.Info("open")
		require.Zero(t, time.Since(start))
		log.Info("waits")
		require.Equal(t, queue.Patience, time.Since(start))
		for i := range 100 {
			log.Info("more", "number", i)
		}
		require.Equal(t, queue.Patience, time.Since(start), "nobody waits any more")
		dropped := q.Drops()
		require.NotZero(t, dropped)
		w.Open()
		synctest.Wait()
		log.Info("again")
		text := w.String()
		require.Regexp(t, fmt.Sprintf(`(?s)msg=first\n.*msg=open\n.*msg=waits\n.*msg=more `+
			`number=0\n.*level=WARN msg="lines are missing here: the log was not read fast enough" `+
			`lines=%d\n.*msg=again\n$`, dropped), text)
		require.Equal(t, 100-int(dropped), strings.Count(text, "msg=more"))
		q.Close()
	})
}

// Whatever is logged anywhere is one line in which everything shows.
func TestVisible_LogLine(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			var b bytes.Buffer
			log, err := newLogger(&b, form, slog.LevelInfo)
			require.NoError(t, err)
			log.Info(khptest.Playful+khptest.Controls, khptest.Playful, khptest.Playful+khptest.Controls)
			require.Equal(t, 1, strings.Count(b.String(), "\n"))
			khptest.WantVisible(t, "a line", b.String())
		})
	}
}
