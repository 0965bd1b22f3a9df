package property

import (
	"bytes"
	"strings"
	"time"

	ext "example.com/khp/transport/extension"
)

// escapeBytes are the escape bytes that a server chooses.
const escapeBytes = "\x01\x01\x01\x02"

// escapePieces are texts that matter to ping-pong.
var escapePieces = []string{"", "\x01", "\x01\x01\x01", escapeBytes, escapeBytes + "\x09\x00",
	escapeBytes + "\x0a\x00", escapeBytes + "\x09", escapeBytes + escapeBytes, "hello", "é"}

// PingPong runs a program of messages: those that one of our sides sends arrive at the other as
// they were, and those that a stranger sends are dealt with as the documentation says.
func PingPong(program []byte) error {
	use := []ext.Extension{ext.PingPong{}}
	newServer := func() *ext.Stack {
		_, sessions := ext.Accept(use, []string{ext.PingPongName}, nil)
		return ext.NewStack(sessions)
	}
	sessions, err := ext.Confirm(use, []string{ext.PingPongName + ";01010102"})
	if err != nil {
		return err
	}
	client, server := ext.NewStack(sessions), newServer()
	stranger := &strangerPing{stack: newServer()}
	for p := NewProgram(program, escapePieces); p.More(); {
		op := p.Byte()
		m := ext.Message{Kind: ext.Kind(op%4 + 1), Data: p.Text()}
		if op&4 != 0 {
			m.Data = append(m.Data, p.Piece()...)
		}
		if op&8 != 0 {
			if err := stranger.send(m); err != nil {
				return err
			}
			continue
		}
		from, to := client, server
		if op&16 != 0 {
			from, to = server, client
		}
		if err := arrives(from, to, m); err != nil {
			return err
		}
	}
	return nil
}

// arrives sends m from one stack to another.
func arrives(from, to *ext.Stack, m ext.Message) error {
	var got []ext.Action
	for _, a := range bytesOf(from.Outgoing(time.Time{}, m)) {
		if a.Kind != ext.ActionSend || a.Message.Kind > ext.Binary {
			return broken("%v of %q became action %v of kind %v", m.Kind, m.Data, a.Kind, a.Message.Kind)
		}
		for _, b := range bytesOf(to.Incoming(time.Time{}, a.Message)) {
			if b.Kind != ext.ActionSend { // the answer to a Ping
				got = append(got, b)
			}
		}
	}
	want := m.Data
	if m.Kind > ext.Binary {
		want = nil
	}
	if len(got) != 1 || got[0].Kind != ext.ActionDeliver || got[0].Message.Kind != m.Kind ||
		!bytes.Equal(got[0].Message.Data, want) {
		return broken("%v of %q arrived as %v", m.Kind, m.Data, got)
	}
	return nil
}

// bytesOf copies actions, which the next call overwrites.
func bytesOf(actions []ext.Action) []ext.Action {
	return append([]ext.Action(nil), actions...)
}

// strangerPing is a peer that sends anything, with a judge of its own.
type strangerPing struct {
	stack   *ext.Stack
	escaped bool
	failed  bool
}

func (s *strangerPing) send(m ext.Message) error {
	got := s.stack.Incoming(time.Time{}, m)
	want := s.judge(m)
	var have []string
	for _, a := range got {
		switch a.Kind {
		case ext.ActionSend:
			have = append(have, "answer")
		case ext.ActionDeliver:
			have = append(have, delivered[a.Message.Kind])
		case ext.ActionFail:
			have = append(have, "fail")
		}
		if a.Kind == ext.ActionDeliver && a.Message.Kind == m.Kind &&
			!bytes.Equal(a.Message.Data, m.Data) {
			return broken("%q was delivered as %q", m.Data, a.Message.Data)
		}
	}
	if strings.Join(have, " ") != want {
		return broken("%v of %q: expected %q, got %q", m.Kind, m.Data, want, have)
	}
	return nil
}

var delivered = map[ext.Kind]string{ext.Text: "text", ext.Binary: "binary", ext.Ping: "ping",
	ext.Pong: "pong"}

// judge returns the required behaviour in words.
func (s *strangerPing) judge(m ext.Message) string {
	starts := strings.HasPrefix(string(m.Data), escapeBytes)
	switch {
	case s.failed || m.Kind == ext.Pong:
		return ""
	case m.Kind != ext.Text:
		return delivered[m.Kind]
	case s.escaped:
		s.escaped = false
		s.failed = !starts
		return map[bool]string{true: "text", false: "fail"}[starts]
	case !starts:
		return "text"
	}
	switch string(m.Data[4:]) {
	case "":
		s.escaped = true
		return ""
	case "\x09\x00":
		return "ping answer"
	case "\x0a\x00":
		return "pong"
	}
	s.failed = true
	return "fail"
}
