package transport

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/sock"
)

// InactivityError ends a connection on which nothing arrived for a whole KeepAlive, although a Ping
// asked for a sign of life halfway. [Conn.Read] returns it, as a pointer. It matches
// [io.ErrUnexpectedEOF], like the end of any connection without a Close frame of the peer.
type InactivityError struct {
	Silence time.Duration // how long nothing arrived: the KeepAlive of the connection
}

// Error says for how long nothing arrived.
func (e *InactivityError) Error() string { return "transport: " + e.reason() }

func (e *InactivityError) reason() string {
	return "nothing was received for " + e.Silence.String() + ", and no answer to a Ping"
}

// Unwrap returns [io.ErrUnexpectedEOF].
func (e *InactivityError) Unwrap() error { return io.ErrUnexpectedEOF }

// lastLook is how long a peer that is about to be given up is listened to once more, at most: what
// it has sent may be here, unread, because the process stood still.
const lastLook = 100 * time.Millisecond

// silence is the stage of a keepAlive: what was done about a peer that is silent.
type silence uint8

const (
	silenceNew    silence = 1 + iota // nothing: the peer may be silent for half of the period
	silenceAsked                     // a Ping was sent
	silenceCalled                    // the period is almost over: the last look
)

// keepAlive asks a silent peer for a sign of life, and ends the connection if none comes. It has
// neither goroutine nor timer: it works in the one who reads, by the read deadline of the socket,
// which it moves once in half a period while there is traffic. Time in which nobody reads does not
// count: the silence is then ours.
type keepAlive struct {
	conn   *Conn
	period time.Duration
	due    time.Time // read deadline of the socket, as long as the watcher says that it is armed
	since  time.Time // begin of the stage; while nobody reads it is behind by the time since left
	left   time.Time // when the last read ended
	stage  silence
}

// keepAlive makes the connection look after its peer, before anybody uses it; 0 does nothing. It is
// left to a session that does so within that time.
func (c *Conn) keepAlive(period time.Duration, sessions []extension.Session) {
	if period <= 0 {
		return
	}
	for _, s := range sessions {
		if s, ok := s.(interface{ KeepsAlive() time.Duration }); ok && s.KeepsAlive() <= period {
			return
		}
	}
	now := time.Now()
	c.alive = &keepAlive{conn: c, period: period, since: now, left: now, stage: silenceNew}
	c.link.ReadBy(c.alive)
}

// lasts is how long the present stage may last.
func (k *keepAlive) lasts() time.Duration {
	look := min(k.period/8, lastLook)
	//exhaustive:enforce
	switch k.stage {
	case silenceNew:
		return k.period / 2
	case silenceAsked:
		return k.period - k.period/2 - look
	case silenceCalled:
	}
	return look
}

// Read reads from the socket, as the one who reads.
func (k *keepAlive) Read(p []byte) (int, error) {
	now := time.Now()
	k.since = k.since.Add(now.Sub(k.left))
	if k.stage == silenceCalled {
		k.since = now
	}
	for {
		if !k.arm(now) {
			return 0, k.leave(now, os.ErrDeadlineExceeded)
		}
		n, err := k.conn.link.ReadSocket(p)
		now = time.Now()
		switch {
		case n > 0:
			k.since, k.stage = now, silenceNew
			return n, k.leave(now, err)
		case !errors.Is(err, os.ErrDeadlineExceeded), now.Before(k.due) && !k.conn.closing.Load():
			return n, k.leave(now, err)
		case k.conn.closing.Load(), now.Sub(k.since) < k.lasts():
			continue // the deadline is from before that, or from before something arrived
		}
		if err := k.next(now); err != nil {
			return 0, k.leave(now, err)
		}
	}
}

// leave notes when a read ended.
func (k *keepAlive) leave(now time.Time, err error) error {
	k.left = now
	return err
}

// arm makes the socket wake the one who reads when the stage is over, or earlier; false says that
// the context of the call has ended. Close has a limit of its own.
func (k *keepAlive) arm(now time.Time) bool {
	if k.conn.closing.Load() {
		return k.conn.watcher.Disarm()
	}
	due := k.since.Add(k.lasts())
	if k.due.After(now) && !due.Before(k.due) {
		due = k.due
	}
	armed := k.conn.watcher.Arm(due, due != k.due)
	k.due = due
	return armed
}

// next enters the next stage; after the last there is only the end.
func (k *keepAlive) next(now time.Time) error {
	k.since = now
	//exhaustive:enforce
	switch k.stage {
	case silenceNew:
		k.stage = silenceAsked
		return k.conn.ask()
	case silenceAsked:
		k.stage = silenceCalled
		return nil
	case silenceCalled:
	}
	return &InactivityError{k.period}
}

// ask sends a Ping, or what extensions make of one, and does not wait for a peer that does not
// read. It runs as the one who reads.
func (c *Conn) ask() error {
	if c.ext == nil {
		c.link.Ask()
		return nil
	}
	if bad := c.ext.Ask(); bad != nil {
		return bad
	}
	c.link.SendOwed()
	return nil
}

// giveUp ends a connection whose peer is silent. It may hear again and is told why, unless somebody
// waits for it to read.
func (c *Conn) giveUp(e *InactivityError) error {
	if !c.settle(e) {
		return c.closedErr()
	}
	if !c.link.Writing() {
		ctx, cancel := context.WithTimeout(context.Background(), sock.FailTimeout)
		defer cancel()
		_ = c.link.Close(ctx, CloseGoingAway, e.reason())
	}
	c.closeSocket()
	return e
}
