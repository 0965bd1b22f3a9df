package transport

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// A conversation has the messages of a client in a whole handshake: after each part it waits for an
// answer.
var conversations = map[string]struct {
	h     func() *Handler
	parts []string
}{
	"spec": {func() *Handler { return &Handler{} },
		[]string{openingRequest, masked(bin(extendedRequest))}},
	"credentials": {func() *Handler { return &Handler{Decide: basicAuth} },
		[]string{openingRequest, masked(bin(extendedRequest)), masked(bin(replayedRequest))}},
	"body": {func() *Handler { return &Handler{} }, []string{openingRequest,
		masked(bin("GET /echo HTTP/1.1\r\nHost: one.example\r\nExpect: 100-continue\r\n" +
			"Content-Length: 5\r\n\r\n")), masked(bin("12345"))}},
	"kaazing": {func() *Handler { return &Handler{} }, []string{strings.Replace(openingRequest,
		"/echo", "/echo?.kl=Y", 1), masked(bin("GET /echo?.kl=Y HTTP/1.1\r\n\r\n"))}},
}

func masked(frames ...pf) string { return string(frametest.Encode(false, frames...)) }

// cutClient sends the first cut bytes of parts and ends; whole reports whether that was all.
func cutClient(nc net.Conn, parts []string, cut int) (whole bool) {
	answered := make(chan struct{}, 1<<10)
	go func() {
		for b := make([]byte, 4096); ; {
			if _, err := nc.Read(b); err != nil {
				close(answered)
				return
			}
			answered <- struct{}{}
		}
	}()
	for i, part := range parts {
		_, _ = io.WriteString(nc, part[:min(cut, len(part))])
		if cut < len(part) {
			_ = nc.Close()
			return false
		}
		cut -= len(part)
		if i < len(parts)-1 {
			<-answered
		}
	}
	return true
}

// A client ends after every byte of its handshake: Serve is never called before the last, and the
// server is rid of the connection at once, of whatever kind it is.
func TestServer_CutAtEveryByte(t *testing.T) {
	for name, v := range conversations {
		virtual(t, name, func(t *testing.T) {
			t.Attr("req", "ADV-68")
			t.Attr("req", "INV-02")
			t.Attr("req", "INV-05")
			start := time.Now()
			for cut := 0; ; cut++ {
				opened := make(chan struct{}, 1)
				h := v.h()
				h.Serve = func(ctx context.Context, c *Conn) error { opened <- struct{}{}; return c.CloseNow() }
				s := &Server{Handler: h}
				l := newPipeListener()
				served := make(chan error, 1)
				go func() { served <- s.Serve(l) }()
				a, b := connection(t)
				l.queue <- b
				whole := cutClient(a, v.parts, cut)
				if whole {
					<-opened
				}
				synctest.Wait()
				require.Zero(t, h.Connections(), "cut at %d", cut)
				require.Zero(t, s.Connections(), "cut at %d", cut)
				require.Empty(t, opened, "cut at %d", cut)
				_ = a.Close()
				require.NoError(t, s.Close())
				require.ErrorIs(t, <-served, http.ErrServerClosed)
				if whole {
					break
				}
			}
			require.Zero(t, time.Since(start), "no timer was needed")
		})
	}
}

// tlsPair is a client and a server Conn on TLS.
func tlsPair(t *testing.T) (client, server *Conn) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	srv.Close()
	clientTCP, serverTCP := tcpPair(t)
	c, s := tls.Client(clientTCP, &tls.Config{InsecureSkipVerify: true}),
		tls.Server(serverTCP, srv.TLS)
	shaken := make(chan error, 1)
	go func() { shaken <- s.Handshake() }()
	require.NoError(t, c.Handshake())
	require.NoError(t, <-shaken)
	return testConn(c, true), testConn(s, false)
}

// TLS cut without close_notify is a loss for an open connection on either side, and so is
// close_notify without a Close frame.
func TestConn_TLSCut(t *testing.T) {
	for name, cut := range map[string]func(nc, tcp net.Conn){
		"without close_notify": func(_, tcp net.Conn) { _ = tcp.Close() },
		"with close_notify":    func(nc, _ net.Conn) { _ = nc.Close() },
	} {
		for _, side := range []string{"client", "server"} {
			t.Run(side+"/"+name, func(t *testing.T) {
				t.Attr("req", "ADV-68")
				one, other := tlsPair(t)
				if side == "server" {
					one, other = other, one
				}
				nc := other.NetConn().(*tls.Conn)
				cut(nc, nc.NetConn())
				_, _, err := one.Read(t.Context())
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				require.NotErrorIs(t, err, net.ErrClosed, "it was not us")
				require.Error(t, one.Write(t.Context(), Text, []byte("x")))
			})
		}
	}
}

// TLS of a server's clients is cut in every phase of the handshake.
func TestHandler_TLSCutInEveryPhase(t *testing.T) {
	wantNoLeaks(t)
	for _, m := range serverMoments {
		t.Run(m.name, func(t *testing.T) {
			t.Attr("req", "ADV-68")
			h := m.handler()
			url, cfg := serveTLS(t, h, nil)
			tcp, err := net.Dial("tcp", strings.TrimPrefix(url, "wss://"))
			require.NoError(t, err)
			cfg.ServerName = "example.com"
			c := newRawClient(t, tls.Client(tcp, cfg))
			c.bytes(openingRequest)
			require.Contains(t, <-c.head, "101 ")
			m.script(c)
			require.NoError(t, tcp.Close())
			require.NoError(t, h.live.Shutdown(t.Context(), 0))
			require.Zero(t, h.Connections())
		})
	}
}
