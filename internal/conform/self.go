package conform

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// User is who the resource challenge of the cases knows, as NAME:PASSWORD, and whom clients under
// test say they are.
const User = "joe:welcome"

// OwnResources are the paths that [Decide] knows.
var OwnResources = map[string]string{"challenge": "/members", "redirect": "/old", "refuse": "/gone",
	"defer": "/later", "status": "/status", "balance": "/balanced"}

// Self runs cases against our own server, or our own client, on loopback.
func Self(
	ctx context.Context, server bool, profile string, list []Selected, o Options,
) (*Run, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if !server {
		o.Name = "khp client, " + profile
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go Visit(ctx, "ws://"+l.Addr().String(), list, profile)
		return Client(ctx, l, list, o), nil
	}
	o.Name = "khp server, " + profile
	srv := &transport.Server{Handler: echoHandler(), Fallback: http.NotFoundHandler()}
	go func() { _ = srv.Serve(l) }()
	defer func() { _ = srv.Close() }()
	u, err := wire.ParseURL("ws://"+l.Addr().String()+"/echo", nil)
	if err != nil {
		return nil, err
	}
	return Server(ctx, &Target{URL: u, Resources: OwnResources, User: User}, list, o), nil
}

// echoHandler has all resources that cases know.
func echoHandler() *transport.Handler {
	return &transport.Handler{Serve: echo, Decide: Decide, Plain: true, Unchecked: true,
		Use: []extension.Extension{extension.IdleTimeout{Period: time.Minute}, extension.PingPong{}},
		ConnContext: func(ctx context.Context, _ *transport.OpeningRequest) context.Context {
			return context.WithValue(ctx, deferredKey{}, new(bool))
		}}
}

// deferredKey is the key of whether a request was answered with 202.
type deferredKey struct{}

// echo sends every message back.
func echo(ctx context.Context, c *transport.Conn) error {
	for {
		kind, message, err := c.Read(ctx)
		if err != nil {
			return nil
		}
		if err := c.Write(ctx, kind, message); err != nil {
			return nil
		}
	}
}

// Decide is the application of a server under test that has all resources.
func Decide(ctx context.Context, r *transport.Request) (transport.Decision, error) {
	var d transport.Decision
	for _, p := range r.Subprotocols {
		if p == "chat" {
			d.Subprotocol = p
		}
	}
	name, password, _ := strings.Cut(User, ":")
	switch path := r.Path(); {
	case path == OwnResources["challenge"]:
		want, _ := credentials.AppendBasic(nil, name, password)
		if r.Authorization != string(want) {
			return r.Ask("Basic", "conform"), nil
		}
	case path == OwnResources["redirect"]:
		return endpoint.Redirect("/echo"), nil
	case path == OwnResources["refuse"]:
		return transport.Decision{Status: http.StatusGone}, nil
	case path == OwnResources["defer"]:
		if deferred, ok := ctx.Value(deferredKey{}).(*bool); ok && !*deferred {
			*deferred = true
			return transport.Decision{Status: http.StatusAccepted}, nil
		}
	case path == OwnResources["balance"]:
		if r.OpeningRequest.Kaazing() {
			d.Reroute = "ws://" + r.Host + "/echo?.kl=Y"
			return d, nil
		}
		return endpoint.Redirect("/echo"), nil
	case strings.HasPrefix(path, OwnResources["status"]+"/"):
		status, _ := strconv.Atoi(strings.TrimPrefix(path, OwnResources["status"]+"/"))
		return withStatus(status), nil
	}
	return d, nil
}

// withStatus is a decision with that status and all that it needs.
func withStatus(status int) transport.Decision {
	d := transport.Decision{Status: status}
	switch {
	case status == 401 || status == 407:
		d.Challenges = []string{`Basic realm="conform"`}
	case status == 426:
		d.Upgrade = "TLS/1.2"
	case status >= 300 && status <= 303 || status == 307:
		d.Location = "/echo"
	}
	return d
}

// Visit is our own client under test: it asks for one case after the other.
func Visit(ctx context.Context, base string, list []Selected, profile string) {
	name, password, _ := strings.Cut(User, ":")
	o := &transport.DialOptions{Profile: transport.Spec, Subprotocols: []string{"chat"},
		Credentials: auth.Basic(name, password),
		Extensions:  []string{"x-kaazing-idle-timeout"}, OpeningHeader: http.Header{}}
	if profile == "kaazing" {
		o.Profile = transport.Kaazing
	}
	for _, s := range list {
		c, err := transport.Dial(ctx, CaseURL(base, s.Name), o)
		if err == nil {
			_ = echo(ctx, c)
			_ = c.CloseNow()
		}
		if ctx.Err() != nil {
			return
		}
	}
}
