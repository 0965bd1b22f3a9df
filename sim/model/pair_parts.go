package model

import (
	"sync"
	"sync/atomic"

	"example.com/khp/sim/model/internal/world"
	"github.com/cespare/xxhash/v2"
)

// The states of a pair are many, their parts are few: ten thousand clients, some hundred servers
// and queues make millions of pairs. So a system of pairs keeps each part once, with a number and
// with the turns that it can take. A turn is made once by the machine and its host, with all their
// checks, and looked up from then on.

// part is common to all kept parts.
type part struct {
	id    uint32
	print [2]uint64 // hashes of its encoding
}

// clientPart is a client with its turns.
type clientPart struct {
	world.Client
	part
	turns memo[*turn[clientPart]]
	free  [4]atomic.Pointer[[]*turn[clientPart]] // see [pairSystem.freeOfClient]
}

// serverPart is a server with its turns.
type serverPart struct {
	world.Server
	part
	turns memo[*turn[serverPart]]
	free  [4]atomic.Pointer[[]aimed] // see [pairSystem.freeOfServer]
}

// queuePart is a queue with those that it becomes.
type queuePart struct {
	queue
	part
	body  bool                      // it holds a request body
	rest  atomic.Pointer[queuePart] // without the first message
	longs memo[longer]
}

// longer is a queue with one more message.
type longer struct {
	message uint16
	queue   *queuePart
}

// memo is a list that several goroutines may read while one of them adds to it. An element may be
// there twice; each of them is right.
type memo[E any] struct{ list atomic.Pointer[[]E] }

func (m *memo[E]) all() []E {
	if l := m.list.Load(); l != nil {
		return *l
	}
	return nil
}

func (m *memo[E]) add(e E) {
	for {
		old := m.list.Load()
		var list []E
		if old != nil {
			list = append(list, *old...)
		}
		list = append(list, e)
		if m.list.CompareAndSwap(old, &list) {
			return
		}
	}
}

// parts keeps all parts of one kind. Their numbers are good in one system only.
type parts[V comparable, P any] struct {
	size   int // of an encoding
	encode func(V, []byte)
	decode func([]byte) V
	make   func(V, part) *P

	mu    sync.RWMutex
	known map[V]*P
	list  atomic.Pointer[[]*P]
	words []byte // encodings by number; up to date after [parts.encodings]
}

// of returns the part with a value.
func (k *parts[V, P]) of(v V) *P {
	k.mu.RLock()
	p := k.known[v]
	k.mu.RUnlock()
	if p != nil {
		return p
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.known[v]; p != nil {
		return p
	}
	list := k.all()
	b := make([]byte, k.size+1)
	k.encode(v, b[:k.size])
	new := part{id: uint32(len(list))}
	new.print[0] = xxhash.Sum64(b)
	b[k.size] = 1
	new.print[1] = xxhash.Sum64(b)
	p = k.make(v, new)
	k.known[v] = p
	list = append(list, p)
	k.list.Store(&list)
	return p
}

func (k *parts[V, P]) all() []*P {
	if l := k.list.Load(); l != nil {
		return *l
	}
	return nil
}

// numbered returns the part with a number.
func (k *parts[V, P]) numbered(id uint32) *P { return (*k.list.Load())[id] }

// encodings returns those of all parts, one behind the other.
func (k *parts[V, P]) encodings(value func(*P) V) []byte {
	for _, p := range k.all()[len(k.words)/k.size:] {
		n := len(k.words)
		k.words = append(k.words, make([]byte, k.size)...)
		k.encode(value(p), k.words[n:])
	}
	return k.words
}

// learn makes the parts with these encodings. It reports whether they get the numbers that they
// had.
func (k *parts[V, P]) learn(words []byte) (ok bool) {
	for i := 0; (i+1)*k.size <= len(words); i++ {
		if p := k.of(k.decode(words[i*k.size : (i+1)*k.size])); i >= len(k.all()) ||
			p != k.numbered(uint32(i)) {
			return false
		}
	}
	return len(words)%k.size == 0
}

// newParts keeps parts whose values have encodings of that size.
func newParts[V comparable, P any, E interface {
	*V
	Encode([]byte)
	Decode([]byte)
}](size int, make func(V, part) *P) *parts[V, P] {
	return &parts[V, P]{
		size:   size,
		encode: func(v V, b []byte) { E(&v).Encode(b) },
		decode: func(b []byte) (v V) { E(&v).Decode(b); return v },
		make:   make,
		known:  map[V]*P{},
	}
}

func newClient(w world.Client, p part) *clientPart { return &clientPart{Client: w, part: p} }

func newServer(w world.Server, p part) *serverPart { return &serverPart{Server: w, part: p} }

func newQueue(q queue, p part) *queuePart {
	return &queuePart{queue: q, part: p, body: q.holds(requestBody)}
}

// with returns q with one more message; nil if it is full.
func (x *pairSystem) with(q *queuePart, m uint16) *queuePart {
	for _, l := range q.longs.all() {
		if l.message == m {
			return l.queue
		}
	}
	more := q.queue
	if !more.put(m) {
		return nil
	}
	p := x.queues.of(more)
	q.longs.add(longer{m, p})
	return p
}

// take returns the first message of q, and q without it.
func (x *pairSystem) take(q *queuePart) (message, *queuePart) {
	rest := q.rest.Load()
	if rest == nil {
		shorter := q.queue
		shorter.drop()
		rest = x.queues.of(shorter)
		q.rest.Store(rest)
	}
	return unpack(q.list[0]), rest
}
