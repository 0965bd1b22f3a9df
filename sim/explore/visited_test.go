package explore

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVisited_FindsWhatWasAdded(t *testing.T) {
	var v visited
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	places := map[uint64]uint32{}
	for range 100_000 {
		fp := r.Uint64()
		if r.IntN(3) == 0 && len(v.prints) > 0 {
			fp = v.prints[r.IntN(len(v.prints))] // again
		}
		place, ok := v.find(fp, nil)
		want, known := places[fp]
		require.Equal(t, known, ok, "seed %d", seed)
		if !ok {
			places[fp] = v.add(fp, nil, noID)
			continue
		}
		require.Equal(t, want, place, "seed %d", seed)
	}
	set, from := v.bytes()
	require.Less(t, float64(set+from)/float64(len(places)), 32.0, "bytes a state")
}

func TestID_KeepsPartPlaceAndLabel(t *testing.T) {
	for _, part := range []int{0, 5, parts - 1} {
		i := idOf(part, 1234567) | fairLabel
		require.Equal(t, part, i.part())
		require.Equal(t, uint32(1234567), i.place())
	}
}

func TestFingerprint_DependsOnSeedAndEveryByte(t *testing.T) {
	a := []byte("0123456789")
	seen := map[uint64]bool{fingerprint(0, a): true, fingerprint(1, a): true}
	for i := range a {
		b := []byte("0123456789")
		b[i] ^= 1
		seen[fingerprint(0, b)] = true
	}
	require.Len(t, seen, 12)
}
