package demo

import (
	"fmt"

	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/sequence"
	"example.com/khp/transport"
)

// conversation returns the moments of a scene as they are drawn.
func conversation(moments []moment, notes *annotator) (list []sequence.Step) {
	for _, m := range moments {
		s := sequence.Step{From: sequence.Client, Note: notes.of(m)}
		//exhaustive:ignore
		switch m.Kind {
		case transport.EventDial:
			s.Kind, s.Text, s.Note = sequence.Connection, m.server, m.Text
		case transport.EventSendOpening, transport.EventReceiveOpening:
			s.Kind = sequence.HTTP
		case transport.EventSend, transport.EventReceive:
			s.Kind = sequence.Message
		case transport.EventSendClose, transport.EventReceiveClose:
			s.Kind = sequence.Control
		case transport.EventOpen:
			s.Kind, s.Text, s.Good = sequence.Turn, "open", true
		case transport.EventFail:
			s.Kind, s.Text, s.Bad = sequence.Turn, "failed", true
		default:
			continue
		}
		//exhaustive:ignore
		switch m.Kind {
		case transport.EventReceiveOpening, transport.EventReceive, transport.EventReceiveClose:
			s.From = sequence.Server
		}
		if s.Text == "" {
			s.Text, s.More = spoken(m)
		}
		list = append(list, s)
	}
	return list
}

// spoken returns the text of one side: its first line, and those below it that matter.
func spoken(m moment) (first string, more []string) {
	if m.app && m.Type != 0 {
		return m.Type.String() + " " + fmt.Sprintf("%q", m.Data), nil
	}
	if observe.ParseHead(m.Data).Start != "" {
		more = sequence.Fields(m.Data)
	}
	return observe.Headline(m.Event), more
}
