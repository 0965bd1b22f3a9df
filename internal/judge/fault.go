package judge

import (
	"strconv"
	"strings"

	"example.com/khp/internal/scan"
)

// Fault describes the first mistake in a message. The zero value says that there is none.
type Fault struct {
	Reqs string // the requirements that the message breaks, separated by blanks
	Text string // the mistake, without secrets and bounded in length
}

// Found reports whether there is a mistake.
func (f Fault) Found() bool { return f.Text != "" }

// Clip bounds the part of a peer's text that goes into a message.
func Clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return scan.Cut(s, most) + "..."
}

// Quote makes any bytes of a peer fit for a message: ASCII, bounded.
func Quote(s string) string { return strconv.QuoteToASCII(Clip(s)) }

// QuoteList quotes the elements of a list, joined by commas; an empty list is "none".
func QuoteList(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return Quote(strings.Join(list, ", "))
}

// quoteFirst quotes the first value of a field; without the field it is "none".
func quoteFirst(v []byte, ok bool) string {
	if !ok {
		return "none"
	}
	return Quote(string(v))
}

// WithoutUserinfo removes a possible password from a URL that could not be parsed.
func WithoutUserinfo(rawURL string) string {
	at := strings.LastIndexByte(rawURL, '@')
	if at < 0 {
		return Clip(rawURL)
	}
	scheme, _, ok := strings.Cut(rawURL[:at], "://")
	if !ok {
		return Clip(rawURL[at+1:])
	}
	return Clip(scheme + "://" + rawURL[at+1:])
}

// HasPrefixFold reports whether s begins with prefix, in either case of letters.
func HasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
