package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// While somebody reads, each line is written before its writer goes on, and none is dropped.
func TestQueue_WaitsForAReaderThatReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := khptest.NewGate()
		q := New(w, 100, Hooks{})
		want := ""
		for i := range 1000 {
			line := fmt.Sprintln("line", i)
			_, _ = q.Write([]byte(line))
			want += line
			require.Len(t, w.String(), len(want))
		}
		q.Close()
		require.Equal(t, want, w.String())
		require.Zero(t, q.Drops())
	})
}

// Closing waits for a reader, but not for ever; what comes later is dropped.
func TestQueue_Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := khptest.NewGate()
		q := New(w, 1000, Hooks{})
		w.Shut()
		_, _ = q.Write([]byte("kept\n"))
		start := time.Now()
		q.Close()
		require.Equal(t, flushTime, time.Since(start))
		_, err := q.Write([]byte("late\n"))
		require.NoError(t, err)
		require.EqualValues(t, 1, q.Drops())
		w.Open()
		synctest.Wait()
		require.Equal(t, "kept\n", w.String())
	})
}
