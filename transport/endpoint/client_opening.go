package endpoint

import (
	"bytes"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// OpeningReceived takes what has been read of the answer to the opening request: all of it so far, from its first byte. It returns how many
// bytes it has used; 0 means that more are needed, so read on and call again with the longer slice. After a 101 the bytes behind the
// used ones belong to the WebSocket. The call is for hosts that leave the opening handshake to the endpoint; others use Opened.
func (c *Client) OpeningReceived(b []byte) (used int, out []Output) {
	c.reset()
	if c.state.Phase() != fsm.ClientOpening {
		return 0, nil
	}
	r := &c.opening
	n, err := parseOpening(r, b, c.cfg.Limits)
	switch {
	case wire.KindOf(err) == wire.KindIncomplete:
		r.Status = 0
		return 0, nil
	case err != nil:
		r.Status = 0
		c.violation(openingFailure(err), err.Error())
		return len(b), c.out
	case r.Status != 101:
		body, complete := openingBody(r, b[n:], c.cfg.Limits.Body)
		if r.Body = body; !complete {
			return 0, nil // Lost ends an answer without length
		}
		c.openingAnswered(body)
		return len(b), c.out
	}
	if what := c.checkOpening(r); what != "" {
		c.remember(r, LegOpening)
		c.violation(fsm.FailureOpening, what)
		return n, c.out
	}
	protocol, _ := r.Fields.Get("Sec-WebSocket-Protocol")
	c.opened(string(protocol))
	return n, c.out
}

// Opened tells that the host's own WebSocket layer completed the opening handshake. protocol is the subprotocol it selected, extensions the
// elements it granted, accept the Sec-WebSocket-Accept of the response ("" if unknown: then a Sec-WebSocket-Accept in the extended response fails
// the handshake).
func (c *Client) Opened(protocol string, extensions []string, accept string) []Output {
	c.reset()
	c.granted = nil
	for _, e := range extensions {
		c.granted, _ = wire.ParseExtensions(c.granted, []byte(e))
	}
	clear(c.accept[:])
	copy(c.accept[:], accept)
	if protocol != "" && protocol != Protocol && !contains(c.cfg.Protocols, protocol) {
		c.violation(fsm.FailureOpening, "subprotocol "+quote(protocol)+" was not offered")
		return c.out
	}
	c.opened(protocol)
	return c.out
}

// OpeningRefused tells that the host's own WebSocket layer got another answer than 101. fields and body may be nil if the layer hides them.
func (c *Client) OpeningRefused(status int, fields []HeaderField, body []byte) []Output {
	c.reset()
	c.opening = wire.Response{Status: status, ContentLength: -1}
	for _, f := range fields {
		c.opening.Fields = append(c.opening.Fields, wire.Field{Name: []byte(f.Name), Value: []byte(f.Value)})
	}
	c.openingAnswered(body)
	return c.out
}

// opened tells the machine which subprotocol was selected.
//
//khp:impl KHP-OPEN-05 KHP-OPEN-06 KHP-GEN-06
func (c *Client) opened(protocol string) {
	ev := fsm.Event{Kind: fsm.EventOpened}
	c.established = true
	if protocol == Protocol {
		ev.Facts = fsm.FactKHP
	} else {
		c.result.Protocol = protocol
		c.detail = "the server selected no subprotocol"
		if protocol != "" {
			c.detail = "the server selected " + quote(protocol)
		}
	}
	c.step(ev)
}

// openingAnswered judges another status than 101. [AMB-67]
//
//khp:impl WSP-OPEN-05
func (c *Client) openingAnswered(body []byte) {
	r := &c.opening
	r.Body = body
	facts := c.judge(r)
	c.remember(r, LegOpening)
	ev := fsm.Event{Kind: fsm.EventResponse, Status: uint16(r.Status), Facts: facts}
	c.opening = wire.Response{}
	c.step(ev)
}

// checkOpening returns what is wrong with an opening 101, "" if nothing is.
//
//khp:impl WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04
func (c *Client) checkOpening(r *wire.Response) string {
	upgrade, _ := r.Fields.Get("Upgrade")
	connection := false
	for v := range r.Fields.All("Connection") {
		connection = connection || wire.HasToken(v, "Upgrade")
	}
	accept, _ := r.Fields.Get("Sec-WebSocket-Accept")
	switch {
	case !wire.EqualFold(upgrade, "websocket"):
		return "expected Upgrade: websocket, got " + quote(string(upgrade))
	case !connection:
		return "expected Connection: Upgrade"
	case r.Fields.Count("Sec-WebSocket-Accept") != 1 || !bytes.Equal(accept, c.accept[:]):
		return "expected Sec-WebSocket-Accept: " + string(c.accept[:]) + ", got " + quote(string(accept))
	}
	switch r.Fields.Count("Sec-WebSocket-Protocol") {
	case 0:
	case 1:
		if p, _ := r.Fields.Get("Sec-WebSocket-Protocol"); string(p) != Protocol && !contains(c.cfg.Protocols, string(p)) {
			return "subprotocol " + quote(string(p)) + " was not offered"
		}
	default:
		return "more than one Sec-WebSocket-Protocol field"
	}
	c.granted = nil
	for v := range r.Fields.All("Sec-WebSocket-Extensions") {
		var err error
		c.grantedBuf = append([]byte(nil), v...)
		if c.granted, err = wire.ParseExtensions(c.granted, c.grantedBuf); err != nil {
			return err.Error()
		}
	}
	for i, g := range c.granted {
		offered := false
		for _, e := range c.cfg.OpeningExtensions {
			offered = offered || extensionName(e) == string(g.Name)
		}
		if !offered {
			return "extension " + quote(string(g.Name)) + " was not offered"
		}
		if grantedName(c.granted[:i], string(g.Name)) {
			return "extension " + quote(string(g.Name)) + " is granted twice"
		}
	}
	return ""
}

// parseOpening parses the head of the answer. The opening handshake is plain HTTP with whatever stands in the way, so a refusal may use
// chunked coding, which nothing of ours uses: its field is left out and the body stays as it came.
func parseOpening(r *wire.Response, b []byte, l wire.Limits) (int, error) {
	n, err := r.ParseHead(b, l)
	if wire.KindOf(err) != wire.KindTransferEncoding {
		return n, err
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 || end > l.Head {
		return 0, &wire.ParseError{Kind: wire.KindIncomplete, Offset: len(b)}
	}
	kept := make([]byte, 0, end+4)
	for line := range bytes.SplitAfterSeq(b[:end+4], []byte("\r\n")) {
		if !hasPrefixFold(string(line), "Transfer-Encoding:") {
			kept = append(kept, line...)
		}
	}
	if _, err := r.ParseHead(kept, l); err != nil {
		return 0, err
	}
	if r.Status == 101 {
		return 0, err
	}
	return end + 4, nil
}

// openingBody returns the body as far as it is there, and whether it is complete. One without length runs to the end of the connection, and is
// complete as soon as it is as long as we are ready to keep.
func openingBody(r *wire.Response, b []byte, limit int) (body []byte, complete bool) {
	if wire.Bodiless(r.Status) {
		return nil, true
	}
	want := int64(limit)
	if r.ContentLength >= 0 && r.ContentLength < want {
		want = r.ContentLength
	}
	if int64(len(b)) >= want {
		return b[:want], true
	}
	return b, false
}

// openingFailure maps a parse error in the opening leg.
func openingFailure(err error) fsm.Failure {
	if f := failureOf(err); f == fsm.FailureLimit {
		return f
	}
	return fsm.FailureOpening
}
