package endpoint

import (
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// noStatus stands for a Close frame without a code. [RFC 6455 7.1.5]
const noStatus = 1005

func itoa(n int) string { return strconv.Itoa(n) }

// quote makes any bytes of a peer fit for a message: ASCII, bounded.
func quote(s string) string { return strconv.QuoteToASCII(clip(s)) }

func quoteList(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return quote(strings.Join(list, ", "))
}

// describe says what kind of message came, with its beginning.
func describe(t wire.MessageType, p []byte) string {
	const most = 32
	if len(p) == 0 {
		return "an empty " + t.String() + " message"
	}
	return "a " + t.String() + " message of " + itoa(len(p)) + " bytes starting " + quote(string(p[:min(len(p), most)]))
}

// describeChallenge names a challenge without its secrets.
func describeChallenge(ch wire.Challenge) string {
	s := "scheme " + quote(string(ch.Scheme))
	if realm, ok := ch.Param("realm"); ok {
		s += " in realm " + quote(realm)
	}
	return s
}

// echoCode is the code with which a Close frame is answered.
func echoCode(code uint16) uint16 {
	if code == noStatus {
		return 0
	}
	return code
}

// timerDetail says what was waited for.
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

// leg tells where the client stands when it fails for a reason that is no response.
func (c *Client) leg(f fsm.Failure) Leg {
	switch {
	case f == fsm.FailureConnect || f == fsm.FailureURL:
		return LegConnect
	case f == fsm.FailureOpening || f == fsm.FailureNotSelected || !c.established:
		return LegOpening
	}
	return LegExtended
}

// failDetail prefers what is known about the moment of failure to what the last response said.
func (c *Client) failDetail(of string) string {
	switch {
	case c.failText != "":
		return c.failText
	case c.detail != "":
		return c.detail
	}
	return of
}
