package auth

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A provider may be shared by many goroutines and remembers no more than it must.
func TestDigest_Bounded(t *testing.T) {
	d := Digest("joe", "welcome").(*digest)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 3 * maxNonces {
				d.use(strconv.Itoa(g*i) + "x")
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, len(d.used), maxNonces)
	first, second := d.use("new"), d.use("new")
	require.Equal(t, first.cnonce, second.cnonce)
	require.Equal(t, first.count+1, second.count)
	require.NotEqual(t, first.cnonce, d.use("newer").cnonce)
}
