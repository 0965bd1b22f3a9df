package embedtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// patience is how long anything may take that should take no time.
const patience = time.Minute

// client is a client that writes bytes as it likes.
type client struct {
	net.Conn
	t *testing.T
}

// connect shakes hands on the opening handshake of path.
func connect(t *testing.T, url, path string) *client {
	host := strings.TrimPrefix(url, "ws://")
	nc, err := net.Dial("tcp", host)
	require.NoError(t, err)
	require.NoError(t, nc.SetDeadline(time.Now().Add(patience)))
	c := &client{nc, t}
	c.say("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b...) {
		_, err := io.ReadFull(nc, b)
		require.NoError(t, err, "%s", head)
	}
	require.Contains(t, string(head), " 101 ")
	return c
}

// say writes bytes; the server may be gone.
func (c *client) say(b string) { _, _ = c.Write([]byte(b)) }

// frame is a masked frame that says it is size bytes long.
func frame(first byte, size uint64, p string) string {
	b := []byte{first, 0x80 | 127}
	b = append(binary.BigEndian.AppendUint64(b, size), 1, 2, 3, 4)
	return string(b) + masked(p)
}

// whole is a masked frame of p.
func whole(first byte, p string) string {
	if len(p) > 125 {
		return frame(first, uint64(len(p)), p)
	}
	return string([]byte{first, 0x80 | byte(len(p)), 1, 2, 3, 4}) + masked(p)
}

func masked(p string) string {
	data := []byte(p)
	ws.Cipher(data, [4]byte{1, 2, 3, 4}, 0)
	return string(data)
}

// request is the frame of an extended request.
func request(path string) string { return whole(0x82, "GET "+path+" HTTP/1.1\r\n\r\n") }

// readFrame reads a frame of the server, of no more than a MiB.
func readFrame(r io.Reader) (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(r); err == nil {
		f.Payload, err = io.ReadAll(io.LimitReader(r, min(f.Header.Length, 1<<20)))
	}
	return f, err
}

// end reads to the end of the connection, and returns the code of the Close frame, 0 if there is
// none. The messages read may be cut off.
func (c *client) end() (code uint16) {
	defer func() { _ = c.Close() }()
	for {
		f, err := readFrame(c)
		switch {
		case err != nil:
			if timeout, ok := err.(net.Error); ok {
				require.False(c.t, timeout.Timeout(), "the server does not end the connection")
			}
			return code
		case f.Header.OpCode == ws.OpClose && code == 0 && len(f.Payload) >= 2:
			code = binary.BigEndian.Uint16(f.Payload)
			c.say(whole(0x88, string(f.Payload[:2])))
		}
	}
}

// serves requires that the server serves a client as if nothing had happened.
func serves(t *testing.T, url string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := transport.Dial(ctx, url+"/echo", nil)
	require.NoError(t, err)
	require.NoError(t, c.Write(ctx, transport.Text, []byte("hello")))
	_, p, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, "hello", string(p))
	require.NoError(t, c.Close(0, ""), "an empty Close")
}

// Hostile has clients mean harm to the server at url: each connection comes to its end, and others
// are served. slow is nil for a server that decides at once.
func Hostile(t *testing.T, url string, slow *Slow, library Library) {
	for name, c := range map[string]struct {
		says string
		code uint16 // of Close
	}{
		"a length of 64 bits":              {frame(0x82, 1<<63, ""), 1002},
		"a message that would be too long": {frame(0x82, 1<<40, ""), 1009},
		"fragments without end": {whole(0x02, "GET / HTTP/1.1\r\nA: ") +
			strings.Repeat(whole(0x00, strings.Repeat("x", 60000)), 40), 1009},
		"text that is not UTF-8":          {whole(0x81, "GET / HTTP/1.1\r\nA: \xff\r\n\r\n"), 1007},
		"a message before the request":    {whole(0x82, "hello"), 1002},
		"a terminator before the request": {whole(0x82, ""), 1002},
		"a frame that is not masked":      {"\x82\x00", 1002},
		"a reserved bit":                  {whole(0xc2, "x"), 1002},
		"an unknown opcode":               {whole(0x83, "x"), 1002},
		"a Ping of two frames":            {whole(0x09, "x"), 1002},
		"a continuation of nothing":       {whole(0x80, "x"), 1002},
		"a request that never ends": {whole(0x82, "GET / HTTP/1.1\r\nA: "+
			strings.Repeat("x", 100_000)), 1002},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connect(t, url, "/echo")
			go conn.say(c.says) // all of it, though the server may stop reading
			code := conn.end()
			if !library.OwnCodes {
				require.Equal(t, c.code, code)
			}
			serves(t, url)
		})
	}
	t.Run("the client is gone", func(t *testing.T) { gone(t, url) })
	if slow != nil {
		t.Run("the client leaves a slow decision", func(t *testing.T) { leaves(t, url, slow, library) })
	}
	t.Run("the client does not read", func(t *testing.T) { deaf(t, url) })
	t.Run("noise", func(t *testing.T) { noise(t, url) })
}

// Library has the limits of the WebSocket library below a server.
type Library struct {
	OwnCodes bool // Close frames for violations are the library's business
	// nothing is read while the server decides: the end of the client is noticed afterwards
	Pulls bool
}

// gone ends connections with a reset in the middle of a handshake: the server's writes fail.
func gone(t *testing.T, url string) {
	for range 50 {
		c := connect(t, url, "/echo")
		c.say(request("/echo"))
		_ = c.Conn.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	serves(t, url)
}

// leaves ends connections while the server decides, in three ways; the decisions come
// later, when the client is gone.
func leaves(t *testing.T, url string, slow *Slow, library Library) {
	if library.Pulls {
		leavesUnnoticed(t, url, slow)
		return
	}
	ways := []func(c *client){
		func(c *client) {
			c.say(whole(0x88, "\x03\xe9"))
			code := c.end()
			require.NotEqual(t, uint16(1002), code)
		},
		func(c *client) { _ = c.Conn.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		func(c *client) {
			c.say(whole(0x82, "too early"))
			code := c.end()
			require.Equal(t, uint16(1002), code)
		},
	}
	for _, way := range ways {
		c := connect(t, url, "/slow")
		c.say(request("/slow"))
		<-slow.asked
		way(c)
	}
	serves(t, url)
	close(slow.release)
	serves(t, url)
}

// leavesUnnoticed is leaves for a server that notices it after the decision.
func leavesUnnoticed(t *testing.T, url string, slow *Slow) {
	var clients []*client
	for _, way := range []func(c *client){
		func(c *client) { c.say(whole(0x88, "\x03\xe9")) },
		func(c *client) { _ = c.Conn.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		func(c *client) { _ = c.Conn.(*net.TCPConn).CloseWrite() },
	} {
		c := connect(t, url, "/slow")
		c.say(request("/slow"))
		<-slow.asked
		way(c)
		clients = append(clients, c)
	}
	serves(t, url)
	close(slow.release)
	for _, c := range clients {
		c.end()
	}
	serves(t, url)
}

// deaf sends much and does not read the answers of the server, in the handshake and behind it.
func deaf(t *testing.T, url string) {
	for _, begin := range []string{"", request("/echo")} {
		c := connect(t, url, "/echo")
		c.say(begin)
		go func() { c.say(strings.Repeat(whole(0x89, strings.Repeat("p", 125)), 1<<17)) }() // 18 MiB
		serves(t, url)
		_ = c.Close()
	}
	c := connect(t, url, "/echo")
	c.say(request("/echo"))
	_, err := readFrame(c)
	require.NoError(t, err)
	go func() {
		for range 1000 {
			c.say(whole(0x82, strings.Repeat("e", 60_000)))
		}
	}()
	serves(t, url)
	_ = c.Close()
}

// noise is random frames, and then the end.
func noise(t *testing.T, url string) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		c := connect(t, url, "/echo")
		var said []byte
		for range 1 + r.IntN(6) {
			p := make([]byte, r.IntN(40))
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			switch r.IntN(4) {
			case 0:
				said = append(said, request("/echo")...)
			case 1:
				said = append(said, p...)
			default:
				said = append(said, whole(byte(r.Uint32()), string(p))...)
			}
		}
		c.say(string(said))
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		c.end()
	}
	serves(t, url)
}
