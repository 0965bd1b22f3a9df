package fsm_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// oracleRow is one line of the specification's list of status codes, written out a second time, by
// hand and from the text alone.
type oracleRow struct {
	code     int
	reason   string // "" if it has none of its own
	action   string // in the words of the requirements
	strength string // of the action; where the client closes and follows up, of the follow-up
	field    string // required field, "" if none
	noBody   bool
}

// oracleRows is the whole list: 67 codes, 53 of which are plain CLOSE.
var oracleRows = []oracleRow{
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

// oracleAction says in the words of the requirements what a client does with a code; every code
// that is not listed closes. [AMB-51, AMB-74]
func oracleAction(code int) string {
	if code >= 0 && code < len(oracleActions) {
		return oracleActions[code]
	}
	return "CLOSE"
}

// oracleActions spreads the action column out.
var oracleActions = func() (a [600]string) {
	for code := range a {
		a[code] = "CLOSE"
	}
	for _, r := range oracleRows {
		a[r.code] = r.action
	}
	return a
}()

// actionOf translates the words into the type.
func actionOf(words string) fsm.Action {
	switch words {
	case "COMPLETE":
		return fsm.ActionComplete
	case "CONTINUE_SEND_BODY":
		return fsm.ActionContinue
	case "WAIT":
		return fsm.ActionWait
	case "REPLAY_WITH_AUTH":
		return fsm.ActionReplay
	case "CLOSE":
		return fsm.ActionClose
	case "CLOSE_REDIRECT", "CLOSE_REDIRECT_MUST": // the two differ in strength
		return fsm.ActionRedirect
	case "CLOSE_REDIRECT_IF_GET":
		return fsm.ActionRedirectIfGet
	case "CLOSE_REDIRECT_CHOICE":
		return fsm.ActionRedirectChoice
	case "CLOSE_MAY_PROXY_AUTH":
		return fsm.ActionProxyAuth
	case "CLOSE_MAY_UPGRADE":
		return fsm.ActionUpgrade
	}
	return 0
}

// terminates tells from the words whether the connection ends. [AMB-17]
func terminates(words string) bool { return strings.HasPrefix(words, "CLOSE") }

// strengthOf translates RFC 2119.
func strengthOf(words string) fsm.Strength {
	return map[string]fsm.Strength{"MAY": fsm.May, "SHOULD": fsm.Should, "MUST": fsm.Must}[words]
}

// compareStatus compares [fsm.Status] with the list for every number around and in the range of
// status codes.
func compareStatus() error {
	listed := map[int]oracleRow{}
	for _, r := range oracleRows {
		listed[r.code] = r
	}
	for code := -5; code <= 1100; code++ {
		want, known := listed[code]
		if err := compareRule(code, want, known); err != nil {
			return err
		}
	}
	return compareStatuses()
}

// compareRule compares one code.
func compareRule(code int, want oracleRow, known bool) error {
	got := fsm.Status(code)
	if !known {
		// "A status code that the section does not list has no extended handshake action": close,
		// whatever its class says elsewhere.
		want = oracleRow{code: code, reason: got.Reason, action: "CLOSE", strength: "MUST", noBody: code >= 100 && code < 200}
	}
	class := code / 100
	id := fmt.Sprintf("KHP-STATUS-%d-01", code)
	switch {
	case !known && (code < 100 || code > 999):
		id = "KHP-CLASS-UNLISTED-02" // not a status code at all
	case !known:
		id = "KHP-CLASS-UNLISTED-01"
	}
	switch {
	case got.Code != code:
		return fmt.Errorf("status %d: the rule says it is for %d", code, got.Code)
	case got.Listed != known:
		return fmt.Errorf("status %d: listed %v, want %v", code, got.Listed, known)
	case got.Action != actionOf(want.action):
		return fmt.Errorf("status %d: %v, want %s", code, got.Action, want.action)
	case got.Action.Terminates() != terminates(want.action):
		return fmt.Errorf("status %d: terminates %v, want %v", code, got.Action.Terminates(), terminates(want.action))
	case got.Strength != strengthOf(want.strength):
		return fmt.Errorf("status %d: %v, want %s", code, got.Strength, want.strength)
	case want.reason != "" && got.Reason != want.reason || got.Reason == "":
		return fmt.Errorf("status %d: reason %q, want %q", code, got.Reason, want.reason)
	case strings.Join(got.Fields(), ", ") != want.field:
		return fmt.Errorf("status %d: needs %q, want %q", code, got.Fields(), want.field)
	case got.MissingField(0) != want.field:
		return fmt.Errorf("status %d: an empty response lacks %q, want %q", code, got.MissingField(0), want.field)
	case got.MissingField(fsm.FactLocation|fsm.FactChallenge|fsm.FactProxyChallenge|fsm.FactUpgrade) != "":
		return fmt.Errorf("status %d: a response with every field lacks one", code)
	case got.Duties&fsm.NoBody != 0 != want.noBody: // KHP-CLASS-1XX-01, KHP-STATUS-204-02, -205-02, RFC 9110 for 304
		return fmt.Errorf("status %d: without body %v, want %v", code, got.Duties&fsm.NoBody != 0, want.noBody)
	case got.Duties&fsm.NoStore != 0 != (code == 428 || code == 429 || code == 431 || code == 511): // AMB-77
		return fmt.Errorf("status %d: no-store %v", code, got.Duties&fsm.NoStore != 0)
	case got.Duties&fsm.NeverSend != 0 != (code == 100 || oracleNeverSent(code)): // 100 is sent, but not on demand
		return fmt.Errorf("status %d: never sent %v, want %v", code, got.Duties&fsm.NeverSend != 0, oracleNeverSent(code))
	case !names(got.Reqs, id):
		return fmt.Errorf("status %d: requirements %q lack %s", code, got.Reqs, id)
	case class == 3 && !names(got.Reqs, "KHP-CLASS-3XX-01") && !names(got.Reqs, fmt.Sprintf("KHP-STATUS-%d-09", code)):
		return fmt.Errorf("status %d: requirements %q do not say that the server closes after it", code, got.Reqs)
	}
	return nil
}

// names reports whether id is one of the blank-separated ids.
func names(ids, id string) bool {
	for _, s := range strings.Fields(ids) {
		if s == id {
			return true
		}
	}
	return false
}

// oracleNeverSent collects the codes that a server does not send: provisional ones without a
// meaning here, 511, and everything that is not HTTP. Of the others the application may decide.
// [INV-46, AMB-75]
func oracleNeverSent(code int) bool {
	switch {
	case code < 100, code >= 600, code == 511:
		return true
	}
	return code < 200 && code != 100 && code != 101
}

// compareStatuses checks that the list comes out complete and sorted.
func compareStatuses() error {
	i := 0
	for r := range fsm.Statuses() {
		if i >= len(oracleRows) || r.Code != oracleRows[i].code {
			return fmt.Errorf("listed code %d at position %d", r.Code, i)
		}
		i++
	}
	if i != len(oracleRows) {
		return fmt.Errorf("%d codes listed, want %d", i, len(oracleRows))
	}
	return nil
}

func TestOracle_Status(t *testing.T) {
	require.Len(t, oracleRows, 67)
	for _, r := range oracleRows {
		id := fmt.Sprintf("KHP-STATUS-%d-01", r.code)
		t.Run(id, func(t *testing.T) {
			t.Attr("req", id)
			require.NoError(t, compareRule(r.code, r, true))
		})
	}
	t.Run("totality", func(t *testing.T) {
		for _, id := range []string{"KHP-CLASS-UNLISTED-01", "KHP-CLASS-UNLISTED-02", "KHP-EXT-RSP-06", "KHP-CLASS-1XX-01"} {
			t.Attr("req", id)
		}
		require.NoError(t, compareStatus())
	})
}
