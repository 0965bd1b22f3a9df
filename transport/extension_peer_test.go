package transport

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/layer"
	"github.com/stretchr/testify/require"
)

// grantingServer grants element and runs script once the connection is open.
func grantingServer(element string, script func(p *rawServer)) func(p *rawServer) {
	return func(p *rawServer) {
		p.asked()
		p.send(bin(strings.Replace(response101, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: "+element+
			"\r\n\r\n", 1)), terminator)
		script(p)
	}
}

func TestExtension_SilentServer(t *testing.T) {
	idle := &DialOptions{Use: []extension.Extension{extension.IdleTimeout{}}}
	virtual(t, "given up", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false,
			idle, grantingServer("x-kaazing-idle-timeout;timeout=2000", func(p *rawServer) {
				p.pause(1500 * time.Millisecond)
				p.send(pf{Op: opI})
				p.silent()
			}))
		require.NoError(t, got.err)
		begin := time.Now()
		_, _, err := got.conn.Read(t.Context())
		require.Equal(t, 3500*time.Millisecond, time.Since(begin))
		var broken *ProtocolError
		require.ErrorAs(t, err, &broken)
		require.Equal(t, &ProtocolError{ClosePolicyViolation,
			"x-kaazing-idle-timeout: the server was silent for 2s"}, broken)
		require.ErrorIs(t, got.conn.Write(t.Context(), Text, nil), net.ErrClosed)
		got.end()
		require.Equal(t, []uint16{ClosePolicyViolation}, got.net.log.closeCodes())
	})
	virtual(t, "a long message is no silence", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false,
			idle, grantingServer("x-kaazing-idle-timeout;timeout=2000", func(p *rawServer) {
				p.drip(string(frametest.Encode(true, text("slowly"))), 1900*time.Millisecond)
				p.silent()
			}))
		wantMessage(t, got.conn, Text, "slowly")
		got.end()
	})
	virtual(t, "short reads add up", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, idle,
			grantingServer("x-kaazing-idle-timeout;timeout=2000", (*rawServer).silent))
		begin := time.Now()
		err := os.ErrDeadlineExceeded
		for err == os.ErrDeadlineExceeded {
			time.Sleep(430 * time.Millisecond) // in which no call reads
			ctx, cancel := context.WithTimeout(t.Context(), 70*time.Millisecond)
			if _, _, err = got.conn.Read(ctx); err == context.DeadlineExceeded {
				err = os.ErrDeadlineExceeded
			}
			cancel()
		}
		var broken *ProtocolError
		require.ErrorAs(t, err, &broken, "a cancelled Read does no harm, and its time counts")
		require.Equal(t, 28*500*time.Millisecond+470*time.Millisecond, time.Since(begin))
		got.end()
	})
	virtual(t, "closing has a time of its own", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false,
			idle, grantingServer("x-kaazing-idle-timeout;timeout=2000", func(p *rawServer) {
				p.quiet = true
				p.silent()
			}))
		begin := time.Now()
		require.ErrorIs(t, got.conn.Close(CloseNormal, ""), context.DeadlineExceeded)
		require.Equal(t, closeTimeout, time.Since(begin))
		got.end()
	})
	virtual(t, "nobody listens", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false,
			idle, grantingServer("x-kaazing-idle-timeout;timeout=2000", func(p *rawServer) {
				p.pause(time.Minute)
				p.send(text("here I am"))
				p.silent()
			}))
		time.Sleep(59 * time.Second)
		wantMessage(t, got.conn, Text, "here I am")
		got.end()
	})
}

// A peer that asks and does not read is answered later, and not without end.
func TestExtension_PeerDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nc := kaazingClient(t, &Handler{Use: kaazingUse(time.Hour)[1:]}, "JavaScript", grantedPing)
		ping := frametest.Encode(false, text(escapeBytes+"\x09\x00"))
		sent := 0
		for ; sent < 20000; sent++ {
			if _, err := nc.Write(ping); err != nil {
				break
			}
		}
		require.Equal(t, layer.MaxOwed/len(jsPong)+2, sent, "as many answers as fit")
	})
}

func TestExtension_PeerReadsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nc := kaazingClient(t, &Handler{Use: kaazingUse(time.Hour)[1:]}, "JavaScript", grantedPing)
		const pings = 100
		for range pings {
			_, err := nc.Write(frametest.Encode(false, text(escapeBytes+"\x09\x00")))
			require.NoError(t, err)
		}
		synctest.Wait()
		go func() { _, _ = nc.Write(frametest.Encode(false, text("and now"))) }()
		for range pings {
			f, err := frametest.ReadFrame(nc)
			require.NoError(t, err)
			require.Equal(t, jsPong[2:], string(f.Payload))
		}
		f, err := frametest.ReadFrame(nc)
		require.NoError(t, err)
		require.Equal(t, "and now", string(f.Payload))
	})
}
