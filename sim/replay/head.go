package replay

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/transport/trace"
	"example.com/khp/wire"
)

// token is the subprotocol of KHP. [KHP-GEN-01]
const token = "x-kaazing-handshake"

// problem is what is wrong with a message, and which requirements say so. Without requirements nothing is wrong for certain: it cannot be judged.
type problem struct{ reqs, why string }

// unread is the problem that a message cannot be parsed. What is beyond a limit breaks no rule: limits are the reader's own.
func unread(what, reqs string, err error) *problem {
	//exhaustive:ignore
	switch wire.KindOf(err) {
	case wire.KindTargetTooLong, wire.KindHeadTooLarge, wire.KindLineTooLong, wire.KindTooManyFields, wire.KindBodyTooLarge, wire.KindTooManyMessages, wire.KindUnitTooLarge:
		return &problem{"", what + " is larger than what is judged: " + err.Error()}
	}
	return &problem{reqs, what + " is not HTTP/1.1: " + err.Error()}
}

// heads are what the openings of a session say.
type heads struct {
	request    wire.Request
	response   wire.Response
	protocols  []string // offered, KHP included
	offered    []string // names of extensions offered
	granted    []string // names of extensions granted
	khp        bool     // the server selected KHP
	kaazing    bool     // the target asks for the kaazing profile
	gateway    bool     // the answer looks like a Kaazing gateway's
	redirected bool     // the answer is not 101
	unreadable bool     // the request cannot be parsed
}

// fieldList joins the values of a field, as tokens; nil if one is malformed.
func fieldList(fields wire.Fields, name string) (list []string, err error) {
	for v := range fields.All(name) {
		if len(v) == 0 {
			continue
		}
		tokens, err := wire.ParseTokens(nil, v)
		if err != nil {
			return nil, err
		}
		for _, t := range tokens {
			list = append(list, string(t))
		}
	}
	return list, nil
}

// extensionNames lists the names in the extension fields. empty tells that one of the fields is.
func extensionNames(fields wire.Fields) (names []string, empty bool, err error) {
	for v := range fields.All("Sec-WebSocket-Extensions") {
		if len(v) == 0 {
			empty = true
			continue
		}
		list, err := wire.ParseExtensions(nil, v)
		if err != nil {
			return nil, empty, err
		}
		for _, e := range list {
			names = append(names, string(e.Name))
		}
	}
	return names, empty, nil
}

func hidden(v []byte) bool { return strings.Contains(string(v), trace.Redacted) }

// has reports whether the field lists the token.
func has(fields wire.Fields, name, token string) bool {
	for v := range fields.All(name) {
		if wire.HasToken(v, token) {
			return true
		}
	}
	return false
}

// openingRequest judges what the client opened with, and keeps what it says.
func (h *heads) openingRequest(p []byte) *problem {
	r := &h.request
	if err := r.Parse(p, wire.Limits{}); err != nil {
		h.unreadable = true
		return unread("the opening request", "WSP-OPEN-01 KHP-GEN-08", err)
	}
	var err error
	if h.protocols, err = fieldList(r.Fields, "Sec-WebSocket-Protocol"); err != nil {
		return &problem{"WSP-OPEN-06", "the offered subprotocols are no list of tokens: " + err.Error()}
	}
	version, _ := r.Fields.Get("Sec-WebSocket-Version")
	key, _ := r.Fields.Get("Sec-WebSocket-Key")
	host, _ := r.Fields.Get("Host")
	wrong := func(why string) *problem { return &problem{"WSP-OPEN-01 KHP-GEN-08", "the opening request " + why} }
	switch {
	case string(r.Method) != "GET":
		return wrong("is not a GET")
	case !has(r.Fields, "Upgrade", "websocket"), !has(r.Fields, "Connection", "Upgrade"):
		return wrong("does not ask for an upgrade to websocket")
	case string(version) != "13" && string(version) != "8":
		return wrong("has no Sec-WebSocket-Version: 13")
	case r.Fields.Count("Sec-WebSocket-Key") != 1 || !wire.ValidKey(key) && !hidden(key):
		return wrong("has no Sec-WebSocket-Key of 16 bytes")
	case len(host) == 0:
		return wrong("has no Host")
	}
	if h.offered, _, err = extensionNames(r.Fields); err != nil {
		return &problem{"WSP-EXT-01", "the offered extensions are no list: " + err.Error()}
	}
	_, query, _ := strings.Cut(string(r.Target), "?")
	h.kaazing = strings.Contains(query, ".kl=Y")
	return nil
}

// offersKHP reports whether the client asked for KHP. [KHP-OPEN-01]
func (h *heads) offersKHP() bool { return slices.Contains(h.protocols, token) }

// openingResponse judges what the server answered, and keeps what it says.
func (h *heads) openingResponse(p []byte) *problem {
	r := &h.response
	p = behindInterim(p)
	if _, _, err := r.ParseOpening(p, wire.Limits{}); wire.KindOf(err) == wire.KindIncomplete {
		r.Status = 0
		return nil // cut off
	} else if status := statusOf(p); err != nil && status != 0 && status != 101 {
		r.Status = status // it is HTTP of another kind, for a client to make of what it can
	} else if err != nil {
		return unread("the answer to the opening request", "WSP-OPEN-02 KHP-OPEN-03", err)
	}
	h.redirected = r.Status != 101
	if h.redirected {
		return nil
	}
	vendor, _ := r.Fields.Get("Server")
	h.gateway = string(r.Reason) == "Web Socket Protocol Handshake" || strings.HasPrefix(string(vendor), "Kaazing")
	upgrade, _ := r.Fields.Get("Upgrade")
	accept, _ := r.Fields.Get("Sec-WebSocket-Accept")
	key, _ := h.request.Fields.Get("Sec-WebSocket-Key")
	switch {
	case !wire.EqualFold(upgrade, "websocket"), !has(r.Fields, "Connection", "Upgrade"):
		return &problem{"WSP-OPEN-02 KHP-OPEN-03", "the opening 101 does not say Upgrade: websocket and Connection: Upgrade"}
	case !hidden(key) && !hidden(accept) && string(accept) != string(wire.AppendAccept(nil, key)):
		return &problem{"WSP-OPEN-02 KHP-OPEN-03", "the Sec-WebSocket-Accept of the opening 101 does not belong to the key of the request"}
	case r.Fields.Count("Sec-WebSocket-Protocol") > 1:
		return &problem{"WSP-PROTO-01", "the opening 101 has more than one Sec-WebSocket-Protocol"}
	}
	if p, ok := r.Fields.Get("Sec-WebSocket-Protocol"); ok {
		if !slices.Contains(h.protocols, string(p)) {
			return &problem{"WSP-OPEN-04 WSP-OPEN-08", "the opening 101 selects a subprotocol that was not offered"}
		}
		h.khp = string(p) == token
	}
	var err error
	if h.granted, _, err = extensionNames(r.Fields); err != nil {
		return &problem{"WSP-EXT-01", "the extensions of the opening 101 are no list: " + err.Error()}
	}
	for i, name := range h.granted {
		if !slices.Contains(h.offered, name) || slices.Contains(h.granted[:i], name) {
			return &problem{"WSP-OPEN-03 WSP-EXT-03", "the opening 101 grants an extension that was not offered, or twice"}
		}
	}
	return nil
}

// behindInterim leaves out the responses with 1xx that come before the final one, of which 101 is one.
func behindInterim(p []byte) []byte {
	for {
		var r wire.Response
		n, _, err := r.ParseOpening(p, wire.Limits{})
		if err != nil || r.Status >= 200 || r.Status == 101 {
			return p
		}
		p = p[n:]
	}
}

// statusOf is the status code in the first line of a response, 0 if it is none of HTTP.
func statusOf(p []byte) int {
	if len(p) < 13 || !strings.HasPrefix(string(p), "HTTP/1.") || p[8] != ' ' || p[12] != ' ' && p[12] != '\r' && p[12] != '\n' {
		return 0
	}
	n, err := strconv.ParseUint(string(p[9:12]), 10, 16)
	if err != nil || n < 100 {
		return 0
	}
	return int(n)
}
