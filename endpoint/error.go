package endpoint

import (
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

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
	Reason  string        // its reason phrase, which means nothing
	Header  []HeaderField // its fields
	Body    []byte        // its body, as far as it came
	URL     string        // of the connection that failed
	Attempt int           // which connection of the connect call it was, from 1
	Path    []string      // all URLs visited, the refused redirect target last if there is one
	Detail  string        // the expected and the received value, where there are such
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
	case fsm.FailureStatus, fsm.FailureAuthRequired, fsm.FailureAuthLimit, fsm.FailureCredentialsRefused, fsm.FailureOpening,
		fsm.FailureRedirectLoop, fsm.FailureRedirectMethod, fsm.FailureRedirectRefused, fsm.FailureRedirectTarget, fsm.FailureTooManyRedirects:
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
	if r == '\ufffd' || !strconv.IsPrint(r) { // also C1 controls and those that turn the direction of writing
		return -1
	}
	return r
}

// failureOf maps a parse error to the client's failure.
func failureOf(err error) fsm.Failure {
	switch wire.KindOf(err) {
	case wire.KindHeadTooLarge, wire.KindLineTooLong, wire.KindTooManyFields, wire.KindBodyTooLarge, wire.KindTooManyMessages, wire.KindUnitTooLarge, wire.KindTargetTooLong:
		return fsm.FailureLimit
	case wire.KindUTF8:
		return fsm.FailureUTF8
	case wire.KindNoUnit, wire.KindMixedTypes:
		return fsm.FailureUnexpectedMessage
	}
	return fsm.FailureMalformed
}

// fieldValue returns the value of the first field of that name, "" if there is none.
func fieldValue(fields []HeaderField, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// copyFields copies parsed fields out of the buffer they are views of.
func copyFields(fields wire.Fields) []HeaderField {
	if len(fields) == 0 {
		return nil
	}
	size := 0
	for _, f := range fields {
		size += len(f.Name) + len(f.Value)
	}
	var text strings.Builder // one string for all
	text.Grow(size)
	for _, f := range fields {
		text.Write(f.Name)
		text.Write(f.Value)
	}
	rest := text.String()
	cut := func(n int) (s string) {
		s, rest = rest[:n], rest[n:]
		return s
	}
	list := make([]HeaderField, len(fields))
	for i, f := range fields {
		list[i] = HeaderField{Name: cut(len(f.Name)), Value: cut(len(f.Value))}
	}
	return list
}
