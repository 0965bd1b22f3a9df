package transport

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/cookies"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/loop"
	"example.com/khp/transport/internal/reach"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
)

// Dial connects to url, shakes hands and returns the open connection. It follows redirects and
// answers challenges as the options say.
//
// url is ws://host/path or wss://host/path; http and https are taken for them. An IPv6 address may
// have a zone, as in ws://[fe80::1%25eth0]/, which the server is not shown. When ctx ends before
// the connection is open, the attempt is given up at once; afterwards ctx has no meaning for the
// connection.
//
// Dial has one connection at a time, also when it follows redirects, logs in or tries again. Calls
// that run in parallel do not wait for each other, whatever host they connect to: RFC 6455 has a
// client open connections to one host one after another, and a program that opens many at once does
// so by waiting for each call to return.
//
// An attempt that fails returns a [*HandshakeError]; options that cannot be sent return another
// error, before anything is connected.
func Dial(ctx context.Context, url string, opts *DialOptions) (*Conn, error) {
	if opts == nil {
		opts = &DialOptions{}
	}
	if opts.Retry != nil {
		return opts.Retry.dial(ctx, url, opts)
	}
	return dialOnce(ctx, url, opts)
}

// dialOnce is Dial without Retry.
func dialOnce(ctx context.Context, url string, opts *DialOptions) (*Conn, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	d := &dialer{opts: opts, reach: reach.Dialer{NetDial: opts.NetDial, Proxy: opts.Proxy,
		TLS: opts.TLSConfig, Limits: opts.Limits.OrDefault()}}
	url = d.reach.CutZone(url)
	cfg := opts.config()
	cfg.HasProxyLogin = d.reach.HasLogin(url)
	cfg.ConfirmExtensions, cfg.Responded = d.confirm, d.responded
	if opts.Compression != nil {
		cfg.OpeningExtensions = []string{deflate.Offer(opts.Compression.NoContextTakeover)}
	}
	if opts.Jar != nil {
		d.jar.Jar = opts.Jar
		cfg.OpeningHeader, cfg.Cookies = d.jar.Take(cfg.OpeningHeader), d.cookies
	}
	if check := opts.CheckRedirect; check != nil {
		cfg.CheckRedirect = func(via []string, to string) error {
			d.refusal = check(via, to)
			return d.refusal
		}
	}
	client, err := endpoint.NewClient(url, cfg)
	if err != nil {
		return nil, clientError(err)
	}
	d.client = client
	d.drive.Reset(client, d)
	d.drive.ReportsBody = true
	d.trace = newTrace(ctx, observed(opts.Observer, opts), d, false)
	d.Config = loop.Config{
		Context:  ctx,
		Driver:   &d.drive,
		First:    client.Connect(time.Now()),
		Side:     d,
		Trace:    &d.trace,
		Timeouts: &opts.Timeouts,
		Limit:    int64(opts.Limits.OrDefault().Unit),
		Client:   true, TooEarly: client.TooEarly,
	}
	d.trace.in.Names, d.trace.out.Names = opts.Sensitive, opts.Sensitive
	if d.trace.to != nil {
		d.drive.Observe = d.trace.observe
	}
	d.Run()
	if d.cancel != nil {
		d.cancel()
	}
	if !d.IsOpen {
		return nil, d.failure()
	}
	if d.misgranted != nil {
		return nil, d.refuseGrant()
	}
	return d.openConn(), nil
}

// dial tries until one try comes to an end that is none of those worth another.
func (p Retry) dial(ctx context.Context, url string, opts *DialOptions) (*Conn, error) {
	p = p.orDefault()
	for try := 1; ; try++ {
		conn, err := dialOnce(ctx, url, opts)
		var failed *HandshakeError
		if err == nil || !errors.As(err, &failed) {
			return conn, err
		}
		failed.Tries = try
		if try > 1 {
			failed.text += fmt.Sprintf("; after %d tries", try)
		}
		if ctx.Err() != nil || p.last(try, failed) || !p.If(failed) {
			return nil, failed
		}
		if err := sleep(ctx, max(p.backoff(try), failed.RetryAfter)); err != nil {
			failed.Cause = errors.Join(err, failed.Cause)
			return nil, failed
		}
	}
}

// sleep waits for d, or returns why ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err() // of both at the same moment, too: another try would hide why this one failed
}

// refuseGrant ends an open connection whose server has granted compression otherwise than it was
// asked for.
func (d *dialer) refuseGrant() *HandshakeError {
	d.Link.CloseSocket()
	err := &HandshakeError{
		Leg: endpoint.LegOpening, Failure: fsm.FailureExtensionNotRequested,
		URL: d.client.URL().String(), Attempt: d.client.Attempt(), Path: d.path, Cause: d.misgranted,
		text: "khp: extension refused: the server granted " + deflate.Name +
			" otherwise than it was asked for: " + d.misgranted.Error(),
	}
	d.trace.tell(Event{Kind: EventFail, Err: err, Failure: err.Failure})
	return err
}

// dialer is one connect call.
type dialer struct {
	loop.Loop
	trace  trace
	opts   *DialOptions
	client *endpoint.Client
	drive  driver.Client
	path   []string           // URLs of all connections
	cancel context.CancelFunc // of the provider, if it was asked

	reach      reach.Dialer
	jar        cookies.Jar         // without a Jar unless there is one
	declined   error               // why the provider gave no credentials
	refusal    error               // of CheckRedirect
	opening    []HeaderField       // fields of the opening 101
	misgranted error               // of the opening handshake
	sessions   []extension.Session // of the extensions that the server has granted
}

func (d *dialer) Phase() string    { return d.client.Phase().String() }
func (d *dialer) Attempt() int     { return d.client.Attempt() }
func (d *dialer) Timer() fsm.Timer { return d.client.Timer() }

// Settled reports the body as written once the message with it is.
func (d *dialer) Settled() {
	if d.client.Phase() == fsm.ClientSendingBody && d.Next == nil {
		d.Next = func() { d.drive.BodyWritten(time.Now()) }
	}
}

// Dropped implements [driver.Host]: a late answer of a provider means nothing.
func (d *dialer) Dropped(error) {}

// Dial implements [driver.ClientHost].
func (d *dialer) Dial(c *driver.Conn, url wire.URL) {
	if d.client.Attempt() == 1 {
		d.reach.Begin(url)
	}
	d.path = append(d.path, url.String())
	d.Network = nil
	d.Next = func() { d.dial(c, url) }
}

// dial brings up TCP and TLS.
func (d *dialer) dial(c *driver.Conn, url wire.URL) {
	ctx, cancel := context.WithDeadline(d.Context, d.drive.Deadline())
	defer cancel()
	nc, refusal, err := d.reach.Dial(ctx, url, d.client.UsesProxyCredentials())
	if refusal != nil {
		err = (*ProxyError)(refusal)
	}
	if err == nil {
		var nonce [16]byte
		_, _ = rand.Read(nonce[:]) // never fails
		d.Connected(nc, c)
		c.Connected(time.Now(), d, nonce)
		return
	}
	d.Network = err
	if due, ok := ctx.Deadline(); ok && !time.Now().Before(due) {
		<-ctx.Done() // the socket may know of the deadline a little earlier
	}
	switch {
	case d.Context.Err() != nil:
		d.Abandon()
	case ctx.Err() != nil && (refusal == nil || refusal.Status == 0): // the deadline is told next
	case refusal != nil:
		c.Failed(time.Now(), err.Error())
	default:
		c.Failed(time.Now(), sock.Reason(err))
	}
}

// AskCredentials implements [driver.ClientHost]: it has the provider answer, beside the reading of
// the connection.
func (d *dialer) AskCredentials(q driver.Challenge) {
	provide := auth.PrepareCredentials(d.client, d.opts.Method, d.opts.Credentials)
	if d.cancel != nil {
		d.cancel()
	}
	ctx, cancel := context.WithTimeout(d.Context, d.opts.Timeouts.Of(fsm.TimerCredentials))
	d.cancel = cancel
	d.Later(func() func() {
		value, err := provide(ctx)
		return func() {
			switch {
			case err == nil:
				q.Credentials(time.Now(), value)
			// The deadline says so in a moment.
			case ctx.Err() == context.DeadlineExceeded && d.Context.Err() == nil:
			default:
				d.declined = err
				q.None(time.Now(), err.Error())
			}
		}
	})
}

// failure explains why there is no connection.
func (d *dialer) failure() error {
	if d.Failure == nil {
		return d.abandoned()
	}
	e := newHandshakeError(d.Failure)
	switch {
	case d.GaveUp != "":
		e.Cause = d.Context.Err()
	case e.Failure == fsm.FailureAuthRequired:
		e.Cause = d.declined
	case e.Failure == fsm.FailureRedirectRefused:
		e.Cause = d.refusal
	case e.Failure == fsm.FailureConnect, e.Failure == fsm.FailureTimeout,
		e.Failure == fsm.FailureConnectionLost, e.Failure == fsm.FailureMissingTerminator:
		e.Cause = d.Network
	}
	if proxy := proxyErrorOf(e.Cause); proxy != nil {
		e.RetryAfter = retryAfter(proxy.Header)
		if e.Failure == fsm.FailureTimeout {
			e.text += "; " + proxy.Error()
		}
	}
	e.noticePortal()
	return e
}

// abandoned is the error of an attempt that ctx ended.
func (d *dialer) abandoned() *HandshakeError {
	e := &HandshakeError{URL: d.client.URL().String(), Attempt: d.client.Attempt(), Path: d.path,
		Cause: d.Context.Err(), Leg: endpoint.LegExtended}
	switch d.GaveUp {
	case fsm.ClientIdle.String(), fsm.ClientConnecting.String(), fsm.ClientRedirecting.String():
		e.Leg = endpoint.LegConnect
	case fsm.ClientOpening.String(), fsm.ClientAwaitLogin.String():
		e.Leg = endpoint.LegOpening
	}
	why := e.Cause.Error()
	if cause := context.Cause(d.Context); cause != e.Cause {
		why += ": " + cause.Error()
	}
	e.text = "khp: given up: " + why + " [" + e.Leg.String() + ", " + e.URL + ", in phase " +
		d.GaveUp + "]"
	return e
}

// openConn makes the open connection the application's.
func (d *dialer) openConn() *Conn {
	result := d.client.Result()
	return newConn(d.Link, opened{
		watched: d.trace.opened(result.Subprotocol, result.Status),
		info: handshakeInfo{
			subprotocol:    result.Subprotocol,
			extensions:     result.Extensions,
			status:         result.Status,
			plain:          result.Plain,
			lateTerminator: d.client.State().LateTerminator(),
			unfragmented:   d.opts.Profile == Kaazing || d.opts.Profile == Auto,
			client:         &dialed{url: d.client.URL().String(), header: result.Header, opening: d.opening},
		},
		sessions: d.sessions, readLimit: d.opts.ReadLimit, keepAlive: d.opts.KeepAlive,
	})
}

// confirm makes sessions for the extensions that the server has granted.
func (d *dialer) confirm(granted []string) (err error) {
	if d.opts.Compression != nil && slices.ContainsFunc(granted, deflate.Is) {
		return errors.New(deflate.Name + " belongs to the opening handshake")
	}
	d.sessions, err = extension.Confirm(d.opts.Use, granted)
	return err
}

// cookies returns the Cookie field for a URL.
func (d *dialer) cookies(target string) string {
	first := d.client == nil || d.client.Attempt() == 0 || d.reach.IsOrigin(d.client.URL())
	return d.jar.Field(target, first)
}

// responded keeps the fields, cookies and grants of a response.
func (d *dialer) responded(leg endpoint.Leg, target string, status int, fields wire.Fields) {
	if leg == endpoint.LegOpening && status == http.StatusSwitchingProtocols {
		d.opening = make([]HeaderField, 0, len(fields))
		for _, f := range fields {
			d.opening = append(d.opening, HeaderField{Name: string(f.Name), Value: string(f.Value)})
		}
	}
	if leg == endpoint.LegOpening && d.opts.Compression != nil {
		d.Compression, d.misgranted = deflate.Granted(fields, d.opts.Compression.NoContextTakeover)
	}
	if d.opts.Jar != nil {
		d.jar.Keep(target, fields)
	}
}
