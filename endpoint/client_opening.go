package endpoint

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint/internal/answer"
	"example.com/khp/endpoint/internal/head"
	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// marked returns u with [balancer.Mark] in its query, unless the spec profile is spoken.
func (c *Client) marked(u wire.URL) wire.URL {
	if c.machine.Profile == fsm.ProfileSpec || strings.Contains(u.Query, balancer.Mark) {
		return u
	}
	if u.Query != "" {
		u.Query += "&"
	}
	u.Query += balancer.Mark
	u.HasQuery = true
	return u
}

// openingRequest writes the opening request.
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 KHP-GEN-08 WSP-OPEN-01
func (c *Client) openingRequest() ([]byte, error) {
	h := head.Head{B: c.buf[:0]}
	h.RequestLine("GET", c.url.Target())
	h.Field("Host", c.url.HostField())
	h.Field("Upgrade", "websocket")
	h.Field("Connection", "Upgrade")
	h.Bytes("Sec-WebSocket-Key", c.nonceKey[:])
	h.Field("Sec-WebSocket-Version", "13")
	c.writeOffer(&h)
	h.List("Sec-WebSocket-Extensions", c.cfg.OpeningExtensions)
	if c.login != "" {
		h.Field("Authorization", c.login)
	}
	c.extraFields(&h, c.cfg.OpeningHeader)
	if c.cfg.Cookies != nil {
		if v := c.cfg.Cookies(c.url.String()); v != "" && scan.ValidValue(v) {
			h.Field("Cookie", v)
		}
	}
	c.buf = h.End()
	return c.buf, h.Err
}

// bump is a token that some deployed clients list beside that of KHP. It is no application's
// subprotocol, and a gateway never selects it.
const bump = "x-kaazing-bump"

// Offer returns the subprotocols that the opening request offers, in that order: for hosts whose
// own WebSocket layer writes that request.
//
// KHP comes first, unless PlainFallback says that the server may be none of KHP: many WebSocket
// servers select the first subprotocol of any list, and one of them would select KHP without
// speaking it. Then KHP comes last, as KHP servers select it in any place. If the application has
// no subprotocol, a token without meaning comes first: a server that selects it has opened a plain
// WebSocket without a subprotocol. [AMB-33]
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 KHP-OPEN-06
func (c *Client) Offer() []string {
	list := slices.Clone(c.cfg.Subprotocols)
	switch {
	case c.cfg.PlainOnly:
		return list
	case !c.machine.PlainFallback:
		return append([]string{Subprotocol}, list...)
	case len(list) == 0:
		return slices.Clone(bumpAndKHP)
	}
	return append(list, Subprotocol)
}

// offer returns the subprotocols and extensions that the opening request offers, as a response is
// judged by them. It allocates nothing.
func (c *Client) offer() judge.Asked {
	asked := judge.Asked{Accept: c.accept[:], Subprotocols: c.cfg.Subprotocols, Tokens: khpOnly,
		Extensions: c.cfg.OpeningExtensions}
	switch {
	case c.cfg.PlainOnly:
		asked.Tokens = nil
	case c.machine.PlainFallback && len(c.cfg.Subprotocols) == 0:
		asked.Tokens = bumpAndKHP
	}
	return asked
}

// writeOffer writes the list that Offer returns, without allocating.
func (c *Client) writeOffer(h *head.Head) {
	if !c.machine.PlainFallback {
		h.List("Sec-WebSocket-Protocol", khpOnly, c.cfg.Subprotocols)
		return
	}
	h.List("Sec-WebSocket-Protocol", c.Offer())
}

var khpOnly, bumpAndKHP = []string{Subprotocol}, []string{bump, Subprotocol}

// writtenByLayer are the fields of an opening request that a WebSocket layer writes itself.
var writtenByLayer = []string{
	"Connection", "Host", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol",
	"Sec-WebSocket-Version", "Upgrade",
}

// OpeningFields returns the fields that the opening request to [Client.URL] carries beside those of
// every WebSocket request: for hosts whose own WebSocket layer writes that request. They are the
// fields of OpeningHeader that this origin may see, and Authorization once credentials for the
// opening handshake were given. The layer also offers the subprotocols of [Client.Offer].
func (c *Client) OpeningFields() []HeaderField {
	if len(c.visited) == 0 { // not connecting yet
		return nil
	}
	upgrade.AppendKey(c.nonceKey[:0], [16]byte{}) // any: the layer writes one of its own
	b, _ := c.openingRequest()
	var r wire.Request
	if _, err := r.ParseHead(b, wire.DefaultLimits()); err != nil { // Limits are for received bytes
		return nil // unreachable: values that cannot be written or parsed were refused before
	}
	return slices.DeleteFunc(copyFields(r.Fields),
		func(f HeaderField) bool { return containsFold(writtenByLayer, f.Name) })
}

// OpeningReceived takes all bytes read so far of the answer to the opening request, from the first
// one. It returns how many bytes it has used; 0 means that more are needed: read on and call again
// with the longer slice. After a 101 the bytes behind the used ones belong to the WebSocket, and
// the whole messages in them count as sent before the server had the extended request. b must not
// change until it is used, or until Lost or Expire, which end an answer without length. The call is
// for hosts that leave the opening handshake to the endpoint; others use Opened.
//
//khp:impl WSP-OPEN-05 RFC2068-101-02
func (c *Client) OpeningReceived(now time.Time, b []byte) (used int, out []Output) {
	c.begin(now)
	if c.state.Phase() != fsm.ClientOpening {
		c.step(fsm.Event{Kind: fsm.EventOpened})
		return 0, nil
	}
	r := &c.opening
	n, err := c.answer.Head(r, b, c.cfg.Limits)
	switch {
	case wire.KindOf(err) == wire.KindIncomplete:
		r.Status = 0
		return 0, nil
	case err != nil:
		c.violation(openingFailure(err), err.Error())
		return len(b), c.out
	case r.Status != 101:
		var complete bool
		if r.Body, complete = c.answer.Body(r, b[n:], c.cfg.Limits.Body); !complete {
			return 0, nil
		}
		c.responded(LegOpening, r)
		c.openingAnswered(r.Body)
		return len(b), c.out
	}
	c.responded(LegOpening, r)
	if what := judge.ListsSize(r.Fields, &c.cfg.Limits); what != "" {
		c.violation(fsm.FailureLimit, what)
		return n, c.out
	}
	if what := c.checkOpening(r); what != "" {
		c.remember(r, LegOpening)
		c.violation(fsm.FailureOpening, what)
		return n, c.out
	}
	asked := c.offer()
	subprotocol := asked.Selected(r.Fields)
	c.unit.Response.Fields, c.opening = r.Fields, wire.Response{} // the memory is used again
	c.early = answer.WholeMessages(b[n:])
	c.opened(subprotocol)
	return n, c.out
}

// responded shows a response to the host.
func (c *Client) responded(leg Leg, r *wire.Response) {
	if c.cfg.Responded != nil {
		c.cfg.Responded(leg, c.url.String(), r.Status, r.Fields)
	}
}

// Opened reports that the host's own WebSocket layer completed the opening handshake. subprotocol
// is the subprotocol it selected, extensions the elements it granted, accept the
// Sec-WebSocket-Accept of the response. accept is "" for a layer that hides it, such as a
// browser's: then the one in the extended response cannot be compared with it. Nor can messages
// that arrived together with the answer be told from later ones, so none is refused for that.
func (c *Client) Opened(
	now time.Time, subprotocol string, extensions []string, accept string,
) []Output {
	c.begin(now)
	if c.state.Phase() != fsm.ClientOpening {
		c.step(fsm.Event{Kind: fsm.EventOpened})
		return nil
	}
	var fields wire.Fields
	for _, e := range extensions {
		fields = append(fields, wire.Field{Name: []byte("Sec-WebSocket-Extensions"), Value: []byte(e)})
	}
	if what := judge.FieldsSize(fields, &c.cfg.Limits); what != "" {
		c.violation(fsm.FailureLimit, what)
		return c.out
	}
	c.granted = parseElements(extensions)
	clear(c.accept[:])
	copy(c.accept[:], accept)
	if asked := c.offer(); subprotocol != "" && !asked.Offers(subprotocol) {
		c.violation(fsm.FailureOpening, "subprotocol "+quote(subprotocol)+" was not offered")
		return c.out
	}
	c.opened(subprotocol)
	return c.out
}

// OpeningRefused reports that the host's own WebSocket layer got another answer than 101. fields
// and body may be nil if the layer hides them.
func (c *Client) OpeningRefused(
	now time.Time, status int, fields []HeaderField, body []byte,
) []Output {
	c.begin(now)
	if c.state.Phase() != fsm.ClientOpening {
		c.noteMisuse(fsm.EventResponse, c.phase())
		return nil
	}
	c.opening = wire.Response{Status: status}
	for _, f := range fields {
		c.opening.Fields = append(c.opening.Fields,
			wire.Field{Name: []byte(f.Name), Value: []byte(f.Value)})
	}
	if what := judge.FieldsSize(c.opening.Fields, &c.cfg.Limits); what != "" {
		c.violation(fsm.FailureLimit, what)
		return c.out
	}
	c.openingAnswered(body[:min(len(body), c.cfg.Limits.Body)])
	return c.out
}

// connect makes the next URL current and asks the machine to dial it.
func (c *Client) connect() {
	c.url = c.next
	c.visited = append(c.visited, c.url)
	c.stepOnce(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// follow prepares the next connection. Credentials stay with the origin that they were for.
// [AMB-65]
func (c *Client) follow() {
	if c.state.Plan() == fsm.PlanProxyAuth {
		c.proxied = true
		c.visited = c.visited[:len(c.visited)-1]
	}
	// An answer to a Digest challenge is for one request.
	if !c.url.SameOrigin(c.next) || judge.HasPrefixFold(c.login, "Digest ") {
		c.login = ""
	}
	c.credentials = ""
}

// startConnection begins another connection, which reuses only the memory of the last one.
func (c *Client) startConnection() {
	c.attempt++
	c.connection = connection{leg: LegConnect, opening: wire.Response{Fields: c.opening.Fields[:0]}}
}

// opened reports the selected subprotocol to the machine.
//
//khp:impl KHP-OPEN-05 KHP-OPEN-06 KHP-GEN-06
func (c *Client) opened(subprotocol string) {
	ev := fsm.Event{Kind: fsm.EventOpened}
	c.credentials = "" // the opening handshake accepted any credentials it needed
	if subprotocol == Subprotocol {
		ev.Facts = fsm.FactKHP
		c.leg = LegExtended
	} else {
		if subprotocol != bump || slices.Contains(c.cfg.Subprotocols, bump) {
			c.result.Subprotocol = subprotocol
		}
		c.detail = "the server selected no subprotocol"
		if subprotocol != "" {
			c.detail = "the server selected " + quote(subprotocol)
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
	facts := c.take(c.judge(r))
	c.remember(r, LegOpening)
	ev := judge.OpeningResponse(r.Status, facts)
	c.opening = wire.Response{}
	c.step(ev)
}

// checkOpening returns the fault of an opening 101, "" if there is none, and keeps the granted
// extensions.
func (c *Client) checkOpening(r *wire.Response) string {
	asked := c.offer()
	fault := judge.Opening(r.Fields, &asked)
	for v := range r.Fields.All("Sec-WebSocket-Extensions") {
		c.granted, _ = wire.ParseExtensions(c.granted, bytes.Clone(v))
	}
	return fault.Text
}

// settleOpening takes an answer that has no length as complete, because the connection ended or
// nothing more came in time.
func (c *Client) settleOpening() bool {
	if c.state.Phase() != fsm.ClientOpening || c.opening.Status == 0 {
		return false
	}
	c.openingAnswered(c.opening.Body)
	return true
}
