package throttle

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	here  = netip.MustParsePrefix("192.0.2.7/32")
	there = netip.MustParsePrefix("2001:db8::/64")
)

// fail makes an attempt that fails, and returns how long it had to wait.
func fail(t *testing.T, th *Throttle, from netip.Prefix, user, credentials string) time.Duration {
	t.Helper()
	begin := time.Now()
	a, err := th.Begin(t.Context(), from, user, credentials)
	require.NoError(t, err)
	a.Wrong()
	return time.Since(begin)
}

func TestThrottle_Network(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		var waits []time.Duration
		for i := range 9 {
			waits = append(waits, fail(t, th, here, fmt.Sprint("user", i), fmt.Sprint(i)))
		}
		const ms = time.Millisecond
		require.Equal(t, []time.Duration{0, 0, 0, 0, 0}, waits[:5], "people mistype")
		for i := 6; i < 9; i++ {
			require.GreaterOrEqual(t, waits[i], waits[i-1])
		}
		require.GreaterOrEqual(t, waits[8], 1000*ms)
		require.Zero(t, fail(t, th, there, "user", "x"), "another network is not slowed down")
		require.Zero(t, fail(t, th, netip.Prefix{}, "user", "x"), "nor clients without a network")
		time.Sleep(most * forget)
		require.Zero(t, fail(t, th, here, "user", "y"), "failures are forgotten")
	})
}

// Many attempts at once do not get around the pauses, and those that wait too long are put off.
func TestThrottle_AtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		for i := range 8 {
			fail(t, th, here, "", fmt.Sprint(i))
		}
		results := make(chan error, 500)
		begin := time.Now()
		for i := range cap(results) {
			go func() {
				a, err := th.Begin(t.Context(), here, "", fmt.Sprint("guess", i))
				if err == nil {
					a.Wrong()
				}
				results <- err
			}()
		}
		checked := 0
		for range cap(results) {
			if err := <-results; err == nil {
				checked++
			} else {
				require.ErrorIs(t, err, ErrBusy)
			}
		}
		require.LessOrEqual(t, checked, 5)
		require.NotZero(t, checked)
		require.LessOrEqual(t, time.Since(begin), patience)
	})
}

// A network that has not failed has many checked at once, and waiting costs it nothing else.
func TestThrottle_AllRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		results := make(chan error, 200)
		for i := range cap(results) {
			go func() {
				a, err := th.Begin(t.Context(), here, "joe", fmt.Sprint(i))
				if err == nil {
					time.Sleep(80 * time.Millisecond) // of a slow check
					a.Right()
				}
				results <- err
			}()
		}
		for range cap(results) {
			require.NoError(t, <-results)
		}
	})
}

// Guessing at a name from everywhere makes its owner wait a second, and no more; one who has logged
// in a short time ago not even that.
func TestThrottle_NoLockOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		login := func(from netip.Prefix, password string) time.Duration {
			begin := time.Now()
			a, err := th.Begin(t.Context(), from, "joe", "joe:"+password)
			require.NoError(t, err)
			a.Right()
			return time.Since(begin)
		}
		require.Zero(t, login(here, "right"))
		for i := range 100 {
			fail(t, th, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32),
				"joe", "joe:guess")
		}
		require.Zero(t, login(here, "right"), "known")
		require.Zero(t, login(there, "right"), "wherever")
		require.Equal(t, nameDelay, login(there, "also right"))
		require.Zero(t, login(here, "also right"))
		for i := range 20 {
			fail(t, th, here, fmt.Sprint(i), "x")
		}
		require.Zero(t, login(here, "right"), "a neighbour behind the same address guesses")
		a, err := th.Begin(t.Context(), here, "joe", "joe:right")
		require.NoError(t, err)
		a.Wrong() // the password was changed
		require.NotZero(t, login(here, "right"))
	})
}

// The throttle's memory is bounded, whichever clients come.
func TestThrottle_Bounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		for i := range entries + 100 {
			from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
			fail(t, th, from, fmt.Sprint("user", i), "x")
			a, err := th.Begin(t.Context(), from, "", fmt.Sprint("right", i))
			require.NoError(t, err)
			a.Right()
		}
		require.Equal(t, []int{entries, entries, entries},
			[]int{th.networks.Len(), th.names.Len(), th.right.Len()})
	})
}

// An attempt whose client is gone gives its turn, or its place in line, back.
func TestThrottle_Gone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := New()
		for i := range 6 {
			fail(t, th, here, "", fmt.Sprint(i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan error, 3)
		for i := range cap(results) {
			go func() {
				_, err := th.Begin(ctx, here, "", fmt.Sprint("gone", i))
				results <- err
			}()
		}
		synctest.Wait()
		cancel()
		for range cap(results) {
			require.ErrorIs(t, <-results, context.Canceled)
		}
		a, err := th.Begin(t.Context(), here, "", "next")
		require.NoError(t, err)
		a.Unknown()
		require.Zero(t, a.network.checking)
		require.Empty(t, a.network.line)
	})
}
