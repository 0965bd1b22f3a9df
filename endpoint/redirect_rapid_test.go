package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// places are few, but each can be written in several ways, so that chains come back to where they
// were.
var places = []string{
	"/", "/a", "/%61", "/x/../a", "/A", "?", "?q", "ws://h/a", "ws://H.:80/a", "http://h/a",
	"ws://h:81/a", "wss://h/a", "https://h:443/a", "wss://h:80/a", "ws://h2/a",
	"ws://h2/a?q", "ws://h/b%2fc",
	"ws://h/b%2Fc", "ws://h/b/c", "wss://h2/", "ftp://h/a", "ws://u:p@h/a", "",
}

// Wherever servers send a client, it connects to no place twice, does not leave TLS unless it may,
// and goes nowhere for a status that is no redirect.
func TestClient_Redirecting_AnyChain(t *testing.T) {
	proves(t, "INV-22 INV-25 INV-26")
	rapid.Check(t, func(t *rapid.T) {
		machine := fsm.DefaultClientConfig()
		machine.MaxRedirects = 20
		machine.Upgrade = rapid.Bool().Draw(t, "upgrade")
		if rapid.Bool().Draw(t, "kaazing") {
			machine.Profile = fsm.ProfileKaazing
		}
		cfg := ClientConfig{Machine: machine, AllowDowngrade: rapid.Bool().Draw(t, "downgrade"),
			Method: rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")}
		r := dialed(t, rapid.SampledFrom([]string{"ws://h/a", "wss://h/a"}).Draw(t, "url"), cfg)
		status := rapid.OneOf(rapid.SampledFrom([]int{300, 301, 302, 303, 307, 426}),
			rapid.IntRange(300, 309))
		for !r.over {
			n := len(r.dials)
			code, place := status.Draw(t, "status"), rapid.SampledFrom(places).Draw(t, "place")
			inOpening := rapid.Bool().Draw(t, "in the opening handshake")
			if code == 426 {
				place = ""
			}
			switch {
			case inOpening:
				r.take(r.c.OpeningRefused(t0, code,
					[]HeaderField{{"Location", place}, {"Upgrade", "TLS/1.2"}}, nil))
			case machine.Profile == fsm.ProfileKaazing && rapid.Bool().Draw(t, "by R"):
				code = 302
				r.opened().message(reroute + place).hangUp()
			default:
				r.opened()
				if machine.Profile == fsm.ProfileKaazing {
					r.message(proceed)
				}
				r.unit(response(code, "Location: "+place, "Upgrade: TLS/1.2")).hangUp()
			}
			followed := len(r.dials) > n
			require.Equal(t, !followed, r.over, "either a follow-up or the end: %v", r.all)
			switch {
			case code > 303 && code != 307 && code != 426 && !(code == 308 && inOpening), code == 307 &&
				!inOpening && cfg.Method != "GET", code == 426 && !machine.Upgrade:
				require.False(t, followed, "%d is no redirect [INV-25]", code)
			}
			if followed {
				r.take(r.c.Connected(t0, [16]byte{}))
			}
		}
		keys := make([]string, len(r.dials))
		for i, d := range r.dials {
			u, err := wire.ParseURL(d, nil)
			require.NoError(t, err)
			keys[i] = u.Key()
			require.NotContains(t, keys[:i], keys[i], "visited before [INV-22]: %v", r.dials)
			if i > 0 && strings.HasPrefix(r.dials[i-1], "wss:") && !cfg.AllowDowngrade {
				require.True(t, u.Secure, "left TLS [INV-26]: %v", r.dials)
			}
		}
	})
}

// Of all codes, only these five are redirects.
func TestClient_Reading_OnlyTheseRedirect(t *testing.T) {
	proves(t, "INV-25")
	for code := 100; code < 1000; code++ {
		r := asking(t, ClientConfig{}).unit(response(code, "Location: /q")).hangUp()
		require.Equal(t, slices.Contains([]int{300, 301, 302, 303, 307}, code), len(r.dials) == 2,
			"status %d", code)
		if code == 307 {
			r = asking(t, ClientConfig{Method: "POST"}).unit(response(code, "Location: /q"))
			r.wantFail("only a GET is redirected", fsm.FailureRedirectMethod, 1000)
			require.Len(t, r.dials, 1)
		}
	}
}
