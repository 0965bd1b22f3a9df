package transport

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

func TestInterop_Response(t *testing.T) {
	decide := func(d Decision) *Handler {
		return &Handler{Decide: func(context.Context, *Request) (Decision, error) { return d, nil }}
	}
	ask := func(t *testing.T, h *Handler, extensions string) *rawClient {
		t.Helper()
		c := openKaazing(t, kaazingServer(t, h), "/echo?.kl=Y", "")
		c.send(bin("GET /echo?.kl=Y HTTP/1.1\r\nSec-WebSocket-Extensions: " + extensions + "\r\n\r\n"))
		return c
	}
	t.Run("B13 B14 spelling", func(t *testing.T) {
		c := ask(t, decide(Decision{Subprotocol: "amqp", Extensions: []string{"x-a"},
			Header: []HeaderField{{Name: "Set-Cookie", Value: "a=b"}}}), "x-a")
		require.Equal(t, kaazingResponse+"Sec-WebSocket-Protocol: amqp\r\n"+
			"Sec-WebSocket-Extensions: x-a\r\nSet-Cookie: a=b\r\n\r\n", c.wantOpen())
	})
	t.Run("B14 spelling of a challenge", func(t *testing.T) {
		c := ask(t, decide(Decision{Status: 401, Challenges: []string{"Application Token"}}), "")
		require.Contains(t, c.response(), "\r\nWWW-Authenticate: Application Token\r\n")
	})
	t.Run("B15 B16 A1 A2 A3 every response ends, and only N follows", func(t *testing.T) {
		h := &Handler{Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}}
		c := ask(t, h, "")
		require.Contains(t, c.response(), " 401 ") // and its end
		c.send(bin("GET /echo?.kl=Y HTTP/1.1\r\nAuthorization: Basic am9lOndlbGNvbWU=\r\n\r\n"))
		c.wantOpen() // an N after the 401 would come first
		c.send(text("x"))
		require.Equal(t, "x", string((<-c.got).Payload))
	})
	t.Run("B17 A4 A13 the server closes", func(t *testing.T) {
		for _, d := range []Decision{{Status: 403}, {Status: 404}, {Status: 503},
			{Status: 302, Location: "/b"}} {
			c := ask(t, decide(d), "")
			c.response()
			require.Equal(t, CloseNormal, c.closeCode())
			c.answer(CloseNormal)
		}
	})
	t.Run("B17 a client that does not close", func(t *testing.T) {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			c := servePipe(t, &Handler{Serve: echoServe, Decide: decide(Decision{Status: 403}).Decide},
				kaazingOpening)
			<-c.head
			<-c.got
			c.send(bin(kaazingRequest))
			require.Equal(t, "403", c.status())
			require.Equal(t, CloseNormal, c.closeCode())
			start := time.Now()
			c.end()
			require.Equal(t, 5*time.Second, time.Since(start))
			<-c.done
		})
	})
	t.Run("B20 what was not asked for is not granted", func(t *testing.T) {
		require.Equal(t, kaazingResponse+"\r\n", ask(t, &Handler{},
			"x-kaazing-idle-timeout,x-kaazing-ping-pong,x-kaazing-http-revalidate").wantOpen())
		c := ask(t, decide(Decision{Extensions: []string{"x-kaazing-ping-pong;01010102"}}),
			"x-kaazing-idle-timeout")
		require.Contains(t, c.response(), " 500 ", "the application's mistake does not reach the client")
	})
	t.Run("B21 B22 B23 one line each", func(t *testing.T) {
		c := ask(t, decide(Decision{Extensions: []string{"x-kaazing-idle-timeout;timeout=5000",
			"x-kaazing-ping-pong;01010102"}}), "x-kaazing-idle-timeout,x-kaazing-ping-pong")
		require.Contains(t, c.wantOpen(),
			"\r\nSec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=5000\r\n"+
				"Sec-WebSocket-Extensions: x-kaazing-ping-pong;01010102\r\n")
	})
	t.Run("A5 R", func(t *testing.T) {
		c := ask(t, decide(Decision{Reroute: "ws://two.example/echo?.kl=Y"}), "")
		require.Contains(t, c.response(), " 101 ")
		require.Equal(t, "\xef\x83\xbfRws://two.example/echo?.kl=Y", string((<-c.got).Payload))
		require.Equal(t, CloseNormal, c.closeCode())
		c.answer(CloseNormal)
	})
}

func TestInterop_Authentication(t *testing.T) {
	replay := func(c *rawClient, authorization string) {
		c.send(text("GET /echo?.kl=Y HTTP/1.1\r\nAuthorization: " + authorization + "\r\n\r\n"))
	}
	t.Run("A3.2 challenges", func(t *testing.T) {
		for want, a := range map[string]auth.Authenticator{
			"\r\nWWW-Authenticate: Application Token\r\n": auth.TokenAuth{
				Check: auth.Tokens(nil),
			},
			"\r\nWWW-Authenticate: Application Basic realm=\"r\"\r\n": auth.BasicAuth{Realm: "r",
				Check: joeAndAnn},
		} {
			c := openKaazing(t, kaazingServer(t, &Handler{Authenticator: a}), "/echo?.kl=Y", "")
			c.send(text(kaazingRequest))
			require.Contains(t, c.response(), want)
		}
	})
	for most, rounds := range map[int]int{0: 3, 1: 1, 5: 5, 255: 255} {
		for name, a := range map[string]auth.Authenticator{
			"Basic": auth.BasicAuth{Realm: "r", Check: joeAndAnn}, "Token": auth.TokenAuth{
				Check: auth.Tokens(nil),
			}, "Digest": &auth.DigestAuth{Realm: "r", HA1: auth.DigestUsers("r", 0, nil)},
		} {
			t.Run(fmt.Sprintf("B18 A12 wrong credentials, %s, at most %d", name, most), func(t *testing.T) {
				c := openKaazing(t, kaazingServer(t, &Handler{Authenticator: a, MaxChallenges: most}),
					"/echo?.kl=Y", "")
				c.send(text(kaazingRequest))
				for range rounds {
					require.Equal(t, "401", c.status())
					replay(c, name+" am9lOm5v")
				}
				require.Equal(t, "403", c.status())
				require.Equal(t, CloseNormal, c.closeCode())
				c.answer(CloseNormal)
			})
		}
	}
	t.Run("A3.3 right ones after wrong ones", func(t *testing.T) {
		c := openKaazing(t, kaazingServer(t,
			&Handler{Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}}), "/echo?.kl=Y", "")
		c.send(text(kaazingRequest))
		require.Equal(t, "401", c.status())
		replay(c, "Basic am9lOm5v")
		require.Equal(t, "401", c.status())
		replay(c, "Basic am9lOndlbGNvbWU=")
		c.wantOpen()
	})
	t.Run("A3.3 no, other and empty credentials count alike", func(t *testing.T) {
		c := openKaazing(t, kaazingServer(t, &Handler{
			Authenticator: auth.TokenAuth{Check: auth.Tokens(map[string]any{"1:joe:welcome": "joe"})},
		}), "/echo?.kl=Y", "")
		c.send(text(kaazingRequest))
		require.Equal(t, "401", c.status())
		replay(c, "Basic am9lOndlbGNvbWU=")
		require.Equal(t, "401", c.status())
		replay(c, "Token")
		require.Equal(t, "401", c.status())
		replay(c, "Token 1:joe:welcome")
		c.wantOpen()
	})
	t.Run("A2.3 credentials of the opening request", func(t *testing.T) {
		url := kaazingServer(t, &Handler{Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}})
		c := openKaazing(t, url, "/echo?.kl=Y", "Authorization: Basic am9lOndlbGNvbWU=\r\n")
		c.send(text(kaazingRequest))
		c.wantOpen()
	})
	t.Run("A1.2 clients that cannot be asked", func(t *testing.T) {
		url := kaazingServer(t,
			&Handler{Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}, Plain: true})
		head := <-dialTCP(t, url, strings.Replace(kaazingOpening,
			"x-kaazing-handshake,amqp", "amqp", 1)).head
		require.True(t, strings.HasPrefix(head, "HTTP/1.1 403 Forbidden\r\n"), head)
		require.Contains(t, head, "x-kaazing-handshake")
	})
	t.Run("B19 deadlines", func(t *testing.T) {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			start := time.Now()
			c := servePipe(t, &Handler{Serve: echoServe,
				Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}}, kaazingOpening)
			<-c.head
			<-c.got
			time.Sleep(9 * time.Second)
			c.send(bin("GET "), bin(kaazingRequest[4:]))
			require.Equal(t, "401", c.status())
			require.Equal(t, "408", c.status(), "no replay")
			require.Equal(t, 39*time.Second, time.Since(start))
			require.Equal(t, ClosePolicyViolation, c.closeCode())
			c.answer(ClosePolicyViolation)
			<-c.done

			c = servePipe(t, &Handler{Serve: echoServe}, kaazingOpening)
			start = time.Now()
			<-c.head
			<-c.got
			c.send(bin("GET "))
			require.Equal(t, "408", c.status(), "half a request")
			require.Equal(t, 10*time.Second, time.Since(start))
			require.Equal(t, ClosePolicyViolation, c.closeCode())
			c.answer(ClosePolicyViolation)
			<-c.done
		})
	})
}

func TestInterop_Open(t *testing.T) {
	open := func(t *testing.T, serve func(context.Context, *Conn) error) *rawClient {
		t.Helper()
		c := openKaazing(t, kaazingServer(t, &Handler{Serve: serve}), "/echo?.kl=Y", "")
		c.send(bin(kaazingRequest))
		c.wantOpen()
		return c
	}
	t.Run("B24 nothing is sent in fragments", func(t *testing.T) {
		c := open(t, echoServe)
		for _, n := range []int{0, 125, 65535, 65536, 200000} {
			for _, f := range []pf{text(strings.Repeat("x", n)), bin(strings.Repeat("x", n))} {
				c.send(f)
				got := <-c.got
				require.True(t, got.Header.Fin)
				require.Len(t, got.Payload, n)
			}
		}
	})
	t.Run("B25 65535 bytes in the long form", func(t *testing.T) {
		c := open(t, echoServe)
		c.send(pf{Op: opB, P: strings.Repeat("x", 65535), Wide: true})
		require.Len(t, (<-c.got).Payload, 65535)
	})
	t.Run("B26 A2.8 Close is echoed and TCP closed at once", func(t *testing.T) {
		for _, body := range []string{"", "\x03\xe8", "\x0f\xa0reason"} {
			onNetworks(t, virtualNetworks, func(t *testing.T) {
				c := servePipe(t, &Handler{Serve: echoServe}, kaazingOpening)
				<-c.head
				<-c.got
				c.send(bin(kaazingRequest))
				c.wantOpen()
				start := time.Now()
				c.send(pf{Op: opX, P: body})
				f := <-c.got
				require.Equal(t, opX, f.Header.OpCode)
				require.Equal(t, body, string(f.Payload))
				c.end()
				require.Zero(t, time.Since(start))
				<-c.done
			})
		}
	})
	t.Run("B27 an empty Pong answers any Ping", func(t *testing.T) {
		c := open(t, func(ctx context.Context, c *Conn) error {
			if err := c.Ping(ctx); err != nil {
				return err
			}
			return c.Write(ctx, Text, []byte("alive"))
		})
		require.Equal(t, opI, (<-c.got).Header.OpCode)
		c.send(pf{Op: opO})
		require.Equal(t, "alive", string((<-c.got).Payload))
	})
}
