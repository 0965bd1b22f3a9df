// Package silence asks a silent peer for a sign of life, and ends the connection if none comes.
package silence

import (
	"errors"
	"io"
	"os"
	"time"
)

// lastLook bounds the last look at a peer before it is given up: its bytes may have arrived and be
// unread, because the process stood still.
const lastLook = 100 * time.Millisecond

// epoch makes the clock cheap: only differences count here.
var epoch = time.Now()

// now is [time.Now] by the monotonic clock alone.
func now() time.Time { return epoch.Add(time.Since(epoch)) }

// stage is the last measure against a silent peer.
type stage uint8

const (
	stageNew    stage = 1 + iota // nothing: the peer may be silent for half of the period
	stageAsked                   // a Ping was sent
	stageCalled                  // the period is almost over: the last look
)

// Host is the connection.
type Host interface {
	Closing() bool // the application is closing it, which has a limit of its own
	// Sets the read deadline; false says that the context of the call has ended.
	Arm(due time.Time, moved bool) bool
	Disarm() bool                      // takes it away
	Ask() error                        // sends a Ping, without waiting for a peer that does not read
	Silent(period time.Duration) error // returns the error that ends the connection
}

// Reader reads from the socket of a connection, as the goroutine that reads. It needs neither a
// goroutine nor a timer: it works by the read deadline of the socket, which it moves once in half a
// period while there is traffic. Time in which nothing reads does not count: the silence is then
// ours.
type Reader struct {
	host   Host
	socket io.Reader
	Period time.Duration // how long the peer may be silent
	due    time.Time     // read deadline of the socket, as long as the host has it armed
	since  time.Time     // begin of the stage; while nothing reads it is behind by the time since left
	left   time.Time     // when the last read ended
	stage  stage
}

// New returns a Reader of a socket that gives a peer up after a period of silence.
func New(host Host, socket io.Reader, period time.Duration) *Reader {
	t := now()
	k := &Reader{host: host, socket: socket, Period: period, since: t, left: t, stage: stageNew}
	k.arm(t) // here and not in the first read: it takes a stack that no idle connection needs
	return k
}

// lasts returns how long the present stage may last.
func (k *Reader) lasts() time.Duration {
	look := min(k.Period/8, lastLook)
	//exhaustive:enforce
	switch k.stage {
	case stageNew:
		return k.Period / 2
	case stageAsked:
		return k.Period - k.Period/2 - look
	case stageCalled:
	}
	return look
}

// Read implements [io.Reader]. Its frame is small, because idle connections wait in it.
func (k *Reader) Read(p []byte) (int, error) {
	if err := k.begin(); err != nil {
		return 0, err
	}
	for {
		n, err := k.socket.Read(p)
		more, err := k.got(n, err)
		if !more {
			return n, err
		}
	}
}

// begin begins a read.
func (k *Reader) begin() error {
	t := now()
	k.since = k.since.Add(t.Sub(k.left))
	if k.stage == stageCalled {
		k.since = t
	}
	return k.await(t)
}

// got takes in the result of reading the socket; more means that it has to be read again.
func (k *Reader) got(n int, err error) (more bool, failed error) {
	t := now()
	switch {
	case n > 0:
		k.since, k.stage = t, stageNew
		return false, k.leave(t, err)
	case !errors.Is(err, os.ErrDeadlineExceeded), t.Before(k.due) && !k.host.Closing():
		return false, k.leave(t, err)
	case k.host.Closing(), t.Sub(k.since) < k.lasts():
		// The deadline is from before that, or from before something arrived.
	default:
		if err := k.next(t); err != nil {
			return false, k.leave(t, err)
		}
	}
	if err := k.await(t); err != nil {
		return false, err
	}
	return true, nil
}

// await makes the socket ready to be read; an error is the end of the read.
func (k *Reader) await(t time.Time) error {
	if !k.arm(t) {
		return k.leave(t, os.ErrDeadlineExceeded)
	}
	return nil
}

// leave notes when a read ended.
func (k *Reader) leave(now time.Time, err error) error {
	k.left = now
	return err
}

// arm makes the socket wake the reader when the stage is over, or earlier; false says that the
// context of the call has ended.
func (k *Reader) arm(now time.Time) bool {
	if k.host.Closing() {
		return k.host.Disarm()
	}
	due := k.since.Add(k.lasts())
	if k.due.After(now) { // and not after the end of the stage, which only moves away
		due = k.due
	}
	armed := k.host.Arm(due, due != k.due)
	k.due = due
	return armed
}

// next enters the next stage; after the last there is only the end.
func (k *Reader) next(now time.Time) error {
	k.since = now
	//exhaustive:enforce
	switch k.stage {
	case stageNew:
		k.stage = stageAsked
		return k.host.Ask()
	case stageAsked:
		k.stage = stageCalled
		return nil
	case stageCalled:
	}
	return k.host.Silent(k.Period)
}
