package property

import (
	"errors"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// monitor watches the outputs of a client or server and knows in which order they may come.
type monitor struct {
	server    bool
	unchecked bool // the server's decisions may break the obligations of their status
	up        bool // there is a connection
	lost      bool // the endpoint was told that it is gone; what would be written to it is skipped
	closed    bool // a Close was sent on it
	open      bool
	over      bool
	asked     int      // AskCredentials or AskDecision that are not answered
	dials     int      // connections of a connect call
	sent      [][]byte // messages of the handshake on this connection
	delivered []string
	deadline  func() time.Time // of the endpoint
	failure   *endpoint.HandshakeError
}

// start is when programs begin.
var start = time.Unix(1_700_000_000, 0).UTC()

// after is a later time: the deadline, or some seconds on.
func after(now, deadline time.Time, how byte) time.Time {
	if how%2 == 0 && deadline.After(now) {
		return deadline
	}
	return now.Add(time.Duration(how) * time.Second)
}

// mostData bounds what an endpoint sends in one piece before it is open: a head and a body by the default limits.
const mostData = 16<<10 + 64<<10

// take checks the outputs of one call.
func (m *monitor) take(outs []endpoint.Output) error {
	if len(outs) > 4*fsm.MaxEffects {
		return broken("%d outputs of one call", len(outs))
	}
	for _, o := range outs {
		if m.over {
			return broken("%v after the last output", o.Kind)
		}
		if err := m.output(o); err != nil {
			return err
		}
	}
	return nil
}

func (m *monitor) output(o endpoint.Output) error {
	switch o.Kind {
	case endpoint.Dial:
		if m.server || m.open || m.up || m.lost {
			return broken("Dial with open %v, connected %v", m.open, m.up)
		}
		m.dials++
		m.closed, m.sent = false, nil
	case endpoint.SendBytes:
		return m.opening(o.Data)
	case endpoint.SendMessage:
		return m.message(o.Data)
	case endpoint.SendClose:
		if !m.up && !m.lost || m.closed || !legalClose(o.Code) || len(o.Text) > 123 {
			return broken("Close %d %q, connected %v, closed %v", o.Code, o.Text, m.up, m.closed)
		}
		m.closed = true
	case endpoint.Disconnect:
		m.up, m.lost = false, false
	case endpoint.Open:
		if m.open || m.closed || !m.up || m.waits() {
			return broken("Open with open %v, closed %v, connected %v, waiting %v", m.open, m.closed, m.up, m.waits())
		}
		m.open = true
	case endpoint.Deliver:
		if !m.open {
			return broken("a message delivered before open: %q", o.Data)
		}
		m.delivered = append(m.delivered, string(o.Data))
	case endpoint.AskDecision, endpoint.AskCredentials:
		if m.open || m.server != (o.Kind == endpoint.AskDecision) {
			return broken("%v with open %v", o.Kind, m.open)
		}
		m.asked++
	case endpoint.Fail, endpoint.Closed:
		return m.end(o)
	case endpoint.SendPong, endpoint.StopBody:
	default:
		return broken("an output of kind %v", o.Kind)
	}
	return nil
}

func (m *monitor) waits() bool { return m.deadline != nil && !m.deadline().IsZero() }

// opening checks a part of the opening handshake: one head, before any message.
func (m *monitor) opening(b []byte) (err error) {
	if m.server {
		var r wire.Response
		_, err = r.ParseHead(b, wire.Limits{})
	} else {
		var r wire.Request
		err = r.Parse(b, wire.Limits{})
	}
	if err != nil || len(m.sent) > 0 || m.open || len(b) > mostData {
		return broken("opening bytes behind %d messages, %v: %q", len(m.sent), err, b)
	}
	return nil
}

// cut is called before an endpoint is told that its connection ended.
func (m *monitor) cut() { m.up, m.lost = false, m.up || m.lost }

// message checks what is sent in a message: before open only the handshake is, and a server's response is followed by one terminator. [INV-03, INV-42]
func (m *monitor) message(b []byte) error {
	if !m.up && !m.lost || m.closed || len(b) > mostData {
		return broken("a message of %d bytes, connected %v, closed %v", len(b), m.up, m.closed)
	}
	if m.open {
		return nil
	}
	after := len(m.sent) > 0 && isResponse(m.sent[len(m.sent)-1])
	balancer, _ := wire.ParseBalancer(b)
	switch {
	case !m.server && len(m.sent) == 0:
		var r wire.Request
		if err := r.Parse(b, wire.Limits{}); err != nil && r.ContentLength < 0 {
			return broken("the first message is no request: %v: %q", err, b)
		}
	case !m.server:
	case after != (len(b) == 0):
		return broken("sent %q behind %q", b, m.sent)
	case len(b) > 0 && balancer == wire.BalancerNone:
		if err := m.response(b); err != nil {
			return err
		}
	}
	m.sent = append(m.sent, append([]byte(nil), b...))
	return nil
}

func isResponse(b []byte) bool { return strings.HasPrefix(string(b), "HTTP/") }

// response checks the obligations of a server's response. [INV-45, INV-46]
func (m *monitor) response(b []byte) error {
	var r wire.Response
	if err := r.Parse(b, wire.Limits{}); err != nil {
		return broken("a response that cannot be read: %v: %q", err, b)
	}
	need := ""
	switch r.Status {
	case 401:
		need = "WWW-Authenticate"
	case 407:
		need = "Proxy-Authenticate"
	case 300, 301, 302, 303, 307:
		need = "Location"
	case 426:
		need = "Upgrade"
	case 511:
		need = "nothing: it is never sent"
	}
	if need != "" && !m.unchecked && r.Fields.Count(need) == 0 {
		return broken("a %d needs %s: %q", r.Status, need, b)
	}
	return nil
}

// end checks the last output.
func (m *monitor) end(o endpoint.Output) error {
	m.over = true
	if m.waits() {
		return broken("at the end it waits until %v", m.deadline())
	}
	if o.Kind == endpoint.Closed {
		return nil
	}
	if !errors.As(o.Err, &m.failure) || m.failure.Failure == 0 || !errors.Is(o.Err, m.failure.Failure) {
		return broken("Fail with %T %v", o.Err, o.Err)
	}
	if text := o.Err.Error(); text == "" || strings.ContainsAny(text, "\r\n\x00\x1b") {
		return broken("an error that cannot be logged: %q", text)
	}
	return nil
}

// completed reports whether a response that completes the handshake and its terminator were sent last, but for what the kaazing profile sends behind them.
func (m *monitor) completed() bool {
	sent := m.sent
	if n := len(sent); n > 0 {
		if b, _ := wire.ParseBalancer(sent[n-1]); b != wire.BalancerNone {
			sent = sent[:n-1]
		}
	}
	n := len(sent)
	return n >= 2 && len(sent[n-1]) == 0 && completing(sent[n-2])
}

// completing reports whether b is a whole response that completes a handshake.
func completing(b []byte) bool {
	var r wire.Response
	if r.Parse(b, wire.Limits{}) != nil {
		return false
	}
	return r.Status == 101 || r.Status == 201 || r.Status == 204 || r.Status == 205
}

// legalClose reports whether a code may stand in a Close frame; 0 is an empty frame. [INV-48]
func legalClose(code uint16) bool {
	return code == 0 || code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006 || code >= 3000 && code <= 4999
}
