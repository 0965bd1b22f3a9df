package wire

import (
	"bytes"
	"testing"

	"example.com/khp/internal/scan"
	"github.com/stretchr/testify/require"
)

func TestParseTokens(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"one", "amqp", "amqp"},
		{"several", "x-kaazing-handshake, amqp,\tb ", "x-kaazing-handshake|amqp|b"},
		{"empty elements", ",a,,b,", "a|b"},
		{"empty", "", ""},
		{"commas", " , ", ""},
		{"two words", "a b", ""},
		{"quoted", `"a"`, ""},
		{"control", "a\x01", ""},
		{"late error", "a, b/c", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseTokens([][]byte{[]byte("before")}, []byte(c.in))
			if c.want == "" {
				wantKind(t, KindList, err)
				require.Len(t, got, 1)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, string(bytes.Join(got[1:], []byte("|"))))
		})
	}
}

func TestHasToken(t *testing.T) {
	require.True(t, scan.HasToken([]byte("keep-alive, Upgrade"), "upgrade"))
	require.True(t, scan.HasToken([]byte("WebSocket"), "websocket"))
	require.True(t, scan.HasToken([]byte("odd thing,upgrade"), "upgrade"))
	require.False(t, scan.HasToken([]byte("upgraded"), "upgrade"))
	require.False(t, scan.HasToken([]byte(""), "upgrade"))
	require.False(t, scan.HasToken([]byte("a upgrade"), "upgrade"))
}
