package main

import (
	"io"
	"sync"
	"time"
)

const (
	queuePatience = 100 * time.Millisecond // how long a line may take before nobody waits for lines any more
	queueFlush    = time.Second            // how long the lines that are left may take in the end
)

// queue writes lines to a file or pipe of which nobody may wait for the reader. As long as lines are taken at once, a caller waits until its own is written, so that
// none is lost in a burst. Once one takes too long, lines are kept until there is no more room, and then dropped and counted, until the reader has caught up.
type queue struct {
	w    io.Writer
	room int // bytes of lines that may be kept
	// The following may be nil, and may write to another queue. lost is called for each line that is dropped, caughtUp when some were and lines are taken again, in
	// between two writes, and failed for errors of w.
	lost     func()
	caughtUp func(lines int)
	failed   func(err error)

	wake chan struct{} // there is something to do
	done chan struct{} // nothing is written any more

	mu      sync.Mutex
	lines   []byte
	written chan struct{} // closed when lines are
	dropped int           // since the reader caught up
	total   uint64        // dropped since the begin
	slow    bool          // nobody waits
	closing bool
}

func newQueue(w io.Writer, room int) *queue {
	return &queue{w: w, room: room, wake: make(chan struct{}, 1), done: make(chan struct{}), written: make(chan struct{})}
}

// Write implements [io.Writer]. It never fails: p is whole lines, which are written or dropped.
func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	if q.closing || len(q.lines)+len(p) > q.room {
		q.dropped++
		q.total++
		q.mu.Unlock()
		if q.lost != nil {
			q.lost()
		}
		return len(p), nil
	}
	q.lines = append(q.lines, p...)
	written, slow := q.written, q.slow
	q.mu.Unlock()
	q.work()
	if !slow {
		q.await(written)
	}
	return len(p), nil
}

func (q *queue) work() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// await waits until lines are written, but not for long.
func (q *queue) await(written <-chan struct{}) {
	timer := time.NewTimer(queuePatience)
	defer timer.Stop()
	select {
	case <-written:
	case <-timer.C:
		q.mu.Lock()
		defer q.mu.Unlock()
		q.slow = true
	}
}

// run writes what comes, until close.
func (q *queue) run() {
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
func (q *queue) batch() bool {
	q.mu.Lock()
	lines, written, dropped := q.lines, q.written, q.dropped
	q.lines, q.written, q.dropped = nil, make(chan struct{}), 0
	if len(lines) == 0 {
		q.slow = false
	}
	q.mu.Unlock()
	if len(lines) > 0 {
		if _, err := q.w.Write(lines); err != nil && q.failed != nil {
			q.failed(err)
		}
	}
	close(written)
	if dropped > 0 && q.caughtUp != nil {
		q.caughtUp(dropped)
	}
	return len(lines) > 0
}

// drops is how many lines have been dropped.
func (q *queue) drops() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}

// close writes what is left, as far as somebody reads it.
func (q *queue) close() {
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
	q.work()
	timer := time.NewTimer(queueFlush)
	defer timer.Stop()
	select {
	case <-q.done:
	case <-timer.C:
	}
}
