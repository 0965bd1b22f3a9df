package adapter

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/field"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// ClientOptions configures a client. The zero value, or nil, is right for a server that speaks KHP
// by the specification.
type ClientOptions struct {
	Profile transport.Profile // 0 is transport.Spec
	// Config has the rest: subprotocols, extensions, fields, redirect policy, limits, timeouts. Its
	// Machine may stay zero; HasCredentials follows from Credentials. OpeningExtensions must be
	// empty: the library negotiates its own.
	Config endpoint.ClientConfig
	// Asked when the server challenges; nil fails with authentication required.
	Credentials auth.CredentialsProvider
	// Of a message after the handshake, in bytes; 0 is transport.DefaultReadLimit.
	ReadLimit int64
}

// Target is one connection that a client wants.
type Target struct {
	URL          string      // ws or wss
	Subprotocols []string    // to offer, in this order
	Header       http.Header // further fields of the opening request
	SameOrigin   bool        // as the first connection's: secrets may be sent
	sameHost     bool
}

// TLSConfig returns the part of cfg that is meant for the target: a server name is for the first
// host only, client certificates are for the first origin. A nil cfg stays nil, and cfg is not
// changed.
func (t *Target) TLSConfig(cfg *tls.Config) *tls.Config {
	if cfg == nil || t.SameOrigin {
		return cfg
	}
	cfg = cfg.Clone()
	cfg.Certificates, cfg.GetClientCertificate = nil, nil
	if !t.sameHost {
		cfg.ServerName = ""
	}
	return cfg
}

// Client connects to url with dial, which opens one WebSocket connection and returns the answer to
// the opening request, also if that is not 101. It follows no redirect itself. Client shakes hands
// on the connection, and does so again wherever it is redirected.
//
// When ctx ends before the connection is open the attempt is given up; afterwards ctx has no
// meaning. A failure is a [*transport.HandshakeError], and no connection is left. Options that
// cannot be sent are another error.
func Client[C Conn](
	ctx context.Context, url string, opts *ClientOptions,
	dial func(context.Context, *Target) (C, *http.Response, error),
) (C, *Result, error) {
	var conn, none C
	if opts == nil {
		opts = &ClientOptions{}
	}
	c := &client{dial: func(ctx context.Context, t *Target) (_ Conn, resp *http.Response, err error) {
		conn, resp, err = dial(ctx, t)
		return conn, resp, err
	}}
	if err := c.prepare(ctx, url, opts); err != nil {
		return none, nil, err
	}
	c.run()
	c.cancel()
	if err := c.outcome(c.cause()); err != nil {
		return none, nil, err
	}
	limit := opts.ReadLimit
	if limit <= 0 {
		limit = transport.DefaultReadLimit
	}
	conn.SetReadLimit(limit)
	return conn, c.result(), nil
}

// client is one connect call.
type client struct {
	loop
	client *endpoint.Client
	drive  *driver.Client
	opts   *ClientOptions
	config endpoint.ClientConfig
	origin wire.URL // of the first connection: credentials go nowhere else
	dial   func(context.Context, *Target) (Conn, *http.Response, error)
	cancel context.CancelFunc // of the provider in progress

	declined error // why the provider gave no credentials
}

func (c *client) prepare(ctx context.Context, url string, opts *ClientOptions) (err error) {
	c.opts, c.config, c.cancel = opts, opts.Config, func() {}
	if opts.ReadLimit < 0 {
		return fmt.Errorf("adapter: ReadLimit is %d; use a positive number of bytes, or 0 for %d",
			opts.ReadLimit, transport.DefaultReadLimit)
	}
	if len(c.config.OpeningExtensions) > 0 {
		return fmt.Errorf("adapter: the library negotiates the extensions of the opening handshake; " +
			"leave OpeningExtensions empty")
	}
	if opts.Profile != 0 {
		c.config.Machine.Profile = opts.Profile
	}
	if c.config.ToASCII == nil {
		c.config.ToASCII = idna.Lookup.ToASCII
	}
	c.config.HasCredentials = opts.Credentials != nil
	if c.client, err = endpoint.NewClient(url, c.config); err != nil {
		if _, ok := err.(*endpoint.HandshakeError); ok {
			return transport.NewHandshakeError(err, nil)
		}
		return err
	}
	c.drive = driver.NewClient(c.client, c)
	c.loop = loop{ctx: ctx, driver: c.drive, side: c, timeouts: &opts.Config.Timeouts,
		limit: int64(c.config.Limits.OrDefault().Unit)}
	return nil
}

func (c *client) begin()        { c.drive.Connect(time.Now()) }
func (c *client) patient() bool { return false }
func (c *client) settled()      {}

// Dropped implements [driver.Host]: a late answer of a provider means nothing.
func (c *client) Dropped(error) {}

// Dial implements [driver.ClientHost].
func (c *client) Dial(conn *driver.Conn, url wire.URL) {
	if c.client.Attempt() == 1 {
		c.origin = url
	}
	c.net = nil
	c.next = func() { c.connect(conn, url) }
}

// connect opens a WebSocket and reports the outcome to the driver.
func (c *client) connect(to *driver.Conn, url wire.URL) {
	due := c.drive.Deadline()
	ctx, cancel := context.WithDeadline(c.ctx, due)
	defer cancel()
	target := &Target{
		URL: url.String(), Subprotocols: c.client.Offer(), Header: field.Header(c.client.OpeningFields()),
		sameHost: url.Host == c.origin.Host, SameOrigin: url.SameOrigin(c.origin),
	}
	conn, socket, resp, err := watch(ctx, c.dial, target)
	if err != nil {
		c.net = err
	}
	if !time.Now().Before(due) {
		<-ctx.Done() // a socket may know of the deadline a little earlier
	}
	// Looked at once: a connection is either attached or closed.
	now, late := time.Now(), ctx.Err() != nil
	if late && err == nil {
		_ = conn.Close()
	}
	switch {
	case err == nil && !late:
		c.attach(conn, socket, to)
	case c.ctx.Err() != nil:
		c.giveUp()
		return
	case late: // the deadline is told next
		return
	case resp == nil && socket == nil:
		to.Failed(now, err.Error())
		return
	}
	c.told = to
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails; the library has its own
	to.Connected(now, c, nonce)
	switch {
	case err == nil:
		to.Opened(now, resp.Header.Get("Sec-WebSocket-Protocol"),
			resp.Header.Values("Sec-WebSocket-Extensions"), resp.Header.Get("Sec-WebSocket-Accept"))
	case resp == nil:
		c.lost(err)
	case resp.StatusCode == http.StatusSwitchingProtocols:
		to.Violation(now, fsm.FailureOpening, err.Error())
	default:
		to.OpeningRefused(now, resp.StatusCode, field.List(resp.Header),
			readBody(resp, c.config.Limits.OrDefault().Body))
	}
}

// AskCredentials implements [driver.ClientHost]: it has the provider answer, beside the connection.
func (c *client) AskCredentials(q driver.Challenge) {
	c.cancel()
	ctx, cancel := context.WithTimeout(c.ctx, c.config.Timeouts.Of(fsm.TimerCredentials))
	c.cancel = cancel
	provide := auth.PrepareCredentials(c.client, c.config.Method, c.opts.Credentials)
	c.later(func() func() {
		value, err := provide(ctx)
		return func() {
			switch {
			case err == nil:
				q.Credentials(time.Now(), value)
			// The deadline says so in a moment.
			case ctx.Err() == context.DeadlineExceeded && c.ctx.Err() == nil:
			default:
				c.declined = err
				q.None(time.Now(), err.Error())
			}
		}
	})
}

// cause is the error of the network or of the provider behind a failure.
func (c *client) cause() error {
	switch failed, ok := c.err.(*endpoint.HandshakeError); {
	case !ok:
	case failed.Failure == fsm.FailureAuthRequired:
		return c.declined
	case failed.Failure == fsm.FailureConnect, failed.Failure == fsm.FailureConnectionLost,
		failed.Failure == fsm.FailureMissingTerminator:
		return c.net
	}
	return nil
}

func (c *client) result() *Result {
	r := c.client.Result()
	return &Result{
		Status:      r.Status,
		Subprotocol: r.Subprotocol,
		Extensions:  r.Extensions,
		Header:      field.Header(r.Header),
		Body:        r.Body,
		URL:         c.client.URL().String(),
		Plain:       r.Plain, LateTerminator: c.client.State().LateTerminator(),
	}
}
