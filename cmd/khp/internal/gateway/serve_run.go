package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/guard/throttle"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/cmd/khp/internal/queue"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/pflag"
)

// serve is khp serve with the flags of the command line.
func serve(c *cli.Env, given *pflag.FlagSet) error {
	o, err := readOptions(given)
	if err != nil {
		return o.file.Locate(firstFault(err))
	}
	return o.file.Locate(firstFault(serveSettings(c, o, given)))
}

func serveSettings(c *cli.Env, o *options, given *pflag.FlagSet) error {
	level := &slog.LevelVar{}
	level.Set(levelOf(o.Verbose))
	if _, err := newLogger(c.Stderr, o.Log, level); err != nil {
		return err
	}
	g := &gateway{slow: throttle.New()}
	if o.Metrics != "" {
		g.metrics = metrics.New()
		g.measure()
		g.observers = append(g.observers, g.metrics)
	}
	lines := newLogQueue(c.Stderr, logRoom, o.Log, g.metrics)
	defer lines.Close()
	var err error
	if g.log, err = newLogger(lines, o.Log, level); err != nil {
		return err
	}
	closeTrace, err := g.settle(o)
	if err != nil {
		return err
	}
	defer closeTrace()
	defer g.close()
	if err := g.open(); err != nil {
		return err
	}
	g.log.Info("serving", o.started(g)...)
	g.metrics.Started(cli.Version(), runtime.Version())
	g.metrics.Certificates(expiries(g.fronts))
	if o.Metrics != "" {
		url, stop, err := g.listenMetrics(o.Metrics)
		if err != nil {
			return err
		}
		defer stop()
		g.log.Info("metrics", "url", url)
	}
	again := &reloader{gateway: g, given: given, level: level, prints: o.prints}
	if !o.worthwhile() {
		again = nil
	}
	return listening(c, o, g, again)
}

// settle makes fronts and rules of the options, and then the trace, whose file is not overwritten
// for options with a fault. closeTrace ends the trace.
func (g *gateway) settle(o *options) (closeTrace func(), err error) {
	if g.fronts, err = o.fronts(); err != nil {
		return nil, err
	}
	if _, err := o.rules(g); err != nil {
		return nil, err
	}
	closeTrace = func() {}
	if o.Trace != "" {
		t, err := observe.NewQueuedTracer(o.Trace, trace.Header{Side: "server"}, g.traceHooks(o.Trace))
		if err != nil {
			return nil, err
		}
		closeTrace = t.Close
		g.observers = append(g.observers, t)
	}
	rules, err := o.rules(g)
	if err != nil {
		closeTrace()
		return nil, err
	}
	g.rules.Store(rules)
	return closeTrace, nil
}

// open listens on all fronts.
func (g *gateway) open() error {
	if err := inherit(g.fronts); err != nil {
		return err
	}
	for _, f := range g.fronts {
		if err := f.open(); err != nil {
			return err
		}
	}
	return nil
}

// close closes the listeners.
func (g *gateway) close() {
	for _, f := range g.fronts {
		f.close()
	}
}

// started are the version and the settings of a start, for the log, without secrets.
func (o *options) started(g *gateway) []any {
	var urls, routes []string
	for _, f := range g.fronts {
		urls = append(urls, f.url())
	}
	rules := g.rules.Load()
	for _, r := range slices.Backward(rules.house.Routes) {
		text := r.Path + " -> " + target.Shown(r.Target)
		if who := rules.auth.Describe(r.Path); who != "" {
			text += ", " + who
		}
		routes = append(routes, text)
	}
	return []any{
		"version", strings.TrimPrefix(cli.Version(), "khp "), "config", o.path, "listen", words(urls),
		"routes", words(routes), "inactivity_timeout", time.Duration(o.InactivityTimeout), "idle_timeout",
		time.Duration(o.IdleTimeout),
		"drain_timeout", time.Duration(o.DrainTimeout), "max_message", o.MaxMessage.String(),
		"max_connections", int(o.MaxConnections), "max_per_address", int(o.MaxPerAddress),
	}
}

// traceHooks log and count the faults of the trace in a file.
func (g *gateway) traceHooks(file string) queue.Hooks {
	var behind atomic.Bool
	return queue.Hooks{
		Lost: func() {
			g.metrics.LineDropped("trace")
			if !behind.Swap(true) {
				g.log.Warn("the trace is not read fast enough, connections are left out", "file", file)
			}
		},
		CaughtUp: func(events int) {
			behind.Store(false)
			g.log.Warn("connections are traced again", "file", file, "dropped", events)
		},
		Failed: func(err error) {
			g.log.Error("the trace is cut off here", "file", file, "error", cli.Cause(err).Error())
		},
	}
}

// listening serves until a signal comes.
func listening(c *cli.Env, o *options, g *gateway, again *reloader) error {
	srv := g.server(o)
	if again != nil {
		again.server = srv
	}
	load := srv.Load
	g.load.Store(&load)
	served := make(chan error, len(g.fronts))
	for _, f := range g.fronts {
		go func() { served <- f.serve(srv) }()
	}
	outliveLog()
	signals, _ := c.Notify() // for good: a signal while the process exits is no failure of it
	tellManager(daemon.SdNotifyReady)
	// A goroutine of its own reloads, so that no file keeps the server from ending.
	reloads := make(chan struct{}, 1)
	defer close(reloads)
	go again.serve(reloads)
	said := make(chan error, 1)
	go func() { // the reader may be gone, too
		var lines strings.Builder
		for _, f := range g.fronts {
			fmt.Fprintf(&lines, "khp: listening on %s\n", f.url())
		}
		_, err := fmt.Fprint(c.Stdout, lines.String())
		said <- err
	}()
	if o.DemoPage {
		g.log.Info("demo page", "url", "http"+strings.TrimPrefix(g.fronts[0].url(), "ws")+"/")
	}
	for {
		select {
		case err := <-said:
			if err != nil {
				_ = srv.Close()
				return cli.Unprinted(err)
			}
		case err := <-served:
			if !errors.Is(err, http.ErrServerClosed) {
				_ = srv.Close()
				return cli.Failf(cli.ExitFailed, "cannot accept connections any more: %s",
					listen.SystemError(err))
			}
			return nil
		case s := <-signals:
			// a terminal that goes away ends a server without settings to read again
			if s != syscall.SIGHUP || again == nil {
				g.drain(srv, signals)
				return nil
			}
			select {
			case reloads <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}

// drain ends the server: in good order at first, at once after the timeout or another signal to
// end. Nothing waits for the log.
func (g *gateway) drain(srv *transport.Server, signals <-chan os.Signal) {
	g.draining.Store(true)
	// Counted before Shutdown begins to close them.
	rules, open, clients := g.rules.Load(), srv.Connections(), g.clients.Attrs()
	patience, over := rules.drain, rules.drainOver
	tellStopping(over + patience)
	ctx, cancel := context.WithTimeout(context.Background(), over+patience)
	defer cancel()
	drained := make(chan int, 1)
	go func() {
		if srv.ShutdownOver(ctx, over) != nil {
			drained <- srv.Connections()
		}
		close(drained)
	}()
	g.log.Info("draining",
		append([]any{"connections", open, "timeout", patience, "over", over}, clients...)...)
	for {
		select {
		case dropped := <-drained:
			if dropped > 0 {
				g.log.Warn("dropped connections", "connections", dropped)
			}
			g.log.Info("stopped")
			return
		case s := <-signals:
			// SIGHUP asks for other settings only, or comes from a terminal that is gone.
			if s != syscall.SIGHUP {
				cancel()
			}
		}
	}
}

// boundedServer waits for nothing without a limit. A connection that is upgraded has the limits of
// the handshake from then on, not these.
func boundedServer(h http.Handler) *http.Server {
	const patience = 30 * time.Second
	return &http.Server{
		Handler: h, ReadHeaderTimeout: patience / 3, ReadTimeout: patience, WriteTimeout: patience,
		IdleTimeout:    2 * patience,
		MaxHeaderBytes: wire.DefaultLimits().Head, // and 4 KiB, which net/http grants
	}
}

// outliveLog keeps the server alive when the reader of its log is gone: by default a write to a
// closed stderr ends a Go program, and connections matter more than lines about them.
func outliveLog() { signal.Ignore(syscall.SIGPIPE) }
