package verdict

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"example.com/khp/internal/balancer"
	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// Kind is a kind of behaviour of a peer.
type Kind string

// Kinds.
const (
	Opening    Kind = "opening"    // the head of the opening handshake
	Request    Kind = "request"    // an extended request
	Response   Kind = "response"   // an extended response, without its terminator
	Terminator Kind = "terminator" // an empty binary message
	Proceed    Kind = "N"
	Reroute    Kind = "R"
	Text       Kind = "text"
	Binary     Kind = "binary"
	Ping       Kind = "ping"
	Pong       Kind = "pong"
	Close      Kind = "close"
	Broken     Kind = "violation" // bytes that are no frames
	End        Kind = "end"       // of the connection
	Silence    Kind = "nothing"
)

// Seen is one thing that a peer did.
type Seen struct {
	Kind     Kind
	Type     wire.MessageType // of the messages of a request or response
	Messages int              // how many these took
	Frames   int              // of a message
	Code     int              // status of an opening or response, code of a Close
	Start    string           // start line of an HTTP message
	Fields   []string         // its fields, as they are written
	Data     []byte           // of a message, Ping or Pong; the body of an HTTP message
	// reason of a Close, URL of R, what is broken, how the connection ended, or how long the silence
	// was
	Text string
}

// Input has the items of a peer that were not looked at yet.
type Input struct {
	Head  []byte // of the opening handshake, if that is next
	Items []network.Item
	Ended string // how the connection ended, "" while it is there
}

// Read returns the next thing that a peer did, and how many items that took. ok is false if there
// is none yet, or only the beginning of an HTTP message.
func Read(in Input) (s Seen, used int, ok bool) {
	switch {
	case in.Head != nil:
		return readHTTP(Opening, in.Head), 0, true
	case len(in.Items) > 0:
		return readItem(in)
	case in.Ended != "":
		return Seen{Kind: End, Text: in.Ended}, 0, true
	}
	return Seen{}, 0, false
}

func readItem(in Input) (s Seen, used int, ok bool) {
	it := in.Items[0]
	switch {
	case it.Broken != 0:
		return Seen{Kind: Broken, Text: it.Text}, 1, true
	case it.Op == ws.OpClose:
		return Seen{Kind: Close, Code: int(it.Code), Text: it.Text}, 1, true
	case it.Op == ws.OpPing:
		return Seen{Kind: Ping, Data: it.Data}, 1, true
	case it.Op == ws.OpPong:
		return Seen{Kind: Pong, Data: it.Data}, 1, true
	}
	if kind := httpKind(it.Data); kind != "" {
		return readUnit(kind, in)
	}
	s = Seen{Kind: Text, Type: it.Type, Data: it.Data, Messages: 1, Frames: it.Frames}
	switch b, url := balancer.Parse(it.Data); {
	case b == balancer.Proceed:
		s.Kind = Proceed
	case b == balancer.Reroute:
		s.Kind, s.Text = Reroute, string(url)
	case it.Type == wire.Binary && len(it.Data) == 0:
		s.Kind = Terminator
	case it.Type == wire.Binary:
		s.Kind = Binary
	}
	return s, 1, true
}

// httpKind tells an HTTP message by its beginning, "" if it is none.
func httpKind(p []byte) Kind {
	if bytes.HasPrefix(p, []byte("HTTP/")) {
		return Response
	}
	if line, _, ok := bytes.Cut(p, []byte("\r\n")); ok && bytes.Contains(line, []byte(" HTTP/")) {
		return Request
	}
	return ""
}

// readUnit joins the messages of an HTTP message. One that is not finished when something else
// comes is returned as it is.
func readUnit(kind Kind, in Input) (s Seen, used int, ok bool) {
	var all []byte
	for i, it := range in.Items {
		if it.Type == 0 || it.Broken != 0 {
			return unit(kind, in.Items[0].Type, all, i), i, true
		}
		all = append(all, it.Data...)
		if complete(all) {
			return unit(kind, in.Items[0].Type, all, i+1), i + 1, true
		}
	}
	if in.Ended != "" {
		return unit(kind, in.Items[0].Type, all, len(in.Items)), len(in.Items), true
	}
	return Seen{}, 0, false
}

func unit(kind Kind, t wire.MessageType, all []byte, messages int) Seen {
	s := readHTTP(kind, all)
	s.Type, s.Messages = t, messages
	return s
}

// complete reports whether an HTTP message has its head, and the body that Content-Length says.
func complete(p []byte) bool {
	head, body, ok := bytes.Cut(p, []byte("\r\n\r\n"))
	if !ok {
		return false
	}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			return err != nil || len(body) >= n
		}
	}
	return true
}

// readHTTP takes an HTTP message apart, however wrong it is.
func readHTTP(kind Kind, p []byte) Seen {
	head, body, _ := strings.Cut(string(p), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	s := Seen{Kind: kind, Start: lines[0], Fields: lines[1:], Data: []byte(body)}
	if words := strings.Fields(s.Start); len(words) > 1 && strings.HasPrefix(words[0], "HTTP/") {
		s.Code, _ = strconv.Atoi(words[1])
	}
	return s
}

// String says what the peer did, on one line, with credentials left out.
func (s Seen) String() string {
	switch s.Kind {
	case Opening, Request, Response:
		head := strings.Join(append([]string{s.Start}, s.Fields...), "\r\n") + "\r\n\r\n"
		text := strings.ReplaceAll(strings.TrimSpace(string(redact.Append(nil, []byte(head)))), "\r\n",
			" | ")
		return string(s.Kind) + " " + clip(visible.Line(text), 600)
	case Terminator:
		return "terminator (an empty binary message)"
	case Proceed:
		return "N" + s.textual()
	case Reroute:
		return "R " + visible.Line(s.Text) + s.textual()
	case Text, Binary, Ping, Pong:
		return string(s.Kind) + " " + Quote(s.Data)
	case Close:
		return strings.TrimSpace(fmt.Sprintf("close %s %s", closeCode(s.Code), quoted(s.Text)))
	case Broken:
		return "bytes that break the rules of frames: " + visible.Line(s.Text)
	case End:
		return "end of the connection (" + visible.Line(s.Text) + ")"
	case Silence:
		return "nothing, " + s.Text
	}
	return string(s.Kind)
}

func (s Seen) textual() string {
	if s.Type == wire.Text {
		return " as a text message"
	}
	return ""
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(s)
}

func closeCode(code int) string {
	if code == 0 {
		return "without a code"
	}
	return strconv.Itoa(code)
}

// Quote writes bytes as a Go string, shortened.
func Quote(p []byte) string {
	if len(p) > 80 {
		return fmt.Sprintf("%+q... (%d bytes)", scan.Cut(p, 40), len(p))
	}
	return fmt.Sprintf("%+q", p)
}

func clip(s string, n int) string {
	if len(s) > n {
		return scan.Cut(s, n) + "..."
	}
	return s
}
