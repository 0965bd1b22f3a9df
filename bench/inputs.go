package main

import "strings"

// input is one message all parsers read.
type input struct {
	name     string
	response bool
	message  string
	target   float64 // how many times faster than net/http package wire has to be
}

// inputs are the four sizes that matter: an extended handshake, the request with which a browser
// opens a connection, and more fields than real clients send.
var inputs = []input{
	{"extended request", false, extendedRequest, 17},
	{"extended 101", true, extended101, 11},
	{"browser request", false, browserRequest, 13},
	{"30 fields", false, thirtyFields, 11},
}

// extendedRequest names a host, which khp does not need, because fasthttp reads no request without
// one.
const extendedRequest = "GET /chat/room-42 HTTP/1.1\r\n" +
	"Host: www.example.com\r\n" +
	"Sec-WebSocket-Protocol: amqp\r\n" +
	"Sec-WebSocket-Extensions: x-kaazing-ping-pong\r\n\r\n"

const extended101 = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n" +
	"Connection: Upgrade\r\n" +
	"Date: Sun, 22 Nov 2026 02:20:00 GMT\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
	"Sec-WebSocket-Extensions: x-kaazing-ping-pong; 01010102\r\n" +
	"Server: Kaazing Gateway 5\r\n" +
	"Upgrade: websocket\r\n\r\n"

const browserRequest = "GET /archive/2026/11/photos/" +
	"harbour-at-dawn-with-fishing-boats.jpeg HTTP/1.1\r\n" +
	"Host: photos.example.org\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 " +
	"ExampleToolbar/4.2\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n" +
	"Accept-Language: is,en-gb;q=0.7,en;q=0.3\r\n" +
	"Accept-Encoding: gzip, deflate\r\n" +
	"Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7\r\n" +
	"Keep-Alive: 115\r\n" +
	"Connection: keep-alive\r\n" +
	"Cookie: visits=12; last_visit=nnnnnnnnnn; _ga=GA1.2.nnnnnnnnnn.nnnnnnnnnn; " +
	"consent=necessary+statistics; " +
	"campaign=nnnnnnnnn.nnnnnnnnnn.1.1.source=(referral)|name=newsletter.example.net|" +
	"path=/issues/november/|medium=referral; session=nnnnnnnnnnnn\r\n\r\n"

var thirtyFields = makeThirtyFields()

// makeThirtyFields writes a request of 2048 bytes in which no name occurs twice.
func makeThirtyFields() string {
	var b strings.Builder
	b.WriteString("GET /reports/daily?format=json HTTP/1.1\r\nHost: api.example.org:8443\r\n")
	names := strings.Fields(`Accept Accept-Encoding Accept-Language Authorization Cache-Control
		Connection Cookie DNT Forwarded From If-Modified-Since If-None-Match Origin Pragma Priority Referer
		Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site TE Traceparent Tracestate
		Upgrade-Insecure-Requests User-Agent Via X-Forwarded-For X-Forwarded-Proto X-Request-Id
		X-Tenant`)
	value := strings.Repeat("text/plain;q=0.9,10.20.30.40;id=abcdef,", 3)
	for i, name := range names {
		n := 41 + 7*(i%5) // short and long ones
		if i == len(names)-1 {
			n = 2048 - b.Len() - len(name) - len(": \r\n\r\n")
		}
		b.WriteString(name + ": " + value[:n] + "\r\n")
	}
	return b.String() + "\r\n"
}
