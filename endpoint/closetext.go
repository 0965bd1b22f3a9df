package endpoint

import (
	"strings"

	"example.com/khp/fsm"
)

// noStatus stands for a Close frame without a code. [RFC 6455 7.1.5]
const noStatus = 1005

// maxReason bounds the reason of a Close frame: a control frame has 125 bytes, two of them are the code. [RFC 6455 5.5]
const maxReason = 123

// closeText is the content of a Close frame.
type closeText struct {
	code uint16
	text string
}

// sendable returns what may go into a Close frame: a code that must not be sent becomes an empty frame, a long reason is cut. [INV-48, RFC 6455 7.4]
//
//khp:impl WSP-CLOSE-03
func sendable(code uint16, reason string) closeText {
	switch {
	case code < 1000 || code > 4999, code >= 1015 && code < 3000, code >= 1004 && code <= 1006:
		return closeText{}
	}
	reason = strings.ToValidUTF8(reason, "")
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	return closeText{code, reason}
}

// close makes o the Close frame that the machine orders: with its own code and the failure as reason, or with what was asked for.
func (o *Output) close(code uint16, asked closeText, f fsm.Failure) {
	o.Kind, o.Code = SendClose, code
	switch {
	case code == 0:
		o.Code, o.Text = asked.code, asked.text
	case f != 0 && f != fsm.FailureStatus:
		o.Text = f.Error()
	}
}
