package endpoint

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/lines"
	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// Request is an extended request for the application. Values are copies.
type Request struct {
	OpeningRequest
	Header []HeaderField // of the extended request
	// Subprotocols asked for, without KHP; in the kaazing profile of both requests together.
	Subprotocols  []string
	Extensions    []string // elements asked for in the extended request
	Authorization string   // value of the Authorization field, "" if absent
	Body          []byte   // until the connection is open, which does not keep it
	Plain         bool     // the client does not offer KHP: there is only the opening request
	Replay        int      // how many challenges this client has been sent
	// The identity that the host gave the client, or nil; not used by the endpoint.
	Principal any
}

// Credentials splits the Authorization field at its first blank: into the scheme, which compares
// without regard to case, and all that follows. value is "" if there are none, or a scheme only.
func (r *Request) Credentials() (scheme, value string) {
	i := strings.IndexAny(r.Authorization, " \t")
	if i < 0 {
		return r.Authorization, ""
	}
	return r.Authorization[:i], strings.Trim(r.Authorization[i:], " \t")
}

// Challenge writes a challenge in the form that this client understands: clients of the kaazing
// profile expect the word Application before the scheme, without which a browser would answer the
// challenge itself. An empty realm is left out.
func (r *Request) Challenge(scheme, realm string) string {
	if r.Kaazing() {
		scheme = "Application " + scheme
	}
	if realm == "" {
		return scheme
	}
	return scheme + ` realm="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(realm) + `"`
}

// requestMessage judges a message where an extended request is due. In the kaazing profile, whose
// peers regard messages as pieces of a stream, a request may be spread over several, and an empty
// message means nothing. [AMB-05]
//
//khp:impl KHP-EXT-01 KHP-EXT-02 KHP-EXT-03
func (s *Server) requestMessage(p []byte) {
	// No legal request is longer than this: a request that is cut here is refused all the same.
	most := s.cfg.Limits.Head + s.cfg.Limits.Body + 1
	if !s.partial {
		s.pending, s.lines = s.pending[:0], lines.Watch{}
	}
	s.pending = append(s.pending, p[:min(len(p), most-len(s.pending))]...)
	if s.open.Kaazing() && !s.lines.Grew(s.pending, s.cfg.Limits) {
		return
	}
	status, what := s.judgeRequest()
	if s.partial { // missing parts are no fault yet
		return
	}
	if status != 0 {
		s.detail = what
		s.step(fsm.Event{Kind: fsm.EventBadRequest, Status: uint16(status)})
		return
	}
	ev := fsm.Event{Kind: fsm.EventRequest}
	if name := s.extensionAgain(); name != "" {
		s.detail = "extension " + quote(name) + " was negotiated in the opening handshake already"
		ev.Facts = fsm.FactExtensionAgain
	}
	if s.bodyLeft > 0 {
		ev.Facts |= fsm.FactExpectBody
	}
	s.step(ev)
}

// judgeRequest parses the pending message and checks everything that can be wrong with it. status 0
// means it is fine; bodyLeft then says how much of an announced body is outstanding.
//
//khp:impl RFC2068-411-01
func (s *Server) judgeRequest() (status int, what string) {
	r, kaazing := &s.parsed, s.open.Kaazing()
	n, err := r.ParseHead(s.pending, s.cfg.Limits)
	s.partial = kaazing && wire.KindOf(err) == wire.KindIncomplete
	if err != nil {
		return statusOf(err), faultOf(s.pending, err)
	}
	r.Body = s.pending[n:]
	get := func(name string) (string, bool) { v, ok := r.Fields.Get(name); return string(v), ok }
	expect, expects := get("Expect")
	host, hasHost := get("Host")
	authority, absolute := authorityOf(string(r.Target))
	_, authority, _ = strings.Cut(authority, "://")
	switch {
	case knownMethods[string(r.Method)] && string(r.Method) != "GET":
		return 405, "an extended request is a GET, this is " + quote(string(r.Method))
	case string(r.Method) != "GET":
		return 501, "method " + quote(string(r.Method)) + " is not known"
	case !(s.cfg.AnyTarget && kaazing) && !s.samePath(place.TargetPath(string(r.Target))):
		return 400, s.differ("path", s.open.Path(), place.TargetPath(string(r.Target)))
	case absolute && !kaazing && !s.sameHost(authority):
		return 400, s.differ("Host", s.open.Host, authority)
	case r.Fields.Count("Authorization") > 1:
		return 400, "Authorization is repeated"
	case r.Fields.Count("Cookie") > 1:
		return 400, "Cookie is repeated"
	case hasHost && !kaazing && !s.sameHost(host):
		return 400, s.differ("Host", s.open.Host, host)
	case expects && !strings.EqualFold(expect, "100-continue"):
		return 417, "expectation " + quote(expect) + " cannot be met"
	case expects && r.ContentLength < 0:
		return 411, "a request that expects 100-continue needs Content-Length"
	}
	left, fault := judge.Body(r, len(r.Body))
	if fault.Found() {
		return 400, fault.Text
	}
	s.bodyLeft = left
	if what := judge.ListsSize(r.Fields, &s.cfg.Limits); what != "" {
		return 431, what
	}
	return s.judgeLists()
}

// judgeLists checks the two negotiation fields and collects their elements.
func (s *Server) judgeLists() (status int, what string) {
	q := &s.request
	*q = Request{OpeningRequest: s.open, Replay: s.state.Challenges(),
		Header: s.kept.copyFields(s.parsed.Fields)}
	subprotocols, extensions, fault := s.kept.lists(s.parsed.Fields, q.Header,
		[2]bool{true, s.open.Kaazing()})
	if fault != "" {
		return 400, fault
	}
	if s.open.Kaazing() {
		subprotocols = slices.Concat(s.open.Subprotocols, subprotocols)
	}
	q.Subprotocols, q.Extensions = ofApplication(subprotocols), extensions
	return 0, ""
}

// extensionAgain returns the name of an extension that the opening handshake negotiated and the
// request names again, "" if there is none.
//
//khp:impl KHP-EXT-RSP-02
func (s *Server) extensionAgain() string {
	for _, e := range s.request.Extensions {
		if name := judge.ExtensionName(e); judge.Granted(s.granted, name) {
			return name
		}
	}
	return ""
}

// bodyMessage takes a piece of the body after 100.
func (s *Server) bodyMessage(p []byte) {
	if int64(len(p)) > s.bodyLeft {
		s.detail = "the body is longer than Content-Length"
		s.step(fsm.Event{Kind: fsm.EventBadRequest, Status: 400})
		return
	}
	s.parsed.Body = append(s.parsed.Body, p...) // it ends pending, which is ours
	if s.bodyLeft -= int64(len(p)); s.bodyLeft == 0 {
		s.step(fsm.Event{Kind: fsm.EventBodyReceived})
		return
	}
	s.step(fsm.Event{Kind: fsm.EventDataReceived})
}

// fillRequest copies the body and the credentials for the application.
//
//khp:impl KHP-EXT-REQ-07
func (s *Server) fillRequest() {
	s.request.Body = bytes.Clone(s.parsed.Body)
	s.request.Authorization = fieldValue(s.request.Header, "Authorization")
	if s.request.Authorization == "" && s.open.Kaazing() {
		// Both requests count as one there.
		s.request.Authorization = fieldValue(s.open.Opening, "Authorization")
	}
}

var knownMethods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true,
	"DELETE": true, "OPTIONS": true, "TRACE": true, "CONNECT": true, "PATCH": true}

// statusOf maps a parse error to the status of the answer. HTTP/1.0 gets 505 and thereby never a
// 1xx.
//
//khp:impl KHP-CLASS-1XX-02 RFC2068-1XX-02 RFC6585-431-01
func statusOf(err error) int {
	switch wire.KindOf(err) {
	case wire.KindVersion:
		return 505
	case wire.KindTransferEncoding:
		return 501
	case wire.KindTargetTooLong:
		return 414
	case wire.KindHeadTooLarge, wire.KindLineTooLong, wire.KindTooManyFields:
		return 431
	case wire.KindBodyTooLarge:
		return 413
	}
	return 400
}

// faultOf describes why head was refused, and names the field if one alone is too long. The name is
// all it quotes.
//
//khp:impl RFC6585-431-03
func faultOf(head []byte, err error) string {
	if name := longField(head, err); name != "" {
		return "field " + name + " is too long: " + parseText(err)
	}
	return parseText(err)
}

// parseText words a parse error for the peer, which reads it in the body of the answer.
func parseText(err error) string {
	var e *wire.ParseError
	switch {
	case !errors.As(err, &e):
		return err.Error()
	case e.Kind == wire.KindIncomplete:
		return "the request ends at byte " + itoa(e.Offset) + ", before the empty line behind its fields"
	case e.Detail == "":
		return e.Kind.String() + " at byte " + itoa(e.Offset)
	}
	return e.Kind.String() + " at byte " + itoa(e.Offset) + ": " + e.Detail
}

// longField returns the name of the field in whose line the limit was exceeded, "" if it was
// another limit or another line. A name is a token, so it is fit for a message.
func longField(head []byte, err error) string {
	var e *wire.ParseError
	if !errors.As(err, &e) || e.Kind != wire.KindLineTooLong {
		return ""
	}
	before := head[:min(e.Offset, len(head))]
	start := bytes.LastIndex(before, []byte("\r\n"))
	if start < 0 {
		return "" // the first line
	}
	name, _, ok := bytes.Cut(before[start+len("\r\n"):], []byte(":"))
	if !ok || !scan.ValidToken(string(name)) {
		return ""
	}
	return clip(string(name))
}

// Outside describes a server as its clients see it through a reverse proxy. Both requests have a
// host and a path; the proxy rewrites those of the opening request and does not see the extended
// one. An extended request may also name the hosts and the prefix listed here; they have no other
// use. [AMB-21]
type Outside struct {
	Hosts  []string // Host values, such as "www.example.com", that the proxy replaces
	Prefix string   // path prefix that the proxy strips, such as "/app"
}

// Difference is a value of an extended request that names another place than the opening request
// does; spelling alone is no difference.
type Difference struct {
	What              string // "Host" or "path"
	Opening, Extended string // as sent, cut to 200 bytes
}

// differ notes a difference and describes it.
func (s *Server) differ(what, opening, extended string) string {
	s.differs = &Difference{what, clip(opening), clip(extended)}
	return "expected the " + what + " of the opening request, " + quote(opening) + ", got " +
		quote(extended) + "; a proxy in front may have changed one of them"
}

// samePath reports whether an extended request is for the path of the opening request, perhaps as
// clients see it.
func (s *Server) samePath(extended string) bool {
	opening, prefix := s.open.Path(), strings.TrimSuffix(s.cfg.Outside.Prefix, "/")
	return place.SamePath(extended, opening) || place.SamePath(extended, prefix+opening)
}

// sameHost does the same for a Host.
func (s *Server) sameHost(extended string) bool {
	return place.SameAuthority(extended, s.open.Host) ||
		slices.ContainsFunc(s.cfg.Outside.Hosts, func(h string) bool {
			return place.SameAuthority(extended, h)
		})
}
