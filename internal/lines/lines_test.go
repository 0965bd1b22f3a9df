package lines

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A head that comes byte by byte is parsed once for each line, and judged as if it had come at
// once.
func TestWatch(t *testing.T) {
	long := strings.Repeat("x", 9000)
	for name, head := range map[string]string{
		"complete":      "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n",
		"line too long": "GET / HTTP/1.1\r\nX: " + long, "target too long": "GET /" + long +
			" HTTP/1.1\r\n\r\n",
		"too many fields": "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 200),
		"head too large":  "GET / HTTP/1.1\r\n" + strings.Repeat("X: "+long[:400]+"\r\n", 80),
		"not HTTP":        "SSH-2.0-x\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var whole, r wire.Request
			used, want := whole.ParseHead([]byte(head), wire.Limits{})
			var watch Watch
			parsed, n := 0, 0
			var err error
			for i := 1; i <= len(head); i++ {
				if !watch.Grew([]byte(head[:i]), wire.Limits{}) {
					continue
				}
				parsed++
				if n, err = r.ParseHead([]byte(head[:i]),
					wire.Limits{}); wire.KindOf(err) != wire.KindIncomplete {
					break
				}
			}
			require.Equal(t, used, n)
			require.Equal(t, wire.KindOf(want), wire.KindOf(err))
			require.LessOrEqual(t, parsed, strings.Count(head, "\n")+3)
		})
	}
	var watch Watch
	require.False(t, watch.Grew(nil, wire.Limits{}), "nothing is nothing new")
	require.True(t, watch.Grew([]byte("G"), wire.Limits{}))
	require.False(t, watch.Grew([]byte("G"), wire.Limits{}))
}

// A head that is shorter than before is another one.
func TestWatch_Shrink(t *testing.T) {
	var watch Watch
	require.True(t, watch.Grew([]byte("GET / HTTP/1.1\r\nHo"), wire.Limits{}))
	require.False(t, watch.Grew(nil, wire.Limits{}))
	require.True(t, watch.Grew([]byte("G"), wire.Limits{}), "its first bytes are new")
	require.False(t, watch.Grew([]byte("GE"), wire.Limits{}))
	require.True(t, watch.Grew([]byte("GET / HTTP/1.1\r\n"), wire.Limits{}))
}

func ExampleWatch() {
	var watch Watch
	head := "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
	parsed := 0
	for i := range len(head) {
		if watch.Grew([]byte(head[:i+1]), wire.Limits{}) {
			parsed++
		}
	}
	fmt.Println("parsed", parsed, "times for", len(head), "bytes")
	// Output: parsed 4 times for 35 bytes
}

// A head that is longer than its limit is looked at although no line of it has ended, and one that
// is shorter than before is another one, although it holds the line that was the last one.
func TestWatch_LongAndShort(t *testing.T) {
	var w Watch
	limits := wire.Limits{Head: 50, Line: 100}
	require.True(t, w.Grew(make([]byte, 10), limits), "at first")
	require.False(t, w.Grew(make([]byte, 50), limits), "no line has ended")
	require.True(t, w.Grew(make([]byte, 51), limits), "too long")
	w = Watch{}
	require.True(t, w.Grew([]byte("GET /p HTTP/1.1\r\nHost: h"), limits))
	require.True(t, w.Grew([]byte("GET /p HTTP/1.1\r\nHost"), limits), "another one")
}
