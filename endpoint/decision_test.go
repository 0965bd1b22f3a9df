package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A field that does not belong to the status is an error that names the field and the status meant,
// and nobody is let in.
func TestServer_Decide_Contradiction(t *testing.T) {
	proves(t, "KHP-STATUS-401-04 KHP-REDIR-06")
	challenges, upgrade, text := []string{"Basic"}, "TLS/1.2", []byte("x")
	for _, v := range []struct {
		name string
		d    Decision
		says []string
	}{
		{"challenges/no status", Decision{Challenges: challenges},
			[]string{"Challenges", "401", "Status 0"}},
		{"challenges/none left", Decision{Challenges: []string{}}, []string{"Challenges", "401"}},
		{"challenges/101", Decision{Status: 101, Challenges: challenges},
			[]string{"Challenges", "401", "Status 101"}},
		{"challenges/204", Decision{Status: 204, Challenges: challenges}, []string{"Challenges", "401"}},
		{"challenges/202", Decision{Status: 202, Challenges: challenges}, []string{"Challenges", "401"}},
		{"challenges/403", Decision{Status: 403, Challenges: challenges}, []string{"Challenges", "401"}},
		{"challenges/302", Decision{Status: 302, Location: "/a", Challenges: challenges},
			[]string{"Challenges", "401"}},
		{"location/no status", Decision{Location: "/a"}, []string{"Location", "302", "Status 0"}},
		{"location/204", Decision{Status: 204, Location: "/a"}, []string{"Location", "302"}},
		{"location/202", Decision{Status: 202, Location: "/a"}, []string{"Location", "302"}},
		{"location/308", Decision{Status: 308, Location: "/a"}, []string{"Location", "302", "308"}},
		{"location/401", Decision{Status: 401, Challenges: challenges, Location: "/a"},
			[]string{"Location", "302"}},
		{"location/503", Decision{Status: 503, Location: "/a"}, []string{"Location", "302"}},
		{"upgrade/no status", Decision{Upgrade: upgrade}, []string{"Upgrade", "426", "Status 0"}},
		{"upgrade/403", Decision{Status: 403, Upgrade: upgrade}, []string{"Upgrade", "426", "403"}},
		{"upgrade/302", Decision{Status: 302, Location: "/a", Upgrade: upgrade},
			[]string{"Upgrade", "426"}},
		{"reroute/403", Decision{Status: 403, Reroute: "ws://b/"}, []string{"Reroute", "Status 0"}},
		{"reroute/202", Decision{Status: 202, Reroute: "ws://b/"}, []string{"Reroute", "Status 0"}},
		{"body/no status", Decision{Body: text}, []string{"Body", "403", "Status 0"}},
		{"body/204", Decision{Status: 204, Body: text}, []string{"Body", "403", "204"}},
		{"body type/no status", Decision{BodyType: "text/html"}, []string{"BodyType", "Status 0"}},
		{"body type/403", Decision{Status: 403, BodyType: "text/html"},
			[]string{"BodyType", "Body, which is empty"}},
		{"retry-after/no status", Decision{Header: []HeaderField{{"retry-after", "5"}}},
			[]string{"Retry-After", "503"}},
		{"selection/403", Decision{Status: 403, Extensions: []string{"x-a"}},
			[]string{"403", "extensions"}},
		{"selection/202", Decision{Status: 202, Subprotocol: "amqp"}, []string{"202", "subprotocol"}},
		{"refuse/101", Refuse(101, "no"), []string{"Refuse", "403"}},
		{"refuse/0", Refuse(0, ""), []string{"Refuse", "403"}},
		{"refuse/201", Refuse(201, "no"), []string{"Refuse", "403"}},
		{"refuse/202", Refuse(202, ""), []string{"Refuse", "403"}},
		{"refuse/401", Refuse(401, "no"), []string{"401", "WWW-Authenticate"}},
		{"refuse/1000", Refuse(1000, "no"), []string{"1000 is not a status code"}},
		{"redirect/nowhere", Redirect(""), []string{"302", "Location"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := listening(t, "/p?.kl=Y", ServerConfig{}).deciding("Sec-WebSocket-Protocol: amqp",
				"Sec-WebSocket-Extensions: x-a")
			out, err := s.s.Decide(t0, v.d)
			require.Error(t, err)
			for _, says := range v.says {
				require.ErrorContains(t, err, says)
			}
			require.Empty(t, out)
			require.Equal(t, fsm.ServerDeciding, s.s.Phase())
		})
	}
}

// Unchecked servers send any decision, but only with a status that is given explicitly.
func TestServer_Decide_ContradictionUnchecked(t *testing.T) {
	m := fsm.DefaultServerConfig()
	m.Unchecked = true
	for _, d := range []Decision{{Challenges: []string{"Basic"}}, {Location: "/a"}, {Upgrade: "h2c"},
		{Body: []byte("x")}, {Status: 101, Upgrade: "h2c"}} {
		_, err := listening(t, "/p", ServerConfig{Machine: m}).deciding().s.Decide(t0, d)
		require.Error(t, err, "%+v", d)
	}
	s := listening(t, "/p", ServerConfig{Machine: m}).deciding().
		decide(Decision{Status: 308, Location: "/a"})
	require.Contains(t, s.sent[0], "Location: /a\r\n")
	s = listening(t, "/p", ServerConfig{Machine: m}).deciding().
		decide(Decision{Status: 101, Header: []HeaderField{{"Retry-After", "1"}}})
	require.Contains(t, s.sent[0], "Retry-After: 1\r\n")
	s = listening(t, "/p", ServerConfig{Machine: m}).deciding().
		decide(Decision{Status: 101, Challenges: []string{"Basic"}})
	require.Contains(t, s.sent[0], "WWW-Authenticate: Basic\r\n")
	require.Equal(t, 1, s.opens, "it accepts")
}

// The functions that make decisions set all fields that belong together.
func TestDecision_Made(t *testing.T) {
	spec, kaazing := &Request{}, &Request{OpeningRequest: OpeningRequest{Target: "/p?.kl=Y"}}
	require.Equal(t, Decision{Status: 401, Challenges: []string{`Basic realm="a \"b\""`}},
		spec.Ask("Basic", `a "b"`))
	require.Equal(t, Decision{Status: 401, Challenges: []string{"Application Token"}},
		kaazing.Ask("Token", ""))
	require.Equal(t, Decision{Status: 302, Location: "/new"}, Redirect("/new"))
	require.Equal(t, Decision{Status: 403, Body: []byte("not you\n")}, Refuse(403, "not you"))
	require.Equal(t, Decision{Status: 503}, Refuse(503, ""))
	listening(t, "/p", ServerConfig{}).deciding().decide(spec.Ask("Basic", "r"))
	for want, d := range map[int]Decision{302: Redirect("/new"), 403: Refuse(403, "not you"),
		304: Refuse(304, "unchanged")} {
		listening(t, "/p", ServerConfig{}).deciding().decide(d).wantRefused("as it says", want, 1000)
	}
}

// Whatever Refuse is called with, no client gets in, and none waits for another answer.
func TestRefuse_NeverLetsIn(t *testing.T) {
	for status := -1; status <= 1000; status++ {
		s := listening(t, "/p", ServerConfig{}).deciding()
		for _, why := range []string{"", "why"} {
			out, err := s.s.Decide(t0, Refuse(status, why))
			if err != nil {
				require.Equal(t, fsm.ServerDeciding, s.s.Phase(), status)
				if slices.Contains([]int{-1, 0, 99, 100, 101, 201, 202, 204, 205}, status) {
					require.ErrorContains(t, err, "does not refuse", status)
				}
				continue
			}
			s.take(out)
			require.Zero(t, s.opens, status)
			require.False(t, s.s.Deciding(), status)
			require.GreaterOrEqual(t, status, 200)
			break
		}
	}
}

// A body has as many bytes as a client reads, and not one more.
func TestServer_Decide_BodyLimit(t *testing.T) {
	most := wire.DefaultLimits().Body
	s := listening(t, "/p", ServerConfig{}).deciding()
	_, err := s.s.Decide(t0, Decision{Status: 403, Body: []byte(strings.Repeat("x", most+1))})
	require.ErrorContains(t, err, "the body has")
	s.decide(Decision{Status: 403, Body: []byte(strings.Repeat("x", most))})
}
