package fsm_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/oracle"
	"github.com/stretchr/testify/require"
)

// terminates tells from the words whether the connection ends. [AMB-17]
func terminates(words string) bool { return strings.HasPrefix(words, "CLOSE") }

// strengthOf translates RFC 2119.
func strengthOf(words string) codes.Strength {
	return map[string]codes.Strength{"MAY": codes.May, "SHOULD": codes.Should,
		"MUST": codes.Must}[words]
}

// compareStatus compares [fsm.Status] with the list for every number around and in the range of
// status codes.
func compareStatus() error {
	listed := map[int]oracle.Status{}
	for _, r := range oracle.Statuses {
		listed[r.Code] = r
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
func compareRule(code int, want oracle.Status, known bool) error {
	got := fsm.Status(code)
	if !known {
		// "A status code that the section does not list has no extended handshake action": close,
		// whatever its class says elsewhere.
		want = oracle.Status{Code: code, Reason: got.Reason, Words: "CLOSE", Strength: "MUST",
			NoBody: code >= 100 && code < 200}
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
	case got.Action != oracle.ActionOf(want.Words):
		return fmt.Errorf("status %d: %v, want %s", code, got.Action, want.Words)
	case got.Action.Terminates() != terminates(want.Words):
		return fmt.Errorf("status %d: terminates %v, want %v",
			code, got.Action.Terminates(), terminates(want.Words))
	case got.Strength != strengthOf(want.Strength):
		return fmt.Errorf("status %d: %v, want %s", code, got.Strength, want.Strength)
	case want.Reason != "" && got.Reason != want.Reason || got.Reason == "":
		return fmt.Errorf("status %d: reason %q, want %q", code, got.Reason, want.Reason)
	case strings.Join(got.Duties.Fields(), ", ") != want.Field:
		return fmt.Errorf("status %d: needs %q, want %q", code, got.Duties.Fields(), want.Field)
	case fsm.MissingField(got, 0) != want.Field:
		return fmt.Errorf("status %d: an empty response lacks %q, want %q",
			code, fsm.MissingField(got, 0), want.Field)
	case fsm.MissingField(got,
		fsm.FactLocation|fsm.FactChallenge|fsm.FactProxyChallenge|fsm.FactUpgrade) != "":
		return fmt.Errorf("status %d: a response with every field lacks one", code)
	// KHP-CLASS-1XX-01, KHP-STATUS-204-02, -205-02, RFC 9110 for 304
	case got.Duties&codes.NoBody != 0 != want.NoBody:
		return fmt.Errorf("status %d: without body %v, want %v",
			code, got.Duties&codes.NoBody != 0, want.NoBody)
	// AMB-77
	case got.Duties&codes.NoStore != 0 != (code == 428 || code == 429 || code == 431 || code == 511):
		return fmt.Errorf("status %d: no-store %v", code, got.Duties&codes.NoStore != 0)
	// 100 is sent, but not on demand
	case got.Duties&codes.NeverSend != 0 != (code == 100 || oracle.NeverSent(code)):
		return fmt.Errorf("status %d: never sent %v, want %v",
			code, got.Duties&codes.NeverSend != 0, oracle.NeverSent(code))
	case !names(got.Reqs, id):
		return fmt.Errorf("status %d: requirements %q lack %s", code, got.Reqs, id)
	case class == 3 && !names(got.Reqs, "KHP-CLASS-3XX-01") &&
		!names(got.Reqs, fmt.Sprintf("KHP-STATUS-%d-09", code)):
		return fmt.Errorf("status %d: requirements %q do not say that the server closes after it",
			code, got.Reqs)
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

// compareStatuses checks that the list comes out complete and sorted.
func compareStatuses() error {
	i := 0
	for r := range fsm.Statuses() {
		if i >= len(oracle.Statuses) || r.Code != oracle.Statuses[i].Code {
			return fmt.Errorf("listed code %d at position %d", r.Code, i)
		}
		i++
	}
	if i != len(oracle.Statuses) {
		return fmt.Errorf("%d codes listed, want %d", i, len(oracle.Statuses))
	}
	return nil
}

func TestOracle_Status(t *testing.T) {
	require.Len(t, oracle.Statuses, 67)
	for _, r := range oracle.Statuses {
		id := fmt.Sprintf("KHP-STATUS-%d-01", r.Code)
		t.Run(id, func(t *testing.T) {
			t.Attr("req", id)
			require.NoError(t, compareRule(r.Code, r, true))
		})
	}
	t.Run("totality", func(t *testing.T) {
		for _, id := range []string{"KHP-CLASS-UNLISTED-01", "KHP-CLASS-UNLISTED-02", "KHP-EXT-RSP-06",
			"KHP-CLASS-1XX-01"} {
			t.Attr("req", id)
		}
		require.NoError(t, compareStatus())
	})
}
