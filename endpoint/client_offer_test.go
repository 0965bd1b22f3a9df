package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// Many servers select the first subprotocol of any list. None of them is led into KHP where the
// client may do without it.
func TestClient_Offer_FirstIsNotKHP(t *testing.T) {
	t.Attr("req", "KHP-OPEN-06")
	fallback := fsm.ClientConfig{PlainFallback: true}
	for name, c := range map[string]struct {
		cfg   ClientConfig
		offer string
		want  string // a blind server's choice, as the application sees it; "-" is KHP
	}{
		"khp": {ClientConfig{Subprotocols: []string{"a", "b"}},
			"x-kaazing-handshake, a, b", "-"},
		"fallback with subprotocols": {ClientConfig{Machine: fallback, Subprotocols: []string{"a",
			"b"}}, "a, b, x-kaazing-handshake", "a"},
		"fallback without": {ClientConfig{Machine: fallback},
			"x-kaazing-bump, x-kaazing-handshake", ""},
		"fallback to one's own bump": {ClientConfig{Machine: fallback, Subprotocols: []string{bump}},
			"x-kaazing-bump, x-kaazing-handshake", "x-kaazing-bump"},
		"plain only with subprotocols": {ClientConfig{PlainOnly: true, Subprotocols: []string{"a",
			"b"}}, "a, b", "a"},
		"plain only without": {ClientConfig{PlainOnly: true}, "", ""},
		"plain only, fallback, the first": {ClientConfig{PlainOnly: true, Machine: fallback,
			Subprotocols: []string{"a"}}, "a", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := dialed(t, "ws://h/p", c.cfg)
			require.Equal(t, c.offer, strings.Join(r.c.Offer(), ", "))
			if c.offer == "" {
				require.NotContains(t, string(r.c.buf), "Sec-WebSocket-Protocol")
			} else {
				require.Contains(t, string(r.c.buf), "\r\nSec-WebSocket-Protocol: "+c.offer+"\r\n")
			}
			first, _, _ := strings.Cut(c.offer, ", ")
			r.take(r.c.Opened(t0, first, nil, ""))
			require.Equal(t, c.want != "-", r.c.Result().Plain)
			if c.want != "-" {
				require.Equal(t, c.want, r.c.Result().Subprotocol)
			}
		})
	}
}

// A subprotocol or extension that was not offered cannot be selected.
func TestClient_Offer_NothingElse(t *testing.T) {
	for protocol, cfg := range map[string]ClientConfig{Subprotocol: {PlainOnly: true}, bump: {}} {
		r := dialed(t, "ws://h/p", cfg)
		r.take(r.c.Opened(t0, protocol, nil, ""))
		require.Equal(t, fsm.FailureOpening, r.c.State().Failure(), protocol)
	}
}

// Options of an extended handshake that cannot take place are refused by name.
func TestClient_PlainOnly_RefusesWhatMeansNothing(t *testing.T) {
	for name, cfg := range map[string]ClientConfig{
		"Profile":            {Machine: fsm.ClientConfig{Profile: fsm.ProfileKaazing}},
		"TerminatorOptional": {Machine: fsm.ClientConfig{TerminatorOptional: true}},
		"Extensions":         {Extensions: []string{"x"}}, "Header": {Header: []HeaderField{{"X", "y"}}},
		"Method": {Method: "POST"}, "Body": {Body: []byte("x")},
	} {
		cfg.PlainOnly = true
		_, err := NewClient("ws://h/", cfg)
		require.ErrorContains(t, err, name+" means nothing with PlainOnly")
	}
}

// A plain WebSocket goes with the profile of the text, named or not, and with no other.
func TestClient_PlainOnly_Profiles(t *testing.T) {
	for profile, fits := range map[fsm.Profile]bool{0: true, fsm.ProfileSpec: true,
		fsm.ProfileKaazing: false, fsm.ProfileAuto: false} {
		_, err := NewClient("ws://h/p",
			ClientConfig{PlainOnly: true, Machine: fsm.ClientConfig{Profile: profile}})
		require.Equal(t, fits, err == nil, "%v: %v", profile, err)
	}
}
