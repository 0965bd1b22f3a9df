package endpoint

import (
	"bytes"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Client is one connect call on the client's side: it owns the machine's state, the unit being put together, and what was negotiated. It does
// no I/O, knows no clock and starts no goroutine. It is not safe for concurrent use.
//
// Every method named after something that happened returns all outputs it leads to; the slice is valid until the next call.
type Client struct {
	cfg     ClientConfig
	machine fsm.ClientConfig
	state   fsm.ClientState
	unit    wire.Assembler
	opening wire.Response // of the opening handshake, for errors

	url     wire.URL // of the current connection
	next    wire.URL // of the follow-up, once a response named it
	visited []string // keys of all URLs of this connect call
	walked  []string // the same URLs as they were written
	attempt int
	proxied bool // the current connection authenticates with the proxy

	nonceKey    [24]byte // Sec-WebSocket-Key of the current connection
	accept      [28]byte // the Sec-WebSocket-Accept that belongs to it
	granted     []wire.Extension
	grantedBuf  []byte   // what granted views
	credentials []byte   // for the next request or opening request
	login       []byte   // credentials that the opening request of this origin needs
	wanted      []string // extension names of the extended request
	result      Result
	challenges  []wire.Challenge

	message     []byte // the application message being judged
	msgType     wire.MessageType
	detail      string          // about the event being handled
	failText    string          // about the failure, from the moment it was decided
	established bool            // the current connection is past its opening handshake
	response    *HandshakeError // what the last decided response said, for the failure
	closeIn     struct {
		code uint16
		text string
	}
	closeOut struct {
		code uint16
		text string
	}
	buf []byte
	out []Output
}

// NewClient prepares a connect call to rawURL, a ws or wss URL (http and https are taken for them). It refuses what could not be sent: bad
// tokens, fields with control bytes, and fields that are not the caller's to set. [AMB-28, WSP-OPEN-06]
func NewClient(rawURL string, cfg ClientConfig) (*Client, error) {
	c := &Client{cfg: cfg, machine: cfg.machine()}
	c.cfg.Limits = cfg.Limits.OrDefault()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	u, err := wire.ParseURL(rawURL, cfg.ToASCII)
	if err != nil {
		return nil, &HandshakeError{Leg: LegConnect, Failure: fsm.FailureURL, URL: rawURL, Detail: err.Error()}
	}
	c.next = c.marked(u)
	c.state = c.machine.Start()
	return c, nil
}

// Connect starts. Nothing else is legal before it.
func (c *Client) Connect() []Output {
	c.reset()
	c.connect()
	return c.out
}

// Connected tells that the connection to the dialed URL is up. nonce is 16 fresh random bytes for Sec-WebSocket-Key. [WSP-OPEN-01, INV-29]
func (c *Client) Connected(nonce [16]byte) []Output {
	c.reset()
	key := wire.AppendKey(c.nonceKey[:0], nonce)
	wire.AppendAccept(c.accept[:0], key)
	c.step(fsm.Event{Kind: fsm.EventConnected})
	return c.out
}

// ConnectFailed tells that the connection to the dialed URL could not be brought up; detail says why.
func (c *Client) ConnectFailed(detail string) []Output {
	c.reset()
	c.detail = detail
	c.step(fsm.Event{Kind: fsm.EventConnectFailed})
	return c.out
}

// Message tells that a data message was received. p is not kept, but a Deliver output hands it back.
func (c *Client) Message(t wire.MessageType, p []byte) []Output {
	c.reset()
	c.message, c.msgType = p, t
	switch c.state.Phase() {
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		c.balancer(t, p)
	case fsm.ClientAwaitResponse, fsm.ClientReading, fsm.ClientSendingBody:
		c.handshakeMessage(t, p)
	default:
		c.step(fsm.Event{Kind: dataKind(t, p)})
	}
	c.message = nil
	return c.out
}

// Ping tells that a Ping was received. p is not kept, but the SendPong output hands it back.
func (c *Client) Ping(p []byte) []Output {
	c.reset()
	c.message = p
	c.step(fsm.Event{Kind: fsm.EventPingReceived})
	return c.out
}

// PeerClosed tells that a Close frame was received; code is 0 or 1005 if it was empty.
func (c *Client) PeerClosed(code uint16, reason string) []Output {
	c.reset()
	c.closeIn.code, c.closeIn.text = code, reason
	c.settle()
	c.closeOut.code, c.closeOut.text = echoCode(code), ""
	c.step(fsm.Event{Kind: fsm.EventPeerClosed, Facts: c.unitFacts()})
	return c.out
}

// Lost tells that the connection ended, in whatever way, or was found to be unusable.
func (c *Client) Lost(detail string) []Output {
	c.reset()
	if c.state.Phase() == fsm.ClientOpening && c.opening.Status != 0 {
		c.openingAnswered(c.opening.Body)
		return c.out
	}
	c.settle()
	if c.detail == "" {
		c.detail = detail
	}
	c.step(fsm.Event{Kind: fsm.EventConnectionLost, Facts: c.unitFacts()})
	return c.out
}

// Violation tells that the peer broke the rules of frames; f is FailureFrame, FailureUTF8 or FailureLimit.
func (c *Client) Violation(f fsm.Failure, detail string) []Output {
	c.reset()
	c.violation(f, detail)
	return c.out
}

// TimerExpired tells that timer t ran out. A timer that was stopped meanwhile does no harm.
func (c *Client) TimerExpired(t fsm.Timer) []Output {
	c.reset()
	if t == fsm.TimerResponse || t == fsm.TimerOverall || t == fsm.TimerWait {
		c.settle()
	}
	if c.detail == "" && len(c.out) == 0 {
		c.detail = timerDetail(t)
	}
	c.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: c.unitFacts()})
	return c.out
}

// Credentials answers AskCredentials with the value of an Authorization field, such as "Basic am9lOndlbGNvbWU=". An empty or unsendable value
// counts as no credentials. The value is copied.
func (c *Client) Credentials(value string) []Output {
	if value == "" || !wire.ValidFieldValue(value) {
		return c.NoCredentials("the provider gave none that can be sent")
	}
	c.reset()
	ev := fsm.Event{Kind: fsm.EventCredentialsSupplied}
	if !bytes.Equal(c.credentials, []byte(value)) {
		ev.Facts = fsm.FactNewCredentials
	} else {
		c.detail = "the provider came again with the credentials that were just refused"
	}
	previous := c.credentials
	c.credentials = []byte(value)
	if c.state.Phase() == fsm.ClientAwaitLogin {
		c.login = c.credentials
	}
	if !c.step(ev) {
		c.credentials = previous
	}
	return c.out
}

// NoCredentials answers AskCredentials: there are none, or the provider failed, as detail says.
func (c *Client) NoCredentials(detail string) []Output {
	c.reset()
	c.detail = detail
	c.step(fsm.Event{Kind: fsm.EventCredentialsDeclined})
	return c.out
}

// BodyWritten tells that the message with the request body is with the socket.
func (c *Client) BodyWritten() []Output {
	c.reset()
	c.step(fsm.Event{Kind: fsm.EventBodyWritten})
	return c.out
}

// Send asks to send an application message. ok is false before the connection is open and after it began to close: nothing is sent.
func (c *Client) Send(t wire.MessageType, p []byte) (out []Output, ok bool) {
	c.reset()
	c.message, c.msgType = p, t
	ok = c.step(fsm.Event{Kind: fsm.EventSendRequested})
	c.message = nil
	return c.out, ok
}

// Close ends the connection, or gives up the attempt, in any phase. Code 0 sends an empty Close frame.
func (c *Client) Close(code uint16, reason string) []Output {
	c.reset()
	c.closeOut.code, c.closeOut.text = code, reason
	c.step(fsm.Event{Kind: fsm.EventCloseRequested})
	return c.out
}

// Phase returns what the client is waiting for.
func (c *Client) Phase() fsm.ClientPhase { return c.state.Phase() }

// State returns the machine's state, for traces and statistics.
func (c *Client) State() fsm.ClientState { return c.state }

// URL returns where the current connection goes.
func (c *Client) URL() wire.URL { return c.url }

// Attempt returns which connection of the connect call the current one is, from 1.
func (c *Client) Attempt() int { return c.attempt }

// Challenges returns the challenges of the last 401, valid until the next call.
func (c *Client) Challenges() []wire.Challenge { return c.challenges }

// Result returns what was agreed on, once the connection is open.
func (c *Client) Result() Result { return c.result }

// UsesProxyCredentials reports whether the current connection must authenticate with the proxy, after a 407.
func (c *Client) UsesProxyCredentials() bool { return c.proxied }

func (c *Client) reset() { c.out, c.detail = c.out[:0], "" }

// step gives ev to the machine and carries out what it orders. It reports whether the machine accepted.
func (c *Client) step(ev fsm.Event) bool {
	s, effects, verdict := c.machine.Step(c.state, ev)
	if verdict != fsm.Accepted {
		return false
	}
	if c.state.Failure() == 0 && s.Failure() != 0 {
		c.failText = c.detail
	}
	c.state = s
	for i := range effects.Len() {
		c.perform(effects.At(i))
	}
	return true
}

// perform turns one effect into outputs.
func (c *Client) perform(e fsm.Effect) {
	switch e.Kind {
	case fsm.EffectDial:
		c.put(Output{Kind: Dial, URL: c.url})
	case fsm.EffectSendOpening:
		c.put(Output{Kind: SendBytes, Data: c.openingRequest()})
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		c.unit.Reset(c.cfg.Limits)
		c.put(Output{Kind: SendMessage, Type: wire.Binary, Data: c.extendedRequest(e.Kind == fsm.EffectReplayRequest)})
	case fsm.EffectSendBody:
		c.put(Output{Kind: SendMessage, Type: wire.Binary, Data: c.cfg.Body})
	case fsm.EffectStopBody:
		c.put(Output{Kind: StopBody})
	case fsm.EffectAskCredentials:
		c.put(Output{Kind: AskCredentials})
	case fsm.EffectFollow:
		c.follow()
	case fsm.EffectOpenPlain:
		c.result.Plain, c.result.Status = true, 101
		c.put(Output{Kind: Open})
	case fsm.EffectComplete:
		c.put(Output{Kind: Open})
	case fsm.EffectSendPong:
		c.put(Output{Kind: SendPong, Data: c.message})
	case fsm.EffectSendMessage:
		c.put(Output{Kind: SendMessage, Type: c.msgType, Data: c.message})
	case fsm.EffectDeliver:
		c.put(Output{Kind: Deliver, Type: c.msgType, Data: c.message})
	case fsm.EffectSendClose:
		code, text := e.Code, ""
		if code == 0 {
			code, text = c.closeOut.code, c.closeOut.text
		} else if f := c.state.Failure(); f != 0 {
			text = f.Error()
		}
		c.put(Output{Kind: SendClose, Code: code, Text: text})
	case fsm.EffectFail:
		c.put(Output{Kind: Fail, Err: c.failure(e)})
	default:
		c.put(common(e))
	}
}

func (c *Client) put(o Output) { c.out = append(c.out, o) }

// common turns the effects that need no more than themselves into outputs, on both sides.
func common(e fsm.Effect) Output {
	switch e.Kind {
	case fsm.EffectArmTimer:
		return Output{Kind: ArmTimer, Timer: e.Timer}
	case fsm.EffectStopTimer:
		return Output{Kind: StopTimer, Timer: e.Timer}
	case fsm.EffectPauseTimer:
		return Output{Kind: PauseTimer, Timer: e.Timer}
	case fsm.EffectResumeTimer:
		return Output{Kind: ResumeTimer, Timer: e.Timer}
	case fsm.EffectStopTimers:
		return Output{Kind: StopTimers}
	case fsm.EffectClosed:
		return Output{Kind: Closed}
	}
	return Output{Kind: Disconnect}
}

// connect makes the next URL current and asks the machine to dial it.
func (c *Client) connect() {
	c.url = c.next
	c.visited = append(c.visited, c.url.Key())
	c.walked = append(c.walked, c.url.String())
	c.attempt++
	c.step(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// follow leaves everything of the old connection behind and goes on to the follow-up. [AMB-65]
func (c *Client) follow() {
	if c.state.Plan() == fsm.PlanProxyAuth {
		c.proxied, c.next = true, c.url
		c.visited, c.walked = c.visited[:len(c.visited)-1], c.walked[:len(c.walked)-1]
	}
	if !c.url.SameOrigin(c.next) {
		c.login = nil
	}
	c.credentials, c.challenges, c.response, c.granted = nil, nil, nil, nil
	c.opening, c.failText, c.established = wire.Response{}, "", false
	c.closeIn.code, c.closeIn.text = 0, ""
	c.connect()
}

// failure is what the application gets to see.
func (c *Client) failure(e fsm.Effect) *HandshakeError {
	err := &HandshakeError{}
	if c.response != nil {
		err = c.response
	}
	err.Failure, err.Status = e.Failure, int(e.Code)
	err.URL, err.Attempt, err.Detail = c.url.String(), c.attempt, c.failDetail(err.Detail)
	err.Path = append([]string(nil), c.walked...)
	if c.next != c.url && (e.Failure == fsm.FailureRedirectLoop || e.Failure == fsm.FailureRedirectRefused || e.Failure == fsm.FailureTooManyRedirects) {
		err.Path = append(err.Path, c.next.String())
	}
	if err.Leg == 0 {
		err.Leg = c.leg(e.Failure)
	}
	if c.closeIn.code != noStatus { // 0 before a Close frame
		err.Close, err.Text = c.closeIn.code, c.closeIn.text
	}
	return err
}
