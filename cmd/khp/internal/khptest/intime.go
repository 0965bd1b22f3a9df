package khptest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// InTime tries something that has to be in time for a timeout of real time: again with one that is
// four times as long if it was not, since the machine may be slow, or stand still for a while.
func InTime(t *testing.T, timeout time.Duration, try func(timeout time.Duration) (inTime bool)) {
	t.Helper()
	for longest := 5 * time.Minute; !try(timeout); timeout *= 4 {
		require.Less(t, timeout, longest, "it is never in time")
	}
}
