// Package balancer has the messages that a Kaazing gateway sends outside the handshake proper, and
// the mark by which clients ask for them.
package balancer

import (
	"strconv"
	"strings"
)

// Message is the meaning of a message that a Kaazing gateway sends outside the handshake proper.
type Message uint8

const (
	None    Message = iota // any other message
	Proceed                // go on with this connection
	Reroute                // close, and connect to the URL that follows
)

// String returns "none", "proceed" or "reroute".
func (b Message) String() string {
	switch b {
	case None:
		return "none"
	case Proceed:
		return "proceed"
	case Reroute:
		return "reroute"
	}
	return "Balancer(" + strconv.Itoa(int(b)) + ")"
}

// prefix is U+F0FF in UTF-8.
const prefix = "\xef\x83\xbf"

// Parse classifies the content of one message: exactly EF 83 BF 4E is
// Proceed; EF 83 BF 52 is Reroute, and the rest of the message is
// the URL, unchecked and possibly empty. The URL is a view.
func Parse(p []byte) (b Message, url []byte) {
	const n = len(prefix)
	if len(p) <= n || string(p[:n]) != prefix {
		return None, nil
	}
	switch {
	case p[n] == 'N' && len(p) == n+1:
		return Proceed, nil
	case p[n] == 'R':
		return Reroute, p[n+1:]
	}
	return None, nil
}

// Append writes the content of a balancer message; url is written after
// Reroute only. None writes nothing.
func Append(dst []byte, b Message, url string) []byte {
	switch b {
	case Proceed:
		dst = append(dst, prefix+"N"...)
	case Reroute:
		dst = append(dst, prefix+"R"...)
		dst = append(dst, url...)
	case None:
	}
	return dst
}

// Mark is the query parameter by which Kaazing clients ask for the balancer messages
// and the terminator.
const Mark = ".kl=Y"

// Asked reports whether the query of a request target holds [Mark].
func Asked(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	return strings.Contains(query, Mark)
}
