package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A head that comes byte by byte is parsed once for each line, and judged as if it had come at
// once.
func TestLines(t *testing.T) {
	long := strings.Repeat("x", 9000)
	for name, head := range map[string]string{
		"complete": "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n", "line too long": "GET / HTTP/1.1\r\nX: " + long, "target too long": "GET /" + long + " HTTP/1.1\r\n\r\n",
		"too many fields": "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 200), "head too large": "GET / HTTP/1.1\r\n" + strings.Repeat("X: "+long[:400]+"\r\n", 80),
		"not HTTP": "SSH-2.0-x\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var whole, r Request
			used, want := whole.ParseHead([]byte(head), Limits{})
			var lines Lines
			parsed, n := 0, 0
			var err error
			for i := 1; i <= len(head); i++ {
				if !lines.Grew([]byte(head[:i]), Limits{}) {
					continue
				}
				parsed++
				if n, err = r.ParseHead([]byte(head[:i]), Limits{}); KindOf(err) != KindIncomplete {
					break
				}
			}
			require.Equal(t, used, n)
			require.Equal(t, KindOf(want), KindOf(err))
			require.LessOrEqual(t, parsed, strings.Count(head, "\n")+3)
		})
	}
	var lines Lines
	require.False(t, lines.Grew(nil, Limits{}), "nothing is nothing new")
	require.True(t, lines.Grew([]byte("G"), Limits{}))
	require.False(t, lines.Grew([]byte("G"), Limits{}))
}

// A head that is shorter than before is another one.
func TestLines_Shrink(t *testing.T) {
	var lines Lines
	require.True(t, lines.Grew([]byte("GET / HTTP/1.1\r\nHo"), Limits{}))
	require.False(t, lines.Grew(nil, Limits{}))
	require.True(t, lines.Grew([]byte("G"), Limits{}), "its first bytes are new")
	require.False(t, lines.Grew([]byte("GE"), Limits{}))
	require.True(t, lines.Grew([]byte("GET / HTTP/1.1\r\n"), Limits{}))
}

func ExampleLines() {
	var lines Lines
	head := "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
	parsed := 0
	for i := range len(head) {
		if lines.Grew([]byte(head[:i+1]), Limits{}) {
			parsed++
		}
	}
	fmt.Println("parsed", parsed, "times for", len(head), "bytes")
	// Output: parsed 4 times for 35 bytes
}
