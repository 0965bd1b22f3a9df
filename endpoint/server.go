package endpoint

import (
	"errors"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/lines"
	"example.com/khp/wire"
)

// Server is one connection on the server's side. Like [Client] it does no I/O, reads no clock and
// is not safe for concurrent use; a method named after an event reports that event and returns all
// outputs it leads to, valid until the next call.
type Server struct {
	cfg     ServerConfig
	machine fsm.ServerConfig
	state   fsm.ServerState
	core
	ending

	open     OpeningRequest
	granted  []wire.Extension // extensions of the opening handshake
	grants   []string         // the same as they are written
	accept   [28]byte
	lines    lines.Watch  // of the head that comes in
	parsed   wire.Request // the request being judged; views into pending
	pending  []byte       // copy of the message that holds it, and of its body
	partial  bool         // the head in it is not complete yet
	bodyLeft int64
	kept     kept // of both requests
	request  Request
	decision Decision // of this call
	prepared []byte   // the response that it makes
	result   Result

	askedPlain    bool  // the application was asked about the opening request
	refusedPlain  bool  // and has refused it
	deferredPlain uint8 // how often it has asked for time

	differs *Difference // between the two requests, of the last one judged
}

// ServerConfig holds the offer and the policy of a server. The zero value is right for a server
// without subprotocols or extensions.
type ServerConfig struct {
	Machine  fsm.ServerConfig // a zero field has the value in fsm.DefaultServerConfig
	Limits   wire.Limits
	Timeouts Timeouts
	// kaazing profile: accept an extended request for another path than the opening request's, as
	// clients send it after R; it is never used for routing [AMB-21]
	AnyTarget bool
	Outside   Outside
	// DecidePlain asks for a decision on clients that do not offer KHP, too, where Machine.Plain
	// lets them in: AskDecision then comes before the opening request is answered, and Request says
	// Plain. A status that accepts opens with 101; 401 and 407 become 403, because such a client
	// cannot be asked for credentials.
	DecidePlain bool
	// CheckOrigin decides about an opening request that carries an Origin. nil allows the same
	// origin and privileged:// (the form of Kaazing's Java and iOS clients) with the same host. It
	// must not keep its arguments.
	CheckOrigin func(origin, host string) bool
	// CheckOpening refuses an opening request that is right in itself, with a status and a reason
	// that is sent to the client; 0 lets it pass, and a status outside 400 to 599 counts as 403. It
	// must neither keep nor change its argument. nil refuses none.
	CheckOpening func(o *OpeningRequest) (status int, why string)
	// OpeningFields returns further fields of the opening 101; those that the endpoint writes
	// itself, and that cannot be written, are left out: see CheckOpeningField. nil adds none.
	OpeningFields func() []HeaderField
	// GrantOpening returns the elements of extensions of the host's WebSocket layer that the
	// opening 101 grants, of those that the client has offered; nil grants none.
	GrantOpening func(offered []string) (granted []string)
}

// Check refuses invalid options, such as a negative limit. [NewServer] replaces them by their
// defaults.
func (cfg *ServerConfig) Check() error {
	if err := checkLimits(&cfg.Limits); err != nil {
		return err
	}
	return cfg.Timeouts.check()
}

// NewServer prepares one connection. It replaces options that [ServerConfig.Check] refuses by their
// defaults.
func NewServer(cfg ServerConfig) *Server {
	s := &Server{}
	s.Reset(cfg)
	return s
}

// Reset prepares s for another connection, as NewServer does, and reuses its memory. Values that s
// returned before become invalid, except copies of Request, OpeningRequest and Result.
func (s *Server) Reset(cfg ServerConfig) {
	buf, pending, fields := s.buf[:0], s.pending[:0], s.parsed.Fields[:0]
	if buf == nil || cap(buf)+cap(pending) > mostKept {
		m := new(memory)
		buf, pending, fields = m.buf[:0], m.message[:0], m.fields[:0]
	}
	*s = Server{}
	s.side, s.cfg, s.clock.Timeouts = s, cfg, &s.cfg.Timeouts
	s.out, s.buf, s.pending, s.parsed.Fields = s.room[:0], buf, pending, fields
	s.machine = cfg.Machine.OrDefault()
	s.cfg.Limits = cfg.Limits.OrDefault()
	s.state = s.machine.Start()
}

// Message reports a data message. p is not kept, but a Deliver output hands it back: it must not
// change until the outputs are carried out.
func (s *Server) Message(now time.Time, t wire.MessageType, p []byte) []Output {
	if s.decidingPlain() {
		return s.plainTooEarly(now)
	}
	s.begin(now)
	s.message, s.msgType = p, t
	switch s.state.Phase() {
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		s.requestMessage(p)
	case fsm.ServerAwaitBody:
		s.bodyMessage(p)
	default:
		if !s.state.Phase().Open() {
			s.detail = "expected nothing before the response, got " + describe(t, p)
		}
		s.step(fsm.Event{Kind: dataKind(t, p)})
	}
	s.message = nil
	return s.out
}

// Ping reports a Ping. p is not kept, but the SendPong output hands it back: it must not change
// until the outputs are carried out.
func (s *Server) Ping(now time.Time, p []byte) []Output {
	if s.decidingPlain() {
		return s.plainTooEarly(now)
	}
	out, _ := s.reportMessage(now, fsm.EventPingReceived, 0, p)
	return out
}

// PeerClosed reports a Close frame; code is 0 or 1005 if it was empty.
func (s *Server) PeerClosed(now time.Time, code uint16, reason string) []Output {
	if s.decidingPlain() {
		return s.plainTooEarly(now)
	}
	s.begin(now)
	before := s.closeIn
	if s.state.Phase() != fsm.ServerClosing { // there it only answers ours
		s.closeIn = closeText{code, reason}
	}
	s.closeOut = sendable(code, reason) // as a gateway answers
	if !s.step(fsm.Event{Kind: fsm.EventPeerClosed}) {
		s.closeIn = before
	}
	return s.out
}

// Lost reports that the connection ended, with or without an error, or cannot be used.
func (s *Server) Lost(now time.Time, detail string) []Output {
	return s.report(now, fsm.Event{Kind: fsm.EventConnectionLost}, detail)
}

func (s *Server) expire(t fsm.Timer) {
	s.detail = timerDetail(t)
	s.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
}

// errTooLate reports that no decision is awaited, because the client is gone or a timer has
// answered.
var errTooLate = errors.New("endpoint: the request is not waiting for a decision")

// Decide answers AskDecision. A decision that lacks a field its status requires, has one that
// contradicts its status (challenges without 401, a location without a redirect), selects a
// subprotocol or extension that was not asked for, or cannot be written is refused with an error
// that names the reason; nothing is sent and another decision can be made. [INV-45, INV-46]
//
//khp:impl KHP-EXT-RSP-08 KHP-STATUS-401-04 KHP-STATUS-511-02 KHP-REDIR-06 RFC2068-407-02
//khp:impl RFC6585-511-04
func (s *Server) Decide(now time.Time, d Decision) ([]Output, error) {
	s.begin(now)
	switch {
	case s.decidingPlain():
		return s.decidePlain(d)
	case !s.Deciding():
		return nil, errTooLate
	}
	if err := d.checkFields(s.machine.Unchecked); err != nil {
		return nil, err
	}
	d.Status = d.status()
	facts, err := s.judgeDecision(&d)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(&d); err != nil {
		return nil, err
	}
	if !s.step(fsm.Event{Kind: fsm.EventDecided, Status: uint16(d.Status), Facts: facts}) {
		return nil, errors.New("endpoint: status " + itoa(d.Status) + " cannot be sent now: " +
			s.whyNot(d.Status))
	}
	return s.out, nil
}

// prepare writes the response that a decision makes.
func (s *Server) prepare(d *Decision) (err error) {
	if s.buf, err = s.writeResponse(s.buf, d); err != nil {
		return errors.New("endpoint: the " + itoa(d.Status) + " response cannot be written: " +
			err.Error())
	}
	s.decision, s.prepared = *d, s.buf[:len(s.buf):len(s.buf)]
	return nil
}

// ApplicationFailed answers AskDecision when the application failed: the client gets a 500.
func (s *Server) ApplicationFailed(now time.Time) []Output {
	ev := fsm.Event{Kind: fsm.EventApplicationFailed}
	if s.decidingPlain() {
		ev = fsm.Event{Kind: fsm.EventOpeningRequest, Status: 500}
	}
	return s.report(now, ev, "")
}

// Phase returns the phase of the server, named for the event it waits for.
func (s *Server) Phase() fsm.ServerPhase { return s.state.Phase() }

// State returns the machine's state, for traces and statistics.
func (s *Server) State() fsm.ServerState { return s.state }

// Request returns the request to decide on, after AskDecision.
func (s *Server) Request() *Request { return &s.request }

// OpeningRequest returns the opening request, once it has been judged.
func (s *Server) OpeningRequest() *OpeningRequest { return &s.open }

// Result returns the outcome of the handshake, once the connection is open.
func (s *Server) Result() Result { return s.result }

// begin starts a call.
func (s *Server) begin(now time.Time) {
	if s.buf != nil && s.state.Phase().Open() { // it may live long
		s.parsed, s.pending, s.buf = wire.Request{}, nil, nil
	}
	s.core.begin(now)
	s.buf = s.buf[:0]
	s.decision, s.prepared = Decision{}, nil
}

// step passes ev to the machine and performs the effects. It reports whether the machine accepted
// ev.
func (s *Server) step(ev fsm.Event) bool {
	state, effects, verdict := s.machine.Step(s.state, ev)
	s.ending.note(s.state.Failure(), state.Failure(), s.detail)
	s.state = state
	return s.carryOut(s, ev.Kind, effects, verdict)
}

func (s *Server) phase() string { return s.state.Phase().String() }

// perform turns one effect into outputs.
func (s *Server) perform(e fsm.Effect) {
	var o Output
	//exhaustive:enforce
	switch e.Kind {
	case fsm.EffectSendOpening:
		o.Kind, o.Data = SendBytes, s.openingResponse()
	case fsm.EffectRefuseOpening:
		o.Kind, o.Data = SendBytes, s.openingRefusal(int(e.Code))
	case fsm.EffectSendProceed:
		o.message(s.tail(balancer.Append(s.buf, balancer.Proceed, "")))
	case fsm.EffectSendReroute:
		o.message(s.tail(balancer.Append(s.buf, balancer.Reroute, s.decision.Reroute)))
	case fsm.EffectSendResponse:
		o.message(s.response(int(e.Code)))
	case fsm.EffectSendTerminator:
		o.message(nil)
	case fsm.EffectAskDecision:
		s.fillRequest()
		o.Kind = AskDecision
	case fsm.EffectOpenPlain:
		s.openPlain()
		return
	case fsm.EffectComplete:
		s.forget()
		s.result = Result{Status: int(s.state.Status()), Subprotocol: s.decision.Subprotocol,
			Extensions: s.decision.Extensions, Header: s.request.Header}
		o.Kind = Open
	case fsm.EffectFail:
		o.Kind, o.Err = Fail, s.failure(e)
	case fsm.EffectDial, fsm.EffectSendRequest, fsm.EffectReplayRequest, fsm.EffectSendBody,
		fsm.EffectStopBody, fsm.EffectAskCredentials, fsm.EffectFollow:
		return // only a client is told to
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer,
		fsm.EffectStopTimers,
		fsm.EffectSendPong, fsm.EffectSendMessage, fsm.EffectDeliver, fsm.EffectSendClose,
		fsm.EffectDisconnect, fsm.EffectClosed:
		s.core.perform(e, s.state.Failure())
		return
	}
	s.say(o)
}

// forget drops the buffers of the handshake: an open connection may live long.
func (s *Server) forget() {
	s.request.Body, s.parsed.Body = nil, nil
	if cap(s.pending) > len(memory{}.message) || cap(s.parsed.Fields) > len(memory{}.fields) {
		s.parsed, s.pending = wire.Request{}, nil
	}
}

// tail makes b the buffer of this call and returns the bytes appended to it.
func (s *Server) tail(b []byte) []byte {
	from := len(s.buf)
	s.buf = b
	return b[from:len(b):len(b)]
}

// failure makes the error that the application receives.
func (s *Server) failure(e fsm.Effect) *HandshakeError {
	err := &HandshakeError{Leg: LegExtended, Failure: e.Failure, Status: int(e.Code),
		URL: s.open.Target}
	if s.refusedPlain { // the application did, not the endpoint
		err.Failure = fsm.FailureStatus
	}
	if s.open.Target == "" || e.Failure == fsm.FailureOpening || e.Failure == fsm.FailureNotSelected {
		err.Leg = LegOpening
	}
	err.Difference = s.differs
	s.ending.fill(err, s.misused)
	return err
}
