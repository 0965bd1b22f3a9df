package ghost

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
)

func (g *Server) expectOf(e fsm.Effect) {
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectSendOpening:
		g.expect(endpoint.SendBytes, g.switches())
	case fsm.EffectRefuseOpening:
		g.expect(endpoint.SendBytes, g.refuses(int(e.Code)))
	case fsm.EffectSendProceed:
		g.expect(endpoint.SendMessage, same(wire.Binary,
			balancer.Append(nil, balancer.Proceed, "")))
	case fsm.EffectSendReroute:
		g.expect(endpoint.SendMessage, same(wire.Binary,
			balancer.Append(nil, balancer.Reroute, g.reroute())))
	case fsm.EffectSendResponse:
		g.expect(endpoint.SendMessage, g.responds(int(e.Code)))
	case fsm.EffectSendTerminator:
		g.expect(endpoint.SendMessage, same(wire.Binary, nil))
	case fsm.EffectAskDecision:
		g.expect(endpoint.AskDecision, nil)
	case fsm.EffectOpenPlain:
		if kind := balancer.Proceed; g.open.kaazing {
			if g.reroute() != "" {
				kind = balancer.Reroute
			}
			g.expect(endpoint.SendMessage, same(wire.Binary, balancer.Append(nil, kind, g.reroute())))
		}
		if g.reroute() == "" {
			g.expect(endpoint.Open, nil)
		}
	case fsm.EffectComplete:
		g.expect(endpoint.Open, nil)
	case fsm.EffectFail:
		g.expect(endpoint.Fail, g.fails(e))
	}
}

func (g *Server) reroute() string {
	if g.decided == nil {
		return ""
	}
	return g.decided.Reroute
}

// switches expects the opening 101.
func (g *Server) switches() func(o *endpoint.Output) string {
	protocol := ""
	switch {
	case g.open.khp:
		protocol = endpoint.Subprotocol
	case g.decided != nil:
		protocol = g.decided.Subprotocol
	}
	want := heading{fields: [][2]string{
		{"Sec-WebSocket-Accept", g.accept}, {"Sec-WebSocket-Protocol", protocol},
		{"Sec-WebSocket-Extensions", strings.Join(g.granted, ", ")}, {"Upgrade", "websocket"},
		{"Connection", "Upgrade"},
	}}
	return func(o *endpoint.Output) string {
		r, _, what := headOf(o, 101)
		if what != "" {
			return what
		}
		return want.fieldsDiffer(r.Fields)
	}
}

// headOf parses a head of our own with status.
func headOf(o *endpoint.Output, status int) (r wire.Response, body []byte, what string) {
	n, err := r.ParseHead(o.Data,
		wire.Limits{Head: 1 << 30, Line: 1 << 30, Body: 1 << 30, Fields: 1 << 20})
	switch {
	case err != nil:
		return r, nil, err.Error()
	case r.Status != status:
		return r, nil, fmt.Sprintf("expected status %d, got %d", status, r.Status)
	}
	return r, o.Data[n:], ""
}

// refuses expects another answer to the opening request.
func (g *Server) refuses(status int) func(o *endpoint.Output) string {
	decided := g.decided
	return func(o *endpoint.Output) string {
		r, body, what := headOf(o, status)
		switch {
		case what != "":
			return what
		case int64(len(body)) != max(r.ContentLength, 0):
			return fmt.Sprintf("expected a body of %d bytes, got %d", r.ContentLength, len(body))
		case decided != nil && len(decided.Body) > 0 && string(body) != string(decided.Body):
			return fmt.Sprintf("expected the body %.200q, got %.200q", decided.Body, body)
		}
		return ""
	}
}

// responds expects an extended response: that of the decision of this call, or the machine's own.
func (g *Server) responds(status int) func(o *endpoint.Output) string {
	d := g.decided
	if d == nil || d.Status != status {
		d = &endpoint.Decision{Status: status}
	}
	want := heading{fields: [][2]string{
		{"Sec-WebSocket-Protocol", d.Subprotocol},
		{"Sec-WebSocket-Extensions", strings.Join(d.Extensions, " ")},
		{"Location", d.Location}, {"Sec-WebSocket-Accept", ""}, {"WWW-Authenticate", ""},
		{"Proxy-Authenticate", ""},
	}}
	if status == 101 {
		want.fields[3][1] = g.accept
	}
	if i := map[bool]int{false: 4, true: 5}[status == 407]; len(d.Challenges) > 0 {
		want.fields[i][1] = strings.Join(d.Challenges, " ")
	}
	return func(o *endpoint.Output) string {
		r, body, what := headOf(o, status)
		switch {
		case what != "":
			return what
		case o.Type != wire.Binary:
			return "expected a binary message"
		case !wire.Bodiless(status) && r.ContentLength != int64(len(body)),
			wire.Bodiless(status) && len(body) > 0:
			return "expected a body of " + strconv.FormatInt(r.ContentLength, 10) + " bytes, got " +
				strconv.Itoa(len(body))
		case len(d.Body) > 0 && string(d.Body) != string(body):
			return fmt.Sprintf("expected the body %.200q, got %.200q", d.Body, body)
		}
		return want.fieldsDiffer(r.Fields)
	}
}

// fails expects the error of a failure.
func (g *Server) fails(e fsm.Effect) func(o *endpoint.Output) string {
	failure := e.Failure
	if g.refused && failure == fsm.FailureOpening { // the application did
		failure = fsm.FailureStatus
	}
	return func(o *endpoint.Output) string {
		var err *endpoint.HandshakeError
		switch {
		case !errors.As(o.Err, &err):
			return fmt.Sprintf("expected a *HandshakeError, got %T", o.Err)
		case err.Failure != failure || err.Status != int(e.Code):
			return fmt.Sprintf("expected %v with %d, got %v with %d",
				failure, e.Code, err.Failure, err.Status)
		}
		return ""
	}
}

// wrongQuestion names the part of a question to the application that differs from the request.
func (g *Server) wrongQuestion(q *endpoint.Request) string {
	switch {
	case !slices.Equal(q.Subprotocols, g.asks.protocols):
		return fmt.Sprintf("expected the subprotocols %q, got %q", g.asks.protocols, q.Subprotocols)
	case !slices.Equal(namesOf(q.Extensions), g.asks.extensions):
		return fmt.Sprintf("expected the extensions %q, got %q", g.asks.extensions, q.Extensions)
	case q.Authorization != g.asks.authorization:
		return "expected another Authorization"
	case q.Plain != g.plain:
		return fmt.Sprintf("expected Plain to be %v", g.plain)
	case q.Replay != g.state.Challenges():
		return fmt.Sprintf("expected %d challenges before, got %d", g.state.Challenges(), q.Replay)
	case string(q.Body) != string(g.body) && !g.plain:
		return fmt.Sprintf("expected the body %.200q, got %.200q", g.body, q.Body)
	case q.Target != g.open.target || q.Host != g.open.host:
		return fmt.Sprintf("expected the opening request for %q at %q, got %q at %q",
			g.open.target, g.open.host, q.Target, q.Host)
	}
	return ""
}
