package session

import (
	"bytes"
	"fmt"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fuzz/internal/property"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
)

// serverRun is a server that is told anything at any time.
type serverRun struct {
	monitor
	s    *endpoint.Server
	now  time.Time
	read []byte
}

// Server drives a server with a program: a byte of configuration, then one byte for each thing that
// happens, with its data (see [property.Program]). For every program: outputs come in a legal
// order, at most one of them the last; each response has one terminator and the fields that its
// status needs; it opens only behind a completing response; only requests that were put to the
// application are decided; memory is bounded; and Close ends it in any phase.
func Server(program []byte) error {
	p := property.NewProgram(program, requests)
	flags := p.Byte()
	m := fsm.DefaultServerConfig()
	m.Plain, m.Unchecked = flags&1 != 0, flags&2 != 0
	cfg := endpoint.ServerConfig{Machine: m, AnyTarget: flags&4 != 0}
	if flags >= 0x80 {
		cfg.Limits = small
	}
	r := &serverRun{s: endpoint.NewServer(cfg), now: start,
		monitor: monitor{Monitor: network.Monitor{Server: true, Unchecked: m.Unchecked}}}
	r.Deadline = r.s.Deadline
	if flags&0x18 != 0 { // from the middle
		if err := r.opening([]byte(openingRequest(flags >> 4 & 2))); err != nil {
			return err
		}
	}
	for steps := 0; p.More() && steps < 400; steps++ {
		open := r.Opened()
		if err := r.event(p.Byte()%17, p); err != nil {
			return err
		}
		if r.Opened() && !open && !r.s.Result().Plain && !r.completed() {
			return fmt.Errorf("open behind %q", r.Handshake())
		}
	}
	if err := r.end(r.s, r.now, cfg.Limits, cap(r.read)); err != nil {
		return fmt.Errorf("in phase %v: %w", r.s.Phase(), err)
	}
	return nil
}

// event is one thing that happens.
func (r *serverRun) event(op byte, p *property.Program) error {
	s := r.s
	switch op {
	case 0:
		return r.opening([]byte(openingRequest(p.Byte())))
	case 1:
		return r.opening(p.Piece())
	case 2:
		return r.opening(p.Text())
	case 3, 4:
		return r.take(s.Message(r.now, wire.Binary, p.Text()))
	case 5:
		return r.take(s.Message(r.now, wire.MessageType(p.Byte()%4), p.Piece()))
	case 6:
		return r.take(s.Message(r.now, wire.Text, append(p.Text(), p.Text()...)))
	case 7, 8:
		return r.decide(p)
	case 9:
		r.now = after(r.now, s.Deadline(), p.Byte())
		return r.take(s.Expire(r.now))
	case 10:
		return r.take(s.PeerClosed(r.now, uint16(p.Code()), string(p.Piece())))
	case 11:
		may := s.Phase().Open()
		out, ok := s.Send(r.now, wire.Text, p.Piece())
		if ok != may || !ok && len(out) > 0 {
			return fmt.Errorf("sent in phase %v: %v, %d outputs", s.Phase(), ok, len(out))
		}
		return r.take(out)
	case 12:
		return r.take(s.Violation(r.now, fsm.Failure(p.Byte()%48), "bad"))
	case 13:
		if p.Byte()%4 == 0 {
			return r.take(s.Close(r.now, uint16(p.Code()), string(p.Piece())))
		}
		return r.take(s.Ping(r.now, p.Piece()))
	case 14:
		if p.Byte()%4 == 0 {
			r.Cut()
			return r.take(s.Lost(r.now, "lost"))
		}
		return r.take(s.ApplicationFailed(r.now))
	case 15:
		return r.take(s.Message(r.now, wire.Binary, bytes.Repeat([]byte{p.Byte()}, int(p.Byte())<<9)))
	}
	return r.take(s.Opened(r.now, endpoint.OpeningRequest{
		Target: "/p", Host: "h", Subprotocols: []string{endpoint.Subprotocol, "amqp"},
		Extensions: []string{"x-o"},
	}, []string{"x-o"}))
}

// opening gives more of the opening request.
func (r *serverRun) opening(b []byte) error {
	r.read = append(r.read[:len(r.read):len(r.read)], b...)
	used, out := r.s.OpeningReceived(r.now, r.read)
	if used < 0 || used > len(r.read) || used == 0 && len(out) > 0 {
		return fmt.Errorf("%d of %d bytes used, %d outputs", used, len(r.read), len(out))
	}
	if used > 0 {
		r.read = nil
	}
	return r.take(out)
}

// decide answers for the application, sensibly or not.
func (r *serverRun) decide(p *property.Program) error {
	d := decision(p)
	phase := r.s.Phase()
	out, err := r.s.Decide(r.now, d)
	if err != nil {
		if len(out) > 0 || r.s.Phase() != phase {
			return fmt.Errorf("a refused decision gives %d outputs and phase %v: %v",
				len(out), r.s.Phase(), err)
		}
		return nil
	}
	if r.asked == 0 {
		return fmt.Errorf("a decision that nobody asked for: %+v", d)
	}
	if d.Status != 202 {
		r.asked = 0
	}
	return r.take(out)
}

// decision builds one: a status, and by bits its fields.
func decision(p *property.Program) endpoint.Decision {
	statuses := []int{0, 101, 101, 201, 204, 205, 202, 302, 401, 401, 403, 407, 426, 300,
		511, 999, -5, 100}
	n := int(p.Byte())
	d := endpoint.Decision{Status: n + 50*int(p.Byte()&7)}
	if n < 200 {
		d.Status = statuses[n%len(statuses)]
	}
	flags := p.Byte()
	on := func(bit int) bool { return flags>>bit&1 == 1 }
	if on(0) {
		d.Subprotocol = "amqp"
	}
	if on(1) {
		d.Extensions = []string{"x-a;n=2"}
	}
	if on(2) {
		d.Location = []string{"/l", "ws://h2/", "::", "a b"}[p.Byte()%4]
	}
	if on(3) {
		d.Challenges = []string{[]string{"Basic", `Basic realm="x"`, "", "=\x00"}[p.Byte()%4]}
	}
	if on(4) {
		d.Upgrade = "TLS/1.2"
	}
	if on(5) {
		d.Body = p.Piece()
	}
	if on(6) {
		d.Header = []endpoint.HeaderField{{Name: string(p.Piece()), Value: string(p.Piece())}}
	}
	if on(7) {
		d.Reroute = []string{"ws://h3/", "x"}[p.Byte()%2]
	}
	return d
}
