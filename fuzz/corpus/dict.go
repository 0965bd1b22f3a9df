package corpus

import (
	"fmt"
	"strings"
)

// Words returns the tokens of the dictionary: those that the parsers compare with, and those that
// they have stumbled over.
func Words() []string {
	return append([]string{
		"GET ", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", " HTTP/1.1\r\n", "HTTP/1.1 101 Switching " +
			"Protocols\r\n", "HTTP/1.1 204", "HTTP/1.1 302 Found\r\n", "HTTP/1.1 401 Unauthorized\r\n",
		"Host: ", "Content-Length: ", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
		"Connection: Upgrade\r\n", "Upgrade: websocket\r\n", "Expect: 100-continue\r\n",
		"Sec-WebSocket-Key: ", "Sec-WebSocket-Accept: ", "Sec-WebSocket-Version: 13\r\n",
		"Sec-WebSocket-Protocol: ", "Sec-WebSocket-Extensions: ", "x-kaazing-handshake",
		"x-kaazing-idle-timeout;timeout=",
		"x-kaazing-ping-pong", "x-kaazing-revalidate", "WWW-Authenticate: ", "Proxy-Authenticate: ",
		"Application Basic realm=\"", "Negotiate ", "Digest ", "Bearer ", "Token ",
		"Authorization: Basic ", "Proxy-Authorization: ", "Cookie: ", "Set-Cookie: ", "Location: ",
		"Retry-After: ", "Content-Type: text/uri-list\r\n", "ws://", "wss://", "http://", "https://",
		"/../", "/./", "%2F", "%2e", "%00", "?.kl=Y", "[::1]", ":65535", "\xef\x83\xbf\x4e",
		"\xef\x83\xbf\x52", "Fri, 31 Dec 1999 23:59:59 GMT", "q=0.5", "9223372036854775808", "4294967297",
		"0x10", "+1", "-1",
	}, hostile...)
}

// Dictionary writes the words in the format that libFuzzer (-dict=) and AFL (-x) read.
func Dictionary() string {
	var b strings.Builder
	b.WriteString("# Words of HTTP/1.1 and of the x-kaazing-handshake protocol. For libFuzzer: " +
		"-dict=khp.dict, for AFL: -x khp.dict.\n")
	for i, w := range Words() {
		fmt.Fprintf(&b, "khp_%03d=\"", i)
		for j := 0; j < len(w); j++ {
			switch c := w[j]; {
			case c == '"' || c == '\\':
				b.WriteString(`\` + string(rune(c)))
			case c < ' ' || c > '~':
				fmt.Fprintf(&b, `\x%02x`, c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteString("\"\n")
	}
	return b.String()
}
