package transport

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// The messages that a JavaScript client receives and sends, byte for byte; the escape of a server
// is always the same.
const (
	escapeBytes = "\x01\x01\x01\x02"
	jsEscape    = "\x81\x04" + escapeBytes
	jsPing      = "\x81\x06" + escapeBytes + "\x09\x00"
	jsPong      = "\x81\x06" + escapeBytes + "\x0a\x00"
)

func kaazingUse(period time.Duration) []extension.Extension {
	return []extension.Extension{extension.IdleTimeout{Period: period}, extension.PingPong{}}
}

// kaazingClient opens a connection as one of the client families does, on a pipe. granted are the
// extension fields that it gets.
func kaazingClient(t *testing.T, h *Handler, family, granted string) net.Conn {
	t.Helper()
	if h.Serve == nil {
		h.Serve = echoServe
	}
	nc := servePipeBytes(t, h, kaazingOpening)
	wantBytes(t, nc, kaazingOpened)
	wantBytes(t, nc, proceedFrame)
	_, err := nc.Write(frametest.Encode(false, kaazingRequests[family]))
	require.NoError(t, err)
	wantBytes(t, nc, string(frametest.Encode(true, bin(kaazingResponse+granted+"\r\n")))+
		emptyFrame+proceedFrame)
	return nc
}

const (
	grantedIdle = "Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=2000\r\n"
	grantedPing = "Sec-WebSocket-Extensions: x-kaazing-ping-pong;01010102\r\n"
)

func TestExtension_JavaScriptClient(t *testing.T) {
	send := func(t *testing.T, nc net.Conn, frames ...pf) {
		_, err := nc.Write(frametest.Encode(false, frames...))
		require.NoError(t, err)
	}
	virtual(t, "escape in both directions", func(t *testing.T) {
		t.Attr("req", "KHP-EXT-RSP-10")
		nc := kaazingClient(t, &Handler{Use: kaazingUse(2 * time.Second)}, "JavaScript",
			grantedIdle+grantedPing)
		send(t, nc, text(escapeBytes), text(escapeBytes+"loo"))
		wantBytes(t, nc, jsEscape)
		wantBytes(t, nc, "\x81\x07"+escapeBytes+"loo")
		send(t, nc, text(escapeBytes), text(escapeBytes))
		wantBytes(t, nc, jsEscape)
		wantBytes(t, nc, jsEscape)
		send(t, nc, bin(escapeBytes))
		wantBytes(t, nc, "\x82\x04"+escapeBytes)
		send(t, nc, text(escapeBytes+"\x09\x00"))
		wantBytes(t, nc, jsPong)
		send(t, nc, pf{Op: opI, P: "native"})
		wantBytes(t, nc, "\x8a\x06native")
		send(t, nc, pf{Op: opX, P: "\x03\xe8"})
		wantBytes(t, nc, "\x88\x02\x03\xe8")
	})
	virtual(t, "kept content by messages, and asked", func(t *testing.T) {
		begin := time.Now()
		nc := kaazingClient(t, &Handler{Use: kaazingUse(2 * time.Second)}, "JavaScript",
			grantedIdle+grantedPing)
		for i := range 5 {
			wantBytes(t, nc, jsPing)
			require.Equal(t, time.Duration(i+1)*time.Second, time.Since(begin))
			send(t, nc, text(escapeBytes+"\x0a\x00"))
		}
		wantBytes(t, nc, jsPing)
		wantBytes(t, nc, string(frametest.Encode(true,
			pf{Op: opX, P: "\x03\xf0x-kaazing-idle-timeout: the client was silent for 2s"})))
		require.Equal(t, 7*time.Second, time.Since(begin))
	})
	virtual(t, "a ping while the client talks", func(t *testing.T) {
		wantKept(t, "JavaScript", grantedIdle+grantedPing, jsPing)
	})
	virtual(t, "escape misused", func(t *testing.T) {
		nc := kaazingClient(t, &Handler{Use: kaazingUse(2 * time.Second)}, "JavaScript",
			grantedIdle+grantedPing)
		send(t, nc, text(escapeBytes+"!"))
		wantBytes(t, nc, string(frametest.Encode(true, pf{Op: opX,
			P: "\x03\xeax-kaazing-ping-pong: text message begins with the escape but was not escaped"})))
	})
	virtual(t, "idle timeout alone is not for scripts", func(t *testing.T) {
		kaazingClient(t, &Handler{Use: kaazingUse(2 * time.Second)[:1]}, "JavaScript", "")
	})
	virtual(t, "the decision has its own words", func(t *testing.T) {
		h := &Handler{
			Use: kaazingUse(2 * time.Second), Decide: func(context.Context, *Request) (Decision, error) {
				return Decision{Extensions: []string{"x-kaazing-ping-pong;41424344"}}, nil
			}}
		nc := kaazingClient(t, h, "JavaScript",
			"Sec-WebSocket-Extensions: x-kaazing-ping-pong;41424344\r\n")
		send(t, nc, text(escapeBytes))
		wantBytes(t, nc, jsEscape)
	})
}

// wantKept has a client of that family send messages without answers, and expects keepalive, in
// that form, in time for its idle timer.
func wantKept(t *testing.T, family, granted, keepalive string) {
	t.Helper()
	quiet := func(ctx context.Context, c *Conn) error {
		for {
			if _, _, err := c.Read(ctx); err != nil {
				return err
			}
		}
	}
	nc := kaazingClient(t, &Handler{Serve: quiet, Use: kaazingUse(2 * time.Second)}, family, granted)
	var chat sync.WaitGroup
	chat.Go(func() {
		for err := error(nil); err == nil; time.Sleep(500 * time.Millisecond) {
			_, err = nc.Write(frametest.Encode(false, text("chatty")))
		}
	})
	for i := range 5 {
		begin := time.Now()
		wantBytes(t, nc, keepalive)
		require.Equal(t, 1500*time.Millisecond, time.Since(begin), "keepalive %d", i)
	}
	_ = nc.Close()
	chat.Wait()
}

// Java and iOS clients ask for the idle timeout only, and see frames. The timer of a Java client
// that only sends counts Pings, but no Pongs.
func TestExtension_JavaClient(t *testing.T) {
	for _, family := range []string{"Java", "iOS"} {
		virtual(t, family, func(t *testing.T) {
			nc := kaazingClient(t, &Handler{Use: kaazingUse(2 * time.Second)}, family, grantedIdle)
			wantBytes(t, nc, "\x89\x00")
			// iOS answers with an empty Pong
			_, err := nc.Write(frametest.Encode(false, pf{Op: opO}, text(escapeBytes)))
			require.NoError(t, err)
			wantBytes(t, nc, jsEscape)
			wantBytes(t, nc, "\x89\x00")
		})
		virtual(t, family+" that only sends",
			func(t *testing.T) { wantKept(t, family, grantedIdle, "\x89\x00") })
	}
}

// Old clients ask for a third one, which is understood and not granted, whatever the handler uses.
func TestExtension_RevalidateIsNotGranted(t *testing.T) {
	for _, use := range [][]extension.Extension{nil, kaazingUse(time.Minute)} {
		c := dialTCP(t, serve(t, &Handler{Use: use}), kaazingOpening)
		<-c.head
		<-c.got
		c.send(text("GET /echo?.kl=Y HTTP/1.1\r\n" +
			"Sec-WebSocket-Extensions: x-kaazing-http-revalidate\r\n\r\n"))
		response := c.response()
		require.Contains(t, response, "HTTP/1.1 101 ")
		require.NotContains(t, response, "Sec-WebSocket-Extensions")
		_ = c.nc.Close()
	}
}

// Both sides ours, over sockets, in both profiles.
func TestExtension_BothSides(t *testing.T) {
	for _, profile := range []Profile{Spec, Kaazing, Auto} {
		t.Run(profile.String(), func(t *testing.T) {
			t.Attr("req", "KHP-GEN-07")
			url := serve(t, &Handler{Use: kaazingUse(time.Minute)})
			c, err := Dial(t.Context(), url, &DialOptions{Profile: profile,
				Use: []extension.Extension{extension.PingPong{}, extension.IdleTimeout{}}})
			require.NoError(t, err)
			require.Equal(t, []string{"x-kaazing-idle-timeout;timeout=60000",
				"x-kaazing-ping-pong;01010102"}, c.Extensions())
			for _, s := range []string{"hello", escapeBytes, escapeBytes + "\x09\x00",
				escapeBytes + escapeBytes} {
				wantEcho(t, c, s)
			}
			require.NoError(t, c.Ping(t.Context()), "an emulated Ping has an emulated Pong")
			require.NoError(t, c.Close(CloseNormal, ""))
		})
	}
}

// A client whose options name an element gets its parameters, and runs it if it can.
func TestExtension_RawElement(t *testing.T) {
	asked := make(chan []string, 2)
	url := serve(t, &Handler{
		Use: kaazingUse(time.Minute), Decide: func(_ context.Context, r *Request) (Decision, error) {
			asked <- r.Extensions
			return Decision{}, nil
		}})
	c, err := Dial(t.Context(), url, &DialOptions{Extensions: []string{"x-kaazing-ping-pong;old=1",
		"other"}, Use: []extension.Extension{extension.PingPong{}}})
	require.NoError(t, err)
	require.Equal(t, []string{"x-kaazing-ping-pong;old=1", "other"}, <-asked)
	require.Equal(t, []string{"x-kaazing-ping-pong;01010102"}, c.Extensions())
	wantEcho(t, c, escapeBytes)
	require.NoError(t, c.CloseNow())
}

// Compression belongs to the opening handshake. A server that grants it in the extended one answers
// a question that nobody has asked there.
func TestExtension_CompressionTooLate(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, &DialOptions{Compression: &Compression{}},
			func(p *rawServer) {
				p.asked()
				p.send(bin(strings.Replace(response101, "\r\n\r\n",
					"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1)), terminator)
				p.silent()
			})
		require.ErrorIs(t, got.err, fsm.FailureExtensionNotRequested)
		require.ErrorContains(t, got.err, "permessage-deflate belongs to the opening handshake")
		got.end()
	})
}

// An answer that an extension cannot use fails the attempt; the connection was never open.
func TestExtension_UnusableAnswer(t *testing.T) {
	for element, why := range map[string]string{
		"x-kaazing-idle-timeout;timeout=0": "expected timeout=MILLISECONDS",
		"x-kaazing-idle-timeout":           "expected timeout=MILLISECONDS",
		"x-kaazing-ping-pong":              "expected escape bytes",
		"x-kaazing-ping-pong;010101":       "expected escape bytes",
		"x-kaazing-http-revalidate":        "expected extensions of",
	} {
		virtual(t, element, func(t *testing.T) {
			t.Attr("req", "KHP-CLOSE-03")
			got := dialRaw(t, t.Context(), false, &DialOptions{Use: kaazingUse(0)}, func(p *rawServer) {
				p.asked()
				p.send(bin(strings.Replace(response101, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: "+element+
					"\r\n\r\n", 1)), terminator)
				p.silent()
			})
			require.ErrorIs(t, got.err, fsm.FailureExtensionNotRequested)
			require.ErrorContains(t, got.err, why)
			got.end()
			require.Equal(t, []uint16{CloseProtocolError}, got.net.log.closeCodes())
		})
	}
}

// Writers, Pings and answers on one connection: escapes stay with their messages.
func TestExtension_Concurrent(t *testing.T) {
	url := serve(t, &Handler{Use: kaazingUse(time.Minute)})
	c, err := Dial(t.Context(), url, &DialOptions{Use: kaazingUse(0)})
	require.NoError(t, err)
	var wg sync.WaitGroup
	const writers, each = 4, 100
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := c.Write(t.Context(), Text, fmt.Appendf(nil, "%s%d %d",
					escapeBytes[:(i+w)%5], w, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			if err := c.Ping(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	seen := map[string]int{}
	for range writers * each {
		_, p, err := c.Read(t.Context())
		require.NoError(t, err)
		seen[string(p)]++
	}
	reading, stop := context.WithCancel(t.Context())
	go func() { _, _, _ = c.Read(reading) }()
	wg.Wait()
	stop()
	require.Len(t, seen, writers*each)
	require.NoError(t, c.Close(CloseNormal, ""))
}
