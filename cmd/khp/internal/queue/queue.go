// Package queue writes lines without waiting for a slow reader.
package queue

import (
	"io"
	"sync"
	"time"
)

// Patience is how long a line may take before callers stop to wait for lines.
const Patience = 100 * time.Millisecond

// mostSpare bounds the memory that is kept for lines to come.
const mostSpare = 64 << 10

// flushTime is how long the lines that are left may take in the end.
const flushTime = 5 * time.Second

// Queue writes lines to a file or pipe without waiting for a slow reader. As long as lines are
// taken at once, a caller waits until its own is written, so that none is lost in a burst. Once one
// takes too long, lines are kept until there is no more room, and then dropped and counted, until
// the reader has caught up.
type Queue struct {
	w     io.Writer
	room  int
	hooks Hooks

	wake chan struct{} // there is something to do
	done chan struct{} // nothing is written any more

	mu      sync.Mutex
	lines   []byte
	spare   []byte        // memory for lines, while others are written
	written chan struct{} // closed when lines are; nil if no caller waits
	dropped int           // since the reader caught up
	total   uint64        // dropped since the begin
	slow    bool          // no writer waits
	closing bool
}

// Hooks are called when lines are dropped, when lines are taken again, and after a write has
// failed. They may be nil, and may write to another queue.
type Hooks struct {
	Lost     func()          // a line is dropped
	CaughtUp func(lines int) // some were, and lines are taken again; called in between two writes
	Failed   func(err error) // of a write
}

// New returns a queue before w that keeps at most room bytes of lines. It writes until it is
// closed.
func New(w io.Writer, room int, h Hooks) *Queue {
	q := &Queue{w: w, room: room, hooks: h, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.run()
	return q
}

// Write implements [io.Writer]. It never fails: p is whole lines, which are written or dropped.
func (q *Queue) Write(p []byte) (int, error) {
	q.put(p, true)
	return len(p), nil
}

// Later returns a writer for lines that are written as soon as those before are. A caller waits for
// that only if half of the room is taken. Lines that come together go out in one write.
func (q *Queue) Later() io.Writer { return later{q} }

type later struct{ q *Queue }

// Write implements [io.Writer].
func (l later) Write(p []byte) (int, error) {
	l.q.put(p, false)
	return len(p), nil
}

// put is Write, for a line that has to be written before the caller goes on, or need not be.
func (q *Queue) put(p []byte, now bool) {
	q.mu.Lock()
	if q.closing || len(q.lines)+len(p) > q.room {
		q.dropped++
		q.total++
		q.mu.Unlock()
		if q.hooks.Lost != nil {
			q.hooks.Lost()
		}
		return
	}
	q.lines = append(q.lines, p...)
	var written chan struct{}
	if !q.slow && (now || len(q.lines) > q.room/2) {
		if q.written == nil {
			q.written = make(chan struct{})
		}
		written = q.written
	}
	q.mu.Unlock()
	q.work()
	if written != nil {
		q.await(written)
	}
}

func (q *Queue) work() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// await waits until lines are written, but not for long.
func (q *Queue) await(written <-chan struct{}) {
	timer := time.NewTimer(Patience)
	defer timer.Stop()
	select {
	case <-written:
	case <-timer.C:
		q.mu.Lock()
		defer q.mu.Unlock()
		q.slow = true
	}
}

// run writes the records of the queue, until close.
func (q *Queue) run() {
	defer close(q.done)
	for range q.wake {
		for q.batch() {
		}
		q.mu.Lock()
		over := q.closing && len(q.lines) == 0
		q.mu.Unlock()
		if over {
			return
		}
	}
}

// batch writes the lines that there are, and reports whether there were any.
func (q *Queue) batch() bool {
	q.mu.Lock()
	lines, written, dropped := q.lines, q.written, q.dropped
	q.lines, q.spare, q.written, q.dropped = q.spare, nil, nil, 0
	if len(lines) == 0 {
		q.slow = false
	}
	q.mu.Unlock()
	if len(lines) > 0 {
		if _, err := q.w.Write(lines); err != nil && q.hooks.Failed != nil {
			q.hooks.Failed(err)
		}
	}
	if written != nil {
		close(written)
	}
	q.keep(lines)
	if dropped > 0 && q.hooks.CaughtUp != nil {
		q.hooks.CaughtUp(dropped)
	}
	return len(lines) > 0
}

// keep keeps the memory of lines that are written.
func (q *Queue) keep(lines []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cap(lines) <= mostSpare {
		q.spare = lines[:0]
	}
}

// Drops returns how many lines have been dropped.
func (q *Queue) Drops() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}

// Close writes the lines that are left, for at most a second.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
	q.work()
	timer := time.NewTimer(flushTime)
	defer timer.Stop()
	select {
	case <-q.done:
	case <-timer.C:
	}
}
