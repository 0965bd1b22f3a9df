package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/layer"
	"example.com/khp/transport/internal/silence"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
)

// MessageType says whether a message is text or binary.
type MessageType = wire.MessageType

// The two kinds of messages of RFC 6455 section 5.6. The bytes of a Text message are UTF-8.
const (
	Text   = wire.Text
	Binary = wire.Binary
)

// DefaultReadLimit is the largest message a [Conn] accepts unless told otherwise: 16 MiB.
const DefaultReadLimit = 16 << 20

// Conn is an open WebSocket connection, after the extended handshake. All methods may be called
// concurrently.
//
// Control frames are handled while some call reads: [Conn.Read], [Conn.Ping] or [Conn.Close]. An
// application that does not read neither answers the peer's Pings nor notices its Close.
//
// Outgoing messages are not fragmented, except those of [Conn.Writer]. Deadlines come from
// contexts: do not set any on [Conn.NetConn].
type Conn struct {
	link   *frames.Conn
	ext    *layer.Layer    // nil without extensions
	alive  *silence.Reader // nil without KeepAlive
	seldom atomic.Pointer[seldom]
	cancel context.CancelCauseFunc // of the server's context; nil on the client's side
	watch  *watched                // nil without an EndObserver
	info   handshakeInfo

	closeTimeout time.Duration
	reading      chan struct{}  // holds a token while a call reads; guards queue, queued and reader
	reader       *messageReader // of the message that is read in parts; nil without one
	done         chan struct{}  // closed once the socket is
	closeOnce    sync.Once      // guards closing it
	closing      atomic.Bool    // Close was called: received messages are discarded
	over         atomic.Bool    // err is set
	watcher      sock.Watcher   // of contexts of Read and Ping

	mu   sync.Mutex    // guards the rest
	err  error         // why the connection ended or is about to
	pong chan struct{} // closed by the next Pong; nil if no call waits

	queue  []frames.Item // messages that Ping came across, or that an extension delivered together
	queued int           // their bytes, with overhead
}

// opened is the result of a handshake.
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
	c.alive = silence.New((*inner)(c), c.link.Socket(), period)
	c.link.ReadBy(c.alive)
}

// handshakeInfo holds the results of the handshake that the application can ask for.
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

// dialed has the facts about a connection that only its client knows.
type dialed struct {
	url    string
	header []HeaderField // of the response that completed the handshake

	opening []HeaderField // of the opening 101
}

// seldom holds the callbacks of Ping and Pong, which few connections have. A change replaces it.
type seldom struct {
	onPing, onPong func(payload []byte)
}

func checkType(t MessageType) error {
	if t != Text && t != Binary {
		return fmt.Errorf("transport: message type %d is neither Text nor Binary", t)
	}
	return nil
}

// CloseRead reads in a goroutine of its own until the connection ends or ctx does, for applications
// that only write: it answers Pings and notices the end of the connection. Do not read from the
// connection afterwards. A message of the peer ends the connection with code 1008.
//
// The returned context ends with the connection; its context.Cause is the error that Read would
// have returned, such as a [*CloseError].
func (c *Conn) CloseRead(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		_, _, err := c.Read(ctx)
		if err == nil {
			err = c.abandon(&frames.Error{Code: ClosePolicyViolation, Msg: "no messages are expected here"})
		}
		cancel(err)
	}()
	return ctx
}

// OnPing has f called for each Ping frame that arrives, after the Pong to it was sent or left to
// the call that is writing. payload has up to 125 bytes and is valid during the call only. f is
// called from within the call that reads: it must not wait, nor read, ping or close. nil ends that.
func (c *Conn) OnPing(f func(payload []byte)) { c.change(func(x *seldom) { x.onPing = f }) }

// OnPong has f called for each Pong frame that arrives, as OnPing does for a Ping. [Conn.Ping]
// still returns on any Pong.
func (c *Conn) OnPong(f func(payload []byte)) { c.change(func(x *seldom) { x.onPong = f }) }

// change replaces the callbacks of Ping and Pong.
func (c *Conn) change(f func(x *seldom)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var x seldom
	if old := c.seldom.Load(); old != nil {
		x = *old
	}
	f(&x)
	c.seldom.Store(&x)
}

// SetReadLimit sets the largest message that Read accepts, in bytes; 0 or less means
// [DefaultReadLimit]. A larger one ends the connection with code 1009.
func (c *Conn) SetReadLimit(n int64) {
	if n <= 0 {
		n = DefaultReadLimit
	}
	c.link.SetLimit(n)
}

// Subprotocol returns the subprotocol that was agreed on, "" if none.
func (c *Conn) Subprotocol() string { return c.info.subprotocol }

// Extensions returns the extensions that were agreed on in the extended handshake, as the response
// listed them. permessage-deflate is among those of OpeningExtensions.
func (c *Conn) Extensions() []string { return slices.Clone(c.info.extensions) }

// OpeningExtensions returns the extensions that were agreed on in the opening handshake, with their
// parameters as the 101 listed them: permessage-deflate if both sides have [Compression], such as
// "permessage-deflate; client_no_context_takeover", or none.
func (c *Conn) OpeningExtensions() []string {
	p, ok := c.link.Compression()
	switch {
	case !ok:
		return nil
	case c.info.client == nil:
		return []string{p.String()}
	}
	var list []wire.Extension
	for _, f := range c.info.client.opening {
		if strings.EqualFold(f.Name, "Sec-WebSocket-Extensions") {
			list, _ = wire.ParseExtensions(list, []byte(f.Value)) // the handshake has read it
		}
	}
	elements := make([]string, len(list))
	for i, e := range list {
		if elements[i] = string(e.Name); len(e.Params) > 0 {
			elements[i] += "; " + string(e.Params)
		}
	}
	return elements
}

// Status returns the status code of the response that completed the handshake: mostly 101, else
// 201, 204 or 205; 101 without KHP.
func (c *Conn) Status() int { return c.info.status }

// NetConn returns the socket below, for its options. Reading, writing or setting deadlines on it
// breaks the connection.
func (c *Conn) NetConn() net.Conn { return c.link.NetConn() }

// Plain reports whether the connection was opened without KHP, because the peer did not select it
// and that was allowed.
func (c *Conn) Plain() bool { return c.info.plain }

// Request returns the accepted request on the server's side, as [Handler].Decide saw it. It returns
// nil on the client's side and for a plain WebSocket. The request must not be changed.
func (c *Conn) Request() *Request { return c.info.request }

// Header returns a copy of the header fields that the peer sent: those of the response that
// completed the handshake on the client's side, of the opening request without Host on the
// server's.
func (c *Conn) Header() http.Header {
	switch {
	case c.info.client != nil:
		return field.Header(c.info.client.header)
	case c.info.opening == nil:
		return nil
	}
	h := field.Header(c.info.opening.Opening)
	h.Del("Host")
	return h
}

// OpeningHeader returns a copy of the header fields that the peer sent in the opening handshake: on
// the client's side those of the 101, on the server's side the same as Header.
func (c *Conn) OpeningHeader() http.Header {
	if c.info.client != nil {
		return field.Header(c.info.client.opening)
	}
	return c.Header()
}

// URL returns where the connection goes after all redirects; on the server's side the target of the
// opening request.
func (c *Conn) URL() string {
	switch {
	case c.info.client != nil:
		return c.info.client.url
	case c.info.opening == nil:
		return ""
	}
	return c.info.opening.Target
}

// Principal returns the identity that the server's [auth.Authenticator] gave the client, nil
// without one and on the client's side.
func (c *Conn) Principal() any {
	if c.info.request == nil {
		return c.info.principal
	}
	return c.info.request.Principal
}

// RemoteAddr returns the address of the peer. For a client behind trusted proxies it is the address
// that these proxies report: see [Server].TrustedProxies.
func (c *Conn) RemoteAddr() net.Addr { return c.NetConn().RemoteAddr() }

// TLS returns the state of TLS to the peer, or to the proxy in front of it; nil without TLS, and if
// a [DialOptions].NetDial or a listener hides it. It must not be changed.
func (c *Conn) TLS() *tls.ConnectionState {
	for nc := c.NetConn(); nc != nil; {
		if secure, ok := nc.(interface{ ConnectionState() tls.ConnectionState }); ok {
			state := secure.ConnectionState()
			return &state
		}
		outer, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		nc = outer.NetConn()
	}
	return nil
}

// String names the other end.
func (c *Conn) String() string { return fmt.Sprintf("transport.Conn(%v)", c.RemoteAddr()) }

// GoString is String.
func (c *Conn) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c *Conn) LogValue() slog.Value { return slog.StringValue(c.String()) }
