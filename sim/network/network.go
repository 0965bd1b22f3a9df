package network

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// Options make a network. The zero value is a calm one.
type Options struct {
	Latency time.Duration // one way; 0 is 10 ms, negative is none
	Seed    uint64        // of nonces, masks and everything else that is drawn
	// TimersFirst has timers go before bytes that are due at the same moment, not behind them.
	TimersFirst bool
	// Pieces returns how many of the next n bytes of a stream arrive together, 1 to n; nil is all.
	Pieces func(n int) int
	// Frames returns the frames that arrive in the place of one that a host sends; nil is the same.
	Frames func(client bool, f Frame) []Frame
	// Head returns the opening request or response that arrives in the place of the one that a host
	// sends; nil is the same.
	Head func(client bool, p []byte) []byte
	// Observe is called for each action of a host; it may be nil, and must not keep slices.
	Observe func(Event)
	// MostBytes bounds the bytes written in all, each piece counting for [PieceBytes] more; 0 is
	// [DefaultMostBytes].
	MostBytes int
}

// DefaultMostBytes bounds the bytes written to a network unless [Options] say otherwise.
const DefaultMostBytes = 64 << 20

// PieceBytes is the memory of a piece of a stream beside its bytes.
const PieceBytes = 256

// defaultLatency is how long a byte takes unless [Options] say otherwise.
const defaultLatency = 10 * time.Millisecond

// Network is a virtual network with its clock: a queue of events to come, ordered by time
// and, at the same moment, by the order in which it was scheduled. Nothing happens but by its
// methods, which are not safe for concurrent use, and equal options and calls give equal runs.
type Network struct {
	opts      Options
	now       time.Duration
	seq       uint64
	queue     queue
	rand      *rand.Rand
	listeners map[string]func(*Conn)
	events    int
	broken    []error
	clients   []*Client
	checked   map[string]bool // reported by Check already
	written   int             // bytes, and the memory of their pieces
}

// New returns a network at time zero without listeners.
func New(o Options) *Network {
	if o.Latency == 0 {
		o.Latency = defaultLatency
	}
	o.Latency = max(o.Latency, 0)
	if o.MostBytes == 0 {
		o.MostBytes = DefaultMostBytes
	}
	return &Network{opts: o, rand: rand.New(rand.NewPCG(o.Seed, 0x6b6870)),
		listeners: map[string]func(*Conn){}, checked: map[string]bool{}}
}

// Now returns the virtual time since the start.
func (n *Network) Now() time.Duration { return n.now }

// Events returns how many scheduled things have happened.
func (n *Network) Events() int { return n.events }

// Exhausted reports whether more was written than [Options].MostBytes allow. Then nothing happens
// any more.
func (n *Network) Exhausted() bool { return n.written > n.opts.MostBytes }

// spend counts the bytes written. It returns false once there are too many.
func (n *Network) spend(bytes int) bool {
	n.written += bytes
	if n.Exhausted() {
		n.queue = nil
	}
	return !n.Exhausted()
}

// Broken returns the invariants that hosts of this network have broken, in the order in which they
// did. It should always be empty.
func (n *Network) Broken() []error { return n.broken }

// idle reports whether nothing is scheduled: no byte on its way, no timer, no answer of an
// application.
func (n *Network) idle() bool {
	_, ok := n.next()
	return !ok
}

// next returns when the next thing happens; ok is false if nothing is going to.
func (n *Network) next() (at time.Duration, ok bool) {
	for len(n.queue) > 0 && n.queue[0].f == nil { // cancelled
		heap.Pop(&n.queue)
	}
	if len(n.queue) == 0 {
		return 0, false
	}
	return n.queue[0].at, true
}

// Step lets the next thing happen and sets the clock to its time. It returns false if there is
// none.
func (n *Network) Step() bool {
	if n.idle() {
		return false
	}
	e := heap.Pop(&n.queue).(*scheduled)
	n.now = e.at
	n.events++
	f := e.f
	e.f = nil
	f()
	return true
}

// Run lets things happen until nothing is left, at most that many. It returns false if the number
// was too small.
func (n *Network) Run(most int) bool {
	for range most {
		if !n.Step() {
			return true
		}
	}
	return n.idle()
}

// Advance lets everything happen that is due within d, at most that many, and moves the clock on by
// d. It returns false if the number was too small.
func (n *Network) Advance(d time.Duration, most int) bool {
	end := n.now + d
	for range most {
		if at, ok := n.next(); !ok || at > end {
			n.now = end
			return true
		}
		n.Step()
	}
	return false
}

// After schedules f in d of virtual time.
func (n *Network) After(d time.Duration, f func()) { n.at(n.now+d, usual, f) }
