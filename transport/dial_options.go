package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/field"

	format "example.com/khp/transport/trace"
	"example.com/khp/wire"
	"golang.org/x/net/http/httpproxy"
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
	// Auto is for servers whose profile is not known: the URL carries .kl=Y, the request goes out at
	// once, and a server that sends N before its response is taken for a gateway. Auto fails with a
	// server that gives .kl=Y another meaning; with a gateway that sends N only after its response, N
	// becomes the application's first message; and since Auto sends nothing that a gateway refuses, it
	// cannot reach a server that insists on such a field or a body. Name the profile where it is
	// known.
	Auto = fsm.ProfileAuto
)

// Compression is permessage-deflate (RFC 7692): if both sides want it, messages of 64 bytes and
// more are sent compressed, and compressed messages are received. The read limit counts for the
// inflated message. Compression costs time for each message and memory for each connection, 64 KiB
// unless NoContextTakeover is set. If a message holds both a secret and text that a stranger
// chooses, its length may betray the secret. Kaazing gateways and clients have no compression. The
// opening handshake agrees on it: [Conn.OpeningExtensions] has the result on both sides.
type Compression struct {
	NoContextTakeover bool // messages do not refer to those before them
}

// DialOptions configures a client. The zero value, or nil, is right for a server that speaks KHP by
// the specification. A call to Dial only reads them.
type DialOptions struct {
	Profile      Profile  // 0 is Spec
	Subprotocols []string // application subprotocols, in order of preference
	// Elements of extensions as they are, such as "x-example;level=3"; they come before those of
	// Use.
	Extensions []string
	Header     http.Header // further fields of the extended request
	// OpeningHeader holds further fields of the opening request, such as Origin or Cookie.
	OpeningHeader http.Header
	// Jar supplies each opening request with its cookies for the URL, with http in the place of ws,
	// and takes those that responses set, of both handshakes. They come behind a Cookie of
	// OpeningHeader, in one field. nil sends none but those.
	Jar http.CookieJar
	// Names of fields of both headers that only the first origin may see; Cookie always is.
	Sensitive []string
	// Asked when the server challenges; nil fails with authentication required.
	Credentials auth.CredentialsProvider
	Method      string // of the extended request, also behind a redirect; "" is GET
	Body        []byte // of the extended request, sent after 100 Continue

	// Follow-up connections, at most 20; 0 is 5, negative is none.
	MaxRedirects int
	// Which targets are followed; the zero value allows any host.
	Redirects      endpoint.RedirectPolicy
	AllowDowngrade bool // follow redirects from wss to ws
	// CheckRedirect is asked about each redirect that the other options allow: via are the URLs of
	// all connections so far, the first one first, and to is where the next one would go. An error
	// refuses it: the [*HandshakeError] holds it as the cause of fsm.FailureRedirectRefused. nil
	// refuses none. The upgrade after a 426 is no redirect.
	CheckRedirect func(via []string, to string) error
	// Connect with wss after a 426 that asks for TLS; that is another origin, so credentials and
	// cookies stay behind.
	Upgrade bool
	// PlainFallback opens a plain WebSocket if the server does not select KHP: there is then no
	// extended handshake and no authentication by it. KHP is offered last, so that a server that
	// selects the first subprotocol of any list does not select KHP without speaking it.
	PlainFallback bool
	// Open a plain WebSocket: KHP is not offered; options of the extended handshake are refused.
	PlainOnly bool
	// Accept responses without the empty binary message, for gateways reached without .kl=Y.
	TerminatorOptional bool

	// TLSConfig is used for wss; nil uses the system's roots. Its ServerName is for the first host,
	// its client certificates are for the first origin only, and the negotiated protocol is http/1.1,
	// whatever the NextProtos.
	TLSConfig *tls.Config
	// NetDial makes TCP connections, to the proxy if there is one; nil uses net.Dialer. It must
	// return when ctx ends.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxy names the proxy to a server, nil for none: [ProxyFromEnvironment], or http.ProxyURL of
	// one, with http, https or socks5. A SOCKS proxy resolves the server's name. The request that
	// it sees holds only the scheme, http for ws and https for wss, and the host. The userinfo of
	// the proxy's URL answers the proxy's challenges, Basic or Digest, and no others. A nil Proxy
	// uses none.
	Proxy func(*http.Request) (*url.URL, error)
	// Compression asks for permessage-deflate in the opening handshake; nil asks for none. A server
	// need not grant it.
	Compression *Compression
	Retry       *Retry // nil tries once
	Timeouts    Timeouts
	// KeepAlive finds out whether the server is still there: if nothing has arrived for half of it a
	// Ping is sent, and if nothing at all arrives within the whole of it the connection ends with an
	// [*InactivityError]. 0 does not check.
	KeepAlive time.Duration
	Limits    wire.Limits // of the handshake
	ReadLimit int64       // of a message after it, in bytes; 0 is DefaultReadLimit
	Observer  Observer    // is told about the handshake; may be nil

	// Use lists application-class extensions that are asked for, in order of preference, and run if
	// the server grants them. An element of Extensions with the same name replaces the parameters of
	// the request. The caller runs extensions that Use does not list.
	Use []extension.Extension
}

// Retry says how often and how patiently [Dial] tries again, each time from the start. Without If,
// only failures for which [HandshakeError.Temporary] is true are tried again, and of refusals by a
// 4xx status only 408 and 429: never a faulty request, and never refused credentials.
//
// The wait before the second try is between half of MinBackoff and all of it, and doubles from try
// to try up to MaxBackoff. It is never shorter than Retry-After; if the server asks for more than
// MaxBackoff, Dial gives up unless Attempts is negative. The end of Dial's context ends everything.
type Retry struct {
	// Tries, the first included; 0 is 3, negative is no limit: until the context ends.
	Attempts   int
	MinBackoff time.Duration // 0 is half a second
	MaxBackoff time.Duration // 0 is 30 seconds
	// Jitter returns a number from 0 up to but not including 1, as rand.Float64, which nil is,
	// does: it picks the wait within its range, so that clients that were refused together do not
	// come back together.
	Jitter func() float64
	// If reports whether a failure is worth another try; nil is the rule above. If may begin with
	// [HandshakeError.Temporary]. Dial does not ask after the last of the Attempts, nor once the
	// context has ended.
	If func(*HandshakeError) bool
}

// last reports whether no try follows this one, for any failure.
func (p Retry) last(try int, e *HandshakeError) bool {
	return p.Attempts > 0 && (try >= p.Attempts || e.RetryAfter > p.MaxBackoff)
}

func (p Retry) orDefault() Retry {
	if p.Attempts == 0 {
		p.Attempts = 3
	}
	if p.If == nil {
		p.If = retryable
	}
	if p.MinBackoff <= 0 {
		p.MinBackoff = 500 * time.Millisecond
	}
	if p.MaxBackoff <= 0 {
		p.MaxBackoff = 30 * time.Second
	}
	if p.Jitter == nil {
		p.Jitter = rand.Float64
	}
	return p
}

// backoff returns how long to wait after the given try.
//
//khp:impl WSP-CLOSE-05
func (p Retry) backoff(try int) time.Duration {
	d := min(p.MinBackoff, p.MaxBackoff)
	for ; try > 1 && d < p.MaxBackoff; try-- {
		d += min(d, p.MaxBackoff-d)
	}
	return d/2 + time.Duration(p.Jitter()*float64(d-d/2))
}

// retryable is the rule of a Retry without If.
//
//khp:impl KHP-STATUS-408-02 RFC2068-408-02
func retryable(e *HandshakeError) bool {
	mistaken := e.Failure == fsm.FailureStatus && e.Status/100 == 4 && !busy(e.Status)
	return e.Temporary() && !mistaken
}

// ProxyFromEnvironment is a [DialOptions].Proxy that reads the variables of
// [http.ProxyFromEnvironment] on each call, and ALL_PROXY or all_proxy where HTTP_PROXY and
// HTTPS_PROXY name no proxy. NO_PROXY counts for all of them.
func ProxyFromEnvironment(r *http.Request) (*url.URL, error) {
	if r == nil || r.URL == nil {
		return nil, errors.New("transport: ProxyFromEnvironment needs a request with a URL")
	}
	cfg := httpproxy.FromEnvironment()
	all := cmp.Or(os.Getenv("ALL_PROXY"), os.Getenv("all_proxy"))
	cfg.HTTPProxy, cfg.HTTPSProxy = cmp.Or(cfg.HTTPProxy, all), cmp.Or(cfg.HTTPSProxy, all)
	return cfg.ProxyFunc()(r.URL)
}

// maxRedirects is the largest budget of redirects. [AMB-61]
const maxRedirects = 20

// check refuses invalid options; the endpoint refuses the others.
func (o *DialOptions) check() error {
	if o.MaxRedirects > maxRedirects {
		return errors.New("transport: MaxRedirects is " + strconv.Itoa(o.MaxRedirects) +
			"; use at most " + strconv.Itoa(maxRedirects) + ", or a negative number for none")
	}
	if o.KeepAlive < 0 {
		return errors.New("transport: KeepAlive is " + o.KeepAlive.String() +
			"; use a positive duration, or 0 for none")
	}
	return checkReadLimit(o.ReadLimit)
}

func checkReadLimit(n int64) error {
	if n < 0 {
		return errors.New("transport: ReadLimit is " + strconv.FormatInt(n, 10) +
			"; use a positive number of bytes, or 0 for " + strconv.Itoa(DefaultReadLimit))
	}
	return nil
}

// String sums up the options without the values of secret fields and without the body.
func (o DialOptions) String() string {
	return fmt.Sprintf("transport.DialOptions{Profile: %v, Subprotocols: %q, Extensions: %q, "+
		"Header: %s, OpeningHeader: %s, Credentials: %t, Method: %q, Body: %d bytes}",
		o.Profile, o.Subprotocols, o.Extensions, showHeader(o.Header, o.Sensitive),
		showHeader(o.OpeningHeader, o.Sensitive), o.Credentials != nil, o.Method, len(o.Body))
}

// LogValue is String, for log/slog.
func (o DialOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (o DialOptions) Format(s fmt.State, verb rune) { field.Show(s, verb, o.String()) }

// MarshalText is for encoders of logs.
func (o DialOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// showHeader writes fields as they are sent, without the values that are secrets.
func showHeader(h http.Header, sensitive []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, f := range field.List(h) {
		if i > 0 {
			b.WriteString("; ")
		}
		if slices.ContainsFunc(sensitive, func(name string) bool {
			return strings.EqualFold(name, f.Name)
		}) {
			f.Value = format.Redacted
		}
		b.WriteString(f.String())
	}
	b.WriteByte(']')
	return b.String()
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
	m.TerminatorOptional, m.PlainFallback, m.Upgrade = o.TerminatorOptional, o.PlainFallback ||
		o.PlainOnly, o.Upgrade
	return endpoint.ClientConfig{
		Machine:        m,
		Limits:         o.Limits,
		Timeouts:       o.Timeouts,
		Subprotocols:   o.Subprotocols,
		Extensions:     extension.Offers(o.Use, o.Extensions),
		Header:         field.List(o.Header),
		OpeningHeader:  field.List(o.OpeningHeader),
		Sensitive:      o.Sensitive,
		Method:         o.Method,
		Body:           o.Body,
		PlainOnly:      o.PlainOnly,
		HasCredentials: o.Credentials != nil,
		Redirects:      o.Redirects,
		AllowDowngrade: o.AllowDowngrade,
		CheckRedirect:  o.CheckRedirect,
		ToASCII:        idna.Lookup.ToASCII,
	}
}
