// Package proxy reaches servers through HTTP proxies, by CONNECT [RFC 9110 9.3.6], and through
// SOCKS proxies of version 5 [RFC 1928]. It answers challenges of the proxy, and shows no other
// peer the user and password in its URL.
package proxy

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
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// maxLogins is how often a proxy is answered on the way to one server: once, and again if a nonce
// was too old.
const maxLogins = 2

// Find returns the proxy that choose names for u, nil if there is none. With an error it returns
// the proxy that cannot be used, if it is known.
func Find(choose func(*http.Request) (*url.URL, error), u wire.URL) (*url.URL, error) {
	target := &url.URL{Scheme: "http", Host: u.HostField()}
	if u.Secure {
		target.Scheme = "https"
	}
	proxy, err := choose(&http.Request{Method: http.MethodGet, URL: target, Host: target.Host,
		Header: http.Header{}})
	switch {
	// The error may quote the URL of the proxy with its password.
	case err != nil && strings.Contains(err.Error(), "@"):
		return nil, errors.New("its URL cannot be used")
	case err != nil:
		return nil, err
	case proxy != nil && (proxy.Scheme != "http" && proxy.Scheme != "https" && !IsSOCKS(proxy) ||
		proxy.Hostname() == ""):
		return proxy, errors.New("expected http://host:port, https://host:port or socks5://host:port")
	}
	return proxy, nil
}

// Name is the proxy's URL without its secrets.
func Name(proxy *url.URL) string { return proxy.Scheme + "://" + proxy.Host }

func userOf(proxy *url.URL) (user, password string) {
	password, _ = proxy.User.Password()
	return proxy.User.Username(), password
}

// Dialer connects through proxies, for one connect call.
type Dialer struct {
	TCP func(ctx context.Context, addr string) (net.Conn, error) // to the proxy
	// For https proxies, but for the server's name and client certificates.
	TLS *tls.Config
	// Of a proxy's answer: Head and Body.
	Limits wire.Limits
	// A 407 came from behind the proxy: see Dial.
	Login bool

	challenged bool // the proxy has asked for its credentials
}

// Refusal is why there is no connection: the answer of the proxy, if there was one.
type Refusal struct {
	Proxy  string // its Name; "" if it is not known
	Target string // host:port it was asked for
	Status int
	Header http.Header
	Body   []byte
	Err    error // why there was no answer, or why a challenge was not answered; may be nil
}

// Dial has the proxy connect to addr. It answers the proxy's challenges, each on a new connection.
// Without a challenge the proxy gets Basic credentials only with Login, as a proxy that itself
// wants none has no use for them.
//
//khp:impl KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
func (d *Dialer) Dial(
	ctx context.Context, proxy *url.URL, addr string,
) (nc net.Conn, refusal *Refusal) {
	if IsSOCKS(proxy) {
		nc, refusal = d.dialSOCKS(ctx, proxy, addr)
	} else {
		nc, refusal = d.dialHTTP(ctx, proxy, addr)
	}
	if refusal != nil {
		refusal.Proxy, refusal.Target = Name(proxy), addr
	}
	return nc, refusal
}

// dialHTTP is Dial for proxies that speak HTTP.
func (d *Dialer) dialHTTP(ctx context.Context, proxy *url.URL, addr string) (net.Conn, *Refusal) {
	var login string
	if d.Login && !d.challenged && proxy.User != nil {
		user, password := userOf(proxy)
		basic, _ := credentials.AppendBasic(nil, user, password)
		login = string(basic)
	}
	for logins := 0; ; logins++ {
		nc, err := d.dialProxy(ctx, proxy)
		if err != nil {
			return nil, &Refusal{Err: err}
		}
		r, err := d.tunnel(ctx, nc, addr, login)
		if err == nil && r.StatusCode/100 == 2 {
			return nc, nil
		}
		again, why := "", err
		if err == nil && r.StatusCode == http.StatusProxyAuthRequired && logins < maxLogins {
			d.challenged = true
			again, why = answer(ctx, proxy, addr, r.Header, login)
		}
		if again == "" || again == login {
			refusal := d.refusal(r, why)
			_ = nc.Close()
			return nil, refusal
		}
		_ = nc.Close()
		login = again
	}
}

// refusal reports the answer r, or err if there is none, or why r was not enough. It takes the body
// that comes.
func (d *Dialer) refusal(r *http.Response, err error) *Refusal {
	e := &Refusal{Err: err}
	if r != nil {
		e.Status, e.Header = r.StatusCode, r.Header
		e.Body, _ = io.ReadAll(io.LimitReader(r.Body, int64(d.Limits.Body)))
	}
	return e
}

// dialProxy connects to the proxy itself.
func (d *Dialer) dialProxy(ctx context.Context, proxy *url.URL) (net.Conn, error) {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	}
	nc, err := d.TCP(ctx, net.JoinHostPort(proxy.Hostname(), port))
	if err != nil || proxy.Scheme == "http" {
		return nc, err
	}
	cfg := d.TLS.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	cfg.ServerName, cfg.NextProtos, cfg.Certificates, cfg.GetClientCertificate = proxy.Hostname(),
		[]string{"http/1.1"}, nil, nil
	return sock.StartTLS(ctx, nc, cfg)
}

// tunnel asks for a connection to addr. The end of ctx ends the connection, too, unless the answer
// is 2xx. [RFC 9110 9.3.6]
func (d *Dialer) tunnel(
	ctx context.Context, nc net.Conn, addr, login string,
) (*http.Response, error) {
	stop := context.AfterFunc(ctx, func() { _ = nc.SetDeadline(sock.LongAgo) })
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr,
		Header: http.Header{"User-Agent": nil}}
	if login != "" {
		req.Header.Set("Proxy-Authorization", login)
	}
	if err := req.Write(nc); err != nil {
		return nil, ended(ctx, err)
	}
	from := bufio.NewReader(io.LimitReader(nc, int64(d.Limits.Head+d.Limits.Body)))
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

// ended is the reason why reading or writing failed: ctx's error once it ended. Bytes that are no
// HTTP are not quoted.
func ended(ctx context.Context, err error) error {
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return errors.New("its answer is not HTTP, cut, or too long")
}

// answer answers the proxy's challenges with the userinfo of its URL.
func answer(
	ctx context.Context, proxy *url.URL, addr string, h http.Header, refused string,
) (string, error) {
	if proxy.User == nil {
		return "", errors.New("its URL has no user and password")
	}
	r := &auth.CredentialsRequest{URL: Name(proxy), Method: http.MethodConnect, Target: addr,
		Refused: refused}
	var err error
	if r.Challenges, err = auth.ParseChallenges(h.Values("Proxy-Authenticate")...); err != nil {
		return "", err
	}
	user, password := userOf(proxy)
	return auth.FirstOf(auth.Digest(user, password), auth.Basic(user, password)).Credentials(ctx, r)
}
