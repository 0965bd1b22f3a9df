package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/gobwas/ws"
)

// profile is how a client speaks KHP: the bytes it sends, and how many messages it gets before it
// is open.
type profile struct {
	opening, request string
	first, last      int // messages before the request, and after it
}

const fields = "Host: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
	"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

var (
	spec = profile{opening: "GET /load HTTP/1.1\r\n" +
		fields, request: "GET /load HTTP/1.1\r\nHost: load\r\n\r\n", last: 2}
	kaazing = profile{opening: "GET /load?.kl=Y HTTP/1.1\r\n" +
		fields, request: "GET /load?.kl=Y HTTP/1.1\r\n\r\n", first: 1, last: 3}
)

const patience = 30 * time.Second

// mostPayload is more than any message of the load has, in bytes.
const mostPayload = 1 << 20

// client is a KHP client that costs as little as possible: it knows the answers in advance.
type client struct{ nc net.Conn }

// connect brings up TCP. The source address is chosen so that more clients fit on one machine than
// there are ports.
func connect(addr string, from net.IP) (*client, error) {
	d := net.Dialer{Timeout: patience}
	if from != nil {
		d.LocalAddr = &net.TCPAddr{IP: from}
	}
	nc, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{nc: nc}, nc.SetDeadline(time.Now().Add(patience))
}

// open connects and shakes hands.
func open(addr string, from net.IP, p profile) (*client, error) {
	c, err := connect(addr, from)
	if err != nil {
		return nil, err
	}
	if err := c.handshake(p); err != nil {
		_ = c.nc.Close()
		return nil, err
	}
	return c, nil
}

func (c *client) handshake(p profile) error {
	if err := c.opening(p); err != nil {
		return err
	}
	if err := c.expect(p.first); err != nil {
		return err
	}
	if err := c.send(ws.OpBinary, p.request); err != nil {
		return err
	}
	return c.expect(p.last)
}

// opening sends the opening request and reads its answer to the last byte, and no further.
func (c *client) opening(p profile) error {
	if _, err := io.WriteString(c.nc, p.opening); err != nil {
		return err
	}
	// The answer of the same server to the same request is as long every time, but for who reads it
	// first; so byte by byte behind the first piece.
	head := make([]byte, 0, 256)
	var one [1]byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if _, err := c.nc.Read(one[:]); err != nil {
			return err
		}
		head = append(head, one[0])
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		return fmt.Errorf("refused: %q", head)
	}
	return nil
}

// expect reads n messages.
func (c *client) expect(n int) error {
	for range n {
		if _, err := c.receive(); err != nil {
			return err
		}
	}
	return nil
}

// frame reads one frame, of a message that some client has sent.
func (c *client) frame() (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(c.nc); err != nil {
		return f, err
	}
	if f.Header.Length > mostPayload {
		return f, fmt.Errorf("a frame of %d bytes, more than any that was sent", f.Header.Length)
	}
	f.Payload = make([]byte, f.Header.Length)
	_, err = io.ReadFull(c.nc, f.Payload)
	return f, err
}

func (c *client) receive() ([]byte, error) {
	f, err := c.frame()
	if err == nil && f.Header.OpCode == ws.OpClose {
		code, reason := ws.ParseCloseFrameData(f.Payload)
		err = fmt.Errorf("closed with %d %s", code, reason)
	}
	return f.Payload, err
}

// send writes one frame, masked with zeros.
func (c *client) send(op ws.OpCode, payload string) error {
	f := ws.MaskFrameWith(ws.NewFrame(op, true, []byte(payload)), [4]byte{})
	_, err := c.nc.Write(ws.MustCompileFrame(f))
	return err
}

// echo sends a text and wants it back.
func (c *client) echo(text string) error {
	_ = c.nc.SetDeadline(time.Now().Add(patience))
	if err := c.send(ws.OpText, text); err != nil {
		return err
	}
	got, err := c.receive()
	if err == nil && string(got) != text {
		err = fmt.Errorf("sent %q, got %q", text, got)
	}
	return err
}

// close ends the connection in good order.
func (c *client) close() error {
	defer func() { _ = c.nc.Close() }()
	if err := c.send(ws.OpClose, "\x03\xe8"); err != nil {
		return err
	}
	if _, err := c.frame(); err != nil {
		return err
	}
	if _, err := c.nc.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the Close frame: %w", err)
	}
	return nil
}

// handshakes opens and closes n connections in good order, at most at of them at the same time, in
// the profiles in turns.
func handshakes(addr string, n, at int, profiles ...profile) error {
	return connections(n, at, func(i int) error {
		c, err := open(addr, nil, profiles[i%len(profiles)])
		if err != nil {
			return err
		}
		return c.close()
	})
}
