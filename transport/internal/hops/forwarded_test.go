package hops

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// A malformed element names no client, and does not affect the elements beside it.
func TestForwardedFor(t *testing.T) {
	for value, want := range map[string][]string{
		``:                          {""},
		`for=a`:                     {"a"},
		`for=a, for=b`:              {"a", "b"},
		`,for=a`:                    {"", "a"},
		`for=a,`:                    {"a", ""},
		"\tFOR=a ; by=x\t, ;for=b;": {"a", "b"},
		`by=x`:                      {""},
		`for="a"`:                   {"a"},
		`for="a,b;c"`:               {"a,b;c"},
		`for="a\"b", for=c`:         {"", "c"}, // no address has one
		`for="a\\", for=c`:          {"a", "c"},
		`for=a;for=b, for=c`:        {"", "c"},
		`for=a;by, for=c`:           {"", "c"},
		`for=a;=x, for=c`:           {"", "c"},
		`for=a;b y=x, for=c`:        {"", "c"},
		`for=a;b"y=x", for=c`:       {"", "c"},
		`for=a;by=, for=c`:          {"", "c"},
		`for=a b, for=c`:            {"", "c"},
		"for=a\tb, for=c":           {"", "c"},
		`for=, for=c`:               {"", "c"},
		`for=a"b", for=c`:           {"", "c"},
		`for="a"b, for=c`:           {"", "c"},
		`for="a"b"c", for=d`:        {"", "d"},
		`for=c, for="a`:             {"c", ""},
		`for=c, for="a\`:            {"c", ""},
		`for=c;x="a\", for=d`:       {""},
		`for=c;x="a\"`:              {""},
		`for=c;for`:                 {""},
	} {
		require.Equal(t, want, forwardedFor(value), value)
	}
}

// header reads a PROXY header that a client sends, and closes.
func header(t *testing.T, text string) (*Conn, bool, error) {
	client, server := tcptest.Pair(tcptest.Options{})
	_, err := io.WriteString(client, text)
	require.NoError(t, err)
	require.NoError(t, client.CloseWrite())
	return ReadHeader(server)
}

const v2 = "\r\n\r\n\x00\r\nQUIT\n"

// A header tells the address of the client, and the bytes behind it are the connection's.
func TestReadHeader(t *testing.T) {
	for text, want := range map[string]struct {
		known  bool
		client string // "" is that of the connection
	}{
		"PROXY TCP4 192.0.2.7 10.0.0.1 5 80\r\n": {true, "192.0.2.7:5"},
		"PROXY TCP6 2001:db8::7 2001:db8::1 5 80\r\n": {true,
			"[2001:db8::7]:5"},
		v2 + "\x21\x11\x00\x0c\xc0\x00\x02\x07\x0a\x00\x00\x01\x00\x05\x00\x50": {true, "192.0.2.7:5"},
		v2 + "\x20\x00\x00\x00":                             {false, ""},
		v2 + "\x21\x31\x00\xd8" + string(make([]byte, 216)): {true, ""},
	} {
		c, known, err := header(t, text+"rest")
		require.NoError(t, err, "%q", text)
		require.Equal(t, want.known, known, "%q", text)
		s := SourceOf(c)
		require.False(t, s.Spoken || s.Secure)
		require.Equal(t, c.NetConn().RemoteAddr().String(), s.Way[len(s.Way)-1].String())
		if want.client == "" {
			require.Equal(t, c.NetConn().RemoteAddr(), c.RemoteAddr())
			require.Len(t, s.Way, 1)
		} else {
			require.Equal(t, want.client, c.RemoteAddr().String())
			require.Equal(t, want.client, s.Way[0].String())
			require.Len(t, s.Way, 2)
		}
		var p [3]byte
		n, err := c.Read(p[:])
		require.NoError(t, err)
		b, err := io.ReadAll(c)
		require.NoError(t, err)
		require.Equal(t, "rest", string(p[:n])+string(b))
		require.Nil(t, c.rest, "nothing holds what was read")
	}
	_, _, err := header(t, "")
	require.Equal(t, ErrNothing, err)
	for _, bad := range []string{"P", "GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.7\r\n",
		v2 + "\x21\x12\x00\x0c\xc0\x00\x02\x07\x0a\x00\x00\x01\x00\x05\x00\x50"} {
		_, known, err := header(t, bad)
		require.Error(t, err, "%q", bad)
		require.NotErrorIs(t, err, ErrNothing)
		require.False(t, known)
	}
}

// A connection ends as the one below does, and a name for it is taken only if it is another one.
func TestConn(t *testing.T) {
	client, server := tcptest.Pair(tcptest.Options{})
	c := NewConn(server, []netip.AddrPort{netip.MustParseAddrPort("192.0.2.7:0"),
		netip.MustParseAddrPort("10.0.0.1:9")})
	require.Equal(t, "192.0.2.7:0", c.RemoteAddr().String())
	require.Same(t, server, c.NetConn())
	s := SourceOf(c)
	require.True(t, s.Spoken)
	require.Len(t, s.Way, 2)
	require.NoError(t, c.CloseWrite())
	_, err := client.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
	require.ErrorIs(t, (&Conn{Conn: struct{ net.Conn }{server}}).CloseWrite(), http.ErrNotSupported)

	own := server.RemoteAddr().(*net.TCPAddr).AddrPort()
	for _, same := range []string{"", "no address", own.String(),
		netip.AddrPortFrom(netip.AddrFrom16(own.Addr().As16()), own.Port()).String()} {
		require.Same(t, server, Named(server, same), same)
	}
	for _, other := range []string{"192.0.2.7:5", netip.AddrPortFrom(own.Addr().Unmap(), 1).String()} {
		named := Named(server, other)
		require.Equal(t, other, named.RemoteAddr().String())
		require.Equal(t, other, SourceOf(named).Way[0].String())
		require.False(t, SourceOf(named).Spoken)
	}
}
