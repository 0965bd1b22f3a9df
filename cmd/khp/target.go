package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/wire"
)

// target is what a route leads to. It is used by many connections at once.
type target interface {
	// decide answers a request that was let in.
	decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error)
	// serve uses the connection that decide has let open.
	serve(ctx context.Context, s *session, c *client) error
}

const targetForms = "echo, ws://..., wss://..., tcp://host:port, redirect:URL, balance:URL[,URL...] or status:CODE"

// parseTarget reads a TARGET.
func parseTarget(name string) (target, error) {
	kind, rest, _ := strings.Cut(name, ":")
	switch kind {
	case "echo":
		if rest == "" && !strings.HasSuffix(name, ":") {
			return echoTarget{}, nil
		}
		return nil, errors.New("echo takes nothing behind it")
	case "ws", "wss":
		u, err := wire.ParseURL(name, nil)
		if err != nil {
			return nil, errors.New(plainURLError(err))
		}
		return wsTarget{url: u.String()}, nil
	case "tcp":
		return parseTCPTarget(name)
	case "redirect":
		here := wire.URL{Host: "localhost", Port: 80, Path: "/"}
		if _, err := here.Resolve([]byte(rest), nil); err != nil {
			return nil, fmt.Errorf("%s; expected redirect:URL, as in redirect:ws://other.example/echo or redirect:/elsewhere", plainURLError(err))
		}
		return redirectTarget{rest}, nil
	case "balance":
		return parseBalanceTarget(rest)
	case "status":
		code, err := strconv.Atoi(rest)
		if err != nil || code < 100 || code > 999 {
			return nil, fmt.Errorf("%q is no status code; expected status:CODE with a number from 100 to 999", rest)
		}
		return statusTarget{code}, nil
	}
	if rest, ok := strings.CutPrefix(name, "http"); ok {
		return nil, fmt.Errorf("%q is no target; a WebSocket back end is written ws%s", name, rest)
	}
	return nil, fmt.Errorf("%q is no target; expected %s", name, targetForms)
}

func parseTCPTarget(name string) (target, error) {
	addr, ok := strings.CutPrefix(name, "tcp://")
	host, port, err := net.SplitHostPort(addr)
	if !ok || err != nil || host == "" {
		return nil, fmt.Errorf("%q is no TCP back end; expected tcp://host:port", name)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	return tcpTarget{addr, tcpLinger}, nil
}

// plainURLError says what is wrong with a URL without the parser's own vocabulary.
func plainURLError(err error) string {
	var e *wire.ParseError
	if errors.As(err, &e) && e.Detail != "" {
		return "the URL is not usable: " + e.Detail
	}
	return "the URL is not usable: " + err.Error()
}

// echoTarget sends every message back.
type echoTarget struct{}

func (echoTarget) decide(_ context.Context, _ *session, r *transport.Request) (transport.Decision, error) {
	return transport.Decision{Protocol: firstProtocol(r)}, nil
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
	if len(r.Protocols) == 0 {
		return ""
	}
	return r.Protocols[0]
}

// neverOpen is for targets that let no connection open.
type neverOpen struct{}

func (neverOpen) serve(context.Context, *session, *client) error {
	return errors.New("this target opens no connection")
}
