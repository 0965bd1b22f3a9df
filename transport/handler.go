package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/origins"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/stream"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
)

// Handler serves KHP connections on any net/http mux. It answers the opening handshake, speaks the
// profile that the client asks for, lets Decide judge each request, and calls Serve for each
// connection that opens.
//
// Use it as a pointer; fields must not change once it serves. The zero timeouts and limits are the
// defaults.
type Handler struct {
	// Serve uses one open connection; it must be set, unless connections come from Accept or Listener.
	// The connection is closed with 1000 when Serve returns nil, with 1011 when it returns an error or
	// panics. ctx ends when Shutdown wants the connection to end, and when the connection has ended,
	// which is noticed while a call reads: see [Conn.CloseRead]. It carries the values of the
	// request's context.
	Serve func(ctx context.Context, c *Conn) error
	// Decide judges one request, first or replayed: it accepts, challenges, redirects, refuses, or
	// asks for time with 202 by returning a decision with that status, after which it is called
	// again, four times at most for one client. An error or panic is answered with 500, logged, and
	// not shown to the client. Decide runs in a goroutine of its own, and ctx ends when the
	// decision is not waited for any more. nil accepts every request with the first subprotocol of
	// Subprotocols that was asked for.
	Decide       func(ctx context.Context, r *Request) (Decision, error)
	Subprotocols []string // in the server's order of preference, for a nil Decide
	// Use lists application-class extensions that are granted to clients that ask for them, the one
	// nearest to the application first. The Extensions of a decision come before them; the decision
	// alone is responsible for those.
	Use []extension.Extension
	// Authenticator identifies clients, and lets in those that it knows, before Decide is asked; nil
	// asks no client. Clients that do not offer KHP cannot be asked for credentials, so that they get
	// 403 unless Plain is set and Authenticator lets them in without.
	Authenticator auth.Authenticator
	// How often one client is answered with 401, by Authenticator or Decide, before it gets 403; at
	// most 255; 0 is 3.
	MaxChallenges int
	// CheckOrigin decides about opening requests with an Origin field. nil allows the same host only:
	// otherwise any web page could use the server in its visitors' names.
	CheckOrigin func(origin, host string) bool
	// AllowOrigins lists origins that are allowed in addition to the same host, and to those that
	// CheckOrigin allows if it is set. Each is a host, or scheme://host[:port], with * for any
	// characters, such as https://*.example.com. Check refuses an invalid pattern.
	AllowOrigins []string
	// Compression grants permessage-deflate to clients that ask for it; nil grants none.
	Compression *Compression
	// CheckOpening refuses an opening request that is right in itself, for any reason that it
	// shows, by a status, 400 to 599, and a text for the client; 0 lets it pass. It must neither
	// wait, nor keep or change r. nil refuses none.
	CheckOpening func(r *OpeningRequest) (status int, why string)
	// OpeningHeader holds further fields of the 101 that answers the opening request, such as
	// Set-Cookie. Check refuses the fields that the handshake writes itself. Fields that middleware
	// has set in the header of the http.ResponseWriter are added too, if they fit a response without a
	// body.
	OpeningHeader http.Header
	// ConnContext adds values to the context of a connection, the one that Authenticator, Decide
	// and Serve get; nil adds none. The context it is given ends when the connection is over and
	// Serve has returned, not yet at Shutdown.
	ConnContext func(ctx context.Context, r *OpeningRequest) context.Context
	// ConnOver is called with the context that ConnContext has returned when the connection is over
	// and Serve has returned, also if it never opened. It must not wait. nil is not called.
	ConnOver func(ctx context.Context)
	// Forget has an open [Conn] keep nothing of its opening requests, which may be as long as Limits
	// let them: its Header, Request and URL are empty. Data that Serve needs from them goes into the
	// context, by ConnContext, or is in Principal.
	Forget bool
	// Prompt says that Authenticator and Decide never wait. They then run in the goroutine that
	// reads the connection, which saves another one and the way to it and back. A call that waits
	// all the same holds up the handshake, its end included.
	Prompt bool
	// Plain serves clients that do not offer KHP as plain WebSockets on the same paths.
	// Authenticator and Decide are asked about their opening request, whose Request says Plain,
	// before it is answered: a decision that accepts opens a connection with the subprotocol that
	// it selects, another one is the answer to the opening request, and 401 becomes 403. A client
	// with .kl=Y gets N first, as gateways have it.
	Plain bool
	// Let decisions break the obligations of their status code: for servers that test clients.
	Unchecked bool
	// Accept extended requests for another path than the opening request's: Kaazing clients that
	// were sent here by Reroute name the old one.
	AnyTarget bool
	// How clients see the server, where a reverse proxy in front changes Host or path.
	Outside  Outside
	Timeouts Timeouts
	// KeepAlive finds out which clients are still there: a client from which nothing has arrived for
	// half of it gets a Ping, and if nothing at all arrives within the whole of it the connection ends
	// with an [*InactivityError]. 0 is that of the [Server], if there is one; if that is 0 too, or the
	// value is negative, clients are not checked.
	KeepAlive time.Duration
	Limits    wire.Limits // of the handshake
	ReadLimit int64       // of a message after it, in bytes; 0 is DefaultReadLimit
	Observer  Observer
	// One line per handshake, and failures of Serve and Decide; nil logs nothing.
	Logger *slog.Logger

	live tracker.Tracker
}

// Request is the request that a server decides on: the extended request, with the fields that it
// inherits from the opening one.
type Request = endpoint.Request

// OpeningRequest has the fields that the extended request inherits from the opening one.
type OpeningRequest = endpoint.OpeningRequest

// Decision is the answer to a Request. The zero value accepts. [Request].Ask, [Redirect], [Refuse]
// and [auth.Verdict.Decision] make the others; one whose fields contradict its status is answered
// with 500 and logged.
type Decision = endpoint.Decision

// Redirect sends the client to location: a ws or wss URL, or a reference relative to the URL of the
// request.
func Redirect(location string) Decision { return endpoint.Redirect(location) }

// Refuse refuses the request with a status code, 400 to 599 as a rule. The client is shown why; ""
// sends the meaning of the code. A code that does not refuse gives an invalid decision, which the
// server answers with 500 and logs.
func Refuse(status int, why string) Decision { return endpoint.Refuse(status, why) }

// Outside describes a server as its clients see it through a reverse proxy.
type Outside = endpoint.Outside

// HeaderField is a field of a Request or Decision.
type HeaderField = endpoint.HeaderField

// ServeHTTP takes over the connection of an upgrade request and returns when it is closed. Requests
// that are no WebSocket upgrade are answered with 426 or another fitting status, and an
// explanation. The client's address is that of r.RemoteAddr, so that middleware can say who is
// behind a proxy.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &served{handler: h}
	defer c.drop()
	if c.upgrade(w, r, h.Check(), false) == nil {
		c.use()
	}
}

// Accept shakes hands for an upgrade request and returns the open connection, which the caller has
// to close; w and r must not be used afterwards, and the caller may return. Serve of the Handler is
// not called and may be nil. The context of r ends when the caller returns: a goroutine that goes
// on with the connection needs another one.
//
// A request that does not open a connection was answered, and the error says why: a
// [*HandshakeError], or another one for a Handler whose options are invalid. The connection ends
// with Shutdown of the Handler as others do. MaxConnections of a [Server] does not count it where
// this is called from its Fallback.
func (h *Handler) Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	c := &served{handler: h}
	defer func() {
		if c.conn == nil {
			c.drop()
		}
	}()
	bad := h.checkOptions()
	err := c.upgrade(w, r, bad, true)
	var answered *HandshakeError // by HTTP
	switch {
	case err == nil:
		return c.conn, nil
	case err == bad, errors.As(err, &answered):
		return nil, err
	}
	return nil, NewHandshakeError(err, nil)
}

// Listener returns a listener whose connections are those that open on h, as streams of binary
// messages: see [Conn.Stream]. It sets Serve of h, which must be nil, so call it before h serves.
// Addr of the listener returns addr; nil is an address without network.
//
//	h := &transport.Handler{Subprotocols: []string{"mqtt"}}
//	broker.Serve(h.Listener(nil))
//	http.Handle("/mqtt", h)
//
// A connection waits for Accept, and is closed with 1001 when the listener or h is. Close
// of the listener leaves the accepted connections open.
func (h *Handler) Listener(addr net.Addr) net.Listener {
	l := stream.NewListener(addr)
	h.Serve = func(ctx context.Context, c *Conn) error {
		return l.Serve(ctx, c.Stream(Binary), c.done, c.Close)
	}
	return l
}

// Shutdown ends all connections: it closes open ones with 1001 and answers handshakes in progress
// with 503, and waits until Serve has returned for all of them or ctx ends; then it drops the
// remaining connections and returns ctx.Err(). From then on upgrade requests are answered with 503.
func (h *Handler) Shutdown(ctx context.Context) error { return h.live.Shutdown(ctx, 0) }

// Connections returns how many connections are being served, handshakes included.
func (h *Handler) Connections() int { return h.live.Count() }

func (h *Handler) config() endpoint.ServerConfig {
	m := fsm.DefaultServerConfig()
	m.Plain, m.Unchecked = h.Plain, h.Unchecked
	if h.MaxChallenges > 0 {
		m.MaxChallenges = uint8(h.MaxChallenges)
	}
	c := endpoint.ServerConfig{Machine: m, Limits: h.Limits, Timeouts: h.Timeouts,
		CheckOrigin: h.CheckOrigin, AnyTarget: h.AnyTarget, Outside: h.Outside, DecidePlain: true}
	if len(h.AllowOrigins) > 0 {
		c.CheckOrigin = (*application)(h).Allows
	}
	if c.CheckOpening = h.CheckOpening; h.Authenticator != nil && !h.Plain {
		c.CheckOpening = (*application)(h).checkKHP
	}
	return c
}

var discard = slog.New(slog.DiscardHandler)

func (h *Handler) log() *slog.Logger {
	if h.Logger == nil {
		return discard
	}
	return h.Logger
}

// Check refuses a Handler that is not set up, or has invalid options, its Authenticator's included.
// ServeHTTP answers with 500 then, and [Server.Serve] returns the error.
func (h *Handler) Check() error {
	if h.Serve == nil {
		return errors.New("transport: this server is not set up: Handler.Serve is nil")
	}
	return h.checkOptions()
}

// checkOptions is Check for a Handler whose Serve is not called.
func (h *Handler) checkOptions() error {
	switch {
	case h.MaxChallenges < 0 || h.MaxChallenges > 255:
		return errors.New("transport: Handler.MaxChallenges is " + strconv.Itoa(h.MaxChallenges) +
			"; use 1 to 255, or 0 for the default")
	}
	if err := checkReadLimit(h.ReadLimit); err != nil {
		return err
	}
	for _, f := range field.List(h.OpeningHeader) {
		if err := endpoint.CheckOpeningField(f); err != nil {
			return fmt.Errorf("transport: Handler.OpeningHeader: %w", err)
		}
	}
	for _, p := range h.AllowOrigins {
		if !origins.Valid(p) {
			return errors.New("transport: Handler.AllowOrigins has " + strconv.Quote(p) +
				"; use a host or scheme://host[:port], with * for any characters, as in https://*.example.com")
		}
	}
	if a, ok := h.Authenticator.(interface{ Validate() error }); ok {
		if err := a.Validate(); err != nil {
			return fmt.Errorf("transport: Handler.Authenticator: %w", err)
		}
	}
	cfg := h.config()
	return cfg.Check()
}

// String returns the number of connections, and shows no field: they may hold secrets.
func (h *Handler) String() string {
	if h == nil {
		return "transport.Handler(nil)"
	}
	return fmt.Sprintf("transport.Handler{Connections: %d}", h.Connections())
}

// Format writes the same text for every verb, even for one that does not fit.
func (h *Handler) Format(s fmt.State, verb rune) { field.Show(s, verb, h.String()) }

// LogValue is String, for log/slog.
func (h *Handler) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalText is for encoders of logs.
func (h *Handler) MarshalText() ([]byte, error) { return []byte(h.String()), nil }
