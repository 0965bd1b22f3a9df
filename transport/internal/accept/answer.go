package accept

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/khp/transport/internal/sock"
)

// ShuttingDown is why a client is refused at the end of a server.
const ShuttingDown = "this server is shutting down"

const (
	tooManyText = "too many connections from your address"
	allInUse    = "all connections are in use"
)

// turnAway says that there are too many connections from an address, and closes. A client that
// begins with TLS, as secure says of one that has not yet, would not understand.
func turnAway(nc net.Conn, secure bool) {
	if _, is := nc.(*tls.Conn); !secure && !is {
		answer(nc, "503 Service Unavailable", tooManyText+"\n")
	}
	sock.Abort(nc)
}

// answer answers an HTTP request in one write that a new connection takes at once. fields are
// further lines of its head.
func answer(nc net.Conn, status, text string, fields ...string) {
	now := time.Now()
	_ = nc.SetWriteDeadline(now.Add(sock.GiveUpTimeout))
	more := strings.Join(append(fields, ""), "\r\n")
	_, _ = fmt.Fprintf(nc,
		"HTTP/1.1 %s\r\n%sContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: "+
			"close\r\nDate: %s\r\n\r\n%s",
		status, more, len(text), now.UTC().Format(http.TimeFormat), text)
}
