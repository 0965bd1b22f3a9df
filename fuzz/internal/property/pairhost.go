package property

import (
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/wire"
)

// wires are the orders of one end of a connection: they put parcels on their way.
type wires struct{ to *[]parcel }

func (w wires) put(p parcel) error {
	p.data = slices.Clone(p.data)
	*w.to = append(*w.to, p)
	return nil
}

func (w wires) SendBytes(p []byte) error {
	return w.put(parcel{kind: endpoint.SendBytes, data: p, cut: true})
}
func (w wires) SendMessage(t wire.MessageType, p []byte) error {
	return w.put(parcel{kind: endpoint.SendMessage, typ: t, data: p, cut: isResponse(p)})
}
func (w wires) SendPong(p []byte) error {
	return w.put(parcel{kind: endpoint.SendPong, data: p})
}
func (w wires) SendClose(code uint16, _ string) error {
	return w.put(parcel{kind: endpoint.SendClose, code: code})
}
func (w wires) Flush() error    { return nil }
func (w wires) Upgraded([]byte) {}
func (w wires) Disconnect()     { _ = w.put(parcel{kind: endpoint.Disconnect}) }

// pairHost is what is the same at both hosts.
type pairHost struct{ *pairRun }

func (r pairHost) Wake(time.Time)                   {}
func (r pairHost) Open(endpoint.Result)             {}
func (r pairHost) Receive(wire.MessageType, []byte) {}
func (r pairHost) Over(error)                       {}
func (r pairHost) Dropped(err error) {
	if err != driver.ErrLate {
		r.fail(broken("the decision is refused: %w", err))
	}
}

// AskCredentials answers at once.
func (r pairHost) AskCredentials(q driver.Challenge) {
	if r.client.asked = 0; r.decide&1 == 0 {
		q.Credentials(r.now, "Basic am9lOndlbGNvbWU=")
	} else {
		q.None(r.now, "none")
	}
}

// Dial starts a new server.
func (r pairHost) Dial(c *driver.Conn, _ wire.URL) {
	r.s, r.toClient, r.toServer, r.sent = endpoint.NewServer(endpoint.ServerConfig{}), nil, nil, nil
	r.server = monitor{server: true, up: true, deadline: r.s.Deadline}
	r.ds = driver.NewServer(r.s, wires{&r.toClient}, r)
	r.ds.Observe = r.watch(&r.server, "server")
	r.conn, r.client.up = c, true
	c.Connected(r.now, wires{&r.toServer}, [16]byte{byte(r.c.Attempt())})
}

// AskDecision answers at once.
func (r pairHost) AskDecision(q driver.Question) {
	r.server.asked = 0
	q.Decide(r.now, r.decision())
}

// watch has a monitor look at each output.
func (r *pairRun) watch(m *monitor, who string) func(o *endpoint.Output) {
	return func(o *endpoint.Output) {
		if err := m.take([]endpoint.Output{*o}); err != nil {
			r.fail(broken(who+": %w", err))
		}
	}
}

// fail keeps the first thing that is broken.
func (r *pairRun) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// decision is what the application says, by the program's byte: accept with what was asked for, ask for credentials first, send elsewhere, refuse.
func (r *pairRun) decision() endpoint.Decision {
	q := r.s.Request()
	d := endpoint.Decision{}
	if len(q.Protocols) > 0 && r.decide&4 != 0 {
		d.Protocol = q.Protocols[len(q.Protocols)-1]
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

// accepted reports whether the application lets the client in, as far as it is up to the application.
func (r *pairRun) accepted(cfg *endpoint.ClientConfig) bool {
	switch r.decide >> 6 {
	case 1:
		return cfg.HasCredentials && r.decide&1 == 0
	case 3:
		return r.decide&2 == 0
	}
	return true
}
