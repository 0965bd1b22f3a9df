package adapter

import (
	"bufio"
	"bytes"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport"
)

// KaazingClients lets next serve Kaazing's Java and iOS clients with a library that opens
// connections in its own words. These clients compare the opening 101 byte for byte, so it is
// written for them: with the reason phrase Web Socket Protocol Handshake and the field names of RFC
// 6455. The requests that deployed clients make beside the upgrade are answered here too, provided
// that next is mounted there: the path with /;e/cookies behind it. Other requests pass unchanged.
//
// It remains for next to allow the Origin of these clients, privileged://host:port: see
// [SameOrigin].
func KaazingClients(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case transport.AnswerProbe(w, r):
		case strings.Contains(r.URL.RawQuery, balancer.Mark):
			next.ServeHTTP(&openingWriter{ResponseWriter: w}, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// SameOrigin reports whether r comes from a page of the host that it is sent to, or from no page at
// all, as it has no Origin field. Use it as the CheckOrigin of a library that refuses the origin of
// Kaazing's Java and iOS clients, privileged://host:port. [endpoint.SameOrigin] compares.
func SameOrigin(r *http.Request) bool {
	origin := r.Header["Origin"]
	return len(origin) == 0 || len(origin) == 1 && endpoint.SameOrigin(origin[0], r.Host)
}

const (
	statusLine        = "HTTP/1.1 101 Switching Protocols\r\n"
	kaazingStatusLine = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n"
)

// openingWriter words the 101 of a library anew, whether that writes it as a header or as bytes.
type openingWriter struct {
	http.ResponseWriter
	switching bool // the header of a 101 was written, and not sent
}

// Unwrap is for http.ResponseController.
func (w *openingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader keeps a 101 for Hijack: net/http would spell its fields in its own way.
func (w *openingWriter) WriteHeader(status int) {
	if status == http.StatusSwitchingProtocols {
		w.switching = true
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Hijack takes over the connection, and sends the 101 if the library did so by WriteHeader.
func (w *openingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	switch {
	case err != nil:
		return nil, nil, err
	case w.switching:
		_, err = nc.Write(w.opening())
	default:
		nc = &openingConn{Conn: nc}
	}
	return nc, buffered, err
}

// opening writes the header as a 101.
func (w *openingWriter) opening() []byte {
	b := []byte(kaazingStatusLine)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		for _, value := range w.Header()[name] {
			b = append(b, strings.Replace(name, "Sec-Websocket-", "Sec-WebSocket-", 1)+": "+value+"\r\n"...)
		}
	}
	return append(b, "\r\n"...)
}

// openingConn replaces the status line in the first bytes that are written.
type openingConn struct {
	net.Conn
	wrote bool
}

// Write is called by one goroutine until the opening handshake is over.
func (c *openingConn) Write(p []byte) (int, error) {
	if c.wrote {
		return c.Conn.Write(p)
	}
	c.wrote = true
	rest, ok := bytes.CutPrefix(p, []byte(statusLine))
	if !ok {
		return c.Conn.Write(p)
	}
	if _, err := c.Conn.Write(append([]byte(kaazingStatusLine), rest...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
