package dial

import (
	"context"
	"errors"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/transport"
)

// broken reports a message that could not be sent: why, the reader knows best. undone is as in
// over.
func (t *talk) broken(ctx context.Context, err error, undone string) error {
	if ctx.Err() != nil {
		return t.close(false)
	}
	patience := defaultWait
	if errors.Is(err, errUnread) {
		patience = quiet
	}
	if end := t.end(patience); end != nil {
		err = end
	}
	if errors.Is(err, errUnread) {
		_ = t.conn.CloseNow()
		return cli.Failf(cli.ExitFailed, "%s by %s; try --wait with more time", err, t.conn.URL())
	}
	return t.over(err, undone)
}

// end returns why the connection ended, or nil if it is still open after patience.
func (t *talk) end(patience time.Duration) error {
	timer := time.After(patience)
	for {
		//exhaustive:ignore
		switch t.next(context.Background(), timer) {
		case theEnd:
			return t.ended
		case tooLate:
			return nil
		}
	}
}

// close ends the connection in good order. expected tells whether the user wants that, and
// not the consequence of a failure.
func (t *talk) close(expected bool) error {
	err := t.conn.Close(t.request.closeCode, t.request.closeText)
	_, _, why := t.conn.Read(context.Background()) // the Close of the peer
	if closed, ok := errors.AsType[*transport.CloseError](why); ok {
		// Another code is no answer to our Close, but a Close of the server's own.
		if closed.Code != t.request.closeCode && closed.Code != transport.CloseNoStatus {
			err := t.over(why, "")
			if !expected {
				return nil // there is something else to report
			}
			return err
		}
		t.out.closed(closed, false, t.request.closeCode, t.request.closeText)
		return nil
	}
	if err != nil && expected {
		return cli.Failf(cli.ExitFailed, "the connection to %s did not close in good order: %s",
			t.conn.URL(), plainReason(err))
	}
	return nil
}

// over reports that the peer ended the connection. undone says what it left undone, "" is nothing.
func (t *talk) over(err error, undone string) error {
	var closed *transport.CloseError
	var output *outputError
	switch {
	case errors.As(err, &output):
		_ = t.conn.CloseNow()
		return cli.Unprinted(output.err)
	case t.deaf.Load() != nil:
		return cli.Failf(cli.ExitFailed, "%s from %s; try --wait with more time",
			t.deaf.Load(), t.conn.URL())
	case !errors.As(err, &closed):
		if undone != "" {
			undone = " " + undone
		}
		return cli.Failf(cli.ExitFailed, "the connection to %s broke%s: %s",
			t.conn.URL(), undone, plainReason(err))
	}
	t.out.closed(closed, true, 0, "")
	harmless := closed.Code == transport.CloseNormal || closed.Code == transport.CloseGoingAway ||
		closed.Code == transport.CloseNoStatus
	switch text := observe.CloseText(closed.Code, closed.Reason); {
	case undone != "":
		return cli.Failf(cli.ExitFailed, "the server closed %s: %s", undone, text)
	case !harmless:
		return cli.Failf(cli.ExitFailed, "the server closed: %s", text)
	}
	t.out.note("the server closed: " + observe.CloseText(closed.Code, closed.Reason))
	return nil
}
