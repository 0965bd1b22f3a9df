package transport

import (
	"context"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/layer"
	"example.com/khp/transport/internal/silence"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/transport/internal/tracker"
)

// opened is what a handshake makes of a connection.
type opened struct {
	info      handshakeInfo
	home      context.Context         // the server's, if the Conn is told of its end
	cancel    context.CancelCauseFunc // ends the server's context
	sessions  []extension.Session     // of the extensions that were agreed on
	readLimit int64
	keepAlive time.Duration
	watched   *watched
}

// newConn makes the application's end of l, which must not have a deadline set and is Conn's alone
// from here on.
func newConn(l *frames.Conn, o opened) *Conn {
	c := &Conn{
		link: l, info: o.info, cancel: o.cancel, watch: o.watched, closeTimeout: closeTimeout,
		reading: make(chan struct{}, 1), done: make(chan struct{}),
	}
	c.watcher.Init(l.NetConn(), sock.Read, o.home)
	l.Home(o.home)
	l.Until(c.done)
	c.SetReadLimit(o.readLimit)
	if len(o.sessions) > 0 {
		c.ext = layer.New(l, o.sessions, (*inner)(c))
	}
	c.keepAlive(o.keepAlive, o.sessions)
	return c
}

// handshakeInfo is what the handshake agreed on, for the application to ask about.
type handshakeInfo struct {
	subprotocol string
	extensions  []string
	status      int
	client      *dialed         // nil on the server's side
	opening     *OpeningRequest // the server's
	request     *Request        // the server's

	principal      any  // the server's, of a plain WebSocket
	plain          bool // no extended handshake took place
	lateTerminator bool // the client opened without the terminator, which may still come
	unfragmented   bool // the peer does not take fragments
}

// dialed is what only a client knows of a connection.
type dialed struct {
	url    string
	header []HeaderField // of the response that completed the handshake

	opening []HeaderField // of the opening 101
}

// inner is a Conn as its parts see it: the tracker of its server, the layer of its extensions, and
// the reader that notices silence.
type inner Conn

var (
	_ tracker.Ender = (*inner)(nil)
	_ layer.Host    = (*inner)(nil)
	_ silence.Host  = (*inner)(nil)
)

// Interrupt implements [tracker.Ender]: calls in progress hear of the end of the server's context,
// and the peer does.
func (x *inner) Interrupt() {
	c := (*Conn)(x)
	c.watcher.HomeEnds()
	c.link.HomeEnds()
	go func() { _ = c.Close(CloseGoingAway, "") }()
}

// Closing implements [layer.Host] and [silence.Host].
func (x *inner) Closing() bool { return x.closing.Load() }

// Abandon implements [layer.Host].
func (x *inner) Abandon(bad *frames.Error) { _ = (*Conn)(x).abandon(bad) }

// ReadSocket implements [silence.Host].
func (x *inner) ReadSocket(p []byte) (int, error) { return x.link.ReadSocket(p) }

// Arm implements [silence.Host].
func (x *inner) Arm(due time.Time, moved bool) bool { return x.watcher.Arm(due, moved) }

// Disarm implements [silence.Host].
func (x *inner) Disarm() bool { return x.watcher.Disarm() }

// Ask implements [silence.Host] by a Ping, or what extensions make of one.
func (x *inner) Ask() error {
	if x.ext == nil {
		x.link.Ask()
		return nil
	}
	if bad := x.ext.Ask(); bad != nil {
		return bad
	}
	x.link.SendOwed()
	return nil
}

// Silent implements [silence.Host].
func (x *inner) Silent(period time.Duration) error { return &InactivityError{period} }

// keepAlive makes the connection look after its peer, before anything uses it; 0 does nothing. It
// leaves that to a session that does so within the same time.
func (c *Conn) keepAlive(period time.Duration, sessions []extension.Session) {
	if period <= 0 {
		return
	}
	for _, s := range sessions {
		if s, ok := s.(interface{ KeepsAlive() time.Duration }); ok && s.KeepsAlive() <= period {
			return
		}
	}
	c.alive = silence.New((*inner)(c), period)
	c.link.ReadBy(c.alive)
}
