package transport

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// ends is an observer of all events.
type ends struct {
	mu  sync.Mutex
	all []Event
	end chan Event
}

func (e *ends) Observe(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, ev)
}

func (e *ends) ObserveEnd(ev Event) { e.end <- ev }

// An EndObserver learns the outcome of a connection, on either side and however messages were
// moved.
func TestObserver_End(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		server, client := &ends{end: make(chan Event, 1)}, &ends{end: make(chan Event, 1)}
		prepared, err := Prepare(Text, []byte("prepared"))
		require.NoError(t, err)
		h := &Handler{Observer: server, Serve: func(ctx context.Context, c *Conn) error {
			for range 2 {
				if _, _, err := c.Read(ctx); err != nil {
					return err
				}
			}
			_, r, err := c.Reader(ctx)
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err == nil {
				err = c.WritePrepared(ctx, prepared)
			}
			if err == nil {
				time.Sleep(time.Minute)
				err = c.Close(4000, "enough")
			}
			return err
		}}
		c, err := Dial(t.Context(), "ws://server.example/path?q", &DialOptions{
			Observer: client, NetDial: func(context.Context, string, string) (net.Conn, error) {
				a, b := connection(t)
				go func() { _ = (&Server{Handler: h}).Serve(&oneListener{conn: b}) }()
				return a, nil
			}})
		require.NoError(t, err)
		require.NoError(t, c.Write(t.Context(), Text, []byte("12345")))
		require.NoError(t, c.Write(t.Context(), Binary, nil))
		w, err := c.Writer(t.Context(), Binary)
		require.NoError(t, err)
		_, err = w.Write(make([]byte, 10000))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		wantMessage(t, c, Text, "prepared")
		_, _, err = c.Read(t.Context())
		require.Equal(t, uint16(4000), CloseCode(err))

		to, from := Traffic{3, 10005}, Traffic{1, 8}
		for i, x := range []struct {
			got            Event
			sent, received Traffic
			url            string
		}{{<-client.end, to, from, "ws://server.example/path?q"}, {<-server.end, from, to, "/path?q"}} {
			require.Equal(t, i == 1, x.got.Server)
			require.Equal(t, time.Now().Unix(), x.got.Time.Unix())
			require.Equal(t, EventEnd, x.got.Kind)
			require.Equal(t, uint16(4000), x.got.Code)
			require.Equal(t, time.Minute, x.got.Duration)
			require.Equal(t, x.sent, x.got.Sent)
			require.Equal(t, x.received, x.got.Received)
			require.Equal(t, x.url, x.got.URL)
			require.NotZero(t, x.got.Conn)
		}
		last := client.all[len(client.all)-1]
		require.Equal(t, EventOpen, last.Kind)
		require.Equal(t, 101, last.Status)
		for _, ev := range client.all {
			require.Equal(t, "ws://server.example/path?q", ev.URL, ev.Kind)
		}
	})
}

// A failure is there as a value, and not in words only.
func TestObserver_Failure(t *testing.T) {
	client := &ends{}
	url := serve(t, &Handler{Decide: func(context.Context, *Request) (Decision, error) {
		return Refuse(404, ""), nil
	}})
	_, err := Dial(t.Context(), url+"/nowhere", &DialOptions{Observer: client})
	require.Error(t, err)
	last := client.all[len(client.all)-1]
	require.Equal(t, EventFail, last.Kind)
	require.Equal(t, fsm.FailureStatus, last.Failure)
	require.Equal(t, 404, last.Status)
	require.True(t, strings.HasSuffix(last.URL, "/nowhere"))
}

// oneListener has one connection.
type oneListener struct {
	conn net.Conn
	once sync.Once
	net.Listener
}

func (l *oneListener) Accept() (nc net.Conn, err error) {
	err = net.ErrClosed
	l.once.Do(func() { nc, err = l.conn, nil })
	return nc, err
}

func (l *oneListener) Close() error   { return nil }
func (l *oneListener) Addr() net.Addr { return &net.TCPAddr{} }

// The code of an end is that of the peer's Close frame, or of the rule that the peer broke, or else
// of the first Close frame that was sent, or of none.
func TestWatched_Ends(t *testing.T) {
	broken := &ProtocolError{Code: CloseInvalidPayload}
	for _, c := range []struct {
		sent []uint16
		err  error
		want uint16
	}{
		{nil, nil, CloseAbnormal}, {nil, io.ErrUnexpectedEOF, CloseAbnormal},
		{[]uint16{CloseGoingAway, CloseNormal}, net.ErrClosed, CloseGoingAway},
		{[]uint16{CloseGoingAway}, &CloseError{Code: CloseNormal}, CloseNormal},
		{[]uint16{CloseProtocolError}, broken, CloseInvalidPayload},
	} {
		to := &ends{end: make(chan Event, 1)}
		w := &watched{to: to, conn: 7, url: "ws://server.example/", since: time.Now()}
		for _, code := range c.sent {
			w.closes(code)
		}
		w.ends(c.err)
		got := <-to.end
		require.Equal(t, c.want, got.Code, "%v %v", c.sent, c.err)
		require.Equal(t, c.err, got.Err)
		require.Equal(t, uint64(7), got.Conn)
	}
}
