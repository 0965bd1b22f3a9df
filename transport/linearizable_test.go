package transport

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
)

// A connection, with both of its ends, is two queues. Calls that run at the same time must have
// results as if each happened at one moment between its begin and its end.

// call is a call on one end.
type call struct {
	end  int // 0 or 1
	kind string
	text string // of a Write
}

// outcome is how that ended.
type outcome struct {
	text string // of a Read
	ok   bool
}

// queues is a connection as one who sees only messages has it.
type queues struct {
	to     [2]string // messages on their way to each end, each with a comma behind it
	closed [2]bool   // that end has closed
	ended  [2]bool   // that end knows that the other has
}

// step says whether a call may have this outcome now, and returns the state after it.
func (q queues) step(c call, o outcome) (bool, queues) {
	me, peer := c.end, 1-c.end
	over := q.closed[me] || q.ended[me]
	switch c.kind {
	case "write":
		switch {
		case !o.ok:
			return over || q.closed[peer], q
		case over:
			return false, q
		case !q.closed[peer]: // an end that has closed discards messages
			q.to[peer] += c.text + ","
		}
		return true, q
	case "read":
		if o.ok {
			rest, found := strings.CutPrefix(q.to[me], o.text+",")
			q.to[me] = rest
			return found, q // after the own Close, too: a Ping may have kept it before
		}
		if q.closed[peer] && q.to[me] == "" {
			q.ended[me] = true
		}
		return q.closed[me] || q.ended[me], q
	case "ping":
		if o.ok {
			return !over, q
		}
		return over || q.closed[peer], q
	case "close":
		if o.ok {
			ok := !q.closed[me]
			q.closed[me] = true
			return ok && !q.ended[me], q
		}
		return true, q // another has begun, or the peer was faster: it does nothing
	}
	return false, q
}

var connectionModel = porcupine.Model{
	Init: func() any { return queues{} },
	Step: func(state, input, output any) (bool, any) {
		return state.(queues).step(input.(call), output.(outcome))
	},
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("%+v -> %+v",
			input, output)
	},
}

// history records calls.
type history struct {
	mu    sync.Mutex
	clock atomic.Int64
	calls []porcupine.Operation
}

// do makes a call as one of the clients.
func (h *history) do(client int, c call, f func() outcome) outcome {
	begin := h.clock.Add(1)
	o := f()
	end := h.clock.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: c, Call: begin,
		Output: o, Return: end})
	return o
}

func (h *history) text() string {
	slices.SortFunc(h.calls, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range h.calls {
		fmt.Fprintf(&b, "%4d-%4d  %+v -> %+v\n", op.Call, op.Return, op.Input, op.Output)
	}
	return b.String()
}

// use has both ends written to, read, pinged and closed from many goroutines, until all is over.
func (h *history) use(ends [2]*Conn, r *rand.Rand) {
	var wg sync.WaitGroup
	client := 0
	run := func(f func(client int)) {
		n := client
		client++
		wg.Go(func() { f(n) })
	}
	ctx := context.Background()
	for end, c := range ends {
		for w := range 2 {
			count := r.IntN(4)
			run(func(n int) {
				for i := range count {
					text := fmt.Sprintf("%d.%d.%d", end, w, i)
					h.do(n, call{end, "write", text},
						func() outcome { return outcome{ok: c.Write(ctx, Text, []byte(text)) == nil} })
				}
			})
		}
		for range 1 + r.IntN(2) {
			run(func(n int) {
				for h.do(n, call{end: end, kind: "read"}, func() outcome {
					_, p, err := c.Read(ctx)
					return outcome{string(p), err == nil}
				}).ok {
				}
			})
		}
		for range r.IntN(3) {
			run(func(n int) {
				h.do(n, call{end: end, kind: "ping"}, func() outcome { return outcome{ok: c.Ping(ctx) == nil} })
			})
		}
	}
	closers, pause := 1+r.IntN(3), r.IntN(200)
	for range closers {
		end := r.IntN(2)
		run(func(n int) {
			time.Sleep(time.Duration(pause) * time.Microsecond) // for variety; no order is meant
			h.do(n, call{end: end, kind: "close"},
				func() outcome { return outcome{ok: ends[end].Close(CloseNormal, "") == nil} })
		})
	}
	wg.Wait()
}

// Read, Write, Ping and Close of both ends are linearizable against two queues.
func TestConn_Linearizable(t *testing.T) {
	networks := map[string]network{"tcp": tcpPair, "pipe": pipePair, "model": modelPair,
		"small window": smallModelPair}
	for _, name := range slices.Sorted(maps.Keys(networks)) {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(25) {
				a, b := networks[name](t)
				ends := [2]*Conn{testConn(a, true), testConn(b, false)}
				var h history
				h.use(ends, rand.New(rand.NewPCG(seed, 5)))
				require.True(t, porcupine.CheckOperations(connectionModel, h.calls),
					"seed %d\n%s", seed, h.text())
			}
		})
	}
}

func smallModelPair(t testing.TB) (client, server net.Conn) {
	return modelOf(t, tcptest.Options{Window: 7, Overtakes: true, Latency: 50 * time.Microsecond})
}

// The check notices each history that is not linearizable.
func TestConn_LinearizableFinds(t *testing.T) {
	for name, calls := range map[string][]struct {
		call
		outcome
	}{
		"a message is lost": {{call{0, "write", "a"}, outcome{"", true}},
			{call{0, "write", "b"}, outcome{"", true}}, {call{1, "read", ""}, outcome{"b", true}}},
		"two are swapped": {{call{0, "write", "a"}, outcome{"", true}},
			{call{0, "write", "b"}, outcome{"", true}}, {call{1, "read", ""}, outcome{"b", true}},
			{call{1, "read", ""}, outcome{"a", true}}},
		"one comes twice": {{call{0, "write", "a"}, outcome{"", true}},
			{call{1, "read", ""}, outcome{"a", true}}, {call{1, "read", ""}, outcome{"a", true}}},
		"one comes back": {{call{0, "write", "a"}, outcome{"", true}},
			{call{0, "read", ""}, outcome{"a", true}}},
		"one was never sent": {{call{1, "read", ""}, outcome{"a", true}}},
		"an error before a message": {{call{0, "write", "a"}, outcome{"", true}},
			{call{0, "close", ""}, outcome{"", true}}, {call{1, "read", ""}, outcome{"", false}}},
		"the end without a Close": {{call{1, "read", ""}, outcome{"", false}}},
		"a write after the own Close": {{call{0, "close", ""}, outcome{"", true}},
			{call{0, "write", "a"}, outcome{"", true}}},
		"a write after the end": {{call{0, "close", ""}, outcome{"", true}},
			{call{1, "read", ""}, outcome{"", false}}, {call{1, "write", "a"}, outcome{"", true}}},
		"a write fails for no reason": {{call{0, "write", "a"}, outcome{"", false}}},
		"a Pong after the end": {{call{0, "close", ""}, outcome{"", true}},
			{call{0, "ping", ""}, outcome{"", true}}},
		"no Pong although all is well": {{call{0, "ping", ""}, outcome{"", false}}},
		"Close succeeds twice": {{call{0, "close", ""}, outcome{"", true}},
			{call{0, "close", ""}, outcome{"", true}}},
		"the end, but no Close went well": {{call{0, "close", ""}, outcome{"", false}},
			{call{1, "read", ""}, outcome{"", false}}},
	} {
		var h history
		for _, c := range calls {
			h.do(0, c.call, func() outcome { return c.outcome })
		}
		require.False(t, porcupine.CheckOperations(connectionModel, h.calls), name)
	}
}

// Programs built of this module link nothing that only its tests need.
func TestNothingLinksTestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "example.com/khp/fsm", "example.com/khp/wire/...",
		"example.com/khp/endpoint/...", "example.com/khp/transport/...").Output()
	require.NoError(t, err)
	for _, path := range strings.Fields(string(out)) {
		for _, tool := range []string{"github.com/anishathalye/porcupine", "pgregory.net/rapid",
			"testing/synctest", "example.com/khp/internal/tcptest"} {
			require.NotEqual(t, tool, path)
		}
	}
}
