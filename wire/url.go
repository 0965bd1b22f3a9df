package wire

import (
	"cmp"
	"strconv"
	"strings"

	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
)

// URL is the address of a WebSocket connection. Equal values name the same place, but equal places
// may have different values: compare with [URL.Key].
type URL struct {
	Secure   bool   // wss
	Host     string // lower case, no trailing dot; an IPv6 address in brackets and canonical
	Port     uint16 // never 0
	Path     string // as written, starts with '/'
	Query    string // as written, without '?'
	HasQuery bool   // there was a '?'
}

// maxHost bounds a host name. [RFC 1035 2.3.4]
const maxHost = 253

// ParseURL reads an absolute ws or wss URL; http stands for ws and https for wss, because gateways
// redirect with them. Refused with KindURL: other schemes, userinfo, a fragment, an empty host, an
// IPv6 zone, a port outside 1 to 65535, control bytes, blanks, backslashes, bytes outside ASCII
// after the host, and '%' without two hexadecimal digits. A host outside ASCII is handed to
// toASCII, and refused if that is nil. The URL of an error is the zero URL.
//
//khp:impl WSP-URI-01
func ParseURL(s string, toASCII func(string) (string, error)) (URL, error) {
	name, rest, ok := strings.Cut(s, "://")
	if !ok {
		return URL{}, urlError(0, "not an absolute URL", s)
	}
	secure, ok := scheme(name)
	if !ok {
		return URL{}, urlError(0, "scheme is not ws, wss, http or https", s)
	}
	at := len(s) - len(rest)
	authority := rest[:strings.IndexAny(rest+"/", "/?#")]
	u := URL{Secure: secure}
	if what := u.setAuthority(authority, toASCII); what != "" {
		return URL{}, urlError(at, what, s)
	}
	at += len(authority)
	if i, what := badPath(s[at:]); what != "" {
		return URL{}, urlError(at+i, what, s)
	}
	u.Path, u.Query, u.HasQuery = strings.Cut(s[at:], "?")
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// urlError quotes s unless it may hold a password.
func urlError(off int, what, s string) error {
	if strings.Contains(s, "@") {
		return &ParseError{Kind: KindURL, Offset: off, Detail: what}
	}
	return newError(KindURL, off, what, s)
}

func (u *URL) setAuthority(s string, toASCII func(string) (string, error)) (what string) {
	if strings.Contains(s, "@") {
		return "userinfo"
	}
	host, port, ok := place.SplitHostPort(s)
	if !ok {
		return "bad host or port"
	}
	u.Port = u.defaultPort()
	if port != "" {
		n, ok := place.ParsePort(port)
		if !ok || n == 0 {
			return "bad port"
		}
		u.Port = n
	}
	if strings.HasPrefix(host, "[") {
		a, ok := place.ParseIPv6(host[1 : len(host)-1])
		if !ok {
			return "bad IPv6 address"
		}
		u.Host = place.FormatIPv6(a)
		return ""
	}
	for i := 0; i < len(host); i++ {
		if host[i] < 0x80 {
			continue
		}
		if toASCII == nil {
			return "host is not ASCII"
		}
		var err error
		if host, err = toASCII(host); err != nil {
			return "host has no ASCII form"
		}
		break
	}
	host = strings.TrimSuffix(host, ".")
	if !validName(host) {
		return "bad host name"
	}
	u.Host = strings.ToLower(host)
	return ""
}

// validName accepts letters, digits, '-', '_' and '~' in labels of 1 to 63 bytes.
func validName(s string) bool {
	if len(s) > maxHost || !scan.All(s, scan.IsUnres) {
		return false
	}
	label := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			label++
			continue
		}
		if label < 1 || label > 63 {
			return false
		}
		label = 0
	}
	return true
}

// badPath finds a byte that cannot stand in a path or query.
func badPath(s string) (i int, what string) {
	for i = 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '#':
			return i, "fragment"
		case c == '\\':
			return i, "backslash"
		// A URL is ASCII, also where the target of a request need not be.
		case !scan.Is(c, scan.IsTarget), c >= 0x80:
			return i, "byte not allowed"
		case c == '%' && !scan.IsEscape(s, i):
			return i, "bad percent escape"
		}
	}
	return 0, ""
}

func (u URL) defaultPort() uint16 {
	if u.Secure {
		return 443
	}
	return 80
}

func (u URL) scheme() string {
	if u.Secure {
		return "wss"
	}
	return "ws"
}

// String returns the URL with the default port left out.
func (u URL) String() string { return u.scheme() + "://" + u.HostField() + u.Target() }

// Target returns path and query as they stand in a request line.
func (u URL) Target() string {
	path := cmp.Or(u.Path, "/")
	if u.HasQuery {
		path += "?" + u.Query
	}
	return path
}

// HostPort returns the address to dial, port always included.
func (u URL) HostPort() string {
	return u.Host + ":" + strconv.Itoa(int(u.Port))
}

// HostField returns the value of a Host field: the default port is left out.
func (u URL) HostField() string {
	if u.Port == u.defaultPort() {
		return u.Host
	}
	return u.HostPort()
}

// SameOrigin reports whether scheme, host and port are the same, so that
// credentials may travel along.
func (u URL) SameOrigin(v URL) bool {
	return u.Secure == v.Secure && u.Host == v.Host && u.Port == v.Port
}

// Resolve reads ref, a Location value or a line of a URI list, as seen from u: an
// absolute URL, "//host/path", "/path", "path", "../path" or "?query". Dot
// segments are removed. Refused with KindURL: an empty reference and everything
// that [ParseURL] refuses, with the zero URL. toASCII may be nil. [RFC 3986 5.2]
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
			err.(*ParseError).Offset -= len(u.scheme() + ":")
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
	v.Path = place.RemoveDots(v.Path)
	return v, nil
}

// hasScheme reports whether s starts with a scheme and a colon.
func hasScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i > 0
		case scan.Lower(c)-'a' < 26:
		case i > 0 && (scan.IsDigit(c) || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return false
}

// Key returns the form of u under which a redirect counts as visited: scheme, host, port always,
// and path and query in which escaped unreserved characters are decoded, other escapes are in upper
// case, and dot segments of the path are gone. Two URLs that need not be the same place have
// different keys. ParseURL accepts a key, and the key of the result is the same.
//
//khp:impl KHP-REDIR-05
func (u URL) Key() string {
	k := u.scheme() + "://" + u.HostPort() + place.RemoveDots(normalEscapes(u.Path))
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
		if !scan.IsEscape(s, i) {
			out = append(out, s[i])
			continue
		}
		c := scan.Unescape(s, i)
		i += 2
		if scan.Is(c, scan.IsUnres) {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}
