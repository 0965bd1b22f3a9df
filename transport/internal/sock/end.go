package sock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// ErrClosed is the error of a connection or listener that was closed on this side.
var ErrClosed = fmt.Errorf("transport: %w", net.ErrClosed)

// FailTimeout is how long a peer that broke the protocol may take to be told so, and how long its
// silence after that is waited for.
const FailTimeout = time.Second

// GiveUpTimeout is how long last words may take to be written once the handshake is not waited for
// any more.
const GiveUpTimeout = 250 * time.Millisecond

const maxDiscard = 64 << 20 // bytes of the handshake thrown away while waiting for the end of TCP

// Abort closes nc without a word of TLS, which a peer that does not read could hold up. There may
// be TLS in TLS, through a proxy.
func Abort(nc net.Conn) {
	for outer, ok := nc.(interface{ NetConn() net.Conn }); ok; outer,
		ok = nc.(interface{ NetConn() net.Conn }) {
		nc = outer.NetConn()
	}
	_ = nc.Close()
}

// Linger ends our side of the stream, lets the peer read our last bytes, and closes nc: closing a
// socket with unread data resets the connection, and the reset can overtake our last bytes.
func Linger(nc net.Conn) {
	defer func() { _ = nc.Close() }()
	_ = nc.SetDeadline(time.Now().Add(FailTimeout))
	half, ok := nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, nc, maxDiscard)
}

// Reason says in words why a connection ended, for people who read that it was lost already.
func Reason(err error) string {
	var op *net.OpError
	switch {
	case err == io.ErrUnexpectedEOF:
		return "the peer ended it in the middle of the handshake"
	case errors.As(err, &op):
		for inner := op; errors.As(inner.Err, &op); inner = op {
		}
		var call *os.SyscallError
		if errors.As(op.Err, &call) {
			return call.Err.Error()
		}
		return op.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the peer ended it without a Close frame"
	}
	return err.Error()
}
