package fsm

import "example.com/khp/fsm/codes"

// statusRow is one line of the status table.
type statusRow struct {
	code     uint16
	reason   string
	action   codes.Action
	strength codes.Strength
	duties   codes.Duties
	reqs     string
}

// The words of the table.
const (
	complete           = codes.ActionComplete
	goOn               = codes.ActionContinue
	wait               = codes.ActionWait
	replays            = codes.ActionReplay
	closes             = codes.ActionClose
	redirectIfGet      = codes.ActionRedirectIfGet
	redirectChoice     = codes.ActionRedirectChoice
	redirect           = codes.ActionRedirect
	atProxy            = codes.ActionProxyAuth
	withTLS            = codes.ActionUpgrade
	must               = codes.Must
	should             = codes.Should
	may                = codes.May
	needLocation       = codes.NeedLocation
	needChallenge      = codes.NeedChallenge
	needProxyChallenge = codes.NeedProxyChallenge
	needUpgrade        = codes.NeedUpgrade
	noBody             = codes.NoBody
	noStore            = codes.NoStore
	neverSend          = codes.NeverSend
)

// statusTable holds the 67 listed codes in ascending order: the one place where a status code gets
// its meaning, for both sides. 100 is marked [codes.NeverSend] because only the machine itself
// sends it, in answer to Expect; 511 belongs to intercepting proxies. Codes without a line fall
// under the rule for unlisted codes, see [Status].
var statusTable = [...]statusRow{
	{100, "Continue", goOn, must, noBody | neverSend,
		"KHP-STATUS-100-01 KHP-STATUS-100-02 KHP-STATUS-100-03 KHP-STATUS-100-04"},
	{101, "Switching Protocols", complete, must, noBody,
		"KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-101-03"},
	{102, "Processing", closes, must, noBody | neverSend, "KHP-STATUS-102-01"},
	{103, "Checkpoint", closes, must, noBody | neverSend, "KHP-STATUS-103-01"},
	{122, "Request-URI too long", closes, must, noBody | neverSend, "KHP-STATUS-122-01"},
	{200, "OK", closes, must, 0, "KHP-STATUS-200-01 KHP-STATUS-200-02"},
	{201, "Created", complete, must, 0, "KHP-STATUS-201-01 KHP-STATUS-201-02 KHP-STATUS-201-03"},
	{202, "Accepted", wait, may, 0, "KHP-STATUS-202-01 KHP-STATUS-202-02"},
	{203, "Non-Authoritative Information", closes, must, 0, "KHP-STATUS-203-01"},
	{204, "No Content", complete, must, noBody, "KHP-STATUS-204-01 KHP-STATUS-204-02"},
	{205, "Reset Content", complete, must, noBody, "KHP-STATUS-205-01 KHP-STATUS-205-02"},
	{206, "Partial Content", closes, must, 0, "KHP-STATUS-206-01"},
	{207, "Multi-Status", closes, must, 0, "KHP-STATUS-207-01"},
	{226, "IM Used", closes, must, 0, "KHP-STATUS-226-01"},
	{300, "Multiple Choices", redirectChoice, should, needLocation,
		"KHP-STATUS-300-01 KHP-STATUS-300-02 KHP-STATUS-300-09"},
	{301, "Moved Permanently", redirect, should, needLocation,
		"KHP-STATUS-301-01 KHP-STATUS-301-02 KHP-STATUS-301-03 KHP-STATUS-301-09"},
	{302, "Found", redirect, should, needLocation,
		"KHP-STATUS-302-01 KHP-STATUS-302-02 KHP-STATUS-302-09"},
	{303, "See Other", redirect, must, needLocation,
		"KHP-STATUS-303-01 KHP-STATUS-303-02 KHP-STATUS-303-03 KHP-STATUS-303-09"},
	{304, "Not Modified", closes, must, noBody, "KHP-STATUS-304-01 KHP-STATUS-304-09"},
	{305, "Use Proxy", closes, must, 0, "KHP-STATUS-305-01 KHP-STATUS-305-09"},
	{306, "Switch Proxy", closes, must, 0, "KHP-STATUS-306-01 KHP-STATUS-306-09"},
	{307, "Temporary Redirect", redirectIfGet, must, needLocation,
		"KHP-STATUS-307-01 KHP-STATUS-307-02 KHP-STATUS-307-03 KHP-STATUS-307-04 KHP-STATUS-307-09"},
	{308, "Resume Incomplete", closes, must, 0, "KHP-STATUS-308-01 KHP-STATUS-308-09"},
	{400, "Bad Request", closes, must, 0, "KHP-STATUS-400-01"},
	{401, "Unauthorized", replays, should, needChallenge,
		"KHP-STATUS-401-01 KHP-STATUS-401-02 KHP-STATUS-401-03 KHP-STATUS-401-04"},
	{402, "Payment Required", closes, must, 0, "KHP-STATUS-402-01"},
	{403, "Forbidden", closes, must, 0, "KHP-STATUS-403-01 KHP-STATUS-403-02"},
	{404, "Not Found", closes, must, 0, "KHP-STATUS-404-01"},
	{405, "Method Not Allowed", closes, must, 0, "KHP-STATUS-405-01"},
	{406, "Not Acceptable", closes, must, 0, "KHP-STATUS-406-01"},
	{407, "Proxy Authentication Required", atProxy, may, needProxyChallenge,
		"KHP-STATUS-407-01 KHP-STATUS-407-02"},
	{408, "Request Timeout", closes, must, 0, "KHP-STATUS-408-01 KHP-STATUS-408-02"},
	{409, "Conflict", closes, must, 0, "KHP-STATUS-409-01"},
	{410, "Gone", closes, must, 0, "KHP-STATUS-410-01 KHP-STATUS-410-02"},
	{411, "Length Required", closes, must, 0, "KHP-STATUS-411-01"},
	{412, "Precondition Failed", closes, must, 0, "KHP-STATUS-412-01"},
	{413, "Request Entity Too Large", closes, must, 0, "KHP-STATUS-413-01"},
	{414, "Request-URI Too Long", closes, must, 0, "KHP-STATUS-414-01"},
	{415, "Unsupported Media Type", closes, must, 0, "KHP-STATUS-415-01"},
	{416, "Requested Range Not Satisfiable", closes, must, 0, "KHP-STATUS-416-01"},
	{417, "Expectation Failed", closes, must, 0, "KHP-STATUS-417-01"},
	{418, "I'm a teapot", closes, must, 0, "KHP-STATUS-418-01"},
	{422, "Unprocessable Entity", closes, must, 0, "KHP-STATUS-422-01"},
	{423, "Locked", closes, must, 0, "KHP-STATUS-423-01"},
	{424, "Failed Dependency", closes, must, 0, "KHP-STATUS-424-01"},
	{425, "Unordered Collection", closes, must, 0, "KHP-STATUS-425-01"},
	{426, "Upgrade Required", withTLS, may, needUpgrade, "KHP-STATUS-426-01 KHP-STATUS-426-02"},
	{428, "Precondition Required", closes, must, noStore, "KHP-STATUS-428-01"},
	{429, "Too Many Requests", closes, must, noStore, "KHP-STATUS-429-01"},
	{431, "Request Header Fields Too Large", closes, must, noStore, "KHP-STATUS-431-01"},
	{444, "No Response", closes, must, 0, "KHP-STATUS-444-01"},
	{449, "Retry With", closes, must, 0, "KHP-STATUS-449-01"},
	{450, "Blocked by Windows Parental Controls", closes, must, 0, "KHP-STATUS-450-01"},
	{499, "Client Closed Request", closes, must, 0, "KHP-STATUS-499-01"},
	{500, "Internal Server Error", closes, must, 0, "KHP-STATUS-500-01"},
	{501, "Not Implemented", closes, must, 0, "KHP-STATUS-501-01"},
	{502, "Bad Gateway", closes, must, 0, "KHP-STATUS-502-01"},
	{503, "Service Unavailable", closes, must, 0, "KHP-STATUS-503-01"},
	{504, "Gateway Timeout", closes, must, 0, "KHP-STATUS-504-01"},
	{505, "HTTP Version Not Supported", closes, must, 0, "KHP-STATUS-505-01"},
	{506, "Variant Also Negotiates", closes, must, 0, "KHP-STATUS-506-01"},
	{507, "Insufficient Storage", closes, must, 0, "KHP-STATUS-507-01"},
	{509, "Bandwidth Limit Exceeded", closes, must, 0, "KHP-STATUS-509-01"},
	{510, "Not Extended", closes, must, 0, "KHP-STATUS-510-01"},
	{511, "Network Authentication Required", closes, must, noStore | neverSend, "KHP-STATUS-511-01"},
	{598, "(Informal convention) network read timeout error", closes, must, 0, "KHP-STATUS-598-01"},
	{599, "(Informal convention) network connect timeout error", closes, must, 0, "KHP-STATUS-599-01"},
}
