package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

func TestIsLoss(t *testing.T) {
	for _, err := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded,
		&net.OpError{Op: "read", Err: errors.New("reset")},
	} {
		require.True(t, isLoss(fmt.Errorf("reading: %w", err)), "%v", err)
	}
	require.False(t, isLoss(errors.New("bad opcode 3")))
	require.False(t, isLoss(fsm.FailureFrame))
}

func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tm := newTimers(&transport.Timeouts{Response: time.Second, Overall: 3 * time.Second, Wait: 3 * time.Second})
		say := func(kind endpoint.OutputKind, timers ...fsm.Timer) {
			for _, timer := range timers {
				tm.obey(&endpoint.Output{Kind: kind, Timer: timer})
			}
		}
		timer, _ := tm.next()
		require.Zero(t, timer)
		say(endpoint.ArmTimer, fsm.TimerOverall, fsm.TimerResponse, fsm.TimerWait)
		timer, due := tm.next()
		require.Equal(t, fsm.TimerResponse, timer)
		require.Equal(t, time.Second, time.Until(due))
		say(endpoint.PauseTimer, fsm.TimerResponse, fsm.TimerClose)
		time.Sleep(2 * time.Second)
		require.Zero(t, tm.expired())
		say(endpoint.ResumeTimer, fsm.TimerResponse, fsm.TimerClose)
		time.Sleep(time.Second)
		require.Equal(t, fsm.TimerResponse, tm.expired())
		require.Equal(t, min(fsm.TimerOverall, fsm.TimerWait), tm.expired(), "of two the smaller number")
		require.Equal(t, max(fsm.TimerOverall, fsm.TimerWait), tm.expired())
		require.Zero(t, tm.expired())
		say(endpoint.ArmTimer, fsm.TimerResponse, fsm.TimerClose)
		say(endpoint.PauseTimer, fsm.TimerClose)
		say(endpoint.StopTimer, fsm.TimerResponse)
		say(endpoint.ArmTimer, fsm.TimerClose)
		say(endpoint.ResumeTimer, fsm.TimerClose)
		timer, due = tm.next()
		require.Equal(t, fsm.TimerClose, timer)
		require.Equal(t, 5*time.Second, time.Until(due), "arming forgets what was left")
		say(endpoint.PauseTimer, fsm.TimerClose)
		say(endpoint.StopTimers, 0)
		say(endpoint.ResumeTimer, fsm.TimerClose)
		time.Sleep(time.Minute)
		require.Zero(t, tm.expired())
	})
}
