package loop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/interleave"
	"example.com/khp/internal/interleave/weave"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// faults are one-line faults in the state that the loop shares with other goroutines.
var faults = []weave.Fault{
	{Name: "the flag is set after the deadline",
		Before: "\td.woken.Store(true)\n\td.mu.Lock()\n\tdefer d.mu.Unlock()\n",
		After: "\tif seeded {\n\t\tdefer d.woken.Store(true)\n\t} else " +
			"{\n\t\td.woken.Store(true)\n\t}\n\td.mu.Lock()\n\tdefer d.mu.Unlock()\n"},
	{Name: "the flag is looked at before the deadline is set",
		Before: "\td.due = d.Driver.Deadline()\n\t_ = d.nc.SetDeadline(d.due)\n",
		After: "\tif seeded && d.woken.Swap(false) {\n\t\treturn\n\t}\n\td.due = " +
			"d.Driver.Deadline()\n\t_ = d.nc.SetDeadline(d.due)\n\tif seeded " +
			"{\n\t\td.woken.Store(false)\n\t}\n"},
	{Name: "a result wakes nobody", Before: "\t\td.wake()\n\t}()",
		After: "\t\tif !seeded {\n\t\t\td.wake()\n\t\t}\n\t}()"},
	{Name: "the loop is woken before the result is there", Before: "\t\tresult <- f()\n",
		After: "\t\tr := f()\n\t\tif seeded {\n\t\t\td.wake()\n\t\t\tresult <- " +
			"r\n\t\t\treturn\n\t\t}\n\t\tresult <- r\n"},
	{Name: "a wake-up before there is a bell is lost", Before: "\t\tif d.woken.Load() {",
		After: "\t\tif !seeded && d.woken.Load() {"},
	{Name: "a result comes before what the peer has said", Before: "\tif d.buffered() {",
		After: "\tif d.buffered() && !(seeded && len(d.result) > 0) {"},
	{Name: "the end of the context does not break off a write",
		Before: "\tif d.socket != nil && !again {", After: "\tif !seeded && d.socket != nil && !again {"},
	{Name: "the end of the context wakes nobody", Before: "\tif !again {",
		After: "\tif !seeded && !again {"},
	{Name: "a write does not know of the end", Before: "\tif d.interrupted || d.deaf",
		After: "\tif !seeded && d.interrupted || d.deaf"},
	{Name: "a deadline is left on the open connection", Before: "\td.setSocket(nil)\n\tif " +
		"d.nc != nil {", After: "\td.setSocket(nil)\n\tif !seeded && d.nc != nil {"},
	{Name: "the socket can be interrupted when it is open",
		Before: "\td.Side.Settled()\n\td.setSocket(nil)\n",
		After:  "\td.Side.Settled()\n\tif !seeded {\n\t\td.setSocket(nil)\n\t}\n"},
}

// The loop handles functions beside it correctly under every schedule of few preemptions; each of
// the faults is found in one.
func TestLoop_Interleavings(t *testing.T) { weave.Explore(t, []string{"."}, faults, explore) }

// scene is a driver, side, trace and peer in one, which notes the calls of the loop.
type scene struct {
	*Loop
	due       time.Time
	begin     func()
	messages  []string
	told      []string
	unordered bool // a result was told although the peer had said something
}

func (s *scene) note(what string) { s.told = append(s.told, what) }

func (s *scene) Deadline() time.Time { return s.due }
func (s *scene) Expire(time.Time) {
	s.note("deadline")
	s.Over(errors.New("time is over"))
}
func (s *scene) GiveUp(time.Time, uint16, string)   { s.note("context"); s.Over(context.Canceled) }
func (s *scene) Begin(time.Time, []endpoint.Output) { s.begin() }
func (s *scene) Settled()                           {}
func (s *scene) Phase() string                      { return "phase" }
func (s *scene) Received(time.Time, []byte)         {}
func (s *scene) Message(_ time.Time, _ wire.MessageType, p []byte) {
	s.messages = append(s.messages, string(p))
}
func (s *scene) PeerClosed(time.Time, uint16, string)     {}
func (s *scene) Violation(time.Time, fsm.Failure, string) {}
func (s *scene) Lost(time.Time, string) {
	s.note("lost")
	s.Over(errors.New("lost"))
}

// driverPart, sidePart and tracePart are a scene where method names clash.
type (
	peerPart  struct{ *scene }
	tracePart struct{ *scene }
)

func (p peerPart) Ping(time.Time, []byte) {}

func (tracePart) Read([]byte)                      {}
func (tracePart) Upgraded(int)                     {}
func (tracePart) Message(wire.MessageType, []byte) {}
func (tracePart) TooEarly()                        {}
func (tracePart) Ping()                            {}
func (tracePart) Close(uint16, string)             {}
func (tracePart) Violation(uint16, string)         {}
func (tracePart) Lost(string)                      {}
func (tracePart) Expired()                         {}
func (tracePart) Disconnected()                    {}

// scenes have the calls beside the loop. Each returns the check for the end.
var scenes = map[string]func(
	r *interleave.Run, s *scene, nc *interleave.Conn, peer *tcptest.Conn, cancel func(),
) (check func(took time.Duration) error){
	"a result": func(_ *interleave.Run, s *scene, nc *interleave.Conn, _ *tcptest.Conn,
		_ func()) func(time.Duration) error {
		s.begin = func() {
			s.Later(func() func() { return func() { s.note("result"); s.Open(endpoint.Result{}) } })
		}
		return func(took time.Duration) error { return want(s, took, 0, nc, "result") }
	},
	"a result without a connection": func(_ *interleave.Run, s *scene, nc *interleave.Conn,
		_ *tcptest.Conn, _ func()) func(time.Duration) error {
		s.begin = func() {
			s.nc = nil
			s.Later(func() func() { return func() { s.note("result"); s.Open(endpoint.Result{}) } })
		}
		return func(took time.Duration) error { return want(s, took, 0, nc, "result") }
	},
	"the context": func(r *interleave.Run, s *scene, nc *interleave.Conn, _ *tcptest.Conn,
		cancel func()) func(time.Duration) error {
		s.begin = func() {}
		r.Go("cancel", cancel)
		return func(took time.Duration) error { return want(s, took, 0, nil, "context") }
	},
	"the context amid a write": func(r *interleave.Run, s *scene, nc *interleave.Conn, _ *tcptest.Conn,
		cancel func()) func(time.Duration) error {
		s.begin = func() {
			s.Next = func() { _ = s.SendBytes(make([]byte, 100)) } // more than the peer takes
		}
		r.Go("cancel", cancel)
		return func(took time.Duration) error { return want(s, took, time.Second, nil, "context") }
	},
	"a result and messages": func(r *interleave.Run, s *scene, nc *interleave.Conn, peer *tcptest.Conn,
		_ func()) func(time.Duration) error {
		s.begin = func() {
			s.Later(func() func() {
				return func() {
					s.unordered = s.buffered()
					s.note("result")
					s.Open(endpoint.Result{})
				}
			})
		}
		r.Go("peer", func() {
			interleave.Yield("send")
			_, _ = peer.Write(frametest.Encode(false, frametest.Frame{Op: ws.OpText, P: "a"},
				frametest.Frame{Op: ws.OpText, P: "b"}))
		})
		return func(took time.Duration) error {
			if s.unordered {
				return errors.New("a result was told before a message that was there")
			}
			return want(s, took, 0, nc, "result")
		}
	},
	"the context when it is open": func(r *interleave.Run, s *scene, nc *interleave.Conn,
		_ *tcptest.Conn, cancel func()) func(time.Duration) error {
		s.begin = func() { s.Next = func() { s.note("result"); s.Open(endpoint.Result{}) } }
		r.Go("cancel", cancel)
		return func(took time.Duration) error {
			if s.IsOpen {
				return want(s, took, 0, nc, "result")
			}
			return want(s, took, 0, nil, "context")
		}
	},
}

// want checks the reported events, that no timer was needed, and that no deadline is left on nc.
func want(s *scene, took, most time.Duration, nc *interleave.Conn, told string) error {
	switch {
	case strings.Join(s.told, " ") != told:
		return fmt.Errorf("want %s, was told %q", told, s.told)
	case took > most:
		return fmt.Errorf("it took %v", took)
	case nc != nil && s.nc != nil && !(nc.ReadDue.IsZero() && nc.WriteDue.IsZero()):
		return fmt.Errorf("deadlines are left: %v and %v", nc.ReadDue, nc.WriteDue)
	}
	return nil
}

func explore(t *testing.T) {
	for name, set := range scenes {
		count, err := interleave.Explore(t, 3, func(r *interleave.Run) func() error {
			start := time.Now()
			ctx, cancel := context.WithCancel(context.Background())
			peer, end := tcptest.Pair(tcptest.Options{Window: 64})
			nc, s := &interleave.Conn{Conn: end}, &scene{due: time.Now().Add(10 * time.Second)}
			s.Loop = &Loop{}
			s.Config = Config{Context: ctx, Driver: s, Side: s, Trace: tracePart{s},
				Timeouts: &endpoint.Timeouts{}, Limit: 100}
			s.Connected(nc, peerPart{s})
			s.Established(nil)
			check := set(r, s, nc, peer, cancel)
			var took time.Duration
			r.Go("loop", func() {
				s.Run()
				took = time.Since(start)
			})
			return func() error {
				defer cancel()
				return check(took)
			}
		})
		require.NoError(t, err, name)
		t.Logf("%s: %d schedules", name, count)
	}
}
