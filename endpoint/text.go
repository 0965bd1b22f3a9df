package endpoint

import (
	"bytes"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

// quote makes any bytes of a peer fit for a message: ASCII, bounded.
func quote(s string) string { return judge.Quote(s) }

// clip bounds the part of a peer's text that goes into a message.
func clip(s string) string { return judge.Clip(s) }

// describe names the type and length of a message, and quotes its beginning.
func describe(t wire.MessageType, p []byte) string {
	const most = 32
	if len(p) == 0 {
		return "an empty " + t.String() + " message"
	}
	start := scan.Cut(p, most)
	// A query and the fields of a request may hold secrets.
	if i := bytes.IndexAny(start, "?\r\n"); i >= 0 {
		start = start[:i]
	}
	return "a " + t.String() + " message of " + itoa(len(p)) + " bytes starting " +
		quote(string(start))
}

// describeChallenge names a challenge without its secrets.
func describeChallenge(ch wire.Challenge) string {
	s := "scheme " + quote(string(ch.Scheme))
	if realm, ok := ch.Param("realm"); ok {
		s += " in realm " + quote(realm)
	}
	return s
}

// timerDetail describes a timeout of the client.
func (c *Client) timerDetail(t fsm.Timer) string {
	switch c.state.Phase() {
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		return "the gateway did not send the balancer message N in time"
	}
	return timerDetail(t)
}

// timerDetail describes a timeout.
func timerDetail(t fsm.Timer) string {
	switch t {
	case fsm.TimerOpening:
		return "no complete answer to the opening request in time"
	case fsm.TimerResponse:
		return "no complete response to the extended request in time"
	case fsm.TimerWait:
		return "no deciding response after 202 in time"
	case fsm.TimerCredentials:
		return "none were given in time"
	case fsm.TimerOverall:
		return "the extended handshake took too long"
	case fsm.TimerRequest:
		return "no extended request in time"
	case fsm.TimerBody:
		return "no complete request body in time"
	case fsm.TimerReplay:
		return "no request with credentials in time"
	}
	return ""
}

// elementText writes an element of a list of extensions.
func elementText(e wire.Extension) string {
	if e.Params == nil {
		return string(e.Name)
	}
	return string(e.Name) + ";" + string(e.Params)
}

// parseElements parses elements that the host's own WebSocket layer negotiated; malformed ones are
// left out.
func parseElements(elements []string) []wire.Extension {
	var list []wire.Extension
	for _, e := range elements {
		list, _ = wire.ParseExtensions(list, []byte(e))
	}
	return list
}

// The types that hold credentials, cookies or the query of a request print without them, so that
// they can be logged: String is for %v, %+v and %s, GoString for %#v, and MarshalText for log/slog
// and encoding/json. The fields themselves hold the secrets.

// String returns the field as it is sent, with a secret value replaced.
func (f HeaderField) String() string { return showField(f, nil) }

// GoString is String.
func (f HeaderField) GoString() string { return f.String() }

// MarshalText is String for encoders of logs.
func (f HeaderField) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// String sums up the request without its secrets.
func (o OpeningRequest) String() string {
	var s shown
	o.show(&s)
	return s.text("OpeningRequest")
}

// GoString is String.
func (o OpeningRequest) GoString() string { return o.String() }

// MarshalText is String for encoders of logs.
func (o OpeningRequest) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func (o *OpeningRequest) show(s *shown) {
	s.add("Target", redact.Target(o.Target))
	s.add("Host", o.Host)
	s.add("Origin", o.Origin)
	s.add("Subprotocols", strings.Join(o.Subprotocols, ", "))
	s.add("Extensions", strings.Join(o.Extensions, ", "))
	s.fields("Opening", o.Opening, nil)
}

// String sums up the request without its secrets.
func (r Request) String() string {
	var s shown
	r.show(&s)
	s.fields("Header", r.Header, nil)
	s.add("Asked", strings.Join(append(r.Subprotocols[:len(r.Subprotocols):len(r.Subprotocols)],
		r.Extensions...), ", "))
	s.secret("Authorization", r.Authorization != "")
	s.size("Body", r.Body)
	if r.Plain {
		s.add("Plain", "true")
	}
	s.add("Replay", itoa(r.Replay))
	s.secret("Principal", r.Principal != nil)
	return s.text("Request")
}

// GoString is String.
func (r Request) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Request) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String sums up the decision without its secrets.
func (d Decision) String() string {
	var s shown
	s.add("Status", itoa(d.Status))
	s.add("Subprotocol", d.Subprotocol)
	s.add("Extensions", strings.Join(d.Extensions, ", "))
	s.fields("Header", d.Header, nil)
	s.add("Location", redact.Target(d.Location))
	s.add("Challenges", strings.Join(d.Challenges, ", "))
	s.add("Upgrade", d.Upgrade)
	s.size("Body", d.Body)
	s.add("BodyType", d.BodyType)
	s.add("Reroute", redact.Target(d.Reroute))
	return s.text("Decision")
}

// GoString is String.
func (d Decision) GoString() string { return d.String() }

// MarshalText is String for encoders of logs.
func (d Decision) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String sums up the result without its secrets.
func (r Result) String() string {
	var s shown
	s.add("Status", itoa(r.Status))
	s.add("Subprotocol", r.Subprotocol)
	s.add("Extensions", strings.Join(r.Extensions, ", "))
	s.fields("Header", r.Header, nil)
	s.size("Body", r.Body)
	return s.text("Result")
}

// GoString is String.
func (r Result) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String sums up the configuration without its secrets.
func (c ClientConfig) String() string {
	var s shown
	s.add("Profile", c.Machine.Profile.String())
	s.add("Subprotocols", strings.Join(c.Subprotocols, ", "))
	s.add("Extensions", strings.Join(c.Extensions, ", "))
	s.fields("Header", c.Header, c.Sensitive)
	s.fields("OpeningHeader", c.OpeningHeader, c.Sensitive)
	s.add("Method", c.Method)
	s.size("Body", c.Body)
	return s.text("ClientConfig")
}

// GoString is String.
func (c ClientConfig) GoString() string { return c.String() }

// MarshalText is String for encoders of logs.
func (c ClientConfig) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// String names the output and the length of its data: a message may be a request with credentials.
func (o Output) String() string {
	var s shown
	s.add("Kind", o.Kind.String())
	s.size("Data", o.Data)
	if o.Code != 0 {
		s.add("Code", itoa(int(o.Code)))
	}
	s.add("Text", o.Text)
	if o.URL != nil {
		s.add("URL", redact.Target(o.URL.String()))
	}
	if o.Err != nil {
		s.add("Err", o.Err.Error())
	}
	return s.text("Output")
}

// GoString is String.
func (o Output) GoString() string { return o.String() }

// MarshalText is String for encoders of logs.
func (o Output) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// String is the message, without the fields and the body of the response.
func (e HandshakeError) String() string { return e.Error() }

// GoString is String.
func (e HandshakeError) GoString() string {
	return "endpoint.HandshakeError(" + quote(e.Error()) + ")"
}

// MarshalText is the message, for encoders of logs.
func (e HandshakeError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// String names the phase. Nothing of the connection is in it.
func (c *Client) String() string { return "endpoint.Client(" + c.Phase().String() + ")" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// String names the phase. Nothing of the connection is in it.
func (s *Server) String() string { return "endpoint.Server(" + s.Phase().String() + ")" }

// GoString is String.
func (s *Server) GoString() string { return s.String() }

// shown collects the parts of a text that hold something.
type shown struct{ parts []string }

func (s *shown) add(name, value string) {
	if value != "" {
		s.parts = append(s.parts, name+": "+value)
	}
}

func (s *shown) secret(name string, there bool) {
	if there {
		s.add(name, redact.Mark)
	}
}

func (s *shown) size(name string, b []byte) {
	if len(b) > 0 {
		s.add(name, itoa(len(b))+" bytes")
	}
}

func (s *shown) fields(name string, fields []HeaderField, sensitive []string) {
	list := make([]string, 0, len(fields))
	for _, f := range fields {
		list = append(list, showField(f, sensitive))
	}
	s.add(name, strings.Join(list, "; "))
}

func (s *shown) text(name string) string {
	return "endpoint." + name + "{" + strings.Join(s.parts, ", ") + "}"
}

// showField writes a field as it is sent, with a secret value replaced.
func showField(f HeaderField, sensitive []string) string {
	if containsFold(sensitive, f.Name) {
		return f.Name + ": " + redact.Mark
	}
	return wire.Field{Name: []byte(f.Name), Value: []byte(f.Value)}.String()
}
