package transport

import (
	"net/http"
	"strconv"

	"example.com/khp/fsm"
)

// Labels are how a handshake or a connection ended, in words of which there are few whatever peers
// do: for the labels of metrics.
type Labels struct {
	Side    string // client or server
	Outcome string // EventOpen, EventFail and EventClosed: open, failed or closed
	Failure string // EventFail: the name of the Failure, none without
	Status  string // EventOpen, EventFail and EventClosed: of the response that decided, where one did: its code if net/http knows it, otherwise its class, such as 4xx; none where none did
	Code    string // EventEnd: the close code if the IANA registry has it, 3xxx or 4xxx for codes of applications, otherwise other
}

// none stands for what there is not, since an empty label says nothing.
const none = "none"

// Labels returns the labels of an event that ends something; those of other events have only a
// Side.
func (ev Event) Labels() Labels {
	l := Labels{Side: "client"}
	if ev.Server {
		l.Side = "server"
	}
	//exhaustive:ignore
	switch ev.Kind {
	case EventOpen:
		l.Outcome, l.Failure, l.Status = "open", none, statusLabel(ev.Status)
	case EventFail:
		l.Outcome, l.Failure, l.Status = "failed", none, none
		if ev.Failure != 0 {
			l.Failure = ev.Failure.String()
		}
		if ev.Failure == fsm.FailureStatus {
			l.Status = statusLabel(ev.Status)
		}
	case EventClosed:
		l.Outcome, l.Failure, l.Status = "closed", none, none
	case EventEnd:
		l.Code = codeLabel(ev.Code)
	}
	return l
}

// statusLabel bounds a status code, which a peer may choose.
func statusLabel(code int) string {
	switch {
	case http.StatusText(code) != "":
		return strconv.Itoa(code)
	case code >= 100 && code <= 999:
		return strconv.Itoa(code/100) + "xx"
	}
	return none
}

// codeLabel bounds a close code, which a peer may choose.
func codeLabel(code uint16) string {
	switch {
	case code >= CloseNormal && code <= closeTLS:
		return strconv.Itoa(int(code))
	case code >= 3000 && code <= 4999:
		return strconv.Itoa(int(code/1000)) + "xxx"
	}
	return "other"
}

// closeTLS is the last of the registered codes.
const closeTLS = 1015
