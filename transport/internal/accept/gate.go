package accept

import (
	"crypto/tls"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"example.com/khp/internal/seldom"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/wire"
)

// Bounds are how many connections a Gate lets in. 0 is no bound.
type Bounds struct {
	Connections int // WebSocket connections at once, their handshakes included
	Waiting     int // clients that wait for one of those to end
	PerAddress  int // connections of one client address
}

// Front is how the connections of one listener begin.
type Front struct {
	TLS           *tls.Config   // nil is no TLS
	Trusted       hops.Networks // proxies whose word about the address of a client is taken
	ProxyProtocol bool          // connections of trusted proxies begin with a PROXY header
}

const (
	// Connections beyond the bound that are being read, answered or refused.
	reserve   = 64
	comeAgain = 5 * time.Second // when a refused client may come again
)

// Gate bounds the connections of a server. Each is a [Visit]. Set Log before it is used.
type Gate struct {
	Log    *slog.Logger
	bounds atomic.Pointer[Bounds]
	slots  slots
	places places

	turned atomic.Uint64 // clients, because of their address

	accepting, turning, filling, mistrusting seldom.Line // lines of the log
}

// SetBounds sets the bounds, also while the gate is used: connections that are too many by new ones
// stay, and clients that wait are let in if there is room now.
func (g *Gate) SetBounds(b Bounds) {
	g.bounds.Store(&b)
	g.places.fit(b.Connections)
	g.slots.wake()
}

// Load returns how many WebSocket connections there are, how many clients wait for one of them to
// end, and how many were refused so far.
func (g *Gate) Load() (taken, waiting int, refused uint64) { return g.places.count() }

// Visits returns how many connections of every kind there are.
func (g *Gate) Visits() int { return g.slots.count() }

// Addresses returns how many client addresses are counted.
func (g *Gate) Addresses() int { return g.slots.claimed() }

// trusts reports whether a connection comes from a trusted proxy.
func (f *Front) trusts(a net.Addr) bool {
	peer, _ := a.(*net.TCPAddr) // nil has no address
	return f.Trusted.Has(peer.AddrPort().Addr())
}

// SeenFrom returns nc with the address of the client that the fields of a request name, if nc is of
// a trusted proxy.
func (f *Front) SeenFrom(nc net.Conn, fields wire.Fields) net.Conn {
	if !f.trusts(nc.RemoteAddr()) {
		return nc
	}
	peer := nc.RemoteAddr().(*net.TCPAddr).AddrPort()
	return hops.NewConn(nc, hops.Way(peer, fields, f.Trusted))
}

// TooMany returns how many clients were turned away so far because of their address.
func (g *Gate) TooMany() uint64 { return g.turned.Load() }

// tooMany logs and counts that a client was turned away.
func (g *Gate) tooMany(remote string) {
	g.turned.Add(1)
	if silent, ok := g.turning.Say(time.Now(), seldom.Period); ok {
		g.Log.Warn("turned away: too many connections from this address", "remote", remote, "most",
			g.bounds.Load().PerAddress, "since_last_line", silent)
	}
}

// full logs and counts that a client was refused because all connections are in use.
func (g *Gate) full(remote string) {
	g.places.refuse()
	if silent, ok := g.filling.Say(time.Now(), seldom.Period); ok {
		g.Log.Warn("turned away: "+allInUse, "remote", remote, "most", g.bounds.Load().Connections,
			"since_last_line", silent)
	}
}

// mistrusts logs that a connection was refused because of its PROXY header.
func (g *Gate) mistrusts(nc net.Conn, why string, err error) {
	silent, ok := g.mistrusting.Say(time.Now(), seldom.Period)
	if !ok {
		return
	}
	attrs := []any{"remote", nc.RemoteAddr().String(), "since_last_line", silent}
	if err != nil {
		attrs = append(attrs, "error", err.Error())
	}
	g.Log.Warn(why, attrs...)
}
