package endpoint

import (
	"slices"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/place"
	"example.com/khp/internal/upgrade"
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
	return balancer.Asked(o.Target)
}

// Path returns the path of the target as sent, without query.
func (o *OpeningRequest) Path() string { return place.TargetPath(o.Target) }

// offersKHP reports whether KHP is among the subprotocols of the request, at any place in any of
// the lists.
func (o *OpeningRequest) offersKHP() bool {
	for i := range o.Opening {
		if f := &o.Opening[i]; strings.EqualFold(f.Name, "Sec-WebSocket-Protocol") {
			var room [8][]byte
			list, _ := wire.ParseTokens(room[:0], []byte(f.Value))
			if slices.ContainsFunc(list, func(p []byte) bool { return string(p) == Subprotocol }) {
				return true
			}
		}
	}
	return false
}

// Speaks names the protocol that the client speaks, for logs and statistics: "spec" or "kaazing"
// for the profiles of KHP, "plain" for a WebSocket without it. A request of which no field is known
// counts as KHP.
func (o *OpeningRequest) Speaks() string {
	switch {
	case len(o.Opening) > 0 && !o.offersKHP():
		return "plain"
	case o.Kaazing():
		return "kaazing"
	}
	return "spec"
}

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
		s.noteMisuse(fsm.EventOpeningRequest, s.phase())
		return nil
	}
	status, what := s.judgeOpening(r)
	if status != 0 {
		s.detail = what
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)})
		return s.out
	}
	upgrade.AppendAccept(s.accept[:0], []byte(s.open.Key))
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

// Opened reports that the host's own WebSocket layer answered the opening request with 101 and
// selected KHP; the slices of o are kept, and must not change. granted are the extensions it
// negotiated. The layer is expected to have compared Origin with Host; a CheckOrigin or
// CheckOpening of the configuration is asked here too. A request that either refuses, that is
// beyond the limits, or that repeats a field on which security depends, ends the connection with
// Close 1008, because a status cannot be sent any more.
func (s *Server) Opened(now time.Time, o OpeningRequest, granted []string) []Output {
	s.begin(now)
	if s.state.Phase() != fsm.ServerOpening {
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest})
		return nil
	}
	s.open = o
	s.granted = parseElements(granted)
	upgrade.AppendAccept(s.accept[:0], []byte(o.Key))
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
		s.out = slices.Insert(s.out, 0, Output{Kind: SendClose, Code: closePolicy,
			Text: sendable(closePolicy, what).text})
	}
	return s.out
}

// closePolicy is the close code for a violated policy. [RFC 6455 7.4.1]
const closePolicy = 1008

// judgeOpened checks an opening request that another layer has answered. status 0 means that it is
// fine.
func (s *Server) judgeOpened() (status int, what string) {
	o := &s.open
	if status, what = o.size(&s.cfg.Limits); status != 0 {
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

// size judges the size of an opening request that another layer has parsed.
func (o *OpeningRequest) size(l *wire.Limits) (status int, what string) {
	return judge.OpeningSize(judge.OpeningParts{
		Target: o.Target, Fields: eachField(o.Opening),
		Lists:  [2][]string{o.Subprotocols, o.Extensions},
		Others: len(o.Host) + len(o.Origin) + len(o.Key),
	}, l)
}

// forgetOpening keeps of an opening request that is too large the beginning of its target.
func (s *Server) forgetOpening(target string) {
	s.open = OpeningRequest{Target: strings.Clone(clip(place.OriginForm(target)))}
}

// judgeOpening checks the opening request and keeps its parts in s.open. status 0 means it is fine.
//
//khp:impl KHP-GEN-08 RFC2068-101-01
func (s *Server) judgeOpening(r *wire.Request) (status int, what string) {
	o := &s.open
	if status, what := judge.RequestSize(r, &s.cfg.Limits); status != 0 {
		s.forgetOpening(string(r.Target))
		return status, what
	}
	room := new(serverRoom)
	s.kept = kept{fields: room.fields[:], elements: room.elements[:]}
	n := len(r.Target) + sizeOf(r.Fields)
	s.kept.reserve(n, n/2) // most extended requests are half as long
	*o = OpeningRequest{Target: place.OriginForm(s.kept.string(r.Target)),
		Opening: s.kept.copyFields(r.Fields)}
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
	if o.Subprotocols, o.Extensions, what = s.kept.lists(r.Fields, o.Opening, [2]bool{}); what != "" {
		return 400, what
	}
	if status, what = s.checkOpening(); status == 0 && s.cfg.GrantOpening != nil &&
		len(o.Extensions) > 0 {
		s.grants = s.cfg.GrantOpening(o.Extensions)
		s.granted = parseElements(s.grants)
	}
	return status, what
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

var defaultPorts = map[string][]string{
	"http": {":80"}, "https": {":443"}, "ws": {":80"}, "wss": {":443"},
	"privileged": {":80", ":443"},
}

// settle finds the origin of the opening request in either of two fields; target is the target as
// sent, "" if it is not known. status 0 means that the origin is clear, and so is every other field
// on which decisions about security rest: a repeated field is refused, because a proxy or the
// application might use the other value.
//
// Version 8 of the WebSocket protocol names the origin in Sec-WebSocket-Origin; browsers send
// Origin with every version.
func (o *OpeningRequest) settle(target string) (status int, what string) {
	if name := repeated(o.Opening); name != "" {
		return 400, name + " is repeated"
	}
	origin, old := findField(o.Opening, "Origin"), findField(o.Opening, "Sec-WebSocket-Origin")
	switch {
	case origin == nil && old == nil:
		return o.checkAuthority(target)
	case origin != nil && old != nil && !strings.EqualFold(origin.Value, old.Value):
		return 400, "Origin " + quote(origin.Value) + " and Sec-WebSocket-Origin " + quote(old.Value) +
			" differ"
	case origin == nil:
		origin = old
	}
	if o.Origin = origin.Value; o.Origin == "" {
		return 400, "field " + origin.Name + " is empty"
	}
	return o.checkAuthority(target)
}

// checkAuthority compares the host of a target in absolute form with Host.
func (o *OpeningRequest) checkAuthority(target string) (status int, what string) {
	if authority, ok := authorityOf(target); ok && !SameOrigin(authority, o.Host) {
		return 400, "the request is for " + quote(authority) + ", its Host is " + quote(o.Host)
	}
	return 0, ""
}

// once lists the fields of an opening request on which decisions about security rest. None may be
// repeated.
var once = []string{"Authorization", "Cookie", "Host", "Origin", "Sec-WebSocket-Origin",
	"Sec-WebSocket-Key", "Sec-WebSocket-Version"}

// repeated returns the first name of once that fields has more than once, "" if there is none.
func repeated(fields []HeaderField) string {
	var seen uint
	for _, f := range fields {
		for i, name := range once {
			if len(f.Name) != len(name) || !strings.EqualFold(f.Name, name) {
				continue
			}
			if seen>>i&1 == 1 {
				return name
			}
			seen |= 1 << i
		}
	}
	return ""
}

// authorityOf returns scheme and authority of a target in absolute form; ok is false for the other
// forms.
func authorityOf(target string) (authority string, ok bool) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || strings.HasPrefix(target, "/") {
		return "", false
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + "://" + rest, true
}
