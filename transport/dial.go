package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/loop"
	"example.com/khp/transport/internal/proxy"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// Timeouts are the deadlines of a handshake.
type Timeouts = endpoint.Timeouts

// Profile says how a peer speaks KHP.
type Profile = fsm.Profile

// Profiles of a peer.
const (
	Spec    = fsm.ProfileSpec    // as the specification says; the default
	Kaazing = fsm.ProfileKaazing // as Kaazing gateways do: .kl=Y, N and R messages
	// Auto is for servers of which it is not known how they speak: the URL carries .kl=Y, the
	// request goes out at once, and a server that says N before its response is taken for a
	// gateway. It is wrong about a server that reads something else into .kl=Y, about a gateway
	// that says N only after its response (the application then gets N as its first message), and
	// it sends nothing that a gateway refuses, so a server that insists on such a field or a body
	// cannot be reached. Where the peer is known, say so.
	Auto = fsm.ProfileAuto
)

// DialOptions are what a client asks for and allows. The zero value, or nil, is right for a server
// that speaks KHP by the specification. A call to Dial only reads them.
type DialOptions struct {
	Profile      Profile     // 0 is Spec
	Subprotocols []string    // application subprotocols, in order of preference
	Extensions   []string    // elements of extensions as they are, such as "x-example;level=3"; they come before those of Use
	Header       http.Header // further fields of the extended request
	// OpeningHeader holds further fields of the opening request, such as Origin or Cookie.
	OpeningHeader http.Header
	Sensitive     []string                 // names of fields of both headers that only the first origin may see; Cookie always is
	Credentials   auth.CredentialsProvider // asked when the server challenges; nil fails with authentication required
	Method        string                   // of the extended request; "" is GET
	Body          []byte                   // of the extended request, sent after 100 Continue

	MaxRedirects   int                     // follow-up connections, at most 20; 0 is 5, negative is none
	Redirects      endpoint.RedirectPolicy // which targets are followed; the zero value allows any host
	AllowDowngrade bool                    // follow redirects from wss to ws
	Upgrade        bool                    // connect with wss after a 426 that asks for TLS; that is another origin, so credentials and cookies stay behind
	// PlainFallback opens a plain WebSocket if the server does not select KHP: there is then no
	// extended handshake and no authentication by it. KHP is offered last, so that a server that
	// selects the first subprotocol of any list does not select KHP without speaking it.
	PlainFallback      bool
	PlainOnly          bool // open a plain WebSocket: KHP is not offered; options of the extended handshake are refused
	TerminatorOptional bool // accept responses without the empty binary message, for gateways reached without .kl=Y

	// TLSConfig is used for wss; nil uses the system's roots. Its ServerName is for the first host,
	// its client certificates are for the first origin only, and the protocol negotiated is
	// http/1.1 whatever NextProtos says.
	TLSConfig *tls.Config
	// NetDial makes TCP connections, to the proxy if there is one; nil uses net.Dialer. It must
	// return when ctx ends.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxy names the HTTP proxy to a server, nil for none: http.ProxyFromEnvironment, or
	// http.ProxyURL of one. The request that it sees holds only the scheme, http for ws and https
	// for wss, and the host. The userinfo of the proxy's URL answers the proxy's challenges, Basic
	// or Digest, and nobody else's. A nil Proxy uses none.
	Proxy    func(*http.Request) (*url.URL, error)
	Retry    *Retry // tries again what may succeed later; nil tries once
	Timeouts Timeouts
	// KeepAlive finds out whether the server is still there: if nothing has arrived for half of it
	// a Ping is sent, and if nothing at all arrives within the whole of it the connection ends with
	// an [*InactivityError]. 0 does not ask.
	KeepAlive time.Duration
	Limits    wire.Limits // of the handshake
	ReadLimit int64       // of a message after it, in bytes; 0 is DefaultReadLimit
	Observer  Observer    // is told about the handshake; may be nil

	// Use lists application-class extensions that are asked for, in order of preference, and run if
	// the server grants them. Where Extensions has an element of the same name, that is what is
	// asked for. Extensions that Use does not know are the caller's to run.
	Use []extension.Extension
}

// Dial connects to url, shakes hands and returns the open connection. It follows redirects and
// answers challenges as the options say.
//
// url is ws://host/path or wss://host/path; http and https are taken for them. When ctx ends before
// the connection is open, the attempt is given up at once; afterwards ctx has no meaning for the
// connection.
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
	d := &dialer{opts: opts}
	cfg := opts.config()
	cfg.HasProxyLogin = opts.hasProxyLogin(url)
	cfg.ConfirmExtensions = d.confirm
	client, err := endpoint.NewClient(url, cfg)
	if err != nil {
		return nil, clientError(err)
	}
	d.client = client
	d.proxy = proxy.Dialer{TCP: opts.dialTCP, TLS: opts.TLSConfig, Limits: opts.Limits.OrDefault()}
	d.drive.Reset(client, d)
	d.drive.ReportsBody = true
	d.trace = newTrace(opts.Observer, d, false)
	d.Config = loop.Config{
		Context: ctx, Driver: &d.drive, Side: d, Trace: &d.trace, Timeouts: &opts.Timeouts, Limit: int64(opts.Limits.OrDefault().Unit),
		Client: true, TooEarly: client.TooEarly,
	}
	d.trace.in.Names, d.trace.out.Names = opts.Sensitive, opts.Sensitive
	if opts.Observer != nil {
		d.drive.Observe = d.trace.observe
	}
	d.Run()
	if d.cancel != nil {
		d.cancel()
	}
	if !d.IsOpen {
		return nil, d.failure()
	}
	return d.openConn(), nil
}

// config makes the endpoint's configuration of the options.
func (o *DialOptions) config() endpoint.ClientConfig {
	m := fsm.DefaultClientConfig()
	if o.Profile != 0 {
		m.Profile = o.Profile
	}
	switch {
	case o.MaxRedirects > 0:
		m.MaxRedirects = uint8(o.MaxRedirects)
	case o.MaxRedirects < 0:
		m.NoRedirects = true
	}
	m.TerminatorOptional, m.PlainFallback, m.Upgrade = o.TerminatorOptional, o.PlainFallback || o.PlainOnly, o.Upgrade
	return endpoint.ClientConfig{
		Machine: m, Limits: o.Limits, Timeouts: o.Timeouts, Subprotocols: o.Subprotocols, Extensions: extension.Offers(o.Use, o.Extensions), Header: field.List(o.Header),
		OpeningHeader: field.List(o.OpeningHeader), Sensitive: o.Sensitive, Method: o.Method, Body: o.Body, PlainOnly: o.PlainOnly, HasCredentials: o.Credentials != nil,
		Redirects: o.Redirects, AllowDowngrade: o.AllowDowngrade, ToASCII: idna.Lookup.ToASCII,
	}
}

// dialer is one connect call.
type dialer struct {
	loop.Loop
	trace  trace
	opts   *DialOptions
	client *endpoint.Client
	drive  driver.Client
	origin wire.URL           // of the first connection: credentials go nowhere else
	path   []string           // URLs of all connections
	cancel context.CancelFunc // of the provider, if it was asked

	proxy    proxy.Dialer
	declined error               // why the provider gave no credentials
	sessions []extension.Session // of the extensions that the server has granted
}

func (d *dialer) Begin()           { d.drive.Connect(time.Now()) }
func (d *dialer) Phase() string    { return d.client.Phase().String() }
func (d *dialer) Attempt() int     { return d.client.Attempt() }
func (d *dialer) Timer() fsm.Timer { return d.client.Timer() }

// Settled reports the body as written once the message with it is.
func (d *dialer) Settled() {
	if d.client.Phase() == fsm.ClientSendingBody && d.Next == nil {
		d.Next = func() { d.drive.BodyWritten(time.Now()) }
	}
}

// Dropped implements [driver.Host]: what a provider says too late means nothing.
func (d *dialer) Dropped(error) {}

// Dial implements [driver.ClientHost].
func (d *dialer) Dial(c *driver.Conn, url wire.URL) {
	if d.client.Attempt() == 1 {
		d.origin = url
	}
	d.path = append(d.path, url.String())
	d.Network = nil
	d.Next = func() { d.dial(c, url) }
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
			case ctx.Err() == context.DeadlineExceeded && d.Context.Err() == nil: // the deadline says so in a moment
			default:
				d.declined = err
				q.None(time.Now(), err.Error())
			}
		}
	})
}

// openConn makes the open connection the application's.
func (d *dialer) openConn() *Conn {
	result := d.client.Result()
	limit := d.opts.ReadLimit
	if limit <= 0 {
		limit = DefaultReadLimit
	}
	d.Link.SetLimit(limit)
	d.trace.opened(result.Subprotocol, result.Status)
	c := newConn(d.Link, handshakeInfo{
		subprotocol: result.Subprotocol, extensions: result.Extensions, status: result.Status, header: field.Header(result.Header), url: d.client.URL().String(),
		plain: result.Plain, lateTerminator: d.client.State().LateTerminator(),
	}, d.sessions...)
	c.keepAlive(d.opts.KeepAlive, d.sessions)
	return c
}
