package replay

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// story writes the steps of a session.
func story(s *Session) string {
	var b strings.Builder
	for i, st := range s.Steps {
		first, _, _ := strings.Cut(string(st.Data), "\r\n")
		fmt.Fprintf(&b, "%d %s kind %d %s %q code %d %v\n",
			i, st.From, st.Kind, st.Type, first, st.Code, st.Failure)
	}
	return b.String()
}

// wantPath requires that every recording of g is accepted.
func wantPath(t interface{ Fatalf(string, ...any) }, g *rig) {
	for _, s := range g.all {
		r := Check(s)
		if r.Verdict != Path && !(r.Verdict == Incomplete && len(s.Steps) < 3) {
			t.Fatalf("recorded by %s: %v %s %+v\n%s", s.Recorder, r.Verdict, r.Why, r.Wrong, story(s))
		}
	}
}

// TestCheck_OwnSessions has endpoints talk over a network that delays, with timers, ends and
// applications at their own moments: each recording is a path.
func TestCheck_OwnSessions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyRig(t)
		for range rapid.IntRange(0, 60).Draw(t, "length") {
			g.anyStep(t)
		}
		g.settle()
		wantPath(t, g)
	})
}

func TestCheck_Outcomes(t *testing.T) {
	for name, want := range map[string]string{
		"accepted": "spec open with 101", "challenged": "spec open with 101",
		"redirected": "spec extended handshake answered with 302",
		"refused":    "spec extended handshake answered with 403",
		"postponed":  "spec open with 101", "proxied": "spec extended handshake answered with 407",
		"no content": "spec open with 204", "kaazing": "kaazing open with 101",
		"body": "spec open with 101",
	} {
		s := recorded(t, name)
		r := Check(s)
		require.Equal(t, Path, r.Verdict)
		require.Equal(t, want, r.Profile+" "+r.Outcome, name)
	}
}

// anyRig draws the configurations of both sides.
func anyRig(t *rapid.T) *rig {
	cfg := endpoint.ClientConfig{HasCredentials: rapid.Bool().Draw(t, "credentials")}
	cfg.Machine = fsm.DefaultClientConfig()
	cfg.Subprotocols = rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, "protocols")
	cfg.Extensions = rapid.SampledFrom([][]string{nil, {"x"}, {"x;t=1", "y"}}).Draw(t, "extensions")
	cfg.Machine.Profile = rapid.SampledFrom([]fsm.Profile{fsm.ProfileSpec, fsm.ProfileSpec,
		fsm.ProfileKaazing, fsm.ProfileAuto}).Draw(t, "profile")
	if cfg.Machine.Profile == fsm.ProfileSpec && rapid.Bool().Draw(t, "body") {
		cfg.Body = []byte("the body")
	}
	kind := rapid.IntRange(0, 11).Draw(t, "decision")
	var g *rig
	g, err := newRig("ws://a.example/p?q", cfg,
		func(q *endpoint.Request) endpoint.Decision { return g.decision(kind, q) })
	require.NoError(t, err)
	if rapid.Bool().Draw(t, "no login") {
		g.login = ""
	}
	return g
}

// decision is that of the application, by its kind.
func (g *rig) decision(kind int, q *endpoint.Request) endpoint.Decision {
	d := endpoint.Decision{Extensions: q.Extensions}
	if len(q.Subprotocols) > 0 {
		d.Subprotocol = q.Subprotocols[0]
	}
	switch kind {
	case 0, 1:
		if q.Authorization == "" {
			return endpoint.Decision{Status: 401, Challenges: []string{`Application Basic realm="r"`}}
		}
	case 2:
		if g.hops++; g.hops < 3 {
			return endpoint.Decision{Status: 302, Location: "/p" + fmt.Sprint(g.hops)}
		}
	case 3:
		return endpoint.Decision{Status: 403, Body: []byte("no")}
	case 4:
		if g.hops++; g.hops < 2 {
			return endpoint.Decision{Status: 202}
		}
	case 5:
		return endpoint.Decision{Status: 426, Upgrade: "TLS/1.2"}
	case 6:
		return endpoint.Decision{Status: 407, Challenges: []string{`Basic realm="p"`}}
	case 7:
		if d.Reroute = "ws://b.example/q"; g.s.State().Profile() != fsm.ProfileKaazing || g.hops > 0 {
			d.Reroute = ""
		}
		g.hops++
	case 8:
		d.Status = 204
	case 9:
		return endpoint.Decision{Status: 307, Location: "ws://a.example/p?q"}
	}
	return d
}

// anyStep lets something happen.
func (g *rig) anyStep(t *rapid.T) {
	side := rapid.SampledFrom([]Side{Client, Server}).Draw(t, "side")
	switch rapid.IntRange(0, 24).Draw(t, "step") {
	case 0:
		if side == Client {
			g.client(g.c.Expire(g.c.Deadline()))
		} else {
			g.server(g.s.Expire(g.s.Deadline()))
		}
	case 1:
		if side == Client {
			g.client(g.c.Close(t0, 1000, ""))
		} else {
			g.server(g.s.Close(t0, 1001, ""))
		}
	case 2, 3:
		if side == Client {
			outs, _ := g.c.Send(t0, wire.Text, []byte("from the client"))
			g.client(outs)
		} else {
			outs, _ := g.s.Send(t0, wire.Binary, nil)
			g.server(outs)
		}
	case 4:
		if g.s.Phase() == fsm.ServerPending {
			if outs, err := g.s.Decide(t0, g.decide(g.s.Request())); err == nil {
				g.server(outs)
			}
		}
	case 5:
		if g.up[side] { // a cut: parcels on their way to it are gone
			g.toMiddle[side.Other()], g.toPeer[side.Other()] = nil, nil
			g.toPeer[side.Other()] = append(g.toPeer[side.Other()], parcel{end: true, cut: true})
			g.up[side.Other()] = false
			g.arrive(side.Other())
		}
	case 6, 7, 8, 9, 10, 11, 12, 13:
		g.pass(side)
	default:
		g.arrive(side)
	}
}
