// Package accept takes connections from a listener: it waits out passing errors, bounds the number
// of connections, and sends a short answer to clients that get no further.
package accept

import (
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"example.com/khp/transport/internal/network"
)

// Waiting after an error of accept that may pass, doubled each time.
const (
	minAcceptDelay = 5 * time.Millisecond
	maxAcceptDelay = time.Second
)

// Next takes the next connection from a listener, as soon as there is a slot for one more. It waits
// out errors that pass, and turns away clients whose address has too many. done ends the wait with
// http.ErrServerClosed; any other error is the listener's.
func (g *Gate) Next(ln net.Listener, done <-chan struct{}, front func() *Front) (Visit, error) {
	delay := minAcceptDelay
	for {
		if err := g.slots.wait(g.mostSockets, done); err != nil {
			return Visit{}, err
		}
		nc, err := ln.Accept()
		if err != nil {
			g.slots.leave()
			if err := g.pause(err, delay, done); err != nil {
				return Visit{}, err
			}
			delay = min(2*delay, maxAcceptDelay)
			continue
		}
		delay = minAcceptDelay
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

// pause waits after err, of accepting, if that may pass: a fault of one connection, or a lack of
// descriptors or memory. Where connections come and go at the limit, each would cost a line of the
// log, so that lines are bounded.
func (g *Gate) pause(err error, delay time.Duration, done <-chan struct{}) error {
	select {
	case <-done:
		return http.ErrServerClosed
	default:
	}
	if !passes(err) {
		return err
	}
	if delay == minAcceptDelay {
		if _, ok := g.accepting.Say(time.Now(), time.Second); ok {
			g.Log.Warn("cannot accept connections for now; if descriptors run out, raise the limit (ulimit "+
				"-n) or bound the connections", "error", plainCause(err))
		}
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-done:
		return http.ErrServerClosed
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
