package fsm

import (
	"iter"

	"example.com/khp/fsm/codes"
)

// needs pairs a duty with the fact of a decision that fulfils it.
var needs = [...]struct {
	duty codes.Duties
	fact Facts
}{
	{codes.NeedLocation, FactLocation},
	{codes.NeedChallenge, FactChallenge},
	{codes.NeedProxyChallenge, FactProxyChallenge},
	{codes.NeedUpgrade, FactUpgrade},
}

// MissingField returns the name of the first field that a response by rule r must carry and, by
// facts, does not; "" if none is missing.
func MissingField(r codes.Rule, facts Facts) string {
	for _, n := range needs {
		if r.Duties&n.duty != 0 && !facts.Has(n.fact) {
			return n.duty.Fields()[0]
		}
	}
	return ""
}

// Status returns the one rule for code. It is total: codes from 100 to 599 without a line of their
// own, and 600 to 999, close without follow-up, whatever their class means elsewhere
// [KHP-CLASS-UNLISTED-01, AMB-51, AMB-52, AMB-74]; a number outside 100 to 999 is no status code
// and closes too.
//
//khp:impl KHP-CLASS-UNLISTED-01 KHP-EXT-RSP-06
func Status(code int) codes.Rule {
	if code >= 0 && code < len(lines) && lines[code] > 0 {
		r := statusTable[lines[code]-1]
		return codes.Rule{Code: code, Reason: r.reason, Action: r.action, Strength: r.strength,
			Duties: r.duties, Reqs: r.reqs, Listed: true}
	}
	r := codes.Rule{Code: code, Reason: classReason(code),
		Action: codes.ActionClose, Strength: codes.Must, Reqs: "KHP-CLASS-UNLISTED-01"}
	switch {
	case code < 100 || code > 999:
		r.Reqs, r.Duties = "KHP-CLASS-UNLISTED-02", codes.NeverSend
	case code < 200:
		r.Duties = codes.NoBody | codes.NeverSend
	case code < 400 && code >= 300:
		r.Reqs = "KHP-CLASS-UNLISTED-01 KHP-CLASS-3XX-01"
	case code >= 600:
		r.Duties = codes.NeverSend
	}
	return r
}

// Statuses iterates over the listed codes in ascending order.
func Statuses() iter.Seq[codes.Rule] {
	return func(yield func(codes.Rule) bool) {
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
var actions = func() (a [1000]codes.Action) {
	for code := range a {
		a[code] = Status(code).Action
	}
	return a
}()

// duties is the duties column, likewise.
var duties = func() (d [1000]codes.Duties) {
	for code := range d {
		d[code] = Status(code).Duties
	}
	return d
}()

// dutiesOf is Status(code).Duties without the search.
func dutiesOf(code uint16) codes.Duties {
	if int(code) < len(duties) {
		return duties[code]
	}
	return codes.NeverSend
}

// actionOf is Status(code).Action without the search.
func actionOf(code uint16) codes.Action {
	if int(code) < len(actions) {
		return actions[code]
	}
	return codes.ActionClose
}

// OpeningStatus returns the rule for a status code of the answer to an opening request. That is
// HTTP as it is today, with the names of RFC 9110 and with 308 as a permanent redirect; the status
// table, which [Status] looks up, is for extended responses. A code that both know means the same
// in both. Interim responses, 1xx but 101, answer nothing and are read over before a status is
// looked up.
func OpeningStatus(code int) codes.Rule {
	r := Status(code)
	if reason, ok := openingReasons[code]; ok {
		r.Reason = reason
	}
	if code == permanentRedirect {
		r.Action, r.Strength = codes.ActionRedirect, codes.May
		r.Duties, r.Reqs = codes.NeedLocation, "WSP-OPEN-05"
	}
	return r
}

const permanentRedirect = 308

// openingReasons are the reasons that RFC 9110 and its registry have changed, or added.
var openingReasons = map[int]string{
	103: "Early Hints", 208: "Already Reported", 308: "Permanent Redirect",
	413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
	421: "Misdirected Request", 422: "Unprocessable Content", 425: "Too Early",
	451: "Unavailable For Legal Reasons", 508: "Loop Detected",
}
