package accept

import (
	"log/slog"
	"net"
	"net/netip"
	"time"

	"example.com/khp/transport/internal/network"

	"example.com/khp/transport/internal/hops"
	"example.com/khp/wire"
)

// Settings are the bounds of a Gate. 0 is no bound.
type Settings struct {
	Connections   int           // WebSocket connections at once, their handshakes included
	Waiting       int           // clients that wait for one of those to end
	PerAddress    int           // connections of one client address
	Trusted       hops.Networks // proxies whose word about the address of a client is taken
	ProxyProtocol bool          // connections of trusted proxies begin with a PROXY header
	Log           *slog.Logger
}

const (
	reserve   = 64              // connections beyond the bound that are being read, answered or refused
	comeAgain = 5 * time.Second // when a refused client may come again
)

// Gate bounds the connections of a server. Each is a [Visit]. Set the Settings before it is used.
type Gate struct {
	Settings
	slots  slots
	places places

	accepting, turning, filling, mistrusting seldom // lines of the log
}

// Next takes the next connection from a listener, as soon as there is a slot for one more. It turns
// away clients whose address has too many; secure says that TLS comes first. done ends the wait
// with http.ErrServerClosed; any other error is the listener's.
func (g *Gate) Next(ln net.Listener, done <-chan struct{}, secure bool) (Visit, error) {
	for {
		if err := g.slots.wait(g.mostSockets(), done); err != nil {
			return Visit{}, err
		}
		nc, err := next(ln, done, g.Log, &g.accepting)
		if err != nil {
			g.slots.leave()
			return Visit{}, err
		}
		host := g.networkAtFirst(nc)
		if g.slots.enter(host, g.PerAddress) {
			return Visit{Conn: nc, gate: g, host: host}, nil
		}
		g.tooMany(nc.RemoteAddr().String())
		turnAway(nc, secure)
		g.slots.leave()
	}
}

// mostSockets bounds the connections of every kind; 0 is no bound.
func (g *Gate) mostSockets() int {
	if g.Connections <= 0 {
		return 0
	}
	return g.Connections + g.Waiting + reserve
}

// Load returns how many WebSocket connections there are, how many clients wait for one of them to
// end, and how many were refused so far.
func (g *Gate) Load() (taken, waiting int, refused uint64) { return g.places.count() }

// Visits returns how many connections of every kind there are.
func (g *Gate) Visits() int { return g.slots.count() }

// Addresses returns how many client addresses are counted.
func (g *Gate) Addresses() int { return g.slots.claimed() }

// trusts reports whether a connection comes from a trusted proxy.
func (g *Gate) trusts(a net.Addr) bool {
	peer, ok := a.(*net.TCPAddr)
	return ok && len(g.Trusted) > 0 && g.Trusted.Has(peer.AddrPort().Addr())
}

// SeenFrom returns nc with the address of the client that the fields of a request name, if nc is of a
// trusted proxy.
func (g *Gate) SeenFrom(nc net.Conn, fields wire.Fields) net.Conn {
	if !g.trusts(nc.RemoteAddr()) {
		return nc
	}
	peer := nc.RemoteAddr().(*net.TCPAddr).AddrPort()
	return hops.NewConn(nc, hops.Way(peer, fields, g.Trusted))
}

// networkAtFirst returns the address that a new connection counts for until its client is known;
// the zero Prefix does not count.
func (g *Gate) networkAtFirst(nc net.Conn) netip.Prefix {
	if g.trusts(nc.RemoteAddr()) {
		return netip.Prefix{}
	}
	return network.Of(nc.RemoteAddr())
}

// tooMany logs that a client was turned away.
func (g *Gate) tooMany(remote string) {
	if silent, ok := g.turning.say(time.Now(), period); ok {
		g.Log.Warn("turned away: too many connections from this address", "remote", remote, "most", g.PerAddress, "since_last_line", silent)
	}
}

// full logs and counts that a client was refused because all connections are in use.
func (g *Gate) full(remote string) {
	g.places.refuse()
	if silent, ok := g.filling.say(time.Now(), period); ok {
		g.Log.Warn("turned away: "+allInUse, "remote", remote, "most", g.Connections, "since_last_line", silent)
	}
}

// mistrusts logs that a connection was refused because of its PROXY header.
func (g *Gate) mistrusts(nc net.Conn, why string, err error) {
	silent, ok := g.mistrusting.say(time.Now(), period)
	if !ok {
		return
	}
	attrs := []any{"remote", nc.RemoteAddr().String(), "since_last_line", silent}
	if err != nil {
		attrs = append(attrs, "error", err.Error())
	}
	g.Log.Warn(why, attrs...)
}
