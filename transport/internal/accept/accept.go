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
)

// Waiting after an error of accept that may pass, doubled each time.
const (
	minAcceptDelay = 5 * time.Millisecond
	maxAcceptDelay = time.Second
)

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
