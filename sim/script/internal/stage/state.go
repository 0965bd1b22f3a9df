package stage

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
)

// Host is common to clients and servers of the network.
type Host interface {
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

// Fact is one thing that an expect command can ask for.
type Fact struct{ Key, Value string }

// Facts describes a host: the first word or words, and further facts.
func Facts(h Host) (state string, list []Fact) {
	add := func(key, format string, v ...any) {
		list = append(list, Fact{key, fmt.Sprintf(format, v...)})
	}
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
		add("got", "%s", Clip(m.Data, 60))
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
		list = append(list, strconv.Itoa(int(c)))
	}
	return strings.Join(list, ",")
}

// Summary says on one line how all hosts stand.
func (w *World) Summary() string {
	var parts []string
	for _, c := range w.Clients {
		if c.Host == nil {
			parts = append(parts, c.Name+" refused: "+visible.Line(c.Refused))
			continue
		}
		parts = append(parts, Describe(c.Name, c.Host))
	}
	if w.Raws > 0 {
		for _, s := range w.Sites {
			if last := s.Host.Last(); last != nil {
				parts = append(parts, Describe(s.Name, last))
			}
		}
	}
	for _, err := range w.Net.Broken() {
		parts = append(parts, "BROKEN "+err.Error())
	}
	return strings.Join(parts, "; ")
}

// Describe is the state of a host in words.
func Describe(name string, h Host) string {
	state, list := Facts(h)
	s := name + " " + state
	for _, f := range list {
		value := f.Value
		if strings.ContainsAny(value, " \"") || f.Key == "got" {
			value = fmt.Sprintf("%q", value)
		}
		s += " " + f.Key + "=" + value
	}
	return s
}

// Clip shortens s to n bytes or so.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return scan.Cut(s, n) + fmt.Sprintf("... (%d bytes)", len(s))
}

// ExpectKeys are the keys of facts.
var ExpectKeys = []string{"close", "connections", "extensions", "got", "plain", "protocol",
	"retry-after", "status"}

// IsState reports whether facts could ever describe a host so; "" leaves it open.
func IsState(text string) bool {
	word, name, _ := strings.Cut(text, " ")
	switch word {
	case "failed":
		return slices.ContainsFunc(slices.Collect(failures),
			func(f fsm.Failure) bool { return f.String() == "Failure"+name })
	case "waiting":
		return slices.ContainsFunc(slices.Collect(phases), func(p string) bool { return p == name })
	}
	return slices.Contains([]string{"", "open", "closed", "given up", "refused"}, text)
}

// failures iterates over all failures that there are.
func failures(yield func(fsm.Failure) bool) {
	for f := fsm.Failure(1); !strings.Contains(f.String(), "("); f++ {
		if !yield(f) {
			return
		}
	}
}

// phases iterates over the names of all phases.
func phases(yield func(string) bool) {
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		if !yield(p.String()) {
			return
		}
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		if !yield(p.String()) {
			return
		}
	}
}

func HasKey(list []Fact, key string) bool {
	return slices.ContainsFunc(list, func(f Fact) bool { return f.Key == key })
}
