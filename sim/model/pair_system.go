package model

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"sync"

	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

var le = binary.LittleEndian

// pairSystem is [Honest] as a transition system.
type pairSystem struct {
	m       *Honest
	clients *parts[world.Client, clientPart]
	servers *parts[world.Server, serverPart]
	queues  *parts[queue, queuePart]
	empty   *queuePart
	asking  *queuePart // holds the opening request
	met     *serverPart
	start   Pair
	walkers sync.Pool
}

// System returns m as a transition system. It keeps the parts of the states that it meets, so an
// exploration should have one of its own.
func (m Honest) System() explore.System[Pair, act.Action] {
	x := &pairSystem{m: &m, clients: newParts(world.ClientSize, newClient),
		servers: newParts(world.ServerSize, newServer), queues: newParts(queueSize, newQueue)}
	x.walkers.New = func() any { return &walker{x: x} }
	x.empty = x.queues.of(queue{})
	x.asking = x.with(x.empty, message{kind: openingRequest}.pack())
	x.met = x.servers.of(world.ConnectedTo(m.Server.Start()))
	x.start = Pair{client: x.clients.of(world.Client{State: m.Client.Start()}),
		server: x.servers.of(world.Server{State: m.Server.Start()}), toClient: x.empty, toServer: x.empty}
	return x
}

// Start returns a client and a server that have not met.
func (x *pairSystem) Start() Pair { return x.start }

// Edges is how many edges both machines have.
func (*pairSystem) Edges() int { return act.EdgeCount() }

// AtRest reports whether both sides have come to their end.
func (x *pairSystem) AtRest(p Pair) bool { return x.m.atRest(p) }

// walker collects the steps out of one state.
type walker struct {
	x     *pairSystem
	from  Pair
	out   step[Pair] // the one being built
	fair  bool       // the step being built cannot be put off for ever
	noted string     // the oracle's word on its first half
	yield func(*step[Pair])
}

// Steps offers everything that can happen in p.
func (x *pairSystem) Steps(p Pair, yield func(*step[Pair])) {
	if x.m.Cooperative && p.bothOpen() {
		return
	}
	if x.m.Unlimited {
		all := yield
		yield = func(s *step[Pair]) { x.each(p, s, all) }
	}
	w := x.walkers.Get().(*walker)
	w.from, w.yield = p, yield
	w.network()
	w.clientSide()
	w.serverSide()
	x.walkers.Put(w)
}

// Size is the length of an encoding.
func (*pairSystem) Size() int { return pairSize }

const pairSize = 4*4 + 4

// Encode writes p into b: the numbers of its parts, and the rest.
func (*pairSystem) Encode(p Pair, b []byte) {
	b = b[:pairSize]
	le.PutUint32(b, p.client.id)
	le.PutUint32(b[4:], p.server.id)
	le.PutUint32(b[8:], p.toClient.id)
	le.PutUint32(b[12:], p.toServer.id)
	le.PutUint32(b[16:], p.rest())
}

// Decode returns the state whose encoding is b.
func (x *pairSystem) Decode(b []byte) Pair {
	b = b[:pairSize]
	p := Pair{client: x.clients.numbered(le.Uint32(b)), server: x.servers.numbered(le.Uint32(b[4:])),
		toClient: x.queues.numbered(le.Uint32(b[8:])), toServer: x.queues.numbered(le.Uint32(b[12:]))}
	p.setRest(le.Uint32(b[16:]))
	return p
}

// Fingerprint combines the hashes of the parts. Each part has two, and the seed says how they are
// weighed, so that two seeds have nothing in common.
func (*pairSystem) Fingerprint(p Pair, seed uint64) uint64 {
	var sum [2]uint64
	for i := range sum {
		sum[i] = p.client.print[i] + p.server.print[i] + p.toClient.print[i] +
			bits.RotateLeft64(p.toServer.print[i], 32)
	}
	return explore.Mix(sum[0] + explore.Mix(seed)*sum[1] + uint64(p.rest())*0x9e3779b97f4a7c15)
}

// Words returns the encodings of all parts.
func (x *pairSystem) Words() [][]byte {
	return [][]byte{
		x.clients.encodings(func(p *clientPart) world.Client { return p.Client }),
		x.servers.encodings(func(p *serverPart) world.Server { return p.Server }),
		x.queues.encodings(func(p *queuePart) queue { return p.queue }),
	}
}

// Learn makes the parts with these encodings.
func (x *pairSystem) Learn(words [][]byte) error {
	if len(words) != 3 || !x.clients.learn(words[0]) || !x.servers.learn(words[1]) ||
		!x.queues.learn(words[2]) {
		return errors.New("model: the parts of the pairs do not fit together")
	}
	return nil
}

// Knows reports whether b is an encoding of a state whose parts are known.
func (x *pairSystem) Knows(b []byte) bool {
	number := func(i int) int { return int(le.Uint32(b[4*i:])) }
	queues := len(x.queues.all())
	return number(0) < len(x.clients.all()) && number(1) < len(x.servers.all()) &&
		number(2) < queues && number(3) < queues
}
