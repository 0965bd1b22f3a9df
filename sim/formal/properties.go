package formal

import "strings"

// settings are the bounds and switches of the model with their defaults, which are those that the
// explorer uses.
var settings = []constant{
	{"KAAZING", "0", "the client speaks the kaazing profile"},
	{"AUTO", "0", "the client speaks the auto profile: it does not know how the server speaks"},
	{"UNAWARE", "0", "the server does not know the kaazing profile"},
	{"TERMINATOR_OPTIONAL", "0", "a response is complete without its terminator"},
	{"PLAIN_FALLBACK", "0", "the client opens a plain WebSocket if KHP is not selected"},
	{"EXPECT", "0", "the request announces a body with Expect: 100-continue"},
	{"OTHER_METHOD", "0", "the request is no GET"},
	{"NO_REDIRECTS", "0", "redirects are reported, not followed"},
	{"NO_WAIT", "0", "the client does not wait after 202"},
	{"PROXY", "0", "a proxy is configured"},
	{"UPGRADE", "0", "426 may be answered with TLS"},
	{"MAX_REDIRECTS", "1", "follow-up connections"},
	{"MAX_REPLAYS", "1", "replays after 401"},
	{"MAX_INTERIM", "2", "100 and 202 that a client takes"},
	{"SERVE_PLAIN", "0", "the server serves clients without KHP"},
	{"UNCHECKED", "0", "decisions may break the obligations of their status"},
	{"MAX_CHALLENGES", "1", "401 that a server sends"},
	{"MAX_DEFERRALS", "1", "202 that a server sends"},
	{"OBLIGATIONS_MET", "1", "the server's application gives what a status requires"},
}

// properties are checked in every state or at every order. Their numbers are those that a failed
// assertion shows.
var properties = []property{
	{"INV_01", 1,
		"open only if KHP was selected, every condition of completion holds and no Close came before"},
	{"INV_02", 2, "no application data is delivered before open, and none that was not sent"},
	{"INV_03", 3, "no application data is sent before open"},
	{"INV_04", 4, "opened at most once"},
	{"INV_05", 5, "exactly one terminal event, and nothing is ordered after it"},
	{"INV_06", 6, "an extended request only after an opening 101 that selected x-kaazing-handshake"},
	{"INV_07", 7, "at most one request is outstanding"},
	{"INV_08", 8, "accepted only in answer to a request, with what was requested"},
	{"INV_16", 16, "no request after a terminating status"},
	{"INV_17", 17, "a body only after 100, once, and only if it was announced"},
	{"INV_19", 19, "a replay only after 401 and with new credentials"},
	{"INV_20", 20, "replays within their bound"},
	{"INV_21", 21, "redirects and connections within their bounds"},
	{"INV_28", 28, "a new connection only after the old one is gone"},
	{"INV_39", 39, "no running timer is started over"},
	{"INV_40", 40, "the server sends no response after its Close"},
	{"INV_41", 41, "one deciding response, and a decision is asked for complete requests only"},
	{"INV_42", 42, "every response has its terminator right behind it"},
	{"INV_46", 46, "no 511, and 100 only if it was expected"},
	{"INV_50", 50, "a client is open only if its server completed the handshake"},
	{"INV_54", 54, "messages of the kaazing profile only to clients that asked for it"},
	{"LIV_01", 101, "until the end, or until both are open, somebody waits for something that time " +
		"or the network brings"},
	{"LIV_06", 106, "a side that waits for the peer, the network or credentials has a timer running"},
	{"LIV_09", 109, "something can happen in every state that is not at rest"},
	{"BOUND", 200, "the queues are long enough"},
	{"TOTAL", 201, "an honest host is never told misuse"},
	{"WSP_FRAME_06", 202, "one Close frame each"},
}

// PropertyName returns the id of the property that a failed assertion shows as number, "" if there
// is none.
func PropertyName(number int) string {
	for _, p := range properties {
		if p.Number == number {
			return strings.ReplaceAll(p.Name, "_", "-")
		}
	}
	return ""
}

// possible are states that some run must reach.
var possible = []constant{
	{"LIV_03", "both_open", "open on both sides"},
	{"LIV_04", "both_open && c_replays == MAX_REPLAYS", "open after the last challenge"},
	{"LIV_05", "both_open && c_redirects == MAX_REDIRECTS", "open after the last redirect"},
	{"LIV_12", "c_phase == C_Closing && s_phase == S_Closing", "both close at the same time"},
	{"INV_35", "client_got == 1 && server_got == 1", "a message right behind the terminator arrives"},
}

// Possible returns the names of the formulas in the Promela model that must be refuted, because
// they must find a counterexample.
func Possible() (names []string) {
	for _, p := range possible {
		names = append(names, "never_"+p.Name)
	}
	return names
}
