package adaptertest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport/adapter"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// Behind KaazingClients every library answers as deployed clients want it.
func TestKaazingClients(t *testing.T) {
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) {
			url := serveHandler(t, adapter.KaazingClients(l.handler(&adapter.ServerOptions{},
				func(ctx context.Context, c conn, _ *adapter.Result) {
					kind, p, err := c.Read(ctx)
					if err == nil {
						_ = c.Write(ctx, kind, p)
					}
				})))
			for query, want := range map[string]string{
				"?.kl=Y": "HTTP/1.1 101 Web Socket Protocol Handshake\r\n",
				"":       "HTTP/1.1 101 Switching Protocols\r\n",
			} {
				nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
				require.NoError(t, err)
				defer nc.Close()
				_ = nc.SetDeadline(time.Now().Add(patience))
				p := &peer{T: t, nc: nc, in: bufio.NewReader(nc), client: true}
				p.write("GET /echo" + query + " HTTP/1.1\r\nHost: one.example\r\nUpgrade: websocket\r\n" +
					"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
					"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
				var head string
				for !strings.HasSuffix(head, "\r\n\r\n") {
					line, err := p.in.ReadString('\n')
					require.NoError(t, err)
					head += line
				}
				require.True(t, strings.HasPrefix(head, want), head)
				if query != "" {
					for _, line := range []string{"Connection: Upgrade", "Upgrade: websocket",
						"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
						"Sec-WebSocket-Protocol: x-kaazing-handshake"} {
						require.Contains(t, head, "\r\n"+line+"\r\n")
					}
					_, n := p.message()
					require.Equal(t, proceed, n)
				}
				p.send(binary(strings.Replace(request0, "/echo", "/echo"+query, 1)))
				require.Equal(t, "101", p.status())
				if query != "" {
					_, n := p.message()
					require.Equal(t, proceed, n)
				}
				p.wantText("hello")
				p.send(ws.NewCloseFrame(nil))
			}
			for path, want := range map[string]int{"/echo/;e/cookies?.krn=1&.kl=Y": 200,
				"//;e/cookies?.kl=Y": 200, "/echo/;e/cbm?.kl=Y": 404} {
				resp, err := http.Get("http" + strings.TrimPrefix(url, "ws") + path)
				require.NoError(t, err)
				body, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				require.Equal(t, want, resp.StatusCode)
				require.Equal(t, want == 200, len(body) == 0)
			}
		})
	}
	t.Run("refusals pass", func(t *testing.T) {
		url := serveHandler(t, adapter.KaazingClients(http.NotFoundHandler()))
		resp, err := http.Get("http" + strings.TrimPrefix(url, "ws") + "/echo?.kl=Y")
		require.NoError(t, err)
		_ = resp.Body.Close()
		require.Equal(t, 404, resp.StatusCode)
	})
}
