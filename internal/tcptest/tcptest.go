package tcptest

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultWindow is how many bytes each direction holds unless [Options] say otherwise.
const DefaultWindow = 64 << 10

// Options make a connection. The zero value is a fast and kind one.
type Options struct {
	Window    int           // bytes written and not read yet, in each direction; 0 is [DefaultWindow]
	Latency   time.Duration // until written bytes can be read
	Overtakes bool          // a reset takes unread bytes of its receiver with it
	// Pieces returns how many of the next n bytes one Read returns at most, 1 to n; nil is all.
	Pieces func(n int) int
}

// link is shared by both ends.
type link struct {
	opts    Options
	mu      sync.Mutex // guards all fields of both ends
	changed sync.Cond
	history []string
}

// ports numbers the clients, so that no two have the same address.
var ports atomic.Uint32

// Pair returns both ends of an established connection.
func Pair(o Options) (client, server *Conn) {
	if o.Window <= 0 {
		o.Window = DefaultWindow
	}
	l := &link{opts: o}
	l.changed.L = &l.mu
	port := 1024 + int(ports.Add(1)%60_000)
	a := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	b := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
	client = &Conn{link: l, name: "client", local: a, remote: b}
	server = &Conn{link: l, name: "server", local: b, remote: a}
	client.peer, server.peer = server, client
	return client, server
}

// note remembers a flag that an end has sent.
func (l *link) note(c *Conn, flag string) { l.history = append(l.history, c.name+" "+flag) }

// History returns the flags that both ends have sent, in order, such as "server FIN", "client FIN"
// and "client RST".
func (c *Conn) History() []string {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return slices.Clone(c.link.history)
}

// later has all calls that wait look again after d.
func (l *link) later(d time.Duration) *time.Timer {
	return time.AfterFunc(d, func() {
		l.mu.Lock() // a call that has just looked at the time is waiting by now
		defer l.mu.Unlock()
		l.changed.Broadcast()
	})
}
