package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// session is one connection on its way through the gateway.
type session struct {
	rules *rules
	route *route // nil if there is none for the path
	path  string // in normal form
	log   *slog.Logger
	ended atomic.Bool // the client has, and its back end has been told
	asked atomic.Bool // a statusTarget has answered before

	mu      sync.Mutex
	user    string // "" before somebody was let in by name
	over    bool
	backend any
	discard func() error
	idle    *time.Timer
	patient time.Duration
}

type sessionKey struct{}

func sessionOf(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// admit remembers who was let in.
func (s *session) admit(principal any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if principal != nil {
		s.user = fmt.Sprint(principal)
	}
}

// attrs are for the log.
func (s *session) attrs() (list []slog.Attr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.route != nil {
		list = append(list, slog.String("route", s.route.path))
	}
	if s.user != "" {
		list = append(list, slog.String("user", s.user))
	}
	return list
}

// keep holds a connection to a back end from the decision until the client's connection is used. ok is false, and the back end discarded, if
// the client is gone already.
func (s *session) keep(backend any, discard func() error) (ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = discard()
		return false
	}
	if s.discard != nil { // of a decision that was made in vain
		_ = s.discard()
	}
	s.backend, s.discard = backend, discard
	return true
}

func (s *session) kept() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.backend
}

// end drops the back end, used or not.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.discard != nil {
		_ = s.discard()
	}
}

// watchIdle calls expired when nothing was touched for d; 0 is never. The result ends the watch.
func (s *session) watchIdle(d time.Duration, expired func()) (stop func()) {
	if d <= 0 {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patient, s.idle = d, time.AfterFunc(d, expired)
	return func() { s.idle.Stop() }
}

// touch notes that a message came or went.
func (s *session) touch() {
	if s.patient > 0 {
		s.idle.Reset(s.patient)
	}
}
