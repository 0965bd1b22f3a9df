package session

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fuzz/internal/property"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// pairRun is a client and the servers it connects to, on the virtual network of the simulation.
type pairRun struct {
	net    *network.Network
	client *network.Client
	site   *network.Site
	cfg    endpoint.ClientConfig
	decide byte
	hops   byte
	piece  int                  // streams come in pieces of at most that many bytes; 0 is whole
	relays map[bool]func(relay) // changes of the next frame, of the client if true
	held   map[bool][]network.Frame
	// faults that a good network has not: dropped, doubled, split requests; and cuts, timers, ends
	faults  int
	garbled bool // a frame was lost, doubled, moved or split, so that messages may have become others
	refused error
}

// relay is a frame on its way, and the frames that arrive in its place.
type relay struct {
	in  network.Frame
	out *[]network.Frame
}

// Pair connects a client and a server with a program: a byte for the configuration, a byte for the
// decision of the application, then a byte for each step: let something arrive, cut a message in
// two, deliver one twice, drop it, swap two, let a timer run out, cut the connection, send, close.
// Afterwards everything arrives, and timers run out until nothing is left. In every case: both
// sides' outputs come in a legal order; if both are open, they agree; the client is open only if
// the server was; both come to an end or to rest in open; and without faults an accepted client is
// open. [INV-49, INV-50, LIV-03, LIV-09]
func Pair(program []byte) error {
	p := property.NewProgram(program, nil)
	cfg := clientConfig(p)
	cfg.Machine.TerminatorOptional = false // only the strict client promises it all
	r := &pairRun{cfg: cfg, decide: p.Byte(), relays: map[bool]func(relay){},
		held: map[bool][]network.Frame{}}
	r.net = network.New(network.Options{Latency: -1, Pieces: r.pieces, Frames: r.frames,
		Observe: r.observe})
	r.site = r.net.Serve("h", network.SiteOptions{
		Decide: func(_ int, q *endpoint.Request) (endpoint.Decision, time.Duration, error) {
			return r.decision(q), 0, nil
		}})
	c, err := r.net.NewClient("ws://h/p", network.ClientOptions{
		Config: cfg, Credentials: func(int, []wire.Challenge) (string, time.Duration, bool) {
			return "Basic am9lOndlbGNvbWU=", 0, r.decide&1 == 0
		}})
	if err != nil {
		return fmt.Errorf("the client cannot be made: %w", err)
	}
	r.client = c
	c.Connect()
	for steps := 0; p.More() && steps < 300; steps++ {
		r.step(p.Byte(), p)
		if err := r.wrong(); err != nil {
			return err
		}
	}
	if !r.net.Run(20_000) {
		return fmt.Errorf("no rest: client %v", c.Phase())
	}
	if r.faults == 0 {
		r.net.Check()
	}
	if err := r.wrong(); err != nil {
		return err
	}
	return r.atRest()
}

// step is one thing that happens on the network or at either host.
func (r *pairRun) step(op byte, p *property.Program) {
	switch op % 20 {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		r.net.Advance(0, 1)
	case 8: // a stream may be cut anywhere
		r.piece = int(p.Byte())
	case 9: // a response too
		r.relays[false] = split(int(p.Byte()))
	case 10:
		r.relays[true] = r.fault(split(int(p.Byte())))
	case 11, 12:
		r.relays[op%20 == 12] = r.fault(r.disturbed(op%20 == 12, p.Byte()))
	case 13, 14:
		r.faults++
		r.pass(p.Byte())
	case 15:
		if c := r.client.Conn(); c != nil {
			r.faults++
			c.Cut()
		}
	case 16:
		r.faults++
		r.client.Close(uint16(p.Code()), "bye")
	case 17:
		r.serverSpeaks(p)
	case 18:
		r.client.Send(wire.Text, "from the client")
	case 19:
		if s := r.site.Last(); s != nil && s.Opened() && s.Conn() != nil {
			s.Conn().Write(network.Frame{Op: ws.OpPing, Data: []byte("p")}.Append(nil))
		}
	}
}

// pass lets the timer of the client run out, or seconds pass.
func (r *pairRun) pass(how byte) {
	if t := r.client.Endpoint.Timer(); how%2 == 0 && t != 0 {
		r.client.Expire(t)
		return
	}
	r.net.Advance(time.Duration(how)*time.Second, 1000)
}

// serverSpeaks has the server send a message, or close.
func (r *pairRun) serverSpeaks(p *property.Program) {
	s := r.site.Last()
	switch {
	case s == nil:
	case p.Byte()%4 == 0:
		r.faults++
		s.Close(uint16(p.Code()), "bye")
	default:
		s.Send(wire.Binary, string(p.Piece()))
	}
}

// pieces is how many of the next n bytes arrive together.
func (r *pairRun) pieces(n int) int {
	if r.piece == 0 {
		return n
	}
	return r.piece
}

// frames is the fate of a frame that a host sends.
func (r *pairRun) frames(client bool, f network.Frame) (out []network.Frame) {
	out = []network.Frame{f}
	if do := r.relays[client]; do != nil {
		delete(r.relays, client)
		do(relay{f, &out})
	} else {
		out, r.held[client] = append(out, r.held[client]...), nil
	}
	return out
}

// fault counts an action as a fault of the network.
func (r *pairRun) fault(do func(relay)) func(relay) {
	return func(f relay) {
		r.faults, r.garbled = r.faults+1, true
		do(f)
	}
}

// split cuts a message of the handshake in two messages, which only a response may be.
func split(at int) func(relay) {
	return func(f relay) {
		text := string(f.in.Data)
		if f.in.Op != ws.OpBinary || !strings.HasPrefix(text, "HTTP/") &&
			!strings.HasPrefix(text, "GET ") {
			return
		}
		first, second := f.in, f.in
		at = 1 + at%(len(text)-1)
		first.Data, second.Data = f.in.Data[:at], f.in.Data[at:]
		*f.out = []network.Frame{first, second}
	}
}

// disturbed drops a frame, doubles it, or lets the next one overtake it.
func (r *pairRun) disturbed(client bool, how byte) func(relay) {
	return func(f relay) {
		switch how % 3 {
		case 0:
			*f.out = nil
		case 1:
			*f.out = []network.Frame{f.in, f.in}
		case 2:
			f.in.Data = bytes.Clone(f.in.Data)
			*f.out, r.held[client] = nil, append(r.held[client], f.in)
		}
	}
}

// observe notices that a decision was refused, or a server not reached.
func (r *pairRun) observe(e network.Event) {
	if e.Kind == network.Failed {
		r.refused = fmt.Errorf("%s: %s", e.Host, e.Text)
	}
}

// decision is the decision of the application, by the program's byte: accept with the requested
// subprotocol and extensions, ask for credentials first, send elsewhere, refuse.
func (r *pairRun) decision(q *endpoint.Request) endpoint.Decision {
	d := endpoint.Decision{}
	if len(q.Subprotocols) > 0 && r.decide&4 != 0 {
		d.Subprotocol = q.Subprotocols[len(q.Subprotocols)-1]
	}
	if r.decide&8 != 0 {
		d.Extensions = q.Extensions
	}
	d.Status = []int{101, 201, 204, 205}[r.decide>>4&3]
	switch r.decide >> 6 {
	case 1:
		if q.Authorization == "" {
			return endpoint.Decision{Status: 401, Challenges: []string{`Application Basic realm="r"`}}
		}
	case 2:
		if r.hops++; r.hops <= 2 {
			return endpoint.Decision{Status: 302, Location: "/p" + string(rune('0'+r.hops))}
		}
	case 3:
		if r.decide&2 != 0 {
			return endpoint.Decision{Status: 403}
		}
	}
	return d
}

// accepted reports whether the application lets the client in, as far as it is up to the
// application.
func (r *pairRun) accepted() bool {
	switch r.decide >> 6 {
	case 1:
		return r.cfg.HasCredentials && r.decide&1 == 0
	case 3:
		return r.decide&2 == 0
	}
	return true
}

// wrong describes the first fault so far: of an output, a decision, or that both ends of an open
// connection do not agree. [INV-49]
func (r *pairRun) wrong() error {
	if list := r.net.Broken(); len(list) > 0 {
		return list[0]
	}
	if r.refused != nil || r.garbled || !r.client.Opened() || r.client.Endpoint.Result().Plain {
		return r.refused
	}
	s := r.site.Last()
	a, b := r.client.Endpoint.Result(), s.Endpoint.Result()
	if !s.Opened() || a.Status != b.Status || a.Subprotocol != b.Subprotocol ||
		!slices.Equal(a.Extensions, b.Extensions) {
		return fmt.Errorf("the client has %+v, the server %+v, which opened: %v", a, b, s.Opened())
	}
	return nil
}

// atRest says how it may have ended.
func (r *pairRun) atRest() error {
	c := r.client
	if !c.Over() && !c.Opened() {
		return fmt.Errorf("the client waits for nothing in %v", c.Phase())
	}
	if accepted := r.accepted(); r.faults == 0 && (r.net.Now() > 0 || accepted != c.Opened()) {
		return fmt.Errorf("without a fault: open %v, accepted %v, after %v, %v",
			c.Opened(), accepted, r.net.Now(), c.Err())
	}
	if c.Over() && !c.Opened() && c.Endpoint.Phase() != fsm.ClientFailed &&
		c.Endpoint.Phase() != fsm.ClientDone {
		return fmt.Errorf("the end was told in phase %v", c.Endpoint.Phase())
	}
	return nil
}
