package conform

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// minimal is a KHP server on net/http that shares no code with ours, and does no more than the
// specification asks for.
func minimal(w http.ResponseWriter, r *http.Request) {
	if r.Method != "GET" || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") ||
		!strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") {
		http.Error(w, "this is for WebSocket", http.StatusBadRequest)
		return
	}
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	offers := false
	for _, list := range r.Header.Values("Sec-WebSocket-Protocol") {
		for token := range strings.SplitSeq(list, ",") {
			offers = offers || strings.TrimSpace(token) == "x-kaazing-handshake"
		}
	}
	if err != nil || len(key) != 16 || !offers || r.Header.Get("Sec-WebSocket-Version") != "13" {
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, "no KHP", http.StatusBadRequest)
		return
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = nc.Close() }()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	upgrade := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	_, _ = nc.Write([]byte(upgrade + "Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
	c := &minimalConn{rw.Reader, nc}
	_, request, err := c.message()
	if err != nil {
		return
	}
	line, fields, _ := strings.Cut(string(request), "\r\n")
	words := strings.Split(line, " ")
	if len(words) != 3 || words[0] != "GET" || words[1] != r.RequestURI || words[2] != "HTTP/1.1" ||
		!strings.HasSuffix(string(request), "\r\n\r\n") ||
		strings.Contains(fields, "Sec-WebSocket-Extensions: \r\n") {
		c.write(2, []byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
		c.write(2, nil)
		c.write(8, []byte{3, 0xea})
		_, _, _ = c.message()
		return
	}
	c.write(2, []byte(upgrade+"\r\n"))
	c.write(2, nil)
	for {
		op, p, err := c.message()
		if err != nil {
			return
		}
		c.write(op, p)
	}
}

// minimalConn reads and writes frames.
type minimalConn struct {
	r *bufio.Reader
	w io.Writer
}

func (c *minimalConn) write(op byte, p []byte) {
	head := []byte{0x80 | op, byte(len(p))}
	switch {
	case len(p) > 65535:
		head = binary.BigEndian.AppendUint64([]byte{0x80 | op, 127}, uint64(len(p)))
	case len(p) > 125:
		head = binary.BigEndian.AppendUint16([]byte{0x80 | op, 126}, uint16(len(p)))
	}
	_, _ = c.w.Write(append(head, p...))
}

// message reads a message, and answers control frames.
func (c *minimalConn) message() (op byte, p []byte, err error) {
	for {
		var h [2]byte
		if _, err := io.ReadFull(c.r, h[:]); err != nil {
			return 0, nil, err
		}
		n := uint64(h[1] & 0x7f)
		if n == 126 || n == 127 {
			ext := make([]byte, 2+6*(n-126))
			_, _ = io.ReadFull(c.r, ext)
			n = 0
			for _, b := range ext {
				n = n<<8 | uint64(b)
			}
		}
		if h[1]&0x80 == 0 || n > 1<<20 || h[0]&0x70 != 0 {
			c.write(8, []byte{3, 0xea})
			return 0, nil, errors.New("protocol error")
		}
		data := make([]byte, n+4)
		if _, err := io.ReadFull(c.r, data); err != nil {
			return 0, nil, err
		}
		for i := range data[4:] {
			data[4+i] ^= data[i%4]
		}
		switch data = data[4:]; h[0] & 0xf {
		case 8:
			c.write(8, data[:min(len(data), 2)])
			return 0, nil, io.EOF
		case 9:
			c.write(10, data)
			continue
		case 10:
			continue
		case 1, 2:
			op = h[0] & 0xf
		}
		if p = append(p, data...); h[0]&0x80 != 0 {
			return op, p, nil
		}
	}
}

// A correct server that is not ours passes: one of a hundred lines, which does no more than it has
// to.
func TestServer_Minimal(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(minimal))
	t.Cleanup(srv.Close)
	u, err := wire.ParseURL("ws"+strings.TrimPrefix(srv.URL, "http")+"/echo", nil)
	require.NoError(t, err)
	list, err := Select(Filter{Server: true, Profile: "spec", Patterns: []string{"khp/*"}})
	require.NoError(t, err)
	run := Server(context.Background(), &Target{URL: u, User: User}, list,
		Options{Patience: unhurried})
	requirePassed(t, run)
}
