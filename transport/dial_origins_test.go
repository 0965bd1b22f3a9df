package transport

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// hop is the reaction of a server to the next connection, of any origin.
type hop struct {
	login bool // it asks for credentials in the opening handshake, and ends the connection
	asks  int  // how often it asks for some in the extended one
	to    int  // where it sends the client then; nowhere if negative
	early bool // it sends it there in the opening handshake
}

var hopOrigins = []string{"one.example:80", "two.example:80", "one.example:81"}

func drawHop(t *rapid.T) hop {
	return hop{login: rapid.Bool().Draw(t, "login"), asks: rapid.IntRange(0, 2).Draw(t, "asks"),
		to:    rapid.IntRange(-1, len(hopOrigins)-1).Draw(t, "to"),
		early: rapid.Bool().Draw(t, "early")}
}

// play serves a connection.
func (h hop) play(p *rawServer, n int, saw func(authorization string)) {
	refuse := func(head string) {
		p.bytes("HTTP/1.1 " + head + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		_ = p.nc.Close()
	}
	p.openingRequest()
	location := fmt.Sprintf("302 x\r\nLocation: ws://%s/%d", hopOrigins[max(h.to, 0)], n)
	saw(authorizationOf(p.head))
	switch {
	case h.login && authorizationOf(p.head) == "":
		refuse("401 x\r\nWWW-Authenticate: Token")
		return
	case h.early && h.to >= 0:
		refuse(location)
		return
	}
	p.bytes(p.response101Opening())
	for left := h.asks; ; left-- {
		request := p.message()
		if request == "" {
			return
		}
		if saw(authorizationOf(request)); left == 0 {
			break
		}
		p.send(bin("HTTP/1.1 401 x\r\nWWW-Authenticate: Token\r\n\r\n"), terminator)
	}
	if h.to >= 0 {
		p.send(bin("HTTP/1.1 "+location+"\r\n\r\n"), terminator)
		return
	}
	p.send(bin(response101), terminator)
}

// authorizationOf is the value of the field in a head, "" if there is none.
func authorizationOf(head string) string {
	_, after, _ := strings.Cut(head, "\r\nAuthorization: ")
	value, _, _ := strings.Cut(after, "\r\n")
	return value
}

// Wherever servers ask for credentials and send a client on, in either handshake: credentials that
// were made for one origin are sent to no other, and a server that asks for none gets only its own.
func TestDial_CredentialsStayAtHome(t *testing.T) {
	t.Attr("req", "INV-27")
	rapid.Check(t, func(rt *rapid.T) {
		hops := rapid.SliceOfN(rapid.Custom(drawHop), 1, 8).Draw(rt, "hops")
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var log rawLog
			var servers sync.WaitGroup
			dialed, made := 0, 0
			asked := map[string]bool{}
			o := &DialOptions{MaxRedirects: 20, Credentials: auth.CredentialsFunc(
				func(_ context.Context, r *auth.CredentialsRequest) (string, error) {
					mu.Lock()
					defer mu.Unlock()
					made++
					host, _, _ := strings.Cut(strings.TrimPrefix(r.URL, "ws://"), "/")
					if !strings.Contains(host, ":") {
						host += ":80"
					}
					asked[host] = true
					return fmt.Sprintf("Token %s %d", host, made), nil
				})}
			o.NetDial = func(_ context.Context, _, origin string) (net.Conn, error) {
				client, server := connection(t)
				h, n := hop{to: -1}, dialed
				if dialed++; n < len(hops) {
					h = hops[n]
				}
				servers.Go(func() {
					serveRaw(t, server, &log, func(p *rawServer) {
						h.play(p, n, func(authorization string) {
							mu.Lock()
							defer mu.Unlock()
							if authorization != "" && (!asked[origin] ||
								!strings.HasPrefix(authorization, "Token "+origin+" ")) {
								wrong = fmt.Sprintf("%s is sent %q", origin, authorization)
							}
						})
					})
				})
				return client, nil
			}
			c, err := Dial(t.Context(), "ws://one.example/", o)
			if err == nil {
				_ = c.CloseNow()
			}
			servers.Wait()
		})
		require.Empty(rt, wrong)
	})
}
