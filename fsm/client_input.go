package fsm

import "strings"

// clientInput is the column of the client table an event falls into: its kind, for responses
// refined by the action of the status table, for timers by the timer.
type clientInput uint8

const (
	_ clientInput = iota
	onConnect
	onConnected
	onConnectFailed
	onOpened
	onProceed
	onReroute
	onData
	onTerminator
	onComplete
	onContinue
	onWait
	onReplay
	onStatusClose
	onRedirect
	onRedirectIfGet
	onProxyAuth
	onUpgrade
	onViolation
	onBodyWritten
	onCredentials
	onNoCredentials
	onPing
	onPeerClosed
	onLost
	onOpeningTimer
	onResponseTimer
	onWaitTimer
	onCredentialTimer
	onOverallTimer
	onCloseTimer
	onSend
	onClose
	clientInputs
)

var clientInputOfKind = [...]clientInput{
	EventConnectRequested: onConnect, EventConnected: onConnected, EventConnectFailed: onConnectFailed, EventOpened: onOpened,
	EventProceedReceived: onProceed, EventRerouteReceived: onReroute, EventDataReceived: onData, EventTerminatorReceived: onTerminator,
	EventViolation: onViolation, EventBodyWritten: onBodyWritten, EventCredentialsSupplied: onCredentials, EventCredentialsDeclined: onNoCredentials,
	EventPingReceived: onPing, EventPeerClosed: onPeerClosed, EventConnectionLost: onLost, EventSendRequested: onSend, EventCloseRequested: onClose,
}

var clientInputOfAction = [...]clientInput{
	ActionComplete: onComplete, ActionContinue: onContinue, ActionWait: onWait, ActionReplay: onReplay, ActionClose: onStatusClose,
	ActionRedirect: onRedirect, ActionRedirectIfGet: onRedirectIfGet, ActionRedirectChoice: onRedirect, ActionProxyAuth: onProxyAuth,
	ActionUpgrade: onUpgrade,
}

var clientInputOfTimer = [...]clientInput{
	TimerOpening: onOpeningTimer, TimerResponse: onResponseTimer, TimerWait: onWaitTimer, TimerCredentials: onCredentialTimer,
	TimerOverall: onOverallTimer, TimerClose: onCloseTimer,
}

// clientInputOf returns the column of ev, 0 if the client knows no such event.
func clientInputOf(ev Event) clientInput {
	switch {
	case ev.Kind == EventResponse:
		return clientInputOfAction[actionOf(ev.Status)]
	case ev.Kind == EventTimerExpired && int(ev.Timer) < len(clientInputOfTimer):
		return clientInputOfTimer[ev.Timer]
	case int(ev.Kind) < len(clientInputOfKind):
		return clientInputOfKind[ev.Kind]
	}
	return 0
}

// word is the input as ids of rows write it: responses by their status code where the input has
// only one.
func (in clientInput) word() string {
	switch in {
	case onContinue:
		return "100"
	case onWait:
		return "202"
	case onReplay:
		return "401"
	case onRedirectIfGet:
		return "307"
	case onProxyAuth:
		return "407"
	case onUpgrade:
		return "426"
	}
	return kebab(strings.TrimPrefix(in.String(), "on"))
}
