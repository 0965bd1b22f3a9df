package htpasswd

import (
	"context"
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func client(n int) netip.Prefix {
	return netip.MustParsePrefix("192.0.2." + strconv.Itoa(n) + "/32")
}

// A client that guesses passwords over hundreds of connections delays another one by the check in
// progress and one of its own.
func TestQueue_EachClientInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1)
		require.NoError(t, q.take(t.Context(), client(1)))
		order := make(chan int)
		join := func(n int) {
			go func() {
				if q.take(t.Context(), client(n)) == nil {
					order <- n
				}
			}()
			synctest.Wait()
		}
		for range 250 {
			join(1)
		}
		join(2)
		join(3)
		join(2)
		var got []int
		for range 6 {
			q.give()
			got = append(got, <-order)
		}
		require.Equal(t, []int{1, 2, 3, 1, 2, 1}, got)
		for range 247 {
			q.give()
			require.Equal(t, 1, <-order)
		}
		q.give()
		require.Equal(t, 1, q.free)
	})
}

// The newest of the client that has most in line is refused, not the one that comes.
func TestQueue_Full(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1)
		require.NoError(t, q.take(t.Context(), client(1)))
		refused := make(chan int, 2*mostWaiting)
		ctx, cancel := context.WithCancel(t.Context())
		for range mostWaiting {
			go func() {
				if q.take(ctx, client(1)) == errFull {
					refused <- 1
				}
			}()
			synctest.Wait()
		}
		require.Empty(t, refused)
		require.ErrorIs(t, q.take(ctx, client(1)), errFull, "its own newest")
		go func() {
			if q.take(ctx, client(2)) == errFull {
				refused <- 2
			}
		}()
		synctest.Wait()
		require.Equal(t, 1, <-refused, "the other client's newest")
		require.Equal(t, mostWaiting, q.waiting)
		cancel()
		synctest.Wait()
		require.Empty(t, refused)
		require.Zero(t, q.waiting, "those who have gone do not wait")
		require.Empty(t, q.shares)
		q.give()
		require.NoError(t, q.take(t.Context(), client(1)), "and no turn is lost")
	})
}

// However clients come and go, turns are neither lost nor given twice, and nobody waits while one
// is free.
func TestQueue_Any(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		q := newQueue(2)
		held := 0
		var lines []turn
		var of []netip.Prefix
		collect := func() {
			for i := 0; i < len(lines); {
				select {
				case err := <-lines[i]:
					if err == nil {
						held++
					}
					lines, of = append(lines[:i:i], lines[i+1:]...), append(of[:i:i], of[i+1:]...)
				default:
					i++
				}
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"come": func(r *rapid.T) {
				c := client(rapid.IntRange(1, 4).Draw(r, "client"))
				mine, wait := q.line(c)
				if !wait {
					held++
					return
				}
				lines, of = append(lines, mine), append(of, c)
			},
			"give": func(r *rapid.T) {
				if held == 0 {
					r.Skip()
				}
				held--
				q.give()
			},
			"go": func(r *rapid.T) {
				if len(lines) == 0 {
					r.Skip()
				}
				i := rapid.IntRange(0, len(lines)-1).Draw(r, "who")
				if q.drop(of[i], lines[i]) {
					lines, of = append(lines[:i:i], lines[i+1:]...), append(of[:i:i], of[i+1:]...)
				}
			},
			"": func(r *rapid.T) {
				collect()
				require.Equal(r, 2, held+q.free)
				require.Len(r, lines, q.waiting)
				if q.waiting > 0 {
					require.Zero(r, q.free)
				}
				count := 0
				for _, s := range q.shares {
					require.NotEmpty(r, s.turns)
					count += len(s.turns)
				}
				require.Equal(r, q.waiting, count)
			},
		})
	})
}
