package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"
)

// plainBackend is a WebSocket server that knows nothing of KHP: it selects subprotocol "chat" if
// offered, echoes, and closes with 4002 "enough" after a message "close".
func plainBackend(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	upgrader := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == "chat" }}
	srv := &http.Server{ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/refuse" {
				http.Error(w, "no", http.StatusTeapot)
				return
			}
			nc, _, _, err := upgrader.Upgrade(r, w)
			if err != nil {
				return
			}
			defer func() { _ = nc.Close() }()
			for {
				p, op, err := wsutil.ReadClientData(nc)
				switch {
				case err != nil:
					return
				case string(p) == "close":
					_ = ws.WriteFrame(nc, ws.NewCloseFrame(ws.NewCloseFrameBody(4002, "enough")))
					// the answer; then the server is the one to end TCP
					if h, err := ws.ReadHeader(nc); err == nil {
						_, _ = io.CopyN(io.Discard, nc, h.Length)
					}
					return
				case string(p) == "vanish":
					return
				}
				if wsutil.WriteServerMessage(nc, op, p) != nil {
					return
				}
			}
		})}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "ws://" + ln.Addr().String()
}

func TestServe_WebSocketBackend(t *testing.T) {
	back := plainBackend(t)
	khp := serveHere(t)
	s := serveHere(t, "--route", "/plain="+back+"/x", "--route", "/khp=khp+"+khp.url+"/y",
		"--route", "/refuse="+back+"/refuse", "--route", "/down=ws://127.0.0.1:1/")
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		c := dialHere(t, s.url+"/plain",
			&transport.DialOptions{Profile: profile, Subprotocols: []string{"other", "chat"}})
		require.Equal(t, "chat", c.Subprotocol(), "the back end selects the subprotocol")
		wantEcho(t, c, transport.Text, []byte("hello"))
		wantEcho(t, c, transport.Binary, bytes.Repeat([]byte{0xff}, 100_000))
		wantEcho(t, c, transport.Binary, nil)
		require.NoError(t, c.Write(t.Context(), transport.Text, []byte("close")))
		wantClose(t, c, 4002, "enough")
	}
	c := dialHere(t, s.url+"/plain", nil)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("vanish")))
	wantClose(t, c, transport.CloseInternalError, "the back end is gone")
	c = dialHere(t, s.url+"/khp", nil)
	wantEcho(t, c, transport.Text, []byte("hello"))
	require.NoError(t, c.Close(4003, "from the client"))
	e := wantFailure(t, s.url+"/down", nil, fsm.FailureStatus, 503)
	require.Equal(t, "the back end cannot be reached\n", string(e.Body))
	wantFailure(t, s.url+"/refuse", nil, fsm.FailureStatus, 502)
	wantLogged(t, s.log, `msg="back end failed" backend=ws://127.0.0.1:1/ `)
}

// TestServe_ClosePassesThrough has the close code of a client arrive at the back end.
func TestServe_ClosePassesThrough(t *testing.T) {
	got := make(chan error, 1)
	h := &transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		_, _, err := c.Read(ctx)
		got <- err
		return err
	}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	s := serveHere(t, "--route", "/=khp+ws://"+ln.Addr().String()+"/")
	for _, close := range []transport.CloseError{{Code: 4001, Reason: "that is all"},
		{Code: transport.CloseNormal}, {Code: transport.CloseNoStatus}} {
		c := dialHere(t, s.url+"/", nil)
		code := close.Code
		if code == transport.CloseNoStatus {
			code = 0
		}
		require.NoError(t, c.Close(code, close.Reason))
		var closed *transport.CloseError
		require.ErrorAs(t, <-got, &closed)
		require.Equal(t, close, *closed)
	}
}

func TestServe_TCPBackend(t *testing.T) {
	addr, accept := khptest.TCPBackend(t)
	s := serveHere(t, "--route", "/=tcp://"+addr, "--route", "/down=tcp://127.0.0.1:1")

	// Bytes both ways; the client's end is the end of the stream, not a reset.
	c := dialHere(t, s.url+"/", &transport.DialOptions{Subprotocols: []string{"stomp"}})
	require.Equal(t, "stomp", c.Subprotocol())
	nc := accept()
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("one ")))
	require.NoError(t, c.Write(t.Context(), transport.Binary, []byte("two")))
	buf := make([]byte, 7)
	_, err := io.ReadFull(nc, buf)
	require.NoError(t, err)
	require.Equal(t, "one two", string(buf))
	_, err = nc.Write([]byte("three"))
	require.NoError(t, err)
	kind, p, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, transport.Binary, kind)
	require.Equal(t, "three", string(p))
	require.NoError(t, c.Close(transport.CloseNormal, ""))
	rest, err := io.ReadAll(nc)
	require.NoError(t, err)
	require.Empty(t, rest)
	require.NoError(t, nc.Close())

	// The back end's end: everything it sent arrives before.
	c = dialHere(t, s.url+"/", nil)
	nc = accept()
	long := make([]byte, 1<<20)
	_, _ = rand.Read(long)
	go func(nc *net.TCPConn) {
		_, _ = nc.Write(long)
		_ = nc.CloseWrite()
	}(nc)
	var all []byte
	for len(all) < len(long) {
		_, p, err := c.Read(t.Context())
		require.NoError(t, err)
		all = append(all, p...)
	}
	require.True(t, bytes.Equal(long, all))
	wantClose(t, c, transport.CloseNormal, "")

	// A reset is not an end.
	c = dialHere(t, s.url+"/", nil)
	nc = accept()
	require.NoError(t, nc.SetLinger(0))
	require.NoError(t, nc.Close())
	wantClose(t, c, transport.CloseInternalError, "the back end is gone")

	wantFailure(t, s.url+"/down", nil, fsm.FailureStatus, 503)
}

// A back end is not offered KHP unless it is written khp+ws, and gets the client's own
// subprotocols: many a server selects the first that it is offered.
func TestServe_BackEndIsNotOfferedKHP(t *testing.T) {
	offered := make(chan []string, 1)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offered <- r.Header.Values("Sec-WebSocket-Protocol")
		nc, _, _, err := ws.HTTPUpgrader{Protocol: func(string) bool { return true }}.Upgrade(r, w)
		if err == nil {
			_, _, _ = wsutil.ReadClientData(nc)
			_ = nc.Close()
		}
	}))
	t.Cleanup(first.Close)
	url := "ws" + strings.TrimPrefix(first.URL, "http")
	s := serveHere(t, "--route", "/="+url)
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		c := dialHere(t, s.url+"/", &transport.DialOptions{Profile: profile})
		require.Empty(t, <-offered)
		require.Empty(t, c.Subprotocol())
		c = dialHere(t, s.url+"/",
			&transport.DialOptions{Profile: profile, Subprotocols: []string{"b", "a"}})
		require.Equal(t, []string{"b, a"}, <-offered)
		require.Equal(t, "b", c.Subprotocol())
	}
}

// A back end that takes nothing but KHP is written khp+ws; an operator who wrote ws reads so in the
// log. A gateway's way of KHP is understood as well.
func TestServe_BackEndThatSpeaksKHP(t *testing.T) {
	back := serveHere(t)
	s := serveHere(t, "--route", "/khp=khp+"+back.url+"/", "--route", "/ws="+back.url+"/",
		"--route", "/none=khp+"+plainBackend(t))
	wantEcho(t, dialHere(t, s.url+"/khp", nil), transport.Text, []byte("x"))
	wantFailure(t, s.url+"/ws", nil, fsm.FailureStatus, 502)
	wantLog(t, s.log, `hint="a back end that takes nothing but KHP is written khp\+`+back.url+`/"`)
	wantFailure(t, s.url+"/none", nil, fsm.FailureStatus, 502)
}
