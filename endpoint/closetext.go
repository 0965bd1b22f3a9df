package endpoint

import (
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// noStatus stands for a Close frame without a code. [RFC 6455 7.1.5]
const noStatus = 1005

// closeText is the content of a Close frame.
type closeText struct {
	code uint16
	text string
}

// sendable makes code and reason legal in a Close frame: a code that must not be sent becomes an
// empty frame, a long reason is cut. [INV-48, RFC 6455 7.4]
//
//khp:impl WSP-CLOSE-03
func sendable(code uint16, reason string) closeText {
	if !wire.ValidCloseCode(code) {
		return closeText{}
	}
	return closeText{code, wire.CloseReason(reason)}
}

// closing is the Close frame that the machine orders: with its own code and the failure as reason,
// or with the code and reason that the application gave.
func closing(code uint16, asked closeText, f fsm.Failure) Output {
	switch {
	case code == 0:
		return Output{Kind: SendClose, Code: asked.code, Text: asked.text}
	case f != 0 && f != fsm.FailureStatus:
		return Output{Kind: SendClose, Code: code, Text: f.Error()}
	}
	return Output{Kind: SendClose, Code: code}
}
