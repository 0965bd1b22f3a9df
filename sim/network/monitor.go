package network

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
)

// Monitor watches the outputs of one endpoint and knows which invariants they must keep. It decides
// by the outputs alone and the bytes in them. Simulations and fuzz targets use it; it shares no
// rule with the endpoint that it watches. The zero value is for a client.
type Monitor struct {
	Server bool
	// Unchecked allows a server to break the obligations of a status. [INV-45, INV-46]
	Unchecked bool
	// Budget is the largest number of connections of a connect call, 0 for no bound: redirects,
	// proxy retry and logins in the opening handshake.
	Budget int
	// Secrets must not be sent to another origin than the first. [INV-27]
	Secrets []string
	// AllowDowngrade allows to go from wss to ws. [INV-26]
	AllowDowngrade bool
	// Proxy allows to dial a URL again, through a proxy with credentials.
	Proxy bool
	// Deadline is that of the endpoint; nil leaves open whether it waits for something.
	Deadline func() time.Time

	dials  []wire.URL
	gone   bool // it dropped its last connection
	lost   bool // the endpoint knows that the connection is gone; its writes are skipped
	leg    leg  // of the current connection
	opened bool
	over   bool
	codes  []uint16
}

// leg holds the messages that were sent on one connection.
type leg struct {
	opening bool     // SendBytes
	asked   bool     // AskCredentials
	closed  bool     // SendClose
	sent    [][]byte // messages of the handshake
	owed    bool     // server: the response that was sent needs its terminator
	refused bool     // server: it was a terminating one
	moved   bool     // server: it was a 3xx, behind which Close is due
	request []byte   // client: the last extended request
	again   bool     // client: credentials were asked for since
	body    bool     // client: the body was sent since
}

// Take checks one output; an error names the invariant that it breaks.
func (m *Monitor) Take(o endpoint.Output) error {
	if m.over {
		return errors.New("INV-05: " + o.Kind.String() + " after the last output")
	}
	if err := m.secret(o.Data); err != nil {
		return err
	}
	if !m.connected() && needConnection[o.Kind] {
		return errors.New("INV-28: " + o.Kind.String() + " without a connection")
	}
	if m.leg.moved && !m.leg.owed && o.Kind != endpoint.SendClose && !m.leg.closed && !m.lost {
		return errors.New("INV-40: " + o.Kind.String() + " in the place of the Close after a 3xx")
	}
	switch o.Kind {
	case endpoint.Dial:
		return m.dial(*o.URL)
	case endpoint.SendBytes:
		return m.opening(o.Data)
	case endpoint.SendMessage:
		return m.message(o.Data)
	case endpoint.SendClose:
		return m.close(o)
	case endpoint.Disconnect:
		m.gone, m.lost = true, false
	case endpoint.Open:
		return m.open()
	case endpoint.Deliver:
		if !m.opened {
			return errors.New("INV-02: a message is delivered before open")
		}
	case endpoint.Fail, endpoint.Closed:
		return m.end(o)
	case endpoint.AskCredentials, endpoint.AskDecision:
		if m.opened || m.Server != (o.Kind == endpoint.AskDecision) {
			return fmt.Errorf("INV-03: %v, opened %v", o.Kind, m.opened)
		}
		m.leg.asked, m.leg.again = true, true
	case endpoint.SendPong:
	default:
		return fmt.Errorf("TOTAL: an output of kind %v", o.Kind)
	}
	return nil
}

// needConnection are the outputs that make no sense without one.
var needConnection = map[endpoint.OutputKind]bool{endpoint.SendBytes: true,
	endpoint.SendMessage: true, endpoint.SendClose: true, endpoint.Open: true}

// connected reports whether there is a connection, or was one until the endpoint was told that it
// is lost.
func (m *Monitor) connected() bool { return !m.gone && (m.Server || len(m.dials) > 0) }

// Opened reports whether the endpoint opened.
func (m *Monitor) Opened() bool { return m.opened }

// Over reports whether the endpoint came to its end.
func (m *Monitor) Over() bool { return m.over }

// Dials returns how many connections the endpoint made.
func (m *Monitor) Dials() int { return len(m.dials) }

// Handshake returns the messages of the handshake that were sent on the current connection.
func (m *Monitor) Handshake() [][]byte { return m.leg.sent }

func (m *Monitor) waits() bool { return m.Deadline != nil && !m.Deadline().IsZero() }

// Cut says that the endpoint is about to be told that its connection ended.
func (m *Monitor) Cut() { m.lost = true }

// secret checks that nothing confidential leaves the first origin.
func (m *Monitor) secret(p []byte) error {
	if len(m.dials) == 0 || m.dials[len(m.dials)-1].SameOrigin(m.dials[0]) || m.opened {
		return nil
	}
	for _, s := range m.Secrets {
		if s != "" && bytes.Contains(p, []byte(s)) {
			return errors.New("INV-27: credentials for " + m.dials[0].HostPort() + " are sent to " +
				m.dials[len(m.dials)-1].HostPort())
		}
	}
	return nil
}

// dial checks where a client goes. The same URL may be dialed again for a login in the opening
// handshake or for a proxy only, right after it was refused there.
func (m *Monitor) dial(u wire.URL) error {
	err := m.mayDial(u)
	m.dials = append(m.dials, u)
	m.leg, m.gone, m.lost = leg{}, false, false
	return err
}

func (m *Monitor) mayDial(u wire.URL) error {
	switch {
	case m.Server:
		return errors.New("INV-28: a server opens a connection")
	case m.connected():
		return errors.New("INV-28: a connection is opened before the last one is gone")
	case m.opened:
		return errors.New("INV-04: a connection is opened after open")
	case len(m.dials) > 0 && m.dials[len(m.dials)-1].Secure && !u.Secure && !m.AllowDowngrade:
		return errors.New("INV-26: from wss to ws")
	}
	again := m.leg.asked && len(m.leg.sent) == 0 || m.Proxy
	for _, v := range m.dials {
		if v.Key() == u.Key() && !(again && u.Key() == m.dials[len(m.dials)-1].Key()) {
			return errors.New("INV-22: " + u.String() + " is visited twice")
		}
	}
	if n := len(m.dials) + 1; m.Budget > 0 && n > m.Budget {
		return fmt.Errorf("INV-21: %d connections, %d are allowed", n, m.Budget)
	}
	return nil
}

// opening checks a part of the opening handshake.
func (m *Monitor) opening(p []byte) error {
	if len(m.leg.sent) > 0 || m.opened {
		return errors.New("INV-06: a part of the opening handshake behind messages")
	}
	m.leg.opening = true
	if m.Server {
		var r wire.Response
		_, err := r.ParseHead(p, wire.Limits{})
		return m.legal(err, p)
	}
	var r wire.Request
	return m.legal(r.Parse(p, wire.Limits{}), p)
}

// legal turns a parse error of our own bytes into a broken invariant.
func (m *Monitor) legal(err error, p []byte) error {
	if err != nil {
		return fmt.Errorf("INV-51: sent %.60q, which is malformed: %w", p, err)
	}
	return nil
}

// message checks outgoing messages: before open they are those of the handshake.
func (m *Monitor) message(p []byte) error {
	if m.leg.closed && !m.lost {
		return errors.New("INV-40: a message after Close")
	}
	if m.opened {
		return nil
	}
	b, _ := balancer.Parse(p)
	var err error
	switch {
	case !m.Server:
		err = m.request(p)
	case m.leg.owed != (len(p) == 0):
		err = fmt.Errorf("INV-42: sent %.40q; a terminator was owed: %v", p, m.leg.owed)
	case m.leg.refused && len(p) > 0:
		err = fmt.Errorf("INV-16: sent %.40q after a terminating status", p)
	case b == balancer.None && len(p) > 0:
		err = m.response(p)
	}
	m.leg.owed = m.Server && b == balancer.None && len(p) > 0
	m.leg.sent = append(m.leg.sent, bytes.Clone(p))
	return err
}

// close checks a Close frame.
func (m *Monitor) close(o endpoint.Output) error {
	switch {
	case !legalClose(o.Code), len(o.Text) > 123:
		return fmt.Errorf("INV-48: close code %d, %q", o.Code, o.Text)
	case m.leg.closed:
		return errors.New("INV-05: a second Close")
	}
	m.leg.closed = true
	m.codes = append(m.codes, o.Code)
	return nil
}

// legalClose reports whether a code may stand in a Close frame; 0 is an empty frame. [INV-48]
func legalClose(code uint16) bool {
	return code == 0 || code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006 ||
		code >= 3000 && code <= 4999
}

// open checks the one open event.
func (m *Monitor) open() error {
	switch {
	case m.opened:
		return errors.New("INV-04: open twice")
	case m.leg.closed || m.lost:
		return errors.New("INV-01: open on a connection that is closing")
	case m.waits():
		return fmt.Errorf("LIV-01: open and waiting until %v", m.Deadline())
	case m.leg.owed:
		return errors.New("INV-42: open before the terminator")
	}
	m.opened = true
	return nil
}

// end checks the last output.
func (m *Monitor) end(o endpoint.Output) error {
	m.over = true
	switch {
	case m.waits():
		return fmt.Errorf("LIV-01: the end and waiting until %v", m.Deadline())
	case o.Kind == endpoint.Fail && m.opened:
		return errors.New("INV-04: a failure after open")
	case o.Kind == endpoint.Fail:
		return reported(o.Err)
	}
	return nil
}

// reported checks the error of a failure: it names the failure, and can be logged.
func reported(err error) error {
	var failed *endpoint.HandshakeError
	if !errors.As(err, &failed) || failed.Failure == 0 || !errors.Is(err, failed.Failure) {
		return fmt.Errorf("INV-05: Fail with %T %v", err, err)
	}
	if text := err.Error(); text == "" || strings.ContainsAny(text, "\r\n\x00\x1b") {
		return fmt.Errorf("INV-05: an error that cannot be logged: %q", text)
	}
	return nil
}
