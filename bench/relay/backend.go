package main

import (
	"net"

	"example.com/khp/bench/handshake"
	"example.com/khp/bench/process"
	"github.com/gobwas/ws"
)

// runBackend is the back end, a process: it prints its port and sends every message back.
func runBackend() error {
	ln, err := process.Listen()
	if err != nil {
		return err
	}
	return serveEcho(ln)
}

func serveEcho(ln net.Listener) error {
	return handshake.Accept(ln, func(nc net.Conn) {
		if _, err := ws.Upgrade(nc); err == nil {
			echo(nc)
		}
	})
}

// echo sends back the bytes it reads as they come, without the mask: a read is followed by one
// write, and large frames are never held.
func echo(nc net.Conn) {
	in, out := make([]byte, readSize), make([]byte, 0, readSize)
	var head ws.Header
	left := int64(0) // of the payload of the frame with that head
	for r, w := 0, 0; ; {
		n, err := nc.Read(in[w:])
		if err != nil {
			return
		}
		w += n
		for r < w {
			if left == 0 {
				size := headSize(in[r:w])
				if w-r < size {
					break
				}
				head = readHead(in[r : r+size])
				left, r = head.Length, r+size
				back := head
				back.Masked = false
				out = appendHead(out, back)
			}
			n := int(min(left, int64(w-r)))
			ws.Cipher(in[r:r+n], head.Mask, int((head.Length-left)%4))
			out = append(out, in[r:r+n]...)
			left, r = left-int64(n), r+n
		}
		w = copy(in, in[r:w])
		r = 0
		if _, err := nc.Write(out); err != nil {
			return
		}
		out = out[:0]
	}
}
