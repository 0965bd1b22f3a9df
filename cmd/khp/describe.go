package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// httpHead is the head of an HTTP message taken apart for display only.
type httpHead struct {
	start  string // first line
	fields [][2]string
	body   string
}

// parseHead takes HTTP apart. What is no HTTP has an empty start.
func parseHead(b []byte) httpHead {
	head, body, ok := strings.Cut(string(b), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	if !ok || !strings.Contains(lines[0], "HTTP/1.1") {
		return httpHead{}
	}
	h := httpHead{start: strings.TrimSpace(lines[0]), body: body}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		h.fields = append(h.fields, [2]string{name, strings.TrimSpace(value)})
	}
	return h
}

// target returns the request target, "" for a response.
func (h httpHead) target() string {
	if strings.HasPrefix(h.start, "HTTP/") {
		return ""
	}
	_, rest, _ := strings.Cut(h.start, " ")
	target, _, _ := strings.Cut(rest, " ")
	return target
}

// status returns the status code, 0 for a request.
func (h httpHead) status() int {
	if rest, ok := strings.CutPrefix(h.start, "HTTP/1.1 "); ok {
		code, _, _ := strings.Cut(rest, " ")
		n, _ := strconv.Atoi(code)
		return n
	}
	return 0
}

// get returns the first field of that name.
func (h httpHead) get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f[0], name) {
			return f[1]
		}
	}
	return ""
}

// headline says in one line what an event is about.
func headline(ev transport.Event) string {
	switch ev.Kind {
	case transport.EventDial:
		return "connecting to " + ev.Text
	case transport.EventSendOpening, transport.EventReceiveOpening:
		if h := parseHead(ev.Data); h.start != "" {
			return h.start
		}
		return cli.Plural(len(ev.Data), "byte") + " that are no HTTP/1.1"
	case transport.EventSend, transport.EventReceive:
		return messageHeadline(ev.Type, ev.Data)
	case transport.EventSendClose, transport.EventReceiveClose:
		return closeText(ev.Code, ev.Text)
	case transport.EventPing:
		return "Ping, answered"
	case transport.EventViolation:
		return "the peer broke a rule: " + ev.Text
	case transport.EventLost:
		if ev.Text == io.ErrUnexpectedEOF.Error() { // also after a Close in both directions, which is as it should be
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

// messageHeadline says what a message of the handshake is.
func messageHeadline(t transport.MessageType, p []byte) string {
	if len(p) == 0 {
		return "empty " + t.String() + " message"
	}
	switch kind, url := wire.ParseBalancer(p); kind {
	case wire.BalancerProceed:
		return "N (go on)"
	case wire.BalancerReroute:
		return "R " + string(url)
	case wire.BalancerNone:
	}
	if h := parseHead(p); h.start != "" {
		return h.start
	}
	return t.String() + " message, " + cli.Plural(len(p), "byte")
}

// withoutQueries leaves out what stands behind a question mark, up to the next blank but for what closes a bracket or quotation there.
func withoutQueries(text string) string { return query.ReplaceAllLiteralString(text, "?...") }

var query = regexp.MustCompile(`\?\S*[^\s\],")]`)

// closeText describes a Close frame.
func closeText(code uint16, reason string) string {
	if code == 0 || code == transport.CloseNoStatus {
		return "Close without a code"
	}
	s := "Close " + strconv.Itoa(int(code)) + " " + transport.CloseCodeText(code)
	if reason != "" {
		s += " " + strconv.Quote(reason)
	}
	return s
}

// hexLine shows a binary message in one line.
func hexLine(p []byte) string {
	if len(p) == 0 {
		return "<binary, 0 bytes>"
	}
	return fmt.Sprintf("<binary, %s> % x", cli.Plural(len(p), "byte"), p)
}
