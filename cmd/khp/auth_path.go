package main

import (
	"net/url"
	"path"
	"strings"
)

// barePath is what the most careless reader may make of a path: all escapes are decoded, also those that escapes hide, backslashes are slashes,
// parameters of segments are gone, and slashes are merged before dot segments are removed.
func barePath(p string) string {
	for {
		q := decodeOnce(p)
		if q == p {
			break
		}
		p = q // it is shorter, so that this ends
	}
	segments := strings.Split(strings.ReplaceAll(p, `\`, "/"), "/")
	for i, s := range segments {
		segments[i], _, _ = strings.Cut(s, ";")
	}
	clean := path.Clean("/" + strings.Join(segments, "/"))
	if clean != "/" && segments[len(segments)-1] == "" {
		clean += "/"
	}
	return clean
}

// decodeOnce decodes escapes, and leaves what is none.
func decodeOnce(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] == '%' && i+2 < len(p) {
			if c, err := url.PathUnescape(p[i : i+3]); err == nil {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(p[i])
	}
	return b.String()
}
