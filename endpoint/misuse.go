package endpoint

import (
	"example.com/khp/fsm"
)

// MisuseError reports a call that had no place in the phase in which it was made. It changed
// nothing and led to no output.
type MisuseError struct {
	Call  string // the method, such as "Opened"
	Phase string // such as "ClientConnecting"
	Want  string // where the call belongs
}

// Error names the call, the phase and the place of the call.
func (e *MisuseError) Error() string {
	return "endpoint: " + e.Call + " was called in phase " + e.Phase + "; " + e.Want
}

// callOf says which method tells of an event, and where it belongs. Events that are not listed come
// from Message.
var callOf = map[fsm.EventKind]MisuseError{
	fsm.EventConnectRequested:    {Call: "Connect", Want: "call it once, before anything else"},
	fsm.EventConnected:           {Call: "Connected", Want: "it answers Dial, once"},
	fsm.EventConnectFailed:       {Call: "ConnectFailed", Want: "it answers Dial, once"},
	fsm.EventOpened:              {Call: "Opened", Want: "it comes once, after Connected and before the first message"},
	fsm.EventResponse:            {Call: "OpeningRefused", Want: "it comes once, after Connected and before the first message"},
	fsm.EventOpeningRequest:      {Call: "Opening", Want: "there is one opening request, before anything else"},
	fsm.EventPingReceived:        {Call: "Ping", Want: "there are no frames before the opening handshake is through, nor after the last output"},
	fsm.EventPeerClosed:          {Call: "PeerClosed", Want: "there are no frames before the opening handshake is through, nor after the last output"},
	fsm.EventConnectionLost:      {Call: "Lost", Want: "it ends a connection that is up"},
	fsm.EventViolation:           {Call: "Violation", Want: "it ends a connection that is up"},
	fsm.EventCredentialsSupplied: {Call: "Credentials", Want: "it answers AskCredentials, once"},
	fsm.EventCredentialsDeclined: {Call: "NoCredentials", Want: "it answers AskCredentials, once"},
	fsm.EventBodyWritten:         {Call: "BodyWritten", Want: "it follows the message with the request body"},
	fsm.EventDecided:             {Call: "Decide", Want: "it answers AskDecision"},
	fsm.EventApplicationFailed:   {Call: "ApplicationFailed", Want: "it answers AskDecision"},
	fsm.EventSendRequested:       {Call: "Send", Want: "messages go out between Open and the end"},
	fsm.EventCloseRequested:      {Call: "Close", Want: "it is over already, or has not begun"},
}

// misuse makes the error about an event that had no place in a phase.
func misuse(kind fsm.EventKind, phase string) *MisuseError {
	e, ok := callOf[kind]
	if !ok {
		e = MisuseError{Call: "Message", Want: "there are no messages before the opening handshake is through, nor after the last output"}
	}
	e.Phase = phase
	return &e
}

// withMisuse adds a misplaced call to the words about a failure, which it may well be the reason
// for.
func withMisuse(detail string, e *MisuseError) string {
	switch {
	case e == nil:
		return detail
	case detail == "":
		return e.Error()
	}
	return detail + "; " + e.Error()
}
