package trace

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"
)

// Record is one event. Fields without meaning for its kind are left out of the line.
type Record struct {
	Time time.Time `json:"time,omitzero"` // when, with nanoseconds
	// Which connect call or served connection; all connections of one call share the number.
	Conn    uint64    `json:"conn"`
	Side    string    `json:"side,omitempty"`    // client or server: the recording side
	Attempt int       `json:"attempt,omitempty"` // client: which connection of the call, from 1
	Kind    Kind      `json:"kind"`              // of the event
	Dir     Direction `json:"dir,omitempty"`     // send or receive
	Type    string    `json:"type,omitempty"`    // of a message: text or binary
	// Content of an opening or message: a string if all of it is printable, else {"base64": "..."};
	// "" is the empty message.
	Data Data   `json:"data,omitzero"`
	Code uint16 `json:"code,omitempty"` // close code; 0 is a Close frame without one
	// Text is the URL of a dial, the close reason, the name of a timer, the subprotocol of an open,
	// the cause of a lost, or the mistake of a violation.
	Text string `json:"text,omitempty"`
	// Phase is the phase of the machine, such as ClientAwaitResponse: before an arrival, after an
	// action.
	Phase string `json:"phase,omitempty"`
	// Name of the failure of a fail, such as FailureTimeout.
	Failure string `json:"failure,omitempty"`
	// Status code of an open, and of a fail that follows a response.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"` // fail: the full message, in one line
}

// Kind is the kind of a [Record].
type Kind string

// Kinds of records.
const (
	Dial    Kind = "dial"    // a client connects to the URL in Text
	Opening Kind = "opening" // bytes of the opening handshake
	Message Kind = "message" // a data message with its fragments joined
	Ping    Kind = "ping"    // a Ping frame; it is answered
	Close   Kind = "close"   // a Close frame
	Lost    Kind = "lost"    // the peer ended the connection, or it broke
	// The peer broke a rule of frames, or a limit of ours; Code is the close code for it.
	Violation   Kind = "violation"
	Timer       Kind = "timer"       // the timer named by Text ran out
	Credentials Kind = "credentials" // the provider of credentials is asked
	Open        Kind = "open"        // the handshake completed; later messages are not recorded
	Fail        Kind = "fail"        // it failed
	Closed      Kind = "closed"      // it was given up as the application asked
)

// Direction says which side sent a message, as the recording side sees it.
type Direction string

// Directions.
const (
	Sent     Direction = "send"
	Received Direction = "receive"
)

// Data is the content of a message. nil is none at all; an empty value is an empty message.
type Data []byte

// IsZero reports whether there is no content, not even an empty one.
func (d Data) IsZero() bool { return d == nil }

// base64Data is how content looks in a line that would not be readable as text.
type base64Data struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON writes a string if everything in it is printable or a line end, as in HTTP, and
// base64 otherwise.
func (d Data) MarshalJSON() ([]byte, error) {
	if !printable(d) {
		return json.Marshal(base64Data{d})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(string(d))
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// UnmarshalJSON reads either form.
func (d *Data) UnmarshalJSON(line []byte) error {
	if len(line) > 0 && line[0] == '"' {
		var s string
		if err := json.Unmarshal(line, &s); err != nil {
			return err
		}
		*d = []byte(s)
		return nil
	}
	var b base64Data
	if err := json.Unmarshal(line, &b); err != nil {
		return err
	}
	if *d = b.Base64; b.Base64 == nil && !bytes.Equal(line, []byte("null")) {
		*d = []byte{}
	}
	return nil
}

// printable reports whether d reads as text.
func printable(d []byte) bool {
	if !utf8.Valid(d) {
		return false
	}
	for _, r := range string(d) {
		switch {
		case r == '\r', r == '\n', r == '\t':
		// Controls, and invisible signs.
		case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError, r >= 0xe000 && r < 0xf900:
			return false
		}
	}
	return true
}
