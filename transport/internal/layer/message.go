package layer

import (
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// unchanged reports whether m was passed on as it is, and nothing else was done.
func unchanged(actions []extension.Action, m extension.Message) bool {
	if len(actions) != 1 || actions[0].Kind != extension.ActionDeliver {
		return false
	}
	got := actions[0].Message
	return got.Kind == m.Kind && same(got.Data, m.Data)
}

// same reports whether a and b are the same bytes in memory.
func same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// kindOf is the sessions' name for a frame that we send.
func kindOf(op ws.OpCode) extension.Kind {
	//exhaustive:ignore
	switch op {
	case ws.OpText:
		return extension.Text
	case ws.OpPing:
		return extension.Ping
	case ws.OpPong:
		return extension.Pong
	}
	return extension.Binary
}

// kindOfItem is the sessions' name for an item that is no Close.
func kindOfItem(it frames.Item) extension.Kind {
	switch {
	case it.Kind == frames.Ping:
		return extension.Ping
	case it.Kind == frames.Pong:
		return extension.Pong
	case it.Type == wire.Text:
		return extension.Text
	}
	return extension.Binary
}

// opcodeOf is the frame of a kind of message.
func opcodeOf(k extension.Kind) ws.OpCode {
	switch k {
	case extension.Text:
		return ws.OpText
	case extension.Ping:
		return ws.OpPing
	case extension.Pong:
		return ws.OpPong
	case extension.Binary:
	}
	return ws.OpBinary
}

// itemOf is m as something that has arrived, with data of its own.
func itemOf(m extension.Message) frames.Item {
	it := frames.Item{Kind: frames.Message, Type: wire.Binary, Data: append([]byte{}, m.Data...),
		Owned: true}
	switch m.Kind {
	case extension.Text:
		it.Type = wire.Text
	case extension.Ping:
		it.Kind = frames.Ping
	case extension.Pong:
		it.Kind = frames.Pong
	case extension.Binary:
	}
	return it
}
