package transport

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// streams returns both ends of a connection as streams.
func streams(t testing.TB, socket func(testing.TB) (net.Conn, net.Conn)) (client, server net.Conn) {
	a, b := socket(t)
	return testConn(a, true).Stream(Binary), testConn(b, false).Stream(Binary)
}

// After a deadline in the middle of a message only reading goes on.
func TestStream_HalfWritten(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		client, server := streams(t, pipePair)
		require.NoError(t, client.SetWriteDeadline(time.Now().Add(time.Second)))
		half := make(chan error, 1)
		go func() {
			_, err := client.Write(make([]byte, 100))
			half <- err
		}()
		_, err := server.(connStream).c.NetConn().Read(make([]byte, 10))
		require.NoError(t, err)
		err = <-half
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		require.True(t, timeout.Timeout())
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NoError(t, client.SetWriteDeadline(time.Time{}))
		_, err = client.Write([]byte("more"))
		require.ErrorContains(t, err, "nothing more can be sent")
		go func() { _, _ = server.Write([]byte("read on")) }()
		room := make([]byte, 10)
		n, err := client.Read(room)
		require.NoError(t, err)
		require.Equal(t, "read on", string(room[:n]))
	})
}

func TestStream_Boundaries(t *testing.T) {
	client, server := streams(t, tcpPair)
	long := strings.Repeat("0123456789", 100000)
	go func() {
		for _, p := range []string{"one", "", "two", long} {
			_, _ = io.WriteString(client, p)
		}
		_ = client.Close()
	}()
	all, err := io.ReadAll(server)
	require.NoError(t, err)
	require.True(t, "onetwo"+long == string(all))
	_, err = server.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
	require.NoError(t, server.Close())
	require.ErrorIs(t, server.Close(), net.ErrClosed)
	_, err = server.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
}

// A stream ends with io.EOF only if the peer ended regularly.
func TestStream_End(t *testing.T) {
	for name, x := range map[string]struct {
		end  func(c *Conn)
		want error
	}{
		"1000": {func(c *Conn) { _ = c.Close(CloseNormal, "") }, io.EOF},
		"1001": {func(c *Conn) { _ = c.Close(CloseGoingAway, "") }, io.EOF},
		"1011": {func(c *Conn) { _ = c.Close(CloseInternalError, "oh") },
			&CloseError{CloseInternalError, "oh"}},
		"none": {func(c *Conn) { _ = c.Close(0, "") }, &CloseError{CloseNoStatus, ""}},
		"lost": {func(c *Conn) { _ = c.CloseNow() }, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := streams(t, tcpPair)
			go x.end(client.(connStream).c)
			for range 2 {
				_, err := server.Read(make([]byte, 1))
				if err != x.want && fmt.Sprint(err) != fmt.Sprint(x.want) {
					require.ErrorIs(t, err, x.want)
				}
			}
		})
	}
	t.Run("ours", func(t *testing.T) {
		client, server := streams(t, tcpPair)
		got := make(chan error, 1)
		go func() {
			_, err := client.Read(make([]byte, 1))
			got <- err
		}()
		go func() { _, _ = io.Copy(io.Discard, server) }()
		require.NoError(t, client.Close())
		require.ErrorIs(t, <-got, net.ErrClosed)
		_, err := client.Write([]byte("late"))
		require.ErrorIs(t, err, net.ErrClosed)
	})
	t.Run("a message of the other type", func(t *testing.T) {
		client, server := streams(t, tcpPair)
		peer := server.(connStream).c
		require.NoError(t, peer.Write(t.Context(), Text, []byte("text")))
		got := make(chan error, 1)
		go func() {
			_, _, err := peer.Read(t.Context())
			got <- err
		}()
		_, err := client.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
		require.Equal(t, &CloseError{CloseUnsupportedData, "only binary messages are expected here"},
			<-got)
	})
}

// A deadline can be moved while a call waits, and nothing is lost by one that has passed.
func TestStream_Deadlines(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		client, server := streams(t, pipePair)
		read := func() (string, error) {
			var room [10]byte
			n, err := client.Read(room[:])
			return string(room[:n]), err
		}
		begin := time.Now()
		require.NoError(t, client.SetReadDeadline(begin.Add(time.Second)))
		go func() {
			time.Sleep(500 * time.Millisecond)
			_ = client.SetReadDeadline(begin.Add(time.Minute))
		}()
		_, err := read()
		require.Equal(t, os.ErrDeadlineExceeded, err)
		require.Equal(t, time.Minute, time.Since(begin))
		_, err = read()
		require.Equal(t, os.ErrDeadlineExceeded, err, "as long as it is not moved")
		require.NoError(t, client.SetDeadline(time.Time{}))
		go func() { _, _ = io.WriteString(server, "later") }()
		got, err := read()
		require.NoError(t, err)
		require.Equal(t, "later", got)

		require.NoError(t, client.SetWriteDeadline(time.Now().Add(time.Second)))
		_, err = io.WriteString(client, "a pipe holds nothing")
		require.Equal(t, os.ErrDeadlineExceeded, err, "nothing was written")
		require.NoError(t, client.SetWriteDeadline(time.Time{}))
		go func() { _, _ = io.WriteString(client, "again") }()
		room := make([]byte, 10)
		n, err := server.Read(room)
		require.NoError(t, err)
		require.Equal(t, "again", string(room[:n]))
		synctest.Wait()
	})
}

// A listener accepts the connections that open on its Handler, by a mux and by a Server.
func TestHandler_Listener(t *testing.T) {
	h := &Handler{Subprotocols: []string{"upper"}}
	ln := h.Listener(&net.UnixAddr{Name: "here"})
	require.Equal(t, "here", ln.Addr().String())
	url := serve(t, h)
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				lines := bufio.NewScanner(nc)
				for lines.Scan() {
					_, _ = fmt.Fprintln(nc, strings.ToUpper(lines.Text()),
						nc.(interface{ Conn() *Conn }).Conn().Subprotocol())
				}
				_ = lines.Err() // the connection has ended in any case
			}()
		}
	}()
	for range 3 {
		c, err := Dial(t.Context(), url, &DialOptions{Subprotocols: []string{"upper"}})
		require.NoError(t, err)
		nc := c.Stream(Binary)
		_, _ = io.WriteString(nc, "hello\n")
		got, err := bufio.NewReader(nc).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "HELLO upper\n", got)
		require.NoError(t, nc.Close())
	}
	require.NoError(t, ln.Close())
	require.NoError(t, ln.Close())
	_, err := ln.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	c, err := Dial(t.Context(), url, nil)
	require.NoError(t, err)
	_, _, err = c.Read(t.Context())
	require.Equal(t, CloseGoingAway, CloseCode(err))
}

// Accept gives the connection to its caller, who may return.
func TestHandler_Accept(t *testing.T) {
	h := &Handler{
		Subprotocols: []string{"a"}, Decide: func(_ context.Context, r *Request) (Decision, error) {
			if r.Path() == "/refused" {
				return Refuse(403, "not you"), nil
			}
			return Decision{Subprotocol: "a"}, nil
		}}
	conns, errs := make(chan *Conn, 1), make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := h.Accept(w, r); err != nil {
			errs <- err
		} else {
			conns <- c
		}
	}))
	defer srv.Close()
	url := "ws" + strings.TrimPrefix(srv.URL, "http")

	client, err := Dial(t.Context(), url, &DialOptions{Subprotocols: []string{"a"}})
	require.NoError(t, err)
	c := <-conns
	require.Equal(t, "a", c.Subprotocol())
	require.Equal(t, 1, h.Connections())
	end := echo(c)
	wantEcho(t, client, "hello")
	require.NoError(t, client.Close(CloseNormal, ""))
	require.Equal(t, CloseNormal, CloseCode(<-end))
	<-c.done
	require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
		time.Millisecond)

	_, err = Dial(t.Context(), url+"/refused", nil)
	require.ErrorIs(t, err, fsm.FailureStatus)
	var failed *HandshakeError
	require.ErrorAs(t, <-errs, &failed)
	require.Equal(t, 403, failed.Status)
	require.NoError(t, failed.Cause, "nothing but the refusal")

	why := map[int]string{http.StatusUpgradeRequired: "Upgrade", http.StatusOK: "Kaazing clients"}
	for target, status := range map[string]int{"/": http.StatusUpgradeRequired,
		"/;e/cookies": http.StatusOK} {
		resp, err := http.Get(srv.URL + target)
		require.NoError(t, err)
		resp.Body.Close()
		require.Equal(t, status, resp.StatusCode)
		require.ErrorAs(t, <-errs, &failed)
		require.Equal(t, fsm.FailureOpening, failed.Failure)
		require.Equal(t, status, failed.Status)
		require.ErrorContains(t, failed, why[status])
	}

	client, err = Dial(t.Context(), url, &DialOptions{Subprotocols: []string{"a"}})
	require.NoError(t, err)
	gone := make(chan error, 1)
	go func() {
		_, _, err := client.Read(context.Background())
		gone <- err
	}()
	end = echo(<-conns)
	require.NoError(t, h.Shutdown(t.Context()))
	require.Equal(t, CloseGoingAway, CloseCode(<-gone))
	require.Error(t, <-end)
	require.Zero(t, h.Connections())

	_, err = (&Handler{MaxChallenges: -1}).Accept(httptest.NewRecorder(),
		httptest.NewRequest("GET", "/", nil))
	require.ErrorContains(t, err, "MaxChallenges is -1")
}
