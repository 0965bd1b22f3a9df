package endpoint

import (
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

//go:generate go tool -modfile=../internal/tools/go.mod stringer -output strings_gen.go -type=OutputKind,RedirectPolicy

// Output is one order to the host. A call returns all of its outputs; the host carries them out in
// order. Data and URL are valid until the next call on the same endpoint, and must not be changed,
// unless Data is the caller's own slice handed back: that of Message in Deliver, of Ping in
// SendPong, of Send in SendMessage.
type Output struct {
	Kind OutputKind
	Type wire.MessageType // SendMessage, Deliver
	Code uint16           // SendClose: the close code; 0 for an empty Close frame
	Data []byte           // SendBytes, SendMessage, SendPong, Deliver
	Text string           // SendClose: the reason
	URL  *wire.URL        // Dial
	Err  error            // Fail: a *HandshakeError
}

// message makes o send a binary message.
func (o *Output) message(p []byte) { o.Kind, o.Type, o.Data = SendMessage, wire.Binary, p }

// OutputKind is the kind of an order.
type OutputKind uint8

// Outputs. The client's own and the server's own are marked.
const (
	_              OutputKind = iota
	Dial                      // client: connect to URL, by TLS if it is secure, and report
	SendBytes                 // write Data to the connection: part of the opening handshake
	SendMessage               // send Data as one message of Type, in one frame
	SendPong                  // answer the Ping
	SendClose                 // send a Close frame; no data frame after it
	Disconnect                // drop the connection, if there is one
	AskCredentials            // client: answer Client.Challenges by Credentials or NoCredentials
	AskDecision               // server: decide on Server.Request, then call Decide
	Open                      // the connection is open; see Result
	Deliver                   // a message for the application
	Closed                    // the last output: ended as the application asked, or after Open
	Fail                      // the last output: the handshake failed
)

// HeaderField is a field for a head that the endpoint writes.
type HeaderField struct{ Name, Value string }

// Result is the outcome of a completed handshake.
type Result struct {
	Plain       bool   // KHP was not selected: a plain WebSocket
	Status      int    // of the completing response; 101 for a plain WebSocket
	Subprotocol string // application subprotocol, "" if none
	// Elements of the extended handshake with their parameters, as the response listed them.
	Extensions []string
	Header     []HeaderField
	Body       []byte // of a 201
}

// Leg is the part of a connection attempt in which it failed.
type Leg uint8

// Legs.
const (
	_           Leg = iota
	LegConnect      // before there was a connection
	LegOpening      // the WebSocket opening handshake
	LegExtended     // the extended handshake
)

// String returns the leg in words.
func (l Leg) String() string {
	switch l {
	case LegConnect:
		return "connect"
	case LegOpening:
		return "opening handshake"
	case LegExtended:
		return "extended handshake"
	}
	return "invalid leg"
}

// HandshakeError is the outcome of a handshake that failed. errors.Is matches it with the
// fsm.Failure it carries.
//
//khp:impl KHP-CLASS-4XX-02 KHP-CLASS-5XX-02 RFC6585-511-01
type HandshakeError struct {
	Leg     Leg
	Failure fsm.Failure
	Status  int           // of the last response, 0 if there was none
	Reason  string        // its reason phrase; informational
	Header  []HeaderField // its fields
	Body    []byte        // the received part of its body
	URL     string        // of the connection that failed
	Attempt int           // which connection of the connect call it was, from 1
	Path    []string      // all URLs visited, the refused redirect target last if there is one
	Detail  string        // the expected and the received value, if any
	Close   uint16        // close code of the peer if it closed first, 0 if it gave none
	Text    string        // its reason; for logs, not for end users [RFC 6455 5.5.1]
	// Difference is where an extended request differs from the opening request, on a server that
	// refused it for that; nil otherwise.
	Difference *Difference
}

// Error returns one line with the failure, its place, and the server's explanation.
func (e *HandshakeError) Error() string {
	var b strings.Builder
	b.WriteString(e.Failure.Error())
	if e.Status != 0 && reportsStatus(e.Failure) {
		b.WriteString(" with " + strconv.Itoa(e.Status))
		if r := e.reason(); r != "" {
			b.WriteString(" " + r)
		}
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Close != 0 {
		b.WriteString(" (close code " + strconv.Itoa(int(e.Close)))
		if e.Text != "" {
			b.WriteString(" " + strconv.Quote(clip(e.Text)))
		}
		b.WriteByte(')')
	}
	b.WriteString(" [" + e.Leg.String())
	if e.URL != "" {
		b.WriteString(", " + oneLine(e.URL))
	}
	if e.Attempt > 1 {
		b.WriteString(", connection " + strconv.Itoa(e.Attempt))
	}
	b.WriteByte(']')
	if len(e.Path) > 1 {
		b.WriteString(" after " + strings.Join(e.Path, " -> "))
	}
	if text := e.explanation(); text != "" && e.Failure == fsm.FailureStatus {
		b.WriteString("; the " + e.speaker() + " says: " + text)
	}
	return b.String()
}

// Is makes errors.Is(err, fsm.FailureRedirectLoop) work.
func (e *HandshakeError) Is(target error) bool {
	f, ok := target.(fsm.Failure)
	return ok && f == e.Failure
}

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *HandshakeError) As(target any) bool {
	to, ok := target.(*fsm.Failure)
	if ok = ok && e.Failure != 0; ok {
		*to = e.Failure
	}
	return ok
}

// Field returns the value of the first response field of that name.
func (e *HandshakeError) Field(name string) string { return fieldValue(e.Header, name) }

// reason is the table's reason phrase, which is safe to print, not the peer's.
func (e *HandshakeError) reason() string {
	if e.Leg == LegOpening {
		return fsm.OpeningStatus(e.Status).Reason
	}
	return fsm.Status(e.Status).Reason
}

// speaker is who sent the response: 511 does not come from the server.
func (e *HandshakeError) speaker() string {
	if e.Status == 511 {
		return "network"
	}
	return "server"
}

// explanation is the first line of a short text body, made safe to print.
func (e *HandshakeError) explanation() string {
	if t := e.Field("Content-Type"); t != "" && !strings.HasPrefix(strings.ToLower(t), "text/plain") {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(e.Body)), "\n")
	if strings.HasPrefix(line, "<") { // a page without a type
		return ""
	}
	return clip(strings.Map(printable, line))
}

// reportsStatus reports whether the status of the last response belongs to the message of the
// failure.
func reportsStatus(f fsm.Failure) bool {
	switch f {
	case fsm.FailureStatus, fsm.FailureAuthRequired, fsm.FailureAuthLimit,
		fsm.FailureCredentialsRefused, fsm.FailureOpening,
		fsm.FailureRedirectLoop, fsm.FailureRedirectMethod, fsm.FailureRedirectRefused,
		fsm.FailureRedirectTarget, fsm.FailureTooManyRedirects:
		return true
	}
	return false
}

// oneLine quotes text with line breaks: a URL that could not be parsed may hold any bytes.
func oneLine(s string) string {
	if q := quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}

func printable(r rune) rune {
	// Also C1 controls and those that turn the direction of writing.
	if r == '\ufffd' || !strconv.IsPrint(r) {
		return -1
	}
	return r
}

// failureOf maps a parse error to the client's failure. [wire.KindNoUnit] is not among them: an
// empty message with no response before it is an event of its own.
func failureOf(err error) fsm.Failure {
	switch k := wire.KindOf(err); {
	case judge.OverLimit(k):
		return fsm.FailureLimit
	case k == wire.KindUTF8:
		return fsm.FailureUTF8
	case k == wire.KindMixedTypes:
		return fsm.FailureUnexpectedMessage
	}
	return fsm.FailureMalformed
}

// openingFailure maps a parse error in the opening leg.
func openingFailure(err error) fsm.Failure {
	if judge.OverLimit(wire.KindOf(err)) {
		return fsm.FailureLimit
	}
	return fsm.FailureOpening
}
