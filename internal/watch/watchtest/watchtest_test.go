package watchtest_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/tcptest"
	"example.com/khp/internal/watch"
	"example.com/khp/internal/watch/watchtest"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// tests stand for the tests of a process: a function, and the exit code.
type tests struct {
	happens func()
	code    int
}

func (r tests) Run() int {
	r.happens()
	return r.code
}

// handshake has the records and orders of one side of a handshake.
type handshake struct {
	header  trace.Header
	records []trace.Record
	orders  []endpoint.Output
}

// TraceHeader makes it one that is traced.
func (h *handshake) TraceHeader() trace.Header { return h.header }

// shown shows the handshake once more.
func (h *handshake) shown() {
	record, order := watch.Trace(h)
	for i := range h.orders {
		order(&h.orders[i])
	}
	for _, r := range h.records {
		record(r)
	}
}

// changed returns the handshake with other records and orders.
func (h *handshake) changed(change func(*handshake)) *handshake {
	c := &handshake{h.header, slices.Clone(h.records), slices.Clone(h.orders)}
	change(c)
	return c
}

// one is a listener of one connection.
type one struct {
	net.Listener
	nc chan net.Conn
}

func (o one) Accept() (net.Conn, error) {
	nc, ok := <-o.nc
	if !ok {
		return nil, net.ErrClosed
	}
	return nc, nil
}
func (o one) Close() error { return nil }

// shake shakes hands and returns the records and orders of both sides.
func shake(t *testing.T) (client, server *handshake) {
	t.Helper()
	sides := map[string]*handshake{}
	old := watch.Trace
	watch.Trace = func(of watch.Traced) (func(trace.Record), func(*endpoint.Output)) {
		h := &handshake{header: of.TraceHeader()}
		sides[h.header.Side] = h // the server's begins when the client's has written, and not before
		return func(r trace.Record) { h.records = append(h.records, r) }, func(o *endpoint.Output) {
			c := *o
			c.Data = slices.Clone(o.Data)
			h.orders = append(h.orders, c)
		}
	}
	defer func() { watch.Trace = old }()
	a, b := tcptest.Pair(tcptest.Options{})
	served := make(chan struct{})
	s := &transport.Server{Handler: &transport.Handler{
		Serve: func(context.Context, *transport.Conn) error {
			close(served)
			return nil
		}}}
	ln := one{nc: make(chan net.Conn, 1)}
	ln.nc <- b
	go func() { _ = s.Serve(ln) }()
	c, err := transport.Dial(t.Context(), "ws://one.example/", &transport.DialOptions{
		NetDial: func(context.Context, string, string) (net.Conn, error) { return a, nil },
	})
	require.NoError(t, err)
	<-served
	require.NoError(t, c.CloseNow())
	require.NoError(t, s.Close())
	close(ln.nc)
	return sides["client"], sides["server"]
}

// find returns the number of the first record of a kind and direction.
func find(t *testing.T, h *handshake, kind trace.Kind, dir trace.Direction) int {
	i := slices.IndexFunc(h.records, func(r trace.Record) bool {
		return r.Kind == kind && r.Dir == dir
	})
	require.GreaterOrEqual(t, i, 0)
	return i
}

// A handshake that is wrong by the fault of its own side fails the tests that made it, and no other
// does, whenever it is noticed.
func TestRun(t *testing.T) {
	client, server := shake(t)
	without := func(h *handshake, kind trace.Kind, dir trace.Direction) *handshake {
		return h.changed(func(c *handshake) {
			i := find(t, c, kind, dir)
			c.records = slices.Delete(c.records, i, i+1)
		})
	}
	for name, c := range map[string]struct {
		h     *handshake
		wrong bool
	}{
		"the client": {client, false},
		"the server": {server, false},
		"the client asks for something else": {client.changed(func(c *handshake) {
			r := &c.records[find(t, c, trace.Message, trace.Sent)]
			r.Data = []byte(strings.Replace(string(r.Data), "GET / ", "GET /other ", 1))
		}), true},
		"the server sends no response": {without(server, trace.Message, trace.Sent), true},
		"it never ends": {client.changed(func(c *handshake) {
			c.records = c.records[:len(c.records)-1]
		}), false},
		"it never ends, and is wrong before": {client.changed(func(c *handshake) {
			i := find(t, c, trace.Message, trace.Sent)
			c.records = slices.Insert(c.records[:i+1], i, c.records[i])
		}), true},
		"the server is wrong, as its client says": {client.changed(func(c *handshake) {
			i := find(t, c, trace.Message, trace.Received)
			c.records[i].Data = []byte("no HTTP at all")
			c.records = append(c.records[:i+1], trace.Record{Conn: c.records[0].Conn, Side: "client",
				Attempt: 1, Kind: trace.Fail, Failure: "FailureMalformed"})
		}), false},
		"a record that no reader takes": {client.changed(func(c *handshake) {
			c.records[find(t, c, trace.Message, trace.Sent)].Text = strings.Repeat("x", trace.MaxLine)
		}), true},
		"it opens twice": {client.changed(func(c *handshake) {
			i := slices.IndexFunc(c.orders, func(o endpoint.Output) bool { return o.Kind == endpoint.Open })
			c.orders = slices.Insert(c.orders, i, c.orders[i])
		}), true},
		"a server that orders a connection": {server.changed(func(c *handshake) {
			u, err := wire.ParseURL("ws://one.example/", nil)
			require.NoError(t, err)
			c.orders = append(c.orders, endpoint.Output{Kind: endpoint.Dial, URL: &u})
		}), true},
	} {
		t.Run(name, func(t *testing.T) {
			want := 0
			if c.wrong {
				want = 1
			}
			require.Equal(t, want, watchtest.Run(tests{c.h.shown, 0}))
			require.Equal(t, 2, watchtest.Run(tests{c.h.shown, 2}),
				"tests that fail by themselves have their own code")
			require.Equal(t, want, watchtest.Tests{M: tests{c.h.shown, 0}}.Run())
		})
	}
}

// Once the endpoint has heard that its connection is gone, its writes go nowhere.
func TestRun_Lost(t *testing.T) {
	client, _ := shake(t)
	for _, kind := range []trace.Kind{trace.Lost, trace.Violation, trace.Timer} {
		code := watchtest.Run(tests{func() {
			record, order := watch.Trace(client)
			for i := range client.orders {
				order(&client.orders[i])
			}
			order(&endpoint.Output{Kind: endpoint.SendClose, Code: 1000})
			record(trace.Record{Kind: kind, Side: "client"})
			order(&endpoint.Output{Kind: endpoint.SendMessage, Type: wire.Binary})
		}, 0})
		require.Equal(t, kind == trace.Timer, code == 1, "%s", kind)
	}
}

// Tests that measure are not watched, and neither are benchmarks.
func TestUnwatched(t *testing.T) {
	client, _ := shake(t)
	require.Zero(t, watchtest.Run(tests{func() {
		t.Run("measures", func(t *testing.T) {
			watchtest.Unwatched(t)
			record, order := watch.Trace(client)
			require.Nil(t, record)
			require.Nil(t, order)
		})
		record, _ := watch.Trace(client)
		require.NotNil(t, record, "the next test is watched again")
	}, 0}))
	old, trace := os.Args, watch.Trace
	defer func() { os.Args = old }()
	os.Args, watch.Trace = append(slices.Clone(os.Args), "-test.bench=."), nil
	require.Equal(t, 3, watchtest.Run(tests{func() { require.Nil(t, watch.Trace) }, 3}))
	watch.Trace = trace
}

// A test binary that became a program ends as soon as a handshake is wrong.
func TestProcess(t *testing.T) {
	const variable = "KHP_WATCHTEST_PROCESS"
	if what := os.Getenv(variable); what != "" {
		watchtest.Process()
		record, order := watch.Trace(&handshake{
			header: trace.Header{Side: "client", Config: trace.ClientConfig(fsm.DefaultClientConfig())},
		})
		record(trace.Record{Kind: trace.Timer, Side: "client"})
		if what == "wrong" {
			order(&endpoint.Output{Kind: endpoint.Open})
		}
		os.Exit(7)
	}
	for what, want := range map[string]int{"wrong": 90, "right": 7} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestProcess$")
		cmd.Env = append(os.Environ(), variable+"="+what)
		out, _ := cmd.CombinedOutput()
		require.Equal(t, want, cmd.ProcessState.ExitCode(), "%s", out)
	}
}
