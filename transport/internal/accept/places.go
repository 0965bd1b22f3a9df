package accept

import "sync"

// Places are what connections of which only so many may be in use at once take. Those who wait for
// one get it in the order in which they came.
type Places struct {
	mu      sync.Mutex
	taken   int
	queue   []chan struct{} // closed when a place is handed over
	refused uint64
}

// Take takes a place if fewer than most are taken; 0 is no bound.
func (p *Places) Take(most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if most > 0 && p.taken >= most {
		return false
	}
	p.taken++
	return true
}

// Queue waits for a place, if fewer than room do so. The place is the caller's once turn is closed;
// until then it can Quit.
func (p *Places) Queue(room int) (turn chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) >= room {
		return nil, false
	}
	turn = make(chan struct{})
	p.queue = append(p.queue, turn)
	return turn, true
}

// Quit ends waiting. A place that was handed over in the meantime goes to the next.
func (p *Places) Quit(turn chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, t := range p.queue {
		if t == turn {
			p.queue = append(p.queue[:i], p.queue[i+1:]...)
			return
		}
	}
	p.release()
}

// Release gives a place back, to the one who has waited for longest.
func (p *Places) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release()
}

func (p *Places) release() {
	if len(p.queue) == 0 {
		p.taken--
		return
	}
	close(p.queue[0])
	p.queue = p.queue[1:]
}

// Refuse counts a connection for which there was no place.
func (p *Places) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused++
}

// Count returns how many places are taken, how many wait for one, and how many connections got
// none.
func (p *Places) Count() (taken, waiting int, refused uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken, len(p.queue), p.refused
}
