package replay

import (
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// t0 is when the endpoints are told everything but the end of timers.
var t0 = time.Unix(1_700_000_000, 0)

// parcel is something that one side sent.
type parcel struct {
	kind endpoint.OutputKind
	typ  wire.MessageType
	data []byte
	code uint16
	end  bool // of the stream
	cut  bool // it ended because the network did
}

// receiver is an end of a connection as the network knows it.
type receiver interface {
	Lost(now time.Time, detail string) []endpoint.Output
	OpeningReceived(now time.Time, b []byte) (used int, out []endpoint.Output)
	Message(now time.Time, t wire.MessageType, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
}

// rig is a client and a server with a recorder at each and one between them. A parcel goes from the
// sender to the middle, and from there to the receiver.
type rig struct {
	c        *endpoint.Client
	s        *endpoint.Server
	config   endpoint.ServerConfig
	decide   func(r *endpoint.Request) endpoint.Decision
	sessions [3]*Session // by recorder
	all      []*Session
	toMiddle [3][]parcel // by sender
	toPeer   [3][]parcel // by sender
	heard    [3][]byte   // opening bytes, by receiver
	up       [3]bool
	over     [3]bool
	login    string
	steps    int
	hops     int
	alter    func(from Side, p parcel) []parcel // of what is sent; nil changes nothing
}

func newRig(
	url string, cfg endpoint.ClientConfig, decide func(r *endpoint.Request) endpoint.Decision,
) (*rig, error) {
	c, err := endpoint.NewClient(url, cfg)
	if err != nil {
		return nil, err
	}
	g := &rig{c: c, decide: decide, login: "Basic am9lOndlbGNvbWU="}
	g.client(c.Connect(t0))
	return g, nil
}

// note writes down the events that a recorder sees.
func (g *rig) note(recorder Side, s Step) {
	if x := g.sessions[recorder]; x != nil {
		g.steps++
		s.At, s.Time = g.steps, time.Unix(1_700_000_000, int64(g.steps)*int64(time.Millisecond))
		x.Steps = append(x.Steps, s)
	}
}

func (g *rig) dial() {
	g.finish()
	if g.sessions[Client] != nil {
		g.note(Client, Step{From: Client, Kind: Followed})
	}
	for _, r := range []Side{Nobody, Client, Server} {
		g.sessions[r] = &Session{Recorder: r, Unit: "line", Name: "of the " + r.String()}
		g.all = append(g.all, g.sessions[r])
	}
	g.s = endpoint.NewServer(g.config)
	g.over[Server] = false
	g.up = [3]bool{true, true, true}
	g.toMiddle, g.toPeer, g.heard = [3][]parcel{}, [3][]parcel{}, [3][]byte{}
	g.client(g.c.Connected(t0, [16]byte{1}))
}

// finish says that nothing more comes of the connection.
func (g *rig) finish() {
	for _, s := range g.sessions {
		if s != nil {
			s.Over = true
		}
	}
}

func step(from Side, p parcel) Step {
	s := Step{From: from, Data: p.data, Type: p.typ, Code: p.code, Reset: p.cut}
	switch p.kind {
	case endpoint.SendBytes:
		s.Kind = Opening
	case endpoint.SendMessage:
		s.Kind = Message
	case endpoint.SendPong:
		s.Kind = Pong
	case endpoint.SendClose:
		s.Kind = Close
	default:
		s.Kind = Ended
	}
	return s
}

func (g *rig) put(from Side, o *endpoint.Output) {
	list := []parcel{{kind: o.Kind, typ: o.Type, data: slices.Clone(o.Data), code: o.Code,
		end: o.Kind == endpoint.Disconnect}}
	if g.alter != nil {
		list = g.alter(from, list[0])
	}
	for _, p := range list {
		if !p.end {
			g.note(from, step(from, p))
		}
		if g.up[from] {
			g.toMiddle[from] = append(g.toMiddle[from], p)
		}
		if p.end {
			g.up[from] = false
		}
	}
}

func (g *rig) client(outs []endpoint.Output) {
	for _, o := range slices.Clone(outs) {
		switch o.Kind {
		case endpoint.Dial:
			g.dial()
		case endpoint.SendBytes, endpoint.SendMessage, endpoint.SendPong, endpoint.SendClose,
			endpoint.Disconnect:
			g.put(Client, &o)
			if o.Kind == endpoint.SendMessage && g.c.Phase() == fsm.ClientSendingBody {
				g.client(g.c.BodyWritten(t0))
			}
		case endpoint.AskCredentials:
			if g.login == "" {
				g.client(g.c.NoCredentials(t0, "none"))
			} else {
				g.client(g.c.Credentials(t0, g.login))
			}
		case endpoint.Open:
			g.note(Client, Step{From: Client, Kind: Opened})
		case endpoint.Fail:
			g.note(Client,
				Step{From: Client, Kind: Failed, Failure: o.Err.(*endpoint.HandshakeError).Failure})
			g.over[Client] = true
		case endpoint.Closed:
			g.note(Client, Step{From: Client, Kind: GaveUp})
			g.over[Client] = true
		}
	}
}

func (g *rig) server(outs []endpoint.Output) {
	for _, o := range slices.Clone(outs) {
		switch o.Kind {
		case endpoint.SendBytes, endpoint.SendMessage, endpoint.SendPong, endpoint.SendClose,
			endpoint.Disconnect:
			g.put(Server, &o)
		case endpoint.AskDecision:
			next, err := g.s.Decide(t0, g.decide(g.s.Request()))
			if err != nil {
				panic(err)
			}
			g.server(next)
		case endpoint.Open:
			g.note(Server, Step{From: Server, Kind: Opened})
		case endpoint.Fail:
			g.note(Server,
				Step{From: Server, Kind: Failed, Failure: o.Err.(*endpoint.HandshakeError).Failure})
			g.over[Server] = true
		case endpoint.Closed:
			g.note(Server, Step{From: Server, Kind: GaveUp})
			g.over[Server] = true
		}
	}
}

// pass moves the oldest parcel of from past the recorder in the middle.
func (g *rig) pass(from Side) bool {
	q := g.toMiddle[from]
	if len(q) == 0 {
		return false
	}
	g.toMiddle[from] = q[1:]
	g.note(Nobody, step(from, q[0]))
	g.toPeer[from] = append(g.toPeer[from], q[0])
	return true
}

// arrive hands the oldest parcel of from that has passed the middle to the other side.
func (g *rig) arrive(from Side) bool {
	q := g.toPeer[from]
	if len(q) == 0 {
		return false
	}
	g.toPeer[from] = q[1:]
	to, p := from.Other(), q[0]
	if !g.up[to] {
		return true
	}
	g.note(to, step(from, p))
	g.heard[to] = append(g.heard[to], p.data...)
	end, obey := receiver(g.c), g.client
	if to == Server {
		end, obey = g.s, g.server
	}
	switch {
	case p.end:
		g.up[to] = false
		obey(end.Lost(t0, "end of stream"))
	case p.kind == endpoint.SendBytes:
		_, outs := end.OpeningReceived(t0, g.heard[to])
		obey(outs)
	case p.kind == endpoint.SendMessage:
		obey(end.Message(t0, p.typ, p.data))
	case p.kind == endpoint.SendClose:
		obey(end.PeerClosed(t0, p.code, ""))
	}
	return true
}

// settle lets everything that is on its way arrive.
func (g *rig) settle() {
	for g.pass(Client) || g.arrive(Client) || g.pass(Server) || g.arrive(Server) {
	}
	g.finish()
}
