package transport

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestNewHandshakeError(t *testing.T) {
	err := NewHandshakeError(&endpoint.HandshakeError{Leg: endpoint.LegConnect,
		Failure: fsm.FailureConnect, URL: "ws://one.example/"}, context.Canceled)
	require.ErrorIs(t, err, fsm.FailureConnect)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "khp: cannot connect [connect, ws://one.example/]", err.Error())
	broken := errors.New("broken")
	err = NewHandshakeError(broken, nil)
	require.ErrorIs(t, err, broken)
	require.Equal(t, "khp: broken", err.Error())
	for attempt, want := range []bool{false, true} { // a server that sends 511 is no portal
		err = NewHandshakeError(&endpoint.HandshakeError{Leg: endpoint.LegOpening,
			Failure: fsm.FailureStatus, Status: 511, URL: "ws://one.example/", Attempt: attempt}, nil)
		require.Equal(t, want, err.NetworkLogin)
	}
}

func TestTimeouts_Of(t *testing.T) {
	timeouts := &Timeouts{Response: time.Minute}
	require.Equal(t, time.Minute, timeouts.Of(fsm.TimerResponse))
	require.Equal(t, 5*time.Second, timeouts.Of(fsm.TimerClose))
	for timer := range 256 {
		d := (&Timeouts{}).Of(fsm.Timer(timer))
		require.Equal(t, timer == 0 || fsm.Timer(timer) > fsm.TimerReplay, d == 0, "%d: %v", timer, d)
	}
}
