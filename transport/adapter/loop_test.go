package adapter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// scribe is a driver and a side that record the events that they receive.
type scribe struct {
	due  time.Time
	told []string
}

func (s *scribe) note(what string) { s.told = append(s.told, what) }

func (s *scribe) Deadline() time.Time { return s.due }
func (s *scribe) Expire(time.Time) {
	s.note("deadline")
	s.due = time.Time{}
}
func (s *scribe) GiveUp(time.Time, uint16, string)                  { s.note("context") }
func (s *scribe) Message(_ time.Time, _ wire.MessageType, p []byte) { s.note(string(p)) }
func (s *scribe) PeerClosed(time.Time, uint16, string)              { s.note("close") }
func (s *scribe) Violation(time.Time, fsm.Failure, string)          { s.note("violation") }
func (s *scribe) Lost(time.Time, string)                            { s.note("lost") }
func (s *scribe) begin()                                            {}
func (s *scribe) settled()                                          {}
func (s *scribe) patient() bool                                     { return true }

// Events of the same moment are reported in one order, whichever goroutine was faster.
func TestLoop_Order(t *testing.T) {
	for range 50 { // a choice at random is wrong in one of them
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := &scribe{}
			d := &loop{ctx: ctx, driver: s, side: s, told: s, incoming: make(chan message, 1),
				answers: make(chan func()), done: make(chan struct{})}
			defer close(d.done)

			d.incoming <- message{err: &transport.CloseError{Code: transport.CloseNormal}}
			d.later(func() func() { return func() { s.note("answer") } })
			synctest.Wait()
			d.happen()
			d.happen()
			require.Equal(t, []string{"close", "answer"}, s.told)

			// The wait is over when all of it is there.
			s.told, s.due = nil, time.Now().Add(time.Second)
			d.incoming <- message{typ: wire.Text, data: []byte("message")}
			d.later(func() func() { return func() { s.note("answer") } })
			synctest.Wait()
			d.wait()
			time.Sleep(time.Second)
			for range 3 {
				d.happen()
			}
			require.Equal(t, []string{"deadline", "message", "answer"}, s.told)

			s.told = nil
			d.later(func() func() { return func() { s.note("answer") } })
			synctest.Wait()
			d.wait()
			cancel()
			d.happen()
			require.Equal(t, []string{"context"}, s.told)

			d.message = &message{typ: wire.Text, data: []byte("of the old connection")}
			d.Disconnect()
			require.Nil(t, d.message)
		})
	}
}

// endsMeanwhile is a context that ends when it was asked once.
type endsMeanwhile struct {
	context.Context
	asked bool
}

func (c *endsMeanwhile) Err() error {
	if !c.asked {
		c.asked = true
		return nil
	}
	return context.Canceled
}

// A failure caused by the end of the context is reported as that end, also if it ends just when the
// answer is taken.
func TestLoop_EndBeforeAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scribe{}
		d := &loop{ctx: &endsMeanwhile{Context: t.Context()}, driver: s, side: s, told: s,
			answers: make(chan func()), done: make(chan struct{})}
		defer close(d.done)
		d.later(func() func() { return func() { s.note("answer") } })
		synctest.Wait()
		d.happen()
		d.happen()
		require.Equal(t, []string{"context"}, s.told)
	})
}
