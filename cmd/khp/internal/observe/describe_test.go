package observe

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutQueries(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a?token=7&x=y HTTP/1.1": "GET /a?... HTTP/1.1", "R ws://h/?a": "R ws://h/?...",
		"GET /a HTTP/1.1": "GET /a HTTP/1.1", "why? so": "why? so",
		"ws://h/?a,b -> ws://i/?c":   "ws://h/?... -> ws://i/?...",
		"[opening handshake, /a?b]]": "[opening handshake, /a?...]]", "/a?b, x": "/a?..., x",
		"/a?b]c": "/a?...",
	} {
		require.Equal(t, want, WithoutQueries(text))
	}
}
