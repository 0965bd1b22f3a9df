package dial

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
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
	wait    time.Duration

	input   func(lines chan<- []byte, done <-chan struct{}) error // reads what is to be sent, if it is not on the command line
	arrived chan struct{}                                         // one value per message that was printed; closed after the last
	ended   error                                                 // why it is closed
}

// run talks until one side ends.
func (t *talk) run(ctx context.Context) error {
	t.arrived = make(chan struct{}, 1<<16)
	go t.listen()
	if t.request.send {
		return t.script(ctx)
	}
	return t.interactive(ctx)
}

// listen prints the peer's messages. The end of the connection is told behind all of them, so that
// an answer before a Close counts whichever of both is seen first.
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
		default: // nobody counts that far
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
				return t.broken(ctx, err)
			}
			if t.wait == 0 {
				continue
			}
			timer.Reset(t.wait)
			select {
			case _, more := <-t.arrived:
				if !more {
					return t.over(t.ended, true)
				}
			case <-ctx.Done():
				return t.close(false)
			case <-timer.C:
				_ = t.close(false)
				return cli.Failf(cli.ExitFailed, "no answer from %s within %s; try --wait with more time, or --wait 0 to send without waiting", t.conn.URL(), t.wait)
			}
		}
	}
	if t.wait == 0 {
		t.settle(ctx, t.count*len(t.request.messages))
	}
	return t.close(true)
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
				return cli.Failf(cli.ExitFailed, "a line of the input is not UTF-8; add --binary to send any bytes")
			}
			if err := t.send(ctx, line); err != nil {
				return t.broken(ctx, err)
			}
			sent++
		case err := <-failed:
			if err != nil {
				_ = t.close(false)
				return cli.Failf(cli.ExitFailed, "cannot read the input: %s", err)
			}
			t.settle(ctx, sent)
			return t.close(true)
		case _, more := <-t.arrived:
			if !more {
				return t.over(t.ended, false)
			}
		case <-ctx.Done():
			return t.close(true)
		}
	}
}

// slowest is the rate in bytes per second below which a server counts as one that does not read.
const slowest = 1 << 20

// errUnread tells that a message was not taken in time.
var errUnread = errors.New("the server does not read")

// send sends one message, in the time of an answer and what the slowest server needs to read it. It
// fails with errUnread after that.
func (t *talk) send(ctx context.Context, m []byte) error {
	patience := t.wait
	if patience == 0 {
		patience = defaultWait
	}
	patience += time.Duration(len(m)/slowest) * time.Second
	timed, cancel := context.WithTimeoutCause(ctx, patience, errUnread)
	defer cancel()
	err := t.conn.Write(timed, t.request.kind, m)
	if err != nil && ctx.Err() == nil && timed.Err() != nil {
		return fmt.Errorf("%w: a message of %d bytes was not taken within %s", errUnread, len(m), patience)
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
	patience := min(max(t.wait, time.Millisecond), quiet)
	if t.wait == 0 {
		patience = quiet
	}
	ping, cancel := context.WithTimeout(ctx, patience)
	_ = t.conn.Ping(ping)
	cancel()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for t.out.received() < sent {
		select {
		case _, more := <-t.arrived:
			if !more {
				return
			}
			timer.Reset(patience)
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		}
	}
}

// broken reports a message that could not be sent: why, the reader knows best.
func (t *talk) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return t.close(false)
	}
	if end := t.end(quiet); end != nil {
		err = end
	}
	if errors.Is(err, errUnread) {
		_ = t.conn.CloseNow()
		return cli.Failf(cli.ExitFailed, "%s by %s; try --wait with more time", err, t.conn.URL())
	}
	return t.over(err, true)
}

// end returns why the connection ended, or nil if it is still open after patience.
func (t *talk) end(patience time.Duration) error {
	timer := time.After(patience)
	for {
		select {
		case _, more := <-t.arrived:
			if !more {
				return t.ended
			}
		case <-timer:
			return nil
		}
	}
}

// close ends the connection in good order. expected tells whether that is what the user wants, and
// not the consequence of a failure.
func (t *talk) close(expected bool) error {
	err := t.conn.Close(t.request.closeCode, t.request.closeText)
	_, _, why := t.conn.Read(context.Background()) // what the peer closed with
	var closed *transport.CloseError
	if errors.As(why, &closed) {
		if closed.Code != t.request.closeCode && closed.Code != transport.CloseNoStatus { // no answer to ours, but a Close of its own
			err := t.over(why, false)
			if !expected {
				return nil // there is something else to report
			}
			return err
		}
		t.out.closed(closed, false, t.request.closeCode, t.request.closeText)
		return nil
	}
	if err != nil && expected {
		return cli.Failf(cli.ExitFailed, "the connection to %s did not close in good order: %s", t.conn.URL(), plainReason(err))
	}
	return nil
}

// over reports that the peer ended the connection. early tells that it was not its turn.
func (t *talk) over(err error, early bool) error {
	var closed *transport.CloseError
	var output *outputError
	switch {
	case errors.As(err, &output):
		_ = t.conn.CloseNow()
		return cli.Failf(cli.ExitFailed, "cannot write to stdout: %s", output.err)
	case !errors.As(err, &closed):
		return cli.Failf(cli.ExitFailed, "the connection to %s broke: %s", t.conn.URL(), plainReason(err))
	}
	t.out.closed(closed, true, 0, "")
	harmless := closed.Code == transport.CloseNormal || closed.Code == transport.CloseGoingAway || closed.Code == transport.CloseNoStatus
	switch text := observe.CloseText(closed.Code, closed.Reason); {
	case early:
		return cli.Failf(cli.ExitFailed, "the server closed before it answered: %s", text)
	case !harmless:
		return cli.Failf(cli.ExitFailed, "the server closed: %s", text)
	}
	t.out.note("the server closed: " + observe.CloseText(closed.Code, closed.Reason))
	return nil
}
