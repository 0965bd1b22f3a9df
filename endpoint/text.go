package endpoint

import (
	"bytes"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

// quote makes any bytes of a peer fit for a message: ASCII, bounded.
func quote(s string) string { return judge.Quote(s) }

// clip bounds the part of a peer's text that goes into a message.
func clip(s string) string { return judge.Clip(s) }

// describe names the type and length of a message, and quotes its beginning.
func describe(t wire.MessageType, p []byte) string {
	const most = 32
	if len(p) == 0 {
		return "an empty " + t.String() + " message"
	}
	start := p[:min(len(p), most)]
	if i := bytes.IndexAny(start, "?\r\n"); i >= 0 { // a query and the fields of a request may hold secrets
		start = start[:i]
	}
	return "a " + t.String() + " message of " + itoa(len(p)) + " bytes starting " + quote(string(start))
}

// describeChallenge names a challenge without its secrets.
func describeChallenge(ch wire.Challenge) string {
	s := "scheme " + quote(string(ch.Scheme))
	if realm, ok := ch.Param("realm"); ok {
		s += " in realm " + quote(realm)
	}
	return s
}

// timerDetail describes a timeout of the client.
func (c *Client) timerDetail(t fsm.Timer) string {
	switch c.state.Phase() {
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		return "the gateway did not send the balancer message N in time"
	}
	return timerDetail(t)
}

// timerDetail describes a timeout.
func timerDetail(t fsm.Timer) string {
	switch t {
	case fsm.TimerOpening:
		return "no complete answer to the opening request in time"
	case fsm.TimerResponse:
		return "no complete response to the extended request in time"
	case fsm.TimerWait:
		return "no deciding response after 202 in time"
	case fsm.TimerCredentials:
		return "the credential provider did not answer in time"
	case fsm.TimerOverall:
		return "the extended handshake took too long"
	case fsm.TimerRequest:
		return "no extended request in time"
	case fsm.TimerBody:
		return "no complete request body in time"
	case fsm.TimerReplay:
		return "no request with credentials in time"
	}
	return ""
}

// withoutUserinfo removes a possible password from a URL that could not be parsed.
func withoutUserinfo(rawURL string) string {
	at := strings.LastIndexByte(rawURL, '@')
	if at < 0 {
		return clip(rawURL)
	}
	scheme, _, ok := strings.Cut(rawURL[:at], "://")
	if !ok {
		return clip(rawURL[at+1:])
	}
	return clip(scheme + "://" + rawURL[at+1:])
}

// elementText writes an element of a list of extensions.
func elementText(e wire.Extension) string {
	if e.Params == nil {
		return string(e.Name)
	}
	return string(e.Name) + ";" + string(e.Params)
}

// parseElements parses elements that the host's own WebSocket layer negotiated; malformed ones are
// left out.
func parseElements(elements []string) []wire.Extension {
	var list []wire.Extension
	for _, e := range elements {
		list, _ = wire.ParseExtensions(list, []byte(e))
	}
	return list
}
