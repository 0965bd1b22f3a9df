package wire

import (
	"strconv"
	"strings"
)

// Balancer is the meaning of a message that a Kaazing gateway sends outside the handshake proper.
type Balancer uint8

const (
	BalancerNone    Balancer = iota // any other message
	BalancerProceed                 // go on with this connection
	BalancerReroute                 // close, and connect to the URL that follows
)

// String returns "none", "proceed" or "reroute".
func (b Balancer) String() string {
	switch b {
	case BalancerNone:
		return "none"
	case BalancerProceed:
		return "proceed"
	case BalancerReroute:
		return "reroute"
	}
	return "Balancer(" + strconv.Itoa(int(b)) + ")"
}

// balancerPrefix is U+F0FF in UTF-8.
const balancerPrefix = "\xef\x83\xbf"

// ParseBalancer classifies the content of one message: exactly EF 83 BF 4E is
// BalancerProceed; EF 83 BF 52 is BalancerReroute, and the rest of the message is
// the URL, unchecked and possibly empty. The URL is a view.
func ParseBalancer(p []byte) (b Balancer, url []byte) {
	const n = len(balancerPrefix)
	if len(p) <= n || string(p[:n]) != balancerPrefix {
		return BalancerNone, nil
	}
	switch {
	case p[n] == 'N' && len(p) == n+1:
		return BalancerProceed, nil
	case p[n] == 'R':
		return BalancerReroute, p[n+1:]
	}
	return BalancerNone, nil
}

// AppendBalancer writes the content of a balancer message; url is written after
// BalancerReroute only. BalancerNone writes nothing.
func AppendBalancer(dst []byte, b Balancer, url string) []byte {
	switch b {
	case BalancerProceed:
		dst = append(dst, balancerPrefix+"N"...)
	case BalancerReroute:
		dst = append(dst, balancerPrefix+"R"...)
		dst = append(dst, url...)
	case BalancerNone:
	}
	return dst
}

// KaazingMark is the query parameter by which Kaazing clients ask for the balancer messages
// and the terminator.
const KaazingMark = ".kl=Y"

// AsksKaazing reports whether the query of a request target holds [KaazingMark].
func AsksKaazing(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	return strings.Contains(query, KaazingMark)
}

// OriginForm returns the path and the query of a request target, without the scheme and the
// authority of the absolute form.
func OriginForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

// TargetPath returns the path of a request target.
func TargetPath(target string) string {
	path, _, _ := strings.Cut(OriginForm(target), "?")
	return path
}
