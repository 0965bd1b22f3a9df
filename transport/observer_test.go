package transport

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	format "example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// lines renders a story for comparison.
func lines(story []Event) (list []string) {
	for _, ev := range story {
		s := fmt.Sprintf("%s phase=%s attempt=%d", ev.Kind, ev.Phase, ev.Attempt)
		if ev.Type != 0 {
			first, _, _ := strings.Cut(string(ev.Data), "\r\n")
			s += fmt.Sprintf(" %s %q", ev.Type, first)
		}
		if ev.Code != 0 {
			s += fmt.Sprintf(" %d", ev.Code)
		}
		if ev.Text != "" {
			s += " " + ev.Text
		}
		if ev.Err != nil {
			s += " error"
		}
		list = append(list, s)
	}
	return list
}

func TestObserver_Client(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		var seen recorder
		got := dialRaw(t, t.Context(), false, &DialOptions{Observer: &seen, Credentials: auth.Basic("joe",
			"welcome"), Subprotocols: []string{"a"}}, func(p *rawServer) {
			p.asked()
			p.send(pf{Op: opI}, bin(response401), terminator)
			p.message()
			p.send(bin("HTTP/1.1 101 Yes\r\nSec-WebSocket-Protocol: a\r\n\r\n"), terminator)
		})
		require.NoError(t, got.err)
		got.end()
		require.Equal(t, []string{
			"dial phase=ClientConnecting attempt=1 ws://one.example/",
			"send-opening phase=ClientOpening attempt=1",
			"receive-opening phase=ClientOpening attempt=1",
			`send phase=ClientAwaitResponse attempt=1 binary "GET / HTTP/1.1"`,
			"ping phase=ClientAwaitResponse attempt=1",
			`receive phase=ClientAwaitResponse attempt=1 binary "HTTP/1.1 401 Unauthorized"`,
			`receive phase=ClientReading attempt=1 binary ""`,
			"credentials phase=ClientAwaitCredentials attempt=1",
			`send phase=ClientAwaitResponse attempt=1 binary "GET / HTTP/1.1"`,
			`receive phase=ClientAwaitResponse attempt=1 binary "HTTP/1.1 101 Yes"`,
			`receive phase=ClientReading attempt=1 binary ""`,
			"open phase=ClientOpen attempt=1 101 a",
		}, lines(seen.story()))
		for _, ev := range seen.events {
			require.NotContains(t, string(ev.Data), "am9l")
			require.False(t, ev.Time.IsZero())
			require.Equal(t, seen.events[0].Conn, ev.Conn)
		}
		first := seen.events[0].Conn
		got = dialRaw(t, t.Context(), false, &DialOptions{Observer: &seen},
			func(p *rawServer) { _ = p.nc.Close() })
		require.Error(t, got.err)
		got.end()
		require.Greater(t, seen.events[len(seen.events)-1].Conn, first, "another connection")
	})
}

// Bytes that came in one piece are divided at the end of the opening handshake.
func TestObserver_FramesBehindTheOpening(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		var seen recorder
		var answer string
		got := dialRaw(t, t.Context(), false, &DialOptions{Observer: &seen}, func(p *rawServer) {
			p.opened(pf{Op: opI})
			answer = p.response101Opening()
			p.message()
			p.send(bin(response101), terminator)
		})
		require.NoError(t, got.err)
		got.end()
		var opening []string
		for _, ev := range seen.events {
			if ev.Kind == EventReceiveOpening {
				opening = append(opening, string(ev.Data))
			}
		}
		require.Equal(t, []string{answer}, opening)
	})
}

func TestObserver_ServerAndFailures(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		var seen recorder
		h := &Handler{Serve: echoServe, Decide: basicAuth, Observer: &seen}
		c := servePipe(t, h, openingRequest)
		<-c.head
		c.send(bin(strings.Replace(replayedRequest, "am9l", "evil", 1)))
		require.Equal(t, "403", c.status())
		require.Equal(t, CloseNormal, c.closeCode())
		c.answer(CloseNormal)
		require.Equal(t, []string{
			"receive-opening phase=ServerOpening attempt=0",
			"send-opening phase=ServerAwaitRequest attempt=0",
			`receive phase=ServerAwaitRequest attempt=0 binary "GET /echo HTTP/1.1"`,
			`send phase=ServerClosing attempt=0 binary "HTTP/1.1 403 Forbidden"`,
			`send phase=ServerClosing attempt=0 binary ""`,
			"send-close phase=ServerClosing attempt=0 1000",
			"receive-close phase=ServerClosing attempt=0 1000",
			"fail phase=ServerDone attempt=0 error",
		}, lines(seen.story()))
		require.True(t, seen.events[0].Server)
		require.ErrorIs(t, seen.events[len(seen.events)-1].Err, fsm.FailureStatus)

		var client recorder
		got := dialRaw(t, t.Context(), false, &DialOptions{Observer: &client},
			func(p *rawServer) { p.asked(); p.silent() })
		require.ErrorIs(t, got.err, fsm.FailureTimeout)
		got.end()
		last := lines(client.story())
		require.Equal(t, []string{
			"timer phase=ClientAwaitResponse attempt=1 TimerResponse",
			"send-close phase=ClientClosing attempt=1 1008 timed out",
			"timer phase=ClientClosing attempt=1 TimerClose",
			"fail phase=ClientFailed attempt=1 error",
		}, last[len(last)-4:])
	})
}

// A response in pieces shows no secret (a sign that no random key has), wherever the pieces end, on
// the side of the client and in its trace.
func TestObserver_SecretInPieces(t *testing.T) {
	const response = "HTTP/1.1 401 Unauthorized\r\nSet-Cookie: ~~~~~~~~~\r\n" +
		"WWW-Authenticate: Application Basic realm=\"r\"\r\n\r\n"
	for cut := 1; cut < len(response); cut += 3 {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			var seen recorder
			var file bytes.Buffer
			w, err := format.NewWriter(&file, format.Header{})
			require.NoError(t, err)
			both := observerFunc(func(ev Event) { seen.Observe(ev); TraceTo(w).Observe(ev) })
			got := dialRaw(t, t.Context(), false, &DialOptions{Observer: both}, func(p *rawServer) {
				p.asked()
				p.send(bin(response[:cut]), bin(response[cut:]), terminator)
				p.silent()
			})
			require.Error(t, got.err)
			got.end()
			for _, ev := range seen.story() {
				require.NotContains(t, string(ev.Data), "~", "cut at %d", cut)
			}
			require.NotContains(t, file.String(), "~")
		})
	}
}

// observerFunc is a function as an observer.
type observerFunc func(Event)

func (f observerFunc) Observe(ev Event) { f(ev) }
