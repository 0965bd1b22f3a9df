package loop

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// givenUp is a driver that is given up.
type givenUp struct {
	Driver
	code uint16
}

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

// What is given up closes with 1001, and keeps the phase in which that was.
func TestLoop_Abandon(t *testing.T) {
	d := &givenUp{}
	l := &Loop{Config: Config{Driver: d, Side: &phases{list: []string{"one", "two"}}}}
	l.Abandon()
	l.Abandon()
	require.Equal(t, uint16(1001), d.code)
	require.Equal(t, "one", l.GaveUp)
	require.True(t, l.interrupted)
}
