package loop

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// givenUp is a driver that is given up.
type givenUp struct {
	Driver
	code uint16
}

func (g *givenUp) Deadline() time.Time { return time.Time{} }

func (g *givenUp) GiveUp(_ time.Time, code uint16, _ string) { g.code = code }

// phases is a side that is in one phase after the other.
type phases struct {
	Side
	list []string
}

func (p *phases) Phase() string {
	first := p.list[0]
	p.list = p.list[1:]
	return first
}

// A handshake given up closes with 1001, and keeps the phase in which it was given up.
func TestLoop_Abandon(t *testing.T) {
	d := &givenUp{}
	l := &Loop{Config: Config{Driver: d, Side: &phases{list: []string{"one", "two"}}}}
	l.Abandon()
	l.Abandon()
	require.Equal(t, uint16(1001), d.code)
	require.Equal(t, "one", l.GaveUp)
	require.True(t, l.interrupted)
}

// endsMeanwhile is a context that ends when it was asked once.
type endsMeanwhile struct {
	context.Context
	asked bool
}

func (c *endsMeanwhile) Err() error {
	if !c.asked {
		c.asked = true
		return nil
	}
	return context.Canceled
}

// A failure caused by the end of the context is reported as that end, also if it ends just when the
// result is taken.
func TestLoop_EndBeforeResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, told := &givenUp{}, false
		l := &Loop{Config: Config{Context: &endsMeanwhile{Context: t.Context()}, Driver: d,
			Side: &phases{list: []string{"deciding"}}}}
		l.Later(func() func() { return func() { told = true } })
		synctest.Wait()
		l.happen()
		l.happen()
		require.False(t, told)
		require.Equal(t, uint16(1001), d.code)
	})
}
