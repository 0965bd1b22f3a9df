package gateway

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A flood of the same warning is a few lines, and none of another route, another level or a later
// time is lost for it; how many were left out is said.
func TestLog_WarningsSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		log, err := newLogger(&b, "text", slog.LevelInfo)
		require.NoError(t, err)
		written := func() int {
			defer b.Reset()
			return strings.Count(b.String(), "\n")
		}
		for range 1000 {
			log.Warn("back end failed", "route", "/a")
		}
		require.Equal(t, linesAtOnce, written())
		log.Warn("back end failed", "route", "/b")
		log.With("x", 1).Warn("back end lost", "route", "/a")
		for range 100 {
			log.Info("open", "route", "/a")
			log.Error("deciding failed", "route", "/a")
		}
		require.Equal(t, 202, written())
		time.Sleep(linesPeriod)
		log.Warn("back end failed", "route", "/a")
		require.Contains(t, b.String(), fmt.Sprint("since_last_line=", 1000-linesAtOnce))
		require.Equal(t, 1, written())
		for i := range 10 * mostWarnings {
			log.Warn("back end failed", "route", fmt.Sprint("/", i))
		}
		require.Equal(t, 10*mostWarnings, written())
		require.LessOrEqual(t, len(log.Handler().(sessionLog).Handler.(warnSeldom).flood.lines),
			mostWarnings)
	})
}
