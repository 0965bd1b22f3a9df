package interleave_test

import (
	"errors"
	"testing"

	"example.com/khp/internal/interleave"
	"github.com/stretchr/testify/require"
)

// A counter that two threads read and write without a lock loses one in some schedule, with a lock
// in none; and two locks that are taken in different orders block each other in one.
func TestExplore(t *testing.T) {
	for name, c := range map[string]struct {
		locked bool
		bound  int
		lost   bool
	}{"no lock": {false, 1, true}, "no preemption": {false, 0, false}, "lock": {true, 3, false}} {
		count, err := interleave.Explore(t, c.bound, func(r *interleave.Run) func() error {
			var mu interleave.Mutex
			n := 0
			for _, name := range []string{"a", "b"} {
				r.Go(name, func() {
					if c.locked {
						mu.Lock()
						defer mu.Unlock()
					}
					interleave.Yield("read")
					seen := n
					interleave.Yield("write")
					n = seen + 1
				})
			}
			return func() error {
				if n != 2 {
					return errors.New("one is lost")
				}
				return nil
			}
		})
		require.Equal(t, c.lost, err != nil, "%s: %v", name, err)
		require.Greater(t, count, 1, name)
	}
}
