package sequence

import (
	"strconv"
	"strings"
)

// shown are the fields of HTTP that matter to a handshake.
var shown = []string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Authorization",
	"WWW-Authenticate", "Location"}

// Fields returns the lines below the first one of an HTTP message that are worth showing: the
// fields that matter, and the beginning of a body of plain text. Credentials and the queries of
// URLs are left out.
func Fields(message []byte) (lines []string) {
	head, body, _ := strings.Cut(string(message), "\r\n\r\n")
	start, rest, _ := strings.Cut(head, "\r\n")
	fields := map[string]string{}
	for line := range strings.SplitSeq(rest, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if name = strings.ToLower(name); fields[name] == "" {
			fields[name] = strings.TrimSpace(value)
		}
	}
	for _, name := range shown {
		value := fields[strings.ToLower(name)]
		switch {
		case value == "":
			continue
		case name == "Authorization":
			scheme, _, _ := strings.Cut(value, " ")
			value = scheme + " [redacted]"
		case name == "Location":
			if place, _, query := strings.Cut(value, "?"); query {
				value = place + "?..."
			}
		}
		lines = append(lines, name+": "+value)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	if first = strings.TrimSpace(first); first != "" && !strings.HasSuffix(start, first) &&
		strings.HasPrefix(fields["content-type"], "text/plain") {
		lines = append(lines, strconv.Quote(first))
	}
	return lines
}
