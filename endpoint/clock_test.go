package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// ticking is a clock with a second for most timers.
func ticking() *clock {
	return &clock{now: t0, timeouts: &Timeouts{Response: time.Second, Overall: 3 * time.Second, Wait: 3 * time.Second}}
}

func (k *clock) say(kind fsm.EffectKind, timers ...fsm.Timer) {
	for _, t := range timers {
		k.obey(fsm.Effect{Kind: kind, Timer: t})
	}
}

// wait lets time pass and returns the timers that have ended by then.
func (k *clock) wait(d time.Duration) (ended []fsm.Timer) {
	k.now = k.now.Add(d)
	for t := k.expired(); t != 0; t = k.expired() {
		ended = append(ended, t)
	}
	return ended
}

func TestClock(t *testing.T) {
	t.Attr("req", "INV-39")
	k := ticking()
	timer, due := k.next()
	require.Zero(t, timer)
	require.Zero(t, due)
	require.Empty(t, k.wait(0))

	k.say(fsm.EffectArmTimer, fsm.TimerOverall, fsm.TimerResponse, fsm.TimerWait)
	timer, due = k.next()
	require.Equal(t, fsm.TimerResponse, timer, "the first that ends")
	require.Equal(t, time.Second, due.Sub(k.now))
	require.Empty(t, k.wait(time.Second-1), "a moment too early")
	require.Equal(t, []fsm.Timer{fsm.TimerResponse}, k.wait(1), "exactly then, and once")

	k.say(fsm.EffectPauseTimer, fsm.TimerOverall, fsm.TimerResponse) // of which the second does not run
	require.Equal(t, []fsm.Timer{fsm.TimerWait}, k.wait(10*time.Second))
	k.say(fsm.EffectResumeTimer, fsm.TimerOverall, fsm.TimerResponse)
	_, due = k.next()
	require.Equal(t, 2*time.Second, due.Sub(k.now), "what was left of it")
	k.say(fsm.EffectResumeTimer, fsm.TimerOverall)
	require.Equal(t, []fsm.Timer{fsm.TimerOverall}, k.wait(2*time.Second))
	require.Empty(t, k.wait(time.Hour), "nothing runs")

	k.say(fsm.EffectArmTimer, fsm.TimerWait, fsm.TimerOverall)
	require.Equal(t, []fsm.Timer{min(fsm.TimerWait, fsm.TimerOverall), max(fsm.TimerWait, fsm.TimerOverall)}, k.wait(time.Hour), "of two that end together the smaller number")

	k.say(fsm.EffectArmTimer, fsm.TimerResponse)
	k.now = k.now.Add(2 * time.Second)
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse) // overdue already
	require.Empty(t, k.wait(0))
	k.say(fsm.EffectArmTimer, fsm.TimerResponse)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	_, due = k.next()
	require.Equal(t, time.Second, due.Sub(k.now), "arming forgets what was left")
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse)
	k.say(fsm.EffectStopTimer, fsm.TimerResponse)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	require.Empty(t, k.wait(time.Hour), "stopping forgets it, too")

	k.say(fsm.EffectArmTimer, fsm.TimerResponse, fsm.TimerClose)
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse)
	k.say(fsm.EffectStopTimers, 0)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	require.Empty(t, k.wait(time.Hour), "and so does stopping all")
}

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
	require.Equal(t, 10*time.Second, (&Timeouts{Response: -1}).Of(fsm.TimerResponse), "none can be switched off")

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

// The time that credentials take is not the handshake's: what runs meanwhile is the provider's own
// timer.
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
