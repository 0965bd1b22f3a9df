package stage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
)

// observe turns events into lines.
func (w *World) observe(e network.Event) {
	if w.Quiet {
		return
	}
	name := e.Host
	if e.Conn > 1 {
		name = fmt.Sprintf("%s#%d", name, e.Conn)
	}
	switch e.Kind {
	case network.Did:
		w.did(name, e)
	case network.Expired:
		w.Say(name, "timer %s", strings.TrimPrefix(e.Timer.String(), "Timer"))
	case network.Lost:
		w.Say(name, "lost: %s", e.Text)
	case network.Failed:
		w.Say(name, "cannot: %s", e.Text)
	case network.Received:
		if e.Item.Broken != 0 {
			w.Say(name, "cannot read on: %s", e.Item.Text)
		}
	case network.Accepted:
	}
	if phase := e.Phase; w.Show&ShowPhases != 0 && w.phases[name] != phase {
		w.phases[name] = phase
		w.Say(name, "  phase %s", phase)
	}
	if w.Show&ShowTimers != 0 {
		w.waits(name, e)
	}
}

// waits writes the phase of a host if it has changed.
func (w *World) waits(name string, e network.Event) {
	text := "waits for no timer"
	if e.Waits != 0 {
		text = fmt.Sprintf("waits for timer %s until %s",
			strings.TrimPrefix(e.Waits.String(), "Timer"), e.Until)
	}
	if w.timers[name] == "" && e.Waits == 0 || w.timers[name] == text {
		return
	}
	w.timers[name] = text
	w.Say(name, "  %s", text)
}

// did tells of one output.
func (w *World) did(name string, e network.Event) {
	o := e.Output
	switch o.Kind {
	case endpoint.Dial:
		w.Say(name, "connects to %s", o.URL.String())
	case endpoint.SendBytes:
		w.Say(name, "opening     %s", Head(o.Data))
	case endpoint.SendMessage:
		if w.opened[name] {
			w.Say(name, "%s %s", o.Type, Text(o.Data))
			return
		}
		w.Say(name, "%s", Sent(o.Type, o.Data))
	case endpoint.SendPong:
		w.Say(name, "pong %s", Text(o.Data))
	case endpoint.SendClose:
		w.Say(name, "close%s", CloseText(o.Code, o.Text))
	case endpoint.AskCredentials:
		w.Say(name, "asks for credentials")
	case endpoint.Open:
		w.opened[name] = true
		w.Say(name, "open")
	case endpoint.Deliver:
		w.Say(name, "gets %s %s", o.Type, Text(o.Data))
	case endpoint.Closed:
		w.Say(name, "closed")
	case endpoint.Fail:
		w.Say(name, "failed: %s", failureText(o.Err))
	case endpoint.Disconnect, endpoint.AskDecision: // the next events show them
	}
}

// failureText names a failure and explains it.
func failureText(err error) string {
	var e *endpoint.HandshakeError
	if !errors.As(err, &e) {
		return err.Error()
	}
	return strings.TrimPrefix(e.Failure.String(), "Failure") + ": " + e.Error()
}

// Sent describes a message: of the handshake by its kind, of the application by its bytes.
func Sent(t wire.MessageType, p []byte) string {
	switch b, url := balancer.Parse(p); {
	case b == balancer.Proceed:
		return "N"
	case b == balancer.Reroute:
		return "R " + string(url)
	case len(p) == 0 && t == wire.Binary:
		return "terminator"
	case strings.HasPrefix(string(p), "HTTP/"):
		return "response    " + Head(p)
	}
	if line, _, ok := strings.Cut(string(p), "\r\n"); ok &&
		strings.HasSuffix(strings.TrimRight(line, "0123456789."), " HTTP/") {
		return "request     " + Head(p)
	}
	return t.String() + " " + Text(p)
}

// plumbing are fields that every handshake has and that say nothing.
var plumbing = []string{"Host:", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key:",
	"Sec-WebSocket-Version:", "Sec-WebSocket-Accept:", "Content-Type: text/plain; charset",
	"Connection: close"}

// Head is a message head on one line without secrets and without plumbing, and the body behind it.
func Head(p []byte) string {
	start, body, _ := strings.Cut(string(redact.Append(nil, p)), "\r\n\r\n")
	var parts []string
	for field := range strings.SplitSeq(start, "\r\n") {
		if !slices.ContainsFunc(plumbing, func(p string) bool { return strings.HasPrefix(field, p) }) {
			parts = append(parts, plain(field))
		}
	}
	if body != "" {
		parts = append(parts, plain(body))
	}
	return strings.Join(parts, " | ")
}

// Text quotes bytes, shortened.
func Text(p []byte) string {
	if len(p) > 80 {
		return fmt.Sprintf("%q... (%d bytes)", scan.Cut(p, 40), len(p))
	}
	return fmt.Sprintf("%q", p)
}

// plain is text without the quotes.
func plain(s string) string {
	q := Text([]byte(s))
	if strings.HasSuffix(q, `"`) {
		q = q[1 : len(q)-1]
	}
	return strings.ReplaceAll(q, `\"`, `"`)
}

func CloseText(code uint16, reason string) string {
	s := ""
	if code != 0 {
		s = fmt.Sprintf(" %d", code)
	}
	if reason != "" {
		s += fmt.Sprintf(" %q", reason)
	}
	return s
}
