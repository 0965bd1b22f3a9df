package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/opening"
)

// Accept shakes hands for an upgrade request and returns the open connection, which the caller has
// to close; w and r must not be used afterwards, and the caller may return. Serve of the Handler is
// not called and may be nil.
//
// A request that does not open a connection was answered, and the error says why: a
// [*HandshakeError], or another one for a Handler whose options mean nothing. The connection ends
// with Shutdown of the Handler as others do. MaxConnections of a [Server] does not count it where
// this is called from its Fallback.
func (h *Handler) Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	c := &served{handler: h}
	defer func() {
		if c.conn == nil {
			c.drop()
		}
	}()
	err := c.upgrade(w, r, h.checkOptions(), true)
	var failed *endpoint.HandshakeError
	switch {
	case err == nil:
		return c.conn, nil
	case errors.As(err, &failed), errors.Is(err, context.Canceled):
		return nil, NewHandshakeError(err, nil)
	}
	return nil, err
}

// upgrade shakes hands for a request that net/http has read; bad says why that cannot be. Without an
// error conn is the outcome.
func (c *served) upgrade(w http.ResponseWriter, r *http.Request, bad error, detached bool) error {
	h := c.handler
	c.server, c.ctx = serverOf(r.Context()), c.Begin(context.WithoutCancel(r.Context()))
	switch {
	case bad != nil:
		h.log().Error(bad.Error())
		http.Error(w, bad.Error(), http.StatusInternalServerError)
		return bad
	case r.ProtoMajor != 1 || r.ProtoMinor == 0:
		return answered(w, http.StatusHTTPVersionNotSupported, "a WebSocket opening handshake needs HTTP/1.1, this is "+r.Proto)
	case AnswerProbe(w, r):
		return notUpgraded(http.StatusOK, "a request that Kaazing clients make beside the upgrade was answered")
	case !h.live.Add(&c.Entry) || !c.server.tracker().Add(&c.Entry):
		w.Header().Set("Connection", "close")
		return answered(w, http.StatusServiceUnavailable, accept.ShuttingDown)
	}
	nc, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		h.log().Error("the connection cannot be taken over; does middleware wrap the http.ResponseWriter without an Unwrap method?", "error", err.Error())
		return answered(w, http.StatusInternalServerError, "this server cannot take over the connection")
	}
	o := opening.Of(r)
	if c.server != nil {
		nc = frontOf(r).SeenFrom(nc, o.Parsed.Fields)
	}
	c.Conn = hops.Named(nc, r.RemoteAddr)
	c.Connected(nc, false)
	o.Rest, _ = buffered.Reader.Peek(buffered.Reader.Buffered())
	return c.shake(o, detached, fieldsOf101(w.Header())...)
}

// fieldsOf101 returns what middleware has set of a response, without what is about a body.
func fieldsOf101(h http.Header) []HeaderField {
	if len(h) == 0 {
		return nil
	}
	return slices.DeleteFunc(field.List(h), func(f HeaderField) bool {
		return strings.HasPrefix(http.CanonicalHeaderKey(f.Name), "Content-") // the endpoint leaves out the rest
	})
}

// answered answers a request that is not upgraded.
func answered(w http.ResponseWriter, status int, why string) error {
	http.Error(w, why, status)
	return notUpgraded(status, why)
}

func notUpgraded(status int, why string) error {
	return &HandshakeError{Leg: endpoint.LegOpening, Failure: fsm.FailureOpening, Status: status, text: "khp: " + why}
}

// drop ends what upgrade has begun: it closes the connection, whatever has become of it.
func (c *served) drop() {
	if c.Conn != nil {
		_ = c.Conn.Close() // in case the application panics
	}
	c.forget()
}

// forget takes the connection from the trackers.
func (c *served) forget() {
	c.handler.live.Remove(&c.Entry)
	c.server.tracker().Remove(&c.Entry)
}

// Listener returns a listener whose connections are those that open on h, as streams of binary
// messages: see [Conn.Stream]. It sets Serve of h, which must be nil, so call it before h serves.
// addr is what Addr returns; nil is an address without network.
//
//	h := &transport.Handler{Subprotocols: []string{"mqtt"}}
//	broker.Serve(h.Listener(nil))
//	http.Handle("/mqtt", h)
//
// A connection that nobody accepts waits, and is closed with 1001 when the listener or h is. Close of
// the listener leaves the accepted connections open.
func (h *Handler) Listener(addr net.Addr) net.Listener {
	if addr == nil {
		addr = &net.TCPAddr{}
	}
	l := &connListener{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
	h.Serve = l.serve
	return l
}

// connListener hands out the connections of a Handler.
type connListener struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// serve is Serve of the Handler.
func (l *connListener) serve(ctx context.Context, c *Conn) error {
	select {
	case l.conns <- c.Stream(Binary):
		<-ctx.Done()
		<-c.done
		return nil
	case <-ctx.Done():
		return nil
	case <-l.closed:
		return c.Close(CloseGoingAway, "")
	}
}

// Accept implements net.Listener.
func (l *connListener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, errClosed
	default:
	}
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, errClosed
	}
}

// Close implements net.Listener.
func (l *connListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *connListener) Addr() net.Addr { return l.addr }
