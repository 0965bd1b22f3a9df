package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// maxProxyLogins is how often a proxy is answered on the way to one server: once, and again if a nonce was too old.
const maxProxyLogins = 2

// proxyFor returns the proxy on the way to u, nil if there is none.
func (o *DialOptions) proxyFor(u wire.URL) (*url.URL, error) {
	if o.Proxy == nil {
		return nil, nil
	}
	target := &url.URL{Scheme: "http", Host: u.HostField()}
	if u.Secure {
		target.Scheme = "https"
	}
	proxy, err := o.Proxy(&http.Request{Method: http.MethodGet, URL: target, Host: target.Host, Header: http.Header{}})
	switch {
	case err != nil && strings.Contains(err.Error(), "@"): // it may quote the URL of the proxy with its password
		err = errors.New("its URL cannot be used")
		fallthrough
	case err != nil:
		return nil, &ProxyError{Target: u.HostPort(), Err: err}
	case proxy != nil && (proxy.Scheme != "http" && proxy.Scheme != "https" || proxy.Hostname() == ""):
		return nil, &ProxyError{Proxy: proxyName(proxy), Target: u.HostPort(), Err: errors.New("not of the form http://host:port or https://host:port; for others set NetDial")}
	}
	return proxy, nil
}

// hasProxyLogin reports whether there is a proxy on the way to rawURL with something to log in with.
func (o *DialOptions) hasProxyLogin(rawURL string) bool {
	if o.Proxy == nil {
		return false
	}
	u, err := wire.ParseURL(rawURL, idna.Lookup.ToASCII)
	if err != nil {
		return false
	}
	proxy, err := o.proxyFor(u)
	return err == nil && proxy != nil && proxy.User != nil
}

// proxyName is the proxy without what only the proxy may know.
func proxyName(proxy *url.URL) string { return proxy.Scheme + "://" + proxy.Host }

func userOf(proxy *url.URL) (user, password string) {
	password, _ = proxy.User.Password()
	return proxy.User.Username(), password
}

// dialThrough has the proxy connect to addr. It answers the proxy's challenges, each on a new connection. Without a challenge the proxy gets Basic
// credentials only if somebody behind it has answered 407, which a proxy that itself wants none has no use for.
//
//khp:impl KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
func (d *dialer) dialThrough(ctx context.Context, proxy *url.URL, addr string) (net.Conn, error) {
	var login string
	if d.client.UsesProxyCredentials() && !d.challenged && proxy.User != nil {
		user, password := userOf(proxy)
		basic, _ := wire.AppendBasic(nil, user, password)
		login = string(basic)
	}
	for logins := 0; ; logins++ {
		nc, err := d.dialProxy(ctx, proxy)
		if err != nil {
			return nil, &ProxyError{Proxy: proxyName(proxy), Target: addr, Err: err}
		}
		r, err := d.tunnel(ctx, nc, addr, login)
		if err == nil && r.StatusCode/100 == 2 {
			return nc, nil
		}
		again, why := "", err
		if err == nil && r.StatusCode == http.StatusProxyAuthRequired && logins < maxProxyLogins {
			d.challenged = true
			again, why = proxyLogin(ctx, proxy, addr, r.Header, login)
		}
		if again == "" || again == login {
			refused := newProxyError(proxy, addr, r, why, d.opts.Limits.OrDefault().Body)
			_ = nc.Close()
			return nil, refused
		}
		_ = nc.Close()
		login = again
	}
}

// dialProxy connects to the proxy itself.
func (d *dialer) dialProxy(ctx context.Context, proxy *url.URL) (net.Conn, error) {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	}
	nc, err := d.opts.dialTCP(ctx, net.JoinHostPort(proxy.Hostname(), port))
	if err != nil || proxy.Scheme == "http" {
		return nc, err
	}
	cfg := d.opts.TLSConfig.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	cfg.ServerName, cfg.NextProtos, cfg.Certificates, cfg.GetClientCertificate = proxy.Hostname(), []string{"http/1.1"}, nil, nil
	return startTLS(ctx, nc, cfg)
}

// tunnel asks for a connection to addr. The end of ctx ends the connection, too, unless the answer is 2xx. [RFC 9110 9.3.6]
func (d *dialer) tunnel(ctx context.Context, nc net.Conn, addr, login string) (*http.Response, error) {
	stop := context.AfterFunc(ctx, func() { _ = nc.SetDeadline(longAgo) })
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{"User-Agent": nil}}
	if login != "" {
		req.Header.Set("Proxy-Authorization", login)
	}
	if err := req.Write(nc); err != nil {
		return nil, ended(ctx, err)
	}
	limits := d.opts.Limits.OrDefault()
	from := bufio.NewReader(io.LimitReader(nc, int64(limits.Head+limits.Body)))
	r, err := finalResponse(from, req)
	if err != nil {
		return nil, ended(ctx, err)
	}
	if r.StatusCode/100 != 2 {
		return r, nil
	}
	if from.Buffered() > 0 {
		return nil, errors.New("the proxy sent more than its answer")
	}
	if !stop() {
		return nil, ctx.Err()
	}
	return r, nil
}

// finalResponse reads an answer, and over the interim ones before it. [RFC 9110 15.2]
func finalResponse(from *bufio.Reader, req *http.Request) (*http.Response, error) {
	for {
		r, err := http.ReadResponse(from, req)
		if err != nil || r.StatusCode/100 != 1 || r.StatusCode == http.StatusSwitchingProtocols {
			return r, err
		}
	}
}

// ended says why reading or writing failed: ctx's error once it ended. What is no HTTP is not quoted.
func ended(ctx context.Context, err error) error {
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return errors.New("its answer is not HTTP, cut, or too long")
}

// proxyLogin answers the proxy's challenges with the userinfo of its URL.
func proxyLogin(ctx context.Context, proxy *url.URL, addr string, h http.Header, refused string) (string, error) {
	if proxy.User == nil {
		return "", errors.New("its URL has no user and password")
	}
	r := &auth.CredentialsRequest{URL: proxyName(proxy), Method: http.MethodConnect, Target: addr, Refused: refused, Attempt: 1}
	var err error
	if r.Challenges, err = auth.ParseChallenges(h.Values("Proxy-Authenticate")...); err != nil {
		return "", err
	}
	user, password := userOf(proxy)
	return auth.FirstOf(auth.Digest(user, password), auth.Basic(user, password)).Credentials(ctx, r)
}
