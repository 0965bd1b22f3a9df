package oracle

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// Status is one line of the specification's list of status codes, written out a second time, by
// hand and from the text alone.
type Status struct {
	Code     int
	Reason   string // "" if it has none of its own
	Words    string // the action of a client, in the words of the requirements
	Strength string // of the action; where the client closes and follows up, of the follow-up
	Field    string // required field, "" if none
	NoBody   bool
}

// Statuses is the whole list: 67 codes, 53 of which are plain CLOSE.
var Statuses = []Status{
	{100, "Continue", "CONTINUE_SEND_BODY", "MUST", "", true},
	{101, "Switching Protocols", "COMPLETE", "MUST", "", true},
	{102, "Processing", "CLOSE", "MUST", "", true},
	{103, "Checkpoint", "CLOSE", "MUST", "", true},
	{122, "Request-URI too long", "CLOSE", "MUST", "", true},
	{200, "OK", "CLOSE", "MUST", "", false},
	{201, "Created", "COMPLETE", "MUST", "", false},
	{202, "Accepted", "WAIT", "MAY", "", false},
	{203, "Non-Authoritative Information", "CLOSE", "MUST", "", false},
	{204, "No Content", "COMPLETE", "MUST", "", true},
	{205, "Reset Content", "COMPLETE", "MUST", "", true},
	{206, "Partial Content", "CLOSE", "MUST", "", false},
	{207, "Multi-Status", "CLOSE", "MUST", "", false},
	{226, "IM Used", "CLOSE", "MUST", "", false},
	{300, "Multiple Choices", "CLOSE_REDIRECT_CHOICE", "SHOULD", "Location", false},
	{301, "Moved Permanently", "CLOSE_REDIRECT", "SHOULD", "Location", false},
	{302, "Found", "CLOSE_REDIRECT", "SHOULD", "Location", false},
	{303, "See Other", "CLOSE_REDIRECT_MUST", "MUST", "Location", false},
	{304, "Not Modified", "CLOSE", "MUST", "", true},
	{305, "Use Proxy", "CLOSE", "MUST", "", false},
	{306, "Switch Proxy", "CLOSE", "MUST", "", false},
	{307, "Temporary Redirect", "CLOSE_REDIRECT_IF_GET", "MUST", "Location", false},
	{308, "Resume Incomplete", "CLOSE", "MUST", "", false},
	{400, "Bad Request", "CLOSE", "MUST", "", false},
	{401, "Unauthorized", "REPLAY_WITH_AUTH", "SHOULD", "WWW-Authenticate", false},
	{402, "Payment Required", "CLOSE", "MUST", "", false},
	{403, "Forbidden", "CLOSE", "MUST", "", false},
	{404, "Not Found", "CLOSE", "MUST", "", false},
	{405, "Method Not Allowed", "CLOSE", "MUST", "", false},
	{406, "Not Acceptable", "CLOSE", "MUST", "", false},
	{407, "Proxy Authentication Required", "CLOSE_MAY_PROXY_AUTH", "MAY", "Proxy-Authenticate", false},
	{408, "Request Timeout", "CLOSE", "MUST", "", false},
	{409, "Conflict", "CLOSE", "MUST", "", false},
	{410, "Gone", "CLOSE", "MUST", "", false},
	{411, "Length Required", "CLOSE", "MUST", "", false},
	{412, "Precondition Failed", "CLOSE", "MUST", "", false},
	{413, "Request Entity Too Large", "CLOSE", "MUST", "", false},
	{414, "Request-URI Too Long", "CLOSE", "MUST", "", false},
	{415, "Unsupported Media Type", "CLOSE", "MUST", "", false},
	{416, "Requested Range Not Satisfiable", "CLOSE", "MUST", "", false},
	{417, "Expectation Failed", "CLOSE", "MUST", "", false},
	{418, "I'm a teapot", "CLOSE", "MUST", "", false},
	{422, "Unprocessable Entity", "CLOSE", "MUST", "", false},
	{423, "Locked", "CLOSE", "MUST", "", false},
	{424, "Failed Dependency", "CLOSE", "MUST", "", false},
	{425, "Unordered Collection", "CLOSE", "MUST", "", false},
	{426, "Upgrade Required", "CLOSE_MAY_UPGRADE", "MAY", "Upgrade", false},
	{428, "Precondition Required", "CLOSE", "MUST", "", false},
	{429, "Too Many Requests", "CLOSE", "MUST", "", false},
	{431, "Request Header Fields Too Large", "CLOSE", "MUST", "", false},
	{444, "No Response", "CLOSE", "MUST", "", false},
	{449, "Retry With", "CLOSE", "MUST", "", false},
	{450, "Blocked by Windows Parental Controls", "CLOSE", "MUST", "", false},
	{499, "Client Closed Request", "CLOSE", "MUST", "", false},
	{500, "Internal Server Error", "CLOSE", "MUST", "", false},
	{501, "Not Implemented", "CLOSE", "MUST", "", false},
	{502, "Bad Gateway", "CLOSE", "MUST", "", false},
	{503, "Service Unavailable", "CLOSE", "MUST", "", false},
	{504, "Gateway Timeout", "CLOSE", "MUST", "", false},
	{505, "HTTP Version Not Supported", "CLOSE", "MUST", "", false},
	{506, "Variant Also Negotiates", "CLOSE", "MUST", "", false},
	{507, "Insufficient Storage", "CLOSE", "MUST", "", false},
	{509, "Bandwidth Limit Exceeded", "CLOSE", "MUST", "", false},
	{510, "Not Extended", "CLOSE", "MUST", "", false},
	{511, "Network Authentication Required", "CLOSE", "MUST", "", false},
	{598, "", "CLOSE", "MUST", "", false},
	{599, "", "CLOSE", "MUST", "", false},
}

// ActionOf translates the words into the type.
func ActionOf(words string) codes.Action {
	switch words {
	case "COMPLETE":
		return codes.ActionComplete
	case "CONTINUE_SEND_BODY":
		return codes.ActionContinue
	case "WAIT":
		return codes.ActionWait
	case "REPLAY_WITH_AUTH":
		return codes.ActionReplay
	case "CLOSE":
		return codes.ActionClose
	case "CLOSE_REDIRECT", "CLOSE_REDIRECT_MUST": // the two differ in strength
		return codes.ActionRedirect
	case "CLOSE_REDIRECT_IF_GET":
		return codes.ActionRedirectIfGet
	case "CLOSE_REDIRECT_CHOICE":
		return codes.ActionRedirectChoice
	case "CLOSE_MAY_PROXY_AUTH":
		return codes.ActionProxyAuth
	case "CLOSE_MAY_UPGRADE":
		return codes.ActionUpgrade
	}
	return 0
}

// actions and fields spread the list out. Every code that is not listed closes. [AMB-51, AMB-74]
var actions, fields = func() (a [600]codes.Action, f [600]fsm.Facts) {
	for code := range a {
		a[code] = codes.ActionClose
	}
	for _, s := range Statuses {
		a[s.Code], f[s.Code] = ActionOf(s.Words), fieldFact(s.Field)
	}
	return a, f
}()

// actionOf returns the action of a client for a code.
func actionOf(code uint16) codes.Action {
	if int(code) < len(actions) {
		return actions[code]
	}
	return codes.ActionClose
}

// fieldOf is the finding that a decision carries the field which the code requires.
func fieldOf(code uint16) fsm.Facts {
	if int(code) < len(fields) {
		return fields[code]
	}
	return 0
}

// NeverSent collects the codes that a server does not send: provisional ones without a
// meaning here, 511, and everything that is not HTTP. Of the others the application may decide.
// [INV-46, AMB-75]
func NeverSent(code int) bool {
	switch {
	case code < 100, code >= 600, code == 511:
		return true
	}
	return code < 200 && code != 100 && code != 101
}
