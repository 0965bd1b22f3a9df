package stream

import (
	"context"
	"net"
	"sync"

	"example.com/khp/transport/internal/sock"
)

// Listener hands out the connections that Serve is called with.
type Listener struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewListener returns a listener at addr; nil is an address without network.
func NewListener(addr net.Addr) *Listener {
	if addr == nil {
		addr = &net.TCPAddr{}
	}
	return &Listener{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Serve has s accepted, and waits until ctx has ended and s is done. Nothing accepts it once the
// listener is closed: then closeConn closes it.
func (l *Listener) Serve(
	ctx context.Context, s net.Conn, done <-chan struct{},
	closeConn func(code uint16, reason string) error,
) error {
	select {
	case l.conns <- s:
		<-ctx.Done()
		<-done
		return nil
	case <-ctx.Done():
		return nil
	case <-l.closed:
		return closeConn(goingAway, "")
	}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, sock.ErrClosed
	default:
	}
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, sock.ErrClosed
	}
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return l.addr }
