package dial

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/visible"
	"example.com/khp/transport"
)

// printer writes the output of dial: lines for people, raw bytes, or JSON.
type printer struct {
	w     io.Writer
	notes io.Writer // about the connection; nil if no person reads it
	json  bool
	raw   bool
	tty   bool // stdout is a terminal, at which marks show the sender
	echo  bool // sent messages are shown there, since they were not typed there
	n     atomic.Int64
	mu    sync.Mutex // for w
}

// The lines of --json.
type (
	openLine struct {
		Event      string   `json:"event"` // open
		URL        string   `json:"url"`   // where the connection goes after all redirects
		Status     int      `json:"status"`
		Profile    string   `json:"profile"`
		Plain      bool     `json:"plain"` // a plain WebSocket, without KHP
		Protocol   string   `json:"protocol"`
		Extensions []string `json:"extensions"`
		Attempts   int64    `json:"attempts"` // connections made
		Seconds    float64  `json:"seconds"`  // the handshake took
	}
	messageLine struct {
		Event string  `json:"event"` // message
		Type  string  `json:"type"`  // text or binary
		Bytes int     `json:"bytes"`
		Text  *string `json:"text,omitempty"` // of a text message
		Data  *[]byte `json:"data,omitempty"` // of a binary one, in base64
	}
	closeLine struct {
		Event  string `json:"event"` // close
		By     string `json:"by"`    // us or peer: who closed first
		Code   uint16 `json:"code"`  // the peer's; 1005 is none
		Reason string `json:"reason"`
		Sent   uint16 `json:"sent"` // ours, in answer to the peer's or before it; 1005 is none
		Why    string `json:"sent_reason"`
	}
	failLine struct {
		Event   string `json:"event"` // fail
		Message string `json:"message"`
		// connect, opening handshake, extended handshake, or "" if there was none
		Leg string `json:"leg"`
		// such as AuthRequired or RedirectLoop; Canceled if the time was over or it was interrupted
		Failure string              `json:"failure"`
		Status  int                 `json:"status"` // of the last response, 0 if there was none
		Reason  string              `json:"reason"`
		Header  map[string][]string `json:"header"`
		Body    string              `json:"body"`
		URL     string              `json:"url"`
		Attempt int                 `json:"attempt"`
		// all URLs visited, then the one that was refused
		Path       []string `json:"path"`
		RetryAfter float64  `json:"retry_after"` // seconds, 0 if the server does not say
		Exit       int      `json:"exit"`
	}
)

// outputError is a failure to write to stdout.
type outputError struct{ err error }

func (e *outputError) Error() string { return e.err.Error() }

func (p *printer) line(v any) error {
	if err := cli.WriteJSON(p.w, v); err != nil {
		return &outputError{err}
	}
	return nil
}

func (p *printer) opened(c *transport.Conn, profile string, progress *progress) {
	if !p.json {
		return
	}
	extensions := c.Extensions()
	if extensions == nil {
		extensions = []string{}
	}
	_ = p.line(openLine{
		Event: "open", URL: c.URL(), Status: c.Status(), Profile: profile, Plain: c.Plain(),
		Protocol: c.Subprotocol(), Extensions: extensions,
		Attempts: progress.attempts.Load(), Seconds: progress.seconds(),
	})
}

// message prints one message.
func (p *printer) message(t transport.MessageType, b []byte) (err error) {
	defer p.n.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.json && t == transport.Text:
		text := string(b)
		return p.line(messageLine{Event: "message", Type: "text", Bytes: len(b), Text: &text})
	case p.json:
		return p.line(messageLine{Event: "message", Type: "binary", Bytes: len(b), Data: &b})
	case p.raw:
		_, err = p.w.Write(b)
	case t == transport.Text:
		_, err = io.WriteString(p.w, p.mark("< ")+visible.Text(string(b))+"\n")
	default:
		_, err = io.WriteString(p.w, p.mark("< ")+hexLine(b)+"\n")
	}
	if err != nil {
		return &outputError{err}
	}
	return nil
}

// mark is that of a direction, where a person sees both.
func (p *printer) mark(m string) string {
	if p.tty {
		return m
	}
	return ""
}

// mostShown is how many bytes of a message that was sent are shown at a terminal.
const mostShown = 1 << 10

// sent shows a person each message sent, unless it was typed there.
func (p *printer) sent(t transport.MessageType, b []byte) {
	if !p.tty || !p.echo || p.json || p.raw {
		return
	}
	text := visible.Text(string(b))
	switch {
	case len(b) > mostShown:
		text = fmt.Sprintf("<%s, %s>", t, cli.Plural(len(b), "byte"))
	case t == transport.Binary:
		text = hexLine(b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.w, p.mark("> ")+text+"\n")
}

// received returns how many messages were printed.
func (p *printer) received() int { return int(p.n.Load()) }

// closed reports the peer's code and reason, and our own: sent and why, or the answer that the
// protocol asks for if the peer was first.
func (p *printer) closed(e *transport.CloseError, first bool, sent uint16, why string) {
	if !p.json {
		return
	}
	by := "us"
	if first {
		by, sent, why = "peer", e.Code, ""
	}
	_ = p.line(closeLine{Event: "close", By: by, Code: e.Code, Reason: e.Reason, Sent: sent, Why: why})
}

// note writes a remark for a person, unless the output is JSON.
func (p *printer) note(text string) {
	if p.notes != nil && !p.json {
		p.say(p.notes, text)
	}
}

// say writes a line about the connection to w, or to where such lines go.
func (p *printer) say(w io.Writer, text string) {
	if p.notes != nil {
		w = p.notes
	}
	_, _ = fmt.Fprintln(w, "khp: "+cli.OneLine(text))
}

// plainReason leaves out the name of the package that an error comes from.
func plainReason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "transport: "), "khp: ")
}

// failed reports a handshake that failed.
func (p *printer) failed(err error, o *options, progress *progress) error {
	var e *transport.HandshakeError
	if !errors.As(err, &e) || e.URL == "" {
		return cli.Usagef("%s; see khp dial --help", plainReason(err))
	}
	code, text := explainFailure(e, o, progress)
	if p.json {
		line := failLine{
			Event: "fail", Message: text, Failure: "Canceled", Status: e.Status, Reason: e.Reason,
			Header: e.Header, Body: string(e.Body), URL: e.URL,
			Attempt: e.Attempt, Path: e.Path, RetryAfter: e.RetryAfter.Seconds(), Exit: code,
		}
		if line.Header == nil {
			line.Header = map[string][]string{}
		}
		if line.Path == nil {
			line.Path = []string{}
		}
		if e.Failure != 0 {
			line.Failure, line.Leg = strings.TrimPrefix(e.Failure.String(), "Failure"), e.Leg.String()
		}
		_ = p.line(line)
	}
	return cli.Failf(code, "%s", text)
}

// hexLine shows a binary message in one line.
func hexLine(p []byte) string {
	if len(p) == 0 {
		return "<binary, 0 bytes>"
	}
	return fmt.Sprintf("<binary, %s> % x", cli.Plural(len(p), "byte"), p)
}
