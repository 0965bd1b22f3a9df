package endpoint

import (
	"time"

	"example.com/khp/endpoint/internal/clock"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// core holds the state and the calls that client and server have in common: timers, the call in
// progress, and its outputs.
type core struct {
	side     side // the Client or Server that it is a part of
	clock    clock.Clock
	message  []byte // of the call: it is judged, sent, delivered or answered
	msgType  wire.MessageType
	detail   string    // about the event being handled
	closeOut closeText // content of a Close frame sent by this call
	misused  *MisuseError
	buf      []byte // for the bytes to send
	out      []Output
	room     [4]Output // out begins in it
}

// ending describes the end of one connection.
type ending struct {
	failText string    // about the failure, from the moment it was decided
	closeIn  closeText // the peer's Close, if that came first
}

// note keeps the description of the event that made the machine fail.
func (n *ending) note(before, after fsm.Failure, detail string) {
	if before == 0 && after != 0 {
		n.failText = detail
	}
}

// begin starts a call.
func (k *core) begin(now time.Time) {
	k.clock.Now = now
	clear(k.out)
	k.out, k.detail = k.out[:0], ""
}

// Deadline returns when to call Expire; the zero time if nothing is being waited for, as while the
// connection is open.
func (k *core) Deadline() time.Time {
	_, due := k.clock.Next()
	return due
}

// Timer returns the timer that ends at Deadline, 0 if none runs. It is for traces.
func (k *core) Timer() fsm.Timer {
	timer, _ := k.clock.Next()
	return timer
}

// noteMisuse keeps the first call that was made in a wrong phase.
func (k *core) noteMisuse(kind fsm.EventKind, phase string) {
	if k.misused == nil {
		k.misused = misuse(kind, phase)
	}
}

// Misuse returns the first call that was made at a wrong moment, as a *[MisuseError]; nil if there
// was none. Such a call is a mistake of the host, which should check Misuse in its tests, and may
// log it. [Server.Reset] forgets it.
func (k *core) Misuse() error {
	if k.misused == nil {
		return nil
	}
	return k.misused
}

// side has the parts in which Client and Server differ, for the calls that both have.
type side interface {
	begin(now time.Time)
	step(ev fsm.Event) (accepted bool)
	perform(e fsm.Effect)
	expire(t fsm.Timer) // reports the end of a timer to the machine
	phase() string
}

// start begins a call of k's side. It reports false for the zero Client or Server, which is none.
func (k *core) start(now time.Time) bool {
	if k.side == nil {
		return false
	}
	k.side.begin(now)
	return true
}

// report makes a call that is one event. detail describes the event for the error it may lead to.
func (k *core) report(now time.Time, ev fsm.Event, detail string) []Output {
	if !k.start(now) {
		return nil
	}
	k.detail = detail
	k.side.step(ev)
	return k.out
}

// reportMessage makes a call about p: a message to send, or a Ping to answer.
func (k *core) reportMessage(
	now time.Time, kind fsm.EventKind, t wire.MessageType, p []byte,
) (out []Output, accepted bool) {
	if !k.start(now) {
		return nil, false
	}
	k.message, k.msgType = p, t
	accepted = k.side.step(fsm.Event{Kind: kind})
	k.message = nil
	return k.out, accepted
}

// Violation reports a violation of the framing; f is FailureFrame, FailureUTF8 or FailureLimit.
func (k *core) Violation(now time.Time, f fsm.Failure, detail string) []Output {
	return k.report(now, fsm.Event{Kind: fsm.EventViolation, Failure: f}, detail)
}

// Expire reports the time. Timers that have ended by then take effect; before Deadline nothing
// happens. After the call, Deadline is later than now, or zero.
func (k *core) Expire(now time.Time) []Output {
	if !k.start(now) {
		return nil
	}
	for t := k.clock.Expired(); t != 0; t = k.clock.Expired() {
		k.side.expire(t)
	}
	return k.out
}

// Send asks to send an application message: a SendMessage output hands p back. ok is false before
// the connection is open and after it began to close: nothing is sent.
func (k *core) Send(now time.Time, t wire.MessageType, p []byte) (out []Output, ok bool) {
	return k.reportMessage(now, fsm.EventSendRequested, t, p)
}

// Close ends the connection in any phase: before it is open a client gives up the attempt, and a
// server answers 503. Code 0 sends an empty Close frame, and so does one that may not be sent, such
// as 1005 or 1006; the reason is cut at 123 bytes.
func (k *core) Close(now time.Time, code uint16, reason string) []Output {
	if !k.start(now) {
		return nil
	}
	k.closeOut = sendable(code, reason)
	k.side.step(fsm.Event{Kind: fsm.EventCloseRequested})
	return k.out
}

// carryOut performs the effects of a step of s, and keeps the first event that was misuse. It
// reports whether the machine accepted the event.
func (k *core) carryOut(s side, kind fsm.EventKind, effects fsm.Effects, verdict fsm.Verdict) bool {
	if verdict == fsm.Misuse {
		k.noteMisuse(kind, s.phase())
	}
	for i := range effects.Len() {
		s.perform(effects.At(i))
	}
	return verdict == fsm.Accepted
}

// perform turns an effect that means the same on both sides into an output, or carries it out. f is
// the failure of the machine.
func (k *core) perform(e fsm.Effect, f fsm.Failure) {
	switch e.Kind {
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer,
		fsm.EffectStopTimers:
		k.clock.Obey(e)
	case fsm.EffectSendPong:
		k.say(Output{Kind: SendPong, Data: k.message})
	case fsm.EffectSendMessage:
		k.say(Output{Kind: SendMessage, Type: k.msgType, Data: k.message})
	case fsm.EffectDeliver:
		k.say(Output{Kind: Deliver, Type: k.msgType, Data: k.message})
	case fsm.EffectSendClose:
		k.say(closing(e.Code, k.closeOut, f))
	case fsm.EffectDisconnect:
		k.say(Output{Kind: Disconnect})
	case fsm.EffectClosed:
		k.say(Output{Kind: Closed})
	}
}

func (k *core) say(o Output) { k.out = append(k.out, o) }

// fill adds the description of the end to an error.
func (n *ending) fill(err *HandshakeError, misused *MisuseError) {
	err.Detail = withMisuse(n.failText, misused)
	if n.closeIn.code != noStatus { // 0 before a Close frame
		err.Close, err.Text = n.closeIn.code, n.closeIn.text
	}
}

// noStatus stands for a Close frame without a code. [RFC 6455 7.1.5]
const noStatus = 1005

// closeText is the content of a Close frame.
type closeText struct {
	code uint16
	text string
}

// sendable makes code and reason legal in a Close frame: a code that must not be sent becomes an
// empty frame, a long reason is cut. [INV-48, RFC 6455 7.4]
//
//khp:impl WSP-CLOSE-03
func sendable(code uint16, reason string) closeText {
	if !wire.ValidCloseCode(code) {
		return closeText{}
	}
	return closeText{code, wire.CloseReason(reason)}
}

// closing is the Close frame that the machine orders: with its own code and the failure as reason,
// or with the code and reason that the application gave.
func closing(code uint16, asked closeText, f fsm.Failure) Output {
	switch {
	case code == 0:
		return Output{Kind: SendClose, Code: asked.code, Text: asked.text}
	case f != 0 && f != fsm.FailureStatus:
		return Output{Kind: SendClose, Code: code, Text: f.Error()}
	}
	return Output{Kind: SendClose, Code: code}
}

// MisuseError reports a call that was made in a wrong phase. The call changed nothing and led to no
// output.
type MisuseError struct {
	Call  string // the method, such as "Opened"
	Phase string // such as "ClientConnecting"
	Want  string // where the call belongs
}

// Error names the call, the phase and the place of the call.
func (e *MisuseError) Error() string {
	return "endpoint: " + e.Call + " was called in phase " + e.Phase + "; " + e.Want
}

// callOf lists the method that reports each event, and when to call it. Events that are not listed
// come from Message.
var callOf = map[fsm.EventKind]MisuseError{
	fsm.EventConnectRequested: {Call: "Connect", Want: "call it once, before anything else"},
	fsm.EventConnected:        {Call: "Connected", Want: "it answers Dial, once"},
	fsm.EventConnectFailed:    {Call: "ConnectFailed", Want: "it answers Dial, once"},
	fsm.EventOpened: {Call: "Opened",
		Want: "it comes once, after Connected and before the first message"},
	fsm.EventResponse: {Call: "OpeningRefused",
		Want: "it comes once, after Connected and before the first message"},
	fsm.EventOpeningRequest: {Call: "Opening",
		Want: "there is one opening request, before anything else"},
	fsm.EventPingReceived: {Call: "Ping",
		Want: "there are no frames before the opening handshake is through, nor after the last output"},
	fsm.EventPeerClosed: {Call: "PeerClosed",
		Want: "there are no frames before the opening handshake is through, nor after the last output"},
	fsm.EventConnectionLost:      {Call: "Lost", Want: "it ends a connection that is up"},
	fsm.EventViolation:           {Call: "Violation", Want: "it ends a connection that is up"},
	fsm.EventCredentialsSupplied: {Call: "Credentials", Want: "it answers AskCredentials, once"},
	fsm.EventCredentialsDeclined: {Call: "NoCredentials", Want: "it answers AskCredentials, once"},
	fsm.EventBodyWritten: {Call: "BodyWritten",
		Want: "it follows the message with the request body"},
	fsm.EventDecided:           {Call: "Decide", Want: "it answers AskDecision"},
	fsm.EventApplicationFailed: {Call: "ApplicationFailed", Want: "it answers AskDecision"},
	fsm.EventSendRequested:     {Call: "Send", Want: "messages go out between Open and the end"},
	fsm.EventCloseRequested:    {Call: "Close", Want: "it is over already, or has not begun"},
}

// misuse makes the error for an event in a wrong phase.
func misuse(kind fsm.EventKind, phase string) *MisuseError {
	e, ok := callOf[kind]
	if !ok {
		e = MisuseError{Call: "Message",
			Want: "there are no messages before the opening handshake is through, nor after the last output"}
	}
	e.Phase = phase
	return &e
}

// withMisuse adds a misplaced call to the description of a failure, which it may have caused.
func withMisuse(detail string, e *MisuseError) string {
	switch {
	case e == nil:
		return detail
	case detail == "":
		return e.Error()
	}
	return detail + "; " + e.Error()
}

// memory holds the buffers of one handshake in one allocation. Longer content is allocated on its
// own.
type memory struct {
	// Of the parsed head; first, as the garbage collector looks no farther than to the last
	// pointer.
	fields  [8]wire.Field
	buf     [512]byte // for output
	message [512]byte // the message that holds the request, or the response
}

// mostKept bounds the buffers, in bytes, that a Server keeps for the next connection.
const mostKept = 8 << 10
