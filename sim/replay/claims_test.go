package replay

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// recordedBy is a session as a side has recorded it, up to the first step of that kind.
func recordedBy(t *testing.T, name string, side Side, kind StepKind) *Session {
	t.Helper()
	g := recordedRig(t, name)
	s := g.all[slices.IndexFunc(g.all, func(s *Session) bool { return s.Recorder == side })]
	g.settle()
	i := slices.IndexFunc(s.Steps, func(st Step) bool { return st.From == side && st.Kind == kind })
	require.GreaterOrEqual(t, i, 0, "%s\n%s", name, story(s))
	c := *s
	c.Steps = slices.Clone(s.Steps[:i+1])
	return &c
}

// A side may say of itself only what its machine allows there.
func TestCheck_ClaimsOfASide(t *testing.T) {
	for _, c := range []struct {
		session string
		side    Side
		says    StepKind // where the claim stands
		claim   Step
		right   bool
	}{
		{"accepted", Client, Opened, Step{Kind: Opened}, true},
		{"accepted", Client, Opened, Step{Kind: Failed, Failure: fsm.FailureExtensionNotRequested}, true},
		{"accepted", Client, Opened, Step{Kind: Failed, Failure: fsm.FailureTimeout}, false},
		{"accepted", Client, Opened, Step{Kind: Failed}, false},
		{"accepted", Client, Opened, Step{Kind: GaveUp}, false},
		{"accepted", Client, Opened, Step{Kind: Followed}, false},
		{"accepted", Server, Opened, Step{Kind: Opened}, true},
		{"accepted", Server, Opened, Step{Kind: Failed}, false},
		{"accepted", Server, Opened, Step{Kind: GaveUp}, false},
		{"refused", Client, Failed, Step{Kind: Failed, Failure: fsm.FailureStatus}, true},
		{"refused", Client, Failed, Step{Kind: Failed}, true},
		{"refused", Client, Failed, Step{Kind: Failed, Failure: fsm.FailureTimeout}, false},
		{"refused", Client, Failed, Step{Kind: Failed, Failure: fsm.FailureExtensionNotRequested}, true},
		{"refused", Client, Failed, Step{Kind: Opened}, false},
		{"refused", Client, Failed, Step{Kind: GaveUp}, false},
		{"refused", Client, Failed, Step{Kind: Followed}, false},
		{"refused", Server, Failed, Step{Kind: Failed, Failure: fsm.FailureStatus}, true},
		{"refused", Server, Failed, Step{Kind: Failed}, true},
		{"refused", Server, Failed, Step{Kind: Failed, Failure: fsm.FailureTimeout}, false},
		{"refused", Server, Failed, Step{Kind: Opened}, false},
		{"redirected", Client, Followed, Step{Kind: Followed}, true},
		{"redirected", Client, Followed, Step{Kind: Failed, Failure: fsm.FailureTooManyRedirects}, true},
		{"redirected", Client, Followed, Step{Kind: Failed, Failure: fsm.FailureAuthLimit}, true},
		{"redirected", Client, Followed, Step{Kind: Failed, Failure: fsm.FailureMalformed}, false},
		{"redirected", Client, Followed, Step{Kind: Failed, Failure: fsm.FailureTimeout}, false},
		{"redirected", Client, Followed, Step{Kind: Opened}, false},
	} {
		s := recordedBy(t, c.session, c.side, c.says)
		c.claim.From = c.side
		s.Steps[len(s.Steps)-1] = c.claim
		r := Check(s)
		want := NotPath
		if c.right {
			want = Path
		}
		require.Equal(t, want.String(), r.Verdict.String(), "%s of the %s: %d %v: %+v", c.session, c.side,
			c.claim.Kind, c.claim.Failure, r.Wrong)
		if !c.right {
			require.Equal(t, c.side, r.Wrong.Blame)
			require.Equal(t, len(s.Steps)-1, r.Wrong.Step)
		}
	}
}

// A server may end its stream at any time but in the middle of a message that it owes the rest of,
// and then as well if the network did it, or the client was first.
func TestCheck_EndsOfAServer(t *testing.T) {
	for _, c := range []struct {
		session string
		n       int // of the server's messages stand before it
		before  []Step
		reset   bool
		right   bool
	}{
		{"accepted", 0, nil, false, true},
		{"accepted", 1, nil, false, false},
		{"accepted", 1, nil, true, true},
		{"accepted", 1, []Step{{From: Client, Kind: Ended}}, false, true},
		{"accepted", 1, []Step{{From: Client, Kind: Close, Code: 1000}}, false, true},
		{"accepted", 2, nil, false, true},
		{"kaazing", 0, nil, false, false}, // it owes N
		{"kaazing", 1, nil, false, true},
		{"kaazing", 2, nil, false, false}, // the end of its response
		{"kaazing", 3, nil, false, false}, // the second N
		{"kaazing", 4, nil, false, true},
	} {
		s := recorded(t, c.session)
		i := 1 + slices.IndexFunc(s.Steps, func(st Step) bool {
			return st.From == Server && st.Kind == Opening
		})
		if c.n > 0 {
			i = 1 + at(t, s, Server, Message, c.n-1)
		} else if c.session == "accepted" {
			i = 1 + at(t, s, Client, Message, 0)
		}
		s.Steps = append(append(s.Steps[:i:i], c.before...), Step{From: Server, Kind: Ended,
			Reset: c.reset})
		r := Check(s)
		require.Equal(t, !c.right, r.Verdict == NotPath, "%+v: %v %+v", c, r.Verdict, r.Wrong)
	}
}

// The verdict on a session without a wrong step depends on how far the recording goes.
func TestCheck_HowFar(t *testing.T) {
	for _, c := range []struct {
		change func(s *Session)
		want   Verdict
		why    string
	}{
		{func(*Session) {}, Path, ""},
		{func(s *Session) { s.Missing = "bytes" }, Path,
			"not judged to the end of the connection: bytes"},
		{func(s *Session) { s.Steps, s.Over = s.Steps[:3], false }, Incomplete,
			"the recording ends before the handshake does"},
		{func(s *Session) { s.Steps = s.Steps[:3] }, Path, ""},
		{func(s *Session) { s.Steps, s.Missing = s.Steps[:3], "bytes" }, Incomplete, "bytes"},
		{func(s *Session) {
			s.Steps, s.Over = append(s.Steps[:3:3], Step{From: Server, Kind: Ended}), false
		}, Path, ""},
		{func(s *Session) {
			s.Steps, s.Over = append(s.Steps[:3:3], Step{From: Client, Kind: Ended}), false
		}, Path, ""},
		{func(s *Session) { s.Late = true }, Incomplete,
			"the recording begins in the middle of the connection"},
		{func(s *Session) { s.Late, s.Missing = true, "bytes" }, Incomplete,
			"the beginning of the connection is not in the recording: bytes"},
		{func(s *Session) { s.Steps = s.Steps[1:] }, Incomplete, "the opening request is missing"},
	} {
		s := recorded(t, "accepted")
		c.change(s)
		r := Check(s)
		require.Equal(t, c.want.String()+" "+c.why, r.Verdict.String()+" "+r.Why)
	}
}

// Text is UTF-8, binary messages are anything. The text of a response is UTF-8 as a whole.
func TestCheck_Text(t *testing.T) {
	for _, from := range []Side{Client, Server} {
		for typ, want := range map[wire.MessageType]Verdict{wire.Binary: Path, wire.Text: NotPath} {
			s := recorded(t, "accepted")
			odd := Step{From: from, Kind: Message, Type: typ, Data: []byte("\xff")}
			behind(Server, Message, 1, odd)(t, s)
			r := Check(s)
			require.Equal(t, want.String(), r.Verdict.String(), "%s %s: %+v", from, typ, r.Wrong)
			if want == NotPath {
				require.Equal(t, from, r.Wrong.Blame)
				require.Contains(t, r.Wrong.Requirements, "WSP-TEXT-01")
			}
		}
	}
	s := recorded(t, "refused")
	i := at(t, s, Server, Message, 0)
	whole := strings.Replace(string(s.Steps[i].Data), "Length: 2", "Length: 3", 1) + "\u00e4"
	whole = strings.Replace(whole, "no\u00e4", "n\u00e4", 1)
	first, last := s.Steps[i], s.Steps[i]
	cut := len(whole) - 1 // within the last character
	first.Type, last.Type = wire.Text, wire.Text
	first.Data, last.Data = []byte(whole[:cut]), []byte(whole[cut:])
	s.Steps = append(append(s.Steps[:i:i], first, last), s.Steps[i+1:]...)
	require.Equal(t, Path.String(), Check(s).Verdict.String(), "%+v", Check(s).Wrong)
}

// A server that does not select KHP, or answers the opening request with a page, speaks none.
func TestCheck_WithoutKHP(t *testing.T) {
	s := recorded(t, "accepted")
	s.Steps = s.Steps[:2]
	without(Server, Opening, 0, "Sec-WebSocket-Protocol")(t, s)
	r := Check(s)
	require.Equal(t, NotKHP, r.Verdict)
	require.Equal(t, "the server did not select "+token, r.Why)
	require.Empty(t, r.Profile)
	s.Steps[1].Data = []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	s.Steps = append(s.Steps, Step{From: Server, Kind: Ended})
	r = Check(s)
	require.Equal(t, Path.String(), r.Verdict.String(), "%+v", r.Wrong)
	require.Equal(t, "opening handshake answered with 200", r.Outcome)
}
