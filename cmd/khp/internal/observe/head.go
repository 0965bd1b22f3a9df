package observe

import (
	"strconv"
	"strings"
)

// Head is an HTTP message taken apart, for display only.
type Head struct {
	Start  string // first line
	Fields [][2]string
	Body   string
}

// ParseHead takes an HTTP message apart. The result has an empty Start if b is no HTTP.
func ParseHead(b []byte) Head {
	head, body, ok := strings.Cut(string(b), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	if !ok || !strings.Contains(lines[0], "HTTP/1.1") {
		return Head{}
	}
	h := Head{Start: strings.TrimSpace(lines[0]), Body: body}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		h.Fields = append(h.Fields, [2]string{name, strings.TrimSpace(value)})
	}
	return h
}

// Status returns the status code, 0 for a request.
func (h Head) Status() int {
	if rest, ok := strings.CutPrefix(h.Start, "HTTP/1.1 "); ok {
		code, _, _ := strings.Cut(rest, " ")
		n, _ := strconv.Atoi(code)
		return n
	}
	return 0
}

// Get returns the first field of that name.
func (h Head) Get(name string) string {
	for _, f := range h.Fields {
		if strings.EqualFold(f[0], name) {
			return f[1]
		}
	}
	return ""
}
