package endpoint

import (
	"strings"
)

// settle finds the origin of the opening request, wherever the client says it; target is the target
// as sent, "" if it is not known. status 0 means that the request is clear about it, and about
// everything else that decisions about security rest on: a field that stands there twice is
// refused, because the next one to look, a proxy or the application, might look at the other.
//
// Version 8 of the WebSocket protocol names the origin in Sec-WebSocket-Origin; browsers send
// Origin with every version.
func (o *OpeningRequest) settle(target string) (status int, what string) {
	if name := repeated(o.Opening); name != "" {
		return 400, name + " is repeated"
	}
	origin, old := findField(o.Opening, "Origin"), findField(o.Opening, "Sec-WebSocket-Origin")
	switch {
	case origin == nil && old == nil:
		return o.checkAuthority(target)
	case origin != nil && old != nil && !strings.EqualFold(origin.Value, old.Value):
		return 400, "Origin " + quote(origin.Value) + " and Sec-WebSocket-Origin " + quote(old.Value) + " differ"
	case origin == nil:
		origin = old
	}
	if o.Origin = origin.Value; o.Origin == "" {
		return 400, "field " + origin.Name + " is empty"
	}
	return o.checkAuthority(target)
}

// checkAuthority compares the host of a target in absolute form with Host.
func (o *OpeningRequest) checkAuthority(target string) (status int, what string) {
	if authority, ok := authorityOf(target); ok && !SameOrigin(authority, o.Host) {
		return 400, "the request is for " + quote(authority) + ", its Host is " + quote(o.Host)
	}
	return 0, ""
}

// once are the fields of an opening request on which decisions about security rest. Each stands
// there once, or not at all.
var once = []string{"Authorization", "Cookie", "Host", "Origin", "Sec-WebSocket-Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}

// repeated returns the first name of once that fields has more than once, "" if there is none.
func repeated(fields []HeaderField) string {
	var seen uint
	for _, f := range fields {
		for i, name := range once {
			if len(f.Name) != len(name) || !strings.EqualFold(f.Name, name) {
				continue
			}
			if seen>>i&1 == 1 {
				return name
			}
			seen |= 1 << i
		}
	}
	return ""
}

// findField returns the first field of that name, nil if there is none.
func findField(fields []HeaderField, name string) *HeaderField {
	for i := range fields {
		if strings.EqualFold(fields[i].Name, name) {
			return &fields[i]
		}
	}
	return nil
}

// authorityOf returns scheme and authority of a target in absolute form; ok is false for the other
// forms.
func authorityOf(target string) (authority string, ok bool) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || strings.HasPrefix(target, "/") {
		return "", false
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + "://" + rest, true
}
