package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestTimeouts(t *testing.T) {
	var none, all Timeouts
	all = Timeouts{1, 2, 3, 4, 5, 6, 7, 8, 9}
	fields := map[time.Duration]fsm.Timer{}
	for timer := fsm.TimerOpening; timer <= fsm.TimerReplay; timer++ {
		require.GreaterOrEqual(t, none.Of(timer), 5*time.Second, "%v has a default", timer)
		require.Empty(t, fields[all.Of(timer)], "%v has a field of its own", timer)
		fields[all.Of(timer)] = timer
	}
	require.Len(t, fields, 9)
	require.Zero(t, none.Of(0))
	require.Zero(t, all.Of(fsm.TimerReplay+1))
	require.Equal(t, 10*time.Second, (&Timeouts{Response: -1}).Of(fsm.TimerResponse),
		"none can be switched off")

	_, err := NewClient("ws://h/p", ClientConfig{Timeouts: Timeouts{Wait: -time.Second}})
	require.EqualError(t, err, "endpoint: Timeouts.Wait is -1s; use a positive duration, or 0 for 30s")
}

// A timer that ended once and runs again is not ended by the first end: before Deadline, Expire has
// no effect, whatever ended before.
func TestExpire_Stale(t *testing.T) {
	t.Attr("req", "INV-39")
	t.Run("client", func(t *testing.T) {
		r := asking(t, ClientConfig{HasCredentials: true})
		stale := r.c.Deadline() // of the first response
		require.Equal(t, t0.Add(10*time.Second), stale)
		later := stale.Add(-time.Millisecond)
		r.take(r.c.Message(later, 2, []byte(challengeBasic)))
		r.take(r.c.Message(later, 2, nil))
		r.take(r.c.Credentials(later, "Basic x")) // the timer of the response runs again
		require.Equal(t, fsm.TimerResponse, r.c.Timer())
		for _, at := range []time.Time{stale, stale, later, t0, {}} {
			r.take(r.c.Expire(at))
			require.Empty(t, r.last)
		}
		require.Equal(t, later.Add(10*time.Second), r.c.Deadline(), "undisturbed")
		r.unit(switching()).wantOpen("a healthy handshake")
	})
	t.Run("server", func(t *testing.T) {
		s := listening(t, "/p", ServerConfig{})
		challenge := Decision{Status: 401, Challenges: []string{"Basic"}}
		s.deciding().decide(challenge)
		stale := s.s.Deadline() // of the first replay
		later := stale.Add(-time.Millisecond)
		s.take(s.s.Message(later, 2, []byte(request())))
		out, err := s.s.Decide(later, challenge)
		require.NoError(t, err)
		s.take(out)
		require.Equal(t, fsm.TimerReplay, s.s.Timer())
		s.take(s.s.Expire(stale))
		require.Empty(t, s.last)
		require.Equal(t, fsm.ServerAwaitReplay, s.s.Phase())
	})
}

// A client has half a minute for the request with its credentials, unless the host says otherwise.
func TestServer_AwaitReplay_HalfAMinute(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).deciding().
		decide(Decision{Status: 401, Challenges: []string{"Basic"}})
	require.Equal(t, t0.Add(30*time.Second), s.s.Deadline())
}

// Expire takes in all that has ended, so that Deadline is in the future after it.
func TestExpire_All(t *testing.T) {
	r := asking(t, ClientConfig{})
	long := t0.Add(time.Hour)
	r.take(r.c.Expire(long))
	r.wantLast("the first that ended has closed it", "SendClose 1008")
	require.Equal(t, long.Add(5*time.Second), r.c.Deadline(), "of the closing handshake, from now on")
	r.take(r.c.Expire(long.Add(time.Hour)))
	require.Zero(t, r.c.Deadline())
	r.wantFail("it says what ended first", fsm.FailureTimeout, 1008)
}

// The time that credentials take does not count for the handshake: meanwhile only the provider's
// own timer runs.
func TestClient_Deadline_StandsStill(t *testing.T) {
	r := asking(t, ClientConfig{HasCredentials: true})
	at := func(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }
	answer := func(seconds int, text string) {
		r.take(r.c.Message(at(seconds), 2, []byte(text)))
		r.take(r.c.Message(at(seconds), 2, nil))
	}
	answer(5, response(202))
	require.Equal(t, at(35), r.c.Deadline(), "of the wait")
	answer(25, challengeBasic)
	require.Equal(t, at(85), r.c.Deadline(), "of the credentials only")
	r.take(r.c.Credentials(at(80), "Basic x"))
	require.Equal(t, fsm.TimerWait, r.c.Timer())
	require.Equal(t, at(90), r.c.Deadline(), "what was left of the wait")
	answer(81, response(202))
	require.Equal(t, at(90), r.c.Deadline(), "which another 202 does not extend")
	r.take(r.c.Expire(at(90)))
	require.Contains(t, r.wantFail("no answer", fsm.FailureAcceptedOnly, 1000).Detail, "202")
}

// An error says which time ran out.
func TestExpire_Says(t *testing.T) {
	server := map[fsm.Timer]string{fsm.TimerRequest: "no extended request", fsm.TimerBody: "body",
		fsm.TimerReplay: "with credentials", fsm.TimerOverall: "took too long"}
	for timer, want := range server {
		s := listening(t, "/p", ServerConfig{})
		switch timer {
		case fsm.TimerBody:
			s.message(request("Expect: 100-continue", "Content-Length: 5"))
		case fsm.TimerReplay:
			s.deciding().decide(Decision{Status: 401, Challenges: []string{"Basic"}})
		case fsm.TimerOverall:
			s.deciding()
		}
		s.expire(timer)
		s.take(s.s.Lost(t0, ""))
		require.NotNil(t, s.err, timer)
		require.Contains(t, s.err.Detail, want, timer)
	}
	client := map[fsm.Timer]string{fsm.TimerOpening: "opening request",
		fsm.TimerResponse: "extended request",
		fsm.TimerWait:     "after 202", fsm.TimerCredentials: "none were given",
		fsm.TimerOverall: "took too long"}
	for timer, want := range client {
		r := dialed(t, "ws://h/p", ClientConfig{HasCredentials: true})
		switch timer {
		case fsm.TimerOpening:
		case fsm.TimerWait:
			r.opened().unit(response(202))
		case fsm.TimerCredentials:
			r.opened().unit(challengeBasic)
		default:
			r.opened()
		}
		r.expire(timer)
		r.hangUp()
		require.NotNil(t, r.err, timer)
		require.Contains(t, r.err.Detail, want, timer)
	}
}

// A refusal whose body does not end counts when the wait behind a 202 is over, too.
func TestClient_RefusalCutByTheWait(t *testing.T) {
	r := asking(t, ClientConfig{}).unit(response(202)).message(response(403, "", "no"))
	require.Equal(t, fsm.ClientReading, r.c.Phase(), "the body may go on")
	r.expire(fsm.TimerWait)
	err := r.wantFail("refused", fsm.FailureStatus, 1000)
	require.Equal(t, 403, err.Status)
	require.Equal(t, "no", string(err.Body))
}
