package conform

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/sim/verdict"
)

// preflight finds out whether the target is there, and whether it speaks KHP at all. It sets
// [Run.Down] or [Run.Unfit] if not.
func (t *Target) preflight(ctx context.Context, run *Run, o Options) {
	nc, err := t.dial(ctx, o.patience())
	if err != nil {
		run.Down = t.cannotReach(err)
		return
	}
	t.address = nc.RemoteAddr().String()
	defer func() { _ = nc.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	_ = nc.SetDeadline(time.Now().Add(o.patience()))
	_, err = fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n\r\n", t.URL.Target(),
		t.URL.HostField(), endpoint.Subprotocol)
	if err != nil {
		run.Down = t.cannotReach(err)
		return
	}
	head, err := readHead(nc)
	run.Down, run.Unfit = t.judgeHead(head, err, o)
}

// mostHead bounds the bytes read of the head of an opening handshake.
const mostHead = 64 << 10

// readHead reads up to the end of a head, or as much of something else as there is.
func readHead(nc net.Conn) (head []byte, err error) {
	buf := make([]byte, 4096)
	for len(head) < mostHead && !bytes.Contains(head, []byte("\r\n\r\n")) {
		if len(head) >= len("HTTP/") && !bytes.HasPrefix(head, []byte("HTTP/")) {
			return head, nil
		}
		n, err := nc.Read(buf)
		head = append(head, buf[:n]...)
		if err != nil {
			return head, err
		}
	}
	return head, nil
}

// judgeHead says what is wrong with the answer to the first opening request.
func (t *Target) judgeHead(head []byte, err error, o Options) (down, unfit string) {
	at := t.URL.HostPort()
	switch {
	case len(head) == 0 && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("%s accepts connections, but says nothing within %s; "+
			"is it a server of another kind?", at, o.patience()), ""
	case len(head) == 0 && !t.URL.Secure:
		return at + " ends the connection without an answer to an opening handshake; " +
			"if it expects TLS, try wss://", ""
	case len(head) == 0:
		return at + " ends the connection without an answer to an opening handshake", ""
	case bytes.HasPrefix(head, []byte{0x15, 0x03}):
		return at + " expects TLS; try wss://", ""
	case !bytes.HasPrefix(head, []byte("HTTP/")):
		return "", at + " answers an opening handshake with something that is not HTTP: " +
			verdict.Quote(head[:min(len(head), 32)])
	case !bytes.Contains(head, []byte("\r\n\r\n")):
		return "", at + " answers an opening handshake with a head that does not end"
	}
	end := bytes.Index(head, []byte("\r\n\r\n")) + len("\r\n\r\n")
	seen, _, _ := verdict.Read(verdict.Input{Head: head[:end]})
	khp := verdict.Pattern{Kind: verdict.Opening,
		Conditions: []verdict.Condition{{Value: "Sec-WebSocket-Protocol: " + endpoint.Subprotocol}}}
	switch {
	case seen.Code != 101:
		return "", fmt.Sprintf("%s is no WebSocket server at %s: it answers %s",
			at, t.URL.Path, verdict.Quote([]byte(seen.Start)))
	case !khp.Match(&seen):
		return "", at + " is a plain WebSocket server: it does not select " + endpoint.Subprotocol
	}
	return "", ""
}

// cannotReach says why there is no connection to the target.
func (t *Target) cannotReach(err error) string {
	at := t.URL.HostPort()
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no address for the host %s; is its name right?", t.URL.Host)
	case errors.As(err, &cert):
		return fmt.Sprintf("the certificate of %s is not trusted: %s; --insecure takes any", at, cert.Err)
	case errors.As(err, &record):
		return at + " does not speak TLS; try ws://"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "cannot connect to " + at + " in time"
	case errors.As(err, &op):
		err = op.Err
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	return fmt.Sprintf("cannot connect to %s: %s; is the address right, and is the server running?",
		at, err)
}
