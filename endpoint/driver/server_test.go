package driver_test

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The opening request may come in any pieces; the frame reader gets the bytes behind it, all of
// them and once.
func TestServer_Opening(t *testing.T) {
	const rest = "\x82\x00 frames"
	for cut := range len(opening + rest) {
		h, s := serving(t)
		s.Received(t0, []byte((opening + rest)[:cut]))
		if cut < len(opening) {
			require.Empty(t, h.log, "not complete after %d bytes", cut)
			s.Received(t0, []byte((opening + rest)[cut:]))
			require.Equal(t, []string{"upgraded " + rest, "bytes HTTP/1.1 101 Switching Protocols",
				"flush"}, h.take())
		} else {
			require.Equal(t, []string{strings.TrimSpace("upgraded " + (opening + rest)[len(opening):cut]),
				"bytes HTTP/1.1 101 Switching Protocols", "flush"}, h.take())
		}
		s.Received(t0, []byte(opening))
		require.Empty(t, h.log, "the opening handshake is over")
		require.NoError(t, s.Endpoint().Misuse())
	}
	t.Run("kept-bytes", func(t *testing.T) {
		h, s := serving(t)
		b := []byte(opening)
		s.Received(t0, b[:20])
		clear(b[:20])
		s.Received(t0, b[20:])
		require.Len(t, h.take(), 3, "the driver has copied the beginning")
	})
	t.Run("refused", func(t *testing.T) {
		h, s := serving(t)
		s.Received(t0, []byte(strings.Replace(opening, "13", "12", 1)+"more"))
		require.Equal(t, []string{"bytes HTTP/1.1 426 Upgrade Required", "flush", "disconnect", "over"},
			h.take(), "there are no frames to read")
		require.Equal(t, endpoint.LegOpening, failure(t, h).Leg)
	})
	t.Run("parsed", func(t *testing.T) {
		h, s := serving(t)
		var r wire.Request
		require.NoError(t, r.Parse([]byte(opening), wire.Limits{}))
		s.Opening(t0, &r)
		require.Equal(t, []string{"bytes HTTP/1.1 101 Switching Protocols", "flush"}, h.take())
	})
	t.Run("begun", func(t *testing.T) {
		h := newHost(t)
		e := endpoint.NewServer(endpoint.ServerConfig{})
		_, outs := e.OpeningReceived(t0, []byte(opening))
		s := driver.NewServer(e, wires{h, ""}, h)
		s.Begin(t0, outs)
		require.Equal(t, []string{"bytes HTTP/1.1 101 Switching Protocols", "flush"}, h.take())
		require.Equal(t, t0.Add(10*time.Second), h.wake)
	})
	t.Run("by-the-library", func(t *testing.T) {
		h, s := serving(t)
		s.Opened(t0, endpoint.OpeningRequest{Target: "/p", Host: "h",
			Subprotocols: []string{endpoint.Subprotocol}}, nil)
		require.Empty(t, h.take())
		s.Message(t0, wire.Binary, []byte(request))
		require.Equal(t, []string{"ask"}, h.take())
	})
}

// A decision is told once, to the question that it answers.
func TestServer_Questions(t *testing.T) {
	accepted := []string{"message HTTP/1.1 101 Switching Protocols", "message", "open 101", "flush"}
	refused := endpoint.Decision{Status: 403}
	t.Run("at-once", func(t *testing.T) {
		h, s := listening(t)
		h.on["ask"] = func() {
			q := h.questions[0]
			require.False(t, q.Over())
			require.Equal(t, "/p", q.Request().Target)
			q.Decide(t0, endpoint.Decision{})
			q.Decide(t0, refused) // both wait; the first counts
		}
		s.Message(t0, wire.Binary, []byte(request))
		require.Equal(t, append([]string{"ask"}, accepted...), h.take())
		require.Equal(t, []error{driver.ErrLate}, h.dropped)
		require.True(t, h.questions[0].Over())
	})
	t.Run("twice", func(t *testing.T) {
		h, _ := answering(t)
		h.questions[0].Decide(t0, refused)
		h.questions[0].Fail(t0)
		require.Equal(t, "/p", h.questions[0].Request().Target, "until there is another question")
		require.Empty(t, h.take())
		require.Equal(t, []error{driver.ErrLate, driver.ErrLate}, h.dropped)
	})
	t.Run("nobody-waits", func(t *testing.T) {
		for name, end := range map[string]func(s *driver.Server){
			"lost":       func(s *driver.Server) { s.Lost(t0, "reset") },
			"closed":     func(s *driver.Server) { s.PeerClosed(t0, 1000, "") },
			"early data": func(s *driver.Server) { s.Message(t0, wire.Text, []byte("early")) },
			"deadline":   func(s *driver.Server) { s.Expire(s.Deadline()) },
			"close":      func(s *driver.Server) { s.Close(t0, 1001, "") },
			"violation":  func(s *driver.Server) { s.Violation(t0, fsm.FailureFrame, "bad") },
		} {
			h, s := deciding(t)
			end(s)
			h.take()
			require.True(t, h.questions[0].Over(), name)
			h.questions[0].Decide(t0, endpoint.Decision{})
			require.Empty(t, h.take(), name)
			require.Equal(t, []error{driver.ErrLate}, h.dropped, name)
			require.NoError(t, s.Endpoint().Misuse(), name)
		}
	})
	t.Run("the-end-comes-first", func(t *testing.T) {
		h, s := listening(t)
		h.on["ask"] = func() {
			s.Lost(t0, "reset")
			h.questions[0].Decide(t0, endpoint.Decision{})
		}
		s.Message(t0, wire.Binary, []byte(request))
		require.Equal(t, []string{"ask", "disconnect", "over"}, h.take())
		require.Equal(t, []error{driver.ErrLate}, h.dropped)
	})
	t.Run("accepted-only", func(t *testing.T) {
		h, _ := deciding(t)
		h.questions[0].Decide(t0, endpoint.Decision{Status: 202})
		require.Equal(t, []string{"message HTTP/1.1 202 Accepted", "message", "flush", "ask true"},
			h.take(), "asked again, once the 202 is with the client")
		h.questions[0].Decide(t0, refused)
		require.Equal(t, []error{driver.ErrLate}, h.dropped, "it was answered")
		h.questions[1].Decide(t0, endpoint.Decision{})
		require.Equal(t, accepted, h.take())
		require.Len(t, h.questions, 2)
	})
	t.Run("asked-for-credentials", func(t *testing.T) {
		h, s := deciding(t)
		h.questions[0].Decide(t0, endpoint.Decision{Status: 401, Challenges: []string{"Basic"}})
		h.take()
		s.Message(t0, wire.Binary, []byte("GET /p HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n"))
		require.Equal(t, []string{"ask"}, h.take())
		require.False(t, h.questions[1].Again)
		require.Equal(t, "Basic x", h.questions[1].Request().Authorization)
		require.Zero(t, h.questions[0].Request(), "an old question shows nothing of a new one")
		h.questions[0].Decide(t0, endpoint.Decision{})
		require.Empty(t, h.take(), "an old answer lets nobody in")
		h.questions[1].Decide(t0, refused)
		require.Equal(t, "message HTTP/1.1 403 Forbidden", h.take()[0])
	})
	t.Run("cannot-be-sent", func(t *testing.T) {
		h, _ := deciding(t)
		h.questions[0].Decide(t0, endpoint.Decision{Status: 302})
		require.Equal(t, []string{"message HTTP/1.1 500 Internal Server Error", "message", "close 1011",
			"flush"}, h.take())
		require.ErrorContains(t, h.dropped[0], "302 Found requires Location")
	})
	t.Run("fails", func(t *testing.T) {
		h, _ := deciding(t)
		h.questions[0].Fail(t0)
		require.Equal(t, "message HTTP/1.1 500 Internal Server Error", h.take()[0])
		h, s := listening(t)
		h.on["ask"] = func() { h.questions[0].Fail(t0) }
		s.Message(t0, wire.Binary, []byte(request))
		require.Equal(t, "message HTTP/1.1 500 Internal Server Error", h.take()[1])
	})
	t.Run("of-the-connection-before", func(t *testing.T) {
		h, s := deciding(t)
		old := h.questions[0]
		e := endpoint.NewServer(endpoint.ServerConfig{})
		h2 := newHost(t)
		s.Reset(e, wires{h2, ""}, h2)
		s.Received(t0, []byte(opening))
		s.Message(t0, wire.Binary, []byte(request))
		h2.take()
		require.True(t, old.Over())
		require.Zero(t, old.Request(), "it shows nothing of another client")
		old.Decide(t0, endpoint.Decision{})
		require.Empty(t, h2.take(), "the decision about one client lets no other in")
		require.Equal(t, []error{driver.ErrLate}, h2.dropped)
		h2.questions[0].Decide(t0, endpoint.Decision{})
		require.Equal(t, accepted, h2.take())
	})
	t.Run("none", func(t *testing.T) {
		var q driver.Question
		q.Decide(t0, endpoint.Decision{})
		q.Fail(t0)
		require.True(t, q.Over())
		require.Empty(t, q.Request().Target)
	})
}

// Whichever write fails: nothing more is written, the endpoint hears that the connection is lost,
// and it is disconnected once.
func TestServer_WriteErrors(t *testing.T) {
	for _, kind := range []string{"bytes", "message", "pong", "close", "flush"} {
		for _, at := range []string{"opening", "response", "open"} {
			t.Run(kind+"/"+at, func(t *testing.T) {
				var h *host
				var s *driver.Server
				switch at {
				case "opening":
					h, s = serving(t)
					h.failing = kind
					s.Received(t0, []byte(opening))
				case "response":
					h, s = deciding(t)
					h.failing = kind
					h.questions[0].Decide(t0, endpoint.Decision{Status: 403})
				case "open":
					h, s = answering(t)
					h.failing = kind
					s.Ping(t0, []byte("p"))
					s.Send(t0, wire.Text, []byte("m"))
					s.Close(t0, 1000, "")
				}
				log := h.take()
				for i, line := range log {
					if line, _, _ := strings.Cut(line, " "); line == kind {
						// behind its own Close, an open connection ends either way
						if kind != "close" || at != "open" {
							require.True(t, h.over, "%v", log)
						}
						for _, later := range log[i+1:] {
							require.Contains(t, []string{"open 101", "disconnect", "over"}, later, "%v", log)
						}
						require.Contains(t, log, "disconnect")
						if at != "open" {
							e := failure(t, h)
							require.True(t, e.Failure == fsm.FailureConnectionLost ||
								e.Failure == fsm.FailureStatus, "%v", e)
							if e.Failure == fsm.FailureConnectionLost {
								require.Equal(t, "broken pipe", e.Detail)
							}
						}
						require.NoError(t, s.Endpoint().Misuse())
						return
					}
				}
				require.NotContains(t, []string{"opening/bytes", "opening/flush", "response/message",
					"response/close", "response/flush", "open/pong", "open/message", "open/close",
					"open/flush"}, at+"/"+kind)
			})
		}
	}
}

func TestServer_Ends(t *testing.T) {
	t.Run("violation", func(t *testing.T) {
		for f, code := range map[fsm.Failure]string{fsm.FailureFrame: "1002", fsm.FailureUTF8: "1007",
			fsm.FailureLimit: "1009"} {
			for _, at := range []func(require.TestingT) (*host, *driver.Server){listening,
				deciding, answering} {
				h, s := at(t)
				s.Violation(t0, f, "bad")
				require.Equal(t, []string{"close " + code, "flush", "disconnect", "over"}, h.take())
				s.Message(t0, wire.Text, []byte("behind it"))
				s.Ping(t0, nil)
				s.PeerClosed(t0, 1000, "")
				s.Violation(t0, f, "again")
				s.Lost(t0, "end")
				require.Empty(t, h.take())
				require.NoError(t, s.Endpoint().Misuse())
			}
		}
	})
	t.Run("close", func(t *testing.T) {
		for code, want := range map[uint16]string{0: "0", 1005: "0", 1000: "1000", 4000: "4000"} {
			h, s := answering(t)
			s.PeerClosed(t0, code, "bye")
			require.Equal(t, []string{"close " + want, "flush", "disconnect", "over"}, h.take(), "answered")
			require.NoError(t, h.err)
			s.PeerClosed(t0, code, "again")
			require.False(t, s.Send(t0, wire.Text, nil))
		}
	})
	t.Run("lost", func(t *testing.T) {
		h, s := answering(t)
		s.Lost(t0, "reset")
		require.Equal(t, []string{"disconnect", "over"}, h.take())
		s.Lost(t0, "again")
		s.Message(t0, wire.Text, nil)
		require.Empty(t, h.take())
	})
	t.Run("deadline", func(t *testing.T) {
		h, s := listening(t)
		require.Equal(t, t0.Add(10*time.Second), h.wake)
		require.Equal(t, h.wake, s.Deadline())
		s.Expire(h.wake.Add(-1))
		require.Empty(t, h.take(), "too early")
		s.Expire(h.wake)
		require.Equal(t, []string{"message HTTP/1.1 408 Request Timeout", "message", "close 1008",
			"flush"}, h.take())
		require.Equal(t, t0.Add(15*time.Second), h.wake, "for the closing handshake")
		s.Expire(h.wake)
		require.Equal(t, []string{"disconnect", "over"}, h.take())
		require.Zero(t, h.wake)
	})
	t.Run("give-up", func(t *testing.T) {
		for name, at := range map[string]func(require.TestingT) (*host, *driver.Server){
			"serving": serving, "listening": listening, "deciding": deciding, "answering": answering,
		} {
			h, s := at(t)
			s.GiveUp(t0, 1001, "")
			log := h.take()
			require.Equal(t, []string{"disconnect", "over"}, log[len(log)-2:], name)
			if name != "serving" {
				require.Contains(t, log, "close 1001", name)
			}
			require.Zero(t, h.wake)
			s.GiveUp(t0, 1001, "")
			require.Empty(t, h.take())
		}
	})
}

func TestServer_Open(t *testing.T) {
	t.Run("both-ways", func(t *testing.T) {
		h, s := answering(t)
		require.Equal(t, 101, h.result.Status)
		require.Zero(t, h.wake)
		s.Message(t0, wire.Text, []byte("hello"))
		require.True(t, s.Send(t0, wire.Binary, []byte("you, too")))
		s.Ping(t0, []byte("p"))
		require.Equal(t, []string{"receive text hello", "message you, too", "flush", "pong p",
			"flush"}, h.take())
		s.Close(t0, 1000, "")
		require.False(t, s.Send(t0, wire.Text, []byte("late")))
		require.Equal(t, []string{"close 1000", "flush"}, h.take())
	})
	t.Run("too-early", func(t *testing.T) {
		h, s := deciding(t)
		require.False(t, s.Send(t0, wire.Text, nil))
		require.Empty(t, h.take())
	})
	t.Run("no-allocations", func(t *testing.T) {
		s := driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), nothing{}, quiet{})
		s.Received(t0, []byte(opening))
		s.Message(t0, wire.Binary, []byte(request))
		p := []byte("hello")
		require.Zero(t, testing.AllocsPerRun(100, func() {
			s.Message(t0, wire.Text, p)
			s.Send(t0, wire.Text, p)
			s.Ping(t0, p)
			s.Expire(t0)
		}))
		require.True(t, s.Endpoint().Phase().Open())
	})
}

// An observer sees each output before it is carried out; and the host is asked to wake the driver
// only when the deadline has changed.
func TestServer_Observe(t *testing.T) {
	h, s := serving(t)
	var seen []string
	s.Observe = func(o *endpoint.Output) {
		seen = append(seen, o.Kind.String()+" after "+strings.Join(h.log, ", "))
	}
	s.Received(t0, []byte(opening))
	require.Equal(t, []string{"SendBytes after upgraded"}, seen)
	wakes := h.wakes
	s.Ping(t0, nil)
	s.Expire(t0)
	require.Equal(t, wakes, h.wakes)
	require.Equal(t, "SendPong after upgraded, bytes HTTP/1.1 101 Switching Protocols, flush", seen[1])
}

// Calls from inside of an order wait until all of its call is carried out, and copy their
// arguments.
func TestServer_CallsFromInside(t *testing.T) {
	t.Run("upgraded", func(t *testing.T) {
		h, s := serving(t)
		h.on["upgraded"] = func() {
			p := []byte(request)
			s.Message(t0, wire.Binary, p)
			clear(p)
			ping := []byte("p")
			s.Ping(t0, ping)
			clear(ping)
		}
		s.Received(t0, []byte(opening))
		require.Equal(t, []string{"upgraded", "bytes HTTP/1.1 101 Switching Protocols", "flush", "ask",
			"pong p", "flush"}, h.take())
	})
	t.Run("received", func(t *testing.T) {
		h := newHost(t)
		e, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
		require.NoError(t, err)
		c := driver.NewClient(e, h)
		h.on["bytes"] = func() {
			p := []byte(opened)
			h.conns[0].Received(t0, p)
			clear(p)
		}
		h.on["dial"] = func() { h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{}) }
		c.Connect(t0)
		require.Equal(t, []string{"dial ws://h/p", "bytes GET /p HTTP/1.1 a", "flush a", "upgraded a",
			"message GET /p HTTP/1.1 a", "flush a"}, h.take())
	})
	t.Run("behind-the-peers-close", func(t *testing.T) {
		h, _, conn := asking(t, endpoint.ClientConfig{})
		conn.PeerClosed(t0, 1000, "")
		h.take()
		conn.Ping(t0, []byte("p"))
		unit(conn, accepted)
		require.Empty(t, h.take())
	})
}
