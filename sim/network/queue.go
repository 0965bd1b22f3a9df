package network

import (
	"container/heap"
	"time"
)

// rank orders events that are due at the same moment.
type rank int8

const (
	early rank = iota - 1 // timers, if they come first
	usual
	late // timers, if they come last
)

// scheduled is something that is going to happen. Without f it was cancelled.
type scheduled struct {
	at   time.Duration
	rank rank
	seq  uint64
	f    func()
}

// queue is a heap of scheduled things.
type queue []*scheduled

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.rank != b.rank:
		return a.rank < b.rank
	}
	return a.seq < b.seq
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is for package heap.
func (q *queue) Push(x any) { *q = append(*q, x.(*scheduled)) }

// Pop is for package heap.
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}

// at schedules f.
func (n *Network) at(at time.Duration, r rank, f func()) *scheduled {
	n.seq++
	e := &scheduled{at: at, rank: r, seq: n.seq, f: f}
	heap.Push(&n.queue, e)
	return e
}
