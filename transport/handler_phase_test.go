package transport

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// never is a decision that does not come.
func never(ctx context.Context, _ *Request) (Decision, error) {
	<-ctx.Done()
	return Decision{}, ctx.Err()
}

// firstThenNever answers with status and then never again.
func firstThenNever(first Decision) func(ctx context.Context, r *Request) (Decision, error) {
	var asked atomic.Bool
	return func(ctx context.Context, r *Request) (Decision, error) {
		if !asked.Swap(true) {
			return first, nil
		}
		return never(ctx, r)
	}
}

// A serverMoment is a point in the server's handshake at which something else can happen.
type serverMoment struct {
	name   string
	decide func() func(ctx context.Context, r *Request) (Decision, error)
	script func(c *rawClient)
	status string        // by the timer
	after  time.Duration // of the timer
	ids    string
}

var serverMoments = []serverMoment{
	{name: "AwaitRequest", script: func(c *rawClient) {}, status: "408", after: 10 * time.Second,
		ids: "ADV-72 LIV-06"},
	{name: "AwaitRequest, half a frame", script: func(c *rawClient) { c.bytes("\x82\xfe\x01") },
		status: "408", after: 10 * time.Second, ids: "ADV-72"},
	{name: "AwaitBody", script: func(c *rawClient) {
		c.send(bin("GET /echo HTTP/1.1\r\nHost: one.example\r\nExpect: 100-continue\r\n" +
			"Content-Length: 5\r\n\r\n"))
		require.Equal(c, "100", c.status())
		c.send(bin("four"))
	}, status: "408", after: 10 * time.Second, ids: "ADV-80"},
	{name: "Deciding", decide: func() func(context.Context, *Request) (Decision, error) {
		return never
	}, script: func(c *rawClient) { c.send(bin(extendedRequest)) },
		status: "503", after: time.Minute, ids: "LIV-01"},
	{name: "Pending", decide: func() func(context.Context, *Request) (Decision, error) {
		return firstThenNever(Decision{Status: 202})
	},
		script: func(c *rawClient) { c.send(bin(extendedRequest)); require.Equal(c, "202", c.status()) },
		status: "503", after: time.Minute, ids: "LIV-01"},
	{name: "AwaitReplay", decide: func() func(context.Context, *Request) (Decision, error) {
		return basicAuth
	},
		script: func(c *rawClient) { c.send(bin(extendedRequest)); require.Equal(c, "401", c.status()) },
		status: "408", after: 30 * time.Second, ids: "ADV-44 LIV-06 KHP-STATUS-401-03"},
}

func (m serverMoment) handler() *Handler {
	h := &Handler{Serve: func(context.Context, *Conn) error { panic("nothing is open yet") }}
	if m.decide != nil {
		h.Decide = m.decide()
	}
	return h
}

// inEveryPhase runs f with virtual time at every moment of the server's handshake.
func inEveryPhase(
	t *testing.T, name string, f func(t *testing.T, m serverMoment, h *Handler, c *rawClient),
) {
	for _, m := range serverMoments {
		virtual(t, name+"/"+m.name, func(t *testing.T) {
			h := m.handler()
			c := servePipe(t, h, openingRequest)
			require.Contains(t, <-c.head, "101 Switching Protocols")
			m.script(c)
			synctest.Wait()
			f(t, m, h, c)
			<-c.done
			require.Zero(t, h.Connections())
		})
	}
}

// A client that falls silent is told so at a fixed time, and dropped if it does not answer.
func TestHandler_SilentClient(t *testing.T) {
	inEveryPhase(t, "silence", func(t *testing.T, m serverMoment, _ *Handler, c *rawClient) {
		for id := range strings.FieldsSeq(m.ids) {
			t.Attr("req", id)
		}
		start := time.Now()
		require.Equal(t, m.status, c.status())
		require.Equal(t, ClosePolicyViolation, c.closeCode())
		require.Equal(t, m.after, time.Since(start))
		c.end()
		require.Equal(t, m.after+5*time.Second, time.Since(start))
	})
	inEveryPhase(t, "ADV-70/the client ignores Close and goes on",
		func(t *testing.T, m serverMoment, _ *Handler, c *rawClient) {
			t.Attr("req", "ADV-70")
			t.Attr("req", "LIV-07")
			require.Equal(t, m.status, c.status())
			require.Equal(t, ClosePolicyViolation, c.closeCode())
			start := time.Now()
			for i := 0; time.Since(start) < 4*time.Second; i++ {
				c.send(bin("x"), pf{Op: opI, P: "?"})
				time.Sleep(100 * time.Millisecond)
			}
			for range c.got { // Pongs
			}
			require.LessOrEqual(t, time.Since(start), 5*time.Second)
		})
	inEveryPhase(t, "ADV-71/one byte a second",
		func(t *testing.T, m serverMoment, _ *Handler, c *rawClient) {
			t.Attr("req", "ADV-71")
			t.Attr("req", "INV-39")
			if m.status != "408" {
				return // nothing may be sent there
			}
			start := time.Now()
			over := make(chan struct{})
			go func() {
				defer close(over)
				frame := string(frametest.Encode(false, bin(extendedRequest)))
				if strings.Contains(m.name, "half") {
					frame = strings.Repeat("x", 300)
				}
				for i := range len(frame) {
					if _, err := c.nc.Write([]byte(frame[i : i+1])); err != nil {
						return
					}
					time.Sleep(time.Second)
				}
			}()
			require.Equal(t, m.status, c.status())
			require.Equal(t, m.after, time.Since(start))
			require.Equal(t, ClosePolicyViolation, c.closeCode())
			_ = c.nc.Close()
			<-over
		})
}

// Shutdown answers handshakes in progress with 503 and closes with 1001.
func TestHandler_ShutdownInEveryPhase(t *testing.T) {
	inEveryPhase(t, "Shutdown", func(t *testing.T, _ serverMoment, h *Handler, c *rawClient) {
		t.Attr("req", "LIV-11")
		t.Attr("req", "ADV-73")
		start := time.Now()
		require.NoError(t, h.Shutdown(t.Context()))
		require.NoError(t, h.Shutdown(t.Context()), "twice")
		require.Equal(t, "503", c.status())
		require.Equal(t, CloseGoingAway, c.closeCode())
		c.end()
		require.Zero(t, time.Since(start), "nobody is waited for")
		late := servePipe(t, h, openingRequest)
		<-late.done
	})
}

// Accept says of a handshake that Shutdown ends that it failed, in every phase.
func TestHandler_AcceptAtShutdown(t *testing.T) {
	for _, m := range serverMoments {
		virtual(t, m.name, func(t *testing.T) {
			h := m.handler()
			h.Serve = nil
			a, b := connection(t)
			c := newRawClient(t, a)
			failed := make(chan error, 1)
			go func() {
				_, err := h.Accept(&hijacked{httptest.NewRecorder(), b}, parseRequest(t, openingRequest))
				failed <- err
			}()
			require.Contains(t, <-c.head, "101 Switching Protocols")
			m.script(c)
			synctest.Wait()
			require.NoError(t, h.Shutdown(t.Context()))
			require.ErrorAs(t, <-failed, new(*HandshakeError))
			require.Equal(t, "503", c.status())
			require.Equal(t, CloseGoingAway, c.closeCode())
			c.end()
		})
	}
}

// A Kaazing client that is sent elsewhere behind its 101 does not open a connection either.
func TestHandler_AcceptRerouted(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		h := &Handler{Decide: func(context.Context, *Request) (Decision, error) {
			return Decision{Reroute: "ws://two.example/echo?.kl=Y"}, nil
		}}
		a, b := connection(t)
		c := newRawClient(t, a)
		failed := make(chan error, 1)
		go func() {
			_, err := h.Accept(&hijacked{httptest.NewRecorder(), b}, parseRequest(t, kaazingOpening))
			failed <- err
		}()
		<-c.head
		require.Equal(t, messageN, string((<-c.got).Payload))
		c.send(text(kaazingRequest))
		require.Contains(t, c.response(), " 101 ")
		<-c.got // R and the address
		c.answer(c.closeCode())
		require.ErrorAs(t, <-failed, new(*HandshakeError))
	})
}

// The connection ends in every phase: the handshake is over at once, and the decision is called
// off.
func TestHandler_LostInEveryPhase(t *testing.T) {
	inEveryPhase(t, "ADV-68/lost", func(t *testing.T, _ serverMoment, _ *Handler, c *rawClient) {
		t.Attr("req", "ADV-68")
		t.Attr("req", "INV-05")
		start := time.Now()
		_ = c.nc.Close()
		<-c.done
		require.Zero(t, time.Since(start))
	})
	inEveryPhase(t, "ADV-67/closed", func(t *testing.T, m serverMoment, _ *Handler, c *rawClient) {
		t.Attr("req", "ADV-67")
		t.Attr("req", "WSP-FRAME-06")
		if strings.Contains(m.name, "half") {
			c.bytes(strings.Repeat("x", 1+4+0x178)) // the rest of the frame
			require.Equal(t, "400", c.status())
			require.Equal(t, CloseProtocolError, c.closeCode())
			c.send(pf{Op: opX})
			return
		}
		c.send(pf{Op: opI, P: "still there?"}, pf{Op: opX, P: "\x0f\xa0bye"})
		require.Equal(t, uint16(4000), c.closeCode())
		c.end()
	})
	for name, f := range badFrames(strings.Repeat("x", 126)) {
		inEveryPhase(t, "ADV-64/"+name, func(t *testing.T, m serverMoment, _ *Handler, c *rawClient) {
			t.Attr("req", "ADV-64")
			t.Attr("req", "WSP-FRAME-04")
			if strings.Contains(m.name, "half") {
				_ = c.nc.Close()
				return
			}
			c.send(f)
			require.Equal(t, CloseProtocolError, c.closeCode())
			c.end()
		})
	}
}

// Whatever the client says before its turn is refused and reaches nobody, however it is cut.
func TestHandler_DataTooEarly(t *testing.T) {
	for name, m := range map[string]serverMoment{
		"while deciding": serverMoments[3],
		"after 202":      serverMoments[4],
		"with the request": {script: func(c *rawClient) {
			c.send(bin(extendedRequest), text("hello"))
		}},
		"two requests at once": {script: func(c *rawClient) {
			c.send(bin(extendedRequest), bin(extendedRequest))
		}},
	} {
		virtual(t, "ADV-77/"+name, func(t *testing.T) {
			t.Attr("req", "ADV-77")
			t.Attr("req", "ADV-76")
			t.Attr("req", "INV-02")
			c := servePipe(t, m.handler(), openingRequest)
			<-c.head
			m.script(c)
			if m.decide != nil {
				c.send(text("hello"))
			}
			require.Equal(t, "400", c.status())
			require.Equal(t, CloseProtocolError, c.closeCode())
			c.answer(CloseProtocolError)
		})
	}
}

// A decision that is no longer waited for learns it from its context, before the connection is
// gone.
func TestHandler_DecisionCalledOff(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		var off time.Duration
		start := time.Now()
		h := &Handler{Serve: echoServe, Decide: func(ctx context.Context, r *Request) (Decision, error) {
			defer func() { off = time.Since(start) }()
			return never(ctx, r)
		}}
		c := servePipe(t, h, openingRequest)
		<-c.head
		c.send(bin(extendedRequest))
		<-c.done
		require.Equal(t, time.Minute, off)
		require.Equal(t, time.Minute+5*time.Second, time.Since(start))
	})
}

// Decide may fail in many ways. The client gets a 500 and not a word of the reason.
func TestHandler_DecideFails(t *testing.T) {
	const secret = "the password of the database"
	for name, decide := range map[string]func(context.Context, *Request) (Decision, error){
		"error": func(context.Context, *Request) (Decision, error) {
			return Decision{}, errors.New(secret)
		},
		"panic": func(context.Context, *Request) (Decision, error) { panic(secret) },
		"401 without field": func(context.Context, *Request) (Decision, error) {
			return Decision{Status: 401}, nil
		},
		"challenges without 401": func(_ context.Context, r *Request) (Decision, error) {
			return Decision{Challenges: []string{r.Challenge("Basic", "r")}}, nil
		},
		"location without 302": func(context.Context, *Request) (Decision, error) {
			return Decision{Location: "/" + secret}, nil
		},
		"upgrade without 426": func(context.Context, *Request) (Decision, error) {
			return Decision{Upgrade: "TLS/1.2"}, nil
		},
		"allowed, yet asked": func(context.Context, *Request) (Decision, error) {
			return auth.Verdict{Allow: true, Challenges: []string{"Basic"}}.Decision(), nil
		},
		"line break": func(context.Context, *Request) (Decision, error) {
			return Decision{Status: 302, Location: "/\r\n" + secret}, nil
		},
		"not requested": func(context.Context, *Request) (Decision, error) {
			return Decision{Subprotocol: secret}, nil
		},
		"202 for ever": func(context.Context, *Request) (Decision, error) {
			return Decision{Status: 202}, nil
		},
	} {
		virtual(t, name, func(t *testing.T) {
			t.Attr("req", "KHP-CLASS-5XX-01")
			c := servePipe(t, &Handler{Serve: echoServe, Decide: decide}, openingRequest)
			<-c.head
			c.send(bin(extendedRequest))
			response := c.response()
			for strings.HasPrefix(response, "HTTP/1.1 202") {
				response = c.response()
			}
			require.Contains(t, response, "HTTP/1.1 500 Internal Server Error\r\n")
			require.NotContains(t, response, secret)
			_, body, _ := strings.Cut(response, "\r\n\r\n")
			require.Equal(t, "Internal Server Error\n", body, "an entity for people")
			require.Equal(t, CloseInternalError, c.closeCode())
			c.answer(CloseInternalError)
		})
	}
}

// Behind Shutdown a request that net/http has read is answered with 503, and its connection ends.
func TestHandler_AcceptBehindShutdown(t *testing.T) {
	h := &Handler{Serve: echoServe}
	require.NoError(t, h.Shutdown(t.Context()))
	w := httptest.NewRecorder()
	_, err := h.Accept(w, parseRequest(t, openingRequest))
	var failed *HandshakeError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 503, failed.Status)
	require.Equal(t, endpoint.LegOpening, failed.Leg)
	require.Equal(t, "close", w.Header().Get("Connection"))
}
