package session

import (
	"bytes"
	"fmt"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fuzz/internal/property"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// clientRun is a client that is told anything at any time, with the facts that decide whether it
// may open.
type clientRun struct {
	monitor
	c          *endpoint.Client
	now        time.Time
	cfg        endpoint.ClientConfig
	kaazing    bool
	nonce      [16]byte
	accept     []byte
	read       []byte // of the opening answer
	khp        bool   // this connection selected KHP
	unit, last []byte // the response in progress, and the last one that a terminator ended
	starts     []int  // where in the unit its messages start
	ended      bool   // the terminator was the last message, but for N and R
}

// Client drives a client with a program: two bytes of configuration, then one byte for each thing
// that happens, with its data (see [property.Program]). For every program: outputs come in a
// legal order, at most one of them the last; it opens only behind a selected KHP and a complete,
// terminated response that completes; connections and memory are bounded; and Close ends it in any
// phase. [INV-01 to INV-06, INV-21, INV-28, INV-38, LIV-11]
func Client(program []byte) error {
	p := property.NewProgram(program, heads)
	r := &clientRun{cfg: clientConfig(p), now: start}
	r.kaazing = r.cfg.Machine.Profile != 0 && r.cfg.Machine.Profile != fsm.ProfileSpec
	first := p.Byte()
	if first >= 0x80 {
		r.cfg.Limits = small
	}
	c, err := endpoint.NewClient("ws://h/p", r.cfg)
	if err != nil {
		return fmt.Errorf("the client cannot be made: %w", err)
	}
	r.c = c
	r.Deadline, r.AllowDowngrade, r.Proxy = c.Deadline, r.cfg.AllowDowngrade, r.cfg.HasProxyLogin
	if first%4 > 0 { // from the middle: it takes many bytes to come there
		for _, op := range []byte{0, 1, 2} {
			if err := r.event(op, property.NewProgram(nil, heads)); err != nil {
				return err
			}
		}
	}
	for steps := 0; p.More() && steps < 400; steps++ {
		if err := r.event(p.Byte()%26, p); err != nil {
			return err
		}
		// Beside those of redirects there are the first, one for a proxy, and one upgrade.
		if r.Dials() > int(r.cfg.Machine.MaxRedirects)+3 {
			return fmt.Errorf("%d connections", r.Dials())
		}
	}
	if err := r.end(r.c, r.now, r.cfg.Limits, cap(r.read)); err != nil {
		return fmt.Errorf("in phase %v: %w", r.c.Phase(), err)
	}
	return nil
}

func clientConfig(p *property.Program) endpoint.ClientConfig {
	m := fsm.DefaultClientConfig()
	flags := p.Byte()
	on := func(bit int) bool { return flags>>bit&1 == 1 }
	m.TerminatorOptional, m.PlainFallback, m.Upgrade = on(0), on(1), on(2)
	cfg := endpoint.ClientConfig{
		Subprotocols: []string{"amqp", "stomp"}, Extensions: []string{"x-a;n=1", "x-b"},
		OpeningExtensions: []string{"x-o"}, HasCredentials: on(3), HasProxyLogin: on(4),
		AllowDowngrade: on(5),
	}
	switch {
	case on(6):
		m.Profile = fsm.ProfileKaazing
		if on(7) {
			m.Profile = fsm.ProfileAuto
		}
	case on(7):
		cfg.Body = []byte("body")
	}
	cfg.Machine = m
	return cfg
}

// event is one thing that happens.
func (r *clientRun) event(op byte, p *property.Program) error {
	c := r.c
	switch op {
	case 0:
		return r.take(c.Connect(r.now))
	case 1:
		return r.connected(p)
	case 2:
		return r.opening([]byte(openingAnswer(r.accept, p.Byte())))
	case 3:
		was := c.Phase()
		out := c.Opened(r.now, []string{endpoint.Subprotocol, endpoint.Subprotocol, "", "amqp",
			"mqtt"}[p.Byte()%5], []string{"x-o"}, string(r.accept))
		r.khp = r.khp || was == fsm.ClientOpening && c.Phase() != fsm.ClientPlain && len(out) > 0
		return r.take(out)
	case 4:
		return r.take(c.OpeningRefused(r.now, p.Code()%1100, []endpoint.HeaderField{{Name: "Location",
			Value: "/q"}, {Name: "WWW-Authenticate", Value: "Basic"}}, p.Piece()))
	case 5:
		return r.opening(p.Text())
	case 6:
		return r.opening(p.Piece())
	case 7:
		if err := r.message(wire.Binary, p.Text()); err != nil {
			return err
		}
		return r.message(wire.Binary, nil)
	case 8:
		return r.message(wire.Binary, p.Text())
	case 9:
		return r.message(wire.Binary, p.Piece())
	case 10:
		return r.message(wire.Text, p.Piece())
	case 11:
		return r.message(wire.Binary, nil)
	case 12:
		return r.message(wire.Binary, balancer.Append(nil, balancer.Proceed, ""))
	case 13:
		return r.message(wire.Binary, balancer.Append(nil, balancer.Reroute, string(p.Text())))
	case 24:
		if err := r.message(wire.Binary, []byte(builtResponse(p, r.accept))); err != nil {
			return err
		}
		return r.message(wire.Binary, nil)
	case 25:
		return r.message(wire.MessageType(1+p.Byte()%3), bytes.Repeat([]byte{p.Byte()}, int(p.Byte())<<9))
	}
	return r.other(op, p)
}

// other is an event that ends or interrupts.
func (r *clientRun) other(op byte, p *property.Program) error {
	c := r.c
	switch op {
	case 14:
		return r.take(c.PeerClosed(r.now, uint16(p.Code()), string(p.Piece())))
	case 15:
		r.Cut()
		return r.take(c.Lost(r.now, "lost"))
	case 16:
		r.now = after(r.now, c.Deadline(), p.Byte())
		return r.take(c.Expire(r.now))
	case 17:
		return r.take(c.Credentials(r.now,
			[]string{"Basic x", "Basic y", "", "a\r\nb", "Token z"}[p.Byte()%5]))
	case 18:
		return r.take(c.NoCredentials(r.now, "none"))
	case 19:
		return r.take(c.BodyWritten(r.now))
	case 20:
		may := c.Phase().Open()
		out, ok := c.Send(r.now, wire.Text, p.Piece())
		if ok != may || !ok && len(out) > 0 {
			return fmt.Errorf("sent in phase %v: %v, %d outputs", c.Phase(), ok, len(out))
		}
		return r.take(out)
	case 21:
		return r.take(c.Violation(r.now, fsm.Failure(p.Byte()%48), "bad"))
	case 22:
		return r.take(c.Close(r.now, uint16(p.Code()), string(p.Piece())))
	case 23:
		if p.Byte()%2 == 0 {
			return r.take(c.ConnectFailed(r.now, "refused"))
		}
		ping := p.Piece()
		phase := c.Phase()
		out := c.Ping(r.now, ping)
		if len(out) > 1 || len(out) == 1 &&
			(out[0].Kind != endpoint.SendPong || !bytes.Equal(out[0].Data, ping)) || c.Phase() != phase {
			return fmt.Errorf("a Ping gives %d outputs and phase %v", len(out), c.Phase())
		}
		return r.take(out)
	}
	return nil
}

func (r *clientRun) connected(p *property.Program) error {
	was := r.c.Phase()
	r.nonce[0], r.nonce[15] = p.Byte(), byte(r.Dials())
	if was == fsm.ClientConnecting {
		r.khp, r.read, r.unit, r.last, r.starts, r.ended = false, nil, nil, nil, nil, false
		r.accept = upgrade.AppendAccept(nil, upgrade.AppendKey(nil, r.nonce))
	}
	return r.take(r.c.Connected(r.now, r.nonce))
}

// opening gives more of the answer to the opening request.
func (r *clientRun) opening(b []byte) error {
	was := r.c.Phase()
	r.read = append(r.read[:len(r.read):len(r.read)], b...)
	used, out := r.c.OpeningReceived(r.now, r.read)
	if used < 0 || used > len(r.read) || used == 0 && len(out) > 0 {
		return fmt.Errorf("%d of %d bytes used, %d outputs", used, len(r.read), len(out))
	}
	if used > 0 {
		answer := final(r.read)
		r.khp = r.khp || was == fsm.ClientOpening && len(answer) >= 12 &&
			string(answer[9:12]) == "101" && bytes.Contains(answer, []byte(endpoint.Subprotocol))
		r.read = nil
	}
	return r.take(out)
}

// final is an answer to the opening request without the interim responses before it.
func final(answer []byte) []byte {
	for len(answer) >= 12 && answer[9] == '1' && string(answer[9:12]) != "101" {
		_, answer, _ = bytes.Cut(answer, []byte("\r\n\r\n"))
	}
	return answer
}

// message gives a message, keeps the response it belongs to, and looks whether the client opened
// rightly.
func (r *clientRun) message(t wire.MessageType, b []byte) error {
	said, _ := balancer.Parse(b)
	switch {
	case len(r.Handshake()) == 0 && !r.kaazing || r.Opened():
	case t == wire.Binary && len(b) == 0:
		if len(r.unit) > 0 {
			r.last, r.unit, r.starts = r.unit, nil, nil
		}
		r.ended = true
	case r.kaazing && said != balancer.None:
		r.ended = true
	default:
		r.starts = append(r.starts, len(r.unit))
		r.unit, r.ended = append(r.unit, b...), false
	}
	was := r.Opened()
	if err := r.take(r.c.Message(r.now, t, b)); err != nil {
		return err
	}
	if was || !r.Opened() || r.c.Result().Plain {
		return nil
	}
	whole := r.last
	if r.cfg.Machine.TerminatorOptional && !r.kaazing {
		r.ended = true
		for _, i := range r.starts { // responses before it had no terminator either
			if completing(r.unit[i:]) {
				whole = r.unit[i:]
			}
		}
	}
	if !r.khp || !r.ended || !completing(whole) {
		return fmt.Errorf("open with KHP %v, terminator %v, response %q", r.khp, r.ended, whole)
	}
	return nil
}
