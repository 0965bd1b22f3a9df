package fsm

import (
	"iter"
)

// Action is the reaction of a client to a status code of an extended response.
type Action uint8

// Actions. Completing: [ActionComplete]. Continuing: [ActionContinue], [ActionWait],
// [ActionReplay]. All others terminate the connection, some with a follow-up on a new one. [AMB-17]
const (
	_                    Action = iota
	ActionComplete              // the handshake is completed, if every completion condition holds
	ActionContinue              // send the held-back body, wait for a further response
	ActionWait                  // wait for a further response, up to a maximum
	ActionReplay                // send the request again with credentials
	ActionClose                 // close, report, no follow-up
	ActionRedirect              // close, then connect to Location
	ActionRedirectIfGet         // close, then connect to Location if the request was a GET
	ActionRedirectChoice        // close, then connect to one of the offered URIs
	ActionProxyAuth             // close, then possibly authenticate with the configured proxy
	ActionUpgrade               // close, then possibly connect with TLS
)

// Terminates reports whether the action ends the connection it was received on.
func (a Action) Terminates() bool { return a >= ActionClose }

// Strength is the requirement level of the action; where the action closes and follows up, of the
// follow-up, for the close is always a must.
type Strength uint8

// Strengths, as in RFC 2119.
const (
	_ Strength = iota
	May
	Should
	Must
)

// Duties are the obligations of a server that sends a status code.
type Duties uint8

// Duties of a server.
const (
	NeedLocation       Duties = 1 << iota // Location is required
	NeedChallenge                         // WWW-Authenticate is required
	NeedProxyChallenge                    // Proxy-Authenticate is required
	NeedUpgrade                           // Upgrade is required
	NoBody                                // the response has no body
	NoStore                               // Cache-Control: no-store is added
	NeverSend                             // this server does not send the code by itself or on demand
)

// need pairs a duty with the fact of a decision that fulfils it and the field it speaks of.
var needs = [...]struct {
	duty  Duties
	fact  Facts
	field string
}{
	{NeedLocation, FactLocation, "Location"},
	{NeedChallenge, FactChallenge, "WWW-Authenticate"},
	{NeedProxyChallenge, FactProxyChallenge, "Proxy-Authenticate"},
	{NeedUpgrade, FactUpgrade, "Upgrade"},
}

// Rule is one line of the status table.
type Rule struct {
	Code     int
	Reason   string
	Action   Action
	Strength Strength
	Duties   Duties
	Reqs     string // requirement ids, blank-separated
	Listed   bool   // false: the code falls under the rule for unlisted codes
}

// MissingField returns the name of the first field that a response with this code must carry and,
// by facts, does not; "" if none is missing.
func (r Rule) MissingField(facts Facts) string {
	for _, n := range needs {
		if r.Duties&n.duty != 0 && !facts.Has(n.fact) {
			return n.field
		}
	}
	return ""
}

// FieldFacts returns the facts about the fields that some codes require, where has says which of
// them a response carries.
func FieldFacts(has func(field string) bool) (facts Facts) {
	for _, n := range needs {
		if has != nil && has(n.field) {
			facts |= n.fact
		}
	}
	return facts
}

// Fields returns the names of the fields that a response with this code must carry.
func (r Rule) Fields() []string {
	var fields []string
	for _, n := range needs {
		if r.Duties&n.duty != 0 {
			fields = append(fields, n.field)
		}
	}
	return fields
}

// Status returns the one rule for code. It is total: 100-599 without a line of their own, and
// 600-999, close without follow-up whatever their class suggests elsewhere [KHP-CLASS-UNLISTED-01,
// AMB-51, AMB-52, AMB-74]; anything outside 100-999 is no status code and closes too.
//
//khp:impl KHP-CLASS-UNLISTED-01 KHP-EXT-RSP-06
func Status(code int) Rule {
	if code >= 0 && code < len(lines) && lines[code] > 0 {
		r := statusTable[lines[code]-1]
		return Rule{Code: code, Reason: r.reason, Action: r.action, Strength: r.strength,
			Duties: r.duties, Reqs: r.reqs, Listed: true}
	}
	r := Rule{Code: code, Reason: classReason(code), Action: ActionClose, Strength: Must,
		Reqs: "KHP-CLASS-UNLISTED-01"}
	switch {
	case code < 100 || code > 999:
		r.Reqs, r.Duties = "KHP-CLASS-UNLISTED-02", NeverSend
	case code < 200:
		r.Duties = NoBody | NeverSend
	case code < 400 && code >= 300:
		r.Reqs = "KHP-CLASS-UNLISTED-01 KHP-CLASS-3XX-01"
	case code >= 600:
		r.Duties = NeverSend
	}
	return r
}

// Statuses iterates over the listed codes in ascending order.
func Statuses() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, r := range statusTable {
			if !yield(Status(int(r.code))) {
				return
			}
		}
	}
}

// classReason is the generic meaning of a code that is not listed, by its first digit; it only
// serves reports.
//
//khp:impl RFC6585-GEN-02
func classReason(code int) string {
	switch {
	case code < 100 || code > 999:
		return "(not a status code)"
	case code < 200:
		return "(unlisted, informational)"
	case code < 300:
		return "(unlisted, success)"
	case code < 400:
		return "(unlisted, redirection)"
	case code < 500:
		return "(unlisted, client error)"
	default:
		return "(unlisted, server error)"
	}
}

// lines has one more than the line of each code in the status table, 0 for a code that is not
// there.
var lines = func() (n [1000]uint8) {
	for i := range statusTable {
		n[statusTable[i].code] = uint8(i + 1)
	}
	return n
}()

// actions is the action column of the status table spread out, so that a step costs one load.
var actions = func() (a [1000]Action) {
	for code := range a {
		a[code] = Status(code).Action
	}
	return a
}()

// duties is the duties column, likewise.
var duties = func() (d [1000]Duties) {
	for code := range d {
		d[code] = Status(code).Duties
	}
	return d
}()

// dutiesOf is Status(code).Duties without the search.
func dutiesOf(code uint16) Duties {
	if int(code) < len(duties) {
		return duties[code]
	}
	return NeverSend
}

// actionOf is Status(code).Action without the search.
func actionOf(code uint16) Action {
	if int(code) < len(actions) {
		return actions[code]
	}
	return ActionClose
}

// OpeningStatus returns the rule for a status code of the answer to an opening request. That is
// HTTP as it is today, with the names of RFC 9110 and with 308 as a permanent redirect; the status
// table, which [Status] looks up, is for extended responses. A code that both know means the same
// in both. Interim responses, 1xx but 101, answer nothing and are read over before a status is
// looked up.
func OpeningStatus(code int) Rule {
	r := Status(code)
	if reason, ok := openingReasons[code]; ok {
		r.Reason = reason
	}
	if code == permanentRedirect {
		r.Action, r.Strength, r.Duties, r.Reqs = ActionRedirect, May, NeedLocation, "WSP-OPEN-05"
	}
	return r
}

// OpeningResponse returns the event of an answer to an opening request, with another status than
// 101. The machine knows the codes of extended responses: a 308 is told to it as the 301 that it
// amounts to.
func OpeningResponse(code int, facts Facts) Event {
	ev := Event{Kind: EventResponse, Status: uint16(code), Facts: facts}
	if code == permanentRedirect {
		ev.Status = movedPermanently
	}
	return ev
}

const (
	movedPermanently  = 301
	permanentRedirect = 308
)

// openingReasons are the reasons that RFC 9110 and its registry have changed, or added.
var openingReasons = map[int]string{
	103: "Early Hints", 208: "Already Reported", 308: "Permanent Redirect",
	413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
	421: "Misdirected Request", 422: "Unprocessable Content", 425: "Too Early",
	451: "Unavailable For Legal Reasons", 508: "Loop Detected",
}
