package frames

import (
	"encoding/binary"
	"errors"

	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// maxControl is the most a control frame carries, in bytes (RFC 6455 section 5.5).
const maxControl = ws.MaxControlFramePayloadSize

// peekHeader reads the frame header at the start of b without consuming it. n is the size of the
// header in bytes, 0 while that is unknown. While len(b) < n the header is incomplete: Length is
// then the 7-bit length, 126 and 127 included, which is enough for [checkHeader] to judge the frame
// early; that of a control frame always is the 7-bit one. A 64-bit length with its top bit set
// comes back as -1.
//
// It stands in for [ws.ReadHeader], which cannot be resumed in the middle of a header.
func peekHeader(b []byte) (h ws.Header, n int) {
	if len(b) < ws.MinHeaderSize {
		return h, 0
	}
	h.Fin = b[0]&0x80 != 0
	h.Rsv = b[0] >> 4 & 0x7
	h.OpCode = ws.OpCode(b[0] & 0xf)
	h.Masked = b[1]&0x80 != 0
	h.Length = int64(b[1] & 0x7f)

	n = ws.MinHeaderSize
	switch h.Length {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	mask := n
	if h.Masked {
		n += len(h.Mask)
	}
	// A control frame has no use for the longer forms. Its length is left as it is, so that the
	// verdict is the same however the header arrives.
	if len(b) < n || h.OpCode.IsControl() && h.Length > maxControl {
		return h, n
	}
	// A length need not be in its shortest form: deployed Java and iOS clients announce 65535
	// bytes in the 64-bit form.
	switch h.Length {
	case 126:
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		h.Length = max(int64(binary.BigEndian.Uint64(b[2:])), -1)
	}
	if h.Masked {
		copy(h.Mask[:], b[mask:])
	}
	return h, n
}

// appendHeader appends h as bytes; the length takes its shortest form. It stands in for
// [ws.WriteHeader], which allocates.
func appendHeader(dst []byte, h ws.Header) []byte {
	first := byte(h.OpCode) | h.Rsv<<4
	if h.Fin {
		first |= 0x80
	}
	var second byte
	if h.Masked {
		second = 0x80
	}
	switch {
	case h.Length < 126:
		dst = append(dst, first, second|byte(h.Length))
	case h.Length < 1<<16:
		dst = append(dst, first, second|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(h.Length))
	default:
		dst = append(dst, first, second|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(h.Length))
	}
	if h.Masked {
		dst = append(dst, h.Mask[:]...)
	}
	return dst
}

// headerSize is how many bytes appendHeader appends.
func headerSize(h ws.Header) int {
	n := ws.MinHeaderSize
	switch {
	case h.Length >= 1<<16:
		n += 8
	case h.Length >= 126:
		n += 2
	}
	if h.Masked {
		n += len(h.Mask)
	}
	return n
}

// checkHeader judges a header for a receiver in the given state.
//
//khp:impl WSP-FRAME-03
//khp:impl WSP-FRAME-04
func checkHeader(h ws.Header, s ws.State) *Error {
	if err := ws.CheckHeader(h, s); err != nil {
		return &Error{codeProtocolError, err.Error()}
	}
	if h.Length < 0 {
		return &Error{codeProtocolError, ws.ErrHeaderLengthMSB.Error()}
	}
	return nil
}

// parseClose reads the body of a Close frame (RFC 6455 section 5.5.1). An empty body is
// codeNoStatus.
func parseClose(p []byte) (code uint16, reason string, err *Error) {
	if len(p) == 0 {
		return codeNoStatus, "", nil
	}
	code, reason, broken := wire.ParseClose(p)
	switch {
	case wire.KindOf(broken) == wire.KindUTF8:
		return 0, "", &Error{codeInvalidPayload, broken.Error()}
	case broken != nil:
		return 0, "", &Error{codeProtocolError, broken.Error()}
	}
	return code, reason, nil
}

// CheckClose returns the reason why a Close frame with this code and reason cannot be sent, if so.
func CheckClose(code uint16, reason string) error {
	_, err := closeBody(code, reason)
	return err
}

// closeBody makes the body of a Close frame: none for code 0. The reason is made to fit.
//
//khp:impl WSP-CLOSE-03
func closeBody(code uint16, reason string) ([]byte, error) {
	if code == 0 {
		if reason != "" {
			return nil, errors.New("transport: a close reason needs a close code")
		}
		return nil, nil
	}
	if !wire.ValidCloseCode(code) {
		return nil, errors.New("transport: close code " + CodeString(code) + " must not be sent")
	}
	return wire.AppendClose(nil, code, reason), nil
}
