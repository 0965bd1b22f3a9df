package main

import "github.com/gobwas/ws"

const protocol = "x-kaazing-handshake"

const fields = "Host: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

// What the client sends: the opening request, and for KHP the extended request.
var (
	plainRequest = []byte("GET /load HTTP/1.1\r\n" + fields + "\r\n")
	khpRequest   = []byte("GET /load HTTP/1.1\r\n" + fields + "Sec-WebSocket-Protocol: " + protocol + "\r\n\r\n")
	extended     = ws.MustCompileFrame(ws.MaskFrameWith(ws.NewBinaryFrame([]byte("GET /load HTTP/1.1\r\nHost: load\r\n\r\n")), [4]byte{1, 2, 3, 4}))
)

// What a server answers that does not look: the bytes of package transport.
var (
	switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n"
	opened    = []byte(switching + "Sec-WebSocket-Protocol: " + protocol + "\r\nDate: Mon, 30 Nov 2026 09:00:00 GMT\r\n\r\n")
	accepted  = append(ws.MustCompileFrame(ws.NewBinaryFrame([]byte(switching+"\r\n"))), ws.MustCompileFrame(ws.NewBinaryFrame(nil))...)
)
