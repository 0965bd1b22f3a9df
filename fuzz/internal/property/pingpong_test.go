package property

import (
	"testing"

	ext "example.com/khp/transport/extension"
	"github.com/stretchr/testify/require"
)

// A connection without the extension is refused by both judges.
func TestPingPong_Refuses(t *testing.T) {
	plain := func() *ext.Stack { return ext.NewStack(nil) }
	require.Error(t, arrives(plain(), plain(), ext.Message{Kind: ext.Ping}))
	require.NoError(t, arrives(plain(), plain(), ext.Message{Kind: ext.Text, Data: []byte("x")}))
	for _, p := range escapePieces[3:8] {
		s := strangerPing{stack: plain()}
		require.Error(t, s.send(ext.Message{Kind: ext.Text, Data: []byte(p)}), "%q", p)
	}
}
