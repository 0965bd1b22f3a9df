package extension

import (
	"bytes"
	"encoding/hex"
	"errors"
	"unicode/utf8"

	"example.com/khp/wire"
)

// PingPong is x-kaazing-ping-pong: Ping and Pong as text messages, for scripts in a browser, which
// can neither send nor see the frames. Both consist of four escape bytes that the server chooses
// and two more. A text message of the application that begins with the escape bytes follows a
// message of nothing but these; binary messages are left alone. Close remains a frame, and so does
// the answer to a native Ping.
//
// A server always chooses 01 01 01 02: clients exist that remember the first escape they have seen.
type PingPong struct{}

// escape is the escape that our servers choose.
var escape = [4]byte{1, 1, 1, 2}

// The two bytes behind the escape.
const (
	pingText = "\x09\x00"
	pongText = "\x0a\x00"
)

// Name returns [PingPongName].
func (PingPong) Name() string { return PingPongName }

// Offer returns no parameters.
func (PingPong) Offer() string { return "" }

// Accept always grants it.
func (PingPong) Accept(Request) (params string, s Session, ok bool) {
	return hex.EncodeToString(escape[:]), newPingPong(escape), true
}

// Confirm takes the escape of the server: eight hexadecimal digits, the only parameter without a
// value.
func (PingPong) Confirm(answer wire.Extension) (Session, error) {
	var chosen [4]byte
	for name, value := range answer.All() {
		if n, err := hex.Decode(chosen[:], name[:min(len(name), 9)]); value != nil || err != nil ||
			n != len(chosen) {
			continue
		}
		if !utf8.Valid(chosen[:]) {
			return nil, errors.New("the escape bytes are not UTF-8, no text message can begin with them")
		}
		return newPingPong(chosen), nil
	}
	return nil, errors.New(
		"expected escape bytes, a parameter of 8 hexadecimal digits such as 01010102, got none")
}

// pingPong is PingPong on one connection.
type pingPong struct {
	Pass
	ping, pong [6]byte // both begin with the escape
	literal    bool    // the escape came: the next text message is the application's
}

func newPingPong(escape [4]byte) *pingPong {
	p := &pingPong{}
	copy(p.ping[copy(p.ping[:], escape[:]):], pingText)
	copy(p.pong[copy(p.pong[:], escape[:]):], pongText)
	return p
}

func (p *pingPong) escape() []byte { return p.ping[:4] }

// Outgoing turns Ping and Pong into text, and puts the escape before text that begins with it.
func (p *pingPong) Outgoing(f Flow, m Message) {
	//exhaustive:enforce
	switch m.Kind {
	case Ping:
		m = Message{Text, p.ping[:]}
	case Pong:
		m = Message{Text, p.pong[:]}
	case Text:
		if bytes.HasPrefix(m.Data, p.escape()) {
			f.Send(Message{Text, p.escape()})
		}
	case Binary:
	}
	f.Send(m)
}

// Incoming turns text into Ping and Pong, answers the one, and removes escapes. A native Pong is
// not delivered: no native Ping was sent from here.
func (p *pingPong) Incoming(f Flow, m Message) {
	//exhaustive:enforce
	switch m.Kind {
	case Binary, Ping:
		f.Deliver(m)
	case Pong:
	case Text:
		p.text(f, m)
	}
}

func (p *pingPong) text(f Flow, m Message) {
	rest, escaped := bytes.CutPrefix(m.Data, p.escape())
	literal := p.literal
	p.literal = false
	switch {
	case literal && !escaped:
		f.Fail(protocolError, PingPongName+": escape before a text message that does not need it")
	case literal || !escaped:
		f.Deliver(m)
	case len(rest) == 0:
		p.literal = true
	case string(rest) == pingText:
		f.Deliver(Message{Kind: Ping})
		f.Send(Message{Text, p.pong[:]})
	case string(rest) == pongText:
		f.Deliver(Message{Kind: Pong})
	default:
		f.Fail(protocolError, PingPongName+": text message begins with the escape but was not escaped")
	}
}
