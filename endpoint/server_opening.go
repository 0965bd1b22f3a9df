package endpoint

import (
	"slices"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// OpeningRequest holds the parts of the opening request that matter to the extended handshake.
type OpeningRequest struct {
	Target       string   // request target as sent: path and query
	Host         string   // Host field
	Origin       string   // Origin field, or Sec-WebSocket-Origin of version 8; "" if absent
	Subprotocols []string // subprotocols offered, KHP included
	Extensions   []string // extensions offered
	Key          string   // Sec-WebSocket-Key
	Opening      []HeaderField
}

// Kaazing reports whether the query asks for the kaazing profile: it contains ".kl=Y".
func (o *OpeningRequest) Kaazing() bool {
	return wire.AsksKaazing(o.Target)
}

// Path returns the path of the target as sent, without query.
func (o *OpeningRequest) Path() string { return wire.TargetPath(o.Target) }

// OpeningReceived takes all bytes read so far of the opening request, from the first one. It
// returns how many bytes it has used; 0 means that more are needed. The bytes behind them belong to
// the WebSocket. Hosts that parse the request themselves use Opening.
//
//khp:impl RFC2068-101-02
func (s *Server) OpeningReceived(now time.Time, b []byte) (used int, out []Output) {
	s.begin(now)
	if s.state.Phase() != fsm.ServerOpening {
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest})
		return 0, nil
	}
	if !s.lines.Grew(b, s.cfg.Limits) {
		return 0, nil
	}
	n, err := s.parsed.ParseOpening(b, s.cfg.Limits)
	switch {
	case err == nil:
	case wire.KindOf(err) == wire.KindIncomplete:
		return 0, nil
	default:
		s.detail = faultOf(b, err)
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(statusOf(err))})
		return len(b), s.out
	}
	return n, s.Opening(now, &s.parsed)
}

// Opening judges an opening request and answers it. r is not kept. [RFC 6455 4.2.1]
//
//khp:impl KHP-OPEN-03 KHP-OPEN-04 WSP-OPEN-08
func (s *Server) Opening(now time.Time, r *wire.Request) []Output {
	s.begin(now)
	if s.state.Phase() != fsm.ServerOpening || r == nil {
		s.noteMisuse(fsm.EventOpeningRequest, s.state.Phase().String())
		return nil
	}
	status, what := s.judgeOpening(r)
	if status != 0 {
		s.detail = what
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)})
		return s.out
	}
	wire.AppendAccept(s.accept[:0], []byte(s.open.Key))
	if !slices.Contains(s.open.Subprotocols, Subprotocol) {
		s.detail = "the client did not offer " + Subprotocol
		if s.machine.Plain && s.cfg.DecidePlain {
			return s.askPlain()
		}
	}
	s.step(s.openingEvent())
	return s.out
}

// openingEvent is the event of a valid opening request.
func (s *Server) openingEvent() fsm.Event {
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid}
	if slices.Contains(s.open.Subprotocols, Subprotocol) {
		ev.Facts |= fsm.FactKHP
	}
	if s.open.Kaazing() {
		ev.Facts |= fsm.FactKaazing
	}
	return ev
}

// Opened tells that the host's own WebSocket layer answered the opening request with 101 and
// selected KHP. granted are the extensions it negotiated. The layer has compared Origin with Host
// already, or was told not to; a CheckOrigin or CheckOpening of the configuration is asked here
// too. What either refuses, what is beyond the limits, and what repeats a field on which security
// depends, ends the connection with Close 1008, for it is too late for a status.
func (s *Server) Opened(now time.Time, o OpeningRequest, granted []string) []Output {
	s.begin(now)
	if s.state.Phase() != fsm.ServerOpening {
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest})
		return nil
	}
	s.open = o
	s.granted = parseElements(granted)
	wire.AppendAccept(s.accept[:0], []byte(o.Key))
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}
	if o.Kaazing() {
		ev.Facts |= fsm.FactKaazing
	}
	status, what := s.judgeOpened()
	if status != 0 {
		ev, s.detail = fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)}, what
	}
	s.step(ev)
	// An answer to the opening request is with the client already.
	s.out = slices.DeleteFunc(s.out, func(o Output) bool { return o.Kind == SendBytes })
	if status != 0 {
		s.out = slices.Insert(s.out, 0, Output{Kind: SendClose, Code: closePolicy, Text: sendable(closePolicy, what).text})
	}
	return s.out
}

// closePolicy is the close code for a violated policy. [RFC 6455 7.4.1]
const closePolicy = 1008

// judgeOpened checks an opening request that another layer has answered. status 0 means that it is
// fine.
func (s *Server) judgeOpened() (status int, what string) {
	o := &s.open
	if status, what = o.oversized(&s.cfg.Limits); status != 0 {
		s.forgetOpening(o.Target)
		return status, what
	}
	if status, what = o.settle(""); status != 0 {
		return status, what
	}
	if o.Origin != "" && s.cfg.CheckOrigin != nil && !s.cfg.CheckOrigin(o.Origin, o.Host) {
		return 403, "Origin " + quote(o.Origin) + " is not allowed here"
	}
	return s.checkOpening()
}

// forgetOpening keeps of an opening request that is too large the beginning of its target.
func (s *Server) forgetOpening(target string) {
	s.open, s.granted = OpeningRequest{Target: strings.Clone(clip(wire.OriginForm(target)))}, nil
}

// judgeOpening checks the opening request and keeps its parts in s.open. status 0 means it is fine.
//
//khp:impl KHP-GEN-08 RFC2068-101-01
func (s *Server) judgeOpening(r *wire.Request) (status int, what string) {
	o := &s.open
	if status, what := oversized(r, &s.cfg.Limits); status != 0 {
		s.forgetOpening(string(r.Target[:min(len(r.Target), s.cfg.Limits.Target)]))
		return status, what
	}
	*o = OpeningRequest{Target: wire.OriginForm(string(r.Target)), Opening: copyFields(r.Fields)}
	get := func(name string) string { return fieldValue(o.Opening, name) }
	o.Host, o.Key = get("Host"), get("Sec-WebSocket-Key")
	if status, fault := judge.OpeningRequest(r, true); status != 0 {
		return status, fault.Text
	}
	if status, what = o.settle(string(r.Target)); status != 0 {
		return status, what
	}
	if o.Origin != "" && !s.checkOrigin(o.Origin, o.Host) {
		return 403, "Origin " + quote(o.Origin) + " is not allowed here"
	}
	if o.Subprotocols, o.Extensions, what = parseLists(r.Fields, o.Opening, [2]bool{}); what != "" {
		return 400, what
	}
	return s.checkOpening()
}

// checkOpening asks the host about an opening request that is right in itself.
func (s *Server) checkOpening() (status int, what string) {
	if s.cfg.CheckOpening == nil {
		return 0, ""
	}
	if status, what = s.cfg.CheckOpening(&s.open); status != 0 && (status < 400 || status > 599) {
		status = 403
	}
	return status, what
}

// checkOrigin applies the configured check, or the default, [SameOrigin], which refuses pages of
// other web sites.
func (s *Server) checkOrigin(origin, host string) bool {
	if s.cfg.CheckOrigin != nil {
		return s.cfg.CheckOrigin(origin, host)
	}
	return SameOrigin(origin, host)
}

// SameOrigin reports whether origin names the host of the request. Kaazing's Java and iOS clients
// send privileged://host:port, always with the port.
func SameOrigin(origin, host string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	if !ok || strings.ContainsAny(rest, "/?#@") {
		return false
	}
	for _, port := range defaultPorts[strings.ToLower(scheme)] {
		if strings.EqualFold(strings.TrimSuffix(rest, port), strings.TrimSuffix(host, port)) {
			return true
		}
	}
	return strings.EqualFold(rest, host)
}

var defaultPorts = map[string][]string{"http": {":80"}, "https": {":443"}, "privileged": {":80", ":443"}}

// openingResponse writes the opening 101. The kaazing profile needs its reason phrase: Java clients
// compare the status line.
func (s *Server) openingResponse() []byte {
	h := head{b: s.buf[:0]}
	s.switching(&h)
	switch {
	case slices.Contains(s.open.Subprotocols, Subprotocol):
		h.field("Sec-WebSocket-Protocol", Subprotocol)
	case s.decision.Subprotocol != "": // of a plain WebSocket
		h.field("Sec-WebSocket-Protocol", s.decision.Subprotocol)
	}
	s.date(&h)
	s.buf = h.end()
	return s.buf
}

// date writes when the answer is made, as every answer to a request over HTTP says. A caller whose
// times are not those of a calendar begins them at the zero time, or the epoch of Unix: then there
// is none. [RFC 9110 6.6.1]
func (s *Server) date(h *head) {
	const layout = "Mon, 02 Jan 2006 15:04:05 GMT"
	if now := s.clock.now.UTC(); now.Year() > 1970 {
		var room [len(layout)]byte
		h.bytes("Date", now.AppendFormat(room[:0], layout))
	}
}

// switching starts a 101 head, opening or extended: both carry the accept of the one key there is.
func (s *Server) switching(h *head) {
	reason := "Switching Protocols"
	if s.open.Kaazing() {
		reason = "Web Socket Protocol Handshake"
	}
	h.statusLine(101, reason)
	h.field("Upgrade", "websocket")
	h.field("Connection", "Upgrade")
	h.bytes("Sec-WebSocket-Accept", s.accept[:])
}

// openingRefusal writes another answer to the opening request, with an explanation.
func (s *Server) openingRefusal(status int) []byte {
	if s.prepared != nil {
		return s.prepared
	}
	body := s.detail + "\n"
	reason := fsm.OpeningStatus(status).Reason
	if s.detail == "" {
		body = reason + "\n"
	}
	h := head{b: s.buf[:0]}
	h.statusLine(status, reason)
	connection := "close"
	switch status {
	case 405:
		h.field("Allow", "GET")
	case 426:
		h.field("Upgrade", "websocket")
		h.field("Sec-WebSocket-Version", "13")
		connection = "Upgrade, close" // Upgrade goes nowhere without it [RFC 9110 7.8]
	}
	h.field("Connection", connection)
	h.field("Content-Type", textPlain)
	h.field("Content-Length", itoa(len(body)))
	s.date(&h)
	s.buf = append(h.end(), body...)
	return s.buf
}

const textPlain = "text/plain; charset=utf-8"
