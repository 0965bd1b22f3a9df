package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/transport/internal/web"
	"example.com/khp/wire"
)

// Server owns a listener. It reads the opening requests of KHP clients itself, which costs a
// fraction of what net/http takes for a connection, and hands everything else, with the bytes
// already read, to net/http:
//
//	h := &transport.Handler{Serve: echo}
//	srv := &transport.Server{Handler: h, Fallback: http.FileServerFS(pages)}
//	err := srv.ListenAndServe(":8080")
//
// Below every path that has a Handler, "/" included, the server answers the requests that a Java
// client of the Kaazing Gateway makes before it upgrades.
//
// Use it as a pointer; fields must not change once it serves: [Server.SetBounds] and
// [Server.ServeWith] are for settings that do. The server speaks HTTP/1.1 only, with TLS too.
type Server struct {
	Handler *Handler // serves the clients of every path, unless Route is set
	// Route finds the Handler for a path, as sent, without the query and not decoded, and the Host
	// field. nil leaves the request to Fallback.
	Route func(host, path string) *Handler
	// Fallback answers every request that is no upgrade to KHP: a page, a health check, or a WebSocket
	// of another kind. It may take over the connection, whose method NetConn returns the client's own.
	// One request and its answer have 30 seconds; http.ResponseController gives them more. nil
	// explains which requests are expected, or answers 404 where there is no Handler.
	Fallback  http.Handler
	TLSConfig *tls.Config // for ServeTLS and ListenAndServeTLS; it is copied
	// From accepting a connection to the end of its opening request, TLS included; 0 is 10 s.
	OpeningTimeout time.Duration
	KeepAlive      time.Duration // for every Handler that has none of its own; 0 is none
	// Limits of the opening request, before its Handler is known, whose own limits it has to keep
	// as well. The size of the head is that of other requests, too.
	Limits wire.Limits
	// MaxConnections bounds the WebSocket connections that are open at once, handshakes included; 0
	// is no bound. More clients are answered with 503 and Retry-After. Requests that are no upgrade
	// are answered as ever, on connections that are bounded, too: at most 64 more than
	// MaxConnections and MaxWaiting together are taken, others wait in the queue of the system.
	MaxConnections int
	// MaxWaiting has so many clients wait until one of MaxConnections ends, first come first
	// served, for up to a minute, instead of being refused.
	MaxWaiting int
	// MaxPerAddress bounds the connections of one client address, where all IPv6 addresses of a /64
	// count as one; 0 is no bound. More are turned away, with 503 unless they use TLS.
	MaxPerAddress int
	// TrustedProxies are the networks of proxies in front that may report the address of a client: for
	// the log, MaxPerAddress, the shares of an Authenticator, and [Conn.NetConn]. They report it in
	// the fields X-Forwarded-For or Forwarded, where several have passed a request on the last address
	// that is not one of theirs, or with ProxyProtocol. The same fields of other peers are ignored. A
	// request whose two fields contradict each other counts as the proxy's own.
	TrustedProxies []netip.Prefix
	// ProxyProtocol has every connection from TrustedProxies begin with a PROXY header, of version 1
	// or 2, ahead of TLS: without one it is closed. Other connections are served as they are, except
	// those with such a header, which are refused. It needs TrustedProxies, and ServeTLS if there is
	// TLS.
	ProxyProtocol bool
	// Failures to accept, clients turned away, panics; nil logs nothing. Handshakes are logged by
	// their Handler.
	Logger *slog.Logger

	live   tracker.Tracker // connections of clients, and those of which nothing is known yet
	gate   accept.Gate
	opened sync.Once // sets the bounds of gate
	bounds atomic.Pointer[Bounds]
	web    web.Queue

	listeners accept.Listeners
}

const defaultOpeningTimeout = 10 * time.Second

// ListenAndServe listens on a TCP address, such as ":8080", and calls Serve.
func (s *Server) ListenAndServe(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return s.Serve(ln)
}

// ListenAndServeTLS listens on a TCP address and calls ServeTLS.
func (s *Server) ListenAndServeTLS(addr, certFile, keyFile string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return s.ServeTLS(ln, certFile, keyFile)
}

// ServeTLS is Serve with TLS. The files hold a certificate with its chain and its key in PEM; they
// may be "" if TLSConfig has certificates.
func (s *Server) ServeTLS(ln net.Listener, certFile, keyFile string) error {
	config := s.TLSConfig.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	config.NextProtos = []string{"http/1.1"}
	if certFile != "" || keyFile != "" {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			_ = ln.Close()
			return err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return s.serve(ln, s.front(config))
}

// Serve accepts connections until Shutdown or Close, then returns [http.ErrServerClosed]; any other
// error is the listener's and final. Serve closes ln. It may be called for several listeners at
// once. When descriptors or memory run out it waits, up to a second between attempts, and goes on.
func (s *Server) Serve(ln net.Listener) error { return s.serve(ln, s.front(nil)) }

// front returns the settings of every listener, with TLS unless secure is nil.
func (s *Server) front(secure *tls.Config) func() *accept.Front {
	f := &accept.Front{TLS: secure, Trusted: s.TrustedProxies, ProxyProtocol: s.ProxyProtocol}
	return func() *accept.Front { return f }
}

// serve is Serve; front is asked about each connection.
func (s *Server) serve(ln net.Listener, front func() *accept.Front) error {
	if err := s.check(); err != nil {
		_ = ln.Close()
		return err
	}
	done, ok := s.listeners.Add(ln)
	defer s.listeners.Remove(ln)
	if !ok {
		return http.ErrServerClosed
	}
	s.opened.Do(func() {
		s.gate.Log = s.log()
		now := s.now()
		s.bounds.CompareAndSwap(nil, now)
		s.gate.SetBounds(now.accept())
	})
	workers := accept.NewWorkers(s.connection)
	defer workers.Close()
	for {
		visit, err := s.gate.Next(ln, done, front)
		if err != nil {
			return err
		}
		workers.Do(visit)
	}
}

// Shutdown ends the server: it closes the listeners and open connections, the latter with 1001,
// answers handshakes in progress with 503, and lets net/http finish its requests. It waits until
// all of that is done, and all calls of [Handler].Serve for its connections have returned, or ctx
// ends; then it drops the remaining connections and returns ctx.Err(). It neither waits for nor
// closes connections that Fallback has taken over.
func (s *Server) Shutdown(ctx context.Context) error { return s.ShutdownOver(ctx, 0) }

// ShutdownOver is Shutdown that closes open connections one after another, spread evenly over that
// time, so that their clients do not all reconnect somewhere at once. ctx should have more time
// than that: connections that remain when it ends are dropped.
func (s *Server) ShutdownOver(ctx context.Context, over time.Duration) error {
	s.listeners.Close()
	web := make(chan error, 1)
	go func() { web <- s.web.Shutdown(ctx) }()
	return errors.Join(s.live.Shutdown(ctx, over), <-web)
}

// Close ends the server at once: it closes the listeners and drops all connections. It does not
// wait for [Handler].Serve.
func (s *Server) Close() error {
	s.listeners.Close()
	s.web.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.live.Shutdown(ctx, 0)
	return nil
}

// Connections returns how many connections are open, of every kind.
func (s *Server) Connections() int { return s.gate.Visits() }

// Load describes the load of a [Server].
type Load struct {
	InUse   int    // WebSocket connections, their handshakes included
	Waiting int    // clients that wait for one of them to end; see MaxWaiting
	Refused uint64 // clients that were answered with 503 so far because of MaxConnections
	TooMany uint64 // clients that were turned away so far because of MaxPerAddress
	Full    bool   // the next client will have to wait, or will be refused
}

// Load returns how busy the server is.
func (s *Server) Load() Load {
	taken, waiting, refused := s.gate.Load()
	most := s.now().MaxConnections
	return Load{InUse: taken, Waiting: waiting, Refused: refused, TooMany: s.gate.TooMany(),
		Full: most > 0 && taken >= most}
}

// route finds the handler of a path; nil if there is none.
func (s *Server) route(host, path string) *Handler {
	if s.Route == nil {
		return s.Handler
	}
	return s.Route(host, path)
}

func (s *Server) log() *slog.Logger {
	if s.Logger == nil {
		return discard
	}
	return s.Logger
}

// check refuses a Server that is not set up, or has invalid options.
func (s *Server) check() error {
	switch {
	case s.Handler == nil && s.Route == nil:
		return errors.New("transport: this server is not set up: neither Handler nor Route is set")
	case s.ProxyProtocol && len(s.TrustedProxies) == 0:
		return errors.New("transport: Server.ProxyProtocol is set and TrustedProxies is empty; name " +
			"the networks whose PROXY headers count")
	case slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool { return !p.IsValid() }):
		return errors.New("transport: Server.TrustedProxies has a network that is none; make them with " +
			"netip.ParsePrefix")
	case s.KeepAlive < 0:
		return errors.New("transport: Server.KeepAlive is " + s.KeepAlive.String() +
			"; use a positive duration, or 0 for none")
	}
	if err := s.now().check(); err != nil || s.Handler == nil {
		return err
	}
	return s.Handler.Check()
}

// Bounds are the limits of a [Server] that may change while it serves. Each is described at the
// field of the Server that has its name.
type Bounds struct {
	MaxConnections int
	MaxWaiting     int
	MaxPerAddress  int
	OpeningTimeout time.Duration
	// For requests that are no upgrade, the size of the head stays as it was at first.
	Limits wire.Limits
}

// SetBounds replaces the bounds of a server, before it serves or while it does. Connections that
// are too many by the new ones stay open; clients that wait are let in as soon as there is room. It
// returns an error, and changes nothing, if Serve would return one for the same values.
func (s *Server) SetBounds(b Bounds) error {
	if err := b.check(); err != nil {
		return err
	}
	s.bounds.Store(&b)
	s.gate.SetBounds(b.accept())
	return nil
}

// now returns the bounds in force.
func (s *Server) now() *Bounds {
	if b := s.bounds.Load(); b != nil {
		return b
	}
	return &Bounds{MaxConnections: s.MaxConnections, MaxWaiting: s.MaxWaiting,
		MaxPerAddress: s.MaxPerAddress, OpeningTimeout: s.OpeningTimeout, Limits: s.Limits}
}

func (b *Bounds) accept() accept.Bounds {
	return accept.Bounds{Connections: b.MaxConnections, Waiting: b.MaxWaiting,
		PerAddress: b.MaxPerAddress}
}

// check refuses invalid bounds.
func (b *Bounds) check() error {
	switch {
	case b.OpeningTimeout < 0:
		return errors.New("transport: Server.OpeningTimeout is " + b.OpeningTimeout.String() +
			"; use a positive duration, or 0 for " + defaultOpeningTimeout.String())
	case b.MaxConnections < 0:
		return errors.New("transport: Server.MaxConnections is " + strconv.Itoa(b.MaxConnections) +
			"; use a positive number, or 0 for no bound")
	case b.MaxWaiting < 0:
		return errors.New("transport: Server.MaxWaiting is " + strconv.Itoa(b.MaxWaiting) +
			"; use a positive number, or 0 to refuse clients instead")
	case b.MaxWaiting > 0 && b.MaxConnections == 0:
		return errors.New("transport: Server.MaxWaiting means nothing without MaxConnections; set both")
	case b.MaxPerAddress < 0:
		return errors.New("transport: Server.MaxPerAddress is " + strconv.Itoa(b.MaxPerAddress) +
			"; use a positive number, or 0 for no bound")
	}
	return nil
}

// ListenerOptions say how the connections of one listener begin. The fields TrustedProxies and
// ProxyProtocol are described at the fields of [Server] with their names.
type ListenerOptions struct {
	// Nil is no TLS; it is not copied, and its NextProtos should be http/1.1 alone.
	TLSConfig      *tls.Config
	TrustedProxies []netip.Prefix
	ProxyProtocol  bool
}

// ServeWith is Serve for a listener with options of its own, in the place of the fields of s with
// the same names. options is called for each connection, in the goroutine that accepts them, so
// that its result may change: certificates that are renewed, or proxies that are added. nil options
// is Serve.
func (s *Server) ServeWith(ln net.Listener, options func() ListenerOptions) error {
	if options == nil {
		return s.Serve(ln)
	}
	return s.serve(ln, func() *accept.Front {
		o := options()
		return &accept.Front{TLS: o.TLSConfig, Trusted: o.TrustedProxies, ProxyProtocol: o.ProxyProtocol}
	})
}
