package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/upgrade"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// oldGateway speaks as gateways of Kaazing 3.x do: a 401 is the body of a 200, in messages of their
// own.
func oldGateway(t *testing.T, terminator bool) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nc, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = nc.Close() }()
		_, _ = rw.WriteString("HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\n" +
			"Connection: Upgrade\r\nServer: Kaazing Gateway\r\nSec-WebSocket-Accept: " +
			string(upgrade.AppendAccept(nil, []byte(r.Header.Get("Sec-WebSocket-Key")))) +
			"\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
		_ = rw.Flush()
		say := func(messages ...string) {
			for _, m := range messages {
				_ = ws.WriteFrame(nc, ws.NewBinaryFrame([]byte(m)))
			}
		}
		const n = "\xef\x83\xbfN"
		say(n)
		for {
			request := readFrame(rw.Reader)
			if !strings.HasPrefix(request, "GET ") { // Close
				_ = ws.WriteFrame(nc, ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
				return
			}
			if strings.Contains(request, "\r\nAuthorization: Basic am9lOndlbGNvbWU=\r\n") {
				break
			}
			say("HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\n"+
				"Server: Kaazing Gateway\r\n\r\n",
				"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Application Basic realm=\"demo\"\r\n"+
					"Content-Length: 5\r\n\r\n", "<html")
			if terminator {
				say("")
			}
		}
		say("HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\n"+
			"Connection: Upgrade\r\n\r\n", "", n)
		_ = ws.WriteFrame(nc, ws.NewTextFrame([]byte(readFrame(rw.Reader))))
		_ = readFrame(rw.Reader)
		_ = ws.WriteFrame(nc, ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/echo"
}

// readFrame returns the payload of the next frame, "" at the end.
func readFrame(r *bufio.Reader) string {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return ""
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return ""
	}
	ws.Cipher(payload, h.Mask, 0)
	return string(payload)
}

// khp dial opens with a gateway of Kaazing 3.x, and khp replay finds that both went by the machine.
func TestDial_OldGateway(t *testing.T) {
	for _, terminator := range []bool{true, false} {
		url, file := oldGateway(t, terminator), filepath.Join(t.TempDir(), "t.ndjson")
		code, out, errs := runHere(t, "", "dial", url, "--profile", "kaazing", "--user", "joe:welcome",
			"--send", "hello", "--trace", file)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Equal(t, "hello\n", out)
		code, out, errs = runHere(t, "", "replay", file)
		require.Equal(t, cli.ExitOK, code, out+errs)
		require.Contains(t, out, "a path of the machine")
		require.Contains(t, out, "Kaazing 3.x")

		code, _, errs = runHere(t, "", "dial", url, "--profile", "kaazing", "--user", "joe:wrong",
			"--send", "hello")
		require.Equal(t, cli.ExitFailed, code)
		require.Contains(t, errs, "401")
		code, _, errs = runHere(t, "", "dial", url, "--profile", "kaazing", "--send", "hello")
		require.Equal(t, cli.ExitFailed, code)
		require.Contains(t, errs, "--user")
	}
}
