// Package credentials writes and reads the values of Authorization fields: Basic, Digest, and any
// scheme that is followed by one token. Parsed values are views or copies of the caller's bytes;
// errors are of type [wire.ParseError], name the part that is wrong, and quote no secret.
package credentials

import (
	"bytes"
	"encoding/base64"

	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// AppendBasic writes `Basic ` and the base64 form of user:password, as UTF-8. It refuses a colon in
// user and control bytes in both, with KindCredentials; the error never quotes them. [RFC 7617 2]
func AppendBasic(dst []byte, user, password string) ([]byte, error) {
	for i := 0; i < len(user); i++ {
		if user[i] == ':' {
			return dst, &wire.ParseError{Kind: wire.KindCredentials, Offset: i,
				Detail: "colon in the user name"}
		}
	}
	pair := append(append([]byte(user), ':'), password...)
	for i, c := range pair {
		if c < 0x20 || c == 0x7f {
			return dst, &wire.ParseError{Kind: wire.KindCredentials, Offset: i, Detail: "control byte"}
		}
	}
	dst = append(dst, "Basic "...)
	return base64.StdEncoding.AppendEncode(dst, pair), nil
}

// Append writes scheme, a space and token: "Token abc", "Bearer abc".
// The scheme must be a token of RFC 9110; the other part must be a field value
// that is not empty. Errors have KindCredentials and never quote either.
func Append(dst []byte, scheme, token string) ([]byte, error) {
	if !scan.ValidToken(scheme) {
		return dst, &wire.ParseError{Kind: wire.KindCredentials, Detail: "scheme is not a token"}
	}
	if token == "" || !scan.ValidValue(token) {
		return dst, &wire.ParseError{Kind: wire.KindCredentials, Detail: "not a field value"}
	}
	dst = append(dst, scheme...)
	dst = append(dst, ' ')
	return append(dst, token...), nil
}

// Split cuts an Authorization value after the scheme. rest may be
// empty. ok is false if there is no scheme. Both are views.
func Split(value []byte) (scheme, rest []byte, ok bool) {
	i := scan.Token(value, 0)
	if i == 0 || i < len(value) && !scan.IsSpace(value[i]) {
		return nil, nil, false
	}
	return value[:i:i], scan.View(value, i, len(value)), true
}

// DecodeBasic reads the text behind "Basic ". ok is false if it is not padded base64 or holds no
// colon or a control byte; user and password are empty then.
func DecodeBasic(rest []byte) (user, password string, ok bool) {
	if bytes.ContainsAny(rest, "\r\n") {
		return "", "", false
	}
	b, err := base64.StdEncoding.AppendDecode(nil, rest)
	if err != nil {
		return "", "", false
	}
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			return "", "", false
		}
	}
	u, p, ok := bytes.Cut(b, []byte{':'})
	if !ok { // the text may be a secret, and is no name
		return "", "", false
	}
	return string(u), string(p), true
}
