package capture

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// tap is a connection that keeps the bytes in both directions.
type tap struct {
	net.Conn
	flow *flow
	mu   *sync.Mutex
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 {
		c.flow.add(segment{data: bytes.Clone(p[:n])})
	}
	return n, err
}

func (c *tap) Write(p []byte) (int, error) {
	c.mu.Lock() // before the answer can come
	c.flow.add(segment{client: true, data: bytes.Clone(p)})
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// traffic has the bytes that a client and a server of ours send each other on loopback: one whole
// flow for each connection.
func traffic(t testing.TB, opts transport.DialOptions, decide func(context.Context,
	*transport.Request) (transport.Decision, error)) []*flow {
	t.Helper()
	h := &transport.Handler{Decide: decide,
		Subprotocols: []string{"chat"}, Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				typ, p, err := c.Read(ctx)
				if err != nil {
					return nil
				}
				if err := c.Write(ctx, typ, p); err != nil {
					return nil
				}
			}
		}}
	server := httptest.NewServer(h)
	defer server.Close()
	var mu sync.Mutex
	var flows []*flow
	opts.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		nc, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		mu.Lock()
		defer mu.Unlock()
		f := newFlow(uint16(40000 + len(flows)))
		flows = append(flows, f)
		return &tap{nc, f, &mu}, err
	}
	c, err := transport.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/p?q", &opts)
	if err == nil {
		require.NoError(t, c.Write(t.Context(), transport.Text, []byte("grüße")))
		_, _, err = c.Read(t.Context())
		require.NoError(t, err)
		require.NoError(t, c.Close(transport.CloseNormal, "bye"))
	}
	mu.Lock()
	defer mu.Unlock()
	for _, f := range flows {
		f.add(segment{fin: true})
		f.add(segment{client: true, fin: true})
	}
	return flows
}

// accept lets every client in.
func accept(_ context.Context, r *transport.Request) (transport.Decision, error) {
	return transport.Decision{}, nil
}

// challenge asks for credentials first.
func challenge(_ context.Context, r *transport.Request) (transport.Decision, error) {
	if r.Authorization == "" {
		return transport.Decision{Status: http.StatusUnauthorized,
			Challenges: []string{`Application Basic realm="r"`}}, nil
	}
	return transport.Decision{}, nil
}

// elsewhere sends to another path.
func elsewhere(_ context.Context, r *transport.Request) (transport.Decision, error) {
	if r.Path() == "/p" {
		return transport.Decision{Status: http.StatusFound, Location: "/other"}, nil
	}
	return transport.Decision{}, nil
}

// flat joins flows into one list, one behind the other.
func flat(flows ...*flow) (list []segment) {
	for _, f := range flows {
		list = append(list, f.list...)
	}
	return list
}
