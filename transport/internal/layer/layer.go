// Package layer runs the extensions of an open connection between its frames and the application.
package layer

import (
	"bytes"
	"sync"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"github.com/gobwas/ws"
)

// MaxOwed is how much extensions may owe a peer that does not read, in bytes.
const MaxOwed = 64 << 10

var (
	// errOwed ends a connection whose peer asks and asks and does not read the answers.
	errOwed = &frames.Error{Code: 1008,
		Msg: "answers of extensions pile up, because the peer does not read"}
	// errControl ends a connection whose extension changes a control frame in a forbidden way.
	errControl = &frames.Error{Code: 1011, Msg: "an extension made a Ping or Pong that is too long"}
)

// Layer runs the extensions of one open connection. There is no goroutine: sessions work in those
// of the application, which reads and writes, and their deadlines are one timer.
type Layer struct {
	link *frames.Conn
	host Host

	mu     sync.Mutex
	stack  *extension.Stack
	owed   []byte      // whole frames that go out before any other
	stuck  int         // bytes of those before them that the socket did not take yet
	timer  *time.Timer // nil until a session names a deadline
	due    time.Time   // when it fires; zero if it is not set
	ended  bool
	heard  time.Time // since when the peer is silent, the time left out in which nothing was read
	paused time.Time // since when nothing is read; zero while a call reads
}

// Host is the open connection.
type Host interface {
	Closing() bool         // the application is closing it
	Abandon(*frames.Error) // ends it; the caller does not hold the turn to read
}

// New starts the sessions of an open connection, before it is used.
func New(link *frames.Conn, sessions []extension.Session, host Host) *Layer {
	now := time.Now()
	x := &Layer{host: host, link: link, stack: extension.NewStack(sessions), heard: now, paused: now}
	link.Extend(x)
	x.mu.Lock()
	_, bad := x.carry(x.stack.Open(now))
	x.mu.Unlock()
	x.settle(bad)
	return x
}

// carry executes actions, with mu held: frames become owed, and messages are returned, as copies.
// An error ends the connection.
func (x *Layer) carry(actions []extension.Action) (in []frames.Item, bad *frames.Error) {
	for _, a := range actions {
		switch a.Kind {
		case extension.ActionSend:
			op := opcodeOf(a.Message.Kind)
			switch {
			case frames.TooLong(op, a.Message.Data):
				return in, errControl
			case x.stuck+len(x.owed) > MaxOwed:
				return in, errOwed
			}
			x.owed = x.link.AppendFrame(x.owed, op, a.Message.Data)
		case extension.ActionDeliver:
			in = append(in, itemOf(a.Message))
		case extension.ActionFail:
			bad = &frames.Error{Code: a.Code, Msg: a.Reason}
		}
	}
	x.arm()
	return in, bad
}

// settle writes the owed frames if no other call is writing, and ends the connection if an
// extension says so. The caller must not hold the turn to read.
func (x *Layer) settle(bad *frames.Error) {
	x.link.SendOwed()
	if bad != nil {
		x.host.Abandon(bad)
	}
}

// Outgoing passes one frame from our side through the sessions and returns the frames to write:
// first the owed ones, then its own. It runs with the turn to write held, so the sessions see
// messages in the order of the wire.
func (x *Layer) Outgoing(
	op ws.OpCode, p []byte,
) (owed []byte, out []frames.Frame, bad *frames.Error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, a := range x.stack.Outgoing(time.Now(), extension.Message{Kind: kindOf(op), Data: p}) {
		switch a.Kind {
		case extension.ActionSend:
			f := frames.Frame{Op: opcodeOf(a.Message.Kind), Payload: p}
			if !same(a.Message.Data, p) {
				f.Payload = bytes.Clone(a.Message.Data)
			}
			if frames.TooLong(f.Op, f.Payload) {
				return nil, nil, errControl
			}
			out = append(out, f)
		case extension.ActionFail:
			bad = &frames.Error{Code: a.Code, Msg: a.Reason}
		case extension.ActionDeliver: // there is no reader here
		}
	}
	x.arm()
	owed, x.owed = x.owed, nil
	return owed, out, bad
}

// Ask has the sessions take a Ping from our side, which becomes owed.
func (x *Layer) Ask() *frames.Error {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, bad := x.carry(x.stack.Outgoing(time.Now(), extension.Message{Kind: extension.Ping}))
	return bad
}

// Incoming passes one item from the peer through the sessions. With asIs the item is to be
// delivered unchanged; otherwise in has the items to deliver, and frames may be owed, for which the
// caller calls SendOwed. An error ends the connection. The caller holds the turn to read.
func (x *Layer) Incoming(it frames.Item) (in []frames.Item, asIs bool, bad *frames.Error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	arrived := extension.Message{Kind: kindOfItem(it), Data: it.Data}
	actions := x.stack.Incoming(time.Now(), arrived)
	if it.Kind == frames.Message && unchanged(actions, arrived) {
		x.arm()
		return nil, true, nil
	}
	in, bad = x.carry(actions)
	return in, false, bad
}

// Take returns the frames that are owed; the caller writes them.
func (x *Layer) Take() (owed []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	owed, x.owed = x.owed, nil
	return owed
}

// Left tells how many of the taken bytes did not go out.
func (x *Layer) Left(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.stuck = n
}

// Owes reports whether frames are owed.
func (x *Layer) Owes() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.owed) > 0
}

// arm sets the timer for the next deadline, with mu held. A deadline that moves away is left alone:
// the timer then fires for nothing, and is set anew.
func (x *Layer) arm() {
	next := x.stack.Deadline()
	switch {
	case x.ended || next.IsZero() || !x.due.IsZero() && !next.Before(x.due):
		return
	case x.timer == nil:
		x.timer = time.AfterFunc(time.Until(next), x.expired)
	default:
		x.timer.Reset(time.Until(next))
	}
	x.due = next
}

// expired is called by the timer.
func (x *Layer) expired() {
	x.mu.Lock()
	if x.ended || x.host.Closing() {
		x.mu.Unlock()
		return
	}
	now := time.Now()
	x.due = time.Time{}
	x.stack.Heard(x.silentSince(now))
	_, bad := x.carry(x.stack.Expired(now))
	x.mu.Unlock()
	x.settle(bad)
}

// Stop ends the timer.
func (x *Layer) Stop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	if x.timer != nil {
		x.timer.Stop()
	}
}

// Listening brackets every read of the socket.
func (x *Layer) Listening() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.heard, x.paused = x.silentSince(time.Now()), time.Time{}
}

// Listened tells whether something came.
func (x *Layer) Listened(something bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.paused = time.Now()
	if something {
		x.heard = x.paused
	}
}

// silentSince runs with mu held.
func (x *Layer) silentSince(now time.Time) time.Time {
	if x.paused.IsZero() {
		return x.heard
	}
	return x.heard.Add(now.Sub(x.paused))
}
