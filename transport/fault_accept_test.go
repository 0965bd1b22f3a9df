package transport

import (
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// At the limit of descriptors connections come and go: that is said once a second, not for each of
// them.
func TestServer_SaysOnceASecond(t *testing.T) { eachNetwork(t, testSaysOnceASecond) }

func testSaysOnceASecond(t *testing.T) {
	var log syncBuffer
	s := &Server{Handler: &Handler{Serve: echoServe}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	serveVirtual(t, "", s, func(t *testing.T, l *pipeListener) {
		start := time.Now()
		for time.Since(start) < 3*time.Second {
			l.queue <- &net.OpError{Op: "accept", Err: syscall.EMFILE}
			c := l.dial(t)
			c.bytes(openingRequest)
			require.Contains(t, <-c.head, "101 ")
			_ = c.nc.Close()
		}
		require.Equal(t, 3, strings.Count(log.String(), "ulimit -n"), log.String())
	})
}
