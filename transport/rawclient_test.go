package transport

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// Requests of raw clients. The key is that of RFC 6455 section 1.3.
const (
	openingRequest = "GET /echo HTTP/1.1\r\nHost: one.example\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
	extendedRequest = "GET /echo HTTP/1.1\r\nHost: one.example\r\n\r\n"
	replayedRequest = "GET /echo HTTP/1.1\r\nHost: one.example\r\n" +
		"Authorization: Basic am9lOndlbGNvbWU=\r\n\r\n"
)

// rawClient is a client that speaks bytes and frames by hand. Its reading never stops.
type rawClient struct {
	*testing.T
	nc   net.Conn
	head chan string // the opening response, with its body if it is not 101
	got  chan ws.Frame
	done chan any // closed when ServeHTTP returns, with its panic if there was one; nil over TCP
}

func newRawClient(t *testing.T, nc net.Conn) *rawClient {
	c := &rawClient{T: t, nc: nc, head: make(chan string, 1), got: make(chan ws.Frame, 1<<10)}
	t.Cleanup(func() { _ = nc.Close() })
	go c.read()
	return c
}

// hijacked is an http.ResponseWriter that gives its connection away.
type hijacked struct {
	*httptest.ResponseRecorder
	nc net.Conn
}

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.nc, bufio.NewReadWriter(bufio.NewReader(h.nc), bufio.NewWriter(h.nc)), nil
}

// servePipe has h serve a pipe whose first request is opening.
func servePipe(t *testing.T, h *Handler, opening string) *rawClient {
	t.Helper()
	r := parseRequest(t, opening)
	a, b := connection(t)
	c := newRawClient(t, a)
	c.done = make(chan any, 1)
	go func() {
		defer close(c.done)
		defer func() {
			if v := recover(); v != nil {
				c.done <- v
			}
		}()
		h.ServeHTTP(&hijacked{httptest.NewRecorder(), b}, r)
	}()
	return c
}

func parseRequest(t *testing.T, b string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(b)))
	require.NoError(t, err)
	return r
}

// dialTCP connects to a server on loopback and sends b.
func dialTCP(t *testing.T, url, b string) *rawClient {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	c := newRawClient(t, nc)
	c.bytes(b)
	return c
}

func (c *rawClient) read() {
	defer close(c.got)
	defer close(c.head)
	defer func() { _ = c.nc.Close() }() // a server that has ended its stream lets the client go first
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b[0]) {
		if _, err := io.ReadFull(c.nc, b); err != nil {
			return
		}
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		body, _ := io.ReadAll(c.nc)
		c.head <- string(head) + string(body)
		return
	}
	c.head <- string(head)
	for {
		f, err := frametest.ReadFrame(c.nc)
		if err != nil {
			return
		}
		if f.Header.Masked {
			c.Error("a server masks nothing")
		}
		c.got <- f
	}
}

func (c *rawClient) bytes(b string) { _, _ = io.WriteString(c.nc, b) }

func (c *rawClient) send(frames ...pf) { c.bytes(string(frametest.Encode(false, frames...))) }

// response returns the next message and checks that the terminator follows.
func (c *rawClient) response() string {
	c.Helper()
	f, ok := <-c.got
	require.True(c, ok, "the connection has ended")
	require.Equal(c, opB, f.Header.OpCode)
	end := <-c.got
	require.Equal(c, opB, end.Header.OpCode, "every response ends with an empty binary message")
	require.Empty(c, end.Payload)
	return string(f.Payload)
}

// status returns the status code of the next response.
func (c *rawClient) status() string {
	c.Helper()
	line := c.response()
	require.True(c, strings.HasPrefix(line, "HTTP/1.1 "), line)
	return line[9:12]
}

// closeCode returns the code of the Close frame that comes next, after Pongs.
func (c *rawClient) closeCode() uint16 {
	c.Helper()
	for f := range c.got {
		if f.Header.OpCode == opO {
			continue
		}
		require.Equal(c, opX, f.Header.OpCode)
		if len(f.Payload) < 2 {
			return CloseNoStatus
		}
		return uint16(f.Payload[0])<<8 | uint16(f.Payload[1])
	}
	require.Fail(c, "the connection ended without a Close frame")
	return 0
}

// end waits for the end of TCP; nothing more may come.
func (c *rawClient) end() {
	c.Helper()
	for f := range c.got {
		require.Fail(c, "nothing more was expected", "%v %q", f.Header.OpCode, f.Payload)
	}
}

// answer sends Close back and waits for the end.
func (c *rawClient) answer(code uint16) {
	c.Helper()
	c.send(pf{Op: opX, P: string([]byte{byte(code >> 8), byte(code)})})
	c.end()
	if c.done != nil {
		<-c.done
	}
}
