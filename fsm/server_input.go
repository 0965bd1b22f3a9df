package fsm

import "strings"

// serverInput is the column of the server table an event falls into: its kind, for decisions
// refined by the action of the status table, for timers by the timer.
type serverInput uint8

const (
	_ serverInput = iota
	byOpeningRequest
	byRequest
	byBadRequest
	byBody
	byData
	byAccept
	byContinue
	byDefer
	byChallenge
	byRefusal
	byApplicationFailure
	byViolation
	byPing
	byPeerClosed
	byLost
	byRequestTimer
	byBodyTimer
	byReplayTimer
	byOverallTimer
	byCloseTimer
	bySend
	byClose
	serverInputs
)

var serverInputOfKind = [...]serverInput{
	EventOpeningRequest: byOpeningRequest, EventRequest: byRequest, EventBadRequest: byBadRequest, EventBodyReceived: byBody,
	EventDataReceived: byData, EventTerminatorReceived: byData, EventApplicationFailed: byApplicationFailure, EventViolation: byViolation,
	EventPingReceived: byPing, EventPeerClosed: byPeerClosed, EventConnectionLost: byLost, EventSendRequested: bySend, EventCloseRequested: byClose,
}

var serverInputOfAction = [...]serverInput{
	ActionComplete: byAccept, ActionContinue: byContinue, ActionWait: byDefer, ActionReplay: byChallenge, ActionClose: byRefusal,
	ActionRedirect: byRefusal, ActionRedirectIfGet: byRefusal, ActionRedirectChoice: byRefusal, ActionProxyAuth: byRefusal, ActionUpgrade: byRefusal,
}

var serverInputOfTimer = [...]serverInput{
	TimerRequest: byRequestTimer, TimerBody: byBodyTimer, TimerReplay: byReplayTimer, TimerOverall: byOverallTimer, TimerClose: byCloseTimer,
}

// serverInputOf returns the column of ev, 0 if the server knows no such event.
func serverInputOf(ev Event) serverInput {
	switch {
	case ev.Kind == EventDecided:
		return serverInputOfAction[actionOf(ev.Status)]
	case ev.Kind == EventTimerExpired && int(ev.Timer) < len(serverInputOfTimer):
		return serverInputOfTimer[ev.Timer]
	case int(ev.Kind) < len(serverInputOfKind):
		return serverInputOfKind[ev.Kind]
	}
	return 0
}

// word is the input as ids of rows write it: decisions by their status code where the input has
// only one.
func (in serverInput) word() string {
	switch in {
	case byContinue:
		return "100"
	case byDefer:
		return "202"
	case byChallenge:
		return "401"
	}
	return kebab(strings.TrimPrefix(in.String(), "by"))
}
