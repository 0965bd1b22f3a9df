package wire

import (
	"slices"
	"testing"

	"example.com/khp/internal/scan"
	"github.com/stretchr/testify/require"
)

func TestFields_Lookup(t *testing.T) {
	t.Attr("req", "WSP-EXT-02")
	f := Fields{
		{[]byte("Sec-WebSocket-Extensions"), []byte("a")},
		{[]byte("X"), []byte("b")},
		{[]byte("sec-websocket-EXTENSIONS"), []byte("c")},
	}
	v, ok := f.Get("sec-websocket-extensions")
	require.True(t, ok)
	require.Equal(t, "a", string(v))
	_, ok = f.Get("Y")
	require.False(t, ok)
	require.Equal(t, 2, f.Count("SEC-WEBSOCKET-EXTENSIONS"))
	require.Equal(t, [][]byte{[]byte("a"), []byte("c")},
		slices.Collect(f.All("Sec-WebSocket-Extensions")))
	for range f.All("Sec-WebSocket-Extensions") {
		break
	}
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for range f.All("X") {
			f.Get("x")
		}
	}))
}

func TestValid(t *testing.T) {
	require.True(t, scan.ValidToken("Sec-WebSocket-Key"))
	require.False(t, scan.ValidToken(""))
	require.False(t, scan.ValidToken([]byte("a b")))
	require.False(t, scan.ValidToken("a/b"))
	require.True(t, scan.ValidValue(""))
	require.True(t, scan.ValidValue("a b\tc\xff"))
	require.False(t, scan.ValidValue(" a"))
	require.False(t, scan.ValidValue([]byte("a\n")))
}
