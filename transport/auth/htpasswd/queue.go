package htpasswd

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
)

// mostWaiting bounds the checks that wait for a turn.
const mostWaiting = 256

var errFull = errors.New("too many passwords wait to be checked")

// queue gives turns at hashing, one after the other to each client that waits, regardless of the
// number of its connections.
type queue struct {
	mu      sync.Mutex
	free    int      // turns that are free; 0 if a check waits
	waiting int      // in all shares
	shares  []*share // of clients that wait, the next one first
}

// share has the waiting checks of one client.
type share struct {
	of    netip.Prefix
	turns []turn // the oldest first
}

// turn receives the outcome of waiting: nil is the turn.
type turn chan error

func newQueue(turns int) *queue { return &queue{free: turns} }

// take waits for a turn, which give gives back. It fails with errFull, or when ctx ends.
func (q *queue) take(ctx context.Context, client netip.Prefix) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine, wait := q.line(client)
	if !wait {
		return nil
	}
	select {
	case err := <-mine:
		return err
	case <-ctx.Done():
		if !q.drop(client, mine) && <-mine == nil { // it was just given
			q.give()
		}
		return ctx.Err()
	}
}

// line takes a turn if one is free, or gets into line.
func (q *queue) line(client netip.Prefix) (mine turn, wait bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free > 0 {
		q.free--
		return nil, false
	}
	mine = make(turn, 1)
	i := q.find(client)
	if i < 0 {
		i = len(q.shares)
		q.shares = append(q.shares, &share{of: client})
	}
	q.shares[i].turns = append(q.shares[i].turns, mine)
	q.waiting++
	if q.waiting > mostWaiting {
		q.refuseOne()
	}
	return mine, true
}

// refuseOne refuses the newest of the client that has most in line.
func (q *queue) refuseOne() {
	most := 0
	for i, s := range q.shares {
		if len(s.turns) >= len(q.shares[most].turns) {
			most = i
		}
	}
	s := q.shares[most]
	q.remove(most, len(s.turns)-1) <- errFull
}

// drop takes mine out of the line; false if it is not in it any more.
func (q *queue) drop(client netip.Prefix, mine turn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := q.find(client)
	if i < 0 {
		return false
	}
	j := slices.Index(q.shares[i].turns, mine)
	if j < 0 {
		return false
	}
	q.remove(i, j)
	return true
}

// give hands a turn on to the next client, whose share then goes to the end.
func (q *queue) give() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == 0 {
		q.free++
		return
	}
	s := q.shares[0]
	q.remove(0, 0) <- nil
	if len(s.turns) > 0 {
		q.shares = append(q.shares[1:], s)
	}
}

func (q *queue) find(client netip.Prefix) int {
	return slices.IndexFunc(q.shares, func(s *share) bool { return s.of == client })
}

// remove takes the j-th turn of the i-th share out of the line, and the share if nothing is left of
// it.
func (q *queue) remove(i, j int) turn {
	s := q.shares[i]
	t := s.turns[j]
	s.turns = slices.Delete(s.turns, j, j+1)
	q.waiting--
	if len(s.turns) == 0 {
		q.shares = slices.Delete(q.shares, i, i+1)
	}
	return t
}
