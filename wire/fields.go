package wire

import (
	"iter"
	"strconv"

	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
)

// Field is one field line. Value has no blanks around it and may be empty.
type Field struct{ Name, Value []byte }

// Fields are the field lines of a head in order. Names compare without regard
// to the case of ASCII letters. Nothing is merged.
type Fields []Field

// Get returns the value of the first field of that name.
func (f Fields) Get(name string) (value []byte, ok bool) {
	for i := range f {
		if scan.EqualFold(f[i].Name, name) {
			return f[i].Value, true
		}
	}
	return nil, false
}

// Count returns how many field lines have that name.
func (f Fields) Count(name string) int {
	n := 0
	for i := range f {
		if scan.EqualFold(f[i].Name, name) {
			n++
		}
	}
	return n
}

// All iterates over the values of all field lines of that name, in order.
func (f Fields) All(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range f {
			if scan.EqualFold(f[i].Name, name) && !yield(f[i].Value) {
				return
			}
		}
	}
}

// The types that hold credentials, cookies or the query of a request print without them: String is
// for %v, %+v and %s, GoString for %#v, and MarshalText for log/slog and encoding/json. The fields
// themselves hold the secrets.

// String returns the field as it is sent, with a secret value replaced, and without the query, user
// and password of a URL in it.
func (f Field) String() string {
	for _, name := range []string{"Location", "Content-Location", "Referer", "Refresh", "Link"} {
		if scan.EqualFold(f.Name, name) {
			return string(f.Name) + ": " + redact.Target(string(f.Value))
		}
	}
	return string(redact.Append(nil, append(append(append([]byte(nil), f.Name...), ": "...),
		f.Value...)))
}

// GoString is String.
func (f Field) GoString() string { return f.String() }

// MarshalText is String for encoders of logs.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// String sums up the request without its secrets.
func (r Request) String() string {
	return "wire.Request{" + string(r.Method) + " " + redact.Target(string(r.Target)) +
		shown(r.Fields, r.Body) + "}"
}

// GoString is String.
func (r Request) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Request) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String sums up the response without its secrets.
func (r Response) String() string {
	return "wire.Response{" + strconv.Itoa(r.Status) + " " + string(r.Reason) +
		shown(r.Fields, r.Body) + "}"
}

// GoString is String.
func (r Response) GoString() string { return r.String() }

// MarshalText is String for encoders of logs.
func (r Response) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String returns the state of the unit, without its content.
func (a Assembler) String() string {
	return "wire.Assembler{" + a.progress.String() + ", " + strconv.Itoa(len(a.buf)) + " bytes}"
}

// GoString is String.
func (a Assembler) GoString() string { return a.String() }

// MarshalText is String for encoders of logs.
func (a Assembler) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// shown prints the fields of a message, and the length of its body.
func shown(fields Fields, body []byte) (s string) {
	for _, f := range fields {
		s += "; " + f.String()
	}
	if len(body) > 0 {
		s += "; " + strconv.Itoa(len(body)) + " bytes of body"
	}
	return s
}
