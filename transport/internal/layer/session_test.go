package layer

import (
	"bytes"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// session is one whose answers a test gives.
type session struct {
	extension.Pass
	open, expired      func(f extension.Flow)
	outgoing, incoming func(f extension.Flow, m extension.Message)
	due                time.Time
	heard              []time.Time
}

func (s *session) Open(f extension.Flow) {
	if s.open != nil {
		s.open(f)
	}
}

func (s *session) Outgoing(f extension.Flow, m extension.Message) {
	if s.outgoing == nil {
		f.Send(m)
		return
	}
	s.outgoing(f, m)
}

func (s *session) Incoming(f extension.Flow, m extension.Message) {
	if s.incoming == nil {
		f.Deliver(m)
		return
	}
	s.incoming(f, m)
}

func (s *session) Heard(at time.Time)       { s.heard = append(s.heard, at) }
func (s *session) Deadline() time.Time      { return s.due }
func (s *session) Expired(f extension.Flow) { s.expired(f) }

// ended is a Host that notes how it was ended.
type ended struct {
	closing atomic.Bool
	by      []*frames.Error
}

func (e *ended) Closing() bool            { return e.closing.Load() }
func (e *ended) Abandon(by *frames.Error) { e.by = append(e.by, by) }

// layered is a Layer of a server's connection, with one session.
type layered struct {
	*Layer
	s      *session
	host   *ended
	client *tcptest.Conn
}

func with(s *session) *layered {
	client, server := tcptest.Pair(tcptest.Options{})
	l := &layered{s: s, host: &ended{}, client: client}
	l.Layer = New(frames.New(server, false, nil, 0), []extension.Session{s}, l.host)
	return l
}

// frame reads a frame from the peer's end.
func (l *layered) frame(t *testing.T) (op ws.OpCode, payload string) {
	f, err := frametest.ReadFrame(l.client)
	require.NoError(t, err)
	return f.Header.OpCode, string(f.Payload)
}

// one is an action's message.
func one(kind extension.Kind, text string) extension.Message {
	return extension.Message{Kind: kind, Data: []byte(text)}
}

var kinds = map[extension.Kind]ws.OpCode{extension.Text: ws.OpText, extension.Binary: ws.OpBinary,
	extension.Ping: ws.OpPing, extension.Pong: ws.OpPong}

// Items that sessions send at the opening go out at once, and they may end the connection then.
func TestLayer_Open(t *testing.T) {
	l := with(&session{open: func(f extension.Flow) {
		f.Send(one(extension.Text, "hello"))
		f.Fail(1008, "no more")
	}})
	op, text := l.frame(t)
	require.Equal(t, ws.OpText, op)
	require.Equal(t, "hello", text)
	require.Equal(t, []*frames.Error{{Code: 1008, Msg: "no more"}}, l.host.by)
	require.False(t, l.Owes())
	require.Empty(t, with(&session{}).host.by)
}

// A frame goes through the sessions by its kind; unchanged messages are not copied, and changed
// ones are valid only until the next call.
func TestLayer_Outgoing(t *testing.T) {
	for kind, op := range kinds {
		p := []byte("abc")
		l := with(&session{})
		owed, out, bad := l.Outgoing(op, p)
		require.Nil(t, bad)
		require.Empty(t, owed)
		require.Equal(t, []frames.Frame{{Op: op, Payload: p}}, out)
		require.Same(t, &p[0], &out[0].Payload[0])
		var seen []extension.Kind
		room := []byte("x")
		l.s.outgoing = func(f extension.Flow, m extension.Message) {
			seen = append(seen, m.Kind)
			room[0]++
			f.Send(extension.Message{Kind: kind, Data: room})
			f.Send(m)
		}
		_, first, _ := l.Outgoing(op, p)
		_, _, _ = l.Outgoing(op, p)
		require.Equal(t, []extension.Kind{kind, kind}, seen)
		require.Equal(t, []frames.Frame{{Op: op, Payload: []byte("y")}, {Op: op, Payload: p}}, first)
	}
	l := with(&session{outgoing: func(f extension.Flow, _ extension.Message) {
		f.Send(one(extension.Text, "last"))
		f.Fail(1011, "broken")
	}})
	_, out, bad := l.Outgoing(ws.OpText, nil)
	require.Len(t, out, 1)
	require.Equal(t, &frames.Error{Code: 1011, Msg: "broken"}, bad)
	l.s.outgoing = nil
	_, out, bad = l.Outgoing(ws.OpText, []byte("x"))
	require.Nil(t, bad)
	require.Empty(t, out, "a stack that has failed does nothing more")
	for size, want := range map[int]*frames.Error{125: nil, 126: errControl} {
		for _, kind := range []extension.Kind{extension.Ping, extension.Pong} {
			l = with(&session{})
			l.s.outgoing = func(f extension.Flow, _ extension.Message) {
				f.Send(extension.Message{Kind: kind, Data: make([]byte, size)})
			}
			_, out, bad = l.Outgoing(ws.OpText, nil)
			require.Equal(t, want, bad)
			require.Equal(t, want == nil, len(out) == 1)
		}
	}
}

// An item becomes by sessions itself, other items with data of their own, and frames that are
// owed, in order, until they are taken.
func TestLayer_Incoming(t *testing.T) {
	l := with(&session{})
	text := frames.Item{Kind: frames.Message, Type: wire.Text, Data: []byte("abc")}
	in, asIs, bad := l.Incoming(text)
	require.True(t, asIs && in == nil && bad == nil)
	in, asIs, bad = l.Incoming(frames.Item{Kind: frames.Ping, Data: []byte("p")})
	require.Nil(t, bad)
	require.False(t, asIs, "the caller answers what it is told")
	require.Equal(t, []frames.Item{{Kind: frames.Ping, Type: wire.Binary, Data: []byte("p"),
		Owned: true}}, in)

	var seen []extension.Kind
	room := []byte("x")
	l.s.incoming = func(f extension.Flow, m extension.Message) {
		seen = append(seen, m.Kind)
		f.Send(one(extension.Pong, "owed"))
		f.Deliver(extension.Message{Kind: m.Kind, Data: room})
	}
	for _, c := range []struct {
		it   frames.Item
		kind extension.Kind
	}{
		{text, extension.Text},
		{frames.Item{Kind: frames.Message, Type: wire.Binary, Data: room}, extension.Binary},
		{frames.Item{Kind: frames.Ping, Type: wire.Binary}, extension.Ping},
		{frames.Item{Kind: frames.Pong, Type: wire.Binary}, extension.Pong},
	} {
		seen = nil
		in, asIs, bad = l.Incoming(c.it)
		require.Nil(t, bad)
		require.False(t, asIs)
		require.Equal(t, []extension.Kind{c.kind}, seen)
		require.Equal(t, []frames.Item{{Kind: c.it.Kind, Type: c.it.Type, Data: []byte("x"),
			Owned: true}}, in)
		require.NotSame(t, &room[0], &in[0].Data[0])
		require.True(t, l.Owes())
		require.Equal(t, "\x8a\x04owed", string(l.Take()))
		require.False(t, l.Owes())
		require.Empty(t, l.Take())
	}
	_, _, _ = l.Incoming(text)
	owed, _, _ := l.Outgoing(ws.OpText, nil)
	require.Equal(t, "\x8a\x04owed", string(owed), "before any other frame")
	require.False(t, l.Owes())

	for _, deliver := range []func(f extension.Flow, m extension.Message){
		func(f extension.Flow, m extension.Message) { f.Deliver(one(extension.Text, string(m.Data))) },
		func(f extension.Flow, m extension.Message) { m.Kind = extension.Binary; f.Deliver(m) },
		func(f extension.Flow, m extension.Message) { m.Data = m.Data[1:]; f.Deliver(m) },
		func(f extension.Flow, m extension.Message) { f.Deliver(m); f.Deliver(m) },
		func(f extension.Flow, m extension.Message) { f.Send(m) },
		func(extension.Flow, extension.Message) {},
	} {
		l.s.incoming = deliver
		in, asIs, _ = l.Incoming(text)
		require.False(t, asIs)
		for _, it := range in {
			require.True(t, it.Owned)
		}
	}
	empty := frames.Item{Kind: frames.Message, Type: wire.Text}
	l.s.incoming = func(f extension.Flow, m extension.Message) { f.Deliver(m) }
	_, asIs, _ = l.Incoming(empty)
	require.True(t, asIs)
	l.s.incoming = func(f extension.Flow, _ extension.Message) { f.Fail(1002, "bad") }
	_, _, bad = l.Incoming(text)
	require.Equal(t, &frames.Error{Code: 1002, Msg: "bad"}, bad)
}

// A peer that makes sessions answer and does not read is given up, before they owe it more than
// there is room for; bytes that the socket has not taken count, too.
func TestLayer_OwesNoMoreThan(t *testing.T) {
	answer := func(size int) *layered {
		return with(&session{incoming: func(f extension.Flow, _ extension.Message) {
			f.Send(one(extension.Binary, string(make([]byte, size))))
		}})
	}
	item := frames.Item{Kind: frames.Message, Type: wire.Text}
	l := answer(1000)
	n := 0
	for ; ; n++ {
		if _, _, bad := l.Incoming(item); bad != nil {
			require.Equal(t, errOwed, bad)
			break
		}
	}
	require.Equal(t, MaxOwed/1004+1, n)
	require.Len(t, l.Take(), n*1004)
	_, _, bad := l.Incoming(item)
	require.Nil(t, bad, "it was taken")
	l.Left(MaxOwed - 1004)
	_, _, bad = l.Incoming(item)
	require.Nil(t, bad)
	l.Left(MaxOwed - 1004 + 1)
	_, _, bad = l.Incoming(item)
	require.Equal(t, errOwed, bad)
	l.Left(0)
	_, _, bad = l.Incoming(item)
	require.Nil(t, bad)

	l = with(&session{incoming: func(f extension.Flow, _ extension.Message) {
		f.Send(one(extension.Ping, string(make([]byte, 126))))
	}})
	_, _, bad = l.Incoming(item)
	require.Equal(t, errControl, bad)
	require.False(t, l.Owes())
}

// Sessions may change a Ping of ours, and then owe it.
func TestLayer_Ask(t *testing.T) {
	l := with(&session{})
	require.Nil(t, l.Ask())
	require.Equal(t, "\x89\x00", string(l.Take()))
	l.s.outgoing = func(f extension.Flow, m extension.Message) {
		require.Equal(t, extension.Ping, m.Kind)
		f.Fail(1001, "enough")
	}
	require.Equal(t, &frames.Error{Code: 1001, Msg: "enough"}, l.Ask())
}

// The deadlines of sessions are kept, in any order in which they move, and their ends come true.
func TestLayer_Deadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
		var expired []time.Duration
		s := &session{}
		s.expired = func(f extension.Flow) {
			expired = append(expired, time.Since(begin))
			require.True(t, f.Now().Equal(time.Now()))
			s.due = time.Time{}
			f.Send(one(extension.Ping, ""))
		}
		s.due = at(10)
		l := with(s)
		move := func(seconds int) {
			s.due = at(seconds)
			_, _, _ = l.Outgoing(ws.OpText, nil)
		}
		move(5)
		move(7)
		synctest.Wait()
		time.Sleep(time.Until(at(7)) + 1)
		synctest.Wait()
		require.Equal(t, []time.Duration{7 * time.Second}, expired)
		op, _ := l.frame(t)
		require.Equal(t, ws.OpPing, op)
		s.due = at(20)
		_, _, _ = l.Incoming(frames.Item{Kind: frames.Message, Type: wire.Text})
		time.Sleep(time.Until(at(20)) + 1)
		synctest.Wait()
		require.Len(t, expired, 2)
		s.due = at(30)
		require.Nil(t, l.Ask())
		time.Sleep(time.Until(at(30)) + 1)
		synctest.Wait()
		require.Len(t, expired, 3)

		s.expired = func(f extension.Flow) {
			s.due = time.Time{}
			f.Fail(1008, "silence")
		}
		move(40)
		l.host.closing.Store(true)
		time.Sleep(time.Until(at(40)) + 1)
		synctest.Wait()
		require.Empty(t, l.host.by, "the application closes")
		l.host.closing.Store(false)
		l.due = time.Time{} // such a connection is over; another one begins here
		move(50)
		time.Sleep(time.Until(at(50)) + 1)
		synctest.Wait()
		require.Equal(t, []*frames.Error{{Code: 1008, Msg: "silence"}}, l.host.by)

		l = with(&session{due: at(60), expired: func(extension.Flow) { panic("it was stopped") }})
		l.Stop()
		l.s.due = at(55)
		_, _, _ = l.Outgoing(ws.OpText, nil)
		time.Sleep(time.Minute)
		l = with(&session{})
		l.Stop() // without a timer
	})
}

// Sessions are told since when the peer is silent, without the time in which nothing is read.
func TestLayer_Heard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s := &session{}
		s.expired = func(extension.Flow) { s.due = time.Time{} }
		l := with(s)
		silence := func() time.Duration {
			s.due, s.heard = time.Now().Add(time.Second), nil
			_, _, _ = l.Outgoing(ws.OpText, nil)
			time.Sleep(time.Second + 1)
			synctest.Wait()
			require.Len(t, s.heard, 1)
			return time.Since(s.heard[0]).Round(time.Second)
		}
		require.Zero(t, silence(), "nothing reads yet")
		time.Sleep(time.Minute)
		l.Listening()
		time.Sleep(3 * time.Second)
		require.Equal(t, 4*time.Second, silence())
		l.Listened(false)
		time.Sleep(time.Minute)
		require.Equal(t, 4*time.Second, silence(), "the pause is ours")
		l.Listening()
		time.Sleep(time.Second)
		l.Listened(true)
		require.Zero(t, silence())
		l.Listening()
		require.Equal(t, time.Second, silence())
		require.Greater(t, time.Since(begin), 2*time.Minute)
	})
}

// Two slices are the same if they are the same memory, not the same bytes.
func TestSame(t *testing.T) {
	b := []byte("ab")
	require.True(t, same(b, b))
	require.True(t, same(nil, b[:0]))
	require.False(t, same(b, bytes.Clone(b)))
	require.False(t, same(b, b[:1]))
	require.False(t, same(nil, b))
}
