package stream

import (
	"context"
	"errors"
	"net"

	"example.com/khp/internal/inlet"
	"example.com/khp/transport/internal/sock"
)

// Listener hands out the connections that Serve is called with.
type Listener struct{ *inlet.Listener }

// NewListener returns a listener at addr; nil is an address without network.
func NewListener(addr net.Addr) *Listener { return &Listener{inlet.New(addr, sock.ErrClosed)} }

// Serve has s accepted, and waits until ctx has ended and s is done. Nothing accepts it once the
// listener is closed: then closeConn closes it.
func (l *Listener) Serve(
	ctx context.Context, s net.Conn, done <-chan struct{},
	closeConn func(code uint16, reason string) error,
) error {
	err := l.Hand(ctx, s)
	if errors.Is(err, sock.ErrClosed) {
		return closeConn(goingAway, "")
	}
	if err == nil {
		<-ctx.Done()
		<-done
	}
	return nil
}
