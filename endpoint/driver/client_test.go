package driver_test

import (
	"runtime"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const (
	accepted   = "HTTP/1.1 101 x\r\n\r\n"
	challenged = "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\n\r\n"
)

// elsewhere redirects.
func elsewhere(to string) string { return "HTTP/1.1 302 x\r\nLocation: " + to + "\r\n\r\n" }

// redirected returns a client that dials the second connection, and the first one.
func redirected(
	t require.TestingT, cfg endpoint.ClientConfig, to string,
) (*host, *driver.Client, *driver.Conn) {
	h, c, old := asking(t, cfg)
	unit(old, elsewhere(to))
	require.Equal(t, []string{"close 1000 a", "flush a"}, h.take())
	old.PeerClosed(t0, 1000, "")
	old.Lost(t0, "end of stream")
	require.Equal(t, "disconnect a", h.log[0])
	require.Len(t, h.conns, 2)
	h.take()
	return h, c, old
}

// Events of an old connection are dropped once the client has gone on.
func TestClient_OldConnection(t *testing.T) {
	h, c, old := redirected(t, endpoint.ClientConfig{}, "/q")
	late := func() {
		old.Received(t0, []byte(opened))
		unit(old, accepted)
		old.Ping(t0, []byte("p"))
		old.PeerClosed(t0, 1000, "")
		old.Violation(t0, fsm.FailureFrame, "bad")
		old.Lost(t0, "reset")
		old.Failed(t0, "refused")
		old.Opened(t0, endpoint.Subprotocol, nil, "")
		old.OpeningRefused(t0, 500, nil, nil)
		require.Empty(t, h.take())
		require.NoError(t, c.Endpoint().Misuse())
	}
	late()
	h.conns[1].Connected(t0, wires{h, "b"}, [16]byte{})
	h.take()
	late()
	h.conns[1].Received(t0, []byte(opened))
	require.Equal(t, []string{"upgraded b", "message GET /q HTTP/1.1 b", "flush b"}, h.take())
	late()
	unit(h.conns[1], accepted)
	require.Equal(t, []string{"open 101"}, h.take())
	late()
	old.Connected(t0, wires{h, "c"}, [16]byte{})
	require.Equal(t, []string{"disconnect c"}, h.take(), "a connection that nobody wants any more")
	h.conns[1].Connected(t0, wires{h, "d"}, [16]byte{})
	require.Equal(t, []string{"disconnect d"}, h.take(), "nor a second one")
}

func TestClient_Dial(t *testing.T) {
	t.Run("fails", func(t *testing.T) {
		h, _ := calling(t, endpoint.ClientConfig{})
		h.conns[0].Failed(t0, "refused")
		require.Equal(t, []string{"over"}, h.take())
		require.Equal(t, "refused", failure(t, h).Detail)
	})
	t.Run("too-late", func(t *testing.T) {
		h, c := calling(t, endpoint.ClientConfig{})
		h.conns[0].Lost(t0, "what is not up cannot be lost")
		h.conns[0].Received(t0, []byte(opened))
		require.Empty(t, h.take())
		require.Equal(t, t0.Add(10*time.Second), h.wake)
		c.Expire(h.wake)
		require.Equal(t, []string{"over"}, h.take())
		h.conns[0].Failed(t0, "refused")
		h.over = false // of the connection, not of the client
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		require.Equal(t, []string{"disconnect a"}, h.take())
	})
	t.Run("at-once", func(t *testing.T) {
		h := newHost(t)
		e, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
		require.NoError(t, err)
		c := driver.NewClient(e, h)
		h.on["dial"] = func() { h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{}) }
		c.Connect(t0)
		require.Equal(t, []string{"dial ws://h/p", "bytes GET /p HTTP/1.1 a", "flush a"}, h.take())
	})
	t.Run("refused-at-once", func(t *testing.T) {
		h := newHost(t)
		e, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
		require.NoError(t, err)
		c := driver.NewClient(e, h)
		h.on["dial"] = func() { h.conns[0].Failed(t0, "refused") }
		c.Connect(t0)
		require.Equal(t, []string{"dial ws://h/p", "over"}, h.take())
	})
	t.Run("reset", func(t *testing.T) {
		h, c := calling(t, endpoint.ClientConfig{})
		old := h.conns[0]
		e, err := endpoint.NewClient("ws://h2/p", endpoint.ClientConfig{})
		require.NoError(t, err)
		h2 := newHost(t)
		c.Reset(e, h2)
		c.Connect(t0)
		h2.take()
		old.Connected(t0, wires{h, "a"}, [16]byte{})
		require.Equal(t, []string{"disconnect a"}, h.take(), "of the connect call before")
		require.Empty(t, h2.take())
	})
	t.Run("after-a-refusal", func(t *testing.T) {
		h, _ := calling(t, endpoint.ClientConfig{})
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		h.take()
		h.conns[0].Received(t0, []byte("HTTP/1.1 302 x\r\nLocation: /q\r\nContent-Length: 0\r\n\r\n"))
		require.Equal(t, []string{"disconnect a", "dial ws://h/q"}, h.take(), "there were no frames")
		h.conns[1].Connected(t0, wires{h, "b"}, [16]byte{})
		require.Equal(t, []string{"bytes GET /q HTTP/1.1 b", "flush b"}, h.take())
		h.conns[1].Received(t0, []byte(opened))
		require.Equal(t, []string{"upgraded b", "message GET /q HTTP/1.1 b", "flush b"}, h.take(),
			"nothing of the first answer is left")
	})
	t.Run("by-the-library", func(t *testing.T) {
		h, _ := calling(t, endpoint.ClientConfig{})
		conn := h.conns[0]
		conn.Opened(t0, endpoint.Subprotocol, nil, accept)
		require.Empty(t, h.take(), "not before it is up")
		conn.Connected(t0, wires{h, "a"}, [16]byte{})
		h.take()
		conn.Opened(t0, endpoint.Subprotocol, nil, accept)
		require.Equal(t, []string{"message GET /p HTTP/1.1 a", "flush a"}, h.take())
		conn.Opened(t0, endpoint.Subprotocol, nil, accept)
		conn.OpeningRefused(t0, 500, nil, nil)
		conn.Received(t0, []byte(opened))
		require.Empty(t, h.take(), "once")
		h, _ = calling(t, endpoint.ClientConfig{})
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		h.take()
		h.conns[0].OpeningRefused(t0, 403, nil, []byte("no"))
		require.Equal(t, []string{"disconnect a", "over"}, h.take())
		require.Equal(t, 403, failure(t, h).Status)
	})
}

func TestClient_Credentials(t *testing.T) {
	cfg := endpoint.ClientConfig{HasCredentials: true}
	t.Run("later", func(t *testing.T) {
		h, _, conn := asking(t, cfg)
		unit(conn, challenged)
		require.Equal(t, []string{"ask Basic"}, h.take())
		require.False(t, h.asked[0].Over())
		h.asked[0].Credentials(t0, "Basic x")
		require.Equal(t, []string{"message GET /p HTTP/1.1 a", "flush a"}, h.take())
		require.True(t, h.asked[0].Over())
		unit(conn, challenged)
		h.take()
		h.asked[0].Credentials(t0, "Basic y")
		require.Empty(t, h.take(), "an old answer is none to a new question")
		require.Equal(t, []error{driver.ErrLate}, h.dropped)
		h.asked[1].None(t0, "that was all")
		require.Equal(t, "close 1000 a", h.take()[0])
		h.asked[1].None(t0, "again")
		require.Len(t, h.dropped, 2)
	})
	t.Run("at-once", func(t *testing.T) {
		for name, answer := range map[string]func(q driver.Challenge){
			"message GET /p HTTP/1.1 a": func(q driver.Challenge) { q.Credentials(t0, "Basic x") },
			"close 1000 a":              func(q driver.Challenge) { q.None(t0, "none") },
		} {
			h, _, conn := asking(t, cfg)
			h.on["ask"] = func() { answer(h.asked[0]) }
			unit(conn, challenged)
			require.Equal(t, []string{"ask Basic", name, "flush a"}, h.take())
		}
	})
	t.Run("nobody-waits", func(t *testing.T) {
		h, c, conn := asking(t, cfg)
		unit(conn, challenged)
		c.Expire(c.Deadline())
		require.True(t, h.asked[0].Over())
		h.take()
		h.asked[0].Credentials(t0, "Basic x")
		require.Empty(t, h.take())
		require.Equal(t, []error{driver.ErrLate}, h.dropped)
	})
	t.Run("without-connection", func(t *testing.T) {
		h, c := calling(t, cfg)
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		h.take()
		h.conns[0].Received(t0,
			[]byte("HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"))
		require.Equal(t, []string{"disconnect a", "ask Basic"}, h.take())
		require.Equal(t, c.Deadline(), h.wake)
		h.asked[0].Credentials(t0, "Basic x")
		require.Equal(t, []string{"dial ws://h/p"}, h.take())
	})
	t.Run("AMB-65/another-origin", func(t *testing.T) {
		h, _, _ := redirected(t, cfg, "ws://other/q")
		h.conns[1].Connected(t0, wires{h, "b"}, [16]byte{})
		h.conns[1].Received(t0, []byte(opened))
		h.take()
		unit(h.conns[1], challenged)
		require.Equal(t, []string{"close 1000 b", "flush b"}, h.take())
		h.conns[1].Lost(t0, "end")
		require.Empty(t, h.asked, "nobody is asked")
		require.Contains(t, failure(t, h).Detail, "credentials for h:80 are not given to other:80")
	})
	t.Run("the-same-origin", func(t *testing.T) {
		h, _, _ := redirected(t, cfg, "/q")
		h.conns[1].Connected(t0, wires{h, "b"}, [16]byte{})
		h.conns[1].Received(t0, []byte(opened))
		h.take()
		unit(h.conns[1], challenged)
		require.Equal(t, []string{"ask Basic"}, h.take())
	})
	t.Run("none", func(t *testing.T) {
		var q driver.Challenge
		q.Credentials(t0, "Basic x")
		q.None(t0, "")
		require.True(t, q.Over())
		require.Empty(t, q.Challenges())
	})
}

func TestClient_Body(t *testing.T) {
	cfg := endpoint.ClientConfig{Body: []byte("body")}
	goOn := "HTTP/1.1 100 x\r\n\r\n"
	t.Run("written-when-sent", func(t *testing.T) {
		h, c, conn := asking(t, cfg)
		unit(conn, goOn)
		require.Equal(t, []string{"message body a", "flush a"}, h.take())
		require.Equal(t, fsm.ClientAwaitResponse, c.Endpoint().Phase())
		unit(conn, accepted)
		require.Equal(t, []string{"open 101"}, h.take())
	})
	t.Run("reported", func(t *testing.T) {
		h, c, conn := asking(t, cfg)
		c.ReportsBody = true
		unit(conn, goOn)
		require.Equal(t, fsm.ClientSendingBody, c.Endpoint().Phase())
		c.BodyWritten(t0)
		require.Equal(t, fsm.ClientAwaitResponse, c.Endpoint().Phase())
		h.take()
		h, c, conn = asking(t, cfg)
		c.ReportsBody = true
		h.on["message"] = func() { c.BodyWritten(t0) }
		unit(conn, goOn)
		require.Equal(t, fsm.ClientAwaitResponse, c.Endpoint().Phase())
	})
	t.Run("broken", func(t *testing.T) {
		h, _, conn := asking(t, cfg)
		h.failing = "message"
		unit(conn, goOn)
		require.Equal(t, []string{"message body a", "disconnect a", "over"}, h.take())
		require.ErrorIs(t, h.err, fsm.FailureConnectionLost)
	})
}

func TestClient_Ends(t *testing.T) {
	t.Run("violation", func(t *testing.T) {
		h, c, conn := asking(t, endpoint.ClientConfig{})
		conn.Violation(t0, fsm.FailureUTF8, "bad text")
		require.Equal(t, []string{"close 1007 a", "flush a", "disconnect a", "over"}, h.take(),
			"nothing more can be read, so nothing is waited for")
		require.ErrorIs(t, h.err, fsm.FailureUTF8)
		require.NoError(t, c.Endpoint().Misuse())
	})
	t.Run("broken-redirect", func(t *testing.T) {
		h, _, conn := asking(t, endpoint.ClientConfig{})
		h.failing = "close"
		unit(conn, elsewhere("/q"))
		require.Equal(t, []string{"close 1000 a", "disconnect a", "dial ws://h/q"}, h.take(),
			"the next connection is another one")
		h.failing = ""
		h.conns[1].Connected(t0, wires{h, "b"}, [16]byte{})
		require.Equal(t, []string{"bytes GET /q HTTP/1.1 b", "flush b"}, h.take())
	})
	t.Run("lost-in-the-middle", func(t *testing.T) {
		h, _, conn := asking(t, endpoint.ClientConfig{})
		conn.Message(t0, wire.Binary, []byte(elsewhere("/q")))
		conn.Lost(t0, "reset")
		require.Equal(t, []string{"disconnect a", "dial ws://h/q"}, h.take(),
			"the response counts; to a lost connection nothing is written")
	})
	t.Run("close-from-open", func(t *testing.T) {
		h, c, conn := asking(t, endpoint.ClientConfig{})
		h.on["open"] = func() {
			require.True(t, c.Send(t0, wire.Text, []byte("one")))
			p := []byte("two")
			require.True(t, c.Send(t0, wire.Text, p))
			clear(p)
			c.Close(t0, 1000, "")
			conn.Ping(t0, []byte("p"))
			require.Equal(t, []string{"open 101"}, h.take(), "not before this is over")
		}
		unit(conn, accepted)
		require.Equal(t, []string{"message one a", "flush a", "message two a", "flush a", "close 1000 a",
			"flush a", "pong p a", "flush a"}, h.take())
		require.False(t, c.Send(t0, wire.Text, nil))
		conn.PeerClosed(t0, 1000, "")
		h.take()
		c.Expire(c.Deadline())
		require.Equal(t, []string{"disconnect a", "over"}, h.take())
		require.NoError(t, h.err)
	})
	t.Run("give-up", func(t *testing.T) {
		h, c := calling(t, endpoint.ClientConfig{})
		c.GiveUp(t0, 1001, "")
		require.Equal(t, []string{"over"}, h.take())
		h, c, _ = asking(t, endpoint.ClientConfig{})
		c.GiveUp(t0, 1001, "")
		require.Equal(t, []string{"close 1001 a", "flush a", "disconnect a", "over"}, h.take())
		h, c, conn := asking(t, endpoint.ClientConfig{})
		h.on["open"] = func() { c.GiveUp(t0, 1001, "") }
		unit(conn, accepted)
		require.Equal(t, []string{"open 101", "close 1001 a", "flush a", "disconnect a",
			"over"}, h.take())
	})
}

// However many calls wait, they are made one after the other, not inside of each other.
func TestClient_CallsThatWaitDoNotNest(t *testing.T) {
	depth := func() int { return runtime.Callers(0, make([]uintptr, 1<<10)) }
	h, c, conn := asking(t, endpoint.ClientConfig{})
	var depths []int
	h.on["open"] = func() {
		for range 100 {
			require.True(t, c.Send(t0, wire.Text, []byte("m")))
		}
	}
	h.each = func(kind string) {
		if kind == "message" {
			depths = append(depths, depth())
		}
	}
	unit(conn, accepted)
	require.Len(t, depths, 100)
	require.Equal(t, depths[0], depths[99])
}
