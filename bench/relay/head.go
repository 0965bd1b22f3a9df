package main

import (
	"bytes"

	"github.com/gobwas/ws"
)

// headSize is how many bytes the head of a client's frame has that begins like that.
func headSize(b []byte) int {
	size := ws.MinHeaderSize + 4
	if len(b) < ws.MinHeaderSize {
		return size
	}
	switch b[1] & 0x7f {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	return size
}

// readHead reads a head that is there.
func readHead(b []byte) ws.Header {
	h, err := ws.ReadHeader(bytes.NewReader(b))
	if err != nil {
		panic(err) // the clients are ours
	}
	return h
}

func appendHead(dst []byte, h ws.Header) []byte {
	b := bytes.NewBuffer(dst)
	_ = ws.WriteHeader(b, h)
	return b.Bytes()
}
