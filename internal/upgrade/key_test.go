package upgrade

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

// A key is valid if the standard library decodes it to 16 bytes, with any byte in any place of it.
func TestValidKey_AsBase64(t *testing.T) {
	const good = "dGhlIHNhbXBsZSBub25jZQ=="
	require.True(t, ValidKey([]byte(good)))
	for at := range len(good) {
		for c := range 256 {
			key := []byte(good)
			key[at] = byte(c)
			b, err := base64.StdEncoding.DecodeString(string(key))
			want := err == nil && len(b) == 16 && c != '\r' && c != '\n'
			require.Equal(t, want, ValidKey(key), "%q", key)
		}
		require.False(t, ValidKey([]byte(good[:at])))
	}
	require.False(t, ValidKey([]byte(good+"=")))
}
