package explore

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// clockwork is a toy system: a hand that goes from 0 to its last position, and may be told to jump,
// stick or break on the way.
type clockwork struct {
	last     int
	stuckAt  int // no step leads on from here
	brokenAt int // the step from here breaks a property
	loopFrom int // from here it only goes back to the position before
}

// tick is the step at a position.
type tick int

func (t tick) String() string { return fmt.Sprint("tick ", int(t)) }
func (t tick) Edge() int      { return int(t) % 3 }
func (t tick) Row() string    { return fmt.Sprint("wheel/", t.Edge()) }
func (t tick) Cell() string   { return "" }

func (c clockwork) Start() int             { return 0 }
func (c clockwork) Size() int              { return 8 }
func (c clockwork) Encode(n int, b []byte) { binary.LittleEndian.PutUint64(b, uint64(n)) }
func (c clockwork) Decode(b []byte) int    { return int(binary.LittleEndian.Uint64(b)) }
func (c clockwork) AtRest(n int) bool      { return n == c.last }
func (c clockwork) Edges() int             { return 3 }
func (c clockwork) Steps(n int, yield func(*Step[int, tick])) {
	if n == c.last || n == c.stuckAt {
		return
	}
	step := Step[int, tick]{Action: tick(n), Next: n + 1, Fair: true}
	if n == c.brokenAt {
		step.Broken = "TOY-1: the wheel breaks"
	}
	if c.loopFrom > 0 && n == c.loopFrom {
		step.Next = n - 1
	}
	yield(&step)
}

func wantViolation(t *testing.T, c clockwork, p Properties[int], id string, steps int) {
	t.Helper()
	r, err := Explore(c, p, Options{})
	require.NoError(t, err)
	require.Len(t, r.Violations, 1)
	require.Equal(t, id, r.Violations[0].ID)
	require.Len(t, r.Violations[0].Path, steps, "a shortest path")
	require.Contains(t, r.Violations[0].String(), id)
}

func TestExplore_FindsNothingWhereNothingIs(t *testing.T) {
	r, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{
		Always:    []Property[int]{{"TOY-2", "stays on the dial", func(n int) bool { return n <= 9 }}},
		Sometimes: []Property[int]{{"TOY-3", "passes five", func(n int) bool { return n == 5 }}},
		LeadsTo: []Promise[int]{{"TOY-4", "the last position", nil,
			func(n int) bool { return n == 9 }}},
	}, Options{})
	require.NoError(t, err)
	require.Empty(t, r.Violations)
	require.Equal(t, 10, r.States)
	require.Equal(t, 9, r.Steps)
	require.Equal(t, []int{3, 3, 3}, r.Edges)
}

func TestExplore_FindsWhatIsWrong(t *testing.T) {
	t.Run("step", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: 4}, Properties[int]{}, "TOY-1", 5)
	})
	t.Run("stuck", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: 6, brokenAt: -1}, Properties[int]{}, "LIV-09", 6)
	})
	t.Run("always", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{
			Always: []Property[int]{{"TOY-2", "stays below 7", func(n int) bool { return n < 7 }}},
		}, "TOY-2", 7)
	})
	t.Run("sometimes", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{
			Sometimes: []Property[int]{{"TOY-3", "passes twelve", func(n int) bool { return n == 12 }}},
		}, "TOY-3", 0)
	})
	t.Run("leads-to", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1, loopFrom: 3}, Properties[int]{
			LeadsTo: []Promise[int]{{"TOY-4", "the last position", nil, func(n int) bool { return n == 9 }}},
		}, "TOY-4", 0)
	})
}

func TestExplore_GivesUpBeyondItsBound(t *testing.T) {
	_, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{},
		Options{MaxStates: 100})
	require.ErrorContains(t, err, "more than 100")
}
