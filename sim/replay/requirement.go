package replay

import "strings"

// texts say in a few words what a requirement asks for.
var texts = map[string]string{
	"INV-48":                "Close frames carry only codes that may be sent",
	"KHP-CLASS-1XX-01":      "a provisional response, and 204 and 205, have no body",
	"KHP-CLASS-3XX-01":      "the server closes after a redirect",
	"KHP-CLASS-UNLISTED-01": "a code that is not listed ends the handshake",
	"KHP-CLASS-UNLISTED-02": "a status code has three digits and is below 600",
	"KHP-CLOSE-01":          "the end of the connection ends the handshake",
	"KHP-CLOSE-02":          "the client closes once the handshake has failed",
	"KHP-CLOSE-03":          "the client closes if extensions are selected that it did not ask for",
	"KHP-CLOSE-04":          "the client closes if no empty binary message ends the response",
	"KHP-CLOSE-05":          "the handshake is completed if nothing stands against it",
	"KHP-EXT-01":            "the client sends its request, in one message, then the server answers",
	"KHP-EXT-02":            "nobody sends another message before the handshake is completed",
	"KHP-EXT-03":            "requests and responses are HTTP/1.1",
	"KHP-EXT-04":            "one message holds one request",
	"KHP-EXT-REQ-01":        "the request repeats the subprotocols offered in the opening handshake",
	"KHP-EXT-REQ-03":        "a list of extensions is not empty",
	"KHP-EXT-REQ-08":        "the request does not list x-kaazing-handshake",
	"KHP-EXT-REQ-09":        "the request does not name an extension that is negotiated already",
	"KHP-EXT-REQ-11":        "without extensions to ask for there is no such field",
	"KHP-EXT-RSP-01":        "a request is answered with a response, one",
	"KHP-EXT-RSP-05":        "a response begins with a status code",
	"KHP-EXT-RSP-08":        "the extensions of a response are not an empty list",
	"KHP-EXT-RSP-09":        "the extensions of a response are among those asked for",
	"KHP-EXT-RSP-12":        "the field of extensions means what it means in WebSocket",
	"KHP-EXT-RSP-14":        "an empty binary message ends each response",
	"KHP-GEN-04":            "the opening handshake comes first, then the extended one",
	"KHP-GEN-05": "the connection is open once the extended handshake is " +
		"completed, not before",
	"KHP-GEN-08":        "the opening handshake is that of WebSocket",
	"KHP-OPEN-03":       "the server answers the opening request by the rules of WebSocket",
	"KHP-OPEN-05":       "the extended handshake starts only if KHP was selected",
	"KHP-REDIR-03":      "after a redirect the client connects to its Location",
	"KHP-REDIR-04":      "the client follows a bounded number of redirects",
	"KHP-REDIR-05":      "the client does not follow a redirect to where it was",
	"KHP-REDIR-06":      "a redirect has a Location",
	"KHP-STATUS-100-01": "100 asks for the body of a request that has Expect",
	"KHP-STATUS-100-02": "100 answers only a request with Expect",
	"KHP-STATUS-100-03": "a body that is held back is announced with Expect",
	"KHP-STATUS-101-01": "a 101 that belongs to the request completes the handshake",
	"KHP-STATUS-101-03": "a 101 that does not belong to the request completes nothing",
	"KHP-STATUS-401-01": "401 leaves the handshake going on",
	"KHP-STATUS-401-02": "401 is answered by the request with Authorization",
	"KHP-STATUS-401-04": "401 has WWW-Authenticate",
	"KHP-STATUS-511-02": "511 is for proxies that control access to a network",
	"LIV-11":            "what the application asks to end comes to an end",
	"RFC2068-407-02":    "407 has Proxy-Authenticate",
	"RFC6585-511-04":    "a server does not send 511",
	"WSP-CLOSE-02":      "broken frames close the connection",
	"WSP-CLOSE-03":      "1005, 1006 and 1015 are never sent",
	"WSP-EXT-01":        "extensions are a list by its grammar",
	"WSP-EXT-03":        "the server grants only extensions that were offered",
	"WSP-FRAME-02":      "messages may be fragmented, one after the other",
	"WSP-FRAME-03":      "control frames are short and in one piece",
	"WSP-FRAME-04":      "frames of the client are masked, those of the server are not",
	"WSP-FRAME-06":      "a side sends one Close frame, and nothing after it",
	"WSP-OPEN-01":       "what an opening request needs",
	"WSP-OPEN-02":       "what an opening 101 needs",
	"WSP-OPEN-03":       "the opening 101 grants only extensions that were offered",
	"WSP-OPEN-04":       "a selected subprotocol is one that was offered",
	"WSP-OPEN-05":       "another answer than 101 is HTTP and no WebSocket",
	"WSP-OPEN-06":       "offered subprotocols are a list of tokens",
	"WSP-OPEN-08":       "the server selects a subprotocol that was offered, or none",
	"WSP-PROTO-01":      "one subprotocol is selected at most",
	"WSP-TEXT-01":       "text is UTF-8",
}

// Text says in a few words what the requirement with that id asks for, "" if the id is unknown.
// docs/requirements.tsv and docs/properties.tsv say it in full.
func Text(id string) string {
	if t := texts[id]; t != "" {
		return t
	}
	status, ok := strings.CutPrefix(id, "KHP-STATUS-")
	switch {
	case !ok:
		return ""
	case strings.HasSuffix(status, "-01"):
		return "the client closes after " + status[:3]
	case strings.HasSuffix(status, "-09"):
		return "the server closes after " + status[:3]
	}
	return "what follows " + status[:3]
}
