package sim

import "example.com/khp/fsm"

// Honest is the model of an honest client and an honest server joined by a network that keeps the order and may be cut at any time. Applications,
// credential provider and clock are free: every decision, every answer, every timer at any moment.
type Honest struct {
	Client fsm.ClientConfig
	Server fsm.ServerConfig
	// Unaware makes the server one that does not know the kaazing profile, whatever the client's URL carries.
	Unaware bool
	Fault   Fault // the zero value is none
}

// marked reports whether the server sees .kl=Y and knows what it means.
func (m Honest) marked() bool { return m.Client.Profile != fsm.ProfileSpec && !m.Unaware }

// Pair is a state of [Honest]. Of the server only the connection that the client is on is looked at.
type Pair struct {
	client fsm.ClientState
	server fsm.ServerState
	c      clientHost
	s      serverHost

	toClient, toServer queue
	up                 bool // there is a connection
	cut                bool // the network fails on this connection

	unit         message // response whose terminator is outstanding; kind 0 if none
	clientSent   uint8   // application messages
	serverSent   uint8
	clientGot    uint8
	serverGot    uint8
	serverOpened bool // the current server connection completed its handshake
}

// ClientPhase returns what the client is waiting for.
func (p Pair) ClientPhase() fsm.ClientPhase { return p.client.Phase() }

// ServerPhase returns what the server of the current connection is waiting for.
func (p Pair) ServerPhase() fsm.ServerPhase { return p.server.Phase() }

// String names the phases of both.
func (p Pair) String() string {
	text := "client " + bare(p.client.Phase())
	if p.up {
		text += ", server " + bare(p.server.Phase())
	}
	return text
}

// message is what the network carries.
type message struct {
	kind   uint8
	target uint8 // index into targets, for redirects
	status uint16
}

const (
	_              uint8 = iota
	openingRequest       // client to server
	openingAnswer        // server to client
	extendedRequest
	requestBody
	extendedResponse
	terminator
	proceed
	reroute
	data
	closeFrame
	endOfStream
)

// queue is one direction of a connection: packed messages, the next one first.
type queue struct {
	list [16]uint16
	n    uint8
}

func (q *queue) put(m message) (ok bool) {
	if int(q.n) == len(q.list) {
		return false
	}
	q.list[q.n] = m.pack()
	q.n++
	return true
}

func (q *queue) take() message {
	m := unpack(q.list[0])
	copy(q.list[:], q.list[1:q.n])
	q.n--
	q.list[q.n] = 0
	return m
}

// Start returns a client and a server that have not met.
func (m Honest) Start() Pair { return Pair{client: m.Client.Start(), server: m.Server.Start()} }

// AtRest reports whether both sides have come to their end.
func (m Honest) AtRest(p Pair) bool {
	return p.client.Phase().Terminal() && (!p.up || p.server.Phase().Terminal())
}

// walker collects the steps out of one state.
type walker struct {
	m     Honest
	from  Pair
	out   Step[Pair] // the one being built
	fair  bool       // what is built now cannot be put off for ever
	yield func(*Step[Pair])
}

// Steps offers everything that can happen in p.
func (m Honest) Steps(p Pair, yield func(*Step[Pair])) {
	w := walker{m: m, from: p, yield: yield}
	w.network()
	w.clientSide()
	w.serverSide()
}
