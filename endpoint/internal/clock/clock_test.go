package clock

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// seconds are the lengths of timers; any other takes 5 seconds.
type seconds map[fsm.Timer]time.Duration

func (s seconds) Of(t fsm.Timer) time.Duration {
	if n, ok := s[t]; ok {
		return n * time.Second
	}
	return 5 * time.Second
}

// ticking is a clock with a second for most timers.
func ticking() *Clock {
	return &Clock{Now: time.Unix(0, 0),
		Timeouts: seconds{fsm.TimerResponse: 1, fsm.TimerOverall: 3, fsm.TimerWait: 3}}
}

func (k *Clock) say(kind fsm.EffectKind, timers ...fsm.Timer) {
	for _, t := range timers {
		k.Obey(fsm.Effect{Kind: kind, Timer: t})
	}
}

// wait lets time pass and returns the timers that have ended by then.
func (k *Clock) wait(d time.Duration) (ended []fsm.Timer) {
	k.Now = k.Now.Add(d)
	for t := k.Expired(); t != 0; t = k.Expired() {
		ended = append(ended, t)
	}
	return ended
}

func TestClock(t *testing.T) {
	t.Attr("req", "INV-39")
	k := ticking()
	timer, due := k.Next()
	require.Zero(t, timer)
	require.Zero(t, due)
	require.Empty(t, k.wait(0))

	k.say(fsm.EffectArmTimer, fsm.TimerOverall, fsm.TimerResponse, fsm.TimerWait)
	timer, due = k.Next()
	require.Equal(t, fsm.TimerResponse, timer, "the first that ends")
	require.Equal(t, time.Second, due.Sub(k.Now))
	require.Empty(t, k.wait(time.Second-1), "a moment too early")
	require.Equal(t, []fsm.Timer{fsm.TimerResponse}, k.wait(1), "exactly then, and once")

	// of which the second does not run
	k.say(fsm.EffectPauseTimer, fsm.TimerOverall, fsm.TimerResponse)
	require.Equal(t, []fsm.Timer{fsm.TimerWait}, k.wait(10*time.Second))
	k.say(fsm.EffectResumeTimer, fsm.TimerOverall, fsm.TimerResponse)
	_, due = k.Next()
	require.Equal(t, 2*time.Second, due.Sub(k.Now), "what was left of it")
	k.say(fsm.EffectResumeTimer, fsm.TimerOverall)
	require.Equal(t, []fsm.Timer{fsm.TimerOverall}, k.wait(2*time.Second))
	require.Empty(t, k.wait(time.Hour), "nothing runs")
	timer, due = k.Next()
	require.Zero(t, timer)
	require.Zero(t, due)

	k.say(fsm.EffectArmTimer, fsm.TimerWait, fsm.TimerOverall)
	require.Equal(t, []fsm.Timer{min(fsm.TimerWait, fsm.TimerOverall), max(fsm.TimerWait,
		fsm.TimerOverall)}, k.wait(time.Hour), "of two that end together the smaller number")

	k.say(fsm.EffectArmTimer, fsm.TimerResponse)
	k.Now = k.Now.Add(2 * time.Second)
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse) // overdue already
	require.Empty(t, k.wait(0))
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	_, due = k.Next()
	require.True(t, due.After(k.Now), "it ends after the time at which it goes on")
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse)
	k.say(fsm.EffectArmTimer, fsm.TimerResponse)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	_, due = k.Next()
	require.Equal(t, time.Second, due.Sub(k.Now), "arming forgets what was left")
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse)
	k.say(fsm.EffectStopTimer, fsm.TimerResponse)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	require.Empty(t, k.wait(time.Hour), "stopping forgets it, too")

	k.say(fsm.EffectArmTimer, fsm.TimerResponse, fsm.TimerClose)
	k.say(fsm.EffectPauseTimer, fsm.TimerResponse)
	k.say(fsm.EffectStopTimers, 0)
	k.say(fsm.EffectResumeTimer, fsm.TimerResponse)
	timer, due = k.Next()
	require.Zero(t, timer)
	require.Zero(t, due)
	require.Empty(t, k.wait(time.Hour), "and so does stopping all")
}

// A timer that is armed later changes no other, and may end first whatever its number is.
func TestClock_SeveralTimers(t *testing.T) {
	k := ticking()
	begin := k.Now
	k.say(fsm.EffectArmTimer, min(fsm.TimerWait, fsm.TimerOverall))
	require.Empty(t, k.wait(time.Second))
	k.say(fsm.EffectArmTimer, max(fsm.TimerWait, fsm.TimerOverall))
	_, due := k.Next()
	require.Equal(t, begin.Add(3*time.Second), due)
	require.Empty(t, k.wait(2*time.Second-1))
	require.Equal(t, []fsm.Timer{min(fsm.TimerWait, fsm.TimerOverall)}, k.wait(1))
	require.Equal(t, []fsm.Timer{max(fsm.TimerWait, fsm.TimerOverall)}, k.wait(time.Second))

	k = &Clock{Now: begin, Timeouts: seconds{fsm.TimerOpening: 9, fsm.TimerClose: 2}}
	require.Less(t, fsm.TimerOpening, fsm.TimerClose)
	k.say(fsm.EffectArmTimer, fsm.TimerOpening, fsm.TimerClose)
	timer, due := k.Next()
	require.Equal(t, fsm.TimerClose, timer)
	require.Equal(t, 2*time.Second, due.Sub(begin))
}
