package corpus

import (
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Generate iterates without end over well-formed messages of a kind, Request or Response: fields
// known and unknown in any order, odd but legal spellings, bodies where the status allows them. The
// same seed gives the same messages. Other kinds give none.
func Generate(k Kind, seed uint64) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		g := generator{rand.New(rand.NewPCG(seed, 0x6b6870))}
		for {
			var b []byte
			switch k {
			case Request:
				b = g.request()
			case Response:
				b = g.response()
			}
			if b == nil || !yield(b) {
				return
			}
		}
	}
}

type generator struct{ *rand.Rand }

func (g generator) of(list ...string) string { return list[g.IntN(len(list))] }

// request writes a request. A field comes at most once where that matters.
func (g generator) request() []byte {
	s := g.of("GET", "GET", "GET", "POST", "M-SEARCH", "!#$%&'*+-.^_`|~") + " " +
		g.of("/", "/echo", "/echo?.kl=Y", "/a/../b", "/%7e%2F?q=%00",
			"//x", "/\"[]{}|^", "ws://example.com/echo", "HTTPS://[::1]:8443/?x") +
		g.of(" HTTP/1.1\r\n", " HTTP/1.1\r\n", " HTTP/1.2\r\n")
	lines := []string{g.name("Host") + g.sep() + g.of("example.com", "h:81", "[::1]:80", "192.0.2.1")}
	if g.IntN(3) == 0 {
		lines = nil // extended requests in the field have none
	}
	lines = g.more(lines,
		"Upgrade: websocket", "Connection: keep-alive, Upgrade",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Protocol: x-kaazing-handshake, amqp", "Sec-WebSocket-Extensions: "+g.extensions(),
		"Authorization: Basic am9lOndlbGNvbWU=", "WebSocket-Protocol:", "Origin: http://example.com")
	return g.finish(s, lines, true)
}

// response writes a response.
func (g generator) response() []byte {
	status := g.of("101", "101", "100", "200", "201", "202", "204", "205", "300", "302", "304", "401",
		"407", "426", "503", "599", "600", "999")
	s := g.of("HTTP/1.1 ", "HTTP/1.1 ", "HTTP/1.9 ") + status +
		g.of(" Switching Protocols", " ", "", " \xc3\xa9\t!") + "\r\n"
	lines := g.more(nil,
		"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		"Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Extensions: "+g.extensions(),
		`WWW-Authenticate: Application Basic realm="x", Digest realm="a,b", nonce="\"", Negotiate abc==`,
		"Location: "+g.of("ws://example.com/x", "/x", "../x?y", "?z"),
		"Retry-After: "+g.of("0", "120", "Fri, 31 Dec 1999 23:59:59 GMT"),
		"Set-Cookie: a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT")
	none := status[0] == '1' || status == "204" || status == "205" || status == "304"
	return g.finish(s, lines, !none)
}

// more adds some of the lines, in any order, spelled in any way, and some unknown ones.
func (g generator) more(lines []string, known ...string) []string {
	for _, l := range known {
		if g.IntN(3) == 0 {
			name, v, _ := strings.Cut(l, ":")
			lines = append(lines, g.name(name)+g.sep()+strings.TrimSpace(v)+g.of("", "", " ", "\t "))
		}
	}
	for range g.IntN(3) {
		lines = append(lines, g.name(g.of("X", "x-y", "!#$%&'*+-.^_`|~", "0"))+g.sep()+
			g.of("", "v", "a  b\tc", "\x80\xff", ":", `"\"`))
	}
	g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines
}

// finish adds the body, if there may be one, and its length.
func (g generator) finish(start string, lines []string, body bool) []byte {
	text := ""
	if body && g.IntN(3) == 0 {
		text = g.of("hello", "", "\r\n\r\n", "\x00\xff", strings.Repeat("x", g.IntN(300)))
		lines = append(lines, g.name("Content-Length")+g.sep()+g.of("", "", "0")+strconv.Itoa(len(text)))
	}
	for _, l := range lines {
		start += l + "\r\n"
	}
	return []byte(start + "\r\n" + text)
}

func (g generator) name(s string) string {
	return g.of(s, s, strings.ToLower(s), strings.ToUpper(s))
}

func (g generator) sep() string { return g.of(": ", ": ", ":", ":\t", ":   ") }

func (g generator) extensions() string {
	list := make([]string, 1+g.IntN(3))
	for i := range list {
		list[i] = g.of("x-kaazing-idle-timeout;timeout=2000", "x-kaazing-ping-pong; 01010102",
			"permessage-deflate", `a; b="c" ;d=e`, "")
	}
	list[0] = g.of("x-a", "x-kaazing-ping-pong")
	return strings.Join(list, g.of(",", ", ", " , "))
}
