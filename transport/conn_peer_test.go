package transport

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

type pf = frametest.Frame

const (
	opC, opT, opB = ws.OpContinuation, ws.OpText, ws.OpBinary
	opX, opI, opO = ws.OpClose, ws.OpPing, ws.OpPong
)

func testConn(nc net.Conn, client bool) *Conn {
	return newConn(frames.New(nc, client, nil, DefaultReadLimit), opened{readLimit: DefaultReadLimit})
}

// connPair returns two connected Conns. Nothing in a test may depend on the close timer, so it is
// far away.
func connPair(t testing.TB, socket func(testing.TB) (net.Conn, net.Conn)) (client, server *Conn) {
	a, b := socket(t)
	client, server = testConn(a, true), testConn(b, false)
	client.closeTimeout, server.closeTimeout = time.Hour, time.Hour
	return client, server
}

// echo echoes messages until the connection ends, and then returns how it ended.
func echo(c *Conn) <-chan error {
	end := make(chan error, 1)
	go func() {
		for {
			typ, p, err := c.Read(context.Background())
			if err == nil {
				err = c.Write(context.Background(), typ, p)
			}
			if err != nil {
				end <- err
				return
			}
		}
	}()
	return end
}

// peer is the other end of a Conn under test, without a Conn of its own.
type peer struct {
	t      *testing.T
	nc     net.Conn
	client bool // this end
}

func newPeer(t *testing.T, nc net.Conn, client bool) *peer { return &peer{t, nc, client} }

func (p *peer) send(frames ...pf) {
	p.t.Helper()
	_, err := p.nc.Write(frametest.Encode(!p.client, frames...))
	require.NoError(p.t, err)
}

func (p *peer) wantFrame(what string, op ws.OpCode, payload string) {
	p.t.Helper()
	f, err := frametest.ReadFrame(p.nc)
	require.NoError(p.t, err, what)
	f = ws.UnmaskFrameInPlace(f)
	require.Equal(p.t, op, f.Header.OpCode, what)
	require.Equal(p.t, payload, string(f.Payload), what)
}

func (p *peer) wantFragment(what string, op ws.OpCode, payload string, more bool) {
	p.t.Helper()
	f, err := frametest.ReadFrame(p.nc)
	require.NoError(p.t, err, what)
	f = ws.UnmaskFrameInPlace(f)
	require.Equal(p.t, op, f.Header.OpCode, what)
	require.Equal(p.t, !more, f.Header.Fin, what)
	require.Equal(p.t, payload, string(f.Payload), what)
}

// drain discards messages until the connection ends.
func (p *peer) drain() { _, _ = io.Copy(io.Discard, p.nc) }

func (p *peer) wantEnd(what string) {
	p.t.Helper()
	n, err := p.nc.Read(make([]byte, 1))
	require.Zero(p.t, n, what)
	require.Error(p.t, err, what)
}

// looping is a connection on which the same frame arrives in each read.
type looping struct {
	frametest.Discard
	frame []byte
}

func (l *looping) Read(p []byte) (int, error) { return copy(p, l.frame), nil }
