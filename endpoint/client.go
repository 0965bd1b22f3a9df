package endpoint

import (
	"errors"
	"time"

	"example.com/khp/endpoint/internal/answer"
	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// Client is one connect call on the client's side: it owns the machine's state, the response being
// put together, and the negotiated values. It does no I/O, reads no clock and starts no goroutine.
// It is not safe for concurrent use.
//
// A method named after an event reports that event, which happened at the time now, and returns all
// outputs it leads to; the slice is valid until the next call.
type Client struct {
	cfg     ClientConfig
	machine fsm.ClientConfig
	state   fsm.ClientState
	core
	connection

	url     wire.URL    // of the current connection
	next    wire.URL    // of the follow-up, once a response named it
	visited []wire.URL  // all URLs of this connect call, the current one last
	first   [1]wire.URL // visited begins in it
	attempt int
	goOn    bool // a follow-up is ordered
	proxied bool // the current connection authenticates with the proxy

	credentials string  // those sent last to this origin, for the next request or opening request
	memory      *memory // until the connection is open
	login       string  // credentials that the opening request of this origin needs
}

// connection holds the data of one connection. A redirect or retry replaces it as a whole.
type connection struct {
	ending
	leg      Leg           // the part of the attempt it is in
	nonceKey [24]byte      // Sec-WebSocket-Key
	accept   [28]byte      // the Sec-WebSocket-Accept that belongs to it
	opening  wire.Response // of the opening handshake, for errors
	answer   answer.Reader // reads it
	// Messages that arrived together with the opening 101 and are not reported yet.
	early    int
	granted  []wire.Extension
	wanted   []string // extensions of the extended request
	unit     wire.Assembler
	response *HandshakeError // a copy of the last response, for the error

	challenges []wire.Challenge
	result     Result
}

// NewClient prepares a connect call to rawURL, a ws or wss URL (http and https are taken for them).
// It refuses values that cannot be sent: bad tokens, fields with control bytes, fields that are not
// the caller's to set, and requests longer than the default wire.Limits. [AMB-28, WSP-OPEN-06]
//
//khp:impl WSP-OPEN-06 WSP-URI-01 KHP-EXT-REQ-06
func NewClient(rawURL string, cfg ClientConfig) (*Client, error) {
	m := new(memory)
	c := &Client{cfg: cfg, machine: cfg.machine()}
	c.side = c
	c.clock.Timeouts, c.buf, c.opening.Fields = &c.cfg.Timeouts, m.buf[:0], m.fields[:0]
	c.out, c.visited, c.memory = c.room[:0], c.first[:0], m
	c.cfg.Limits = cfg.Limits.OrDefault()
	if err := cfg.check(c.buf); err != nil {
		return nil, err
	}
	u, err := wire.ParseURL(rawURL, cfg.ToASCII)
	if err != nil {
		return nil, &HandshakeError{Leg: LegConnect, Failure: fsm.FailureURL,
			URL: judge.WithoutUserinfo(rawURL), Detail: err.Error()}
	}
	c.url = c.marked(u)
	c.next = c.url
	if err := c.rehearse(); err != nil {
		return nil, err
	}
	c.state = c.machine.Start()
	return c, nil
}

// rehearse writes both requests once, so that a value that cannot be written is refused before
// anything is sent.
func (c *Client) rehearse() error {
	upgrade.AppendKey(c.nonceKey[:0], [16]byte{})
	c.visited = append(c.visited, c.url)
	_, err := c.openingRequest()
	if err == nil {
		_, err = c.extendedRequest(false)
	}
	c.visited = c.visited[:0]
	if err != nil {
		return errors.New("endpoint: the request to " + c.url.Host + " cannot be written: " +
			err.Error() + "; shorten the URL, the lists or the header fields")
	}
	return nil
}

// Connect starts the connect call. No other event may be reported before it.
func (c *Client) Connect(now time.Time) []Output {
	c.begin(now)
	if c.state.Phase() != fsm.ClientIdle {
		c.noteMisuse(fsm.EventConnectRequested, c.phase())
		return nil
	}
	c.connect()
	return c.out
}

// Connected reports that the connection to the dialed URL is established. nonce is 16 fresh random
// bytes for Sec-WebSocket-Key. [WSP-OPEN-01, INV-29]
func (c *Client) Connected(now time.Time, nonce [16]byte) []Output {
	c.begin(now)
	if c.state.Phase() == fsm.ClientConnecting { // otherwise the nonce is none of this connection
		upgrade.AppendAccept(c.accept[:0], upgrade.AppendKey(c.nonceKey[:0], nonce))
	}
	c.step(fsm.Event{Kind: fsm.EventConnected})
	return c.out
}

// ConnectFailed reports that dialing the URL failed; detail gives the reason.
func (c *Client) ConnectFailed(now time.Time, detail string) []Output {
	return c.report(now, fsm.Event{Kind: fsm.EventConnectFailed}, detail)
}

// Message reports a data message. p is not kept, but a Deliver output hands it back: it must not
// change until the outputs are carried out.
func (c *Client) Message(now time.Time, t wire.MessageType, p []byte) []Output {
	c.begin(now)
	c.message, c.msgType = p, t
	switch phase := c.state.Phase(); {
	case c.early > 0 && c.tooEarly(p):
		c.violation(fsm.FailureUnexpectedMessage,
			"the server sent a message before it had the extended request")
	case phase == fsm.ClientAwaitProceed, phase == fsm.ClientAwaitConfirm, c.earlyBalancer(phase, p):
		c.balancer(t, p)
	case c.asked():
		c.handshakeMessage(t, p)
	default:
		c.data(t, p)
	}
	c.message = nil
	return c.out
}

// Ping reports a Ping. p is not kept, but the SendPong output hands it back: it must not change
// until the outputs are carried out.
func (c *Client) Ping(now time.Time, p []byte) []Output {
	out, _ := c.reportMessage(now, fsm.EventPingReceived, 0, p)
	return out
}

// PeerClosed reports a Close frame; code is 0 or 1005 if it was empty.
//
//khp:impl DRAFT02-429-04 DRAFT02-431-04
func (c *Client) PeerClosed(now time.Time, code uint16, reason string) []Output {
	c.begin(now)
	before := c.closeIn
	if c.state.Phase() != fsm.ClientClosing { // there it only answers ours
		c.closeIn = closeText{code, reason}
	}
	c.settle()
	c.closeOut = sendable(code, reason)
	if !c.step(fsm.Event{Kind: fsm.EventPeerClosed, Facts: c.unitFacts()}) {
		c.closeIn = before
	}
	return c.out
}

// Lost reports that the connection ended, with or without an error, or cannot be used. Before an
// answer to the opening request it fails the attempt.
//
//khp:impl DRAFT02-429-04 DRAFT02-431-04
func (c *Client) Lost(now time.Time, detail string) []Output {
	c.begin(now)
	if c.settleOpening() {
		return c.out
	}
	c.settle()
	c.detail = detail
	c.step(fsm.Event{Kind: fsm.EventConnectionLost, Facts: c.unitFacts()})
	return c.out
}

// expire reports the end of a timer to the machine.
func (c *Client) expire(t fsm.Timer) {
	switch t {
	case fsm.TimerOpening:
		if c.settleOpening() {
			return
		}
	case fsm.TimerResponse, fsm.TimerOverall, fsm.TimerWait:
		c.settle()
	}
	c.detail = c.timerDetail(t)
	c.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: c.unitFacts()})
}

// Credentials answers AskCredentials with the value of an Authorization field, such as "Basic
// am9lOndlbGNvbWU=". An empty or unsendable value counts as no credentials.
func (c *Client) Credentials(now time.Time, value string) []Output {
	if value == "" {
		return c.NoCredentials(now, "there are none")
	}
	if _, err := wire.AppendField(nil, "Authorization", value); err != nil {
		return c.NoCredentials(now, "the credentials at hand cannot be sent: "+err.Error())
	}
	c.begin(now)
	ev := fsm.Event{Kind: fsm.EventCredentialsSupplied}
	switch c.state.Phase() {
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
	default:
		c.step(ev) // too late
		return c.out
	}
	if value != c.credentials {
		ev.Facts = fsm.FactNewCredentials
	} else {
		c.detail = "the credentials at hand are those that were just refused"
	}
	c.credentials = value
	if c.state.Phase() == fsm.ClientAwaitLogin {
		c.login = value
	}
	c.step(ev)
	return c.out
}

// NoCredentials answers AskCredentials: there are none, or the provider failed; detail gives the
// reason.
func (c *Client) NoCredentials(now time.Time, detail string) []Output {
	return c.report(now, fsm.Event{Kind: fsm.EventCredentialsDeclined}, detail)
}

// BodyWritten reports that the message with the request body is written.
func (c *Client) BodyWritten(now time.Time) []Output {
	return c.report(now, fsm.Event{Kind: fsm.EventBodyWritten}, "")
}

// Phase returns the phase of the client, named for the event it waits for.
func (c *Client) Phase() fsm.ClientPhase { return c.state.Phase() }

// State returns the machine's state, for traces and statistics.
func (c *Client) State() fsm.ClientState { return c.state }

// URL returns where the current connection goes.
func (c *Client) URL() wire.URL { return c.url }

// Attempt returns which connection of the connect call the current one is, from 1.
func (c *Client) Attempt() int { return c.attempt }

// Challenges returns the challenges of the last 401, valid until the next call.
func (c *Client) Challenges() []wire.Challenge { return c.challenges }

// Refused returns the credentials that the last 401 refused, "" if it came without any having been
// sent in this handshake.
func (c *Client) Refused() string { return c.credentials }

// Result returns the outcome of the handshake, once the connection is open.
func (c *Client) Result() Result { return c.result }

// UsesProxyCredentials reports whether the current connection must authenticate with the proxy,
// after a 407.
func (c *Client) UsesProxyCredentials() bool { return c.proxied }

// step passes ev to the machine and performs the effects, then makes the next connection as long as
// one is ordered. It reports whether the machine accepted ev.
func (c *Client) step(ev fsm.Event) bool {
	accepted := c.stepOnce(ev)
	for c.goOn {
		c.goOn = false
		c.follow()
		c.connect()
	}
	return accepted
}

func (c *Client) stepOnce(ev fsm.Event) bool {
	s, effects, verdict := c.machine.Step(c.state, ev)
	c.ending.note(c.state.Failure(), s.Failure(), c.detail)
	c.state = s
	return c.carryOut(c, ev.Kind, effects, verdict)
}

func (c *Client) phase() string { return c.state.Phase().String() }

// perform turns one effect into outputs.
func (c *Client) perform(e fsm.Effect) {
	var o Output
	//exhaustive:enforce
	switch e.Kind {
	case fsm.EffectDial:
		c.startConnection()
		o.Kind, o.URL = Dial, &c.url
	case fsm.EffectSendOpening:
		c.leg = LegOpening
		o.Kind = SendBytes
		// NewClient, judge.Redirects and Credentials refuse values that cannot be written.
		o.Data, _ = c.openingRequest()
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		c.unit.Unwrap = c.machine.Profile != fsm.ProfileSpec
		c.unit.Reset(c.cfg.Limits)
		c.unit.Use(c.memory.message[:])
		o.Kind, o.Type = SendMessage, wire.Binary
		o.Data, _ = c.extendedRequest(e.Kind == fsm.EffectReplayRequest)
	case fsm.EffectSendBody:
		o.Kind, o.Type, o.Data = SendMessage, wire.Binary, c.cfg.Body
	case fsm.EffectAskCredentials:
		o.Kind = AskCredentials
	case fsm.EffectFollow: // the last effect of its step
		c.goOn = true
		return
	case fsm.EffectOpenPlain:
		c.result.Plain, c.result.Status = true, 101
		o.Kind = Open
	case fsm.EffectComplete:
		c.unit, c.buf, c.memory = wire.Assembler{}, nil, nil // an open connection may live long
		o.Kind = Open
	case fsm.EffectFail:
		o.Kind, o.Err = Fail, c.failure(e)
	case fsm.EffectStopBody: // the body is one message
		return
	case fsm.EffectRefuseOpening, fsm.EffectSendProceed, fsm.EffectSendReroute,
		fsm.EffectSendResponse, fsm.EffectSendTerminator, fsm.EffectAskDecision:
		return // only a server is told to
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer,
		fsm.EffectStopTimers,
		fsm.EffectSendPong, fsm.EffectSendMessage, fsm.EffectDeliver, fsm.EffectSendClose,
		fsm.EffectDisconnect, fsm.EffectClosed:
		c.core.perform(e, c.state.Failure())
		return
	}
	c.say(o)
}

// failure makes the error that the application receives.
func (c *Client) failure(e fsm.Effect) *HandshakeError {
	err := &HandshakeError{Leg: c.leg}
	if e.Failure == fsm.FailureMissingTerminator {
		c.remember(&c.unit.Response, LegExtended)
	}
	if c.response != nil {
		err = c.response
	}
	err.Failure, err.URL, err.Attempt = e.Failure, c.url.String(), c.attempt
	for _, u := range c.visited {
		err.Path = append(err.Path, u.String())
	}
	switch e.Failure {
	case fsm.FailureRedirectLoop, fsm.FailureRedirectRefused, fsm.FailureTooManyRedirects:
		err.Path = append(err.Path, c.next.String())
	}
	c.ending.fill(err, c.misused)
	return err
}
