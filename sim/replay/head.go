package replay

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/upgrade"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
)

// token is the subprotocol of KHP. [KHP-GEN-01]
const token = endpoint.Subprotocol

// problem is a fault of a message. Without requirements the message is not wrong for certain: it
// cannot be judged.
type problem judge.Fault

// found returns nil in the place of a fault that is none.
func found(f judge.Fault) *problem {
	if !f.Found() {
		return nil
	}
	return (*problem)(&f)
}

// unread is the problem of a message that cannot be parsed. A message beyond a limit breaks no
// rule: limits are the reader's own.
func unread(what, reqs string, err error) *problem {
	if judge.OverLimit(wire.KindOf(err)) {
		return &problem{"", what + " is larger than what is judged: " + err.Error()}
	}
	return &problem{reqs, what + " is not HTTP/1.1: " + err.Error()}
}

// heads are the heads of the opening handshake of a session.
type heads struct {
	request    wire.Request
	response   wire.Response
	protocols  []string // offered, KHP included
	offered    []string // names of extensions offered
	granted    []string // names of extensions granted
	accept     []byte   // the Sec-WebSocket-Accept that is due, nil if the key is not known
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

// openingRequest judges the client's opening request, and keeps its fields.
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
	key, _ := r.Fields.Get("Sec-WebSocket-Key")
	if r.Fields.Count("Sec-WebSocket-Key") > 1 {
		return &problem{"WSP-OPEN-01 KHP-GEN-08", "Sec-WebSocket-Key is repeated"}
	}
	if _, fault := judge.OpeningRequest(r, !hidden(key)); fault.Found() {
		return found(fault)
	}
	if !hidden(key) {
		h.accept = upgrade.AppendAccept(nil, key)
	}
	if h.offered, _, err = extensionNames(r.Fields); err != nil {
		return &problem{"WSP-EXT-01", "the offered extensions are no list: " + err.Error()}
	}
	h.kaazing = balancer.Asked(string(r.Target))
	return nil
}

// offersKHP reports whether the client asked for KHP. [KHP-OPEN-01]
func (h *heads) offersKHP() bool { return slices.Contains(h.protocols, token) }

// openingResponse judges the server's answer, and keeps its fields.
func (h *heads) openingResponse(p []byte) *problem {
	r := &h.response
	p = behindInterim(p)
	if _, _, err := r.ParseOpening(p, wire.Limits{}); wire.KindOf(err) == wire.KindIncomplete {
		return nil // cut off
	} else if status := statusOf(p); err != nil && status != 0 && status != 101 {
		r.Status = status // HTTP of another kind: the client decides
	} else if err != nil {
		return unread("the answer to the opening request", "WSP-OPEN-02 KHP-OPEN-03", err)
	}
	h.redirected = r.Status != 101
	if h.redirected {
		return nil
	}
	vendor, _ := r.Fields.Get("Server")
	h.gateway = string(r.Reason) == "Web Socket Protocol Handshake" ||
		strings.HasPrefix(string(vendor), "Kaazing")
	asked := judge.Asked{Accept: h.acceptFor(r), Subprotocols: h.protocols, Extensions: h.offered}
	fault := judge.Opening(r.Fields, &asked)
	h.khp = asked.Selected(r.Fields) == token
	h.granted, _, _ = extensionNames(r.Fields)
	return found(fault)
}

// acceptFor returns the Sec-WebSocket-Accept that r must have, nil if one of the two is not known.
func (h *heads) acceptFor(r *wire.Response) []byte {
	if accept, _ := r.Fields.Get("Sec-WebSocket-Accept"); hidden(accept) {
		return nil
	}
	return h.accept
}

// behindInterim leaves out the responses with 1xx that come before the final one, of which 101 is
// one.
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
	if len(p) < 13 || !strings.HasPrefix(string(p), "HTTP/1.") || p[8] != ' ' ||
		p[12] != ' ' && p[12] != '\r' && p[12] != '\n' {
		return 0
	}
	n, err := strconv.ParseUint(string(p[9:12]), 10, 16)
	if err != nil || n < 100 {
		return 0
	}
	return int(n)
}
