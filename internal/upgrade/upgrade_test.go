package upgrade

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppendAccept(t *testing.T) {
	t.Attr("req", "WSP-OPEN-02")
	key := []byte("dGhlIHNhbXBsZSBub25jZQ==")
	require.Equal(t, "xs3pPLMBiTxaQ9kYGzzhZRbK+xOo=", string(AppendAccept([]byte("x"), key)))
	require.Len(t, AppendAccept(nil, make([]byte, 500)), 28)
}

func TestAppendAccept_Allocations(t *testing.T) {
	key, out := []byte("dGhlIHNhbXBsZSBub25jZQ=="), make([]byte, 0, 64)
	require.Zero(t, testing.AllocsPerRun(100, func() { AppendAccept(out, key) }))
}

func TestKey(t *testing.T) {
	key := AppendKey(nil, [16]byte([]byte("the sample nonce")))
	require.Equal(t, "dGhlIHNhbXBsZSBub25jZQ==", string(key))
	require.True(t, ValidKey(key))
	for _, bad := range []string{"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQA=",
		"dGhlIHNhbXBsZSBub25jZ-==", "dGhlIHNhbXBsZSBub25jZ ==", "dGhlIHNhbXBsZSBub25jZQ==="} {
		require.False(t, ValidKey([]byte(bad)), bad)
	}
}

// The memory behind the key is the caller's.
func TestAppendAccept_LeavesTheKey(t *testing.T) {
	head := []byte("dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	was := string(head)
	require.Equal(t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", string(AppendAccept(nil, head[:24])))
	require.Equal(t, was, string(head))
}
