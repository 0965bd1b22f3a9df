package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// One address that guesses passwords keeps no other client out. Its requests beyond the bound get
// 503 with Retry-After.
func TestServe_WrongPasswordsKeepNobodyOut(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a second loopback address is there on Linux only")
	}
	file := filepath.Join(t.TempDir(), "users")
	// welcome
	require.NoError(t, os.WriteFile(file,
		[]byte("joe:$2y$09$BZZNVdf0jweF29QxlShonuSJ9K4RJNv54h7q/iyFzHe4VNX.B6QiK\n"), 0o600))
	s := serveHere(t, "--htpasswd", "/="+file)
	guessing, stop := context.WithCancel(t.Context())
	refused := make(chan *transport.HandshakeError, 400)
	var guesses sync.WaitGroup
	other := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for range cap(refused) {
		guesses.Go(func() {
			_, err := transport.Dial(guessing, s.url+"/", patient(
				&transport.DialOptions{Credentials: auth.Basic("joe", "guess"), NetDial: other.DialContext}))
			if e := (*transport.HandshakeError)(nil); errors.As(err, &e) && e.Status == 503 {
				refused <- e
			}
		})
	}
	require.Equal(t, 5*time.Second, (<-refused).RetryAfter)
	login := func(o transport.DialOptions) *transport.Conn {
		o.Credentials = auth.Basic("joe", "welcome")
		for {
			c, err := transport.Dial(t.Context(), s.url+"/", patient(&o))
			e := (*transport.HandshakeError)(nil)
			if errors.As(err, &e) && (e.Status == http.StatusRequestTimeout ||
				e.Failure == fsm.FailureConnectionLost || e.Failure == fsm.FailureTimeout) {
				continue // so many clients at once are much for a slow machine
			}
			require.NoError(t, err)
			t.Cleanup(func() { _ = c.CloseNow() })
			return c
		}
	}
	wantEcho(t, login(transport.DialOptions{}), transport.Text, []byte("x"))
	wantEcho(t, login(transport.DialOptions{NetDial: other.DialContext}),
		transport.Text, []byte("remembered"))
	stop()
	guesses.Wait()
}
