package transport

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/proxy"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/idna"
)

// dial brings up TCP and TLS.
func (d *dialer) dial(c *driver.Conn, url wire.URL) {
	ctx, cancel := context.WithDeadline(d.Context, d.drive.Deadline())
	defer cancel()
	nc, err := d.dialNet(ctx, url)
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
	case ctx.Err() != nil && !refused(err): // the deadline is told next
	default:
		c.Failed(time.Now(), networkText(err))
	}
}

// dialNet connects to url, through the proxy if there is one.
func (d *dialer) dialNet(ctx context.Context, url wire.URL) (net.Conn, error) {
	way, err := d.opts.proxyFor(url)
	if err != nil {
		return nil, err
	}
	var nc net.Conn
	if way == nil {
		nc, err = d.opts.dialTCP(ctx, d.address(url))
	} else {
		nc, err = d.dialThrough(ctx, way, url.HostPort())
	}
	if err != nil || !url.Secure {
		return nc, err
	}
	return sock.StartTLS(ctx, nc, d.tlsConfig(url))
}

// address returns where to connect to for url, with the zone that the caller's URL has.
func (d *dialer) address(url wire.URL) string {
	host, port, err := net.SplitHostPort(url.HostPort())
	if err != nil || d.zone == "" || url.Host != d.origin.Host {
		return url.HostPort()
	}
	return net.JoinHostPort(host+"%"+d.zone, port)
}

// cutZone takes the zone from the IPv6 address of a URL. It matters to connecting only: servers are
// not shown it, and cannot name one. [RFC 6874 2, 4]
func cutZone(rawURL string) (without, zone string) {
	scheme, rest, _ := strings.Cut(rawURL, "://[")
	addr, rest, found := strings.Cut(rest, "]")
	if addr, zone, ok := strings.Cut(addr, "%25"); ok && found && strings.Contains(addr, ":") {
		if zone, err := url.PathUnescape(zone); err == nil && zone != "" && !strings.ContainsAny(zone, "%/@[]") {
			return scheme + "://[" + addr + "]" + rest, zone
		}
	}
	return rawURL, ""
}

func (o *DialOptions) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	dial := o.NetDial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return dial(ctx, "tcp", addr)
}

// tlsConfig is the caller's configuration, as far as it is meant for url.
func (d *dialer) tlsConfig(url wire.URL) *tls.Config {
	cfg := d.opts.TLSConfig.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	if cfg.ServerName == "" || url.Host != d.origin.Host {
		cfg.ServerName, _, _ = net.SplitHostPort(url.HostPort())
	}
	if !url.SameOrigin(d.origin) {
		cfg.Certificates, cfg.GetClientCertificate = nil, nil
	}
	cfg.NextProtos = []string{"http/1.1"}
	return cfg
}

// proxyFor returns the proxy on the way to u, nil if there is none.
func (o *DialOptions) proxyFor(u wire.URL) (*url.URL, error) {
	if o.Proxy == nil {
		return nil, nil
	}
	way, err := proxy.Find(o.Proxy, u)
	if err == nil {
		return way, nil
	}
	e := &ProxyError{Target: u.HostPort(), Err: err}
	if way != nil {
		e.Proxy = proxy.Name(way)
	}
	return nil, e
}

// hasProxyLogin reports whether there is a proxy on the way to rawURL with something to log in
// with.
func (o *DialOptions) hasProxyLogin(rawURL string) bool {
	if o.Proxy == nil {
		return false
	}
	u, err := wire.ParseURL(rawURL, idna.Lookup.ToASCII)
	if err != nil {
		return false
	}
	way, err := o.proxyFor(u)
	return err == nil && way != nil && way.User != nil && !proxy.IsSOCKS(way)
}

// ProxyFromEnvironment is a [DialOptions].Proxy that reads what [http.ProxyFromEnvironment] does, on
// each call, and ALL_PROXY or all_proxy for what HTTP_PROXY and HTTPS_PROXY leave open. NO_PROXY
// counts for all of them.
func ProxyFromEnvironment(r *http.Request) (*url.URL, error) {
	if r == nil || r.URL == nil {
		return nil, errors.New("transport: ProxyFromEnvironment needs a request with a URL")
	}
	cfg := httpproxy.FromEnvironment()
	all := cmp.Or(os.Getenv("ALL_PROXY"), os.Getenv("all_proxy"))
	cfg.HTTPProxy, cfg.HTTPSProxy = cmp.Or(cfg.HTTPProxy, all), cmp.Or(cfg.HTTPSProxy, all)
	return cfg.ProxyFunc()(r.URL)
}

// dialThrough has a proxy connect to addr.
func (d *dialer) dialThrough(ctx context.Context, way *url.URL, addr string) (net.Conn, error) {
	d.proxy.Login = d.client.UsesProxyCredentials()
	nc, refusal := d.proxy.Dial(ctx, way, addr)
	if refusal != nil {
		return nil, &ProxyError{
			Proxy: proxy.Name(way), Target: addr, Status: refusal.Status, Header: refusal.Header, Body: refusal.Body, Err: refusal.Err,
		}
	}
	return nc, nil
}

// networkText says in words why there is no connection.
func networkText(err error) string {
	if e := proxyErrorOf(err); e != nil {
		return e.Error()
	}
	return sock.Reason(err)
}

// ProxyError is why a proxy made no connection: the cause of a [*HandshakeError] with
// fsm.FailureConnect or fsm.FailureTimeout. It never shows the user and password of the proxy.
type ProxyError struct {
	Proxy  string      // scheme://host:port; "" if the proxy to use could not be found out
	Target string      // host:port it was asked for
	Status int         // of its answer, 0 if there was none
	Header http.Header // its fields
	Body   []byte      // its body, as far as it came, bounded by DialOptions.Limits; treat as untrusted
	Err    error       // network error, or why a challenge of the proxy was not answered; may be nil
}

// Error names the proxy and says what it did.
func (e *ProxyError) Error() string {
	s := "proxy " + e.Proxy
	switch {
	case e.Proxy == "":
		s = "no proxy found"
	case e.Status != 0:
		s += fmt.Sprintf(" refused to connect to %s with %d", e.Target, e.Status)
		if text := http.StatusText(e.Status); text != "" {
			s += " " + text
		}
	default:
		s += " did not connect to " + e.Target
	}
	if e.Err != nil {
		s += ": " + sock.Reason(e.Err)
	} else if e.Status == http.StatusProxyAuthRequired {
		s += ": its credentials are refused"
	}
	return s
}

// Is makes errors.Is(err, fsm.FailureConnect) work.
func (e *ProxyError) Is(target error) bool { return target == fsm.FailureConnect }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *ProxyError) As(target any) bool { return asFailure(fsm.FailureConnect, target) }

// Unwrap returns Err.
func (e *ProxyError) Unwrap() error { return e.Err }

// proxyErrorOf finds a ProxyError behind err, nil if there is none.
func proxyErrorOf(err error) *ProxyError {
	var e *ProxyError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// refused reports whether a proxy's answer is behind err, whether or not all of it came in time.
func refused(err error) bool {
	e := proxyErrorOf(err)
	return e != nil && e.Status != 0
}

// GoString is the message, without the fields and the body of the proxy's answer.
func (e ProxyError) GoString() string { return fmt.Sprintf("transport.ProxyError(%q)", e.Error()) }

// LogValue is the message, for log/slog.
func (e ProxyError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Format writes the same for every verb, also for one that is wrong for it.
func (e ProxyError) Format(s fmt.State, verb rune) { field.Show(s, verb, e.Error()) }

// MarshalText is for encoders of logs.
func (e ProxyError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }
