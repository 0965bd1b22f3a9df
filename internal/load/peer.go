package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"example.com/khp/transport"
	"github.com/gobwas/ws"
)

// peers are servers of the same conversation, for comparison: package transport by itself, the
// frame library that it uses with its zero-copy upgrade, and a loop that reads and writes fixed
// bytes and so cannot be outdone by anything that looks at them. Each echoes.
var peers = map[string]func(ln net.Listener) error{
	"transport": func(ln net.Listener) error {
		return (&transport.Server{Handler: &transport.Handler{
			Serve: func(ctx context.Context, c *transport.Conn) error {
				for {
					t, p, err := c.Read(ctx)
					if err != nil {
						return err
					}
					if err := c.Write(ctx, t, p); err != nil {
						return err
					}
				}
			}}}).Serve(ln)
	},
	"gobwas": func(ln net.Listener) error { return acceptAll(ln, gobwasPeer) },
	"bare":   func(ln net.Listener) error { return acceptAll(ln, barePeer) },
}

// peerResponse accepts: a frame with it, and the terminator.
var peerResponse = func() []byte {
	const response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"
	return append(ws.MustCompileFrame(ws.NewBinaryFrame([]byte(response))),
		ws.MustCompileFrame(ws.NewBinaryFrame(nil))...)
}()

// servePeer is the process of a peer: it prints where it listens.
func servePeer(name string, out io.Writer) error {
	serve, ok := peers[name]
	if !ok {
		return fmt.Errorf("%q is no peer", name)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, ln.Addr())
	return serve(ln)
}

func acceptAll(ln net.Listener, serve func(nc net.Conn)) error {
	for {
		nc, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = nc.Close() }()
			serve(nc)
		}()
	}
}

// gobwasPeer shakes hands with the library's zero-copy upgrade, takes the request as it is, and
// echoes.
func gobwasPeer(nc net.Conn) {
	u := ws.Upgrader{Protocol: func(p []byte) bool { return string(p) == "x-kaazing-handshake" }}
	if _, err := u.Upgrade(nc); err != nil {
		return
	}
	if _, _, err := gobwasFrame(nc); err != nil {
		return
	}
	if _, err := nc.Write(peerResponse); err != nil {
		return
	}
	for {
		h, p, err := gobwasFrame(nc)
		if err != nil {
			return
		}
		if ws.WriteFrame(nc, ws.NewFrame(h.OpCode, true, p)) != nil || h.OpCode == ws.OpClose {
			return
		}
	}
}

// gobwasFrame reads a frame of at most 64 KiB.
func gobwasFrame(nc net.Conn) (h ws.Header, p []byte, err error) {
	if h, err = ws.ReadHeader(nc); err != nil || h.Length > 64<<10 {
		return h, nil, io.ErrUnexpectedEOF
	}
	p = make([]byte, h.Length)
	_, err = io.ReadFull(nc, p)
	ws.Cipher(p, h.Mask, 0)
	return h, p, err
}

var bareOpening = []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
	"Connection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" +
	"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")

// barePeer looks at nothing but the end of the head: every read behind it is a frame.
func barePeer(nc net.Conn) {
	var b [512]byte
	n := 0
	for !bytes.HasSuffix(b[:n], []byte("\r\n\r\n")) {
		m, err := nc.Read(b[n:])
		if err != nil {
			return
		}
		n += m
	}
	if _, err := nc.Write(bareOpening); err != nil {
		return
	}
	if _, err := nc.Read(b[:]); err != nil {
		return
	}
	if _, err := nc.Write(peerResponse); err != nil {
		return
	}
	for {
		n, err := nc.Read(b[:])
		if err != nil || n < 6 {
			return
		}
		head, masked := b[:2], b[6:n] // with zeros
		head[1] &= 0x7f
		if _, err := nc.Write(append(head, masked...)); err != nil || head[0]&0x0f == byte(ws.OpClose) {
			return
		}
	}
}

// hirePeer starts this program as a peer.
func hirePeer(name string) (*server, error) {
	s := &server{cmd: exec.Command(os.Args[0], "peer", name)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("peer %s: %w", name, err)
	}
	s.addr = strings.TrimSpace(line)
	return s, nil
}

// kill ends a peer, which has nothing to drain.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// residentBytes is the resident memory of a process as the system counts it.
func residentBytes(pid int) (float64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, fmt.Errorf("the memory of a process is only known on Linux: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kib, err := strconv.ParseFloat(f[1], 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}
