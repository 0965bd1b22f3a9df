package observe

import (
	"io"
	"regexp"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport"
)

// Headline describes an event in one line.
func Headline(ev transport.Event) string {
	switch ev.Kind {
	case transport.EventDial:
		return "connecting to " + ev.Text
	case transport.EventSendOpening, transport.EventReceiveOpening:
		if h := ParseHead(ev.Data); h.Start != "" {
			return h.Start
		}
		return cli.Plural(len(ev.Data), "byte") + " that are no HTTP/1.1"
	case transport.EventSend, transport.EventReceive:
		return messageHeadline(ev.Type, ev.Data)
	case transport.EventSendClose, transport.EventReceiveClose:
		return CloseText(ev.Code, ev.Text)
	case transport.EventPing:
		return "Ping, answered"
	case transport.EventViolation:
		return "the peer broke a rule: " + ev.Text
	case transport.EventLost:
		// also after a Close in both directions, which is as it should be
		if ev.Text == io.ErrUnexpectedEOF.Error() {
			return "the peer ended the TCP connection"
		}
		return "the TCP connection ended: " + ev.Text
	case transport.EventTimer:
		return "the time for " + strings.ToLower(strings.TrimPrefix(ev.Text, "Timer")) + " is over"
	case transport.EventCredentials:
		return "asking for credentials"
	case transport.EventOpen:
		return "open with " + strconv.Itoa(int(ev.Code)) + protocolText(ev.Text)
	case transport.EventFail:
		return "failed: " + ev.Err.Error()
	case transport.EventClosed:
		return "given up"
	}
	return string(ev.Kind)
}

func protocolText(protocol string) string {
	if protocol == "" {
		return ""
	}
	return ", subprotocol " + strconv.QuoteToASCII(protocol)
}

// messageHeadline names the kind of a message of the handshake.
func messageHeadline(t transport.MessageType, p []byte) string {
	if len(p) == 0 {
		return "empty " + t.String() + " message"
	}
	switch kind, url := balancer.Parse(p); kind {
	case balancer.Proceed:
		return "N (go on)"
	case balancer.Reroute:
		return "R " + string(url)
	case balancer.None:
	}
	if h := ParseHead(p); h.Start != "" {
		return h.Start
	}
	return t.String() + " message, " + cli.Plural(len(p), "byte")
}

// WithoutQueries replaces the text behind a question mark by an ellipsis, up to the next blank,
// except a closing bracket or quotation mark there.
func WithoutQueries(text string) string { return query.ReplaceAllLiteralString(text, "?...") }

var query = regexp.MustCompile(`\?\S*[^\s\],")]`)

// CloseText describes a Close frame.
func CloseText(code uint16, reason string) string {
	if code == 0 || code == transport.CloseNoStatus {
		return "Close without a code"
	}
	s := "Close " + strconv.Itoa(int(code)) + " " + transport.CloseCodeText(code)
	if reason != "" {
		s += " " + strconv.Quote(reason)
	}
	return s
}
