package extension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock drives one stack through virtual time.
type clock struct {
	*testing.T
	stack *Stack
	begin time.Time
	now   time.Time
}

func newClock(t *testing.T, s Session) *clock {
	begin := time.Unix(1e9, 0)
	c := &clock{t, NewStack([]Session{s}), begin, begin}
	require.Empty(t, c.stack.Open(begin))
	return c
}

// next goes to the next deadline, which must be at d after the beginning, and returns the actions
// there.
func (c *clock) next(d time.Duration) (sent []Message, failed bool) {
	c.Helper()
	c.now = c.stack.Deadline()
	require.Equal(c, d.String(), c.now.Sub(c.begin).String())
	sent, _, failed = sortActions(c.stack.Expired(c.now))
	return sent, failed
}

func (c *clock) at(d time.Duration) time.Time { return c.begin.Add(d) }

func (c *clock) hears(d time.Duration) {
	c.Helper()
	_, got, _ := sortActions(c.stack.Incoming(c.at(d), text("x")))
	require.Len(c, got, 1)
}

func (c *clock) says(d time.Duration) {
	c.Helper()
	sent, _, _ := sortActions(c.stack.Outgoing(c.at(d), text("x")))
	require.Len(c, sent, 1)
}

func idlePair(t *testing.T, period time.Duration) (client, server *clock) {
	use := []Extension{IdleTimeout{Period: period}}
	answer, sessions := Accept(use, Offers(use, nil), nil)
	require.Len(t, answer, 1)
	server = newClock(t, sessions[0])
	sessions, err := Confirm(use, answer)
	require.NoError(t, err)
	return newClock(t, sessions[0]), server
}

func TestIdleTimeout_Client(t *testing.T) {
	c, _ := idlePair(t, 2*time.Second)
	c.hears(500 * time.Millisecond)
	c.says(time.Second)
	require.Empty(t, c.stack.Expired(c.at(2*time.Second)), "too early does no harm")
	c.stack.Heard(c.at(time.Second))
	c.stack.Heard(c.at(700 * time.Millisecond))
	sent, failed := c.next(3 * time.Second)
	require.Empty(t, sent, "a client sends nothing by itself")
	require.True(t, failed)
	require.Zero(t, c.stack.Deadline())
}

// The idle timeout of the client does not depend on the application: the server sends within three
// quarters of the period. It sends Pings, because the timer of a Java client does not count Pongs.
func TestIdleTimeout_ServerSpeaks(t *testing.T) {
	_, c := idlePair(t, 2*time.Second)
	c.hears(900 * time.Millisecond)
	sent, failed := c.next(1500 * time.Millisecond)
	require.False(t, failed)
	require.Equal(t, []Message{{Kind: Ping}}, sent)
	c.hears(1800 * time.Millisecond)
	c.says(2 * time.Second)
	c.hears(2600 * time.Millisecond)
	sent, _ = c.next(3500 * time.Millisecond)
	require.Equal(t, []Message{{Kind: Ping}}, sent)
}

// A client that says nothing is asked, and then given up.
func TestIdleTimeout_ServerAsks(t *testing.T) {
	_, c := idlePair(t, 2*time.Second)
	sent, failed := c.next(time.Second)
	require.False(t, failed)
	require.Equal(t, []Message{{Kind: Ping}}, sent)
	c.hears(1500 * time.Millisecond) // its Pong
	sent, _ = c.next(2500 * time.Millisecond)
	require.Equal(t, []Message{{Kind: Ping}}, sent)
	c.says(3 * time.Second)
	sent, failed = c.next(3500 * time.Millisecond)
	require.Empty(t, sent)
	require.True(t, failed)
}

// While no call listens no Ping is sent in vain, but the server goes on sending.
func TestIdleTimeout_NobodyListens(t *testing.T) {
	_, c := idlePair(t, 2*time.Second)
	for d := time.Duration(0); d < time.Minute; {
		d = c.stack.Deadline().Sub(c.begin)
		c.stack.Heard(c.at(d - time.Millisecond))
		sent, _, failed := sortActions(c.stack.Expired(c.at(d)))
		require.False(t, failed)
		for _, m := range sent {
			require.Equal(t, Ping, m.Kind)
		}
	}
}

func TestIdleTimeout_Accept(t *testing.T) {
	for _, c := range []struct {
		period time.Duration
		asked  []string
		use    []Extension
		want   []string
	}{
		{period: 2 * time.Second, asked: []string{IdleTimeoutName},
			want: []string{"x-kaazing-idle-timeout;timeout=2000"}},
		{period: 2500 * time.Microsecond, asked: []string{IdleTimeoutName}},
		{period: 0, asked: []string{IdleTimeoutName}},
		{period: -1, asked: []string{IdleTimeoutName}},
		{period: 1e18, asked: []string{IdleTimeoutName},
			want: []string{"x-kaazing-idle-timeout;timeout=2147483647"}},
		// a script would not see the Pings that keep it content
		{period: time.Second, asked: []string{IdleTimeoutName, PingPongName}},
		{
			period: time.Second, asked: []string{PingPongName, IdleTimeoutName},
			use:  []Extension{PingPong{}},
			want: []string{"x-kaazing-idle-timeout;timeout=1000", "x-kaazing-ping-pong;01010102"},
		},
		{period: time.Second, asked: []string{RevalidateName}, use: []Extension{PingPong{}}},
		{period: time.Second, asked: []string{"X-Kaazing-Idle-Timeout"}},
	} {
		answer, sessions := Accept(append([]Extension{IdleTimeout{Period: c.period}},
			c.use...), c.asked, nil)
		require.Equal(t, c.want, answer, "%v %v", c.period, c.asked)
		require.Len(t, sessions, len(c.want))
	}
}

func TestIdleTimeout_Confirm(t *testing.T) {
	for params, ok := range map[string]bool{
		";timeout=1": true, ";timeout=2147483647": true, ";a=b;timeout=2000": true,
		"; timeout=2000": true, `;timeout="2000"`: true,
		"": false, ";timeout": false, ";timeout=0": false, ";timeout=-1": false, ";timeout=2s": false,
		";timeout=2147483648": false, ";Timeout=1": false,
		";timeout=99999999999999999999": false,
	} {
		_, err := Confirm([]Extension{IdleTimeout{}}, []string{IdleTimeoutName + params})
		require.Equal(t, ok, err == nil, "%s: %v", params, err)
	}
}
