package replay

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// replayed is a session with the text of its messages changed.
func replayed(t *testing.T, name string, change func(s *Session)) Result {
	t.Helper()
	s := recorded(t, name)
	s.Recorder = Nobody
	change(s)
	return Check(s)
}

// A 401 inside a 200 is named as the old form of 3.x gateways; the client that replays its request
// is not blamed for it. With .kl=Y both sides are judged by the machine, as the client unwraps it.
func TestCheck_NestedChallenge(t *testing.T) {
	const outer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\n"
	const inner = "HTTP/1.1 401 Unauthorized\r\n" +
		"WWW-Authenticate: Application Basic realm=\"demo\"\r\nContent-Length: 0\r\n\r\n"
	for name, pieces := range map[string][]string{"one message": {outer + inner},
		"two messages": {outer, inner}, "four": {outer[:len(outer)-2], "\r\n", inner[:5], inner[5:]}} {
		for _, terminated := range []bool{true, false} {
			for _, profile := range []string{"challenged", "kaazing"} {
				r := replayed(t, profile, func(s *Session) {
					i := 0
					for s.Steps[i].Kind != Message || s.Steps[i].From != Server ||
						!strings.HasPrefix(string(s.Steps[i].Data), "HTTP/") {
						i++
					}
					var nested []Step
					for _, p := range pieces {
						nested = append(nested, Step{From: Server, Kind: Message, Type: wire.Binary, Data: []byte(p)})
					}
					if terminated {
						nested = append(nested, Step{From: Server, Kind: Message, Type: wire.Binary, Data: []byte{}})
					}
					request := s.Steps[i]
					for _, st := range s.Steps[:i] {
						if st.From == Client && st.Kind == Message {
							request = st
						}
					}
					request.Data = append(bytes.TrimSuffix(bytes.Clone(request.Data), []byte("\r\n")),
						"Authorization: Basic am9lOndlbGNvbWU=\r\n\r\n"...)
					s.Steps = append(append(append(s.Steps[:i:i], nested...), request), s.Steps[i:]...)
				})
				want := map[string]Verdict{"challenged": Incomplete, "kaazing": Path}[profile]
				require.Equal(t, want.String(), r.Verdict.String(), "%s %s %v: %+v",
					name, profile, terminated, r.Wrong)
				require.Contains(t, r.Why, "old form of Kaazing 3.x", "%s %s", name, profile)
				require.Nil(t, r.Wrong)
			}
		}
	}
}

// With .kl=Y a client that repeats its request without credentials is to blame, as after any 401.
func TestCheck_NestedChallengeUnanswered(t *testing.T) {
	r := replayed(t, "kaazing", func(s *Session) {
		for i := range s.Steps {
			if st := &s.Steps[i]; st.From == Client && st.Kind == Message {
				challenge := Step{From: Server, Kind: Message, Type: wire.Binary, Data: []byte("HTTP/1.1 200 " +
					"OK\r\n\r\nHTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Application Token\r\n\r\n")}
				s.Steps = append(append(s.Steps[:i+1:i+1], challenge,
					Step{From: Server, Kind: Message, Type: wire.Binary, Data: []byte{}}), s.Steps[i:]...)
				return
			}
		}
	})
	require.Equal(t, NotPath.String(), r.Verdict.String())
	require.Equal(t, Client, r.Wrong.Blame)
	require.Contains(t, r.Wrong.Requirements, "KHP-STATUS-401-02")
}

// Input beyond the limits of the check breaks no rule.
func TestCheck_BeyondLimits(t *testing.T) {
	long := strings.Repeat("x", 20000)
	for name, change := range map[string]func(s *Session){
		"opening request":  func(s *Session) { edit(s, Client, Opening, long) },
		"opening answer":   func(s *Session) { edit(s, Server, Opening, long) },
		"extended request": func(s *Session) { edit(s, Client, Message, long) },
		"response":         func(s *Session) { edit(s, Server, Message, long) },
	} {
		r := replayed(t, "accepted", change)
		require.Equal(t, Incomplete.String(), r.Verdict.String(), "%s: %+v", name, r.Wrong)
		require.Contains(t, r.Why, "larger than what is judged", name)
	}
}

// edit adds a field to the first step of a side and kind.
func edit(s *Session, from Side, kind StepKind, value string) {
	for i := range s.Steps {
		if st := &s.Steps[i]; st.From == from && st.Kind == kind {
			st.Data = bytes.Replace(st.Data, []byte("\r\n"), []byte("\r\nX-Long: "+value+"\r\n"), 1)
			return
		}
	}
}

// The answer that refuses an opening is HTTP as it is today: any status, any field, interim
// responses before it.
func TestCheck_OpeningIsHTTP(t *testing.T) {
	for _, answer := range []string{
		"HTTP/1.1 308 Permanent Redirect\r\nLocation: /x\r\n\r\n", "HTTP/1.0 503 x\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n",
		"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 No\r\n\r\n", "HTTP/1.1 500\r\nbad\r\n\r\n",
	} {
		r := replayed(t, "accepted", func(s *Session) {
			var kept []Step
			for _, st := range s.Steps {
				if st.Kind == Opening && st.From == Server {
					st.Data = []byte(answer)
				}
				if st.Kind == Opening {
					kept = append(kept, st)
				}
			}
			s.Steps = append(kept, Step{From: Client, Kind: Ended})
		})
		require.Equal(t, Path.String(), r.Verdict.String(), "%q: %s %+v", answer, r.Why, r.Wrong)
	}
	r := replayed(t, "accepted", func(s *Session) {
		for i := range s.Steps {
			if st := &s.Steps[i]; st.Kind == Opening && st.From == Server {
				st.Data = append([]byte("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+
					"HTTP/1.1 100 Continue\r\n\r\n"), st.Data...)
			}
		}
	})
	require.Equal(t, Path.String(), r.Verdict.String(), "%+v", r.Wrong)
	// which mean nothing in a 101
	for _, more := range []string{"X-Folded: a\r\n b\r\n", "Transfer-Encoding: chunked\r\n",
		"Content-Length: 7\r\n"} {
		r := replayed(t, "accepted", func(s *Session) {
			for i := range s.Steps {
				if st := &s.Steps[i]; st.Kind == Opening && st.From == Server {
					st.Data = append(append(bytes.Clone(st.Data[:len(st.Data)-2]), more...), "\r\n"...)
				}
			}
		})
		require.Equal(t, Path.String(), r.Verdict.String(), "%q: %+v", more, r.Wrong)
	}
}

// An opening request that asks for KHP and is no HTTP is wrong, and not taken for something else.
func TestCheck_BrokenOpeningRequest(t *testing.T) {
	r := replayed(t, "accepted", func(s *Session) {
		for i := range s.Steps {
			if st := &s.Steps[i]; st.Kind == Opening && st.From == Client {
				st.Data = bytes.Replace(st.Data, []byte("\r\nHost:"), []byte("\r\nHo st:"), 1)
			}
		}
	})
	require.Equal(t, NotPath.String(), r.Verdict.String(), r.Why)
	require.Equal(t, Client, r.Wrong.Blame)
}

// Where steps are missing, the verdict says so, unless the handshake was over before.
func TestCheck_Missing(t *testing.T) {
	whole := recorded(t, "accepted")
	for n := range whole.Steps {
		s := *whole
		s.Recorder, s.Over, s.Missing = Nobody, false, "three bytes were lost"
		s.Steps = s.Steps[:n]
		r := Check(&s)
		require.Contains(t, []Verdict{Incomplete, Path}, r.Verdict)
		require.Contains(t, r.Why, "three bytes were lost")
	}
}

// A trace of many connections that do not end, or of one that goes on, is kept within bounds, and
// says which part was left out.
func TestReadTrace_Budget(t *testing.T) {
	if testing.Short() {
		t.Skip("reads more than the budget allows, which takes seconds")
	}
	var b strings.Builder
	b.WriteString("{\"khp\":\"trace\",\"version\":1}\n")
	for conn := range mostOpen + 50 {
		fmt.Fprintf(&b,
			"{\"conn\":%d,\"side\":\"server\",\"kind\":\"opening\",\"dir\":\"receive\",\"data\":\"\"}\n",
			conn)
	}
	count := 0
	note, err := ReadTrace(strings.NewReader(b.String()), func(*Session) { count++ })
	require.NoError(t, err)
	require.Equal(t, mostOpen, count)
	require.Contains(t, note, "50 records are left out")

	b.Reset()
	b.WriteString("{\"khp\":\"trace\",\"version\":1}\n")
	for range mostSteps + 50 {
		b.WriteString("{\"conn\":1,\"side\":\"server\",\"kind\":\"ping\",\"dir\":\"receive\"}\n")
	}
	_, err = ReadTrace(strings.NewReader(b.String()), func(s *Session) {
		require.Len(t, s.Steps, mostSteps)
		require.Contains(t, s.Missing, "only the first 50000 steps")
	})
	require.NoError(t, err)

	b.Reset()
	b.WriteString("{\"khp\":\"trace\",\"version\":1}\n")
	large := strings.Repeat("x", 1<<20)
	for conn := range 100 {
		fmt.Fprintf(&b,
			"{\"conn\":%d,\"side\":\"server\",\"kind\":\"message\",\"dir\":\"receive\",\"data\":%q}\n",
			conn, large)
	}
	cut := 0
	_, err = ReadTrace(strings.NewReader(b.String()), func(s *Session) {
		if s.Missing != "" {
			cut++
		}
	})
	require.NoError(t, err)
	require.Equal(t, 37, cut, "63 of them fit into 64 MiB")
}

// A client may follow a 308 of the opening, as it may any permanent redirect of HTTP.
func TestCheck_Follows308(t *testing.T) {
	s := recordedRig(t, "accepted").sessions[Client]
	opening := s.Steps[0]
	require.Equal(t, Opening, opening.Kind)
	s.Steps = []Step{opening, {From: Server, Kind: Opening,
		Data: []byte("HTTP/1.1 308 Permanent Redirect\r\nLocation: ws://b.example/\r\n\r\n")},
		{From: Client, Kind: Followed}}
	r := Check(s)
	require.NotEqual(t, NotPath.String(), r.Verdict.String(), "%+v", r.Wrong)
	require.Nil(t, r.Wrong)
}
