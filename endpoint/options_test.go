package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Options that mean nothing are refused by name.
func TestOptions_Refused(t *testing.T) {
	for _, v := range []struct {
		cfg  ClientConfig
		says string
	}{
		{ClientConfig{Machine: fsm.ClientConfig{Profile: 77}}, "Machine.Profile is 77"},
		{ClientConfig{Machine: fsm.ClientConfig{MaxRedirects: 99}},
			"Machine.MaxRedirects is 99; use at most 20"},
		{ClientConfig{Redirects: 4}, "Redirects is 4"},
		{ClientConfig{Body: make([]byte, 64<<10+1)}, "Body has 65537 bytes"},
		{ClientConfig{Limits: wire.Limits{Head: -1}}, "Limits.Head is -1"},
		{ClientConfig{Limits: wire.Limits{Elements: -5}}, "Limits.Elements is -5"},
		{ClientConfig{Timeouts: Timeouts{Response: -time.Second}}, "Timeouts.Response is -1s"},
	} {
		_, err := NewClient("ws://h/p", v.cfg)
		require.ErrorContains(t, err, v.says)
	}
	require.ErrorContains(t, (&ServerConfig{Limits: wire.Limits{Unit: -1}}).Check(),
		"Limits.Unit is -1")
	require.ErrorContains(t, (&ServerConfig{Timeouts: Timeouts{Request: -1}}).Check(),
		"Timeouts.Request is -1ns")
	require.NoError(t, (&ServerConfig{}).Check())
	_, err := NewClient("ws://h/p", ClientConfig{Body: make([]byte, 64<<10),
		Machine: fsm.ClientConfig{MaxRedirects: 20}, Redirects: RedirectNever})
	require.NoError(t, err)
}

// A machine that is filled in part has the defaults for the rest.
func TestOptions_PartlyFilledMachine(t *testing.T) {
	s := listening(t, "/p", ServerConfig{Machine: fsm.ServerConfig{Plain: true}})
	s.deciding().decide(Decision{Status: 401, Challenges: []string{"Basic"}})
	require.Equal(t, fsm.ServerAwaitReplay, s.s.Phase(), "a 401 stays one: %v", s.all)
	s.deciding().decide(Decision{Status: 202})
	require.Equal(t, fsm.ServerPending, s.s.Phase())

	r := asking(t, ClientConfig{Machine: fsm.ClientConfig{PlainFallback: true}, HasCredentials: true})
	r.unit(response(202)).unit(challengeBasic)
	require.Equal(t, fsm.ClientAwaitCredentials, r.c.Phase(), "%v", r.all)
	r = asking(t, ClientConfig{Machine: fsm.ClientConfig{Profile: fsm.ProfileSpec}})
	r.unit(response(302, "Location: /q")).follow().unit(switching()).wantOpen("redirects are followed")
}
