package property

import (
	"bytes"
	"strings"

	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// secret is put where credentials stand. No piece of it may show up anywhere else.
const secret = "Qz7Xk2Wv9Jy4"

// Redacted puts a secret into a field of credentials between any bytes, and says that neither the
// redacted copy nor the text of an error shows any of it, that the lines stay where they are, and
// that redacting once is enough. shape chooses name, spelling, scheme, line ends and folding.
func Redacted(before, after []byte, shape uint16) error {
	for _, part := range [][]byte{before, after} {
		if leak(string(part)) != "" {
			return nil // it has a piece of the secret to begin with
		}
	}
	name, line := secretLine(shape)
	message := append(append(bytes.Clone(before), line...), after...)
	out := redact.Append([]byte("log: "), message)
	if !bytes.HasPrefix(out, []byte("log: ")) {
		return broken("the destination was changed: %q", out)
	}
	out = out[len("log: "):]
	if piece := leak(string(out)); piece != "" {
		return broken("%q of field %s survives in %q", piece, name, out)
	}
	if bytes.Count(out, []byte("\r")) != bytes.Count(message, []byte("\r")) ||
		bytes.Count(out, []byte("\n")) != bytes.Count(message, []byte("\n")) {
		return broken("line ends were lost: %q", out)
	}
	if again := redact.Append(nil, out); !bytes.Equal(again, out) {
		return broken("redacted again %q becomes %q", out, again)
	}
	return quietErrors(message)
}

// secretLine writes a line that holds the secret, between line ends.
func secretLine(shape uint16) (name, line string) {
	pick := func(list ...string) string {
		s := list[int(shape)%len(list)]
		shape /= uint16(len(list))
		return s
	}
	name = pick("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie")
	spelled := pick(name, strings.ToLower(name), strings.ToUpper(name))
	start := pick("\r\n", "\n", "\r")
	colon := pick(": ", ":", " :\t", ":  ")
	scheme := pick("", "Basic ", "Token\t")
	if strings.HasSuffix(name, "Cookie") {
		scheme = pick("", "sid=", "a=b; c=")
	}
	fold := pick("", "\r\n "+secret, "\n\t"+secret)
	return name, start + spelled + colon + scheme + secret + fold +
		pick("\r\n", "\n", "\r", "\r\n\r\n")
}

// leak returns a piece of the secret that s shows.
func leak(s string) string {
	for i := 0; i+4 <= len(secret); i++ {
		if strings.Contains(s, secret[i:i+4]) {
			return secret[i : i+4]
		}
	}
	return ""
}

// quietErrors parses a message with a secret and looks at the errors.
func quietErrors(message []byte) error {
	var q wire.Request
	var r wire.Response
	var a wire.Assembler
	_, unit := a.Add(wire.Binary, message)
	for _, err := range []error{q.Parse(message, wire.Limits{}),
		r.Parse(message, wire.Limits{}), unit} {
		if err == nil {
			continue
		}
		if piece := leak(err.Error()); piece != "" {
			return broken("the error shows %q: %v", piece, err)
		}
	}
	return nil
}

// Credentials writes and reads credentials of any user and password, and reads any credentials.
func Credentials(user, password string, header []byte) error {
	out, err := credentials.AppendBasic([]byte("x"), user, password)
	legal := !strings.Contains(user, ":") &&
		strings.IndexFunc(user+password, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
	if legal != (err == nil) {
		return broken("user %q, password %q: %v", user, password, err)
	}
	if err != nil {
		if string(out) != "x" || wire.KindOf(err) != wire.KindCredentials {
			return broken("a refusal left %q, %v", out, err)
		}
	} else {
		scheme, rest, ok := credentials.Split(out[1:])
		u, p, decoded := credentials.DecodeBasic(rest)
		if !ok || string(scheme) != "Basic" || !decoded || u != user || p != password ||
			!scan.ValidValue(out[1:]) {
			return broken("%q and %q come back as %q and %q from %q", user, password, u, p, out)
		}
	}
	if err := scheme(user, password); err != nil {
		return err
	}
	first, rest, ok := credentials.Split(header)
	if !ok {
		return nil
	}
	if !token(string(first)) || !bytes.HasPrefix(header, first) || !bytes.Contains(header, rest) ||
		blanks(string(rest)) != string(rest) {
		return broken("%q is cut into %q and %q", header, first, rest)
	}
	u, p, ok := credentials.DecodeBasic(rest)
	if !ok {
		return nil
	}
	out, err = credentials.AppendBasic(nil, u, p)
	if err != nil {
		return broken("%q was read, but cannot be written: %v", rest, err)
	}
	if u2, p2, ok := credentials.DecodeBasic(out[len("Basic "):]); !ok || u2 != u || p2 != p {
		return broken("%q reads as %q, %q and then as %q, %q", rest, u, p, u2, p2)
	}
	return nil
}

// scheme writes credentials of any scheme.
func scheme(name, tok string) error {
	out, err := credentials.Append([]byte("x"), name, tok)
	if err != nil {
		if string(out) != "x" || wire.KindOf(err) != wire.KindCredentials {
			return broken("a refusal left %q, %v", out, err)
		}
		return nil
	}
	first, rest, ok := credentials.Split(out[1:])
	if !ok || string(first) != name || string(rest) != tok {
		return broken("%q and %q come back as %q and %q", name, tok, first, rest)
	}
	if _, err := wire.AppendField(nil, "Authorization", out[1:]); err != nil &&
		wire.KindOf(err) != wire.KindLineTooLong {
		return broken("%q is no field value: %v", out[1:], err)
	}
	return nil
}
