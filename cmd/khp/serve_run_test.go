package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// TestServe_LogsNoQuery looks for a secret in the log of everything that may be done with a
// request.
func TestServe_LogsNoQuery(t *testing.T) {
	const secret = "hunter2"
	s := serveHere(t, "-v", "--route", "/=echo", "--route", "/b=redirect:ws://127.0.0.1:1/",
		"--route", "/w=ws://127.0.0.1:1/?key="+secret, "--route", "/no=status:403")
	for _, o := range []*transport.DialOptions{nil, {Profile: transport.Kaazing}} {
		c := dialHere(t, s.url+"/?key="+secret, o)
		wantEcho(t, c, transport.Text, []byte("x"))
		require.NoError(t, c.Close(transport.CloseNormal, ""))
		wantFailure(t, s.url+"/b?key="+secret, o, fsm.FailureConnect, 0)
		wantFailure(t, s.url+"/w?key="+secret, o, fsm.FailureStatus, 503)
		wantFailure(t, s.url+"/no?key="+secret, o, fsm.FailureStatus, 403)
	}
	_ = openRaw(t, s.url, "/?key="+secret+"%zz", "GET /elsewhere?key="+secret+" HTTP/1.1\r\n\r\n")
	_ = openRaw(t, s.url, "/?key="+secret, "GET /?key="+secret+"\r\n")
	s.stop()
	require.NotContains(t, s.log.String(), secret)
	wantLogged(t, s.log, "GET /?... HTTP/1.1")
}

// TestBalance_BadQuery has a client send characters that no URL may contain: the fault is the
// client's.
func TestBalance_BadQuery(t *testing.T) {
	s := serveHere(t, "--route", "/b=redirect:ws://127.0.0.1:1/")
	for _, target := range []string{"/b?x=%zz", "/b?x=%", "/b?.kl=Y&x=%zz"} {
		require.Contains(t, openRaw(t, s.url, target, "GET "+target+" HTTP/1.1\r\nHost: h\r\n\r\n"),
			"HTTP/1.1 400 Bad Request", target)
	}
}

// openRaw shakes hands with a target that no client of ours would send, and returns all that the
// server says after its first 101.
func openRaw(t *testing.T, url, target, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n", target)
	require.NoError(t, err)
	r := bufio.NewReader(c)
	for line := "-"; line != "\r\n"; {
		line, err = r.ReadString('\n')
		require.NoError(t, err)
	}
	// at most 125 bytes; the mask changes nothing
	frame := append([]byte{0x82, 0x80 | byte(len(request)), 0, 0, 0, 0}, request...)
	_, err = c.Write(append(frame, 0x82, 0x80, 0, 0, 0, 0)) // and the terminator
	require.NoError(t, err)
	_, err = c.Write([]byte{0x88, 0x80, 0, 0, 0, 0})
	require.NoError(t, err)
	all, _ := io.ReadAll(r)
	return string(all)
}
