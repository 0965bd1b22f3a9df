package conform

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.com/khp/sim/verdict"
	"github.com/stretchr/testify/require"
)

// unhurried is more than any step takes on a loaded machine.
const unhurried = time.Minute

// requirePassed requires that cases ran, and that none failed.
func requirePassed(t *testing.T, run *Run) {
	t.Helper()
	require.Empty(t, run.Down)
	require.Empty(t, run.Unfit)
	require.NotZero(t, run.Grades[verdict.Pass])
	for _, c := range run.Cases {
		if c.Grade.Failed() {
			t.Errorf("%s: %s %s\n%+v\n%+v\n%+v", c.ID, c.Grade, c.Why, c.Behaviour, c.Closing, c.Wire)
		}
	}
}

// Our own server and client pass on real sockets, in both profiles.
func TestSelf(t *testing.T) {
	for _, server := range []bool{true, false} {
		for _, profile := range []string{"spec", "kaazing"} {
			t.Run(fmt.Sprintf("server=%t/%s", server, profile), func(t *testing.T) {
				list, err := Select(Filter{Server: server, Profile: profile})
				require.NoError(t, err)
				run, err := Self(context.Background(), server, profile, list, Options{Patience: unhurried})
				require.NoError(t, err)
				requirePassed(t, run)
			})
		}
	}
}
