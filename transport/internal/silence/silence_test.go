package silence

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// period is how long a peer may be silent here; the last look is a tenth of a second of it.
const period = 10 * time.Second

var errSilent = errors.New("silent")

// host is a connection that notes the calls of a Reader, with the time since it began.
type host struct {
	t            *testing.T
	begin        time.Time
	nc, peer     *tcptest.Conn
	closing      atomic.Bool // the application is closing
	over         atomic.Bool // the context of the call has ended
	due          time.Time
	moved        int
	asked, ended []time.Duration
	period       time.Duration // that Silent was called with
	failAsk      error
}

func newHost(t *testing.T) *host {
	h := &host{t: t, begin: time.Now()}
	h.peer, h.nc = tcptest.Pair(tcptest.Options{})
	return h
}

func (h *host) Closing() bool { return h.closing.Load() }

func (h *host) Arm(due time.Time, moved bool) bool {
	if moved || h.due.IsZero() {
		require.NoError(h.t, h.nc.SetReadDeadline(due))
		h.due, h.moved = due, h.moved+1
	}
	require.True(h.t, h.due.Equal(due), "it is told of every deadline that moves")
	return !h.over.Load()
}

func (h *host) Disarm() bool {
	require.NoError(h.t, h.nc.SetReadDeadline(time.Time{}))
	h.due = time.Time{}
	return !h.over.Load()
}

func (h *host) Ask() error {
	h.asked = append(h.asked, time.Since(h.begin))
	return h.failAsk
}

func (h *host) Silent(period time.Duration) error {
	h.ended, h.period = append(h.ended, time.Since(h.begin)), period
	return errSilent
}

// says has the peer say a byte after d.
func (h *host) says(d time.Duration) {
	time.AfterFunc(d, func() { _, _ = h.peer.Write([]byte("x")) })
}

// read reads one byte, or the error for which there is none.
func read(k *Reader) error {
	n, err := k.Read(make([]byte, 8))
	if n == 0 && err == nil {
		return io.ErrNoProgress
	}
	return err
}

// in runs a test with a clock of its own.
func in(t *testing.T, do func(t *testing.T, h *host, k *Reader)) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		do(t, h, New(h, h.nc, period))
	})
}

// A peer that says nothing is asked after half of the period, and given up after all of it.
func TestReader_Silent(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		require.Equal(t, errSilent, read(k))
		require.Equal(t, []time.Duration{period / 2}, h.asked)
		require.Equal(t, []time.Duration{period}, h.ended)
		require.Equal(t, period, h.period)
	})
}

// A peer that answers is not given up; each answer begins the period anew.
func TestReader_Answers(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		for range 5 {
			h.begin, h.asked = time.Now(), nil
			h.says(period - time.Millisecond)
			require.NoError(t, read(k))
			require.Equal(t, period-time.Millisecond, time.Since(h.begin))
			require.Equal(t, []time.Duration{period / 2}, h.asked)
		}
		require.Empty(t, h.ended)
	})
}

// The traffic of a busy peer moves the deadline once in half a period, and never late.
func TestReader_Traffic(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		for range 1000 {
			h.says(period / 1000)
			require.NoError(t, read(k))
		}
		require.Equal(t, period, time.Since(h.begin))
		require.LessOrEqual(t, h.moved, 3)
		require.Empty(t, h.asked)
		require.Equal(t, errSilent, read(k))
		require.Equal(t, []time.Duration{period + period/2}, h.asked)
		require.Equal(t, []time.Duration{2 * period}, h.ended)
	})
}

// Time in which nothing is read is not the peer's silence: bytes that it has sent may wait.
func TestReader_NothingReads(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		time.Sleep(100 * period)
		begin := time.Now()
		h.says(period/2 - time.Millisecond)
		require.NoError(t, read(k))
		require.Empty(t, h.asked)
		h.begin = time.Now()
		require.Equal(t, errSilent, read(k))
		require.Equal(t, []time.Duration{period}, h.ended)
		require.Equal(t, period/2-time.Millisecond+period, time.Since(begin))
	})
}

// still is a socket of a process that stands still when a read has ended, a few times.
type still struct {
	*tcptest.Conn
	times int
}

func (s *still) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if s.times--; s.times >= 0 {
		time.Sleep(3 * period)
	}
	return n, err
}

// A peer whose word arrives while the process stands still is not given up: there is a last look.
func TestReader_StandsStill(t *testing.T) {
	for _, times := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			k := New(h, &still{h.nc, times}, period)
			h.says(3 * period * time.Duration(times))
			require.NoError(t, read(k))
			require.Len(t, h.asked, 1)
			require.Empty(t, h.ended)
		})
	}
}

// A read in the middle of a period that ends for another reason leaves the period as it is: the
// next one goes on with it. The last look begins anew with each read.
func TestReader_CallsEnd(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		for _, at := range []time.Duration{time.Second, period / 2, period - time.Second} {
			time.AfterFunc(at-time.Since(h.begin), func() {
				h.over.Store(true)
				_ = h.nc.SetReadDeadline(time.Unix(1, 0))
			})
			require.ErrorIs(t, read(k), os.ErrDeadlineExceeded)
			require.Equal(t, at, time.Since(h.begin))
			h.over.Store(false)
			h.due = time.Time{} // as the watcher does at the end of a call
		}
		require.Equal(t, []time.Duration{period / 2}, h.asked)
		require.Equal(t, errSilent, read(k))
		require.Equal(t, []time.Duration{period}, h.ended)
	})
}

// A read whose context has ended does not wait, and one that fails tells why.
func TestReader_Errors(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		h.over.Store(true)
		require.ErrorIs(t, read(k), os.ErrDeadlineExceeded)
		require.Zero(t, time.Since(h.begin))
		h.over.Store(false)
		h.failAsk = errors.New("cannot ask")
		require.Equal(t, h.failAsk, read(k))
		require.Equal(t, period/2, time.Since(h.begin))
		require.NoError(t, h.peer.CloseWrite())
		require.Equal(t, io.EOF, read(k))
	})
}

// Once the application closes, its own limit counts: nothing is asked and nobody given up.
func TestReader_Closing(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		time.AfterFunc(time.Second, func() { // in the middle of a read, which it breaks off
			h.closing.Store(true)
			_ = h.nc.SetReadDeadline(time.Unix(1, 0))
		})
		h.says(10 * period)
		require.NoError(t, read(k))
		require.Equal(t, 10*period, time.Since(h.begin))
		require.True(t, h.due.IsZero(), "no deadline of ours is left")
		h.over.Store(true)
		require.ErrorIs(t, read(k), os.ErrDeadlineExceeded)
		require.Empty(t, h.asked)
		require.Empty(t, h.ended)
	})
}

// The last look is within the period, also of a short one.
func TestReader_Periods(t *testing.T) {
	for _, p := range []time.Duration{8 * time.Millisecond, 80 * time.Millisecond, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			k := New(h, h.nc, p)
			require.Equal(t, errSilent, read(k))
			require.Equal(t, []time.Duration{p / 2}, h.asked)
			require.Equal(t, []time.Duration{p}, h.ended)
		})
	}
}

// once is a socket that gives one result, after a while.
type once struct {
	text string
	err  error
	wait time.Duration
	done func() // is called before it returns, unless it is nil
}

func (o *once) Read(p []byte) (int, error) {
	time.Sleep(o.wait)
	if o.done != nil {
		o.done()
	}
	return copy(p, o.text), o.err
}

// What the socket returns together with bytes, or in the place of bytes, is what a read returns:
// also once the deadline is over, and a deadline that is not over is the caller's own.
func TestReader_Passes(t *testing.T) {
	in(t, func(t *testing.T, h *host, _ *Reader) {
		socket := &once{text: "x", err: io.ErrClosedPipe}
		k := New(h, socket, period)
		n, err := k.Read(make([]byte, 8))
		require.Equal(t, []any{1, io.ErrClosedPipe}, []any{n, err})
		socket.err = os.ErrDeadlineExceeded
		socket.text = ""
		require.Equal(t, os.ErrDeadlineExceeded, read(k))
		socket.err, socket.wait = io.ErrClosedPipe, period
		require.Equal(t, io.ErrClosedPipe, read(k))
		require.Empty(t, h.asked)
	})
}

// A context that ends at the moment in which the peer is asked ends the read.
func TestReader_EndsAsItAsks(t *testing.T) {
	in(t, func(t *testing.T, h *host, _ *Reader) {
		reads := 0
		socket := &once{err: os.ErrDeadlineExceeded, wait: period / 2, done: func() {
			reads++
			h.over.Store(true)
		}}
		require.Equal(t, os.ErrDeadlineExceeded, read(New(h, socket, period)))
		require.Equal(t, 1, reads)
		require.Len(t, h.asked, 1)
	})
}

// The last look is a whole one for each read that begins then.
func TestReader_LastLookAgain(t *testing.T) {
	in(t, func(t *testing.T, h *host, k *Reader) {
		const at = period - lastLook/2
		time.AfterFunc(at, func() {
			h.over.Store(true)
			_ = h.nc.SetReadDeadline(time.Unix(1, 0))
		})
		require.ErrorIs(t, read(k), os.ErrDeadlineExceeded)
		h.over.Store(false)
		h.due = time.Time{}
		require.Equal(t, errSilent, read(k))
		require.Equal(t, []time.Duration{at + lastLook}, h.ended)
	})
}

// A close that begins at the very moment in which the peer would be asked goes first.
func TestReader_ClosingAsItAsks(t *testing.T) {
	in(t, func(t *testing.T, h *host, _ *Reader) {
		socket := &once{err: os.ErrDeadlineExceeded, wait: period / 2}
		socket.done = func() {
			if h.closing.Swap(true) {
				socket.text, socket.err = "x", nil
			}
		}
		require.NoError(t, read(New(h, socket, period)))
		require.Empty(t, h.asked)
	})
}
