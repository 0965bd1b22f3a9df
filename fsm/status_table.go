package fsm

// statusRow is one line of the status table.
type statusRow struct {
	code     uint16
	reason   string
	action   Action
	strength Strength
	duties   Duties
	reqs     string
}

// statusTable holds the 67 listed codes in ascending order: the one place where a status code gets
// its meaning, for both sides. 100 is marked NeverSend because only the machine itself sends it, in
// answer to Expect; 511 belongs to intercepting proxies. Codes without a line fall under the rule
// for unlisted codes, see [Status].
var statusTable = [...]statusRow{
	{100, "Continue", ActionContinue, Must, NoBody | NeverSend, "KHP-STATUS-100-01 KHP-STATUS-100-02 KHP-STATUS-100-03 KHP-STATUS-100-04"},
	{101, "Switching Protocols", ActionComplete, Must, NoBody, "KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-101-03"},
	{102, "Processing", ActionClose, Must, NoBody | NeverSend, "KHP-STATUS-102-01"},
	{103, "Checkpoint", ActionClose, Must, NoBody | NeverSend, "KHP-STATUS-103-01"},
	{122, "Request-URI too long", ActionClose, Must, NoBody | NeverSend, "KHP-STATUS-122-01"},
	{200, "OK", ActionClose, Must, 0, "KHP-STATUS-200-01 KHP-STATUS-200-02"},
	{201, "Created", ActionComplete, Must, 0, "KHP-STATUS-201-01 KHP-STATUS-201-02 KHP-STATUS-201-03"},
	{202, "Accepted", ActionWait, May, 0, "KHP-STATUS-202-01 KHP-STATUS-202-02"},
	{203, "Non-Authoritative Information", ActionClose, Must, 0, "KHP-STATUS-203-01"},
	{204, "No Content", ActionComplete, Must, NoBody, "KHP-STATUS-204-01 KHP-STATUS-204-02"},
	{205, "Reset Content", ActionComplete, Must, NoBody, "KHP-STATUS-205-01 KHP-STATUS-205-02"},
	{206, "Partial Content", ActionClose, Must, 0, "KHP-STATUS-206-01"},
	{207, "Multi-Status", ActionClose, Must, 0, "KHP-STATUS-207-01"},
	{226, "IM Used", ActionClose, Must, 0, "KHP-STATUS-226-01"},
	{300, "Multiple Choices", ActionRedirectChoice, Should, NeedLocation, "KHP-STATUS-300-01 KHP-STATUS-300-02 KHP-STATUS-300-09"},
	{301, "Moved Permanently", ActionRedirect, Should, NeedLocation, "KHP-STATUS-301-01 KHP-STATUS-301-02 KHP-STATUS-301-03 KHP-STATUS-301-09"},
	{302, "Found", ActionRedirect, Should, NeedLocation, "KHP-STATUS-302-01 KHP-STATUS-302-02 KHP-STATUS-302-09"},
	{303, "See Other", ActionRedirect, Must, NeedLocation, "KHP-STATUS-303-01 KHP-STATUS-303-02 KHP-STATUS-303-03 KHP-STATUS-303-09"},
	{304, "Not Modified", ActionClose, Must, NoBody, "KHP-STATUS-304-01 KHP-STATUS-304-09"},
	{305, "Use Proxy", ActionClose, Must, 0, "KHP-STATUS-305-01 KHP-STATUS-305-09"},
	{306, "Switch Proxy", ActionClose, Must, 0, "KHP-STATUS-306-01 KHP-STATUS-306-09"},
	{307, "Temporary Redirect", ActionRedirectIfGet, Must, NeedLocation, "KHP-STATUS-307-01 KHP-STATUS-307-02 KHP-STATUS-307-03 KHP-STATUS-307-04 KHP-STATUS-307-09"},
	{308, "Resume Incomplete", ActionClose, Must, 0, "KHP-STATUS-308-01 KHP-STATUS-308-09"},
	{400, "Bad Request", ActionClose, Must, 0, "KHP-STATUS-400-01"},
	{401, "Unauthorized", ActionReplay, Should, NeedChallenge, "KHP-STATUS-401-01 KHP-STATUS-401-02 KHP-STATUS-401-03 KHP-STATUS-401-04"},
	{402, "Payment Required", ActionClose, Must, 0, "KHP-STATUS-402-01"},
	{403, "Forbidden", ActionClose, Must, 0, "KHP-STATUS-403-01 KHP-STATUS-403-02"},
	{404, "Not Found", ActionClose, Must, 0, "KHP-STATUS-404-01"},
	{405, "Method Not Allowed", ActionClose, Must, 0, "KHP-STATUS-405-01"},
	{406, "Not Acceptable", ActionClose, Must, 0, "KHP-STATUS-406-01"},
	{407, "Proxy Authentication Required", ActionProxyAuth, May, NeedProxyChallenge, "KHP-STATUS-407-01 KHP-STATUS-407-02"},
	{408, "Request Timeout", ActionClose, Must, 0, "KHP-STATUS-408-01 KHP-STATUS-408-02"},
	{409, "Conflict", ActionClose, Must, 0, "KHP-STATUS-409-01"},
	{410, "Gone", ActionClose, Must, 0, "KHP-STATUS-410-01 KHP-STATUS-410-02"},
	{411, "Length Required", ActionClose, Must, 0, "KHP-STATUS-411-01"},
	{412, "Precondition Failed", ActionClose, Must, 0, "KHP-STATUS-412-01"},
	{413, "Request Entity Too Large", ActionClose, Must, 0, "KHP-STATUS-413-01"},
	{414, "Request-URI Too Long", ActionClose, Must, 0, "KHP-STATUS-414-01"},
	{415, "Unsupported Media Type", ActionClose, Must, 0, "KHP-STATUS-415-01"},
	{416, "Requested Range Not Satisfiable", ActionClose, Must, 0, "KHP-STATUS-416-01"},
	{417, "Expectation Failed", ActionClose, Must, 0, "KHP-STATUS-417-01"},
	{418, "I'm a teapot", ActionClose, Must, 0, "KHP-STATUS-418-01"},
	{422, "Unprocessable Entity", ActionClose, Must, 0, "KHP-STATUS-422-01"},
	{423, "Locked", ActionClose, Must, 0, "KHP-STATUS-423-01"},
	{424, "Failed Dependency", ActionClose, Must, 0, "KHP-STATUS-424-01"},
	{425, "Unordered Collection", ActionClose, Must, 0, "KHP-STATUS-425-01"},
	{426, "Upgrade Required", ActionUpgrade, May, NeedUpgrade, "KHP-STATUS-426-01 KHP-STATUS-426-02"},
	{428, "Precondition Required", ActionClose, Must, NoStore, "KHP-STATUS-428-01"},
	{429, "Too Many Requests", ActionClose, Must, NoStore, "KHP-STATUS-429-01"},
	{431, "Request Header Fields Too Large", ActionClose, Must, NoStore, "KHP-STATUS-431-01"},
	{444, "No Response", ActionClose, Must, 0, "KHP-STATUS-444-01"},
	{449, "Retry With", ActionClose, Must, 0, "KHP-STATUS-449-01"},
	{450, "Blocked by Windows Parental Controls", ActionClose, Must, 0, "KHP-STATUS-450-01"},
	{499, "Client Closed Request", ActionClose, Must, 0, "KHP-STATUS-499-01"},
	{500, "Internal Server Error", ActionClose, Must, 0, "KHP-STATUS-500-01"},
	{501, "Not Implemented", ActionClose, Must, 0, "KHP-STATUS-501-01"},
	{502, "Bad Gateway", ActionClose, Must, 0, "KHP-STATUS-502-01"},
	{503, "Service Unavailable", ActionClose, Must, 0, "KHP-STATUS-503-01"},
	{504, "Gateway Timeout", ActionClose, Must, 0, "KHP-STATUS-504-01"},
	{505, "HTTP Version Not Supported", ActionClose, Must, 0, "KHP-STATUS-505-01"},
	{506, "Variant Also Negotiates", ActionClose, Must, 0, "KHP-STATUS-506-01"},
	{507, "Insufficient Storage", ActionClose, Must, 0, "KHP-STATUS-507-01"},
	{509, "Bandwidth Limit Exceeded", ActionClose, Must, 0, "KHP-STATUS-509-01"},
	{510, "Not Extended", ActionClose, Must, 0, "KHP-STATUS-510-01"},
	{511, "Network Authentication Required", ActionClose, Must, NoStore | NeverSend, "KHP-STATUS-511-01"},
	{598, "(Informal convention) network read timeout error", ActionClose, Must, 0, "KHP-STATUS-598-01"},
	{599, "(Informal convention) network connect timeout error", ActionClose, Must, 0, "KHP-STATUS-599-01"},
}
