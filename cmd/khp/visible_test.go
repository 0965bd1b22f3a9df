package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// playful is what a peer may say to control a terminal, turn text around, begin a line of its own, or be overlooked; controls come in some places only.
const (
	playful  = "P\u009b2J\u0085\u2028\u2029\u202a\u202e\u2066\u2069\u200e\u200f\u061c\u200b\ufeff\u00ad\U000e0041Q"
	controls = "\x1b[2J\x07\x08\x7f\r\v"
)

// wantVisible fails if text has anything that does not show, or not all of a peer's words.
func wantVisible(t *testing.T, what, text string) {
	t.Helper()
	require.Contains(t, text, `P\u009b2J`, "%s shows the words: %q", what, text)
	require.Contains(t, text, `\u202e`)
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		require.True(t, visible.Rune(r) || r == '\n' || r == '\t', "%s has %U: %q", what, r, text)
	}
}

// What stdout is does not matter: what is piped gets to a terminal all the same.
func TestVisible_DialMessages(t *testing.T) {
	said := "one\n\tü€<" + playful + controls
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		if err := c.Write(ctx, transport.Text, []byte(said)); err != nil {
			return err
		}
		return c.Close(4000, playful)
	})
	for _, flag := range []string{"--verbose", "--json", "--raw"} {
		code, out, errs := runHere(t, "", "dial", url, flag, "--send", "x")
		require.Equal(t, cli.ExitOK+cli.ExitFailed, code, errs)
		if flag == "--raw" {
			require.Equal(t, said, out, "--raw is exact")
			continue
		}
		wantVisible(t, "stdout "+flag, out)
		require.Contains(t, out, "ü€<")
		if flag == "--json" {
			var line struct{ Text *string }
			require.NoError(t, json.Unmarshal([]byte(strings.Split(out, "\n")[1]), &line))
			require.Equal(t, said, *line.Text, "--json is exact")
		} else {
			require.Contains(t, out, "one\n\tü")
			require.NotContains(t, out, "\ufffd")
		}
		wantVisible(t, "stderr "+flag, errs)
	}
}

func TestVisible_DialRefused(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = nc.Read(make([]byte, 4096))
			_, _ = io.WriteString(nc, "HTTP/1.1 403 "+playful+"\r\nX-Odd: "+playful+"\r\nConnection: close\r\n\r\n"+playful+controls)
			_ = nc.Close()
		}
	}()
	file := filepath.Join(t.TempDir(), "trace.ndjson")
	code, _, errs := runHere(t, "", "dial", "ws://"+ln.Addr().String()+"/", "-v", "--trace", file)
	require.Equal(t, cli.ExitFailed, code)
	wantVisible(t, "-v", errs)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, r := range string(b) {
		require.True(t, visible.Rune(r) || r == '\n', "the trace has %U", r)
	}
	code, out, _ := runHere(t, "", "dial", "ws://"+ln.Addr().String()+"/", "--json")
	require.Equal(t, cli.ExitFailed, code)
	wantVisible(t, "--json", out)
}

func TestVisible_ServeLog(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			s := serveHere(t, "--log", form, "-v")
			nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
			require.NoError(t, err)
			_, err = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\nOrigin: http://"+playful+"\r\n\r\n")
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, nc)
			require.NoError(t, err)
			require.NoError(t, nc.Close())
			s.stop()
			for _, r := range s.log.String() {
				require.True(t, visible.Rune(r) || r == '\n', "the log has %U: %s", r, s.log)
			}
			var b bytes.Buffer // whatever is logged anywhere
			log, err := newLogger(&b, form, slog.LevelInfo)
			require.NoError(t, err)
			log.Info(playful+controls, playful, playful+controls)
			require.Equal(t, 1, strings.Count(b.String(), "\n"))
			wantVisible(t, "a line", b.String())
		})
	}
}

func TestVisible_Replay(t *testing.T) {
	var file bytes.Buffer
	w, err := trace.NewWriter(&file, trace.Header{Side: "client"})
	require.NoError(t, err)
	for _, r := range []trace.Record{
		{Kind: trace.Dial, Text: "ws://h/" + playful + controls},
		{Kind: trace.Opening, Dir: trace.Sent, Data: []byte("GET /" + playful + " HTTP/1.1\r\nHost: h\r\n\r\n")},
		{Kind: trace.Opening, Dir: trace.Received, Data: []byte("HTTP/1.1 403 " + playful + "\r\n\r\n")},
		{Kind: trace.Close, Dir: trace.Received, Code: 4000, Text: playful + controls},
	} {
		r.Conn, r.Side, r.Attempt = 1, "client", 1
		require.NoError(t, w.Write(r))
	}
	for _, args := range [][]string{{}, {"--json"}, {"--draw", "text"}, {"--draw", "mermaid"}} {
		_, out, errs := runHere(t, file.String(), append([]string{"replay", "-", "--all"}, args...)...)
		wantVisible(t, strings.Join(args, " "), out+errs)
	}
}

func TestVisible_Sim(t *testing.T) {
	file := khptest.File(t, "x.txt", "# "+playful+"\n\nclient ws://a.example/\nrun\nexpect client "+playful+"\n")
	good := khptest.File(t, "y.txt", "# "+playful+"\n\nclient ws://a.example/\nrun\nexpect client open\n")
	for _, args := range [][]string{{file}, {good}, {"-v", good}, {"--json", good}} {
		_, out, errs := runHere(t, "", append([]string{"sim"}, args...)...)
		wantVisible(t, strings.Join(args, " "), out+errs)
	}
}

// Results of others come in files of khp explore merge.
func TestVisible_Explore(t *testing.T) {
	dir := t.TempDir()
	said := playful + controls
	shard := explored{Format: exploredFormat, Key: said, Fault: said, Shard: explore.Shard{Index: 0, Count: 1}, Results: []result{{Model: said, Name: said, Report: model.Report{
		Properties: []explore.Checked{{ID: said, Text: said, Kind: said}}, Violations: []model.Violation{{ID: said, Text: said, Kind: said, There: said}},
	}}}}
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		o := exploreOptions{json: asJSON, html: filepath.Join(dir, "page.html"), counterexample: filepath.Join(dir, "steps.ndjson")}
		require.Error(t, report((&cli.Env{Stdout: &out}), o, shard))
		wantVisible(t, "stdout", out.String())
		for _, name := range []string{o.html, o.counterexample} {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			wantVisible(t, name, string(b))
		}
	}
}
