// Package target has the targets of the routes of khp serve: an echo, WebSocket and TCP back ends,
// redirects, a balancer, and single status codes. A [House] decides about the requests of a server
// by its [Routes] and serves the connections.
package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// target is the target of a route. It is safe for concurrent use.
type target interface {
	// decide answers a request that was let in.
	decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error)
	// serve uses the connection that decide has let open.
	serve(ctx context.Context, s *session, c *client) error
}

const (
	backendForms = "ws://..., wss://..., khp+ws://..., khp+wss://..., ws+unix:SOCKET[:PATH], " +
		"tcp://host:port, tls://host:port, unix:SOCKET"
	targetForms = "echo, " + backendForms + ", redirect:URL, balance:URL[,URL...] or status:CODE"
)

// parseTarget reads a TARGET. Errors quote nothing that may be secret.
func parseTarget(name string) (target, error) {
	if p, ok, err := parsePool(name); ok {
		return p, err
	}
	kind, rest, _ := strings.Cut(name, ":")
	switch kind {
	case "echo":
		if name == "echo" {
			return echoTarget{}, nil
		}
		return nil, errors.New("echo takes nothing behind it")
	case "redirect":
		here := wire.URL{Host: "localhost", Port: 80, Path: "/"}
		if _, err := here.Resolve([]byte(rest), nil); err != nil {
			return nil, fmt.Errorf("%s; expected redirect:URL, as in redirect:ws://other.example/echo or "+
				"redirect:/elsewhere", targetURLError(err))
		}
		return redirectTarget{location: rest}, nil
	case "balance":
		return parseBalanceTarget(rest)
	case "status":
		code, err := strconv.Atoi(rest)
		if err != nil || len(rest) != 3 || code < 100 || code > 599 {
			return nil, fmt.Errorf("%q is no status code; expected status:CODE with a number "+
				"from 100 to 599", rest)
		}
		return statusTarget{code}, nil
	}
	shown := Shown(name)
	if rest, ok := strings.CutPrefix(shown, "http"); ok {
		return nil, fmt.Errorf("%q is no target; a WebSocket back end is written ws%s", shown, rest)
	}
	if strings.Contains(shown, "://") {
		return nil, fmt.Errorf("%q is no target; expected %s", shown, targetForms)
	}
	if address, _, path := strings.Cut(shown, "/"); path && strings.Contains(address, ":") {
		return nil, fmt.Errorf("%q is no target; did you mean ws://%s?", shown, shown)
	}
	if _, _, err := net.SplitHostPort(shown); err == nil {
		return nil, fmt.Errorf("%q is no target; did you mean tcp://%s or ws://%s/?", shown, shown, shown)
	}
	return nil, fmt.Errorf("%q is no target; expected %s", shown, targetForms)
}

// webSocketURL reads the URL of a server. A URL for browsers is refused, although a redirect may
// have one: it would be silently another.
func webSocketURL(text string) (wire.URL, error) {
	if rest, ok := strings.CutPrefix(strings.ToLower(text), "http"); ok &&
		(strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "s:")) {
		return wire.URL{}, fmt.Errorf("the URL is not usable: its scheme is ws:// or wss://; write ws%s",
			Shown(text)[len("http"):])
	}
	u, err := wire.ParseURL(text, nil)
	if scheme, rest, ok := strings.Cut(text, ":"); err != nil && ok && !strings.HasPrefix(rest, "//") {
		return wire.URL{}, fmt.Errorf("the URL is not usable: two slashes belong behind %s:, "+
			"as in %s://host/path", scheme, scheme)
	}
	if err != nil {
		return wire.URL{}, errors.New(targetURLError(err))
	}
	return u, nil
}

// targetURLError is plainURLError about a target, whose text is a secret, and for which there is no
// flag that takes a user and a password.
func targetURLError(err error) string {
	if e, ok := errors.AsType[*wire.ParseError](err); ok && e.Detail == "userinfo" {
		return "the URL is not usable: no user and password can stand in it"
	}
	text, _, _ := strings.Cut(cli.URLError(err), ", near ")
	return text
}

// Hide leaves secrets out of a value of --route.
func Hide(spec string) string {
	path, target, ok := strings.Cut(spec, "=")
	if !ok || !strings.HasPrefix(path, "/") {
		return Shown(spec)
	}
	// not a path, so that it is not known where the target begins
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i+1] + "..."
	}
	return path + "=" + Shown(target)
}

// Shown is a target without the secrets in its URLs: user and password, query and fragment.
func Shown(name string) string {
	if i := strings.LastIndexByte(name, '@'); i >= 0 {
		kind := ""
		for _, k := range []string{"ws://", "wss://", "khp+ws://", "khp+wss://", "tcp://", "tls://",
			"http://", "https://", "balance:", "redirect:"} {
			if strings.HasPrefix(name, k) {
				kind = k
			}
		}
		name = kind + "..." + name[i:]
	}
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i+1] + "..."
	}
	return name
}

// echoTarget sends every message back.
type echoTarget struct{}

func (echoTarget) decide(
	_ context.Context, _ *session, r *transport.Request,
) (transport.Decision, error) {
	return transport.Decision{Subprotocol: firstProtocol(r)}, nil
}

func (echoTarget) serve(ctx context.Context, s *session, c *client) error {
	for {
		t, p, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := c.Write(ctx, t, p); err != nil {
			return err
		}
	}
}

// firstProtocol selects the subprotocol that the client likes best, for targets that do not care.
func firstProtocol(r *transport.Request) string {
	if len(r.Subprotocols) == 0 {
		return ""
	}
	return r.Subprotocols[0]
}

// neverOpen is for targets that let no connection open.
type neverOpen struct{}

func (neverOpen) serve(context.Context, *session, *client) error {
	return errors.New("this target opens no connection")
}
