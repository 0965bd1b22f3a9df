package replay

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/tables"
	"example.com/khp/wire"
)

// asked has the elements of an extended request that its response must fit.
type asked struct {
	request    wire.Request
	protocols  []string
	extensions []string
	expects    bool
	length     int64 // of the body that is still to come
	authorized bool
}

// methods are how requests begin, for telling a broken request from data.
var methods = []string{"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "TRACE ",
	"CONNECT ", "PATCH "}

func looksLikeRequest(p []byte) bool {
	return slices.ContainsFunc(methods, func(m string) bool { return strings.HasPrefix(string(p), m) })
}

func looksLikeResponse(p []byte) bool {
	const version = "HTTP/"
	return strings.HasPrefix(string(p), version) || len(p) > 0 && strings.HasPrefix(version, string(p))
}

// extendedRequest judges a message in the place of an extended request.
func (h *heads) extendedRequest(p []byte) (*asked, *problem) {
	a := &asked{}
	r := &a.request
	n, err := r.ParseHead(p, wire.Limits{})
	switch {
	case !looksLikeRequest(p) && (err != nil || len(p) == 0):
		return nil, &problem{"KHP-EXT-03 KHP-EXT-01",
			"a message that is no HTTP request, where the extended request is due"}
	case wire.KindOf(err) == wire.KindIncomplete:
		return nil, &problem{"KHP-EXT-01 KHP-EXT-04", "the extended request is not whole in one message"}
	case err != nil:
		return nil, unread("the extended request", "KHP-EXT-03", err)
	}
	expect, _ := r.Fields.Get("Expect")
	a.expects = scan.EqualFold(expect, "100-continue")
	left, fault := judge.Body(r, len(p)-n)
	a.length = left
	a.authorized = r.Fields.Count("Authorization") > 0
	switch {
	case fault.Found():
		return nil, found(fault)
	case !h.kaazing &&
		!place.SamePath(place.TargetPath(string(r.Target)), place.TargetPath(string(h.request.Target))):
		return nil, &problem{"KHP-EXT-03",
			"the extended request is for another path than the opening request [AMB-21]"}
	}
	return a, h.requestLists(a)
}

// bump stands among the subprotocols of some opening requests and is none: clients of gateways list
// it beside KHP, and clients that would take a plain WebSocket list it before KHP.
const bump = "x-kaazing-bump"

// requestLists judges the subprotocols and extensions of the request.
func (h *heads) requestLists(a *asked) *problem {
	var err error
	var empty bool
	if a.protocols, err = fieldList(a.request.Fields, "Sec-WebSocket-Protocol"); err != nil {
		return &problem{"KHP-EXT-REQ-01",
			"the subprotocols of the extended request are no list of tokens: " + err.Error()}
	}
	if a.extensions, empty, err = extensionNames(a.request.Fields); err != nil {
		return &problem{"KHP-EXT-REQ-03 WSP-EXT-01",
			"the extensions of the extended request are no list: " + err.Error()}
	}
	if h.kaazing {
		return nil // deployed clients list any subprotocol
	}
	if slices.Contains(a.protocols, token) {
		return &problem{"KHP-EXT-REQ-08", "the extended request lists " + token + " again"}
	}
	for _, p := range h.protocols {
		if p != token && p != bump && !slices.Contains(a.protocols, p) {
			return &problem{"KHP-EXT-REQ-01", "the extended request leaves out subprotocol " +
				strconv.QuoteToASCII(p) + " of the opening request"}
		}
	}
	if empty {
		return &problem{"KHP-EXT-REQ-03 KHP-EXT-REQ-11",
			"the extended request has an empty list of extensions"}
	}
	for _, name := range a.extensions {
		if slices.Contains(h.granted, name) {
			return &problem{"KHP-EXT-REQ-09", "the extended request names extension " +
				strconv.QuoteToASCII(name) + ", which the opening handshake negotiated"}
		}
	}
	return nil
}

// findings are the facts that a client or server finds in a response.
type findings struct {
	client fsm.Facts // for EventResponse
	server fsm.Facts // for EventDecided
	wrong  *problem
}

// extendedResponse judges a response to a. unchecked servers may leave out fields that a status
// requires.
func (h *heads) extendedResponse(u *unit, a *asked, unchecked bool) (f findings) {
	if u.err != nil {
		f.wrong = unitProblem(u.err)
		return f
	}
	r := &u.response
	note := func(reqs, why string) {
		if f.wrong == nil {
			f.wrong = &problem{reqs, why}
		}
	}
	rule := fsm.Status(u.status)
	f.server = tables.FSM.FieldFacts(func(name string) bool {
		v, _ := r.Fields.Get(name)
		return len(v) > 0
	})
	if missing := fsm.MissingField(rule, f.server); missing != "" && !unchecked {
		note(dutyReqs(rule), "a "+strconv.Itoa(u.status)+" response needs "+missing)
	}
	switch {
	case u.status == 100 && !a.expects && !unchecked:
		note("KHP-STATUS-100-02", "100 to a request without Expect")
	case u.status != 100 && rule.Duties&codes.NeverSend != 0 && !unchecked:
		note(dutyReqs(rule), "a server never sends "+strconv.Itoa(u.status))
	}
	asked := judge.Asked{Accept: h.acceptFor(r), Subprotocols: a.protocols, Extensions: a.extensions}
	if h.kaazing {
		asked.Tokens = h.protocols
	}
	facts, fault := judge.Response(r, &asked)
	if rule.Action.Terminates() {
		facts = fsm.FactExtensionsAsked // nothing is selected
		if _, _, err := extensionNames(r.Fields); err != nil {
			fault = judge.Fault{Reqs: "WSP-EXT-01 KHP-EXT-RSP-12",
				Text: "the extensions of the response are no list: " + err.Error()}
		}
	}
	if fault.Found() {
		note(fault.Reqs, fault.Text)
	}
	f.client |= facts
	if facts.Has(fsm.FactExtensionsAsked|fsm.FactProtocolOffered) ||
		rule.Action != codes.ActionComplete {
		f.server |= fsm.FactSelectionValid
	}
	return f
}

// dutyReqs are the requirements that a response breaks that must not be sent, or not so.
func dutyReqs(rule codes.Rule) string {
	switch rule.Code {
	case 401:
		return "KHP-STATUS-401-04"
	case 407:
		return "RFC2068-407-02"
	case 511:
		return "RFC6585-511-04 KHP-STATUS-511-02"
	}
	switch {
	case rule.Duties&codes.NeedLocation != 0:
		return "KHP-REDIR-06"
	case rule.Code < 100 || rule.Code >= 600:
		return "KHP-CLASS-UNLISTED-02"
	}
	return rule.Reqs
}

// unitProblem names the mistake in the text of a response.
func unitProblem(err error) *problem {
	reqs := "KHP-EXT-03"
	switch wire.KindOf(err) {
	case wire.KindUTF8:
		reqs = "WSP-TEXT-01"
	case wire.KindStatusLine, wire.KindStatusCode:
		reqs = "KHP-EXT-RSP-05 KHP-EXT-03"
	case wire.KindBodyForbidden:
		reqs = "KHP-CLASS-1XX-01 KHP-EXT-03"
	case wire.KindMixedTypes:
		reqs = "KHP-EXT-02 KHP-EXT-03"
	case wire.KindIncomplete:
		reqs = "KHP-EXT-RSP-14 KHP-EXT-03"
	}
	if p := unread("the response", reqs, err); p.Reqs == "" {
		return p
	}
	return &problem{reqs, "the response is not whole HTTP/1.1: " + err.Error()}
}
