package dial

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/terminal"
	"example.com/khp/transport"
)

// narrator prints a handshake as it happens: when, counted from the start; then * about the
// connection, > for bytes sent, < for bytes received.
type narrator struct {
	mu    sync.Mutex
	w     io.Writer
	on    terminal.Palette
	begin time.Time
	clock string // time of the event whose first line comes next
}

// Observe implements transport.Observer.
func (n *narrator) Observe(ev transport.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.begin.IsZero() {
		n.begin = ev.Time
	}
	n.clock = elapsed(ev.Time.Sub(n.begin))
	switch ev.Kind {
	case transport.EventSendOpening, transport.EventSend:
		n.message('>', ev)
	case transport.EventReceiveOpening, transport.EventReceive:
		n.message('<', ev)
	case transport.EventSendClose:
		n.line('>', observe.Headline(ev))
	case transport.EventReceiveClose:
		n.line('<', observe.Headline(ev))
	case transport.EventFail: // the error is reported in any case
	case transport.EventDial, transport.EventPing, transport.EventViolation, transport.EventLost,
		transport.EventTimer, transport.EventCredentials, transport.EventOpen, transport.EventClosed:
		n.line('*', observe.Headline(ev))
	}
}

// message prints HTTP line by line, and of anything else the headline.
func (n *narrator) message(mark byte, ev transport.Event) {
	h := observe.ParseHead(ev.Data)
	if h.Start == "" {
		n.line(mark, "["+observe.Headline(ev)+"]")
		return
	}
	if ev.Type != 0 {
		n.line(mark, "["+ev.Type.String()+" message]")
	}
	n.line(mark, h.Start)
	for _, f := range h.Fields {
		n.line(mark, f[0]+": "+f[1])
	}
	n.line(mark, "")
	if h.Body != "" {
		for line := range strings.SplitSeq(strings.TrimRight(h.Body, "\r\n"), "\n") {
			n.line(mark, line)
		}
	}
}

func (n *narrator) line(mark byte, text string) {
	color := n.on.Note
	switch mark {
	case '>':
		color = n.on.Sent
	case '<':
		color = n.on.Received
	}
	_, _ = fmt.Fprintf(n.w, "%s %s\n", n.on.Note(fmt.Sprintf("%9s", n.clock)),
		color(strings.TrimRight(string(mark)+" "+cli.OneLine(text), " ")))
	n.clock = ""
}

// elapsed writes a duration in milliseconds, or in seconds from ten on.
func elapsed(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}
