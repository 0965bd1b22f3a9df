package accept

import "sync/atomic"

// mostIdle bounds the goroutines that wait for a connection.
const mostIdle = 64

// Workers has handshakes run in goroutines that are used again: a handshake takes a deep stack, and
// making that grow in a new goroutine costs as much as parsing and judging the requests.
type Workers struct {
	run  func(Visit)
	jobs chan Visit
	idle atomic.Int32
}

// NewWorkers returns workers that run that for each connection. Close ends those that wait.
func NewWorkers(run func(Visit)) *Workers { return &Workers{run: run, jobs: make(chan Visit)} }

// Do has a connection served, beside the caller.
func (w *Workers) Do(v Visit) {
	select {
	case w.jobs <- v:
	default:
		go w.work(v)
	}
}

func (w *Workers) work(v Visit) {
	for ok := true; ok; {
		w.run(v)
		v = Visit{}
		if w.idle.Add(1) > mostIdle {
			ok = false
		} else {
			v, ok = <-w.jobs
		}
		w.idle.Add(-1)
	}
}

// Close ends the workers: those that are busy end when they are done. Do must not be called any
// more.
func (w *Workers) Close() { close(w.jobs) }
