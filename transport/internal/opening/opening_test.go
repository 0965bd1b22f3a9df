package opening

import (
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// sizes are those of the pieces in which a client's bytes come.
var sizes = []int{1, 7, headSize, 1 << 20}

// read reads a head that a client sends before it ends, and the rest of the connection.
func read(t *testing.T, size int, text string) (o *Request, left string, err error) {
	client, server := tcptest.Pair(tcptest.Options{Pieces: func(int) int { return size }})
	_, err = client.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, client.CloseWrite())
	o, err = Read(server, wire.DefaultLimits())
	b, rest := io.ReadAll(server)
	require.NoError(t, rest)
	return o, string(b), err
}

// A head is read in whatever pieces it comes, and no byte behind it is lost.
func TestRead(t *testing.T) {
	for name, x := range map[string]string{"short": "1", "longer than a buffer": strings.Repeat("1",
		headSize)} {
		head := "GET /p HTTP/1.1\r\nHost: h\r\nX-A: " + x + "\r\n\r\n"
		for _, before := range []string{"", "\r\n"} {
			for _, size := range sizes {
				o, left, err := read(t, size, before+head+"more")
				require.NoError(t, err, name)
				require.Equal(t, head, string(o.Head), "without an empty line before it")
				require.Equal(t, "more", string(o.Rest)+left)
				require.Equal(t, "/p", string(o.Parsed.Target))
				value, _ := o.Parsed.Fields.Get("X-A")
				require.Equal(t, x, string(value))
				o.Release()
				require.Equal(t, [][]byte{nil, nil}, [][]byte{o.Head, o.Rest})
				require.Nil(t, o.Parsed)
			}
		}
	}
	o, left, err := read(t, 1<<20, "GET /p HTTP/1.1\r\nHost: h\r\n\r\nmore")
	require.NoError(t, err)
	require.Equal(t, "more", string(o.Rest), "it was read with the head")
	require.Empty(t, left)
	require.Equal(t, len(o.Head), cap(o.Head), "appending to the head leaves the rest alone")
}

// Bytes that are no head are distinguished from a head that is cut, and all of them can be looked
// at.
func TestRead_NoHead(t *testing.T) {
	for name, text := range map[string]string{
		"malformed":         "GET /p\r\n\r\n",
		"behind empty line": "\r\nGET /p\r\n\r\n",
		"too long":          "GET /" + strings.Repeat("x", 20_000),
	} {
		for _, size := range sizes {
			o, left, err := read(t, size, text)
			require.NoError(t, err, name)
			require.Nil(t, o.Parsed, name)
			require.Equal(t, text, string(o.Head)+left, "from the first byte on")
			require.Empty(t, o.Rest)
			o.Release()
		}
	}
	for _, text := range []string{"", "GET /p HTT", "GET /p HTTP/1.1\r\nHost: h\r\n"} {
		for _, size := range sizes {
			o, _, err := read(t, size, text)
			require.Equal(t, io.EOF, err)
			require.Nil(t, o.Parsed)
			require.Equal(t, text, string(o.Head))
			require.Empty(t, o.Rest)
			o.Release()
		}
	}
}

// last is a connection whose last bytes come together with its end, as an io.Reader may have it.
type last struct {
	net.Conn
	text string
	err  error
}

func (l last) Read(p []byte) (int, error) { return copy(p, l.text), l.err }

// An error does not hide a head that came with it; without a head it is told.
func TestRead_LastBytes(t *testing.T) {
	broken := errors.New("broken")
	o, err := Read(last{text: "GET / HTTP/1.1\r\n\r\nmore", err: broken}, wire.DefaultLimits())
	require.NoError(t, err)
	require.Equal(t, "more", string(o.Rest))
	o.Release()
	o, err = Read(last{text: "GET / HTTP/1.1\r\n", err: broken}, wire.DefaultLimits())
	require.Equal(t, broken, err)
	require.Equal(t, "GET / HTTP/1.1\r\n", string(o.Head))
	o.Release()
}

// A request of net/http is the same request: its fields in a fixed order, each with memory of its
// own, and none of a request before.
func TestOf(t *testing.T) {
	for range 20 { // the pool may give memory that was used
		first := Of(&http.Request{Method: "POST", RequestURI: "/long/before", Host: "before.example",
			ProtoMinor: 1, ContentLength: -1, Header: http.Header{"X-Before": {"1", "2"}, "Y": {"3"}}})
		require.Equal(t, int64(1), first.Parsed.ContentLength, "of a body in chunks")
		require.Nil(t, first.Head)
		first.Release()
		o := Of(&http.Request{Method: "GET", RequestURI: "/p?q", Host: "h:1", ProtoMinor: 1,
			Header: http.Header{"X-B": {"2", ""}, "X-A": {"1"}, "X-C": nil}})
		var fields []string
		for _, f := range o.Parsed.Fields {
			fields = append(fields, string(f.Name)+"="+string(f.Value))
			require.Equal(t, []int{len(f.Name), len(f.Value)}, []int{cap(f.Name), cap(f.Value)})
		}
		require.Equal(t, []string{"Host=h:1", "X-A=1", "X-B=2", "X-B="}, fields)
		require.Equal(t, "GET /p?q", string(o.Parsed.Method)+" "+string(o.Parsed.Target))
		require.Equal(t, 1, o.Parsed.Minor)
		require.Zero(t, o.Parsed.ContentLength)
		o.Release()
	}
	large := Of(&http.Request{Method: "GET", RequestURI: "/", ContentLength: 7,
		Header: http.Header{"X": {strings.Repeat("x", 2*headSize)}}})
	require.Equal(t, int64(7), large.Parsed.ContentLength)
	value, _ := large.Parsed.Fields.Get("X")
	require.Len(t, value, 2*headSize)
	large.Release()
	require.Positive(t, len(large.buffer), "what has grown is not kept")
}

// The memory of a request is used again, unless it has grown.
func TestRequest_Memory(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("pools drop memory under the race detector")
	}
	const many = 1000
	nc := last{text: "GET / HTTP/1.1\r\nHost: h\r\n\r\n"}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range many {
		o, _ := Read(nc, wire.DefaultLimits())
		o.Release()
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/many, uint64(headSize/2))
}
