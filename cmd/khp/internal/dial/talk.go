package dial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
)

// quiet is how long nothing must have come at the end of stdin for the answers to count as
// complete, if fewer came than were asked for.
const quiet = time.Second

// defaultWait is --wait without a value of its own.
const defaultWait = 5 * time.Second

// talk uses an open connection.
type talk struct {
	conn    *transport.Conn
	out     *printer
	request *request
	count   int
	wait    time.Duration // for an answer; 0 does not wait
	forever bool          // go on listening when all is sent, until the server closes
	ping    time.Duration // between two Pings; 0 sends none

	waits  func() bool               // more of the input is being waited for
	ponged func(took time.Duration)  // told of each answer to a Ping, if not nil
	deaf   atomic.Pointer[deafError] // set before the connection is dropped because of a Ping
	// reads the messages to send, unless the command line has them
	input   func(lines chan<- []byte, done <-chan struct{}) error
	arrived chan struct{} // one value per message that was printed; closed after the last
	ended   error         // why it is closed
}

// run talks until one side ends.
func (t *talk) run(ctx context.Context) error {
	t.arrived = make(chan struct{}, 1<<16)
	go t.listen()
	if t.ping > 0 {
		pinging, cancel := context.WithCancel(ctx)
		defer cancel()
		go t.pings(pinging)
	}
	if t.request.send {
		return t.script(ctx)
	}
	return t.interactive(ctx)
}

// listen prints the peer's messages. The end of the connection is reported behind all of them, so
// that an answer before a Close counts whichever of both is seen first.
func (t *talk) listen() {
	defer close(t.arrived)
	for {
		kind, p, err := t.conn.Read(context.Background())
		if err == nil {
			err = t.out.message(kind, p)
		}
		if err != nil {
			t.ended = err
			return
		}
		select {
		case t.arrived <- struct{}{}:
		default: // no wait needs that many
		}
	}
}

// script sends the messages of the command line, each after the answer to the one before.
func (t *talk) script(ctx context.Context) error {
	timer := time.NewTimer(t.wait)
	defer timer.Stop()
	for range t.count {
		for _, m := range t.request.messages {
			if err := t.send(ctx, m); err != nil {
				return t.broken(ctx, err, unanswered)
			}
			if t.wait == 0 || t.forever {
				continue
			}
			timer.Reset(t.wait)
			switch t.next(ctx, timer.C) {
			case anAnswer:
			case theEnd:
				return t.over(t.ended, unanswered)
			case interrupted:
				return t.close(false)
			case tooLate:
				_ = t.close(false)
				return cli.Failf(cli.ExitFailed, "no answer from %s within %s; try --wait with more time, "+
					"or --wait 0 to send without waiting", t.conn.URL(), t.wait)
			}
		}
	}
	switch {
	case t.forever:
		return t.stay(ctx)
	case t.wait == 0:
		t.settle(ctx, t.count*len(t.request.messages))
	}
	return t.close(true)
}

// heard is the event that ends a wait.
type heard uint8

const (
	anAnswer heard = iota + 1
	theEnd         // of the connection
	interrupted
	tooLate
)

// next waits for the next message, until the time for it is over. A message that is there by then
// counts, even if this process was too slow to look at it in time.
func (t *talk) next(ctx context.Context, timeout <-chan time.Time) heard {
	select {
	case _, more := <-t.arrived:
		return heardOf(more)
	case <-ctx.Done():
		return interrupted
	case <-timeout:
	}
	select {
	case _, more := <-t.arrived:
		return heardOf(more)
	default:
		return tooLate
	}
}

func heardOf(more bool) heard {
	if more {
		return anAnswer
	}
	return theEnd
}

// stay listens until the server closes, or the user has enough.
func (t *talk) stay(ctx context.Context) error {
	for {
		//exhaustive:ignore
		switch t.next(ctx, nil) {
		case theEnd:
			return t.over(t.ended, "")
		case interrupted:
			return t.close(true)
		}
	}
}

// interactive sends the lines of stdin.
func (t *talk) interactive(ctx context.Context) error {
	lines := make(chan []byte)
	failed := make(chan error, 1)
	go func() { failed <- t.input(lines, ctx.Done()) }()
	sent := 0
	for {
		select {
		case line := <-lines:
			if t.request.kind == transport.Text && !utf8.Valid(line) {
				_ = t.close(false)
				return cli.Failf(cli.ExitFailed,
					"a line of the input is not UTF-8; add --binary to send any bytes")
			}
			if err := t.send(ctx, line); err != nil {
				return t.broken(ctx, err, unsent)
			}
			sent++
		case err := <-failed:
			if err != nil {
				_ = t.close(false)
				return cli.Failf(cli.ExitFailed, "cannot read the input: %s", err)
			}
			if t.forever {
				return t.stay(ctx)
			}
			t.settle(ctx, sent)
			return t.close(true)
		case _, more := <-t.arrived:
			if !more {
				return t.over(t.ended, t.left(lines, failed))
			}
		case <-ctx.Done():
			return t.close(true)
		}
	}
}

// The work that a server may leave undone when it ends the connection.
const (
	unanswered = "before it answered"
	unsent     = "before a line of the input was sent"
)

// glance is how long input that is not there yet is waited for once the server has closed.
const glance = 50 * time.Millisecond

// left reports whether the input has a line that cannot be sent any more. A line that was read is
// always found; of a pipe, those that are in it.
func (t *talk) left(lines <-chan []byte, failed <-chan error) string {
	for {
		select {
		case <-lines:
			return unsent
		case err := <-failed:
			if err != nil {
				return unsent
			}
			return ""
		case <-time.After(glance):
			if t.waits() {
				return ""
			}
		}
	}
}

// slowest is the rate in bytes per second below which a server counts as one that does not read.
const slowest = 1 << 20

// errUnread reports that a message was not taken in time.
var errUnread = errors.New("the server does not read")

// send sends one message, in the time of an answer and the time that the slowest server needs to
// read it. After that it fails with errUnread.
func (t *talk) send(ctx context.Context, m []byte) error {
	t.out.sent(t.request.kind, m)
	if t.forever {
		return t.conn.Write(ctx, t.request.kind, m)
	}
	patience := t.wait
	if patience == 0 {
		patience = defaultWait
	}
	patience += time.Duration(len(m)/slowest) * time.Second
	timed, cancel := context.WithTimeoutCause(ctx, patience, errUnread)
	defer cancel()
	err := t.conn.Write(timed, t.request.kind, m)
	if err != nil && ctx.Err() == nil && timed.Err() != nil {
		return fmt.Errorf("%w: a message of %d bytes was not taken within %s",
			errUnread, len(m), patience)
	}
	return err
}

// settle waits for the answers that are on their way: until the peer has answered a Ping that was
// sent after the last message, and then until as many messages came as were sent, or none for a
// while. Conn.Close would throw them away.
func (t *talk) settle(ctx context.Context, sent int) {
	if sent == 0 {
		return
	}
	patience := quiet
	ping, cancel := context.WithTimeout(ctx, cmp.Or(t.wait, defaultWait))
	_ = t.conn.Ping(ping)
	cancel()
	if t.wait > 0 {
		patience = min(t.wait, quiet)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for t.out.received() < sent && t.next(ctx, timer.C) == anAnswer {
		timer.Reset(patience)
	}
}
