package transport

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// wantNoLeaks checks at the end of the test that no goroutine is left that was not there before.
func wantNoLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for range 30000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			<-tick.C
		}
		stacks := make([]byte, 1<<20)
		require.Fail(t, "goroutines are left", "%d, before %d:\n%s",
			runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
	})
}

// The server's side of the TCP stream is cut at every byte: no cut opens the connection, each ends
// in a typed error, at once.
func TestDial_CutAtEveryByte(t *testing.T) {
	wantNoLeaks(t)
	for name, c := range map[string]struct {
		opts  DialOptions
		parts []string // after the opening response: the answer to each message of the client
		early string   // right after the opening response
	}{
		"spec": {parts: []string{string(frametest.Encode(true, bin(response101), terminator))}},
		"credentials": {opts: DialOptions{Credentials: auth.Basic("joe", "welcome")},
			parts: []string{string(frametest.Encode(true, bin(response401), terminator)),
				string(frametest.Encode(true, bin(response101), terminator))}},
		"kaazing": {opts: DialOptions{Profile: Kaazing},
			early: string(frametest.Encode(true, bin(messageN))),
			parts: []string{string(frametest.Encode(true, bin(response101), terminator, bin(messageN)))}},
		"auto": {opts: DialOptions{Profile: Auto},
			parts: []string{string(frametest.Encode(true, bin(response101), terminator))}},
		"auto, N": {opts: DialOptions{Profile: Auto},
			early: string(frametest.Encode(true, bin(messageN))),
			parts: []string{string(frametest.Encode(true, bin(response101), terminator, bin(messageN)))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Attr("req", "ADV-68")
			t.Attr("req", "INV-01")
			t.Attr("req", "INV-05")
			t.Attr("req", "LIV-01")
			c.opts.Timeouts = endless
			for cut := 0; ; cut++ {
				whole := false
				got := dialRaw(t, t.Context(), true, &c.opts, func(p *rawServer) {
					left := cut
					write := func(b string) bool {
						p.bytes(b[:min(left, len(b))])
						if left < len(b) {
							_ = p.nc.Close()
							return false
						}
						left -= len(b)
						return true
					}
					p.openingRequest()
					if !write(p.response101Opening() + c.early) {
						return
					}
					for _, part := range c.parts {
						p.message()
						if !write(part) {
							return
						}
					}
					whole = true
				})
				require.Less(t, got.took, time.Minute)
				if got.err == nil {
					got.end()
					require.True(t, whole, "open after %d bytes", cut)
					return
				}
				var failed *HandshakeError
				require.ErrorAs(t, got.err, &failed)
				require.Contains(t, []fsm.Failure{fsm.FailureConnectionLost, fsm.FailureMissingTerminator},
					failed.Failure, "cut at %d: %v", cut, got.err)
				got.end()
			}
		})
	}
}

// A response is split over messages, and a message over frames with control frames between, at
// every byte.
func TestDial_SplitAtEveryByte(t *testing.T) {
	run := func(t *testing.T, frames func(i int) []pf) {
		for i := 1; i < len(response101); i++ {
			got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
				p.asked()
				p.send(append(frames(i), terminator, text("first"))...)
			})
			require.NoError(t, got.err, "split at %d", i)
			wantMessage(t, got.conn, Text, "first")
			got.end()
		}
	}
	virtual(t, "ADV-26/messages", func(t *testing.T) {
		t.Attr("req", "ADV-26")
		t.Attr("req", "INV-31")
		run(t, func(i int) []pf { return []pf{bin(response101[:i]), bin(response101[i:])} })
	})
	virtual(t, "ADV-27/frames", func(t *testing.T) {
		t.Attr("req", "ADV-27")
		t.Attr("req", "INV-30")
		t.Attr("req", "WSP-FRAME-03")
		run(t, func(i int) []pf {
			return []pf{{Op: opB, P: response101[:i], More: true}, {Op: opI, P: "?"}, {Op: opC, More: true},
				{Op: opO}, {Op: opC, P: response101[i:]}}
		})
	})
}

// recorder is an Observer that keeps the comparable parts of events.
type recorder struct {
	mu     sync.Mutex
	events []Event
}

func (r *recorder) Observe(ev Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, ev)
}

// story lists the events, without times, numbers and keys.
func (r *recorder) story() (list []Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.events {
		ev.Time, ev.Conn = time.Time{}, 0
		if ev.Kind == EventSendOpening || ev.Kind == EventReceiveOpening {
			ev.Data = nil
		}
		list = append(list, ev)
	}
	return list
}

// TCP may deliver byte by byte or all at once: the same happens.
func TestDial_Delivery(t *testing.T) {
	stories := map[Profile][]Event{}
	for _, how := range []string{"all at once", "byte by byte"} {
		for _, profile := range []Profile{Spec, Kaazing, Auto} {
			virtual(t, "ADV-28/"+profile.String()+"/"+how, func(t *testing.T) {
				t.Attr("req", "ADV-28")
				t.Attr("req", "INV-32")
				var seen recorder
				got := dialRaw(t, t.Context(), false, &DialOptions{Profile: profile, Observer: &seen,
					Subprotocols: []string{"a"}, Credentials: auth.Basic("joe", "welcome")}, func(p *rawServer) {
					write := p.bytes
					if how == "byte by byte" {
						write = func(s string) {
							for i := range len(s) {
								p.bytes(s[i : i+1])
							}
						}
					}
					answer := []pf{bin("HTTP/1.1 101 Yes\r\nSec-WebSocket-Protocol: a\r\n\r\n"), terminator}
					p.openingRequest()
					opening := p.response101Opening()
					if profile != Spec {
						opening += string(frametest.Encode(true, bin(messageN)))
						answer = append(answer, bin(messageN))
					}
					write(opening)
					p.message()
					write(string(frametest.Encode(true, pf{Op: opI, P: "?"}, bin(response401), terminator)))
					p.message()
					write(string(frametest.Encode(true, append(answer, text("first"))...)))
				})
				require.NoError(t, got.err)
				wantMessage(t, got.conn, Text, "first")
				got.end()
				story := seen.story()
				for i := range story {
					story[i].ctx = nil // that of this test
				}
				if stories[profile] == nil {
					stories[profile] = story
				}
				require.Equal(t, stories[profile], story)
			})
		}
	}
	require.Len(t, stories, 3)
}

// Frames against the rules end the handshake with 1002, on either side, in the middle of the
// handshake.
func TestDial_BadFrames(t *testing.T) {
	long := strings.Repeat("x", 126)
	for name, f := range badFrames(long) {
		virtual(t, "ADV-64/"+name, func(t *testing.T) {
			t.Attr("req", "ADV-64")
			t.Attr("req", "WSP-CLOSE-02")
			t.Attr("req", "WSP-FRAME-04")
			got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
				p.asked()
				p.send(bin(response101), f, terminator)
			})
			require.ErrorIs(t, got.err, fsm.FailureFrame)
			got.end()
			require.Equal(t, []uint16{CloseProtocolError}, got.net.log.closeCodes())
		})
	}
	// although it has sent more than was read
	t.Run("ADV-64/the server hears of it", func(t *testing.T) {
		got := dialRaw(t, t.Context(), true, nil, func(p *rawServer) {
			p.asked()
			p.send(pf{Op: opB, Rsv: 4})
			p.bytes(strings.Repeat("rubbish", 10000))
		})
		require.ErrorIs(t, got.err, fsm.FailureFrame)
		got.end()
		require.Equal(t, []uint16{CloseProtocolError}, got.net.log.closeCodes())
	})
}

func badFrames(long string) map[string]pf {
	return map[string]pf{
		"RSV1": {Op: opB, Rsv: 4}, "RSV2": {Op: opT, Rsv: 2}, "RSV3 of a Ping": {Op: opI, Rsv: 1},
		"reserved opcode 3": {Op: 3}, "reserved opcode 15": {Op: 15},
		"wrong masking":   {Op: opB, Mask: true},
		"fragmented Ping": {Op: opI, More: true}, "Ping of 126 bytes": {Op: opI, P: long},
		"stray continuation": {Op: opC},
	}
}

// Each connection has a key of its own, also those of one Dial (RFC 6455 section 4.1).
func TestDial_KeysDiffer(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		seen := map[string]bool{}
		for range 4 {
			got := dialRaw(t, t.Context(), false, nil,
				func(p *rawServer) { p.asked(); p.send(bin(response302), terminator); <-p.over },
				func(p *rawServer) { p.asked(); p.send(bin(response101), terminator) })
			require.NoError(t, got.err)
			got.end()
			for _, head := range got.net.log.heads {
				r := parseRequest(t, head)
				key := r.Header.Get("Sec-WebSocket-Key")
				require.True(t, upgrade.ValidKey([]byte(key)), key)
				seen[key] = true
			}
		}
		require.Len(t, seen, 8)
	})
}

// A redirect is followed however the old connection ends.
func TestDial_RedirectEnds(t *testing.T) {
	second := func(p *rawServer) { p.asked(); p.send(bin(response101), terminator) }
	t.Run("ADV-16/reset before the terminator", func(t *testing.T) {
		t.Attr("req", "ADV-16")
		got := dialRaw(t, t.Context(), true, nil,
			func(p *rawServer) { p.asked(); p.send(bin(response302)); <-p.over; p.drop() }, second)
		require.NoError(t, got.err)
		require.Equal(t, "ws://two.example/", got.conn.URL())
		got.end()
	})
	virtual(t, "ADV-14/the socket stays open", func(t *testing.T) {
		t.Attr("req", "ADV-14")
		t.Attr("req", "INV-28")
		t.Attr("req", "LIV-07")
		gone := make(chan struct{})
		got := dialRaw(t, t.Context(), false, nil,
			func(p *rawServer) {
				p.quiet = true
				p.asked()
				p.send(bin(response302), terminator)
				p.silent()
				close(gone)
			},
			func(p *rawServer) { <-gone; second(p) })
		require.NoError(t, got.err)
		require.Equal(t, 5*time.Second, got.took)
		got.end()
		require.Equal(t, []uint16{CloseNormal}, got.net.log.closeCodes()[:1])
	})
	virtual(t, "its end is no cause of a later failure", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil,
			func(p *rawServer) { p.asked(); p.send(bin(response302), terminator); <-p.over; p.drop() },
			func(p *rawServer) { p.asked(); p.silent() })
		require.ErrorIs(t, got.err, fsm.FailureTimeout)
		var failed *HandshakeError
		require.ErrorAs(t, got.err, &failed)
		require.NoError(t, failed.Cause)
		got.end()
	})
	virtual(t, "ADV-15/cut in the middle of Location", func(t *testing.T) {
		t.Attr("req", "ADV-15")
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.asked()
			p.send(bin("HTTP/1.1 302 Found\r\nLocation: ws://two"))
			_ = p.nc.Close()
		})
		require.ErrorIs(t, got.err, fsm.FailureConnectionLost)
		got.end()
	})
}
