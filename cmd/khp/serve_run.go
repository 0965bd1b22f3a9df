package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// serve is khp serve.
func (c *cli) serve(o *serveOptions) error {
	log, err := newLogger(c.stderr, o.log, o.verbose)
	if err != nil {
		return err
	}
	g, check, err := o.gateway(log)
	if err != nil {
		return err
	}
	secure, err := o.tlsConfig()
	if err != nil {
		return err
	}
	var list observers
	if o.trace != "" {
		t, err := newTracer(o.trace, trace.Header{Side: "server"}, func(err error) { log.Error("the trace is cut off here", "file", o.trace, "error", err.Error()) })
		if err != nil {
			return err
		}
		defer t.close()
		list = append(list, t)
	}
	ln, err := listen("--listen", o.listen)
	if err != nil {
		return err
	}
	if o.metrics != "" {
		g.metrics = newMetrics()
		url, stop, err := g.metrics.listen(o.metrics)
		if err != nil {
			_ = ln.Close()
			return err
		}
		defer stop()
		log.Info("metrics", "url", url)
		list = append(list, g.metrics)
	}
	if o.verbose {
		list = append(list, logObserver{log})
	}
	g.start(check, list.orNil())
	return c.listening(o, g, ln, secure)
}

// gateway makes the gateway that the flags describe.
func (o *serveOptions) gateway(log *slog.Logger) (g *gateway, origin func(origin, host string) bool, err error) {
	if o.idle < 0 || o.drain < 0 {
		return nil, nil, usagef("--idle-timeout and --drain-timeout cannot be negative")
	}
	list, err := parseRoutes(o.routes)
	if err != nil {
		return nil, nil, err
	}
	auth, err := parseAuthority(o.auth, o.files, o.realm, o.scheme, list)
	if err != nil {
		return nil, nil, err
	}
	origin, err = originChecker(o.origins)
	if err != nil {
		return nil, nil, err
	}
	return &gateway{routes: list, auth: auth, idle: o.idle, log: log}, origin, nil
}

// listening serves until a signal comes.
func (c *cli) listening(o *serveOptions, g *gateway, ln net.Listener, secure *tls.Config) error {
	scheme, serve := "ws", (*transport.Server).Serve
	if secure != nil {
		scheme, serve = "wss", func(s *transport.Server, ln net.Listener) error { return s.ServeTLS(ln, "", "") }
	}
	srv := g.server()
	srv.TLSConfig = secure
	served := make(chan error, 1)
	go func() { served <- serve(srv, ln) }()
	outliveLog()
	signals, stop := c.notify()
	defer stop()
	if _, err := fmt.Fprintf(c.stdout, "khp: listening on %s://%s\n", scheme, ln.Addr()); err != nil {
		_ = srv.Close()
		return failf(exitFailed, "cannot write to stdout: %s", err)
	}
	select {
	case err := <-served:
		if !errors.Is(err, http.ErrServerClosed) {
			return failf(exitFailed, "cannot accept connections on %s any more: %s", ln.Addr(), err)
		}
		return nil
	case <-signals:
	}
	g.log.Info("draining", "connections", srv.Connections(), "timeout", o.drain.String())
	ctx, cancel := context.WithTimeout(context.Background(), o.drain)
	defer cancel()
	drained := make(chan int, 1)
	go func() {
		if srv.Shutdown(ctx) != nil {
			drained <- srv.Connections()
		}
		close(drained)
	}()
	var dropped int
	select {
	case dropped = <-drained:
	case <-signals:
		cancel()
		dropped = <-drained
	}
	if dropped > 0 {
		g.log.Warn("dropped connections", "connections", dropped)
	}
	g.log.Info("stopped")
	return nil
}

// boundedServer waits for nothing without a limit. A connection that is upgraded has the limits of the handshake from then on, not these.
func boundedServer(h http.Handler) *http.Server {
	const patience = 30 * time.Second
	return &http.Server{Handler: h, ReadHeaderTimeout: patience / 3, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: 2 * patience}
}

// logObserver writes every step of a handshake to the log. Queries are left out: clients that cannot set fields put their secrets there.
type logObserver struct{ log *slog.Logger }

// Observe implements transport.Observer.
func (l logObserver) Observe(ev transport.Event) {
	if !l.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := []any{"conn", ev.Conn, "what", oneLine(withoutQueries(headline(ev)))}
	if ev.Phase != "" {
		attrs = append(attrs, "phase", ev.Phase)
	}
	l.log.Debug(string(ev.Kind), attrs...)
}
