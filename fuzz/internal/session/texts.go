package session

import (
	"strconv"

	"example.com/khp/endpoint"
	"example.com/khp/fuzz/internal/property"
)

// heads are messages and pieces of them that a server may send.
var heads = []string{
	"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: " +
		"x-a;n=2\r\nSec-WebSocket-Protocol: amqp\r\n\r\n", "HTTP/1.1 204\r\n\r\n",
	"HTTP/1.1 201 Made\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 205 x\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 202 Accepted\r\n\r\n",
	"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n",
	"HTTP/1.1 302 Found\r\nLocation: /q\r\n\r\n", "HTTP/1.1 307 x\r\nLocation: ws://h2/\r\n\r\n",
	"HTTP/1.1 300 x\r\nContent-Type: text/uri-list\r\n\r\n/a\r\n/b", "HTTP/1.1 407 x\r\n" +
		"Proxy-Authenticate: Basic\r\n\r\n", "HTTP/1.1 426 x\r\nUpgrade: TLS/1.2\r\n\r\n",
	"HTTP/1.1 403 no\r\n\r\nno", "HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: x-z\r\n\r\n",
	"HTTP/1.1 101 x\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
	"HTTP/1.1 101\r\n\r\nHTTP/1.1 200 x\r\n\r\n", "HTTP/1.1 101", "\r\n", "\r\n\r\n", "made",
	"ws://h3/r", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "\xff\x00",
	"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1f", "\r\n0\r\n\r\n",
	"HTTP/1.1 101 x\r\nTransfer-Encoding: chunked\r\n\r\n",
	"HTTP/1.1 404 x\r\nContent-Length: 2\r\n\r\nno",
}

// openingAnswer writes an opening 101. Bits of how: another subprotocol, none, an extension, a
// wrong accept, a message right behind it.
func openingAnswer(accept []byte, how byte) string {
	s := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + string(accept)
	if how&16 != 0 {
		s += "x"
	}
	switch how & 3 {
	case 0, 1:
		s += "\r\nSec-WebSocket-Protocol: " + endpoint.Subprotocol
	case 2:
		s += "\r\nSec-WebSocket-Protocol: amqp"
	}
	if how&4 != 0 {
		s += "\r\nSec-WebSocket-Extensions: x-o"
	}
	if how&8 != 0 {
		s += "\r\nSec-WebSocket-Extensions: x-a"
	}
	return s + "\r\n\r\n"
}

// builtResponse writes an extended response of any status, with fields by bits.
func builtResponse(p *property.Program, accept []byte) string {
	s := "HTTP/1.1 " + strconv.Itoa(100+p.Code()%900) + " Whatever\r\n"
	flags := p.Byte()
	for i, line := range []string{
		"Location: " + string(p.Text()), "WWW-Authenticate: Application Basic realm=\"x\"",
		"Sec-WebSocket-Protocol: stomp", "Sec-WebSocket-Extensions: x-b", "Sec-WebSocket-Extensions: x-o",
		"Sec-WebSocket-Accept: " + string(accept), "Upgrade: TLS/1.0", "Retry-After: 5",
	} {
		if flags>>i&1 == 1 {
			s += line + "\r\n"
		}
	}
	return s + "\r\n" + string(p.Piece())
}

// requests are messages and pieces of them that a client may send.
var requests = []string{
	"GET /p HTTP/1.1\r\n\r\n", "GET /p HTTP/1.1\r\nSec-WebSocket-Protocol: amqp, stomp\r\n" +
		"Sec-WebSocket-Extensions: x-a;n=1, x-b\r\n\r\n",
	"GET /p HTTP/1.1\r\nAuthorization: Basic am9lOndlbGNvbWU=\r\n\r\n",
	"GET /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", "body",
	"GET /p HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "POST /p HTTP/1.1\r\n\r\n",
	"GET /q HTTP/1.1\r\n\r\n", "GET /p HTTP/1.0\r\n\r\n",
	"GET /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
	"GET /p?.kl=Y HTTP/1.1\r\nWebSocket-Protocol: \r\nSec-WebSocket-Protocol: \r\n" +
		"Sec-WebSocket-Extensions: \r\n\r\n", "GET /p HTTP/1.1\r\nHost: other\r\n\r\n",
	"GET /p HTTP/1.1\r\nSec-WebSocket-Extensions: x-o\r\n\r\n",
	"GET /p HTTP/1.1", "\r\n", "\xff\x00", "FOO /p HTTP/1.1\r\n\r\n",
	"GET /p HTTP/1.1\r\nExpect: 200-ok\r\n\r\n",
	"GET http://h/p HTTP/1.1\r\n\r\n", "GET ws://h?q HTTP/1.1\r\nContent-Length: 99999\r\n\r\n",
}

// openingRequest writes an opening request. Bits of how: no KHP, the kaazing profile, an extension,
// another version, an Origin.
func openingRequest(how byte) string {
	s := "GET /p"
	if how&2 != 0 {
		s += "?.kl=Y"
	}
	s += " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 1"
	if how&8 == 0 {
		s += "3"
	}
	if how&1 == 0 {
		s += "\r\nSec-WebSocket-Protocol: amqp, " + endpoint.Subprotocol
	}
	if how&4 != 0 {
		s += "\r\nSec-WebSocket-Extensions: x-o"
	}
	if how&16 != 0 {
		s += "\r\nOrigin: http://other"
	}
	return s + "\r\n\r\n"
}
