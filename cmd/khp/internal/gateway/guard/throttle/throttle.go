// Package throttle slows down clients that guess passwords. It never says who is right: it makes
// attempts wait before they are checked, the right ones as well as the wrong ones.
//
// Failed logins count against the network of the client, an IPv4 address or the /64 of an IPv6 one,
// and against the name that was tried. A network that has failed a few times makes one attempt
// after the other, with a pause before each. A name that has failed often, from any network,
// makes each attempt a second longer but locks no client out, so that guessing at a name cannot
// lock its owner out. Credentials that were right a short time ago do not wait: a client that has
// them does not guess. Failures are forgotten one by one.
package throttle

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// How much is tolerated, and how long it is remembered.
const (
	forget    = 10 * time.Second // takes one failure back
	most      = 20               // failures that are counted
	free      = 5                // failures of a network before its attempts are slowed down
	freeName  = 10               // failures of a name before attempts at it are
	atOnce    = 32               // attempts of a network without failures that are checked at a time
	waiting   = 256              // attempts of a network that wait for their turn
	patience  = 5 * time.Second  // of an attempt, after which it is put off
	shortest  = 250 * time.Millisecond
	longest   = 2 * time.Second
	nameDelay = time.Second
	known     = 15 * time.Minute // how long credentials that were right are remembered
	entries   = 8192             // of each kind that are remembered
)

// ErrBusy is the error of an attempt that waited too long, or would have to. The client may come
// again after [Retry].
var ErrBusy = errors.New("too many failed logins from this address")

// Retry is when a client may try again that was put off.
const Retry = patience

// Throttle remembers failed logins. It is safe for concurrent use.
type Throttle struct {
	key [sha256.Size]byte // of sums, so that neither names nor credentials are held

	mu       sync.Mutex
	networks *simplelru.LRU[netip.Prefix, *network]
	names    *simplelru.LRU[sum, *failures]
	right    *simplelru.LRU[sum, time.Time] // when they were
}

type sum [sha256.Size]byte

// failures is a number that falls with time.
type failures struct {
	n  float64
	at time.Time
}

func (f *failures) count(now time.Time) float64 {
	return max(0, f.n-float64(now.Sub(f.at))/float64(forget))
}

func (f *failures) add(now time.Time) {
	f.n, f.at = min(f.count(now)+1, most), now
}

// network is the record of a network. It serves its attempts also after it was forgotten.
type network struct {
	failures
	checking int
	line     []chan struct{} // of attempts that wait, the oldest first; a turn closes the channel
}

// atOnce is how many attempts are checked at a time.
func (n *network) atOnce(now time.Time) int {
	switch c := n.count(now); {
	case c < 1:
		return atOnce
	case c < free:
		return free - int(c)
	}
	return 1
}

// pause is how long an attempt waits in its turn.
func (n *network) pause(now time.Time) time.Duration {
	c := n.count(now)
	if c < free {
		return 0
	}
	return min(longest, shortest<<int(c-free))
}

// New returns a Throttle that knows of no failures.
func New() *Throttle {
	t := &Throttle{}
	_, _ = rand.Read(t.key[:])                                             // never fails
	t.networks, _ = simplelru.NewLRU[netip.Prefix, *network](entries, nil) // fails with a size of 0
	t.names, _ = simplelru.NewLRU[sum, *failures](entries, nil)
	t.right, _ = simplelru.NewLRU[sum, time.Time](entries, nil)
	return t
}

// Attempt is a login that is being checked. Exactly one of its methods has to be called.
type Attempt struct {
	throttle    *Throttle
	network     *network // nil if it waits for no turn
	name, whole sum
}

// Begin waits until credentials of a client in that network may be checked. user is the name in
// them, "" if it is not known. The error is ErrBusy, or that of ctx. A client without an IP address
// waits for the sake of the name only.
func (t *Throttle) Begin(
	ctx context.Context, client netip.Prefix, user, credentials string,
) (*Attempt, error) {
	a := &Attempt{throttle: t, name: t.sum("name", user), whole: t.sum("credentials", credentials)}
	now := time.Now()
	t.mu.Lock()
	if at, ok := t.right.Get(a.whole); ok && now.Sub(at) < known {
		t.mu.Unlock()
		return a, nil
	}
	if client.IsValid() {
		a.network = t.networkOf(client)
	}
	turn, err := a.network.enter(now)
	t.mu.Unlock()
	if err == nil {
		err = a.wait(ctx, turn, user != "")
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// networkOf finds the record of a network.
func (t *Throttle) networkOf(client netip.Prefix) *network {
	n, ok := t.networks.Get(client)
	if !ok {
		n = &network{}
		t.networks.Add(client, n)
	}
	return n
}

// enter takes a turn, or a place in line; turn is nil with the former.
func (n *network) enter(now time.Time) (turn chan struct{}, err error) {
	switch {
	case n == nil:
	case n.checking < n.atOnce(now) && len(n.line) == 0:
		n.checking++
	case len(n.line) >= waiting:
		return nil, ErrBusy
	default:
		turn = make(chan struct{})
		n.line = append(n.line, turn)
	}
	return turn, nil
}

// wait waits for the turn of an attempt, if it has none yet, and then for as long as the failures
// before it ask for.
func (a *Attempt) wait(ctx context.Context, turn chan struct{}, named bool) error {
	if turn == nil && a.pause(named) <= 0 {
		return nil
	}
	patient, cancel := context.WithTimeoutCause(ctx, patience, ErrBusy)
	defer cancel()
	if turn != nil {
		select {
		case <-turn:
		case <-patient.Done():
			given := !a.throttle.leave(a.network, turn)
			if given && ctx.Err() == nil {
				break // at the last moment
			}
			if given {
				a.done()
			}
			return context.Cause(patient)
		}
	}
	pause := a.pause(named)
	if pause <= 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-patient.Done():
		a.done()
		return context.Cause(patient)
	}
}

// pause is how long an attempt takes longer.
func (a *Attempt) pause(named bool) time.Duration {
	t, now := a.throttle, time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	pause := time.Duration(0)
	if a.network != nil {
		pause = a.network.pause(now)
	}
	if f, ok := t.names.Get(a.name); named && ok && f.count(now) >= freeName {
		pause += nameDelay
	}
	return pause
}

// leave takes an attempt out of the line; false if it is not in it any more.
func (t *Throttle) leave(n *network, turn chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(n.line, turn)
	if i < 0 {
		return false
	}
	n.line = slices.Delete(n.line, i, i+1)
	return true
}

// Right ends an attempt whose credentials are right.
func (a *Attempt) Right() {
	t := a.throttle
	t.mu.Lock()
	t.right.Add(a.whole, time.Now())
	t.mu.Unlock()
	a.done()
}

// Wrong ends an attempt whose credentials are wrong.
func (a *Attempt) Wrong() {
	t, now := a.throttle, time.Now()
	t.mu.Lock()
	t.right.Remove(a.whole)
	f, ok := t.names.Get(a.name)
	if !ok {
		f = &failures{}
		t.names.Add(a.name, f)
	}
	f.add(now)
	if a.network != nil {
		a.network.add(now)
	}
	t.mu.Unlock()
	a.done()
}

// Unknown ends an attempt whose credentials could not be checked.
func (a *Attempt) Unknown() { a.done() }

// done hands the turn on.
func (a *Attempt) done() {
	n, t := a.network, a.throttle
	if n == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n.checking--
	for now := time.Now(); len(n.line) > 0 && n.checking < n.atOnce(now); n.checking++ {
		close(n.line[0])
		n.line = n.line[1:]
	}
}

func (t *Throttle) sum(what, text string) (s sum) {
	m := hmac.New(sha256.New, t.key[:])
	_, _ = m.Write([]byte(what + "\x00" + text))
	m.Sum(s[:0])
	return s
}
