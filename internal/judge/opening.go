package judge

import "example.com/khp/fsm"

// OpeningResponse returns the event of an answer to an opening request, with another status than
// 101. The machine knows the codes of extended responses: a 308 is told to it as the 301 that it
// amounts to.
func OpeningResponse(code int, facts fsm.Facts) fsm.Event {
	const movedPermanently, permanentRedirect = 301, 308
	if code == permanentRedirect {
		code = movedPermanently
	}
	return fsm.Event{Kind: fsm.EventResponse, Status: uint16(code), Facts: facts}
}
