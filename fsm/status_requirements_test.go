package fsm_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"github.com/stretchr/testify/require"
)

// actionsInWords are the actions as docs/requirements.tsv has them, which was written from the
// text.
var actionsInWords = map[string]codes.Action{
	"Complete, if every completion condition holds.":               codes.ActionComplete,
	"Send the held-back body, then wait for a further response.":   codes.ActionContinue,
	"Wait for a further response, up to a maximum.":                codes.ActionWait,
	"Send the request again with credentials, on the same socket.": codes.ActionReplay,
	"Close, report, no follow-up.":                                 codes.ActionClose,
	"Close, then connect to Location.":                             codes.ActionRedirect,
	"Close, then connect to Location if the request was a GET.":    codes.ActionRedirectIfGet,
	"Close, then connect to one of the offered URIs.":              codes.ActionRedirectChoice,
	"Close, then possibly authenticate with the configured proxy.": codes.ActionProxyAuth,
	"Close, then possibly connect with TLS.":                       codes.ActionUpgrade,
}

var (
	listedStatus = regexp.MustCompile(`(?m)^KHP-STATUS-(\d+)-01\t([A-Z ` +
		`]+)\tclient\t[^\t]*\t[^\t]*\t([^\t\n]*)`)
	followUpStatus = `(?m)^KHP-STATUS-%d-02\t([A-Z]+)\tclient\t[^\t]*\t[^\t]*\tClose, then `
)

// compareRequirements compares the status table with the reaction that docs/requirements.tsv
// requires of a client for each code, and with its strength: for a close with a follow-up, that of
// the follow-up.
func compareRequirements(t *testing.T) error {
	file, err := os.ReadFile("../docs/requirements.tsv")
	require.NoError(t, err)
	list := listedStatus.FindAllStringSubmatch(string(file), -1)
	require.Len(t, list, 67)
	for _, m := range list {
		var code int
		_, err := fmt.Sscan(m[1], &code)
		require.NoError(t, err)
		action, strength := actionsInWords[m[3]], m[2]
		require.NotZero(t, action, "%s: %s", m[1], m[3])
		if f := regexp.MustCompile(fmt.Sprintf(followUpStatus, code)).
			FindStringSubmatch(string(file)); f != nil {
			strength = f[1]
		}
		got := fsm.Status(code)
		if got.Action != action || !strings.EqualFold(got.Strength.String(), "Strength"+strength) &&
			!strings.EqualFold(got.Strength.String(), strength) {
			return fmt.Errorf("status %d: %v, %v; docs/requirements.tsv has %s, %s",
				code, got.Action, got.Strength, m[3], strength)
		}
	}
	return nil
}

func TestStatus_AsRequired(t *testing.T) {
	require.NoError(t, compareRequirements(t))
}
