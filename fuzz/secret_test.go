package fuzz

import (
	"testing"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/fuzz/internal/property"
)

// A secret in a field of credentials, between any bytes.
func FuzzRedact(f *testing.F) {
	shape := uint16(0)
	for c := range corpus.Of(corpus.Request) {
		if shape += 311; len(c.Input) < 500 {
			f.Add(c.Input[:len(c.Input)/2], c.Input[len(c.Input)/2:], shape)
		}
	}
	f.Fuzz(func(t *testing.T, before, after []byte, shape uint16) {
		property.Check(t, property.Redacted(before, after, shape))
	})
}

// Any user and password, and any bytes as Authorization.
func FuzzCredentials(f *testing.F) {
	f.Add("joe", "welcome", []byte("Basic am9lOndlbGNvbWU="))
	f.Add("Basic", "a:b", []byte("basic\tam9lOndlbGNvbWV="))
	f.Add("j\u00f6e", "\x00", []byte("Token"))
	f.Add("a:b", "", []byte("Basic Og=="))
	for v := range corpus.Values("Authorization") {
		f.Add("", "x", v)
	}
	f.Fuzz(func(t *testing.T, user, password string, header []byte) {
		property.Check(t, property.Credentials(user, password, header))
	})
}
