package dial

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/terminal"
	"example.com/khp/transport"
)

// dial is khp dial.
func dial(c *cli.Env, rawURL string, o *options) error {
	r, err := o.request(c, rawURL)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var typing atomic.Pointer[console]
	defer onSignals(ctx, cancel, c, &typing)()
	progress := &progress{}
	trace, err := o.observe(c, r, progress)
	if err != nil {
		return err
	}
	defer trace.close()
	out := &printer{w: c.Stdout, notes: c.Stderr, json: o.json, raw: o.raw,
		tty: terminal.IsTerminal(c.Stdout)}
	if !terminal.IsTerminal(c.Stderr) {
		out.notes = nil
	}
	conn, err := connect(ctx, r, time.Duration(o.timeout))
	if err != nil {
		return out.failed(err, o, progress)
	}
	out.opened(conn, o.profile, progress)
	if err := converse(ctx, c, o, conn, r, out, &typing); err != nil {
		return err
	}
	return trace.incomplete()
}

// onSignals has the first signal end ctx in good order, and the next one the program, as the system
// does it, but with the terminal as it was. stop ends that.
func onSignals(
	ctx context.Context, cancel func(), c *cli.Env, typing *atomic.Pointer[console],
) (stop func()) {
	signals, release := c.Notify()
	over := make(chan struct{})
	go func() {
		for range 2 {
			select {
			case sig := <-signals:
				if ctx.Err() == nil {
					cancel()
					continue
				}
				if t := typing.Load(); t != nil {
					t.close()
				}
				release()
				cli.Raise(sig)
			case <-over:
				return
			}
		}
	}()
	return func() {
		close(over)
		release()
	}
}

// traceFile is that of --trace; nil is none.
type traceFile struct {
	*observe.Tracer
	name   string
	broken error
}

func (t *traceFile) close() {
	if t != nil {
		t.Close()
	}
}

// incomplete says that not all could be written.
func (t *traceFile) incomplete() error {
	if t == nil || t.broken == nil {
		return nil
	}
	return cli.Failf(cli.ExitFailed, "the trace %s is incomplete: %s", t.name, t.broken)
}

// observe has the handshake observed by p, and as the flags say. It returns the trace, if there is
// one.
func (o *options) observe(c *cli.Env, r *request, p *progress) (t *traceFile, err error) {
	list := observe.Observers{p}
	if o.verbose {
		list = append(list, &narrator{w: c.Stderr, on: terminal.NewPalette(c.Stderr)})
	}
	if o.trace != "" {
		t = &traceFile{name: o.trace}
		if t.Tracer, err = observe.NewTracer(o.trace, r.options.TraceHeader(),
			func(err error) { t.broken = err }); err != nil {
			return nil, err
		}
		list = append(list, t.Tracer)
	}
	r.options.Observer = list.OrNil()
	return t, nil
}

// converse uses the open connection: messages come from the command line, from a terminal, of which
// typing is told then, or from another standard input.
func converse(ctx context.Context, c *cli.Env, o *options, conn *transport.Conn, r *request,
	out *printer, typing *atomic.Pointer[console]) error {
	t := &talk{conn: conn, out: out, request: r, count: o.count, wait: time.Duration(o.wait.Duration),
		forever: o.wait.forever, ping: time.Duration(o.ping)}
	input := &source{Reader: c.Stdin}
	t.waits = input.waits.Load
	t.input = func(lines chan<- []byte, done <-chan struct{}) error {
		return readLines(c.Stdin, input, lines, done)
	}
	out.echo = r.send || !terminal.IsTerminal(c.Stdin)
	if !r.send && !o.json && !o.raw {
		console, ok, err := openConsole(c.Stdin, input, c.Stdout, o.history)
		if err != nil {
			_ = conn.Close(transport.CloseNormal, "")
			return err
		}
		if ok {
			typing.Store(console)
			defer console.close()
			out.w, out.notes, t.input = console, console, console.readLines
			t.forever = false // Ctrl-C is a key here: after the end of the input nothing could end it
		}
	}
	out.note(connectedText(conn, typing.Load() != nil))
	if o.verbose && o.ping > 0 {
		t.ponged = func(took time.Duration) {
			out.say(c.Stderr, fmt.Sprintf("the server answered a Ping within %s",
				took.Round(time.Microsecond)))
		}
	}
	return t.run(ctx)
}

// connectedText tells a person that the connection is open, and where it leads.
func connectedText(conn *transport.Conn, typing bool) string {
	text := "connected to " + conn.URL()
	if conn.Plain() {
		text += ", a plain WebSocket without KHP"
	}
	if p := conn.Subprotocol(); p != "" {
		text += ", subprotocol " + p
	}
	if typing {
		text += "; Ctrl-D closes"
	}
	return text
}

// connect shakes hands within timeout; 0 leaves it to the deadlines of each step.
func connect(ctx context.Context, r *request, timeout time.Duration) (*transport.Conn, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return transport.Dial(ctx, r.url, &r.options)
}

// progress remembers how far an attempt came.
type progress struct {
	attempts   atomic.Int64
	connected  atomic.Bool  // the current connection
	challenged atomic.Bool  // credentials were asked for
	balancer   atomic.Bool  // a gateway's N or R came
	tls        atomic.Bool  // the answer to the opening request was that of a TLS server
	status     atomic.Int64 // of the last extended response, 0 before one
	begin, end atomic.Int64
}

// Observe implements transport.Observer.
func (p *progress) Observe(ev transport.Event) {
	now := ev.Time.UnixNano()
	p.begin.CompareAndSwap(0, now)
	p.end.Store(now)
	//exhaustive:ignore
	switch ev.Kind {
	case transport.EventDial:
		p.attempts.Add(1)
		p.connected.Store(false)
		p.status.Store(0)
		p.balancer.Store(false)
		p.tls.Store(false)
	case transport.EventReceiveOpening:
		if soundsLikeTLS(ev.Data) {
			p.tls.Store(true)
		}
	case transport.EventReceive:
		if kind, _ := balancer.Parse(ev.Data); kind != balancer.None {
			p.balancer.Store(true)
		}
		if status := observe.ParseHead(ev.Data).Status(); status != 0 {
			p.status.Store(int64(status))
		}
	case transport.EventSendOpening:
		p.connected.Store(true)
	case transport.EventCredentials:
		p.challenged.Store(true)
	}
}

// seconds is how long the handshake took.
func (p *progress) seconds() float64 {
	return time.Duration(p.end.Load() - p.begin.Load()).Round(time.Microsecond).Seconds()
}

// soundsLikeTLS reports whether an answer to plain HTTP is a TLS alert, or a refusal in which a web
// server says what is wrong.
func soundsLikeTLS(answer []byte) bool {
	return bytes.HasPrefix(answer, []byte{0x15, 0x03}) || bytes.HasPrefix(answer, []byte("HTTP/1.")) &&
		bytes.Contains(answer, []byte(" 400 ")) && bytes.Contains(answer, []byte("HTTPS"))
}
