package replay

import (
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestDraw(t *testing.T) {
	s := recorded(t, "kaazing")
	s.Steps[0].Data = []byte(strings.Replace(string(s.Steps[0].Data), "/p?", "/p?token=SECRET&", 1))
	mutants["second N is missing"].change(t, s)
	var text, diagram strings.Builder
	require.NoError(t, Ladder(&text, Check(s)))
	require.NoError(t, Mermaid(&diagram, Check(s)))
	for _, want := range []string{"─── GET /p?... HTTP/1.1 ──", "│◀══ N ══", "│◀══ empty binary " +
		"message ══", "Sec-WebSocket-Extensions: x, y", "✗ wrong, by the client: ", "KHP-EXT-02)"} {
		require.Contains(t, text.String(), want)
	}
	for _, want := range []string{"sequenceDiagram\n", "  client->>server: 2 GET /p?... HTTP/1.1\n",
		"  server->>client: 7 N\n", "Note over client,server: wrong, by the client: ",
		"(KHP-GEN-05 KHP-EXT-02)"} {
		require.Contains(t, diagram.String(), want)
	}
	require.NotContains(t, text.String()+diagram.String(), "SECRET")
	for line := range strings.Lines(text.String()) {
		require.LessOrEqual(t, len([]rune(line)), 110)
	}
}

func TestDraw_Long(t *testing.T) {
	s := recorded(t, "accepted")
	i := at(t, s, Client, Close, 0)
	for range 500 {
		s.Steps = append(s.Steps[:i:i], append([]Step{{From: Client, Kind: Message, Type: wire.Text,
			Data: []byte("a;b\x1b")}}, s.Steps[i:]...)...)
	}
	var text, diagram strings.Builder
	require.NoError(t, Ladder(&text, Check(s)))
	require.Contains(t, text.String(), "more\n")
	require.Less(t, strings.Count(text.String(), "\n"), 70)
	require.NotContains(t, text.String(), "\x1b")
	s.Steps[len(s.Steps)-2].Code = 1005
	require.NoError(t, Mermaid(&diagram, Check(s)))
	require.Contains(t, diagram.String(), "#59;")
	require.Contains(t, diagram.String(), "Close 1005")
}
