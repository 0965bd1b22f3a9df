package endpoint

import (
	"errors"
	"slices"
	"strings"

	"example.com/khp/endpoint/internal/head"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// openingResponse writes the opening 101. The kaazing profile needs its reason phrase: Java clients
// compare the status line.
func (s *Server) openingResponse() []byte {
	h := head.Head{B: s.buf[:0]}
	s.switching(&h)
	switch {
	case slices.Contains(s.open.Subprotocols, Subprotocol):
		h.Field("Sec-WebSocket-Protocol", Subprotocol)
	case s.decision.Subprotocol != "": // of a plain WebSocket
		h.Field("Sec-WebSocket-Protocol", s.decision.Subprotocol)
	}
	h.List("Sec-WebSocket-Extensions", s.grants)
	if s.cfg.OpeningFields != nil {
		for _, f := range s.cfg.OpeningFields() {
			if CheckOpeningField(f) == nil {
				h.Field(f.Name, f.Value)
			}
		}
	}
	s.date(&h)
	s.buf = h.End()
	return s.buf
}

// date writes when the answer is made, as every answer to a request over HTTP says. A caller whose
// times are not those of a calendar begins them at the zero time, or the epoch of Unix: then there
// is none. [RFC 9110 6.6.1]
func (s *Server) date(h *head.Head) {
	if now := s.clock.Now.UTC(); now.Year() > 1970 {
		h.Date(now)
	}
}

// switching starts a 101 head, opening or extended: both carry the accept of the one key there is.
func (s *Server) switching(h *head.Head) {
	reason := "Switching Protocols"
	if s.open.Kaazing() {
		reason = "Web Socket Protocol Handshake"
	}
	h.StatusLine(101, reason)
	h.Field("Upgrade", "websocket")
	h.Field("Connection", "Upgrade")
	h.Bytes("Sec-WebSocket-Accept", s.accept[:])
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
	h := head.Head{B: s.buf[:0]}
	h.StatusLine(status, reason)
	connection := "close"
	switch status {
	case 405:
		h.Field("Allow", "GET")
	case 426:
		h.Field("Upgrade", "websocket")
		h.Field("Sec-WebSocket-Version", "13")
		connection = "Upgrade, close" // Upgrade goes nowhere without it [RFC 9110 7.8]
	}
	h.Field("Connection", connection)
	h.Field("Content-Type", textPlain)
	h.Field("Content-Length", itoa(len(body)))
	s.date(&h)
	s.buf = append(h.End(), body...)
	return s.buf
}

const textPlain = "text/plain; charset=utf-8"

// response returns the response that the decision of this call prepared, or, where the machine
// answers on its own, one that explains itself.
func (s *Server) response(status int) []byte {
	if s.decision.Status == status {
		return s.prepared
	}
	own := Decision{Status: status}
	if s.detail != "" {
		own.Body = []byte(s.detail + "\n")
	}
	if status == 405 {
		own.Header = []HeaderField{{"Allow", "GET"}}
	}
	b, _ := s.writeResponse(s.buf, &own) // nothing in it comes from the application
	return s.tail(b)
}

// writeResponse appends the extended response that d says to b.
//
//khp:impl KHP-EXT-RSP-01 KHP-EXT-RSP-05 KHP-EXT-RSP-07 KHP-EXT-RSP-13 KHP-CLASS-4XX-01
//khp:impl KHP-CLASS-5XX-01 KHP-CLASS-1XX-01
//khp:impl KHP-EXT-REQ-07 RFC2068-101-01 RFC6585-428-03 RFC6585-429-03 RFC6585-429-05 RFC6585-431-04
func (s *Server) writeResponse(b []byte, d *Decision) ([]byte, error) {
	rule := fsm.Status(d.Status)
	h := head.Head{B: b, From: len(b)}
	if d.Status == 101 {
		s.switching(&h)
	} else {
		h.StatusLine(d.Status, rule.Reason)
	}
	connection := "Upgrade" // which Upgrade goes nowhere without [RFC 9110 7.8]
	if s.decidingPlain() {
		connection = "Upgrade, close"
		if d.Upgrade == "" {
			h.Field("Connection", "close")
		}
		s.date(&h)
	}
	if d.Subprotocol != "" {
		h.Field("Sec-WebSocket-Protocol", d.Subprotocol)
	}
	// One line each: deployed JavaScript clients lose all but the first after a bare comma.
	for _, e := range d.Extensions {
		h.Field("Sec-WebSocket-Extensions", e)
	}
	if d.Location != "" {
		h.Field("Location", d.Location)
	}
	for _, c := range d.Challenges {
		if d.Status == 407 {
			h.Field("Proxy-Authenticate", c)
		} else {
			h.Field("WWW-Authenticate", c)
		}
	}
	if d.Upgrade != "" {
		h.Field("Upgrade", d.Upgrade)
		h.Field("Connection", connection)
	}
	if rule.Duties&codes.NoStore != 0 {
		h.Field("Cache-Control", "no-store")
	}
	for _, f := range d.Header {
		h.Field(f.Name, f.Value)
	}
	return writeBody(&h, d, rule)
}

// writeBody ends the head and writes the body: the application's, or for errors one line with the
// reason phrase of the status.
//
//khp:impl RFC2068-1XX-01
func writeBody(h *head.Head, d *Decision, rule codes.Rule) ([]byte, error) {
	body, kind := d.Body, d.BodyType
	if wire.Bodiless(d.Status) {
		return h.End(), h.Err
	}
	if len(body) == 0 && d.Status >= 400 {
		body = []byte(rule.Reason + "\n")
	}
	if len(body) > 0 {
		if kind == "" {
			kind = textPlain
		}
		h.Field("Content-Type", kind)
	}
	h.Field("Content-Length", itoa(len(body)))
	return append(h.End(), body...), h.Err
}

// ownFields are written by the endpoint from other parts of a decision.
var ownFields = []string{
	"Connection", "Content-Length", "Content-Type", "Location", "Proxy-Authenticate",
	"Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
	"Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate",
}

// CheckOpeningField says why a field cannot be one of [ServerConfig].OpeningFields: it cannot be
// written, or the endpoint writes it.
func CheckOpeningField(f HeaderField) error {
	if err := checkFieldText(f); err != nil {
		return err
	}
	if containsFold(ownFields, f.Name) || judge.HasPrefixFold(f.Name, "Sec-WebSocket-") ||
		strings.EqualFold(f.Name, "Date") {
		return errors.New("endpoint: field " + f.Name +
			" is written by the handshake itself and cannot be set")
	}
	return nil
}

func checkResponseField(f HeaderField) error {
	if err := checkFieldText(f); err != nil {
		return err
	}
	if containsFold(ownFields, f.Name) {
		return errors.New("endpoint: field " + f.Name +
			" is written from the decision; set Subprotocol, Extensions, Location, Challenges, " +
			"Upgrade or BodyType instead")
	}
	return nil
}
