package transport

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// misbehaviour is a server that does something odd, and the result.
type misbehaviour struct {
	name   string // begins with the id of the scenario
	ids    string // of further requirements
	opts   DialOptions
	script func(p *rawServer)
	fail   fsm.Failure   // 0: opens
	code   uint16        // the server sees this close code; 0: none
	after  time.Duration // by which timer it ends
	open   func(t *testing.T, c *Conn)
}

// then101 completes the extended handshake and sends more in the same write.
func then101(more ...pf) func(p *rawServer) {
	return func(p *rawServer) {
		p.asked()
		p.send(append([]pf{bin(response101)}, more...)...)
	}
}

func wantMessages(frames ...pf) func(t *testing.T, c *Conn) {
	return func(t *testing.T, c *Conn) {
		t.Helper()
		for _, f := range frames {
			typ := Binary
			if f.Op == opT {
				typ = Text
			}
			wantMessage(t, c, typ, f.P)
		}
	}
}

const looksLike401 = "HTTP/1.1 401 Unauthorized\r\n\r\n"

var misbehaviours = []misbehaviour{
	{name: "ADV-17/no terminator, silence", ids: "LIV-10 KHP-CLOSE-04", script: then101(),
		fail: fsm.FailureMissingTerminator, code: 1008, after: 10 * time.Second},
	{name: "ADV-18/no terminator, application data", ids: "INV-02 KHP-CLOSE-04",
		script: then101(text("hello")), fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-18/no terminator, binary data", ids: "INV-02 INV-33", script: then101(bin("hello")),
		fail: fsm.FailureMalformed, code: 1002},
	{name: "ADV-18/silence, then data", ids: "INV-02",
		script: func(p *rawServer) { then101()(p); p.pause(3 * time.Second); p.send(bin("x")) },
		fail:   fsm.FailureMalformed, code: 1002, after: 3 * time.Second},
	{name: "ADV-19/Close instead of the terminator", ids: "INV-01 KHP-CLOSE-01",
		script: then101(pf{Op: opX, P: "\x03\xe8"}), fail: fsm.FailureMissingTerminator, code: 1000},
	{name: "ADV-20/terminator first", ids: "INV-01", script: func(p *rawServer) {
		p.asked()
		p.send(terminator, bin(response101), terminator)
	}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-21/two terminators", ids: "INV-35 INV-36",
		script: then101(terminator, terminator, text("x")), open: wantMessages(bin(""), text("x"))},
	{name: "ADV-22/text terminator", ids: "KHP-CLOSE-04", script: then101(text("")),
		fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-23/only an empty last fragment", ids: "INV-34", script: func(p *rawServer) {
		p.asked()
		p.send(pf{Op: opB, P: response101, More: true}, pf{Op: opC})
	},
		fail: fsm.FailureMissingTerminator, code: 1008, after: 10 * time.Second},
	{name: "ADV-24/terminator in fragments with Pings between", ids: "INV-30 INV-37 WSP-FRAME-03",
		script: then101(pf{Op: opB, More: true}, pf{Op: opI, P: "1"}, pf{Op: opC, More: true},
			pf{Op: opI, P: "2"}, pf{Op: opO}, pf{Op: opC}, text("x")),
		open: wantMessages(text("x"))},
	{name: "ADV-25/all at once", ids: "INV-35", script: then101(terminator, text("first"), bin(""),
		text("third")), open: wantMessages(text("first"), bin(""), text("third"))},
	{name: "ADV-25/large first message", ids: "INV-35", script: then101(terminator,
		bin(strings.Repeat("x", 300<<10))), open: wantMessages(bin(strings.Repeat("x", 300<<10)))},
	{name: "ADV-30/two deciding responses", ids: "INV-36 KHP-GEN-05", script: then101(terminator,
		bin(looksLike401), terminator), open: wantMessages(bin(looksLike401), bin(""))},
	{name: "ADV-31/401, then 101 without a replay", ids: "INV-19",
		opts: DialOptions{Credentials: auth.Basic("joe", "welcome")},
		script: func(p *rawServer) {
			p.asked()
			p.send(bin(response401), terminator, bin(response101),
				terminator)
		}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-32/response before the request", ids: "KHP-EXT-02", script: func(p *rawServer) {
		p.opened(bin(response101), terminator)
	}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-32/refusal before the request is heard",
		ids: "KHP-STATUS-503-01", script: func(p *rawServer) {
			p.opened(bin("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"), terminator,
				pf{Op: opX, P: "\x03\xe9"})
		}, fail: fsm.FailureStatus, code: 1000},
	{name: "ADV-32/Ping before the request is fine", ids: "INV-37", script: func(p *rawServer) {
		p.opened(pf{Op: opI, P: "hi"})
		p.message()
		p.send(bin(response101), terminator)
	}, open: wantMessages()},
	{name: "ADV-33/message before the request", ids: "KHP-EXT-02", script: func(p *rawServer) {
		p.opened(text("hello"))
	}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-33/N without being asked for it", ids: "INV-54", script: func(p *rawServer) {
		p.opened(bin(messageN))
	}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-33/N a little later", ids: "INV-54", script: func(p *rawServer) {
		p.asked()
		p.send(bin(messageN))
	}, fail: fsm.FailureMalformed, code: 1002},
	{name: "ADV-33/kaazing: response together with N", opts: DialOptions{Profile: Kaazing},
		script: func(p *rawServer) { p.opened(bin(messageN), bin(response101), terminator) },
		fail:   fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-33/auto: response together with N", opts: DialOptions{Profile: Auto},
		script: func(p *rawServer) { p.opened(bin(messageN), bin(response101), terminator) },
		fail:   fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-33/auto: N, and no second one",
		opts: DialOptions{Profile: Auto}, script: func(p *rawServer) {
			p.opened(bin(messageN))
			p.message()
			p.send(bin(response101), terminator, text("x"))
		}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-34/100 without Expect", ids: "KHP-STATUS-100-02", script: func(p *rawServer) {
		p.asked()
		p.send(bin(response100), terminator)
	}, fail: fsm.FailureUnexpectedContinue, code: 1002},
	{name: "ADV-62/invalid UTF-8", ids: "WSP-TEXT-01", script: func(p *rawServer) {
		p.asked()
		p.send(text("HTTP/1.1 101 \xff\r\n\r\n"))
	}, fail: fsm.FailureUTF8, code: 1007},
	{name: "ADV-62/overlong form", ids: "WSP-TEXT-01", script: func(p *rawServer) {
		p.asked()
		p.send(text("HTTP/1.1 101 \xc0\xaf\r\n\r\n"))
	}, fail: fsm.FailureUTF8, code: 1007},
	{name: "ADV-62/split inside a character", ids: "WSP-TEXT-01", script: func(p *rawServer) {
		p.asked()
		p.send(pf{Op: opT, P: "HTTP/1.1 101 Umschalten f\xc3", More: true},
			pf{Op: opC, P: "\xbcr alle\r\n\r\n"}, terminator, text("x"))
	}, open: wantMessages(text("x"))},
	{name: "ADV-65/new message inside a message", ids: "WSP-FRAME-02", script: func(p *rawServer) {
		p.asked()
		p.send(pf{Op: opB, P: "HTTP/1.1 ", More: true}, bin("101 x\r\n\r\n"))
	}, fail: fsm.FailureFrame, code: 1002},
	{name: "ADV-66/flood of Pings, nothing else", ids: "INV-37 INV-39", script: func(p *rawServer) {
		for p.asked(); p.pause(10 * time.Millisecond); {
			p.send(pf{Op: opI, P: "x"}, pf{Op: opI})
		}
	}, fail: fsm.FailureTimeout, code: 1008, after: 10 * time.Second},
	{name: "ADV-66/flood of Pings, then the response", ids: "INV-37", script: func(p *rawServer) {
		p.asked()
		p.send(strings2pings("abcdefghijklmnopqrstuvwxyz")...)
		p.send(bin(response101), terminator)
	}, open: wantMessages()},
	{name: "ADV-70/server ignores Close and goes on",
		ids: "LIV-07 WSP-CLOSE-04", script: func(p *rawServer) {
			for p.asked(); ; time.Sleep(100 * time.Millisecond) {
				if _, err := p.nc.Write(frametest.Encode(true, bin("garbage"))); err != nil {
					return
				}
			}
		}, fail: fsm.FailureMalformed, code: 1002, after: 5 * time.Second},
	{name: "ADV-71/one byte a second of the opening response", ids: "INV-39",
		script: func(p *rawServer) { p.openingRequest(); p.drip(p.response101Opening(), time.Second) },
		fail:   fsm.FailureTimeout, after: 10 * time.Second},
	{name: "ADV-71/one byte a second of a frame", ids: "INV-39", script: func(p *rawServer) {
		p.asked()
		p.drip(string(frametest.Encode(true, bin(response101))), time.Second)
	},
		fail: fsm.FailureTimeout, code: 1008, after: 10 * time.Second},
	{name: "ADV-71/one message a second", ids: "INV-39", script: func(p *rawServer) {
		p.asked()
		for i := 0; p.pause(time.Second); i++ {
			p.send(bin(response101[i : i+1]))
		}
	}, fail: fsm.FailureTimeout, code: 1008, after: 10 * time.Second},
	{name: "ADV-72/silence after TCP", ids: "LIV-01", script: func(p *rawServer) {
		p.openingRequest()
		p.silent()
	}, fail: fsm.FailureTimeout, after: 10 * time.Second},
	{name: "ADV-72/silence after the opening handshake", ids: "LIV-01", script: func(p *rawServer) {
		p.asked()
	}, fail: fsm.FailureTimeout, code: 1008, after: 10 * time.Second},
	{name: "ADV-72/silence, and Close is not answered", ids: "LIV-01 LIV-07",
		script: func(p *rawServer) { p.quiet = true; p.asked() }, fail: fsm.FailureTimeout, code: 1008,
		after: 15 * time.Second},
	{name: "ADV-80/body after 100", ids: "KHP-STATUS-100-01 INV-17",
		opts: DialOptions{Body: []byte("hello")}, script: func(p *rawServer) {
			require.Contains(p, p.asked(), "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n")
			p.send(bin(response100), terminator)
			require.Equal(p, "hello", p.message())
			p.send(bin(response101), terminator)
		}, open: wantMessages()},
	{name: "ADV-80/refused right behind 100", ids: "KHP-STATUS-100-04",
		opts: DialOptions{Body: []byte("hello")},
		script: func(p *rawServer) {
			p.asked()
			p.send(bin(response100), terminator,
				bin("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), terminator)
		}, fail: fsm.FailureStatus, code: 1000},
	{name: "ADV-80/accepted right behind 100", ids: "KHP-STATUS-100-01",
		opts: DialOptions{Body: []byte("hello")},
		script: func(p *rawServer) {
			p.asked()
			p.send(bin(response100), terminator, bin(response101),
				terminator)
		}, fail: fsm.FailureUnexpectedMessage, code: 1002},
	{name: "ADV-59/endless body", ids: "INV-38", script: func(p *rawServer) {
		p.asked()
		p.send(bin("HTTP/1.1 403 Forbidden\r\n\r\n"), bin(strings.Repeat("x", 60<<10)),
			bin(strings.Repeat("x", 60<<10)))
	}, fail: fsm.FailureLimit, code: 1009},
	{name: "ADV-59/message over the limit", ids: "INV-38", script: func(p *rawServer) {
		p.asked()
		p.bytes("\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff")
	}, fail: fsm.FailureLimit, code: 1009},
	{name: "ADV-59/10,000 small messages", ids: "INV-38", script: func(p *rawServer) {
		p.asked()
		p.send(bin("HTTP/1.1 403 Forbidden\r\nX: "))
		p.bytes(strings.Repeat(string(frametest.Encode(true, bin("x"))), 10000))
	}, fail: fsm.FailureLimit, code: 1009},
	{name: "ADV-36/202 for ever", ids: "LIV-08 KHP-STATUS-202-02", script: func(p *rawServer) {
		for p.asked(); p.pause(9 * time.Second); {
			p.send(bin("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"), terminator)
		}
	}, fail: fsm.FailureAcceptedOnly, code: 1000, after: 39 * time.Second},
}

func strings2pings(s string) (frames []pf) {
	for _, c := range s {
		frames = append(frames, pf{Op: opI, P: string(c)})
	}
	return frames
}

// Every misbehaviour over pipes with virtual time, and over TCP where no timer is needed.
func TestDial_Misbehaving(t *testing.T) {
	for _, m := range misbehaviours {
		run := func(t *testing.T, tcp bool) {
			for id := range strings.FieldsSeq(m.name[:strings.Index(m.name, "/")] + " " + m.ids) {
				t.Attr("req", id)
			}
			got := dialRaw(t, t.Context(), tcp, &m.opts, m.script)
			defer got.end()
			if m.fail == 0 {
				require.NoError(t, got.err)
				m.open(t, got.conn)
				return
			}
			require.ErrorIs(t, got.err, m.fail)
			require.Nil(t, got.conn, "nothing reaches the application")
			got.net.wg.Wait()
			if m.code != 0 {
				require.Equal(t, []uint16{m.code}, got.net.log.closeCodes())
			} else {
				require.Empty(t, got.net.log.closeCodes())
			}
			if !tcp {
				require.Equal(t, m.after, got.took)
			}
		}
		virtual(t, m.name+"/pipe", func(t *testing.T) { run(t, false) })
		if m.after == 0 {
			t.Run(m.name+"/tcp", func(t *testing.T) { run(t, true) })
		}
	}
}

// The Pongs of a handshake are those of its Pings.
func TestDial_PongsAreEqual(t *testing.T) {
	t.Attr("req", "INV-37")
	t.Attr("req", "WSP-FRAME-05")
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.asked()
			p.send(pf{Op: opI, P: "one"}, pf{Op: opB, P: response101, More: true}, pf{Op: opI, P: ""},
				pf{Op: opC}, pf{Op: opI, P: "two"}, terminator)
		})
		require.NoError(t, got.err)
		require.NoError(t, got.conn.Close(CloseNormal, ""))
		got.end()
		var pongs []string
		for _, f := range got.net.log.all() {
			if strings.HasPrefix(f, "pong ") {
				pongs = append(pongs, f)
			}
		}
		require.Equal(t, []string{"pong one", "pong ", "pong two"}, pongs)
	})
}
