package ghost

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

func (g *Client) expectOf(e fsm.Effect) {
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectDial:
		g.attempt++
		g.connection = connection{}
		to := g.url
		g.expect(endpoint.Dial, func(o *endpoint.Output) string {
			if o.URL == nil || *o.URL != to {
				return fmt.Sprintf("expected %v, got %v", to, o.URL)
			}
			return ""
		})
	case fsm.EffectSendOpening:
		g.expect(endpoint.SendBytes, g.openingRequest())
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		g.unit.Unwrap = g.machine.Profile != fsm.ProfileSpec
		g.unit.Reset(g.cfg.Limits)
		g.expect(endpoint.SendMessage, g.request(e.Kind == fsm.EffectReplayRequest))
	case fsm.EffectSendBody:
		g.expect(endpoint.SendMessage, same(wire.Binary, g.cfg.Body))
	case fsm.EffectAskCredentials:
		g.expect(endpoint.AskCredentials, nil)
	case fsm.EffectFollow:
		g.goOn = true
	case fsm.EffectOpenPlain:
		g.result.Plain, g.result.Status = true, 101
		g.expect(endpoint.Open, nil)
	case fsm.EffectComplete:
		g.unit = wire.Assembler{}
		g.expect(endpoint.Open, nil)
	case fsm.EffectFail:
		g.expect(endpoint.Fail, g.fails(e))
	}
}

// heading is the expected content of a head.
type heading struct {
	line   string
	fields [][2]string // name and all values, joined by blanks; "" for absent
}

// differs names the part of a request that is not as expected.
func (h *heading) differs(r *wire.Request) string {
	if line := string(r.Method) + " " + string(r.Target); line != h.line {
		return fmt.Sprintf("expected %q, got %q", h.line, line)
	}
	return h.fieldsDiffer(r.Fields)
}

func (h *heading) fieldsDiffer(fields wire.Fields) string {
	for _, f := range h.fields {
		if got := valuesOf(fields, f[0]); got != f[1] {
			return fmt.Sprintf("expected %s %q, got %q", f[0], f[1], got)
		}
	}
	return ""
}

func valuesOf(fields wire.Fields, name string) string {
	var values []string
	for v := range fields.All(name) {
		values = append(values, string(v))
	}
	return strings.Join(values, " ")
}

// openingRequest expects the opening request to the current URL.
func (g *Client) openingRequest() func(o *endpoint.Output) string {
	want := heading{"GET " + g.url.Target(), [][2]string{
		{"Host", g.url.HostField()}, {"Sec-WebSocket-Protocol", strings.Join(g.offer(), ", ")},
		{"Sec-WebSocket-Extensions", strings.Join(g.cfg.OpeningExtensions, ", ")},
		{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"},
		{"Authorization", g.login},
	}}
	want.fields = append(want.fields, g.ownFields(g.cfg.OpeningHeader, "Cookie")...)
	return func(o *endpoint.Output) string {
		var r wire.Request
		if err := r.Parse(o.Data,
			wire.Limits{Head: 1 << 30, Line: 1 << 30, Target: 1 << 30}); err != nil {
			return err.Error()
		}
		if key, _ := r.Fields.Get("Sec-WebSocket-Key"); string(key) != g.key {
			return fmt.Sprintf("expected the key %q, got %q", g.key, key)
		}
		return want.differs(&r)
	}
}

// ownFields are the values of the host's own fields at this origin. Names in left are not looked
// at.
func (g *Client) ownFields(fields []endpoint.HeaderField, left ...string) (list [][2]string) {
	home := g.url.SameOrigin(g.visited[0])
	var names []string
	for _, f := range fields {
		name := strings.ToLower(f.Name)
		if slices.Contains(names, name) ||
			slices.ContainsFunc(left, func(l string) bool { return strings.EqualFold(l, f.Name) }) {
			continue
		}
		names = append(names, name)
		var values []string
		for _, same := range fields {
			if strings.EqualFold(same.Name, f.Name) {
				values = append(values, same.Value)
			}
		}
		secret := name == "cookie" ||
			slices.ContainsFunc(g.cfg.Sensitive, func(s string) bool { return strings.EqualFold(s, f.Name) })
		if secret && !home {
			values = nil
		}
		list = append(list, [2]string{f.Name, strings.Join(values, " ")})
	}
	return list
}

// request expects the extended request, or its replay with credentials.
func (g *Client) request(replay bool) func(o *endpoint.Output) string {
	want := heading{g.method() + " " + g.url.Target(), [][2]string{
		{"Host", g.url.HostField()}, {"Sec-WebSocket-Protocol", strings.Join(g.cfg.Subprotocols, ", ")},
		{"Sec-WebSocket-Extensions", strings.Join(g.toAsk(), ", ")},
		{"Authorization", ""}, {"Expect", ""}, {"Content-Length", ""},
	}}
	if g.machine.Profile == fsm.ProfileKaazing {
		want.fields[0][1] = ""
	}
	if replay {
		want.fields[3][1] = g.refused
	}
	if n := len(g.cfg.Body); n > 0 {
		want.fields[4][1], want.fields[5][1] = "100-continue", strconv.Itoa(n)
	}
	want.fields = append(want.fields, g.ownFields(g.cfg.Header)...)
	return func(o *endpoint.Output) string {
		var r wire.Request
		n, err := r.ParseHead(o.Data,
			wire.Limits{Head: 1 << 30, Line: 1 << 30, Target: 1 << 30, Body: 1 << 30})
		switch {
		case err != nil:
			return err.Error()
		case n != len(o.Data) || o.Type != wire.Binary:
			return fmt.Sprintf("expected one head in a binary message, got %v %.200q", o.Type, o.Data)
		}
		return want.differs(&r)
	}
}

// fails expects the error of a failure: where it happened, and on which way.
func (g *Client) fails(e fsm.Effect) func(o *endpoint.Output) string {
	var path []string
	for _, u := range g.visited {
		path = append(path, u.String())
	}
	if e.Failure == fsm.FailureRedirectLoop || e.Failure == fsm.FailureRedirectRefused ||
		e.Failure == fsm.FailureTooManyRedirects {
		path = append(path, g.next.String())
	}
	url, attempt := g.url.String(), g.attempt
	return func(o *endpoint.Output) string {
		var err *endpoint.HandshakeError
		switch {
		case !errors.As(o.Err, &err):
			return fmt.Sprintf("expected a *HandshakeError, got %T", o.Err)
		case err.Failure != e.Failure:
			return fmt.Sprintf("expected the failure %v, got %v", e.Failure, err.Failure)
		case err.URL != url || err.Attempt != attempt:
			return fmt.Sprintf("expected %s on connection %d, got %s on connection %d",
				url, attempt, err.URL, err.Attempt)
		case !slices.Equal(err.Path, path):
			return fmt.Sprintf("expected the way %v, got %v", path, err.Path)
		}
		return ""
	}
}
