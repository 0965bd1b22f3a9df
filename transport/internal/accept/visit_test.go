package accept

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// proxies are the trusted ones of these tests.
var proxies = hops.Networks{netip.MustParsePrefix("10.0.0.0/8")}

// entrance is a Gate with a listener, and its log.
type entrance struct {
	*Gate
	t   *testing.T
	ln  *script
	log bytes.Buffer
}

func enter(t *testing.T, b Bounds) *entrance {
	e := &entrance{Gate: &Gate{}, t: t, ln: &script{next: make(chan any, 1)}}
	e.Log = slog.New(slog.NewTextHandler(&e.log, nil))
	e.SetBounds(b)
	return e
}

// visit has a client come from an address, which has written that already.
func (e *entrance) visit(f *Front, addr, text string) (client *tcptest.Conn, v *Visit) {
	client, server := tcptest.Pair(tcptest.Options{})
	_, err := client.Write([]byte(text))
	require.NoError(e.t, err)
	e.ln.next <- from{server, addr}
	next, err := e.Next(e.ln, nil, func() *Front { return f })
	require.NoError(e.t, err)
	return client, &next
}

// counts are the connections and addresses that are counted, and the places taken.
func (e *entrance) counts() []int {
	taken, _, _ := e.Load()
	return []int{e.Visits(), e.Addresses(), taken}
}

func forwarded(addr string) wire.Fields {
	return wire.Fields{{Name: []byte("X-Forwarded-For"), Value: []byte(addr)}}
}

// read reads up to 16 bytes.
func read(t *testing.T, r io.Reader) string {
	var p [16]byte
	n, err := r.Read(p[:])
	require.NoError(t, err)
	return string(p[:n])
}

// A connection of a trusted proxy counts for the client that its PROXY header names, which is told
// if it has too many; one that the proxy makes for itself counts for no client.
func TestVisit_Introduce_Header(t *testing.T) {
	const header = "PROXY TCP4 192.0.2.7 10.0.0.1 5 80\r\n"
	for _, secure := range []*tls.Config{nil, {}} {
		e := enter(t, Bounds{PerAddress: 1})
		f := &Front{Trusted: proxies, ProxyProtocol: true, TLS: secure}
		_, one := e.visit(f, "10.0.0.1:9", header+"GET")
		require.Equal(t, []int{1, 0, 0}, e.counts())
		require.True(t, one.Introduce())
		require.Equal(t, "192.0.2.7:5", one.RemoteAddr().String())
		require.Equal(t, []int{1, 1, 0}, e.counts())
		_, is := one.Conn.(*tls.Conn)
		require.Equal(t, secure != nil, is)
		if !is {
			require.Equal(t, "GET", read(t, one))
		}
		client, two := e.visit(f, "10.0.0.1:9", header)
		require.False(t, two.Introduce())
		require.Equal(t, uint64(1), e.TooMany())
		require.Equal(t, secure == nil, heard(t, client) != "", "it expects TLS")
		two.Leave()
		for range 2 {
			_, local := e.visit(f, "10.0.0.1:9", "PROXY UNKNOWN\r\n")
			defer local.Leave()
			require.True(t, local.Introduce())
			require.Equal(t, 1, e.Addresses())
		}
		one.Leave()
	}
}

// Nothing is counted any more once all have left.
func TestVisit_Leave_Header(t *testing.T) {
	for _, header := range []string{"PROXY UNKNOWN\r\n", "PROXY TCP4 192.0.2.7 10.0.0.1 5 80\r\n"} {
		e := enter(t, Bounds{PerAddress: 1})
		_, v := e.visit(&Front{Trusted: proxies, ProxyProtocol: true}, "10.0.0.1:9", header)
		require.True(t, v.Introduce())
		v.Leave()
		require.Equal(t, []int{0, 0, 0}, e.counts())
	}
}

// A trusted proxy whose header cannot be read is logged, once in a while; one that says nothing,
// only to see whether the server is there, is not. No other sender is asked for one.
func TestVisit_Introduce_NoHeader(t *testing.T) {
	e := enter(t, Bounds{})
	f := &Front{Trusted: proxies, ProxyProtocol: true}
	client, v := e.visit(f, "10.0.0.1:9", "")
	require.NoError(t, client.Close())
	require.False(t, v.Introduce())
	require.Empty(t, e.log.String())
	v.Leave()
	for range 2 {
		_, v = e.visit(f, "10.0.0.1:9", "GET / HTTP/1.1\r\n\r\n")
		require.False(t, v.Introduce())
		v.Leave()
	}
	require.Equal(t, 1, bytes.Count(e.log.Bytes(), []byte("\n")))
	require.Contains(t, e.log.String(), `"a trusted proxy sent no PROXY header that can be read, its `+
		`connection was closed" remote=10.0.0.1:9 since_last_line=0 error=`)
	for _, other := range []*Front{{Trusted: proxies, ProxyProtocol: true}, {Trusted: proxies}} {
		addr := "192.0.2.1:1"
		if !other.ProxyProtocol {
			addr = "10.0.0.1:9"
		}
		_, v = e.visit(other, addr, "PROXY TCP4 192")
		require.True(t, v.Introduce())
		require.Equal(t, "PROXY TCP4 192", read(t, v), "it is the application's")
		v.Leave()
	}
}

// A client that sends no opening request is told what is wrong, if that is known.
func TestVisit_Explain(t *testing.T) {
	const text = "PROXY TCP4 192.0.2.7 10.0.0.1 5 80\r\n"
	e := enter(t, Bounds{})
	explained := func(head string, plain bool) (says string, isHeader bool) {
		client, v := e.visit(&Front{}, "192.0.2.1:1", "")
		var err error
		if plain {
			below := v.Conn
			v.Conn = tls.Server(below, &tls.Config{})
			record := tls.RecordHeaderError{Conn: below}
			copy(record.RecordHeader[:], head)
			head, err = "", record
		}
		isHeader = v.Explain([]byte(head), err)
		v.Leave()
		return heard(t, client), isHeader
	}
	says, is := explained("GET / HTTP/1.1", false)
	require.Equal(t, []any{"", false}, []any{says, is})
	says, is = explained("GET / HTTP/1.1", true)
	require.False(t, is)
	require.Contains(t, says, "\r\n\r\nthis is an HTTPS port: use wss:// or https://\n")
	require.Empty(t, e.log.String())
	says, is = explained(text, false)
	require.True(t, is)
	require.Contains(t, says, "HTTP/1.1 400 Bad Request\r\n")
	require.Contains(t, says, "\r\n\r\nno PROXY header is expected from this address\n")
	says, is = explained("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", false)
	require.True(t, is)
	require.NotEmpty(t, says)
	require.Equal(t, 1, bytes.Count(e.log.Bytes(), []byte("\n")))
	require.Contains(t, e.log.String(), "remote=192.0.2.1:1 since_last_line=0")
	require.NotContains(t, e.log.String(), "error=")

	says, is = explained(text[:5], true)
	require.True(t, is)
	require.NotContains(t, says, "HTTPS", "it is told one reason")

	client, v := e.visit(&Front{}, "192.0.2.1:1", "")
	require.False(t, v.Explain(nil, tls.RecordHeaderError{}), "nobody can be told")
	require.False(t, v.Explain(nil, io.EOF))
	v.Leave()
	require.Empty(t, heard(t, client))
}

// A WebSocket counts for the client that the fields of a trusted proxy name, and takes one place
// until it leaves. A client that has too many is told so, and takes none.
func TestVisit_CountsForItsClient(t *testing.T) {
	e := enter(t, Bounds{Connections: 10, PerAddress: 1})
	f := &Front{Trusted: proxies}
	_, one := e.visit(f, "10.0.0.1:9", "")
	one.SeenFrom(forwarded("192.0.2.7"))
	require.Equal(t, "192.0.2.7:0", one.RemoteAddr().String())
	var rest []byte
	require.True(t, one.Enter(t.Context(), &rest))
	require.Equal(t, []int{1, 1, 1}, e.counts())
	client, two := e.visit(f, "10.0.0.2:9", "")
	two.SeenFrom(forwarded("192.0.2.7"))
	require.False(t, two.Enter(t.Context(), &rest))
	two.Leave()
	require.Contains(t, heard(t, client), "\r\n\r\ntoo many connections from your address\n")
	require.Equal(t, uint64(1), e.TooMany())
	require.Equal(t, []int{1, 1, 1}, e.counts())
	one.Leave()
	require.Equal(t, []int{0, 0, 0}, e.counts())

	f.ProxyProtocol = true // the header names another proxy, its fields the client
	_, three := e.visit(f, "10.0.0.1:9", "PROXY TCP4 10.0.0.3 10.0.0.1 5 80\r\n")
	require.True(t, three.Introduce())
	three.SeenFrom(forwarded("192.0.2.7"))
	require.True(t, three.Enter(t.Context(), &rest))
	require.Equal(t, []int{1, 1, 1}, e.counts(), "for the client, and not for the proxy")
	three.Leave()
	require.Equal(t, []int{0, 0, 0}, e.counts())

	_, other := e.visit(&Front{}, "192.0.2.9:1", "")
	other.SeenFrom(forwarded("192.0.2.7"))
	require.Equal(t, "192.0.2.9:1", other.RemoteAddr().String(), "nobody trusts it")
	require.False(t, hops.SourceOf(other.Conn).Spoken)
	other.Leave()
}

// Refusals for want of a place are counted, and logged once in a while.
func TestVisit_Enter_Full(t *testing.T) {
	e := enter(t, Bounds{Connections: 1})
	require.True(t, e.places.take())
	for range 2 {
		client, v := e.visit(&Front{}, "192.0.2.1:1", "")
		require.False(t, v.Enter(t.Context(), nil))
		v.Leave()
		require.Contains(t, heard(t, client), "Connection: close\r\n")
	}
	_, _, refused := e.Load()
	require.Equal(t, uint64(2), refused)
	require.Equal(t, 1, bytes.Count(e.log.Bytes(), []byte("\n")))
	require.Contains(t, e.log.String(), `"turned away: all connections are in use" `+
		`remote=192.0.2.1:1 most=1 since_last_line=0`)
}

// leaving is a connection whose client leaves at the moment when its wait is over.
type leaving struct {
	net.Conn
	over chan struct{}
}

func (l *leaving) SetReadDeadline(at time.Time) error {
	if !at.IsZero() {
		close(l.over)
	}
	return nil
}

func (l *leaving) Read([]byte) (int, error) { <-l.over; return 0, io.EOF }

// A place that is handed to a client which leaves at the same moment goes to the next one.
func TestVisit_Enter_LeavesAtTheLastMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enter(t, Bounds{Connections: 1, Waiting: 2})
		require.True(t, e.places.take())
		_, v := e.visit(&Front{}, "192.0.2.1:1", "")
		v.Conn = &leaving{v.Conn, make(chan struct{})}
		entered := make(chan bool)
		go func() { entered <- v.Enter(t.Context(), new([]byte)) }()
		synctest.Wait()
		next, ok := e.places.wait(2)
		require.True(t, ok)
		e.places.release()
		require.False(t, <-entered)
		<-next
		v.Leave()
		require.Equal(t, 1, e.counts()[2], "the next one has the place")
	})
}

// closing is a connection that tells when it is closed.
type closing struct {
	net.Conn
	closed func()
}

func (c closing) Close() error { c.closed(); return c.Conn.Close() }

// A connection counts until it is closed: one more is let in only then. A refused one is counted
// before its client can know.
func TestVisit_CountsUntilItIsClosed(t *testing.T) {
	e := enter(t, Bounds{PerAddress: 1})
	_, v := e.visit(&Front{}, "192.0.2.1:1", "")
	closed := 0
	v.Conn = closing{v.Conn, func() {
		closed++
		require.Equal(t, []int{1, 1, 0}, e.counts())
	}}
	_, server := tcptest.Pair(tcptest.Options{})
	e.ln.next <- closing{from{server, "192.0.2.1:2"}, func() {
		closed++
		require.Equal(t, uint64(1), e.TooMany())
		e.ln.next <- net.ErrClosed
	}}
	_, err := e.Next(e.ln, nil, func() *Front { return &Front{} })
	require.ErrorIs(t, err, net.ErrClosed)
	v.Leave()
	require.Equal(t, 2, closed)
}

// A server that ends accepts nothing more, also while all slots are taken.
func TestGate_Next_EndsWithoutSlot(t *testing.T) {
	e := enter(t, Bounds{Connections: 1})
	for range 1 + reserve {
		_, v := e.visit(&Front{}, "192.0.2.1:1", "")
		require.NotNil(t, v.Conn)
	}
	done := make(chan struct{})
	close(done)
	e.ln.next <- errors.New("nothing is accepted")
	_, err := e.Next(e.ln, done, func() *Front { return &Front{} })
	require.ErrorIs(t, err, http.ErrServerClosed)
	require.Len(t, e.ln.next, 1)
}

// New bounds let in clients that wait for a place, and have all that wait for a slot look again.
func TestGate_SetBounds_Waiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enter(t, Bounds{Connections: 1, Waiting: 5})
		require.True(t, e.places.take())
		_, v := e.visit(&Front{}, "192.0.2.1:1", "")
		entered := make(chan bool)
		go func() { entered <- v.Enter(context.Background(), new([]byte)) }()
		synctest.Wait()
		e.SetBounds(Bounds{Connections: 2})
		require.True(t, <-entered)
		v.Leave()

		var s slots
		most := 1
		bound := func() int { return most }
		require.NoError(t, s.wait(bound, nil))
		got := make(chan error, 2)
		for range 2 {
			go func() { got <- s.wait(bound, nil) }()
			synctest.Wait()
		}
		most = 3
		s.wake()
		synctest.Wait()
		require.Len(t, got, 2)
	})
}

// Temporary errors are logged once a second, however often they happen.
func TestGate_Next_ErrorsAreLoggedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := enter(t, Bounds{})
		e.ln.next = make(chan any, 4)
		for range 2 {
			_, server := tcptest.Pair(tcptest.Options{})
			e.ln.next <- &net.DNSError{IsTimeout: true, Err: "late"}
			e.ln.next <- server
			_, err := e.Next(e.ln, nil, func() *Front { return &Front{} })
			require.NoError(t, err)
		}
		require.Equal(t, 1, bytes.Count(e.log.Bytes(), []byte("\n")))
		require.Contains(t, e.log.String(), "late")
	})
}

// Clients turned away for their address are logged once in a while.
func TestGate_TooManyIsLoggedSeldom(t *testing.T) {
	e := enter(t, Bounds{PerAddress: 7})
	e.tooMany("192.0.2.1:1")
	e.tooMany("192.0.2.1:2")
	require.Equal(t, uint64(2), e.TooMany())
	require.Equal(t, 1, bytes.Count(e.log.Bytes(), []byte("\n")))
	require.Contains(t, e.log.String(), `"turned away: too many connections from this address" `+
		`remote=192.0.2.1:1 most=7 since_last_line=0`)
}
