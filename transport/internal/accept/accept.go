// Package accept takes connections from a listener: it waits out passing errors, bounds the number
// of connections, and sends a short answer to clients that get no further.
package accept

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"example.com/khp/internal/seldom"
	"example.com/khp/transport/internal/network"
)

// Waiting after an error of accept that may pass, doubled each time.
const (
	minAcceptDelay = 5 * time.Millisecond
	maxAcceptDelay = time.Second
)

// Next takes the next connection from a listener, as soon as there is a slot for one more. It turns
// away clients whose address has too many. done ends the wait with http.ErrServerClosed; any other
// error is the listener's.
func (g *Gate) Next(ln net.Listener, done <-chan struct{}, front func() *Front) (Visit, error) {
	for {
		if err := g.slots.wait(g.mostSockets, done); err != nil {
			return Visit{}, err
		}
		nc, err := next(ln, done, g.Log, &g.accepting)
		if err != nil {
			g.slots.leave()
			return Visit{}, err
		}
		v := Visit{Conn: nc, Front: front(), gate: g}
		if !v.Front.trusts(nc.RemoteAddr()) { // that of a proxy counts once its client is known
			v.host = network.Of(nc.RemoteAddr())
		}
		if g.slots.enter(v.host, g.bounds.Load().PerAddress) {
			return v, nil
		}
		g.tooMany(nc.RemoteAddr().String())
		turnAway(nc, v.Front.TLS != nil)
		g.slots.leave()
	}
}

// mostSockets bounds the connections of every kind; 0 is no bound.
func (g *Gate) mostSockets() int {
	b := g.bounds.Load()
	if b.Connections <= 0 {
		return 0
	}
	return b.Connections + b.Waiting + reserve
}

// next returns the next connection; done ends the wait with http.ErrServerClosed. Faults of one
// connection, and a lack of descriptors or memory, are waited out. Where connections come and go at
// the limit, each would cost a line of the log: lines bounds them.
func next(
	ln net.Listener, done <-chan struct{}, log *slog.Logger, lines *seldom.Line,
) (net.Conn, error) {
	delay := minAcceptDelay
	for {
		nc, err := ln.Accept()
		if err == nil {
			return nc, nil
		}
		select {
		case <-done:
			return nil, http.ErrServerClosed
		default:
		}
		if !passes(err) {
			return nil, err
		}
		if delay == minAcceptDelay {
			if _, ok := lines.Say(time.Now(), time.Second); ok {
				log.Warn("cannot accept connections for now; if descriptors run out, raise the limit (ulimit "+
					"-n) or bound the connections", "error", plainCause(err))
			}
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-done:
			timer.Stop()
			return nil, http.ErrServerClosed
		}
		delay = min(2*delay, maxAcceptDelay)
	}
}

// passes reports whether accepting may work again later.
func passes(err error) bool {
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR} {
		if errors.Is(err, e) {
			return true
		}
	}
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// plainCause is the error of the system, without the names of the calls that failed.
func plainCause(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
