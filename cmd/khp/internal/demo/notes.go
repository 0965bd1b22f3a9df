package demo

import (
	"errors"
	"strconv"

	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/cmd/khp/internal/status"
	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport"
)

// annotator explains the steps of the handshakes in their order: the first one of a kind at length,
// later ones in brief.
type annotator struct {
	told map[string]bool

	open     bool // of the current connection
	closing  bool // a Close frame was seen
	proceeds int  // N messages so far
	answered bool // credentials were sent
}

func newAnnotator() *annotator { return &annotator{told: make(map[string]bool)} }

// once returns the long text the first time.
func (a *annotator) once(long, brief string) string {
	if a.told[long] {
		return brief
	}
	a.told[long] = true
	return long
}

// of explains one event.
func (a *annotator) of(m moment) string {
	//exhaustive:ignore
	switch m.Kind {
	case transport.EventSendOpening:
		a.open, a.closing, a.proceeds, a.answered = false, false, 0, false
		return a.once("The opening handshake: a WebSocket that offers the subprotocol of KHP.",
			"Opening handshake.")
	case transport.EventReceiveOpening:
		return a.once("Agreed. From here on HTTP travels in WebSocket messages.", "Agreed.")
	case transport.EventSend:
		return a.sent(m)
	case transport.EventReceive:
		return a.received(m)
	case transport.EventSendClose, transport.EventReceiveClose:
		return a.closed(m)
	case transport.EventOpen:
		a.open = true
		return a.once("The connection is the application's: whatever comes now is data.", "Open.")
	case transport.EventFail:
		return "Nothing was opened: " + failureText(m.Err) + "."
	}
	return ""
}

func failureText(err error) string {
	if e, ok := errors.AsType[*endpoint.HandshakeError](err); ok {
		return e.Failure.Error()
	}
	return "it failed"
}

func (a *annotator) sent(m moment) string {
	switch {
	case m.app:
		return a.once("A message of the application.", "")
	case observe.ParseHead(m.Data).Get("Authorization") != "":
		a.answered = true
		return a.once("The same request on the same connection, with credentials (hidden here).",
			"Once more, with credentials.")
	}
	return a.once("The extended handshake: a request in one binary message.", "Extended handshake.")
}

func (a *annotator) received(m moment) string {
	if m.app {
		return a.once("And its echo.", "")
	}
	if len(m.Data) == 0 {
		return a.once("An empty binary message ends the response.", "End of the response.")
	}
	if kind, _ := balancer.Parse(m.Data); kind == balancer.Proceed {
		if a.proceeds++; a.proceeds == 1 {
			return "Go on with this connection (the bytes EF 83 BF 4E)."
		}
		return "And once more: stay here."
	}
	status := observe.ParseHead(m.Data).Status()
	if status == 401 && a.answered {
		return "401: these are wrong, the server asks again."
	}
	return meaning(status)
}

// meaning says in few words what a status code leads to.
func meaning(code int) string {
	return strconv.Itoa(code) + ": the client " + status.Brief(code) + "."
}

func (a *annotator) closed(m moment) string {
	second := a.closing
	a.closing = true
	switch {
	case second:
		return a.once("Both sides have said it: the connection ends.", "Both have said it.")
	case a.open:
		return "Done."
	case m.Kind == transport.EventReceiveClose:
		return "The server ends this connection."
	case m.Text != "":
		return "The client ends this connection, and says why."
	}
	return "The client ends this connection."
}
