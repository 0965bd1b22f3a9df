package parallel

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDo(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100} {
		called := make([]int, n)
		var running atomic.Int64
		require.NoError(t, Do(n, 3, func(i int) error {
			if running.Add(1) > 3 {
				t.Error("more than 3 calls at the same time")
			}
			called[i]++
			running.Add(-1)
			return nil
		}))
		for i, times := range called {
			require.Equal(t, 1, times, "call %d of %d", i, n)
		}
	}
}

// Calls are at work at the same time: each of three waits for the others.
func TestDo_SameTime(t *testing.T) {
	all, open := atomic.Int64{}, make(chan struct{})
	require.NoError(t, Do(3, 3, func(int) error {
		if all.Add(1) == 3 {
			close(open)
		}
		<-open
		return nil
	}))
}

// After an error, which is the result, no further call begins.
func TestDo_Error(t *testing.T) {
	wrong := errors.New("wrong")
	begun := 0
	require.ErrorIs(t, Do(10, 1, func(i int) error {
		begun++
		if i == 4 {
			return wrong
		}
		return nil
	}), wrong)
	require.Equal(t, 5, begun)
}
