package wire

import (
	"bytes"
	"strings"
)

// Resolve reads ref, a Location value or a line of a URI list, as seen from u: an
// absolute URL, "//host/path", "/path", "path", "../path" or "?query". Dot
// segments are removed. Refused with KindURL: an empty reference and everything
// that [ParseURL] refuses. toASCII may be nil. [RFC 3986 5.2]
//
//khp:impl KHP-REDIR-06
func (u URL) Resolve(ref []byte, toASCII func(string) (string, error)) (URL, error) {
	s := string(ref)
	var v URL
	var err error
	switch {
	case s == "":
		return URL{}, &ParseError{Kind: KindURL, Detail: "empty reference"}
	case hasScheme(s):
		v, err = ParseURL(s, toASCII)
	case strings.HasPrefix(s, "//"):
		if v, err = ParseURL(u.scheme()+":"+s, toASCII); err != nil {
			e := err.(*ParseError)
			e.Offset = max(e.Offset-len(u.scheme()+":"), 0)
		}
	default:
		if i, what := badPath(s); what != "" {
			return URL{}, urlError(i, what, s)
		}
		v = u
		path, query, hasQuery := strings.Cut(s, "?")
		v.Query, v.HasQuery = query, hasQuery
		switch {
		case strings.HasPrefix(path, "/"):
			v.Path = path
		case path != "":
			v.Path = u.Path[:strings.LastIndexByte(u.Path, '/')+1] + path
		}
	}
	if err != nil {
		return URL{}, err
	}
	v.Path = removeDots(v.Path)
	return v, nil
}

// hasScheme reports whether s starts with a scheme and a colon.
func hasScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i > 0
		case lower(c)-'a' < 26:
		case i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// removeDots resolves "." and ".." segments. The result starts with '/'.
// [RFC 3986 5.2.4]
func removeDots(path string) string {
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

// Key returns the form of u under which a redirect counts as visited: scheme,
// host, port always, and path and query in which escaped unreserved characters
// are decoded, other escapes are in upper case, and dot segments of the path are
// gone. Two URLs that need not be the same place have different keys. ParseURL
// accepts a key, and the key of the result is the same.
//
//khp:impl KHP-REDIR-05
func (u URL) Key() string {
	k := u.scheme() + "://" + u.HostPort() + removeDots(normalEscapes(u.Path))
	if u.HasQuery {
		k += "?" + normalEscapes(u.Query)
	}
	return k
}

func normalEscapes(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '%' || i+2 >= len(s) || class[s[i+1]]&class[s[i+2]]&isHex == 0 {
			out = append(out, c)
			continue
		}
		c = unhex(s[i+1])<<4 | unhex(s[i+2])
		i += 2
		if class[c]&isUnres != 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}
