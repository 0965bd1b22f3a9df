package transport

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
)

// connection serves one connection, from its first byte until it is open, or net/http has it, or it
// is over. An open connection continues in a goroutine of its own: a handshake needs a deep stack,
// which this goroutine takes along when it ends, and waiting for messages does not.
func (s *Server) connection(visit accept.Visit) {
	c := &served{server: s, Visit: visit, fresh: true}
	c.ctx = c.Begin(context.Background())
	defer func() {
		if c.conn == nil {
			c.ended(recover())
		}
	}()
	o := c.begin()
	if o == nil {
		return
	}
	if c.shake(o, false) == nil {
		go func() {
			defer func() { c.ended(recover()) }()
			c.use()
		}()
	}
}

// begin reads the opening request and finds the handler that answers it; nil says that net/http has
// the connection now, or that it is over.
func (c *served) begin() *opening.Request {
	s := c.server
	if !s.live.Add(&c.Entry) {
		return nil
	}
	c.Connected(c.Conn, true)
	defer c.Heard()
	bounds := s.now()
	// Of writing, too: TLS answers.
	_ = c.SetDeadline(time.Now().Add(cmp.Or(bounds.OpeningTimeout, defaultOpeningTimeout)))
	if !c.Introduce() {
		return nil
	}
	o, err := opening.Read(c.Conn, bounds.Limits)
	c.Heard()
	h, ok := c.admit(o, err)
	switch {
	case ok && h != nil && h.live.Add(&c.Entry):
		c.handler = h
		return o
	case ok:
		over := c.PassOn()
		s.live.Remove(&c.Entry)
		_ = c.SetDeadline(time.Time{})
		s.web.Take(s.newWeb, c.Conn, slices.Concat(o.Head, o.Rest), c.Front, over)
	}
	o.Release()
	return nil
}

// admit finds the handler of an opening request, nil if the request is for net/http, and lets its
// client in. false says that the connection is over.
func (c *served) admit(o *opening.Request, err error) (h *Handler, ok bool) {
	switch {
	case c.Explain(o.Head, err):
		return nil, false
	case err != nil:
		c.server.log().Debug("no opening request came", "remote", c.RemoteAddr().String(), "error",
			err.Error())
		return nil, false
	}
	if h = c.server.handlerOf(o); h == nil {
		return nil, true
	}
	if o.Parsed != nil {
		c.SeenFrom(o.Parsed.Fields)
	}
	return h, c.Enter(c.ctx, &o.Rest)
}

// handlerOf returns the handler of an opening request, nil if the request is for net/http. Without
// a Fallback no upgrade goes there, not even a faulty one.
func (s *Server) handlerOf(o *opening.Request) *Handler {
	r := o.Parsed
	if r == nil {
		return s.forBroken()
	}
	upgrade, _ := r.Fields.Get("Upgrade")
	if string(r.Method) != "GET" || r.Target[0] != '/' || !scan.HasToken(upgrade, "websocket") {
		return nil
	}
	h := s.Handler
	if s.Route != nil {
		host, _ := r.Fields.Get("Host")
		h = s.Route(string(host), place.TargetPath(string(r.Target)))
	}
	if h == nil || h.Check() != nil || s.Fallback != nil && !h.Plain && !offersKHP(r.Fields) {
		return nil
	}
	return h
}

// forBroken answers a request that cannot be parsed, unless net/http shall try.
func (s *Server) forBroken() *Handler {
	switch {
	case s.Fallback != nil:
		return nil
	case s.Handler != nil:
		return &Handler{Limits: s.now().Limits, Logger: s.Handler.Logger, Observer: s.Handler.Observer}
	}
	return &Handler{Limits: s.now().Limits, Logger: s.Logger}
}

// offersKHP reports whether one of the subprotocols is KHP.
func offersKHP(fields wire.Fields) bool {
	for v := range fields.All("Sec-WebSocket-Protocol") {
		var room [8][]byte
		list, _ := wire.ParseTokens(room[:0], v)
		for _, p := range list {
			if string(p) == endpoint.Subprotocol {
				return true
			}
		}
	}
	return false
}

// requestTimeout bounds one HTTP request and its answer, and idleTimeout the wait for the next.
const (
	requestTimeout = 30 * time.Second
	idleTimeout    = 60 * time.Second
)

// newWeb makes the server for requests that are no upgrade to KHP.
func (s *Server) newWeb() *http.Server {
	return &http.Server{
		Handler:           http.HandlerFunc(s.serveHTTP),
		ReadHeaderTimeout: defaultOpeningTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      requestTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    s.now().Limits.OrDefault().Head, // and 4 KiB, which net/http grants
		ErrorLog:          slog.NewLogLogger(s.log().Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), serverKey{}, s)
		},
		ConnContext: accept.WithFront,
	}
}

// serveHTTP answers requests that net/http has read: upgrades to KHP as well, if a client sends one
// on a connection that it has used for something else.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	proxied := accept.FrontOf(r).ClientOf(r)
	if s.Load().Full { // such connections are scarce, too
		w.Header().Set("Connection", "close")
	}
	path, _, _ := strings.Cut(place.TargetPath(r.RequestURI), "/;e/") // clients probe below their path
	h := s.route(r.Host, cmp.Or(path, "/"))
	switch {
	case (h != nil || strings.HasPrefix(r.URL.RawQuery, ".kr=")) && AnswerProbe(w, r):
	case h != nil && (s.Fallback == nil || upgradesTo(h, r)):
		s.gate.ServeUpgrade(h, w, r, proxied)
	case s.Fallback != nil:
		s.Fallback.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// upgradesTo reports whether a request is for h.
func upgradesTo(h *Handler, r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return false
	}
	o := opening.Of(r)
	defer o.Release()
	return h.Plain || offersKHP(o.Parsed.Fields)
}

type serverKey struct{}

// serverOf returns the Server behind net/http, nil if there is none.
func serverOf(ctx context.Context) *Server {
	s, _ := ctx.Value(serverKey{}).(*Server)
	return s
}

// tracker returns the tracker of the connections of s; nil if there is no Server.
func (s *Server) tracker() *tracker.Tracker {
	if s == nil {
		return nil
	}
	return &s.live
}

// upgrade shakes hands for a request that net/http has read; bad says why that cannot be. Without
// an error conn is the outcome.
func (c *served) upgrade(w http.ResponseWriter, r *http.Request, bad error, detached bool) error {
	h := c.handler
	c.server, c.ctx = serverOf(r.Context()), c.Begin(context.WithoutCancel(r.Context()))
	switch {
	case bad != nil:
		h.log().Error(bad.Error())
		http.Error(w, bad.Error(), http.StatusInternalServerError)
		return bad
	case r.ProtoMajor != 1 || r.ProtoMinor == 0:
		return answered(w, http.StatusHTTPVersionNotSupported,
			"a WebSocket opening handshake needs HTTP/1.1, this is "+r.Proto)
	case AnswerProbe(w, r):
		return notUpgraded(http.StatusOK,
			"a request that Kaazing clients make beside the upgrade was answered")
	case !h.live.Add(&c.Entry) || !c.server.tracker().Add(&c.Entry):
		w.Header().Set("Connection", "close")
		return answered(w, http.StatusServiceUnavailable, accept.ShuttingDown)
	}
	nc, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		h.log().Error("the connection cannot be taken over; does middleware wrap the "+
			"http.ResponseWriter without an Unwrap method?", "error", err.Error())
		return answered(w, http.StatusInternalServerError, "this server cannot take over the connection")
	}
	o := opening.Of(r)
	if c.server != nil {
		nc = accept.FrontOf(r).SeenFrom(nc, o.Parsed.Fields)
	}
	c.Conn = hops.Named(nc, r.RemoteAddr)
	c.Connected(nc, false)
	o.Rest, _ = buffered.Reader.Peek(buffered.Reader.Buffered())
	return c.shake(o, detached, fieldsOf101(w.Header())...)
}

// fieldsOf101 returns the fields that middleware has set, without those about a body.
func fieldsOf101(h http.Header) []HeaderField {
	return slices.DeleteFunc(field.List(h), func(f HeaderField) bool {
		// The endpoint leaves out the rest.
		return strings.HasPrefix(http.CanonicalHeaderKey(f.Name), "Content-")
	})
}

// answered answers a request that is not upgraded.
func answered(w http.ResponseWriter, status int, why string) error {
	http.Error(w, why, status)
	return notUpgraded(status, why)
}

func notUpgraded(status int, why string) error {
	return &HandshakeError{Leg: endpoint.LegOpening, Failure: fsm.FailureOpening, Status: status,
		text: "khp: " + why}
}

// AnswerProbe answers the plain HTTP requests that deployed Kaazing clients make beside the
// upgrade, as a [Handler] does by itself. It reports whether r was such a request. Java clients
// want 200 from the cookie resource below the path before they upgrade; requests of the emulation
// of WebSocket by HTTP get 404, which lets clients report the failure of the real attempt.
func AnswerProbe(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodPost || r.Header.Get("Upgrade") != "" {
		return false
	}
	_, emulated, ok := strings.Cut(r.URL.Path, "/;e/")
	switch {
	case ok && emulated == "cookies":
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusOK)
	case ok || strings.HasPrefix(r.URL.RawQuery, ".kr="):
		http.NotFound(w, r)
	default:
		return false
	}
	return true
}

// Source describes the verified origin of a request: claims of the client about itself do not
// count.
type Source struct {
	// Hops are the addresses that the request has come by: the client's first, then those of the
	// proxies that [Server].TrustedProxies lists, the one that is connected to this server last. A
	// port that is not known is 0. There are none if the client is connected by a Unix socket.
	Hops []netip.AddrPort
	// Proxied reports whether a trusted proxy has sent the request, so that fields that such
	// proxies write, as X-Forwarded-Proto, are its word.
	Proxied bool
	Secure  bool     // TLS ends at this server
	Local   net.Addr // the address of this server that the connection was made to
}

type sourceKey struct{}

// SourceOf returns the Source of the request that ctx belongs to: the context of an Authenticator
// or of [Handler].Decide. The result is the zero Source for another ctx.
func SourceOf(ctx context.Context) Source {
	if ctx == nil {
		return Source{}
	}
	nc, ok := ctx.Value(sourceKey{}).(net.Conn)
	if !ok {
		return Source{}
	}
	s := hops.SourceOf(nc)
	return Source{Hops: s.Way, Proxied: s.Spoken, Secure: s.Secure, Local: nc.LocalAddr()}
}
