package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"example.com/khp/transport/internal/sock"
)

// Waiting after an error of accept that may pass, doubled each time.
const (
	minAcceptDelay = 5 * time.Millisecond
	maxAcceptDelay = time.Second
)

// accept returns the next connection. What is wrong with one connection, or lacks for now, is waited out. Where connections come
// and go at the limit, each would cost a line of the log.
func (s *Server) accept(ln net.Listener, done <-chan struct{}, log *seldom) (net.Conn, error) {
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
			if _, ok := log.say(time.Now()); ok {
				s.log().Warn("cannot accept connections for now; if descriptors run out, raise the limit (ulimit -n) or bound the connections", "error", plainCause(err))
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
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR} {
		if errors.Is(err, e) {
			return true
		}
	}
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// plainCause is what the system says, without the calls that failed.
func plainCause(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}

// turnAway says why, and closes.
func turnAway(nc net.Conn) {
	if _, secure := nc.(*tls.Conn); !secure {
		sayBriefly(nc, "503 Service Unavailable", "too many connections from your address\n")
	}
	sock.Abort(nc)
}

// sayBriefly answers in one write that a new connection takes at once.
func sayBriefly(nc net.Conn, status, text string) {
	_ = nc.SetWriteDeadline(time.Now().Add(sock.GiveUpTimeout))
	_, _ = fmt.Fprintf(nc, "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\nDate: %s\r\n\r\n%s",
		status, len(text), time.Now().UTC().Format(http.TimeFormat), text)
}

// slots counts connections: first a slot is taken, then somebody comes to use it.
type slots struct {
	mu    sync.Mutex
	taken int
	used  int
	of    map[netip.Prefix]int // if there is a bound for each address
	free  chan struct{}        // closed when one is left, if somebody waits
}

// wait takes a slot as soon as fewer than most are taken; ok is false if done is closed before. most 0 is no bound.
func (s *slots) wait(most int, done <-chan struct{}) (ok bool) {
	for {
		s.mu.Lock()
		if most <= 0 || s.taken < most {
			s.taken++
			s.mu.Unlock()
			return true
		}
		if s.free == nil {
			s.free = make(chan struct{})
		}
		free := s.free
		s.mu.Unlock()
		select {
		case <-free:
		case <-done:
			return false
		}
	}
}

// enter uses a slot that was taken, unless that address has most already; 0 is no bound.
func (s *slots) enter(host netip.Prefix, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most > 0 && host.IsValid() {
		if s.of[host] >= most {
			return false
		}
		if s.of == nil {
			s.of = make(map[netip.Prefix]int)
		}
		s.of[host]++
	}
	s.used++
	return true
}

// exit undoes enter, and gives the slot back.
func (s *slots) exit(host netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	if s.of[host] > 1 {
		s.of[host]--
	} else {
		delete(s.of, host)
	}
	s.release()
}

// leave gives a slot back that was not used.
func (s *slots) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
}

func (s *slots) release() {
	s.taken--
	if s.free != nil {
		close(s.free)
		s.free = nil
	}
}

func (s *slots) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}
