// Package upgrade has the key of the WebSocket opening handshake, and the value that answers it.
package upgrade

import (
	"crypto/sha1"
	"encoding/base64"

	"example.com/khp/internal/scan"
)

const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// keyLen is the length of a Sec-WebSocket-Key.
const keyLen = 24

// AppendKey writes a nonce as a Sec-WebSocket-Key. The nonce must be random; this package has no
// randomness. [RFC 6455 4.1]
func AppendKey(dst []byte, nonce [16]byte) []byte {
	return base64.StdEncoding.AppendEncode(dst, nonce[:])
}

// ValidKey reports whether key is the base64 form of 16 bytes. [RFC 6455 4.2.1]
func ValidKey(key []byte) bool {
	if len(key) != keyLen || key[keyLen-1] != '=' || key[keyLen-2] != '=' {
		return false
	}
	for _, c := range key[:keyLen-2] {
		if c == '-' || c == '.' || c == '_' || c == '~' || !scan.Is(c, scan.IsToken68) {
			return false
		}
	}
	return true
}

// AppendAccept writes the Sec-WebSocket-Accept that answers key, which is not checked. It does not
// allocate for a valid key. [RFC 6455 4.2.2]
//
//khp:impl WSP-OPEN-02
func AppendAccept(dst, key []byte) []byte {
	var buf [keyLen + len(acceptGUID)]byte
	sum := sha1.Sum(append(append(buf[:0], key...), acceptGUID...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}
