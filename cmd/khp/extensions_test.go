package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"example.com/khp/transport/extension"
	"github.com/stretchr/testify/require"
)

const (
	idleName = extension.IdleTimeoutName
	pingName = extension.PingPongName
)

// Both sides are ours, over sockets.
func TestExtensions_BothSides(t *testing.T) {
	for _, c := range []struct {
		serve, ask []string
		want       []any
	}{
		{nil, []string{"--extension", pingName}, []any{pingName + ";01010102"}},
		{nil, []string{"--extension", idleName}, []any{idleName + ";timeout=50000"}},
		{[]string{"--inactivity-timeout", "0", "--idle-timeout", "90s"},
			[]string{"--extension", idleName}, []any{}},
		{[]string{"--inactivity-timeout", "90s"}, []string{"--extension", idleName},
			[]any{idleName + ";timeout=90000"}},
		{[]string{"--inactivity-timeout", "90s"}, []string{"--extension", pingName,
			"--extension", idleName + ";x"}, []any{idleName + ";timeout=90000", pingName + ";01010102"}},
		{[]string{"--inactivity-timeout", "90s"},
			[]string{"--extension", "x-kaazing-http-revalidate"}, []any{}},
		{[]string{"--inactivity-timeout", "90s"}, nil, []any{}},
	} {
		s := serveHere(t, c.serve...)
		code, out, errs := dialProcess("", append([]string{s.url + "/",
			"--json", "--send", "\x01\x01\x01\x02!", "--send", "plain"}, c.ask...)...)
		require.Equal(t, cli.ExitOK, code, errs)
		lines := wantJSON(t, out)
		require.Equal(t, c.want, lines[0]["extensions"])
		require.Equal(t, "\x01\x01\x01\x02!", lines[1]["text"])
		require.Equal(t, "plain", lines[2]["text"])
	}
}

// A server that announces a period and then says nothing is given up.
func TestExtensions_SilentServer(t *testing.T) {
	h := &transport.Handler{
		Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Extensions: []string{idleName + ";timeout=50"}}, nil
		},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				if _, _, err := c.Read(ctx); err != nil {
					return err
				}
			}
		},
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	code, _, errs := dialProcess("", "ws"+strings.TrimPrefix(srv.URL, "http")+"/",
		"--extension", idleName, "--send", "anybody?", "--wait", "1h")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "the server was silent for 50ms")
}

// A script in a browser sees text instead of Ping, and answers with text.
func TestExtensions_RawScript(t *testing.T) {
	khptest.InTime(t, 800*time.Millisecond, func(timeout time.Duration) bool {
		return rawScript(t, timeout)
	})
}

// rawScript is false if the machine was too slow for the answers of the script.
func rawScript(t *testing.T, timeout time.Duration) (inTime bool) {
	s := serveHere(t, "--inactivity-timeout", timeout.String())
	nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
	require.NoError(t, err)
	defer nc.Close()
	say := func(frames ...string) { _, _ = io.WriteString(nc, strings.Join(frames, "")) }
	masked := func(p string) string { // with a mask of zeros
		return "\x81\xfe" + string([]byte{byte(len(p) >> 8), byte(len(p))}) + "\x00\x00\x00\x00" + p
	}
	r := bufio.NewReader(nc)
	hears := func(want string) bool {
		b := make([]byte, len(want))
		_, err := io.ReadFull(r, b)
		return err == nil && want == string(b)
	}
	say("GET /?.kl=Y HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
	response, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	require.Equal(t, 101, response.StatusCode)
	require.True(t, hears("\x82\x04\xef\x83\xbfN"))
	say(masked("GET /?.kl=Y HTTP/1.1\r\nWebSocket-Protocol: \r\nSec-WebSocket-Protocol: \r\n" +
		"Sec-WebSocket-Extensions: x-kaazing-idle-timeout,x-kaazing-ping-pong\r\n\r\n"))
	head := make([]byte, 4)
	_, err = io.ReadFull(r, head)
	require.NoError(t, err)
	body := make([]byte, int(head[2])<<8|int(head[3]))
	_, err = io.ReadFull(r, body)
	require.NoError(t, err)
	require.Contains(t, string(body), "\r\nSec-WebSocket-Extensions: "+
		"x-kaazing-idle-timeout;timeout="+strconv.FormatInt(timeout.Milliseconds(), 10)+"\r\n"+
		"Sec-WebSocket-Extensions: x-kaazing-ping-pong;01010102\r\n")
	require.True(t, hears("\x82\x00\x82\x04\xef\x83\xbfN"))
	const escape = "\x01\x01\x01\x02"
	say(masked(escape), masked(escape+"hey"))
	if !hears("\x81\x04"+escape+"\x81\x07"+escape+"hey") ||
		!hears("\x81\x06"+escape+"\x09\x00") { // after half of the time
		return false
	}
	say(masked(escape+"\x0a\x00"), "\x88\x80\x00\x00\x00\x00")
	return hears("\x88\x00")
}
