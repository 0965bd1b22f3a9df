package transport

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// BenchmarkHandshake is a whole connection on loopback: TCP, opening and extended handshake on both
// sides, and the end of TCP. Allocations of the runtime's poller and of net/http are included;
// "raw" is the same without KHP, for comparison.
func BenchmarkHandshake(b *testing.B) {
	for _, profile := range []Profile{Spec, Kaazing} {
		b.Run(profile.String(), func(b *testing.B) {
			h := &Handler{Serve: func(ctx context.Context, c *Conn) error {
				_, _, err := c.Read(ctx)
				return err
			}}
			srv := httptest.NewServer(h)
			defer srv.Close()
			opts := &DialOptions{Profile: profile}
			url := "ws" + strings.TrimPrefix(srv.URL, "http")
			b.ReportAllocs()
			for b.Loop() {
				c, err := Dial(b.Context(), url, opts)
				if err != nil {
					b.Fatal(err)
				}
				_ = c.CloseNow()
			}
		})
	}
	b.Run("server", func(b *testing.B) { // the client is a few writes of prepared bytes
		srv := httptest.NewServer(&Handler{Serve: func(ctx context.Context, c *Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}})
		defer srv.Close()
		benchmarkBytes(b, srv.Listener.Addr().String(), []byte(openingRequest),
			frametest.Encode(false, bin(extendedRequest)))
	})
	b.Run("raw", func(b *testing.B) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nc, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer nc.Close()
			buf := make([]byte, 4096)
			_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
			_, _ = nc.Read(buf)
			_, _ = nc.Write([]byte("answer"))
			_, _ = nc.Read(buf)
		}))
		defer srv.Close()
		benchmarkBytes(b, srv.Listener.Addr().String(), []byte(openingRequest),
			frametest.Encode(false, bin(extendedRequest)))
	})
}

// benchmarkBytes sends each message and waits for some answer.
func benchmarkBytes(b *testing.B, addr string, messages ...[]byte) {
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range messages {
			_, _ = nc.Write(m)
			_, err = nc.Read(buf)
			require.NoError(b, err)
		}
		_ = nc.(*net.TCPConn).SetLinger(0)
		_ = nc.Close()
	}
}
