package wire

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"strings"
)

// DigestAlgorithm is a hash of Digest authentication. Greater ones are stronger;
// 0 is none. [RFC 7616 6.1]
type DigestAlgorithm uint8

// Algorithms. Those with Sess hash a key of the session instead of the password.
const (
	DigestMD5 DigestAlgorithm = 1 + iota
	DigestMD5Sess
	DigestSHA256
	DigestSHA256Sess
	DigestSHA512256
	DigestSHA512256Sess
)

var digestNames = [...]string{
	DigestMD5: "MD5", DigestMD5Sess: "MD5-sess", DigestSHA256: "SHA-256", DigestSHA256Sess: "SHA-256-sess",
	DigestSHA512256: "SHA-512-256", DigestSHA512256Sess: "SHA-512-256-sess",
}

// String returns the name that the algorithm parameter uses, "" for none.
func (a DigestAlgorithm) String() string {
	if int(a) < len(digestNames) {
		return digestNames[a]
	}
	return ""
}

// digestAlgorithm finds an algorithm by its name, 0 if it is unknown.
func digestAlgorithm(name string) DigestAlgorithm {
	for a := DigestMD5; a <= DigestSHA512256Sess; a++ {
		if equalFold(name, digestNames[a]) {
			return a
		}
	}
	return 0
}

func (a DigestAlgorithm) session() bool { return a != 0 && a%2 == 0 }

// HA1 returns what a server keeps instead of a password, in hexadecimal digits:
// the hash of user, realm and password. With a Sess algorithm it is the same as
// without; [DigestCredentials.Verify] makes the key of the session from it.
func (a DigestAlgorithm) HA1(user, realm, password string) string {
	return a.sum(user, realm, password)
}

// UserHash returns what a client that was asked to hides the user's name behind.
// [RFC 7616 3.4.4]
func (a DigestAlgorithm) UserHash(user, realm string) string { return a.sum(user, realm) }

// sum hashes parts with colons between them.
func (a DigestAlgorithm) sum(parts ...string) string {
	text := []byte(strings.Join(parts, ":"))
	switch a {
	case DigestMD5, DigestMD5Sess:
		h := md5.Sum(text)
		return hex.EncodeToString(h[:])
	case DigestSHA256, DigestSHA256Sess:
		h := sha256.Sum256(text)
		return hex.EncodeToString(h[:])
	case DigestSHA512256, DigestSHA512256Sess:
		h := sha512.Sum512_256(text)
		return hex.EncodeToString(h[:])
	}
	return ""
}

// response computes the response parameter. [RFC 7616 3.4.1]
func (c *DigestCredentials) response(ha1, method string) string {
	if c.Algorithm.session() {
		ha1 = c.Algorithm.sum(ha1, c.Nonce, c.CNonce)
	}
	ha2 := c.Algorithm.sum(method, c.URI)
	if !c.Auth {
		return c.Algorithm.sum(ha1, c.Nonce, ha2)
	}
	return c.Algorithm.sum(ha1, c.Nonce, digestCount(c.Count), c.CNonce, "auth", ha2)
}

// digestCount writes a count of requests: eight hexadecimal digits.
func digestCount(n uint32) string {
	return hex.EncodeToString([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// appendQuoted writes name="value" with quotes and backslashes escaped. The value has no control
// byte.
func appendQuoted(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), '=', '"')
	for i := 0; i < len(value); i++ {
		if value[i] == '"' || value[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, value[i])
	}
	return append(dst, '"')
}
