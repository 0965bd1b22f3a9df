package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// readerOf begins to read a message.
func readerOf(t *testing.T, c *Conn, want MessageType) io.Reader {
	t.Helper()
	typ, r, err := c.Reader(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, typ)
	return r
}

func TestConn_Reader(t *testing.T) {
	long := strings.Repeat("é€😀", 50000)
	for name, socket := range sockets {
		t.Run(name, func(t *testing.T) {
			a, b := socket(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			go p.send(pf{Op: opO}, pf{Op: opT, P: long[:7], More: true}, pf{Op: opO},
				pf{Op: opC, P: long[7:100000], More: true}, pf{Op: opC, More: true},
				pf{Op: opC, P: long[100000:]}, pf{Op: opB}, pf{Op: opB, P: "short"},
				pf{Op: opT, P: "whole"})
			r := readerOf(t, c, Text)
			var got bytes.Buffer
			var err error
			for size := 1; err == nil; size = size%5000 + 13 {
				room := make([]byte, size)
				var n int
				n, err = r.Read(room)
				require.True(t, n > 0 || err != nil, "an empty fragment is nothing to return for")
				got.Write(room[:n])
			}
			require.Equal(t, io.EOF, err)
			require.True(t, long == got.String())
			n, err := r.Read(make([]byte, 1))
			require.Zero(t, n)
			require.Equal(t, io.EOF, err)
			all, err := io.ReadAll(readerOf(t, c, Binary))
			require.NoError(t, err)
			require.Empty(t, all)
			all, err = io.ReadAll(readerOf(t, c, Binary))
			require.NoError(t, err)
			require.Equal(t, "short", string(all))
			wantMessage(t, c, Text, "whole")
		})
	}
}

// A message that was read to its end leaves no buffer behind, whatever its size.
func TestConn_ReaderHoldsNoBuffer(t *testing.T) {
	for _, size := range []int{0, 10, 5000, 200_000} {
		a, b := tcpPair(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		go p.send(bin(strings.Repeat("x", size)))
		all, err := io.ReadAll(readerOf(t, c, Binary))
		require.NoError(t, err)
		require.Len(t, all, size)
		require.True(t, c.link.Idle(), size)
	}
}

// The unread rest of a message is discarded by the next reader, or by Read.
func TestConn_ReaderRest(t *testing.T) {
	long := strings.Repeat("x", 100000)
	a, b := tcpPair(t)
	c, p := testConn(a, false), newPeer(t, b, true)
	p.send(pf{Op: opT, P: long}, pf{Op: opT, P: long, More: true}, pf{Op: opC, P: long},
		pf{Op: opB, P: "last"})
	old := readerOf(t, c, Text)
	_, err := io.ReadFull(old, make([]byte, 10))
	require.NoError(t, err)
	next := readerOf(t, c, Text)
	_, err = old.Read(make([]byte, 1))
	require.Equal(t, errGivenUp, err)
	_, err = io.ReadFull(next, make([]byte, 10))
	require.NoError(t, err)
	wantMessage(t, c, Binary, "last")
	_, err = next.Read(make([]byte, 1))
	require.Equal(t, errGivenUp, err)

	p.send(pf{Op: opT, P: "begin", More: true}, pf{Op: opX, P: "\x03\xe8"})
	_ = readerOf(t, c, Text)
	_, _, err = c.Reader(t.Context())
	require.Equal(t, &CloseError{Code: CloseNormal}, err, "there is no rest")
}

// The end of a context leaves the connection as it is, also within a message.
func TestConn_ReaderContext(t *testing.T) {
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	p.send(pf{Op: opT, P: "begin", More: true})
	ctx, cancel := context.WithCancel(t.Context())
	_, r, err := c.Reader(ctx)
	require.NoError(t, err)
	_, err = io.ReadFull(r, make([]byte, 5))
	require.NoError(t, err)
	cancel()
	_, err = r.Read(make([]byte, 5))
	require.Equal(t, context.Canceled, err)
	p.send(pf{Op: opC, P: "end"}, pf{Op: opT, P: "next"})
	wantMessage(t, c, Text, "next")
}

// A message is judged as a whole, and a Ping does not take a part of it.
func TestConn_ReaderJudges(t *testing.T) {
	for name, x := range map[string]struct {
		send []pf
		want ProtocolError
	}{
		"too long": {[]pf{{Op: opB, P: "12345", More: true}, {Op: opC, P: "67890",
			More: true}, {Op: opC, P: "1"}}, ProtocolError{CloseTooBig, "message exceeds the limit"}},
		"no UTF-8": {[]pf{{Op: opT, P: "a\xe2\x82", More: true}, {Op: opC, P: "a"}},
			ProtocolError{CloseInvalidPayload, "text message is not UTF-8"}},
		"half a character": {[]pf{{Op: opT, P: "a", More: true}, {Op: opC, P: "\xe2\x82"}},
			ProtocolError{CloseInvalidPayload, "text message is not UTF-8"}},
		"another message in it": {[]pf{{Op: opT, P: "a", More: true}, {Op: opT, P: "a"}},
			ProtocolError{CloseProtocolError, ws.ErrProtocolContinuationExpected.Error()}},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := tcpPair(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			c.SetReadLimit(10)
			p.send(x.send...)
			go p.drain()
			_, r, err := c.Reader(t.Context())
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			require.Equal(t, &x.want, err)
		})
	}
	t.Run("Ping", func(t *testing.T) {
		client, server := connPair(t, tcpPair)
		go server.CloseRead(t.Context())
		require.NoError(t, server.link.WriteRaw(frametest.Encode(true, pf{Op: opT, P: "be", More: true})))
		r := readerOf(t, client, Text)
		pong := make(chan error, 1)
		go func() { pong <- client.Ping(t.Context()) }()
		require.NoError(t, server.link.WriteRaw(frametest.Encode(true, pf{Op: opC, P: "gin"})))
		all, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "begin", string(all))
		require.NoError(t, <-pong)
	})
}

// A long message takes no memory of its length.
func TestConn_ReaderAllocations(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector empties pools")
	}
	nc := &looping{frame: frametest.Encode(false, pf{Op: opB, P: strings.Repeat("x", 1<<20)})}
	c := testConn(nc, false)
	room := make([]byte, 32<<10)
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() {
		_, r, err := c.Reader(t.Context())
		for err == nil {
			_, err = r.Read(room)
		}
		if err != io.EOF {
			t.Fatal(err)
		}
	}), 1.0, "the reader")
}

func TestConn_Writer(t *testing.T) {
	write := func(t *testing.T, c *Conn, pieces ...string) {
		w, err := c.Writer(t.Context(), Text)
		require.NoError(t, err)
		for _, p := range pieces {
			n, err := io.WriteString(w, p)
			require.NoError(t, err)
			require.Equal(t, len(p), n)
		}
		require.NoError(t, w.Close())
		_, err = w.Write(nil)
		require.ErrorIs(t, err, errClosed)
	}
	for _, client := range []bool{true, false} {
		a, b := tcpPair(t)
		c, p := testConn(a, client), newPeer(t, b, !client)
		write(t, c)
		p.wantFrame("nothing was written", ws.OpText, "")
		write(t, c, "a", "", "b")
		p.wantFrame("a short message is one frame", ws.OpText, "ab")
		long := strings.Repeat("x", fragmentSize+1)
		write(t, c, "a", long[:fragmentSize-1])
		p.wantFrame("it has room in one fragment", ws.OpText, "a"+long[:fragmentSize-1])
		write(t, c, "a", long, "b")
		p.wantFragment("the first", ws.OpText, "a", true)
		p.wantFragment("the second", ws.OpContinuation, long[:fragmentSize], true)
		p.wantFragment("the last", ws.OpContinuation, "xb", false)
	}
	t.Run("to a Kaazing gateway", func(t *testing.T) {
		a, b := tcpPair(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		c.info.unfragmented = true
		long := strings.Repeat("x", fragmentSize+1)
		write(t, c, "a", long, "b")
		p.wantFragment("the whole message", ws.OpText, "a"+long+"b", false)
	})
}

// Messages that are written in fragments, at once and prepared do not mix.
func TestConn_WriterAlone(t *testing.T) {
	client, server := connPair(t, tcpPair)
	const writers = 8
	want := map[string]int{}
	var all sync.WaitGroup
	for i := range writers {
		text := fmt.Sprint(i, strings.Repeat("x", 3*fragmentSize))
		want[text] = 3
		all.Go(func() {
			prepared, err := Prepare(Text, []byte(text))
			require.NoError(t, err)
			require.NoError(t, server.Write(t.Context(), Text, []byte(text)))
			w, err := server.Writer(t.Context(), Text)
			require.NoError(t, err)
			_, err = io.Copy(w, strings.NewReader(text))
			require.NoError(t, err)
			require.NoError(t, server.link.Write(t.Context(), ws.OpPing, nil))
			require.NoError(t, w.Close())
			require.NoError(t, server.WritePrepared(t.Context(), prepared))
		})
	}
	for range 3 * writers {
		_, p, err := client.Read(t.Context())
		require.NoError(t, err)
		want[string(p)]--
	}
	for _, left := range want {
		require.Zero(t, left)
	}
	all.Wait()
}

// A message that was broken off is the last one, and a call that waits for it to end is woken.
func TestConn_WriterBroken(t *testing.T) {
	client, server := connPair(t, tcpPair)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := server.Writer(ctx, Binary)
	require.NoError(t, err)
	_, err = w.Write(make([]byte, 2*fragmentSize))
	require.NoError(t, err)
	later := make(chan error, 1)
	go func() { later <- server.Write(t.Context(), Text, []byte("behind it")) }()
	cancel()
	_, err = w.Write(make([]byte, 2*fragmentSize))
	require.Equal(t, context.Canceled, err)
	require.Equal(t, context.Canceled, w.Close())
	require.ErrorContains(t, <-later, "was broken off between fragments")
	_, err = server.Writer(t.Context(), Binary)
	require.ErrorContains(t, err, "was broken off between fragments")

	closed := make(chan error, 1)
	go func() { closed <- server.Close(CloseInternalError, "lost the rest") }()
	_, _, err = client.Read(t.Context())
	require.Equal(t, CloseInternalError, CloseCode(err))
	require.NoError(t, <-closed)
}

// A message of which nothing was sent spoils nothing.
func TestConn_WriterGivenUpBeforeItBegan(t *testing.T) {
	client, server := connPair(t, tcpPair)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := server.Writer(ctx, Binary)
	require.NoError(t, err)
	cancel()
	_, err = w.Write(make([]byte, 2*fragmentSize))
	require.Equal(t, context.Canceled, err)
	require.Equal(t, context.Canceled, w.Close())
	require.NoError(t, server.Write(t.Context(), Text, []byte("behind it")))
	wantMessage(t, client, Text, "behind it")
}

// A writer that waits for another one hears of the end of the connection.
func TestConn_WriterOfEndedConn(t *testing.T) {
	_, server := connPair(t, tcpPair)
	_, err := server.Writer(t.Context(), Binary)
	require.NoError(t, err)
	later := make(chan error, 1)
	go func() { later <- server.Write(t.Context(), Text, nil) }()
	require.NoError(t, server.CloseNow())
	require.ErrorIs(t, <-later, errClosed)
}

// turning is an extension that turns round the bytes of a message.
type turning struct{ extension.Pass }

func (turning) Outgoing(f extension.Flow, m extension.Message) { f.Send(turned(m)) }
func (turning) Incoming(f extension.Flow, m extension.Message) { f.Deliver(turned(m)) }

func turned(m extension.Message) extension.Message {
	m.Data = bytes.Clone(m.Data)
	slices.Reverse(m.Data)
	return m
}

// agreed makes a connection one that its handshake has agreed on more for.
var agreed = map[string]func(c *Conn) *Conn{
	"nothing": func(c *Conn) *Conn { return c }, "extension": turns, "compression": deflates,
	"both": func(c *Conn) *Conn { return turns(deflates(c)) },
}

func turns(c *Conn) *Conn {
	return newConn(c.link,
		opened{readLimit: DefaultReadLimit, sessions: []extension.Session{turning{}}})
}

func deflates(c *Conn) *Conn {
	c.link.Compress(deflate.Params{})
	return c
}

// With extensions and with compression a message that is written or read in parts is whole to them.
func TestConn_MessagesInParts_Extensions(t *testing.T) {
	long := strings.Repeat("0123456789", fragmentSize)
	for name, with := range agreed {
		t.Run(name, func(t *testing.T) {
			a, b := tcpPair(t)
			c, s := with(testConn(a, true)), with(testConn(b, false))
			for range 2 {
				w, err := s.Writer(t.Context(), Text)
				require.NoError(t, err)
				for _, part := range []string{long[:10], long[10:]} {
					_, err = io.WriteString(w, part)
					require.NoError(t, err)
				}
				require.NoError(t, w.Close())
			}
			r := readerOf(t, c, Text)
			begin := make([]byte, 15)
			_, err := io.ReadFull(r, begin)
			require.NoError(t, err)
			require.Equal(t, long[:15], string(begin))
			rest, err := io.ReadAll(r)
			require.NoError(t, err)
			require.True(t, long[15:] == string(rest))
			n, err := r.Read(begin)
			require.Zero(t, n)
			require.Equal(t, io.EOF, err)
			wantMessage(t, c, Text, long)
		})
	}
}

// The end of a response that came late is none of the application's messages, with an extension
// that looks at messages, too.
func TestConn_LateTerminator_Extensions(t *testing.T) {
	a, b := tcpPair(t)
	c := newConn(testConn(a, true).link, opened{readLimit: DefaultReadLimit,
		info: handshakeInfo{lateTerminator: true}, sessions: []extension.Session{turning{}}})
	newPeer(t, b, false).send(terminator, pf{Op: opT, P: "ba"}, pf{Op: opB})
	wantMessage(t, c, Text, "ab")
	wantMessage(t, c, Binary, "")
}

func TestPrepare(t *testing.T) {
	_, err := Prepare(0, nil)
	require.Error(t, err)
	p := []byte("to all")
	m, err := Prepare(Binary, p)
	require.NoError(t, err)
	copy(p, "......")
	for _, fromClient := range []bool{true, false} {
		client, server := connPair(t, tcpPair)
		if fromClient {
			client, server = server, client
		}
		require.NoError(t, server.WritePrepared(t.Context(), m))
		wantMessage(t, client, Binary, "to all")
	}
	if !frametest.PoolsAreExact {
		t.Attr("less", "allocations are not counted")
		return
	}
	c := testConn(&looping{}, false)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := c.WritePrepared(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}))
}

// A client sends no fragments to servers that may be Kaazing gateways.
func TestDial_FragmentsByProfile(t *testing.T) {
	long := strings.Repeat("x", 3*fragmentSize)
	asked := func(p *rawServer) {
		p.asked()
		p.send(bin(response101), terminator)
	}
	for _, c := range []struct {
		name      string
		profile   Profile
		play      func(p *rawServer)
		fragments bool
	}{
		{"spec", Spec, asked, true},
		{"auto", Auto, asked, false},
		{"kaazing", Kaazing, func(p *rawServer) {
			p.opened(bin(messageN))
			p.message()
			p.send(bin(response101), terminator, bin(messageN))
		}, false},
	} {
		virtual(t, c.name, func(t *testing.T) {
			got := dialRaw(t, t.Context(), false, &DialOptions{Profile: c.profile}, c.play)
			require.NoError(t, got.err)
			w, err := got.conn.Writer(t.Context(), Binary)
			require.NoError(t, err)
			_, err = io.WriteString(w, long)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			require.NoError(t, got.conn.Close(CloseNormal, ""))
			got.end()
			require.Equal(t, !c.fragments, slices.Contains(got.net.log.all(), "binary "+long))
		})
	}
}

// The end of the response, where it may come late, is no message, whatever call meets it; a message
// in its place is one.
func TestConn_LateTerminator(t *testing.T) {
	for name, read := range map[string]func(c *Conn) (string, error){
		"Read": func(c *Conn) (string, error) {
			_, b, err := c.Read(t.Context())
			return string(b), err
		},
		"Reader": func(c *Conn) (string, error) {
			_, r, err := c.Reader(t.Context())
			if err != nil {
				return "", err
			}
			b, err := io.ReadAll(r)
			return string(b), err
		},
	} {
		for _, ends := range []bool{false, true} {
			a, b := tcpPair(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			c.info.lateTerminator = true
			if ends {
				p.send(pf{Op: opB})
			}
			p.send(pf{Op: opT, P: "one"}, pf{Op: opB}, pf{Op: opT, P: "two"})
			for _, want := range []string{"one", "", "two"} {
				got, err := read(c)
				require.NoError(t, err, name)
				require.Equal(t, want, got, "%s %v", name, ends)
			}
		}
	}
}
