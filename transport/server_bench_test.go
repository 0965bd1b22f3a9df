//go:build linux

package transport

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// BenchmarkAccept measures the cost of one connection for a server: accepting it, the opening and
// the extended handshake, and its end. The client is made of system calls that allocate nothing, so
// that allocations are the server's. "bare" moves the same bytes without understanding them; the
// other two shake hands by the frame library we use, and answer the extended request without
// looking at it.
func BenchmarkAccept(b *testing.B) {
	for _, profile := range []struct{ name, opening string }{{"spec", openingRequest},
		{"kaazing", kaazingOpening}} {
		b.Run("Server/"+profile.name, func(b *testing.B) {
			srv := &Server{Handler: benchHandler()}
			benchmarkAccept(b, listenHere(b, func(ln net.Listener) { _ = srv.Serve(ln) }), profile.opening)
			require.NoError(b, srv.Close())
		})
		b.Run("Handler/"+profile.name, func(b *testing.B) {
			srv := httptest.NewServer(benchHandler())
			defer srv.Close()
			benchmarkAccept(b, srv.Listener.Addr(), profile.opening)
		})
	}
	b.Run("gobwas Upgrader", func(b *testing.B) {
		up := ws.Upgrader{Protocol: func(p []byte) bool { return string(p) == "x-kaazing-handshake" }}
		benchmarkAccept(b, listenHere(b, serveEach(func(nc net.Conn) {
			if _, err := up.Upgrade(nc); err == nil {
				answerBlindly(nc)
			}
		})), openingRequest)
	})
	b.Run("gobwas HTTPUpgrader", func(b *testing.B) {
		up := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == "x-kaazing-handshake" }}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nc, _, _, err := up.Upgrade(r, w)
			if err == nil {
				answerBlindly(nc)
				_ = nc.Close()
			}
		}))
		defer srv.Close()
		benchmarkAccept(b, srv.Listener.Addr(), openingRequest)
	})
	b.Run("bare", func(b *testing.B) {
		benchmarkAccept(b, listenHere(b, serveEach(func(nc net.Conn) {
			buf := make([]byte, 1024)
			if _, err := nc.Read(buf); err == nil {
				_, _ = nc.Write([]byte(bareOpened))
				answerBlindly(nc)
			}
		})), openingRequest)
	})
}

const bareOpened = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
	"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
	"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

// answerBlindly reads once, writes the bytes of an extended response with its terminator, and waits
// for the end.
func answerBlindly(nc net.Conn) {
	var buf [512]byte
	if _, err := nc.Read(buf[:]); err != nil {
		return
	}
	_, _ = nc.Write(blindAnswer)
	_, _ = nc.Read(buf[:])
}

var blindAnswer = frametest.Encode(true, bin(response101), bin(""))

func benchHandler() *Handler {
	return &Handler{Serve: func(ctx context.Context, c *Conn) error {
		_, _, err := c.Read(ctx)
		return err
	}}
}

// listenHere listens on loopback until the benchmark ends.
func listenHere(b *testing.B, serve func(net.Listener)) net.Addr {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	b.Cleanup(func() { _ = ln.Close() })
	go serve(ln)
	return ln.Addr()
}

func serveEach(serve func(net.Conn)) func(net.Listener) {
	return func(ln net.Listener) {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				serve(nc)
			}()
		}
	}
}

func benchmarkAccept(b *testing.B, addr net.Addr, opening string) {
	to := addr.(*net.TCPAddr)
	at := &syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	// the last bytes of the answers
	messages, last := [][]byte{[]byte(opening),
		frametest.Encode(false, bin(extendedRequest))}, "\n\x00"
	if opening == kaazingOpening {
		messages[1], last = frametest.Encode(false, kaazingRequests["Java"]), "NN"
	}
	b.ReportAllocs()
	defer reportProcessorTime(b, processorTime())
	b.SetParallelism(8) // while one client waits, others have the processors
	b.RunParallel(func(pb *testing.PB) {
		buf := make([]byte, 4096)
		for pb.Next() {
			if err := shakeByHand(at, messages, last, buf); err != nil {
				b.Error(err)
			}
		}
	})
}

// processorTime is the processor time of this process, in nanoseconds.
func processorTime() int64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return r.Utime.Nano() + r.Stime.Nano()
}

// reportProcessorTime reports the processor time of an operation, client and server together, which
// depends less on other processes than its duration.
func reportProcessorTime(b *testing.B, since int64) {
	b.ReportMetric(float64(processorTime()-since)/float64(b.N), "cpu-ns/op")
}

// shakeByHand connects, sends each message and reads until its answer ends with the byte in last,
// and resets the connection.
func shakeByHand(at syscall.Sockaddr, messages [][]byte, last string, buf []byte) error {
	s, err := shakeHands(at, messages, last, buf)
	if err != nil {
		return err
	}
	return cmp.Or(syscall.SetsockoptLinger(s, syscall.SOL_SOCKET, syscall.SO_LINGER,
		&syscall.Linger{Onoff: 1}), syscall.Close(s))
}

// shakeHands is shakeByHand up to the open connection, which is the caller's.
func shakeHands(
	at syscall.Sockaddr, messages [][]byte, last string, buf []byte,
) (socket int, err error) {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer func() {
		if err != nil {
			_ = syscall.Close(s)
		}
	}()
	if err := syscall.Connect(s, at); err != nil {
		return -1, err
	}
	for i, p := range messages {
		if _, err := syscall.Write(s, p); err != nil {
			return -1, err
		}
		for have := 0; have == 0 || buf[have-1] != last[i]; {
			n, err := syscall.Read(s, buf[have:])
			if err != nil || n == 0 {
				return -1, cmp.Or(err, io.ErrUnexpectedEOF)
			}
			have += n
		}
	}
	return s, nil
}
