package wire

import (
	"strconv"
	"strings"
)

// What holds credentials, cookies or the query of a request shows itself
// without them: String is for %v, %+v and %s, GoString for %#v, and MarshalText
// for log/slog and encoding/json. The fields are there for those who ask for them.

// String returns the field as it is sent, without a value that is a secret, and
// without the query, user and password of a URL in it.
func (f Field) String() string {
	for _, name := range []string{"Location", "Content-Location", "Referer", "Refresh", "Link"} {
		if EqualFold(f.Name, name) {
			return string(f.Name) + ": " + withoutQuery(string(f.Value))
		}
	}
	return string(AppendRedacted(nil, append(append(append([]byte(nil), f.Name...), ": "...), f.Value...)))
}

// GoString is String.
func (f Field) GoString() string { return f.String() }

// MarshalText is String for encoders of logs.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// String sums up the request without its secrets.
func (r Request) String() string {
	return "wire.Request{" + string(r.Method) + " " + withoutQuery(string(r.Target)) + shown(r.Fields, r.Body) + "}"
}

// GoString is String.
func (r Request) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Request) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String sums up the response without its secrets.
func (r Response) String() string {
	return "wire.Response{" + strconv.Itoa(r.Status) + " " + string(r.Reason) + shown(r.Fields, r.Body) + "}"
}

// GoString is String.
func (r Response) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Response) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String says how far the unit has come. Nothing of it is shown.
func (a Assembler) String() string {
	return "wire.Assembler{" + a.progress.String() + ", " + strconv.Itoa(len(a.buf)) + " bytes}"
}

// GoString is String.
func (a Assembler) GoString() string { return a.String() }

// MarshalText is String for encoders of logs.
func (a Assembler) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// String sums up the credentials without the proof of the password.
func (c DigestCredentials) String() string {
	return "wire.DigestCredentials{User: " + strconv.Quote(c.User) + ", Realm: " + strconv.Quote(c.Realm) + ", URI: " + withoutQuery(c.URI) + "}"
}

// GoString is String.
func (c DigestCredentials) GoString() string { return c.String() }

// MarshalText is String for encoders of logs.
func (c DigestCredentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// String names the user. The password is not shown.
func (u DigestUse) String() string {
	return "wire.DigestUse{User: " + strconv.Quote(u.User) + ", Method: " + u.Method + ", URI: " + withoutQuery(u.URI) + "}"
}

// GoString is String.
func (u DigestUse) GoString() string { return u.String() }

// MarshalText is String for encoders of logs.
func (u DigestUse) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// shown is the end of what a message shows.
func shown(fields Fields, body []byte) (s string) {
	for _, f := range fields {
		s += "; " + f.String()
	}
	if len(body) > 0 {
		s += "; " + strconv.Itoa(len(body)) + " bytes of body"
	}
	return s
}

// withoutQuery leaves out what may be a secret of a target or URL: its query,
// and a user and password.
func withoutQuery(target string) string {
	path, _, query := strings.Cut(target, "?")
	if scheme, rest, ok := strings.Cut(path, "://"); ok {
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			path = scheme + "://" + redacted + rest[i:]
		}
	}
	if query {
		path += "?" + redacted
	}
	return path
}
