package target

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// Servers that cannot be reached lose their turn, are asked again after a moment, and are believed
// meanwhile.
func TestBalance_SkipsWhatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parsed, err := parseBalanceTarget("ws://a.example/,ws://b.example/,ws://c.example/")
		require.NoError(t, err)
		target := parsed.(*balanceTarget)
		down, checks := map[string]bool{"b.example:80": true}, 0
		target.check = func(addr string) error {
			checks++
			if down[addr] {
				time.Sleep(balanceCheck)
				return errors.New("no answer")
			}
			return nil
		}
		var log khptest.Buffer
		choose := func(n int) (hosts string) {
			for range n {
				u, ok := target.choose(slog.New(slog.NewTextHandler(&log, nil)))
				if !ok {
					hosts += "-"
					continue
				}
				hosts += u.Host[:1]
			}
			return hosts
		}
		require.Equal(t, "accacc", choose(6), "b is left out")
		require.Equal(t, 3, checks, "and believed to be down")
		down["a.example:80"], down["b.example:80"] = true, false
		time.Sleep(balanceMemory)
		require.Equal(t, "bbcbbc", choose(6), "all are asked again")
		down["b.example:80"], down["c.example:80"] = true, true
		time.Sleep(balanceMemory)
		require.Equal(t, "------", choose(6), "none answers")
		down["a.example:80"] = false
		time.Sleep(balanceMemory)
		require.Equal(t, "aaa", choose(3), "one is back")
		require.Equal(t, 2, strings.Count(log.String(), "b.example/ error"), "one line when it goes")
		require.Equal(t, 2, strings.Count(log.String(), "reached again"), "one when it is back")
	})
}

// While one request checks a server that does not answer, others are not held up.
func TestBalance_OneChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parsed, err := parseBalanceTarget("ws://a.example/,ws://b.example/")
		require.NoError(t, err)
		target := parsed.(*balanceTarget)
		target.check = func(string) error { time.Sleep(balanceCheck); return errors.New("no answer") }
		go target.choose(slog.New(slog.DiscardHandler))
		synctest.Wait()
		start := time.Now()
		require.True(t, target.servers[0].reachable(target.check, slog.New(slog.DiscardHandler)),
			"nothing is known yet")
		require.Zero(t, time.Since(start))
		time.Sleep(3 * balanceCheck)
	})
}
