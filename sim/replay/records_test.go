package replay

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// file writes recordings of a side, one after the other, as a trace.
func file(t testing.TB, side Side, sessions ...*Session) string {
	t.Helper()
	var b strings.Builder
	w, err := trace.NewWriter(&b, trace.Header{Side: side.String()})
	require.NoError(t, err)
	attempt := 0
	for _, s := range sessions {
		if s.Recorder != side {
			continue
		}
		attempt++
		if side == Client {
			require.NoError(t, w.Write(trace.Record{Conn: 1, Side: "client", Attempt: attempt,
				Kind: trace.Dial, Text: fmt.Sprintf("ws://a.example/%d", attempt)}))
		}
		for i := range s.Steps {
			if r := record(&s.Steps[i], side, attempt); r.Kind != "" {
				require.NoError(t, w.Write(r))
			}
		}
	}
	return b.String()
}

// record is a step as its recorder writes it.
func record(s *Step, side Side, attempt int) trace.Record {
	r := trace.Record{Time: s.Time, Conn: 1, Side: side.String(), Dir: trace.Received,
		Data: s.Data, Code: s.Code}
	if side == Client {
		r.Attempt = attempt
	} else {
		r.Conn = uint64(attempt)
	}
	if s.From == side {
		r.Dir = trace.Sent
	}
	switch s.Kind {
	case Opening:
		r.Kind = trace.Opening
	case Message:
		r.Kind, r.Type, r.Data = trace.Message, s.Type.String(), append(trace.Data{}, s.Data...)
	case Close:
		if r.Kind = trace.Close; r.Code == 0 {
			r.Code = noStatus
		}
	case Ended:
		r.Kind, r.Dir, r.Text = trace.Lost, "", "unexpected EOF"
	case Opened:
		r.Kind, r.Dir = trace.Open, ""
	case Failed:
		r.Kind, r.Dir, r.Failure = trace.Fail, "", s.Failure.String()
	case GaveUp:
		r.Kind, r.Dir = trace.Closed, ""
	}
	return r
}

// verdicts reads a trace and checks it.
func verdicts(t *testing.T, text string) (list []Result) {
	t.Helper()
	note, err := ReadTrace(strings.NewReader(text), func(s *Session) { list = append(list, Check(s)) })
	require.NoError(t, err)
	require.Empty(t, note)
	return list
}

// A call that was redirected is two connections in a trace of the client, and in one of the server.
func TestReadTrace_Redirect(t *testing.T) {
	g := redirected(t)
	for _, side := range []Side{Client, Server} {
		list := verdicts(t, file(t, side, g.all...))
		require.Len(t, list, 3)
		for i, r := range list {
			require.Equal(t, Path.String(), r.Verdict.String(), "%+v", r.Wrong)
			require.Equal(t, uint64(i+1), r.Session.Conn)
			require.Equal(t, side, r.Session.Recorder)
		}
		require.Equal(t, "open with 101", list[2].Outcome)
	}
}

// Loops and too long ways show in where the connections of one call go.
func TestReadTrace_Loop(t *testing.T) {
	g := redirected(t)
	text := file(t, Client, g.all...)
	list := verdicts(t, strings.Replace(text, "ws://a.example/2", "WS://A.example:80/%31", 1))
	require.Equal(t, Path, list[0].Verdict)
	require.Equal(t, []string{"KHP-REDIR-05"}, list[1].Wrong.Requirements)
	require.Equal(t, Client, list[1].Wrong.Blame)
	bound := strings.Replace(text, `"side":"client"}`,
		`"side":"client","config":{"profile":"spec","max_redirects":1,"max_replays":3,"max_interim":8}}`,
		1)
	list = verdicts(t, bound)
	require.Equal(t, Path, list[1].Verdict)
	require.Equal(t, []string{"KHP-REDIR-04"}, list[2].Wrong.Requirements)
}

// redirected is a rig of a client that is sent elsewhere twice.
func redirected(t *testing.T) *rig {
	t.Helper()
	s := recordedRig(t, "redirected")
	s.settle()
	require.True(t, s.c.Phase().Open())
	return s
}

// A client that goes on after a refusal has not read it.
func TestReadTrace_FollowedNothing(t *testing.T) {
	g := recordedRig(t, "refused")
	g.settle()
	text := file(t, Client, g.all...)
	cut := text[:strings.Index(text, `"kind":"fail"`)]
	cut = cut[:strings.LastIndex(cut, "\n")+1]
	r := verdicts(t,
		cut+`{"conn":1,"side":"client","attempt":2,"kind":"dial","text":"ws://b.example/"}`+"\n")[0]
	require.Equal(t, NotPath.String(), r.Verdict.String())
	require.Equal(t, Client, r.Wrong.Blame)
	require.Contains(t, r.Wrong.Requirements, "KHP-REDIR-03")
}

// Many libraries say 1005 where a Close frame had no code.
func TestReadTrace_EmptyClose(t *testing.T) {
	g := recordedRig(t, "accepted")
	g.settleOne()
	s := g.all[1]
	s.Steps = append(s.Steps[:len(s.Steps)-1:len(s.Steps)-1], Step{From: Server, Kind: Close},
		Step{From: Client, Kind: Close})
	list := verdicts(t, file(t, Client, s))
	require.Len(t, list, 1)
	require.Nil(t, list[0].Wrong)
}

// The recorder's own statements must follow from the bytes that it saw.
func TestCheck_Claims(t *testing.T) {
	g := recordedRig(t, "refused")
	g.settle()
	s := g.all[1]
	last := &s.Steps[len(s.Steps)-1]
	require.Equal(t, Failed, last.Kind)
	require.Equal(t, Path, Check(s).Verdict)
	last.Failure = fsm.FailureRedirectLoop
	require.Equal(t, []string{"KHP-CLOSE-02", "KHP-CLOSE-05"}, Check(s).Wrong.Requirements)
	last.Kind = Opened
	require.Contains(t, Check(s).Wrong.Requirements, "KHP-GEN-05")

	g = recordedRig(t, "accepted")
	g.settle()
	s = g.all[2]
	s.Steps = s.Steps[:len(s.Steps)-2]
	s.Steps = append(s.Steps, Step{From: Server, Kind: Opened})
	require.Equal(t, NotPath, Check(s).Verdict,
		"the server is not open before it has sent its terminator")
}

func TestReadTrace_Errors(t *testing.T) {
	_, err := ReadTrace(strings.NewReader("x\n"), nil)
	var e *trace.Error
	require.ErrorAs(t, err, &e)
	const begin = `{"khp":"trace","version":1}` + "\n" +
		`{"conn":1,"side":"server","kind":"opening","dir":"receive","data":"x"}` + "\n"
	n := 0
	note, err := ReadTrace(strings.NewReader(begin+`{"conn"`), func(*Session) { n++ })
	require.NoError(t, err)
	require.Equal(t, "the trace ends in the middle of line 3", note)
	_, err = ReadTrace(strings.NewReader(begin+"{\n"), func(*Session) { n++ })
	require.ErrorContains(t, err, "line 3")
	require.Equal(t, 2, n, "what came before is checked")
	_, err = ReadTrace(io.MultiReader(strings.NewReader(begin), failing{}), func(*Session) {})
	require.ErrorContains(t, err, "no more")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no more") }

// Secrets and keys that were replaced are no mistakes.
func TestCheck_Redacted(t *testing.T) {
	s := recorded(t, "challenged")
	for i := range s.Steps {
		s.Steps[i].Data = trace.Redact(s.Steps[i].Data, "Sec-WebSocket-Key", "Sec-WebSocket-Accept")
	}
	r := Check(s)
	require.Equal(t, Path.String(), r.Verdict.String(), "%+v", r.Wrong)
	require.Contains(t, story(s), "101")
}

// A gateway of old ends no response unless it is asked to. Its clients know.
func TestCheck_Unterminated(t *testing.T) {
	for _, name := range []string{"accepted", "challenged", "refused"} {
		s := recorded(t, name)
		replace(Server, Opening, 0, "Switching Protocols", "Web Socket Protocol Handshake")(t, s)
		require.Equal(t, "spec", Check(s).Profile)
		var kept []Step
		for _, st := range s.Steps {
			if st.Kind != Message || len(st.Data) > 0 || st.From == Client {
				kept = append(kept, st)
			}
		}
		s.Steps = kept
		r := Check(s)
		require.Equal(t, Path.String(), r.Verdict.String(), "%s %+v\n%s", name, r.Wrong, story(s))
		require.Equal(t, "unterminated", r.Profile, name)
	}
}

// Behaviour in which other implementations may differ.
func TestCheck_OtherWays(t *testing.T) {
	for name, c := range map[string]struct {
		session string
		change  change
	}{
		"lower case names": {"redirected", replace(Server, Message, 0, "Location", "location")},
		"another reason":   {"accepted", replace(Server, Message, 0, "Switching Protocols", "Come In")},
		"bare 101": {"accepted", func(t *testing.T, s *Session) {
			s.Steps[at(t, s, Server, Message, 0)].Data = []byte("HTTP/1.1 101\r\n\r\n")
		}},
		"N is not waited for": {"kaazing", swap(Server, Message, 0)},
		"request as text": {"kaazing",
			func(t *testing.T, s *Session) { s.Steps[at(t, s, Client, Message, 0)].Type = wire.Text }},
		"another close code": {"refused",
			func(t *testing.T, s *Session) { s.Steps[at(t, s, Server, Close, 0)].Code = 3000 }},
		"server leaves closing": {"refused", drop(Server, Close, 0)},
		"Pings and Pongs": {"accepted", func(t *testing.T, s *Session) {
			before(Server, Message, 1, Step{From: Server, Kind: Ping})(t, s)
			before(Server, Message, 1, Step{From: Client, Kind: Pong})(t, s)
		}},
		"response in pieces": {"accepted", func(t *testing.T, s *Session) {
			i := at(t, s, Server, Message, 0)
			whole := s.Steps[i].Data
			s.Steps[i].Data = whole[:3]
			s.Steps = append(s.Steps[:i+1:i+1], append([]Step{message(Server, string(whole[3:20])),
				message(Server, string(whole[20:]))}, s.Steps[i+1:]...)...)
		}},
		"server that knows no N": {"kaazing", func(t *testing.T, s *Session) {
			replace(Server, Opening, 0, "Web Socket Protocol Handshake", "Switching Protocols")(t, s)
			drop(Server, Message, 3)(t, s)
			drop(Server, Message, 0)(t, s)
		}},
		"refused at the door": {"accepted", func(t *testing.T, s *Session) {
			i := at(t, s, Server, Opening, 0)
			s.Steps[i].Data = []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
			s.Steps = s.Steps[:i+1]
		}},
	} {
		s := recorded(t, c.session)
		c.change(t, s)
		r := Check(s)
		require.Equal(t, Path.String(), r.Verdict.String(), "%s: %+v\n%s", name, r.Wrong, story(s))
	}
}

func TestCheck_NothingToJudge(t *testing.T) {
	for want, s := range map[Verdict]*Session{
		Encrypted:  {TLS: true},
		NotKHP:     {Foreign: true},
		Incomplete: {Late: true},
	} {
		r := Check(s)
		require.Equal(t, want.String(), r.Verdict.String())
		require.NotEmpty(t, r.Why)
	}
	for _, m := range []change{
		replace(Client, Opening, 0, "x-kaazing-handshake, ", ""),
		without(Server, Opening, 0, "Sec-WebSocket-Protocol"),
	} {
		s := recorded(t, "accepted")
		m(t, s)
		r := Check(s)
		require.Equal(t, NotKHP.String(), r.Verdict.String(), "%+v", r.Wrong)
	}
	r := Check(&Session{})
	require.Equal(t, Incomplete.String(), r.Verdict.String())
}
