package adaptertest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/upgrade"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for an expected event, however slow the machine is.
const patience = time.Minute

// peer is the other side of a connection, which speaks bytes and frames by hand.
type peer struct {
	*testing.T
	nc     net.Conn
	in     *bufio.Reader
	client bool
	head   *http.Request // server: the opening request
	key    string        // server: of it
}

// rawServer has script answer each connection, with its number from 1, before anything is read; it
// returns the URL of the server.
func rawServer(t *testing.T, script func(n int, p *peer)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	t.Cleanup(func() { _ = ln.Close(); <-ended })
	go func() {
		defer close(ended)
		for n := 1; ; n++ {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			_ = nc.SetDeadline(time.Now().Add(patience))
			script(n, &peer{T: t, nc: nc, in: bufio.NewReader(nc)})
			_ = nc.Close()
		}
	}()
	return "ws://" + ln.Addr().String() + "/echo"
}

// opened reads the opening request, accepts it and returns the extended request; "" if the
// connection ends before.
func (p *peer) opened() string {
	if !p.request() {
		return ""
	}
	p.accept()
	_, request := p.message()
	return request
}

// request reads the opening request.
func (p *peer) request() bool {
	var err error
	if p.head, err = http.ReadRequest(p.in); err != nil {
		return false
	}
	p.key = string(upgrade.AppendAccept(nil, []byte(p.head.Header.Get("Sec-Websocket-Key"))))
	return true
}

func (p *peer) accept() {
	p.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + p.key + "\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
}

// response is an extended 101 with the accept that belongs to the connection.
func (p *peer) response() string {
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + p.key + "\r\n\r\n"
}

func (p *peer) write(s string) { _, _ = io.WriteString(p.nc, s) }

// send writes frames in one go.
func (p *peer) send(frames ...ws.Frame) {
	var b bytes.Buffer
	for _, f := range frames {
		if p.client {
			f = ws.MaskFrame(f)
		}
		_ = ws.WriteFrame(&b, f)
	}
	p.write(b.String())
}

// frame reads one frame; false at the end of the connection.
func (p *peer) frame() (ws.Frame, bool) {
	h, err := ws.ReadHeader(p.in)
	if err != nil || h.Length > 2<<20 {
		return ws.Frame{}, false
	}
	f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
	if _, err = io.ReadFull(p.in, f.Payload); err == nil && h.Masked {
		f = ws.UnmaskFrame(f)
	}
	return f, err == nil
}

// message reads on to the next frame that is no Ping or Pong.
func (p *peer) message() (ws.OpCode, string) {
	for {
		f, ok := p.frame()
		if !ok {
			return 0, ""
		}
		if f.Header.OpCode != ws.OpPing && f.Header.OpCode != ws.OpPong {
			return f.Header.OpCode, string(f.Payload)
		}
	}
}

// drain reads to the end, which a server makes itself once it has answered a Close frame. It
// returns the code of the Close frame, 0 if there was none.
func (p *peer) drain() (code ws.StatusCode) {
	for {
		f, ok := p.frame()
		if !ok {
			return code
		}
		if f.Header.OpCode == ws.OpClose {
			code, _ = ws.ParseCloseFrameData(f.Payload)
			p.send(ws.NewCloseFrame(f.Payload))
			if !p.client {
				return code
			}
		}
	}
}

// echo sends messages back until the connection ends.
func (p *peer) echo() {
	for {
		f, ok := p.frame()
		switch {
		case !ok:
			return
		case f.Header.OpCode == ws.OpClose:
			p.send(ws.NewCloseFrame(f.Payload))
			return
		case f.Header.OpCode.IsData():
			p.send(f)
		}
	}
}

func binary(s string) ws.Frame { return ws.NewBinaryFrame([]byte(s)) }

// rawClient connects to url and shakes hands on the target up to the opening 101.
func rawClient(t *testing.T, url, query string) *peer {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	_ = nc.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { _ = nc.Close() })
	p := &peer{T: t, nc: nc, in: bufio.NewReader(nc), client: true}
	p.write("GET /echo" + query + " HTTP/1.1\r\nHost: one.example\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n\r\n")
	resp, err := http.ReadResponse(p.in, nil)
	require.NoError(t, err)
	require.Equal(t, 101, resp.StatusCode)
	require.Equal(t, "x-kaazing-handshake", resp.Header.Get("Sec-WebSocket-Protocol"))
	return p
}

// request0 is the extended request of raw clients.
const request0 = "GET /echo HTTP/1.1\r\nHost: one.example\r\n\r\n"

// status reads a response and its end, and returns its status code.
func (p *peer) status() string {
	p.Helper()
	op, head := p.message()
	require.Equal(p, ws.OpBinary, op)
	require.True(p, strings.HasPrefix(head, "HTTP/1.1 "), "%q", head)
	op, end := p.message()
	require.Equal(p, ws.OpBinary, op)
	require.Empty(p, end)
	return head[9:12]
}
