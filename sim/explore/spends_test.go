package explore

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// wheel is a clockwork whose hand may go back to the start when it has come to a position, for a
// price or for nothing.
type wheel struct {
	clockwork
	price bool
}

func (w wheel) Steps(n int, yield func(*Step[int, tick])) {
	w.clockwork.Steps(n, yield)
	if n == w.last-1 {
		yield(&Step[int, tick]{Action: tick(n), Next: 0, Fair: true, Spends: w.price})
	}
}

// A run that goes in circles never gets there, unless each circle uses something up.
func TestExplore_NoRunSpendsForEver(t *testing.T) {
	p := Properties[int]{LeadsTo: []Promise[int]{{"TOY-7", "comes to the end", nil,
		func(n int) bool { return n == 5 }}}}
	w := wheel{clockwork{last: 5, stuckAt: -1, brokenAt: -1}, false}
	r, err := Explore(w, p, Options{})
	require.NoError(t, err)
	require.Len(t, r.Violations, 1)
	w.price = true
	r, err = Explore(w, p, Options{})
	require.NoError(t, err)
	require.Empty(t, r.Violations)
	w.stuckAt = 2 // spending is no excuse for what does not go on
	r, err = Explore(w, p, Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
}
