package property

import (
	"strings"

	"example.com/khp/wire"
)

// URL reads s as an absolute URL and ref as a reference seen from it. An accepted URL means the
// same when it is written and read again; the key is a fixed point, the same for other spellings of
// the same place, and different for other places. [INV-23, INV-24]
func URL(s, ref string) error {
	u, err := wire.ParseURL(s, nil)
	if err != nil {
		if wire.KindOf(err) != wire.KindURL {
			return broken("kind of %v", err)
		}
		return parseError(err, len(s))
	}
	if err := sound(u); err != nil {
		return err
	}
	if again, err := wire.ParseURL(u.String(), nil); err != nil || again != u {
		return broken("%+v written as %q gives %+v, %v", u, u.String(), again, err)
	}
	if err := sameKeys(u); err != nil {
		return err
	}
	if err := otherKeys(u); err != nil {
		return err
	}
	return resolved(u, ref)
}

// sound checks the parts of a URL.
func sound(u wire.URL) error {
	switch {
	case u.Host == "" || u.Host != strings.ToLower(u.Host) || strings.HasSuffix(u.Host, ".") ||
		u.Port == 0 || !strings.HasPrefix(u.Path, "/"):
		return broken("parts of %+v", u)
	case strings.ContainsAny(u.Path+u.Query, " \t\r\n\x00#\\") || strings.Contains(u.Path, "?") ||
		!u.HasQuery && u.Query != "":
		return broken("path and query of %+v", u)
	case !slowTarget(u.Target()):
		return broken("%q cannot be a request target", u.Target())
	case !slowHost(u.HostField()) || !slowHost(u.HostPort()):
		return broken("%q cannot be a Host", u.HostField())
	}
	return nil
}

// sameKeys writes the URL in other ways.
func sameKeys(u wire.URL) error {
	key := u.Key()
	if v, err := wire.ParseURL(key, nil); err != nil || v.Key() != key || !v.SameOrigin(u) {
		return broken("key %q of %+v is read as %+v, %v, with key %q", key, u, v, err, v.Key())
	}
	scheme := "http"
	if u.Secure {
		scheme = "HTTPs"
	}
	tail := strings.TrimPrefix(u.Target(), "/")
	dotted := u.Host
	if !strings.HasPrefix(dotted, "[") {
		dotted += "."
	}
	for _, spelling := range []string{
		scheme + "://" + dotted + strings.TrimPrefix(u.HostPort(), u.Host) + u.Target(),
		scheme + "://" + u.HostPort() + u.Target(),
		scheme + "://" + strings.ToUpper(u.HostField()) + u.Target(),
		u.String()[:strings.Index(u.String(), "://")+3] + u.HostPort() + "/./x/../" + tail,
		scheme + "://" + u.HostPort() + otherEscapes(u.Target()),
	} {
		v, err := wire.ParseURL(spelling, nil)
		if err != nil || v.Key() != key {
			return broken("%q has key %q, the other spelling %q has %q, %v", u, key, spelling, v.Key(), err)
		}
	}
	return nil
}

// otherEscapes writes escapes in the other case, and some unreserved characters as escapes.
func otherEscapes(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s):
			b.WriteString("%" + strings.ToLower(s[i+1:i+3]))
			i += 2
		case c == '~' || c == '-' || c == '_' || c >= 'a' && c <= 'f' || c == '.':
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// otherKeys makes other places of the URL.
func otherKeys(u wire.URL) error {
	key := u.Key()
	port, scheme, query, escaped, folded := u, u, u, u, u
	port.Port = u.Port%65535 + 1
	scheme.Secure = !u.Secure
	query.HasQuery, query.Query = true, u.Query+"1"
	escaped.Path = u.Path + "%2F"
	folded.Path = u.Path + "a"
	upper := folded
	upper.Path = u.Path + "A"
	slash := u
	slash.Path = u.Path + "x/"
	noSlash := u
	noSlash.Path = u.Path + "x"
	for _, v := range []wire.URL{port, scheme, query, escaped} {
		if v.Key() == key {
			return broken("%q and %q have the same key", u, v)
		}
	}
	if folded.Key() == upper.Key() || slash.Key() == noSlash.Key() {
		return broken("the case of a path or its last slash is lost: %q", folded.Key())
	}
	if !u.HasQuery {
		empty := u
		empty.HasQuery = true
		if empty.Key() == key {
			return broken("%q and %q have the same key", u, empty)
		}
	}
	return nil
}

// resolved follows a reference.
func resolved(u wire.URL, ref string) error {
	v, err := u.Resolve([]byte(ref), nil)
	if err != nil {
		if wire.KindOf(err) != wire.KindURL {
			return broken("kind of %v", err)
		}
		return parseError(err, len(ref))
	}
	if err := sound(v); err != nil {
		return broken("%q from %q: %w", ref, u, err)
	}
	if ref == "" || strings.ContainsAny(ref, "\r\n#") {
		return broken("reference %q was taken", ref)
	}
	if path, ok := slowResolve(u.Path, ref); ok && v.Path != path {
		return broken("%q from %q is %q, its path should be %q", ref, u, v, path)
	}
	for segment := range strings.SplitSeq(v.Path, "/") {
		if segment == "." || segment == ".." {
			return broken("a dot segment is left: %q from %q is %q", ref, u, v)
		}
	}
	if again, err := v.Resolve([]byte(v.String()), nil); err != nil || again != v {
		return broken("%q resolved again is %q, %v", v, again, err)
	}
	if again, err := u.Resolve([]byte(v.String()), nil); err != nil || again != v {
		return broken("%q as an absolute reference is %q, %v", v, again, err)
	}
	return nil
}

// slowResolve finds the path of a relative reference, step by step as RFC 3986 sections 5.2.2 to
// 5.2.4 have it. ok is false for other references.
func slowResolve(base, ref string) (path string, ok bool) {
	colon, slash := strings.IndexByte(ref, ':'), strings.IndexAny(ref, "/?")
	if strings.HasPrefix(ref, "//") || colon > 0 && (slash < 0 || colon < slash) {
		return "", false
	}
	path, _, _ = strings.Cut(ref, "?")
	switch {
	case path == "":
		path = base
	case path[0] != '/':
		path = base[:strings.LastIndexByte(base, '/')+1] + path
	}
	out := ""
	for in := path; in != ""; {
		switch {
		case strings.HasPrefix(in, "/./"):
			in = in[2:]
		case in == "/.":
			in = "/"
		case strings.HasPrefix(in, "/../"), in == "/..":
			if in = "/" + strings.TrimPrefix(in[3:], "/"); out != "" {
				out = out[:strings.LastIndexByte(out, '/')]
			}
		default:
			end := strings.IndexByte(in[1:], '/') + 1
			if end == 0 {
				end = len(in)
			}
			out, in = out+in[:end], in[end:]
		}
	}
	return out, true
}
