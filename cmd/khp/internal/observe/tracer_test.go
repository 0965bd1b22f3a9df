package observe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/cmd/khp/internal/queue"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// A trace that lost an event of a connection has nothing of it afterwards, nor of those that had
// begun; newer ones are complete.
func TestTracer_NoGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := khptest.NewGate()
		q := queue.New(w, 400, queue.Hooks{})
		tr := &Tracer{queue: q}
		w.Shut()
		tr.begin(q, trace.Header{Side: "server"})
		note := func(conn uint64, text string) {
			tr.Observe(transport.Event{Conn: conn, Kind: transport.EventLost, Text: text})
		}
		note(1, "early")
		note(2, "early")
		note(1, strings.Repeat("dropped", 100))
		w.Open()
		synctest.Wait()
		note(1, "late")
		note(2, "late")
		note(3, "new")
		q.Close()
		require.Equal(t, 2, strings.Count(w.String(), "early"))
		require.NotContains(t, w.String(), "dropped")
		require.NotContains(t, w.String(), "late")
		require.Contains(t, w.String(), "new")
	})
}

// A trace over a file that others could read is the owner's only, and nothing of the old file is
// left; a device keeps its permissions.
func TestTracer_Private(t *testing.T) {
	for _, before := range []os.FileMode{0, 0o644, 0o666, 0o640, 0o600} {
		path := filepath.Join(t.TempDir(), "t.ndjson")
		if before != 0 {
			require.NoError(t, os.WriteFile(path, make([]byte, 10000), before))
			require.NoError(t, os.Chmod(path, before))
		}
		tr, err := NewTracer(path, trace.Header{}, func(err error) { t.Error(err) })
		require.NoError(t, err)
		tr.Close()
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "%o", before)
		require.Less(t, info.Size(), int64(1000))
	}
	was, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	tr, err := NewTracer(os.DevNull, trace.Header{}, func(err error) { t.Error(err) })
	require.NoError(t, err)
	tr.Close()
	now, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.Equal(t, was.Mode(), now.Mode())
}
