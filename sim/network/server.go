package network

import (
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// SiteOptions make a [Site].
type SiteOptions struct {
	Config endpoint.ServerConfig
	// Decide answers a request, the nth of this site, as late as it says; an error is a failure of
	// the application. nil accepts with 101.
	Decide func(n int, r *endpoint.Request) (d endpoint.Decision, after time.Duration, err error)
	// OpeningExtensions are names of extensions that are granted in the opening handshake. With
	// any, the host answers opening requests itself.
	OpeningExtensions []string
	Opened            func(*Server)
	Got               func(*Server, Message) // is called for each application message
}

// Site is an address with its servers, one for each connection.
type Site struct {
	net      *Network
	name     string
	opts     SiteOptions
	servers  []*Server
	requests int
}

// Serve answers connections to address: a host, for all its ports with and without TLS, or
// host:port.
func (n *Network) Serve(address string, o SiteOptions) *Site {
	s := &Site{net: n, name: address, opts: o}
	n.listen(address, s.accept)
	return s
}

// Servers returns the servers, one for each connection so far.
func (s *Site) Servers() []*Server { return s.servers }

// Last returns the server of the last connection, nil before the first.
func (s *Site) Last() *Server {
	if len(s.servers) == 0 {
		return nil
	}
	return s.servers[len(s.servers)-1]
}

// Server is one connection of a [Site].
type Server struct {
	host
	Endpoint *endpoint.Server
	driver   *driver.Server
	site     *Site
	head     []byte     // of the opening request, if the host answers it
	first    *scheduled // ends the wait for the opening request
}

// openingTimeout bounds the wait for the opening request, for which the endpoint has no timer.
const openingTimeout = 10 * time.Second

func (s *Site) accept(conn *Conn) {
	e := endpoint.NewServer(s.opts.Config)
	v := &Server{Endpoint: e, site: s}
	v.host = host{net: s.net, name: s.name, side: e,
		phase: func() string { return e.Phase().String() }}
	v.driver = driver.NewServer(e, orders{&v.host}, serverHost{orders{&v.host}, v})
	v.driver.Observe, v.drive = v.observe, v.driver
	v.setUp()
	v.serial = len(s.servers) + 1
	s.servers = append(s.servers, v)
	v.attach(conn, v.driver)
	shake := v.opening
	if len(s.opts.OpeningExtensions) > 0 {
		shake = v.shakeHands
	}
	v.opening = func(p []byte) {
		if shake(p); e.Phase() != fsm.ServerOpening {
			v.first.f = nil
		}
	}
	if s.opts.Opened != nil {
		v.on = func() { s.opts.Opened(v) }
	}
	if s.opts.Got != nil {
		v.got = func(m Message) { s.opts.Got(v, m) }
	}
	v.first = s.net.at(s.net.now+openingTimeout, usual, func() {
		if e.Phase() == fsm.ServerOpening {
			v.driver.Lost(v.now(), "no opening request in time")
		}
	})
	v.note(Event{Kind: Accepted})
}

// serverHost is the host of the driver of a server.
type serverHost struct {
	orders
	of *Server
}

// AskDecision implements [driver.ServerHost].
func (v serverHost) AskDecision(q driver.Question) {
	v.of.site.requests++
	request, decide := q.Request(), v.of.site.opts.Decide
	if decide == nil {
		decide = func(int, *endpoint.Request) (d endpoint.Decision, after time.Duration, err error) {
			return
		}
	}
	d, after, err := decide(v.of.site.requests, &request)
	v.net.After(after, func() {
		if err != nil {
			q.Fail(v.now())
		} else {
			q.Decide(v.now(), d)
		}
	})
}

// Dropped implements [driver.Host].
func (v serverHost) Dropped(err error) {
	if err != driver.ErrLate {
		v.note(Event{Kind: Failed, Text: err.Error()})
	}
}

// shakeHands answers the opening request in the place of the endpoint, as a WebSocket library does
// that negotiates extensions.
func (v *Server) shakeHands(p []byte) {
	v.head = append(v.head, p...)
	var r wire.Request
	used, err := r.ParseHead(v.head, wire.Limits{})
	switch {
	case wire.KindOf(err) == wire.KindIncomplete:
		return
	case err != nil, !upgrade.ValidKey(field(&r, "Sec-WebSocket-Key")):
		v.driver.Received(v.now(), v.head)
		return
	}
	key := field(&r, "Sec-WebSocket-Key")
	o := endpoint.OpeningRequest{Target: string(r.Target), Host: string(field(&r, "Host")),
		Key: string(key)}
	o.Subprotocols = strings.Split(string(field(&r, "Sec-WebSocket-Protocol")), ", ")
	offered, _ := wire.ParseExtensions(nil, field(&r, "Sec-WebSocket-Extensions"))
	var granted []string
	for _, e := range offered {
		if name := string(e.Name); slices.Contains(v.site.opts.OpeningExtensions, name) {
			granted = append(granted, name)
		}
	}
	head, _ := wire.AppendStatusLine(nil, 101, "Switching Protocols")
	for _, f := range [][2]string{
		{"Upgrade", "websocket"}, {"Connection", "Upgrade"},
		{"Sec-WebSocket-Accept", string(upgrade.AppendAccept(nil, key))},
		{"Sec-WebSocket-Protocol", endpoint.Subprotocol},
		{"Sec-WebSocket-Extensions", strings.Join(granted, ", ")},
	} {
		if f[1] != "" {
			head, _ = wire.AppendField(head, f[0], f[1])
		}
	}
	_ = v.write(wire.AppendEnd(head))
	v.note(Event{Kind: Did, Output: endpoint.Output{Kind: endpoint.SendBytes,
		Data: wire.AppendEnd(head)}})
	orders{&v.host}.Upgraded(v.head[used:])
	v.driver.Opened(v.now(), o, granted)
}

func field(r *wire.Request, name string) []byte {
	v, _ := r.Fields.Get(name)
	return v
}
