package judge

import (
	"bytes"
	"iter"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// Asked is the part of a request that its response must fit to.
type Asked struct {
	// the Sec-WebSocket-Accept that belongs to the key of the opening request; nil if that is not
	// known
	Accept       []byte
	Subprotocols []string // of the application
	// further subprotocols that may be selected, such as that of KHP in an opening
	Tokens     []string
	Extensions []string // elements of a list, of which the names count
}

// Offers reports whether a subprotocol was asked for.
func (a *Asked) Offers(subprotocol string) bool {
	return slices.Contains(a.Subprotocols, subprotocol) || slices.Contains(a.Tokens, subprotocol)
}

// Selected returns the subprotocol that a response selects, "" if it is none that was asked for. It
// allocates nothing.
func (a *Asked) Selected(f wire.Fields) string {
	v, _ := f.Get("Sec-WebSocket-Protocol")
	for _, list := range [...][]string{a.Tokens, a.Subprotocols} {
		if i := slices.Index(list, string(v)); i >= 0 {
			return list[i]
		}
	}
	return ""
}

// Opening judges an opening 101.
//
//khp:impl WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04
func Opening(f wire.Fields, a *Asked) Fault {
	const upgrade = "WSP-OPEN-02 KHP-OPEN-03"
	get := func(name string) string { return quoteFirst(f.Get(name)) }
	value, _ := f.Get("Upgrade")
	accept, _ := f.Get("Sec-WebSocket-Accept")
	switch {
	case !scan.EqualFold(value, "websocket"):
		return Fault{upgrade, "expected Upgrade: websocket, got " + get("Upgrade")}
	case !hasToken(f, "Connection", "Upgrade"):
		return Fault{upgrade, "expected Connection: Upgrade, got " + get("Connection")}
	case f.Count("Sec-WebSocket-Accept") > 1:
		return Fault{upgrade, "Sec-WebSocket-Accept is repeated"}
	case a.Accept != nil && !bytes.Equal(accept, a.Accept):
		return Fault{upgrade, "expected Sec-WebSocket-Accept: " + string(a.Accept) + ", got " +
			get("Sec-WebSocket-Accept")}
	case f.Count("Sec-WebSocket-Protocol") > 1:
		return Fault{"WSP-PROTO-01", "Sec-WebSocket-Protocol is repeated"}
	case f.Count("Sec-WebSocket-Protocol") == 1 && a.Selected(f) == "":
		return Fault{"WSP-OPEN-04 WSP-OPEN-08", "subprotocol " + get("Sec-WebSocket-Protocol") +
			" was not offered"}
	}
	var room [4]wire.Extension
	list, fault := selection(room[:0], f)
	if name, twice := misfit(list, a.Extensions); twice {
		return Fault{"WSP-OPEN-03 WSP-EXT-03", "extension " + Quote(name) + " is granted twice"}
	} else if name != "" {
		return Fault{"WSP-OPEN-03 WSP-EXT-03", "extension " + Quote(name) + " was not offered"}
	}
	return fault
}

// Response returns the facts about an extended response that do not depend on the client's policy:
// its fields about the upgrade, and whether its selection was asked for. A response that ends the
// handshake is not judged.
func Response(r *wire.Response, a *Asked) (facts fsm.Facts, first Fault) {
	action := fsm.Status(r.Status).Action
	if action.Terminates() {
		return 0, Fault{}
	}
	note := func(fact fsm.Facts, fault Fault) {
		switch {
		case !fault.Found():
			facts |= fact
		case !first.Found():
			first = fault
		}
	}
	note(fsm.FactExtensionsAsked, extensionsAsked(r.Fields, a))
	if action == codes.ActionComplete {
		note(fsm.FactAcceptMatches, acceptMatches(r.Fields, a))
		note(fsm.FactProtocolOffered, subprotocolAsked(r.Fields, a))
	}
	return facts, first
}

// extensionsAsked checks the selected extensions: each asked for in the last request, none twice.
//
//khp:impl KHP-CLOSE-03 KHP-EXT-RSP-09 KHP-EXT-RSP-11 KHP-EXT-RSP-12 KHP-GEN-07
//khp:impl WSP-EXT-01 WSP-EXT-02
func extensionsAsked(f wire.Fields, a *Asked) Fault {
	const reqs = "KHP-EXT-RSP-09 KHP-CLOSE-03"
	var room [4]wire.Extension
	list, fault := selection(room[:0], f)
	if name, twice := misfit(list, a.Extensions); twice {
		return Fault{reqs, "extension " + Quote(name) + " is listed twice"}
	} else if name != "" {
		return Fault{reqs, "expected extensions of " + QuoteList(a.Extensions) + ", got " + Quote(name)}
	}
	return fault
}

// acceptMatches checks the fields of a completing response about the upgrade, as far as it has
// them: the extended request carries no key, so the one of the opening request counts. [AMB-19]
//
//khp:impl KHP-STATUS-101-01 KHP-STATUS-101-03
func acceptMatches(f wire.Fields, a *Asked) Fault {
	const reqs = "KHP-STATUS-101-01 KHP-STATUS-101-03"
	if a.Accept != nil {
		for v := range f.All("Sec-WebSocket-Accept") {
			if !bytes.Equal(v, a.Accept) {
				return Fault{reqs, "expected Sec-WebSocket-Accept: " + string(a.Accept) +
					" or none, got " + Quote(string(v))}
			}
		}
	}
	for v := range f.All("Upgrade") {
		if !scan.EqualFold(v, "websocket") {
			return Fault{reqs, "expected Upgrade: websocket or none, got " + Quote(string(v))}
		}
	}
	if f.Count("Connection") > 0 && !hasToken(f, "Connection", "Upgrade") {
		return Fault{reqs, "expected Connection: Upgrade or none"}
	}
	return Fault{}
}

// subprotocolAsked checks the selected subprotocol: none, or one that the request listed, in one
// field. [AMB-31]
//
//khp:impl WSP-PROTO-01
func subprotocolAsked(f wire.Fields, a *Asked) Fault {
	const name = "Sec-WebSocket-Protocol"
	switch n := f.Count(name); {
	case n > 1:
		return Fault{"WSP-PROTO-01", name + " is repeated"}
	case n == 1 && a.Selected(f) == "":
		return Fault{"WSP-OPEN-04", "expected a subprotocol of " + QuoteList(a.Subprotocols) +
			", got " + quoteFirst(f.Get(name))}
	}
	return Fault{}
}

// URIList iterates over the lines of a text/uri-list body, without comments, empty lines and blanks
// at the ends. Lines may end in CRLF or LF. They are views and unchecked: resolve them with
// [wire.URL.Resolve]. [RFC 2483 5]
func URIList(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := body; len(rest) > 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte{'\n'})
			line = scan.Trim(bytes.TrimSuffix(line, []byte{'\r'}))
			if len(line) > 0 && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// hasToken reports whether one of the fields of that name lists token.
func hasToken(fields wire.Fields, name, token string) bool {
	for v := range fields.All(name) {
		if scan.HasToken(v, token) {
			return true
		}
	}
	return false
}
