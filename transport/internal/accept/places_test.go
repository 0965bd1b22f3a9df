package accept

import (
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// handedOver reports whether a turn is closed.
func handedOver(turn chan struct{}) bool {
	select {
	case <-turn:
		return true
	default:
		return false
	}
}

// Whatever clients do in whichever order: no place is lost or given twice, and those that wait get
// one in the order in which they came.
func TestPlaces_Model(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		var p places
		most, taken := 0, 0
		var waiting, got []chan struct{} // turns; those that got a place and have not been asked yet
		handOver := func() {
			if len(waiting) > 0 && (most <= 0 || taken <= most) {
				got, waiting = append(got, waiting[0]), waiting[1:]
				return
			}
			taken--
		}
		for range 60 {
			switch random.IntN(5) {
			case 0:
				free := most <= 0 || taken < most
				require.Equal(t, free, p.take())
				if free {
					taken++
				}
			case 1:
				room := random.IntN(5)
				turn, ok := p.wait(room)
				require.Equal(t, len(waiting) < room, ok)
				if ok {
					waiting = append(waiting, turn)
				}
			case 2:
				all := slices.Concat(waiting, got)
				if len(all) == 0 {
					continue
				}
				turn := all[random.IntN(len(all))]
				p.quit(turn)
				if i := slices.Index(waiting, turn); i >= 0 {
					waiting = slices.Delete(waiting, i, i+1)
				} else {
					got = slices.Delete(got, slices.Index(got, turn), slices.Index(got, turn)+1)
					handOver()
				}
			case 3:
				if taken == 0 {
					continue
				}
				p.release()
				handOver()
			case 4:
				most = random.IntN(5)
				p.fit(most)
				for len(waiting) > 0 && (most <= 0 || taken < most) {
					taken++
					got, waiting = append(got, waiting[0]), waiting[1:]
				}
			}
			inUse, queue, _ := p.count()
			require.Equal(t, []int{taken, len(waiting)}, []int{inUse, queue}, "seed %d", seed)
			require.False(t, slices.ContainsFunc(waiting, handedOver),
				"seed %d: it is another client's turn", seed)
			require.False(t, slices.ContainsFunc(got, func(c chan struct{}) bool { return !handedOver(c) }),
				"seed %d: a turn is lost", seed)
		}
	}
}

// A slot is waited for until one is given back, the bound moves, or the server ends.
func TestSlots_Wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slots
		most, done := 1, make(chan struct{})
		bound := func() int { return most }
		require.NoError(t, s.wait(bound, done))
		result := make(chan error, 2)
		waits := func() {
			go func() { result <- s.wait(bound, done) }()
			synctest.Wait()
			require.Empty(t, result, "there is none")
		}
		waits()
		s.leave()
		require.NoError(t, <-result)
		waits()
		s.wake()
		synctest.Wait()
		require.Empty(t, result, "the bound is the same")
		most = 2
		s.wake()
		require.NoError(t, <-result)
		require.True(t, s.enter(netip.Prefix{}, 1))
		require.Equal(t, 1, s.count())
		waits()
		s.exit(netip.Prefix{})
		require.NoError(t, <-result)
		require.Zero(t, s.count())
		waits()
		close(done)
		require.ErrorIs(t, <-result, http.ErrServerClosed)
		most = 0
		require.NoError(t, s.wait(bound, done), "without a bound nobody waits")
	})
}

// Connections count for an address as long as they are there, and no longer.
func TestSlots_Addresses(t *testing.T) {
	var s slots
	one, two := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	require.True(t, s.enter(one, 2))
	require.True(t, s.claim(one, 2))
	require.False(t, s.claim(one, 2))
	require.False(t, s.enter(one, 2))
	require.True(t, s.claim(one, 0), "without a bound it counts all the same")
	require.False(t, s.claim(one, 3))
	require.True(t, s.claim(two, 1))
	require.Equal(t, 2, s.claimed())
	require.Equal(t, 1, s.count(), "what is refused or claimed uses no slot")
	s.waive(two)
	require.Equal(t, 1, s.claimed())
	s.waive(one)
	s.waive(one)
	require.True(t, s.claim(one, 2))
	require.False(t, s.claim(one, 2))
	s.waive(one)
	s.exit(one)
	require.Zero(t, s.claimed())
	require.Zero(t, s.count())
}
