package status

import (
	"fmt"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/terminal"
)

// actionText says what a client does, in three lengths.
type actionText struct {
	name  string // for programs
	brief string // after "the client"
	full  string // a sentence or more; %s is may, should or must
}

var actions = [...]actionText{
	codes.ActionComplete: {"complete", "opens the connection",
		"The client %s take the handshake as completed: if the response is for its request and selects " +
			"nothing it did not ask for, the connection is open."},
	codes.ActionContinue: {"continue", "sends the body, waits on",
		"The client %s send the request body that it held back with Expect: 100-continue, and wait for " +
			"a further response. To a client that did not ask, the code is an error and it closes."},
	codes.ActionWait: {"wait", "waits for another response", "The client %s wait for a further " +
		"response on the same connection, up to a limit of its own; then it closes."},
	codes.ActionReplay: {"replay", "sends credentials",
		"The client %s send its request again on the same connection, with credentials for one of the " +
			"challenges. If it has none, or they were refused already, it must close."},
	codes.ActionClose: {"close", "closes",
		"The client %s close the connection and report the failure. Nothing follows."},
	codes.ActionRedirect: {"redirect", "closes, connects to Location",
		"The client must close the connection. It %s then connect to the URL in Location, " +
			"unless it was there before, its policy forbids it, or it was redirected too often."},
	codes.ActionRedirectIfGet: {"redirect-if-get", "closes, connects to Location (GET)",
		"The client must close the connection. If its request was a GET, " +
			"it %s then connect to the URL in Location, unless it was there before, " +
			"its policy forbids it, or it was redirected too often; other methods are not redirected."},
	codes.ActionRedirectChoice: {"redirect-choice", "closes, connects to one choice",
		"The client must close the connection. It %s then connect to the URL in Location, " +
			"or to the first one it can use of a text/uri-list in the body, unless it was there before, " +
			"its policy forbids it, or it was redirected too often."},
	codes.ActionProxyAuth: {"proxy-auth", "closes, logs in at its proxy",
		"The client must close the connection. It %s then connect once more, " +
			"with credentials for the proxy it was configured with."},
	codes.ActionUpgrade: {"upgrade", "closes, connects with TLS", "The client must close the " +
		"connection. If the field Upgrade names TLS, it %s then connect to the same URL with wss."},
}

// Brief says in a few words, behind "the client", what a client does with a status code.
func Brief(code int) string { return actions[fsm.Status(code).Action].brief }

func strengthWord(s codes.Strength) string { return strings.ToLower(s.String()) }

// explain describes one code in full sentences.
func explain(r codes.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s\n\n", r.Code, r.Reason)
	paragraph := func(label, text string) {
		for i, line := range terminal.Wrap(text, 80-14) {
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(&b, "%-14s%s\n", label, line)
		}
	}
	client := fmt.Sprintf(actions[r.Action].full, strengthWord(r.Strength))
	if !r.Listed {
		client = "The code is not listed in the specification. " + client +
			" What its class means elsewhere does not count."
	}
	paragraph("client", client)
	paragraph("server", serverText(r))
	paragraph("requirements", strings.Join(strings.Fields(r.Reqs), ", "))
	return b.String()
}

// serverText says what a server has to do that sends the code.
func serverText(r codes.Rule) string {
	var s []string
	if fields := r.Duties.Fields(); len(fields) > 0 {
		s = append(s, "The server must send the field "+strings.Join(fields, " and ")+" along.")
	}
	if r.Duties&codes.NoStore != 0 {
		s = append(s, "The server adds Cache-Control: no-store.")
	}
	if r.Duties&codes.NoBody != 0 {
		s = append(s, "The response has no body.")
	} else {
		s = append(s, "The response may have a body.")
	}
	s = append(s, "An empty binary message ends the response.")
	switch {
	case r.Action.Terminates():
		s = append(s, "The server then closes the WebSocket.")
	case r.Action == codes.ActionComplete:
		s = append(s, "After it the connection is open, and the next message is the application's.")
	case r.Action == codes.ActionReplay:
		s = append(s, "The server then waits for the request with credentials.")
	case r.Action == codes.ActionWait:
		s = append(s, "The server then decides, and sends a further response.")
	case r.Action == codes.ActionContinue:
		s = append(s, "The server then waits for the body.")
	}
	switch {
	case r.Code == 100:
		s = append(s, "It is only sent in answer to Expect: 100-continue.")
	case r.Code == 511:
		s = append(s, "The code belongs to intercepting proxies: a KHP server does not send it.")
	case r.Duties&codes.NeverSend != 0:
		s = append(s,
			"A KHP server does not send this code, unless khp serve is told to with status:CODE.")
	}
	return strings.Join(s, " ")
}
