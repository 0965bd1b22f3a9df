package transport

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// odd is an extension that uses the possibilities that the two real ones do not use.
type odd struct {
	extension.Pass
	due  time.Time
	long bool
}

func (*odd) Name() string  { return "x-odd" }
func (*odd) Offer() string { return "a=b" }
func (*odd) Accept(extension.Request) (string, extension.Session, bool) {
	return "", &odd{}, true
}
func (*odd) Confirm(wire.Extension) (extension.Session, error) { return &odd{}, nil }

func (o *odd) Open(f extension.Flow) { o.due = f.Now().Add(time.Second) }

func (o *odd) Outgoing(f extension.Flow, m extension.Message) {
	switch string(m.Data) {
	case "swallow":
	case "forbidden":
		f.Fail(4000, "not this")
	case "long":
		f.Send(extension.Message{Kind: extension.Ping, Data: make([]byte, 126)})
	case "bad code":
		f.Fail(1005, "")
	default:
		f.Send(extension.Message{Kind: m.Kind, Data: []byte(strings.ToUpper(string(m.Data)))})
	}
}

func (o *odd) Incoming(f extension.Flow, m extension.Message) {
	if who, ok := strings.CutSuffix(string(m.Data), " long"); ok {
		o.long = who == "tick"
		if who == "answer" {
			f.Send(extension.Message{Kind: extension.Pong, Data: make([]byte, 126)})
		}
		return
	}
	for part := range strings.SplitSeq(string(m.Data), ",") {
		f.Deliver(extension.Message{Kind: m.Kind, Data: []byte(part)})
	}
}

func (o *odd) Deadline() time.Time { return o.due }

func (o *odd) Expired(f extension.Flow) {
	o.due = time.Time{}
	if o.long {
		f.Send(extension.Message{Kind: extension.Pong, Data: make([]byte, 126)})
		return
	}
	f.Send(extension.Message{Kind: extension.Binary, Data: []byte("tick")})
}

// oddPair is a server that runs odd and the raw end of its client.
func oddPair(t *testing.T, serve func(ctx context.Context, c *Conn) error) *peer {
	h := &Handler{Serve: serve, Use: []extension.Extension{&odd{}}}
	nc := servePipeBytes(t, h, strings.Replace(openingRequest, "GET /echo", "GET /odd", 1))
	_, err := nc.Read(make([]byte, 4096))
	require.NoError(t, err)
	_, err = nc.Write(frametest.Encode(false,
		bin("GET /odd HTTP/1.1\r\nHost: one.example\r\nSec-WebSocket-Extensions: x-odd\r\n\r\n")))
	require.NoError(t, err)
	response, err := frametest.ReadFrame(nc)
	require.NoError(t, err)
	require.Contains(t, string(response.Payload), "Sec-WebSocket-Extensions: x-odd\r\n")
	p := newPeer(t, nc, true)
	p.wantFrame("the terminator", opB, "")
	return p
}

func TestExtension_Sessions(t *testing.T) {
	virtual(t, "one message becomes several", func(t *testing.T) {
		p := oddPair(t, echoServe)
		p.send(text("a,b,c"), text("d"))
		for _, s := range []string{"A", "B", "C", "D"} {
			p.wantFrame("in order", opT, s)
		}
	})
	virtual(t, "several come while a Ping waits", func(t *testing.T) {
		got := make(chan string, 9)
		p := oddPair(t, func(ctx context.Context, c *Conn) error {
			if err := c.Ping(ctx); err != nil {
				return err
			}
			for {
				_, m, err := c.Read(ctx)
				if err != nil {
					return err
				}
				got <- string(m)
			}
		})
		p.wantFrame("Ping", opI, "")
		p.send(text("a,b"), text("c"), pf{Op: opO}, text("d,e"))
		synctest.Wait()
		close(got)
		var all []string
		for s := range got {
			all = append(all, s)
		}
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, all)
	})
	virtual(t, "the timer sends", func(t *testing.T) {
		p := oddPair(t, echoServe)
		p.wantFrame("sent by the timer", opB, "tick")
		p.send(text("swallow"), text("x"))
		p.wantFrame("a swallowed message is no error", opT, "X")
		p.send(text("forbidden"))
		p.wantFrame("the end", opX, "\x0f\xa0not this")
	})
	for who, message := range map[string]string{"by itself": "tick long",
		"as an answer": "answer long", "for a message": "long"} {
		virtual(t, "a Ping that is too long "+who, func(t *testing.T) {
			p := oddPair(t, echoServe)
			p.send(text(message))
			p.wantFrame("the end", opX, "\x03\xf3an extension made a Ping or Pong that is too long")
		})
	}
	virtual(t, "failing with a code that must not be sent", func(t *testing.T) {
		ended := make(chan error, 1)
		p := oddPair(t, func(ctx context.Context, c *Conn) error {
			ended <- c.Write(ctx, Text, []byte("bad code"))
			return nil
		})
		var broken *ProtocolError
		require.ErrorAs(t, <-ended, &broken)
		p.wantEnd("nothing is said")
	})
}

// A connection that has ended leaves no timer behind.
func TestExtension_TimerEnds(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		client, server := connection(t)
		c := newConn(frames.New(client, true, nil, DefaultReadLimit),
			opened{readLimit: DefaultReadLimit, sessions: []extension.Session{&odd{due: time.Now()}}})
		require.NoError(t, c.CloseNow())
		time.Sleep(time.Minute)
		_, err := server.Read(make([]byte, 1))
		require.Error(t, err)
	})
}

// A client runs the extensions that the completing response lists, and no others.
func TestExtension_ClientRunsWhatIsGranted(t *testing.T) {
	t.Attr("req", "KHP-EXT-RSP-10")
	odds := &DialOptions{Use: []extension.Extension{&odd{}}}
	virtual(t, "granted", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, odds, grantingServer("x-odd", func(p *rawServer) {
			p.send(text("a,b"))
			p.silent()
		}))
		require.NoError(t, got.err)
		wantMessage(t, got.conn, Text, "a")
		wantMessage(t, got.conn, Text, "b")
		got.end()
	})
	virtual(t, "not granted", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, odds, then101(terminator, text("a,b")))
		require.NoError(t, got.err)
		wantMessage(t, got.conn, Text, "a,b")
		got.end()
	})
}
