package endpoint

import (
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// OpeningRequest is what the extended handshake inherits from the opening one.
type OpeningRequest struct {
	Target     string   // request target as sent: path and query
	Host       string   // Host field
	Origin     string   // Origin field, "" if absent
	Protocols  []string // subprotocols offered, KHP included
	Extensions []string // extensions offered
	Key        string   // Sec-WebSocket-Key
	Opening    []HeaderField
}

// Kaazing reports whether the query asks for the kaazing profile: it contains ".kl=Y".
func (o *OpeningRequest) Kaazing() bool {
	_, query, _ := strings.Cut(o.Target, "?")
	return strings.Contains(query, marker)
}

// Path returns the path of the target as sent, without query.
func (o *OpeningRequest) Path() string { return pathOf(o.Target) }

// OpeningReceived takes what has been read of the opening request: all of it so far, from its first byte. It returns how many bytes it has used; 0
// means that more are needed. What follows the used bytes belongs to the WebSocket. Hosts that parse the request themselves use Opening.
func (s *Server) OpeningReceived(b []byte) (used int, out []Output) {
	s.reset()
	n, err := s.parsed.ParseHead(b, s.cfg.Limits)
	if wire.KindOf(err) == wire.KindIncomplete {
		return 0, nil
	}
	if err != nil {
		s.detail = err.Error()
		s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(statusOf(err))})
		return len(b), s.out
	}
	return n, s.Opening(&s.parsed)
}

// Opening judges an opening request and answers it. r is not kept. [RFC 6455 4.2.1]
//
//khp:impl KHP-OPEN-03 KHP-OPEN-04 WSP-OPEN-08
func (s *Server) Opening(r *wire.Request) []Output {
	s.reset()
	ev := fsm.Event{Kind: fsm.EventOpeningRequest}
	status, what := s.judgeOpening(r)
	if status != 0 {
		ev.Status, s.detail = uint16(status), what
		s.step(ev)
		return s.out
	}
	wire.AppendAccept(s.accept[:0], []byte(s.open.Key))
	ev.Facts = fsm.FactValid
	if contains(s.open.Protocols, Protocol) {
		ev.Facts |= fsm.FactKHP
	} else {
		s.detail = "the client did not offer " + Protocol
	}
	if s.open.Kaazing() {
		ev.Facts |= fsm.FactKaazing
	}
	s.step(ev)
	return s.out
}

// Opened tells that the host's own WebSocket layer answered the opening request with 101 and selected KHP. granted are the extensions it negotiated.
func (s *Server) Opened(o OpeningRequest, granted []string) []Output {
	s.reset()
	s.open = o
	s.granted = nil
	for _, e := range granted {
		s.granted, _ = wire.ParseExtensions(s.granted, []byte(e))
	}
	wire.AppendAccept(s.accept[:0], []byte(o.Key))
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}
	if o.Kaazing() {
		ev.Facts |= fsm.FactKaazing
	}
	s.step(ev)
	// The 101 is with the client already.
	for i, o := range s.out {
		if o.Kind == SendBytes {
			s.out = append(s.out[:i], s.out[i+1:]...)
			break
		}
	}
	return s.out
}

// judgeOpening checks the opening request and keeps what is needed of it. status 0 means it is fine.
func (s *Server) judgeOpening(r *wire.Request) (status int, what string) {
	get := func(name string) string { v, _ := r.Fields.Get(name); return string(v) }
	o := &s.open
	*o = OpeningRequest{Target: originForm(string(r.Target)), Host: get("Host"), Origin: get("Origin"), Key: get("Sec-WebSocket-Key"), Opening: copyFields(r.Fields)}
	connection := false
	for v := range r.Fields.All("Connection") {
		connection = connection || wire.HasToken(v, "Upgrade")
	}
	version := get("Sec-WebSocket-Version")
	switch {
	case string(r.Method) != "GET":
		return 405, "a WebSocket opening handshake is a GET request, this is " + quote(string(r.Method))
	case !wire.HasToken([]byte(get("Upgrade")), "websocket"):
		return 426, "this address speaks WebSocket: the request has no Upgrade: websocket"
	case !connection:
		return 400, "the request has no Connection: Upgrade"
	case version != "13" && version != "8":
		return 426, "expected Sec-WebSocket-Version: 13, got " + quote(version)
	case r.Fields.Count("Sec-WebSocket-Key") != 1 || !wire.ValidKey([]byte(o.Key)):
		return 400, "Sec-WebSocket-Key is missing, repeated or not 16 bytes in base64"
	case o.Host == "":
		return 400, "the request has no Host"
	case r.ContentLength > 0:
		return 400, "an opening request has no body"
	}
	if o.Origin != "" && !s.checkOrigin(o.Origin, o.Host) {
		return 403, "Origin " + quote(o.Origin) + " is not allowed here"
	}
	for v := range r.Fields.All("Sec-WebSocket-Protocol") {
		list, err := wire.ParseTokens(nil, v)
		if err != nil {
			return 400, "Sec-WebSocket-Protocol: " + err.Error()
		}
		for _, p := range list {
			o.Protocols = append(o.Protocols, string(p))
		}
	}
	for v := range r.Fields.All("Sec-WebSocket-Extensions") {
		if _, err := wire.ParseExtensions(nil, v); err != nil {
			return 400, "Sec-WebSocket-Extensions: " + err.Error()
		}
		o.Extensions = append(o.Extensions, string(v))
	}
	return 0, ""
}

// checkOrigin applies the configured check, or the default: the same scheme-less origin, which is what keeps other web sites out.
func (s *Server) checkOrigin(origin, host string) bool {
	if s.cfg.CheckOrigin != nil {
		return s.cfg.CheckOrigin(origin, host)
	}
	return SameOrigin(origin, host)
}

// SameOrigin reports whether origin names the host of the request. Kaazing's Java and iOS clients send privileged://host:port, always with the port.
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

// openingResponse writes the opening 101. The kaazing profile needs its reason phrase: Java clients compare the status line.
func (s *Server) openingResponse() []byte {
	b := appendSwitching(s.buf[:0], s.open.Kaazing(), s.accept[:])
	if contains(s.open.Protocols, Protocol) {
		b, _ = wire.AppendField(b, "Sec-WebSocket-Protocol", Protocol)
	}
	s.buf = wire.AppendEnd(b)
	return s.buf
}

// appendSwitching starts a 101 head.
func appendSwitching(b []byte, kaazing bool, accept []byte) []byte {
	reason := "Switching Protocols"
	if kaazing {
		reason = "Web Socket Protocol Handshake"
	}
	b, _ = wire.AppendStatusLine(b, 101, reason)
	b, _ = wire.AppendField(b, "Upgrade", "websocket")
	b, _ = wire.AppendField(b, "Connection", "Upgrade")
	b, _ = wire.AppendField(b, "Sec-WebSocket-Accept", accept)
	return b
}

// openingRefusal writes another answer to the opening request, with an explanation.
func (s *Server) openingRefusal(status int) []byte {
	body := s.detail + "\n"
	b, _ := wire.AppendStatusLine(s.buf[:0], status, fsm.Status(status).Reason)
	switch status {
	case 405:
		b, _ = wire.AppendField(b, "Allow", "GET")
	case 426:
		b, _ = wire.AppendField(b, "Upgrade", "websocket")
		b, _ = wire.AppendField(b, "Sec-WebSocket-Version", "13")
	}
	b, _ = wire.AppendField(b, "Content-Type", "text/plain; charset=utf-8")
	b, _ = wire.AppendField(b, "Content-Length", itoa(len(body)))
	b, _ = wire.AppendField(b, "Connection", "close")
	s.buf = append(wire.AppendEnd(b), body...)
	return s.buf
}

// originForm strips scheme and authority of an absolute-form target.
func originForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		if rest = rest[i:]; rest[0] == '?' {
			rest = "/" + rest
		}
		return rest
	}
	return "/"
}

func pathOf(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}
