package accept

import "sync"

// places are taken by connections of which only so many may be in use at once. Clients that wait
// for one get it in the order in which they came.
type places struct {
	mu      sync.Mutex
	most    int // 0 is no bound
	taken   int
	queue   []chan struct{} // closed when a place is handed over
	refused uint64
}

// fit sets how many places there are, and hands over those that are new.
func (p *places) fit(most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.most = most
	for len(p.queue) > 0 && p.free() {
		p.taken++
		p.next()
	}
}

func (p *places) free() bool { return p.most <= 0 || p.taken < p.most }

// take takes a place if there is one.
func (p *places) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.free() {
		return false
	}
	p.taken++
	return true
}

// wait waits for a place, if fewer than room do so. The place is the caller's once turn is closed;
// until then it can quit.
func (p *places) wait(room int) (turn chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) >= room {
		return nil, false
	}
	turn = make(chan struct{})
	p.queue = append(p.queue, turn)
	return turn, true
}

// quit ends waiting. A place that was handed over in the meantime goes to the next.
func (p *places) quit(turn chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, t := range p.queue {
		if t == turn {
			p.queue = append(p.queue[:i], p.queue[i+1:]...)
			return
		}
	}
	p.handOver()
}

// release passes a place to the client that has waited longest.
func (p *places) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handOver()
}

// handOver gives a place to the next client, unless there are more than there should be.
func (p *places) handOver() {
	if len(p.queue) == 0 || p.most > 0 && p.taken > p.most {
		p.taken--
		return
	}
	p.next()
}

func (p *places) next() {
	close(p.queue[0])
	p.queue = p.queue[1:]
}

// refuse counts a connection for which there was no place.
func (p *places) refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused++
}

// count returns how many places are taken, how many wait for one, and how many connections got
// none.
func (p *places) count() (taken, waiting int, refused uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken, len(p.queue), p.refused
}
