// Package inlet has a listener for connections that were accepted elsewhere.
package inlet

import (
	"context"
	"net"
	"sync"
)

// Listener hands out the connections that Hand is called with.
type Listener struct {
	addr   net.Addr
	over   error
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// New returns a listener at addr; nil is an address without network. over is the error of a closed
// listener.
func New(addr net.Addr, over error) *Listener {
	if addr == nil {
		addr = &net.TCPAddr{}
	}
	return &Listener{addr: addr, over: over, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Hand waits until nc is accepted. With an error, that of ctx or of a closed listener, it never is.
func (l *Listener) Hand(ctx context.Context, nc net.Conn) error {
	select {
	case l.conns <- nc:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closed:
		return l.over
	}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, l.over
	default:
	}
	select {
	case nc := <-l.conns:
		return nc, nil
	case <-l.closed:
		return nil, l.over
	}
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return l.addr }
