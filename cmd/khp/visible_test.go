package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/visible"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// The kind of stdout does not matter: piped output reaches a terminal all the same.
func TestVisible_DialMessages(t *testing.T) {
	said := "one\n\tü€<" + khptest.Playful + khptest.Controls
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		if err := c.Write(ctx, transport.Text, []byte(said)); err != nil {
			return err
		}
		return c.Close(4000, khptest.Playful)
	})
	for _, flag := range []string{"--verbose", "--json", "--raw"} {
		code, out, errs := runHere(t, "", "dial", url, flag, "--send", "x")
		require.Equal(t, cli.ExitOK+cli.ExitFailed, code, errs)
		if flag == "--raw" {
			require.Equal(t, said, out, "--raw is exact")
			continue
		}
		khptest.WantVisible(t, "stdout "+flag, out)
		require.Contains(t, out, "ü€<")
		if flag == "--json" {
			var line struct{ Text *string }
			require.NoError(t, json.Unmarshal([]byte(strings.Split(out, "\n")[1]), &line))
			require.Equal(t, said, *line.Text, "--json is exact")
		} else {
			require.Contains(t, out, "one\n\tü")
			require.NotContains(t, out, "\ufffd")
		}
		khptest.WantVisible(t, "stderr "+flag, errs)
	}
}

func TestVisible_DialRefused(t *testing.T) {
	addr := khptest.Serve(t, func(nc net.Conn) {
		_, _ = nc.Read(make([]byte, 4096))
		_, _ = io.WriteString(nc, "HTTP/1.1 403 "+khptest.Playful+"\r\nX-Odd: "+khptest.Playful+
			"\r\nConnection: close\r\n\r\n"+khptest.Playful+khptest.Controls)
	})
	file := filepath.Join(t.TempDir(), "trace.ndjson")
	code, _, errs := runHere(t, "", "dial", "ws://"+addr+"/", "-v", "--trace", file)
	require.Equal(t, cli.ExitFailed, code)
	khptest.WantVisible(t, "-v", errs)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, r := range string(b) {
		require.True(t, visible.Rune(r) || r == '\n', "the trace has %U", r)
	}
	code, out, _ := runHere(t, "", "dial", "ws://"+addr+"/", "--json")
	require.Equal(t, cli.ExitFailed, code)
	khptest.WantVisible(t, "--json", out)
}

func TestVisible_ServeLog(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			s := serveHere(t, "--log", form, "-v")
			nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
			require.NoError(t, err)
			_, err = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
				"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\nOrigin: http://"+
				khptest.Playful+"\r\n\r\n")
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, nc)
			require.NoError(t, err)
			require.NoError(t, nc.Close())
			s.stop()
			for _, r := range s.log.String() {
				require.True(t, visible.Rune(r) || r == '\n', "the log has %U: %s", r, s.log)
			}
		})
	}
}

func TestVisible_Replay(t *testing.T) {
	var file bytes.Buffer
	w, err := trace.NewWriter(&file, trace.Header{Side: "client"})
	require.NoError(t, err)
	for _, r := range []trace.Record{
		{Kind: trace.Dial, Text: "ws://h/" + khptest.Playful + khptest.Controls},
		{Kind: trace.Opening, Dir: trace.Sent,
			Data: []byte("GET /" + khptest.Playful + " HTTP/1.1\r\nHost: h\r\n\r\n")},
		{Kind: trace.Opening, Dir: trace.Received,
			Data: []byte("HTTP/1.1 403 " + khptest.Playful + "\r\n\r\n")},
		{Kind: trace.Close, Dir: trace.Received, Code: 4000, Text: khptest.Playful + khptest.Controls},
	} {
		r.Conn, r.Side, r.Attempt = 1, "client", 1
		require.NoError(t, w.Write(r))
	}
	for _, args := range [][]string{{}, {"--json"}, {"--draw", "text"}, {"--draw", "mermaid"}} {
		_, out, errs := runHere(t, file.String(), append([]string{"replay", "-", "--all"}, args...)...)
		khptest.WantVisible(t, strings.Join(args, " "), out+errs)
	}
}

func TestVisible_Sim(t *testing.T) {
	file := khptest.File(t, "x.txt", "# "+khptest.Playful+
		"\n\nclient ws://a.example/\nrun\nexpect client "+khptest.Playful+"\n")
	good := khptest.File(t, "y.txt", "# "+khptest.Playful+
		"\n\nclient ws://a.example/\nrun\nexpect client open\n")
	for _, args := range [][]string{{file}, {good}, {"-v", good}, {"--json", good}} {
		_, out, errs := runHere(t, "", append([]string{"sim"}, args...)...)
		khptest.WantVisible(t, strings.Join(args, " "), out+errs)
	}
}
