package guard

import (
	"net/url"
	"slices"
	"strings"

	"example.com/khp/internal/scan"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// Carriers are where clients that cannot set Authorization put a token. "" is none of that kind.
type Carriers struct {
	Header    string // name of a field
	Parameter string // of the query
	Cookie    string
}

// any reports whether there is one.
func (c Carriers) any() bool { return c != Carriers{} }

// token finds a token in a request: in a field, the query or a cookie, in this order. The extended
// request comes before the opening one.
func (c Carriers) token(r *transport.Request) string {
	for _, text := range []string{c.field(r), c.parameter(r.Target), c.cookie(r)} {
		if text != "" {
			return text
		}
	}
	return ""
}

func (c Carriers) field(r *transport.Request) string {
	if c.Header == "" {
		return ""
	}
	if list := values(r, c.Header); len(list) > 0 {
		return list[0]
	}
	return ""
}

func (c Carriers) parameter(target string) string {
	_, query, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if !c.isParameter(name) {
			continue
		}
		if text, err := url.QueryUnescape(value); err == nil && scan.ValidValue(text) {
			return text
		}
		return ""
	}
	return ""
}

// isParameter reports whether a name, as written in a query, is that of the parameter.
func (c Carriers) isParameter(written string) bool {
	name, err := url.QueryUnescape(written)
	return c.Parameter != "" && err == nil && name == c.Parameter
}

func (c Carriers) cookie(r *transport.Request) string {
	for _, line := range values(r, "Cookie") {
		for pair := range strings.SplitSeq(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if c.Cookie != "" && name == c.Cookie {
				return strings.Trim(value, `"`)
			}
		}
	}
	return ""
}

// values are those of a field, in both requests.
func values(r *transport.Request, name string) (list []string) {
	for _, f := range slices.Concat(r.Header, r.Opening) {
		if strings.EqualFold(f.Name, name) {
			list = append(list, f.Value)
		}
	}
	return list
}

// Target is a path with its query, without the parameter.
func (c Carriers) Target(target string) string {
	return c.replace(target, func(string) (string, bool) { return "", false })
}

// Redacted is a path with its query whose parameter has no value that could be used.
func (c Carriers) Redacted(target, instead string) string {
	return c.replace(target, func(name string) (string, bool) { return name + "=" + instead, true })
}

// replace puts something in the place of each parameter of that name, or nothing.
func (c Carriers) replace(target string, by func(name string) (part string, keep bool)) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok || c.Parameter == "" {
		return target
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); c.isParameter(name) {
			instead, keep := by(name)
			if !keep {
				continue
			}
			part = instead
		}
		kept = append(kept, part)
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}

// Cookies is the value of a Cookie field without the cookie, "" if nothing is left.
func (c Carriers) Cookies(value string) string {
	if c.Cookie == "" {
		return value
	}
	var kept []string
	for pair := range strings.SplitSeq(value, ";") {
		pair = strings.TrimSpace(pair)
		if name, _, _ := strings.Cut(pair, "="); name != c.Cookie && pair != "" {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "; ")
}

// Hide is a text with URLs and request lines whose tokens are replaced.
func (c Carriers) Hide(text string) string {
	if c.Parameter == "" {
		return text
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '?')
		if at < 0 {
			return b.String() + text
		}
		b.WriteString(text[:at])
		end := len(text)
		if i := strings.IndexAny(text[at:], " \t\r\n\"]"); i >= 0 {
			end = at + i
		}
		b.WriteString(c.Redacted(text[at:end], trace.Redacted))
		text = text[end:]
	}
}
