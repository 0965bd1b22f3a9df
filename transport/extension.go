package transport

import (
	"bytes"
	"sync"
	"time"

	"example.com/khp/transport/extension"
	"github.com/gobwas/ws"
)

// maxOwed is how much extensions may owe a peer that does not read, in bytes.
const maxOwed = 64 << 10

var (
	// errOwed ends a connection whose peer asks and asks and does not read the answers.
	errOwed = &frameError{ClosePolicyViolation, "answers of extensions pile up, because the peer does not read"}
	// errControl ends a connection whose extension does what cannot be done.
	errControl = &frameError{CloseInternalError, "an extension made a Ping or Pong that is too long"}
)

// extended runs the extensions of one open connection. There is no goroutine: sessions work in those of the application, which reads and
// writes, and their deadlines are one timer.
type extended struct {
	conn *Conn

	mu     sync.Mutex
	stack  *extension.Stack
	owed   []byte      // whole frames that go out before any other
	stuck  int         // bytes of those before them that the socket did not take yet
	timer  *time.Timer // nil until a session names a deadline
	due    time.Time   // when it fires; zero if it is not set
	ended  bool
	heard  time.Time // since when the peer is silent, the time left out in which nobody listened
	paused time.Time // since when nobody listens; zero while somebody does
}

// frame is one frame to be sent.
type frame struct {
	op ws.OpCode
	p  []byte
}

// extend starts the sessions of c, before anybody else uses it.
func (c *Conn) extend(sessions []extension.Session) {
	now := time.Now()
	x := &extended{conn: c, stack: extension.NewStack(sessions), heard: now, paused: now}
	c.link.ext = x
	x.mu.Lock()
	_, bad := x.carry(x.stack.Open(now))
	x.mu.Unlock()
	x.settle(bad)
}

// carry does what actions want done, with mu held: frames become owed, and messages are returned, as copies. An error ends the connection.
func (x *extended) carry(actions []extension.Action) (in []item, bad *frameError) {
	for _, a := range actions {
		switch a.Kind {
		case extension.ActionSend:
			op := opcodeOf(a.Message.Kind)
			switch {
			case tooLong(op, a.Message.Data):
				return in, errControl
			case x.stuck+len(x.owed) > maxOwed:
				return in, errOwed
			}
			x.owed = x.conn.link.appendFrame(x.owed, op, a.Message.Data)
		case extension.ActionDeliver:
			in = append(in, itemOf(a.Message))
		case extension.ActionFail:
			bad = &frameError{a.Code, a.Reason}
		}
	}
	x.arm()
	return in, bad
}

// settle writes what is owed if nobody else is writing, and ends the connection if an extension says so. It must not be called by the one who reads.
func (x *extended) settle(bad *frameError) {
	x.conn.link.sendOwed()
	if bad != nil {
		_ = x.conn.abandon(bad)
	}
}

// outgoing has the sessions take one frame from our side and returns what to write: what is owed, and then the frames. It runs with the turn to
// write held, so the sessions see messages in the order of the wire.
func (x *extended) outgoing(op ws.OpCode, p []byte) (owed []byte, frames []frame, bad *frameError) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, a := range x.stack.Outgoing(time.Now(), extension.Message{Kind: kindOf(op), Data: p}) {
		switch a.Kind {
		case extension.ActionSend:
			f := frame{opcodeOf(a.Message.Kind), p}
			if !same(a.Message.Data, p) {
				f.p = bytes.Clone(a.Message.Data)
			}
			if tooLong(f.op, f.p) {
				return nil, nil, errControl
			}
			frames = append(frames, f)
		case extension.ActionFail:
			bad = &frameError{a.Code, a.Reason}
		case extension.ActionDeliver: // nobody reads here
		}
	}
	x.arm()
	owed, x.owed = x.owed, nil
	return owed, frames, bad
}

// incoming has the sessions take one item from the peer. What they deliver comes back if it is a single message, else from the queue. It runs as the one who
// reads.
func (x *extended) incoming(it item) (item, error) {
	c := x.conn
	if it.kind == itemMessage && (c.closing.Load() || c.isLateTerminator(it)) {
		return item{}, nil
	}
	x.mu.Lock()
	arrived := extension.Message{Kind: kindOfItem(it), Data: it.data}
	actions := x.stack.Incoming(time.Now(), arrived)
	if it.kind == itemMessage && unchanged(actions, arrived) {
		x.arm()
		x.mu.Unlock()
		return it, nil
	}
	in, bad := x.carry(actions)
	x.mu.Unlock()
	if bad != nil {
		return item{}, c.fail(bad)
	}
	c.link.sendOwed()
	for _, got := range in {
		switch got.kind {
		case itemMessage:
			c.enqueue(got)
		case itemPong:
			c.pongArrived()
		case itemPing, itemClose:
		}
	}
	c.link.rest()
	return item{}, nil
}

// ask has the sessions take a Ping from our side, which becomes owed.
func (x *extended) ask() *frameError {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, bad := x.carry(x.stack.Outgoing(time.Now(), extension.Message{Kind: extension.Ping}))
	return bad
}

// take returns what is owed, which is the caller's to write.
func (x *extended) take() (owed []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	owed, x.owed = x.owed, nil
	return owed
}

// left tells how much of what was taken did not go out.
func (x *extended) left(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.stuck = n
}

func (x *extended) owes() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.owed) > 0
}

// arm sets the timer for the next deadline, with mu held. A deadline that moves away is left alone: the timer then fires for nothing, and is set anew.
func (x *extended) arm() {
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
func (x *extended) expired() {
	x.mu.Lock()
	if x.ended || x.conn.closing.Load() {
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

// stop ends the timer.
func (x *extended) stop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	if x.timer != nil {
		x.timer.Stop()
	}
}

// listening brackets every read of the socket.
func (x *extended) listening() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.heard, x.paused = x.silentSince(time.Now()), time.Time{}
}

// listened tells whether something came.
func (x *extended) listened(something bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.paused = time.Now()
	if something {
		x.heard = x.paused
	}
}

// silentSince runs with mu held.
func (x *extended) silentSince(now time.Time) time.Time {
	if x.paused.IsZero() {
		return x.heard
	}
	return x.heard.Add(now.Sub(x.paused))
}
