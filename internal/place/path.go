package place

import (
	"bytes"
	"strings"

	"example.com/khp/internal/scan"
)

// SamePath reports whether two paths, without query, come to the same once their escapes
// are decoded and their dot segments are gone. An escaped slash is none. It is for
// recognising a path that was written anew on its way, not for rights.
func SamePath(a, b string) bool {
	return a == b || decodedPath(a) == decodedPath(b)
}

// decodedPath decodes all escapes but those of '/' and '%', which would become others.
func decodedPath(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if !scan.IsEscape(s, i) {
			out = append(out, s[i])
			continue
		}
		switch c := scan.Unescape(s, i); c {
		case '/':
			out = append(out, "%2F"...)
		case '%':
			out = append(out, "%25"...)
		default:
			out = append(out, c)
		}
		i += 2
	}
	return RemoveDots(string(out))
}

// RemoveDots resolves "." and ".." segments. The result starts with '/'. [RFC 3986 5.2.4]
func RemoveDots(path string) string {
	if !strings.Contains(path, "/.") && strings.HasPrefix(path, "/") {
		return path
	}
	out := make([]byte, 0, len(path)+1)
	rest := strings.TrimPrefix(path, "/")
	for {
		seg, tail, more := strings.Cut(rest, "/")
		switch seg {
		case ".", "..":
			if seg == ".." {
				out = out[:max(bytes.LastIndexByte(out, '/'), 0)]
			}
			if !more {
				out = append(out, '/')
			}
		default:
			out = append(out, '/')
			out = append(out, seg...)
		}
		if !more {
			return string(out)
		}
		rest = tail
	}
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
