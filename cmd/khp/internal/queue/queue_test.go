package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// While a reader reads, each line is written before its writer goes on, and none is dropped.
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

// slowReader takes a millisecond for each write.
type slowReader struct {
	khptest.Buffer
	writes int
}

func (r *slowReader) Write(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	r.writes++
	return r.Buffer.Write(p)
}

// A burst of lines that need not be written at once waits for room, so that none is dropped; lines
// that wait for the same write go out together, in order, and before a later line that is waited
// for.
func TestQueue_Later(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slowReader{}
		q := New(w, 100, Hooks{})
		want := ""
		for i := range 1000 {
			line := fmt.Sprintln("line", i)
			_, _ = q.Later().Write([]byte(line))
			want += line
		}
		_, _ = q.Write([]byte("last\n"))
		require.Equal(t, want+"last\n", w.String())
		require.Zero(t, q.Drops())
		require.Less(t, w.writes, 500)
		start := time.Now()
		_, _ = q.Later().Write([]byte("more\n"))
		require.Zero(t, time.Since(start))
		q.Close()
		require.Equal(t, want+"last\nmore\n", w.String())
	})
}

// Closing waits for a reader, but not for ever; later lines are dropped.
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
