package script

import (
	"errors"
	"fmt"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
)

// host is what clients and servers of the network have in common.
type host interface {
	Phase() string
	Opened() bool
	Over() bool
	Err() error
	Messages() []network.Message
	Sent() []uint16
	Conn() *network.Conn
	Send(t wire.MessageType, p string) bool
	Close(code uint16, reason string)
}

// fact is one thing that an expect command can ask for.
type fact struct{ key, value string }

// facts says how a host stands: the first word or words, and what else there is to say.
func facts(h host) (state string, list []fact) {
	add := func(key, format string, v ...any) { list = append(list, fact{key, fmt.Sprintf(format, v...)}) }
	var e *endpoint.HandshakeError
	switch {
	case errors.As(h.Err(), &e):
		state = "failed " + strings.TrimPrefix(e.Failure.String(), "Failure")
		if e.Status != 0 {
			add("status", "%d", e.Status)
		}
		if v := e.Field("Retry-After"); v != "" {
			add("retry-after", "%s", v)
		}
	case h.Over() && h.Opened():
		state = "closed"
	case h.Over():
		state = "given up"
	case h.Opened():
		state = "open"
	default:
		state = "waiting " + h.Phase()
	}
	if h.Opened() {
		var r endpoint.Result
		switch v := h.(type) {
		case *network.Client:
			r = v.Endpoint.Result()
		case *network.Server:
			r = v.Endpoint.Result()
		}
		add("status", "%d", r.Status)
		if r.Plain {
			add("plain", "yes")
		}
		if r.Subprotocol != "" {
			add("protocol", "%s", r.Subprotocol)
		}
		if len(r.Extensions) > 0 {
			add("extensions", "%s", strings.Join(r.Extensions, ","))
		}
	}
	if codes := h.Sent(); len(codes) > 0 {
		add("close", "%s", closeCodes(codes))
	}
	if c, ok := h.(*network.Client); ok {
		if n := len(c.Connections()); n != 1 {
			add("connections", "%d", n)
		}
	}
	for _, m := range h.Messages() {
		add("got", "%s", clip(m.Data, 60))
	}
	return state, list
}

// closeCodes lists codes; 0 was an empty Close frame.
func closeCodes(codes []uint16) string {
	var list []string
	for _, c := range codes {
		if c == 0 {
			list = append(list, "empty")
			continue
		}
		list = append(list, itoa(int(c)))
	}
	return strings.Join(list, ",")
}

// summary says on one line how all hosts stand.
func (w *world) summary() string {
	var parts []string
	for _, c := range w.clients {
		if c.host == nil {
			parts = append(parts, c.name+" refused: "+visible.Line(c.refused))
			continue
		}
		parts = append(parts, describe(c.name, c.host))
	}
	if w.raws > 0 {
		for _, s := range w.sites {
			if last := s.host.Last(); last != nil {
				parts = append(parts, describe(s.name, last))
			}
		}
	}
	for _, err := range w.net.Broken() {
		parts = append(parts, "BROKEN "+err.Error())
	}
	return strings.Join(parts, "; ")
}

// describe is the state of a host in words.
func describe(name string, h host) string {
	state, list := facts(h)
	s := name + " " + state
	for _, f := range list {
		value := f.value
		if strings.ContainsAny(value, " \"") || f.key == "got" {
			value = fmt.Sprintf("%q", value)
		}
		s += " " + f.key + "=" + value
	}
	return s
}
