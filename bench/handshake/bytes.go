package handshake

import "github.com/gobwas/ws"

// Protocol is the subprotocol that selects KHP.
const Protocol = "x-kaazing-handshake"

const fields = "Host: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

// The bytes of the client: the opening request, and for KHP the extended request.
var (
	PlainRequest = []byte("GET /load HTTP/1.1\r\n" + fields + "\r\n")
	KHPRequest   = []byte("GET /load HTTP/1.1\r\n" + fields + "Sec-WebSocket-Protocol: " +
		Protocol + "\r\n\r\n")
	Extended = ws.MustCompileFrame(ws.MaskFrameWith(ws.NewBinaryFrame([]byte("GET /load HTTP/1.1\r\n"+
		"Host: load\r\n\r\n")), [4]byte{1, 2, 3, 4}))
)

// The answers of a server that looks at nothing: the bytes of package transport.
var (
	switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n"
	Opened = []byte(switching + "Sec-WebSocket-Protocol: " + Protocol +
		"\r\nDate: Mon, 30 Nov 2026 09:00:00 GMT\r\n\r\n")
	Accepted = append(ws.MustCompileFrame(ws.NewBinaryFrame([]byte(switching+"\r\n"))),
		ws.MustCompileFrame(ws.NewBinaryFrame(nil))...)
)
