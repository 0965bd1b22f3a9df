package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// asleep is a provider that waits for the end of its context.
var asleep = auth.CredentialsFunc(
	func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})

// endless are timeouts that end nothing in a test on real sockets, however slow the machine is.
var endless = Timeouts{Opening: time.Hour, Response: time.Hour, Wait: time.Hour,
	Credentials: time.Hour, Overall: time.Hour, Close: time.Hour}

// A moment is a point in the client's handshake at which something else can happen.
type moment struct {
	name   string
	opts   DialOptions
	script func(p *rawServer) // brings the client there
	leg    endpoint.Leg
	phase  fsm.ClientPhase
}

var moments = []moment{
	{name: "Opening", script: func(p *rawServer) { p.openingRequest() }, leg: endpoint.LegOpening,
		phase: fsm.ClientOpening},
	{name: "Opening, half a response", script: func(p *rawServer) {
		p.openingRequest()
		p.bytes("HTTP/1.1 101 Switching Protocols\r\nUpgr")
	}, leg: endpoint.LegOpening, phase: fsm.ClientOpening},
	{name: "AwaitProceed", opts: DialOptions{Profile: Kaazing}, script: func(p *rawServer) {
		p.opened()
	}, leg: endpoint.LegExtended, phase: fsm.ClientAwaitProceed},
	{name: "AwaitResponse", script: func(p *rawServer) { p.asked() }, leg: endpoint.LegExtended,
		phase: fsm.ClientAwaitResponse},
	{name: "AwaitResponse, half a frame", script: func(p *rawServer) {
		p.asked()
		p.bytes("\x82\x7e\x01")
	}, leg: endpoint.LegExtended, phase: fsm.ClientAwaitResponse},
	{name: "Reading", script: func(p *rawServer) { p.asked(); p.send(bin("HTTP/1.1 101 Swi")) },
		leg: endpoint.LegExtended, phase: fsm.ClientReading},
	{name: "Reading, terminator missing", script: then101(), leg: endpoint.LegExtended,
		phase: fsm.ClientReading},
	{name: "waiting after 202", script: func(p *rawServer) {
		p.asked()
		p.send(bin("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"), terminator)
	},
		leg: endpoint.LegExtended, phase: fsm.ClientAwaitResponse},
	{name: "AwaitCredentials", opts: DialOptions{Credentials: asleep}, script: func(p *rawServer) {
		p.asked()
		p.send(bin(response401), terminator)
	}, leg: endpoint.LegExtended, phase: fsm.ClientAwaitCredentials},
	{name: "AwaitConfirm", opts: DialOptions{Profile: Kaazing}, script: func(p *rawServer) {
		p.opened(bin(messageN))
		p.message()
		p.send(bin(response101), terminator)
	},
		leg: endpoint.LegExtended, phase: fsm.ClientAwaitConfirm},
}

// awaitLogin is the moment without a connection.
var awaitLogin = moment{name: "AwaitLogin",
	opts: DialOptions{Credentials: asleep}, script: func(p *rawServer) {
		p.openingRequest()
		p.bytes("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\n" +
			"Content-Length: 0\r\n\r\n")
	}, leg: endpoint.LegOpening, phase: fsm.ClientAwaitLogin}

// waiting plays a moment and then keeps the connection, answering nothing, until the client is
// gone.
func (m moment) waiting() func(p *rawServer) {
	return func(p *rawServer) { p.quiet = true; m.script(p); p.silent() }
}

// The caller's context ends the attempt at once, whatever it waits for.
func TestDial_ContextInEveryPhase(t *testing.T) {
	for _, m := range append(moments, awaitLogin) {
		virtual(t, "ADV-73/"+m.name, func(t *testing.T) {
			t.Attr("req", "ADV-73")
			t.Attr("req", "LIV-11")
			t.Attr("req", "INV-05")
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, func() { cancel(); cancel() })
			got := dialRaw(t, ctx, false, &m.opts, m.waiting())
			require.ErrorIs(t, got.err, context.Canceled)
			require.Equal(t, time.Second, got.took)
			got.end()
			var failed *HandshakeError
			require.ErrorAs(t, got.err, &failed)
			require.Zero(t, failed.Failure)
			require.Equal(t, m.leg, failed.Leg)
			require.Contains(t, failed.Error(), m.phase.String())
			require.Equal(t, []string{failed.URL}, failed.Path)

			late, stop := context.WithTimeout(t.Context(), 2*time.Second)
			defer stop()
			got = dialRaw(t, late, false, &m.opts, m.waiting())
			require.ErrorIs(t, got.err, context.DeadlineExceeded)
			require.ErrorAs(t, got.err, &failed)
			require.True(t, failed.Temporary())
			require.Equal(t, 2*time.Second, got.took)
			got.end()
		})
		t.Run("ADV-73/"+m.name+"/tcp", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			opts := m.opts
			opts.Timeouts = endless
			got := dialRaw(t, ctx, true, &opts,
				func(p *rawServer) { p.quiet = true; m.script(p); cancel(); p.silent() })
			require.ErrorIs(t, got.err, context.Canceled)
			require.Less(t, got.took, time.Minute)
			got.end()
		})
	}
}

func TestDial_ContextBeforeAnything(t *testing.T) {
	t.Attr("req", "ADV-73")
	cause := errors.New("no more time for this")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, err := Dial(ctx, "ws://one.example/", &DialOptions{
		NetDial: func(context.Context, string, string) (net.Conn, error) {
			panic("nothing is dialed")
		}})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, cause.Error())
	require.ErrorContains(t, err, "connect")
}

// Dialing and TLS end with the context and with the opening timer.
func TestDial_Connecting(t *testing.T) {
	stuck := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
	}
	mute := func(t *testing.T) (net.Conn, error) { // takes TCP, says nothing to TLS
		a, b := connection(t)
		go func() { _, _ = io.Copy(io.Discard, b) }()
		return a, nil
	}
	for _, name := range []string{"ws://one.example", "wss://one.example"} {
		virtual(t, name, func(t *testing.T) {
			dial := stuck
			if name == "wss://one.example" {
				dial = func(context.Context, string, string) (net.Conn, error) { return mute(t) }
			}
			t.Attr("req", "LIV-01")
			start := time.Now()
			_, err := Dial(t.Context(), name, &DialOptions{NetDial: dial})
			require.ErrorIs(t, err, fsm.FailureTimeout)
			require.Equal(t, 10*time.Second, time.Since(start))
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, endpoint.LegConnect, failed.Leg)
			require.Error(t, failed.Cause)

			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			start = time.Now()
			_, err = Dial(ctx, name, &DialOptions{NetDial: dial})
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, time.Second, time.Since(start))
		})
	}
}

// acceptOpening answers the opening request and reads nothing more.
func acceptOpening(nc net.Conn) {
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b[0]) {
		_, _ = nc.Read(b)
	}
	p := rawServer{nc: nc, head: string(head)}
	p.bytes(p.response101Opening())
}

// A server that does not read cannot hold up the end of an attempt, nor a write.
func TestDial_DeafServer(t *testing.T) {
	for name, script := range map[string]func(b net.Conn, ready func()){
		"opening request":  func(_ net.Conn, ready func()) { ready() },
		"extended request": func(b net.Conn, ready func()) { acceptOpening(b); ready() },
		"Close": func(b net.Conn, ready func()) {
			acceptOpening(b)
			_, _ = frametest.ReadFrame(b)
			ready()
		},
	} {
		virtual(t, name, func(t *testing.T) {
			t.Attr("req", "LIV-01")
			t.Attr("req", "ADV-73")
			run := func(ctx context.Context, ready func()) (time.Duration, error) {
				a, b := connection(t)
				defer b.Close()
				go script(b, ready)
				start := time.Now()
				_, err := Dial(ctx, "ws://one.example/", &DialOptions{
					NetDial: func(context.Context, string, string) (net.Conn, error) { return a, nil },
				})
				return time.Since(start), err
			}
			took, err := run(t.Context(), func() {})
			require.ErrorIs(t, err, fsm.FailureTimeout)
			require.LessOrEqual(t, took, 10*time.Second+10*time.Second+sock.GiveUpTimeout+5*time.Second)

			ctx, cancel := context.WithCancel(t.Context())
			took, err = run(ctx, func() { time.AfterFunc(time.Second, cancel) })
			require.ErrorIs(t, err, context.Canceled)
			require.LessOrEqual(t, took, time.Second+2*sock.GiveUpTimeout)
		})
	}
}

// The connection ends in every phase: FIN, RST.
func TestDial_LostInEveryPhase(t *testing.T) {
	for _, m := range moments {
		for how, end := range map[string]func(p *rawServer){"FIN": func(p *rawServer) {
			_ = p.nc.Close()
		}, "RST": (*rawServer).drop} {
			t.Run("ADV-68/"+m.name+"/"+how, func(t *testing.T) {
				t.Attr("req", "ADV-68")
				t.Attr("req", "INV-01")
				t.Attr("req", "KHP-CLOSE-01")
				got := dialRaw(t, t.Context(), true, &m.opts, func(p *rawServer) { m.script(p); end(p) })
				var failed *HandshakeError
				require.ErrorAs(t, got.err, &failed)
				require.Contains(t, []fsm.Failure{fsm.FailureConnectionLost, fsm.FailureMissingTerminator},
					failed.Failure)
				require.Equal(t, m.leg, failed.Leg)
				require.Error(t, failed.Cause)
				require.Nil(t, got.conn)
				got.end()
			})
		}
	}
}

// A Close frame comes in every phase, well-formed and not.
func TestDial_ClosedInEveryPhase(t *testing.T) {
	for _, c := range []struct {
		name    string
		body    string
		answer  uint16
		failure fsm.Failure
	}{
		{"1000", "\x03\xe8bye", 1000, fsm.FailurePeerClosed},
		{"4321", "\x10\xe1", 4321, fsm.FailurePeerClosed},
		{"empty", "", CloseNoStatus, fsm.FailurePeerClosed},
		{"one byte", "\x03", 1002, fsm.FailureFrame},
		{"1005", "\x03\xed", 1002, fsm.FailureFrame},
		{"1006", "\x03\xee", 1002, fsm.FailureFrame},
		{"999", "\x03\xe7", 1002, fsm.FailureFrame},
		{"reason not UTF-8", "\x03\xe8\xff", 1007, fsm.FailureUTF8},
	} {
		for _, m := range moments {
			if m.leg != endpoint.LegExtended || m.name == "AwaitResponse, half a frame" {
				continue
			}
			virtual(t, "ADV-67/"+m.name+"/"+c.name, func(t *testing.T) {
				t.Attr("req", "ADV-67")
				t.Attr("req", "INV-05")
				t.Attr("req", "INV-48")
				t.Attr("req", "WSP-FRAME-06")
				got := dialRaw(t, t.Context(), false, &m.opts, func(p *rawServer) {
					m.script(p)
					p.send(pf{Op: opX, P: c.body})
				})
				want := c.failure
				if m.name == "Reading, terminator missing" && want == fsm.FailurePeerClosed {
					want = fsm.FailureMissingTerminator
				}
				require.ErrorIs(t, got.err, want)
				require.Zero(t, got.took, "no timer is needed")
				got.end()
				require.Equal(t, []uint16{c.answer}, got.net.log.closeCodes())
			})
		}
	}
}

// Both sides send Close at the same time: nobody waits for a timer.
func TestDial_CrossingClose(t *testing.T) {
	t.Attr("req", "ADV-69")
	t.Attr("req", "LIV-12")
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.quiet = true
			p.asked()
			p.send(bin("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), terminator,
				pf{Op: opX, P: "\x03\xe8"})
			<-p.over
			_ = p.nc.Close()
		})
		require.ErrorIs(t, got.err, fsm.FailureStatus)
		require.Zero(t, got.took)
		got.end()
	})
}

// The client writes nothing but its handshake before the connection is open: there is no Conn to
// write to.
func TestDial_NothingElseIsSent(t *testing.T) {
	t.Attr("req", "ADV-74")
	t.Attr("req", "INV-03")
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil,
			func(p *rawServer) { p.asked(); p.pause(5 * time.Second); p.send(bin(response101), terminator) })
		require.NoError(t, got.err)
		synctest.Wait()
		require.Equal(t, []string{"binary GET / HTTP/1.1\r\nHost: one.example\r\n\r\n"},
			got.net.log.all())
		require.NoError(t, got.conn.Write(t.Context(), Text, []byte("now")))
		synctest.Wait()
		require.Len(t, got.net.log.all(), 2)
		got.end()
	})
}
