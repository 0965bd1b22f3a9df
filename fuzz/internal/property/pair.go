package property

import (
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/wire"
)

// parcel is something on its way from one side to the other.
type parcel struct {
	kind endpoint.OutputKind // SendBytes, SendMessage, SendPong, SendClose, Disconnect
	typ  wire.MessageType
	data []byte
	code uint16
	cut  bool // it may be cut in two without harm: bytes of a stream, a response in messages
	part bool // it has been
}

// pairRun is a client and its servers, one for each connection, with what is on its way between them.
type pairRun struct {
	client, server monitor
	c              *endpoint.Client
	s              *endpoint.Server
	now            time.Time
	toClient       []parcel
	toServer       []parcel
	dc             *driver.Client
	ds             *driver.Server
	conn           *driver.Conn // of the client
	err            error        // the first thing that is broken
	sent           []string     // application messages of the server on this connection
	decide         byte
	hops           byte
	faults         int  // what a network does not do: dropped, doubled, split requests; and cuts, timers, ends
	garbled        bool // a piece of a message was lost, doubled or moved, so that the message may have become another one
	seconds        bool // a timer ran out while nothing else was left to do
}

// Pair connects a client and a server with a program: a byte for the configuration, a byte for the decision of the application, then a byte for each step:
// deliver the next parcel to either side, cut it in two, deliver it twice, drop it, let a timer run out, cut the connection, send, close. Afterwards everything
// is delivered, and timers run out until nothing is left. Whatever happened: both sides' outputs come in a legal order; if both are open, they agree; the client
// is open only if the server was; both come to an end or to rest in open; and without faults an accepted client is open. [INV-49, INV-50, LIV-03, LIV-09]
func Pair(program []byte) error {
	p := NewProgram(program, nil)
	cfg := clientConfig(p)
	cfg.Machine.TerminatorOptional = false // only the strict client promises it all
	r := &pairRun{decide: p.Byte(), now: start}
	c, err := endpoint.NewClient("ws://h/p", cfg)
	if err != nil {
		return broken("the client cannot be made: %w", err)
	}
	r.c, r.client.deadline = c, c.Deadline
	r.dc = driver.NewClient(c, pairHost{r})
	r.dc.Observe = r.watch(&r.client, "client")
	r.dc.Connect(r.now)
	for steps := 0; p.More() && steps < 300; steps++ {
		if r.step(p.Byte(), p); r.err != nil {
			return r.err
		}
		if err := r.agree(); err != nil {
			return err
		}
	}
	return r.settle(cfg)
}

// step is one thing that happens on the network or at either host.
func (r *pairRun) step(op byte, p *Program) {
	switch op % 20 {
	case 0, 1, 2, 3:
		r.deliverServer()
	case 4, 5, 6, 7:
		r.deliverClient()
	case 8, 9: // a response may be cut anywhere, a stream too
		at := int(p.Byte())
		if len(r.toClient) > 0 && r.toClient[0].cut {
			r.toClient = split(r.toClient, at)
		}
	case 10:
		if len(r.toServer) > 0 && !r.toServer[0].cut {
			r.faults++ // a request must come in one message
		}
		r.toServer = split(r.toServer, int(p.Byte()))
	case 11:
		r.disturb(&r.toClient, p.Byte())
	case 12:
		r.disturb(&r.toServer, p.Byte())
	case 13:
		r.faults++
		r.pass(after(r.now, r.c.Deadline(), p.Byte()))
	case 14:
		r.faults++
		if r.s == nil {
			return
		}
		r.pass(after(r.now, r.s.Deadline(), p.Byte()))
	case 15:
		r.lose()
	case 16:
		r.faults++
		r.dc.Close(r.now, uint16(p.Code()), "bye")
	case 17:
		if r.s == nil {
			return
		}
		if p.Byte()%4 == 0 {
			r.faults++
			r.ds.Close(r.now, uint16(p.Code()), "bye")
			return
		}
		m := p.Piece()
		if up := r.server.up; r.ds.Send(r.now, wire.Binary, m) && up {
			r.sent = append(r.sent, string(m))
			r.toClient[len(r.toClient)-1].cut = false
		}
	case 18:
		r.dc.Send(r.now, wire.Text, []byte("from the client"))
	case 19:
		if r.client.up {
			r.conn.Ping(r.now, []byte("p"))
		}
	}
}

// split cuts the first parcel in two, if it is one of bytes or a message with content.
func split(queue []parcel, at int) []parcel {
	if len(queue) == 0 || len(queue[0].data) < 2 || queue[0].kind == endpoint.SendPong {
		return queue
	}
	first, second := queue[0], queue[0]
	at = 1 + at%(len(first.data)-1)
	first.part, second.part = true, true
	first.data, second.data = first.data[:at:at], second.data[at:]
	return slices.Insert(slices.Clone(queue[1:]), 0, first, second)
}

// disturb drops or doubles the first parcel, or lets the second overtake it.
func (r *pairRun) disturb(queue *[]parcel, how byte) {
	q := *queue
	if len(q) == 0 || q[0].kind == endpoint.Disconnect {
		return
	}
	r.faults++
	r.garbled = r.garbled || q[0].part || len(q) > 1 && q[1].part
	switch how % 3 {
	case 0:
		*queue = slices.Clone(q[1:])
	case 1:
		*queue = slices.Insert(slices.Clone(q), 0, q[0])
	case 2:
		if len(q) > 1 && q[1].kind != endpoint.Disconnect {
			*queue = slices.Clone(q)
			(*queue)[0], (*queue)[1] = q[1], q[0]
		}
	}
}

// lose cuts the connection: what is on its way is gone.
func (r *pairRun) lose() {
	if !r.client.up {
		return
	}
	r.faults++
	r.toClient, r.toServer = nil, nil
	r.client.cut()
	r.server.cut()
	server := r.ds
	server.Lost(r.now, "cut")
	r.conn.Lost(r.now, "cut")
}

// agree compares both ends, if both belong to one connection that is open. [INV-49]
func (r *pairRun) agree() error {
	if !r.client.open || r.c.Result().Plain || r.garbled {
		return nil
	}
	if r.s == nil || !r.server.open {
		return broken("the client is open, the server never was, phase %v", r.s.Phase())
	}
	a, b := r.c.Result(), r.s.Result()
	if a.Status != b.Status || a.Protocol != b.Protocol || !slices.Equal(a.Extensions, b.Extensions) {
		return broken("the client has %+v, the server %+v", a, b)
	}
	return nil
}
