package fsm

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
	103: "Early Hints", 208: "Already Reported", 308: "Permanent Redirect", 413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable",
	421: "Misdirected Request", 422: "Unprocessable Content", 425: "Too Early", 451: "Unavailable For Legal Reasons", 508: "Loop Detected",
}
