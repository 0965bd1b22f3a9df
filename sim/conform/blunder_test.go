package conform

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// blunder is a peer that does one thing wrong, the case that catches it, and a requirement that the
// case names.
type blunder struct {
	name    string
	profile string
	file    string // of the case
	caught  string // by this case
	names   string // requirement; "" where no text has one
	frames  func(f network.Frame) []network.Frame
	head    func(p []byte) []byte
	setup   [2]string // replaced in the file of the case, above the cases
}

func isHead(f network.Frame) bool {
	return bytes.Contains(f.Data, []byte(" HTTP/1.1\r\n")) ||
		bytes.HasPrefix(f.Data, []byte("HTTP/1.1 "))
}

func isEmpty(f network.Frame) bool { return f.Op == ws.OpBinary && len(f.Data) == 0 }

func isN(f network.Frame) bool { return string(f.Data) == "\xef\x83\xbfN" }

// swap replaces bytes in heads.
func swap(old, new string) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if isHead(f) {
			f.Data = bytes.Replace(f.Data, []byte(old), []byte(new), 1)
		}
		return []network.Frame{f}
	}
}

// add adds a field to heads that begin so.
func add(start, field string) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if isHead(f) && bytes.HasPrefix(f.Data, []byte(start)) {
			line, rest, _ := bytes.Cut(f.Data, []byte("\r\n"))
			f.Data = slices.Concat(line, []byte("\r\n"+field+"\r\n"), rest)
		}
		return []network.Frame{f}
	}
}

// without removes the lines that begin so from heads.
func without(name string) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if isHead(f) {
			f.Data = []byte(cutLines(string(f.Data), name))
		}
		return []network.Frame{f}
	}
}

func cutLines(text, name string) string {
	lines := strings.SplitAfter(text, "\r\n")
	return strings.Join(slices.DeleteFunc(lines,
		func(l string) bool { return strings.HasPrefix(l, name) }), "")
}

// drops leaves frames out.
func drops(is func(network.Frame) bool) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if is(f) {
			return nil
		}
		return []network.Frame{f}
	}
}

// behind puts a frame behind others.
func behind(is func(network.Frame) bool, more network.Frame) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if is(f) {
			more.Masked = f.Masked
			return []network.Frame{f, more}
		}
		return []network.Frame{f}
	}
}

// becomes changes frames.
func becomes(
	is func(network.Frame) bool, change func(*network.Frame),
) func(network.Frame) []network.Frame {
	return func(f network.Frame) []network.Frame {
		if is(f) {
			change(&f)
		}
		return []network.Frame{f}
	}
}

func anyFrame(network.Frame) bool { return true }

func op(code ws.OpCode) func(network.Frame) bool {
	return func(f network.Frame) bool { return f.Op == code }
}

func status(code string) func(network.Frame) bool {
	return func(f network.Frame) bool { return bytes.HasPrefix(f.Data, []byte("HTTP/1.1 "+code)) }
}

func headSwap(old, new string) func([]byte) []byte {
	return func(p []byte) []byte { return bytes.Replace(p, []byte(old), []byte(new), 1) }
}

var nFrame = network.Frame{Op: ws.OpBinary, Data: []byte("\xef\x83\xbfN")}

const (
	onServer  = "server-khp.txt"
	onClient  = "client-khp.txt"
	onServerK = "server-kaazing.txt"
	onClientK = "client-kaazing.txt"
	onServerF = "server-frames.txt"
	onClientF = "client-frames.txt"
)

var blunders = []blunder{
	{"no terminator", "spec", onServer, "khp/ext/101/terminator", "KHP-EXT-RSP-14", drops(isEmpty),
		nil, [2]string{}},
	{"terminator as text", "spec", onServer, "khp/ext/101/terminator", "KHP-EXT-RSP-14",
		becomes(isEmpty, func(f *network.Frame) { f.Op = ws.OpText }), nil, [2]string{}},
	{"refusal without terminator", "spec", onServer, "khp/ext/refusal/terminator", "KHP-EXT-RSP-14",
		drops(isEmpty), nil, [2]string{}},
	{"extension not requested", "spec", onServer, "khp/ext/extensions/none-asked", "KHP-EXT-RSP-09",
		add("HTTP/1.1 101", "Sec-WebSocket-Extensions: x-surprise"), nil, [2]string{}},
	{"empty list of extensions", "spec", onServer, "khp/ext/extensions/only-those-asked",
		"KHP-EXT-RSP-08", add("HTTP/1.1 101", "Sec-WebSocket-Extensions: "), nil, [2]string{}},
	{"path ignored", "spec", onServer, "khp/ext/request/other-path",
		"KHP-STATUS-101-03", becomes(status("400"), func(f *network.Frame) {
			f.Data = []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")
		}), nil, [2]string{}},
	{"302 without Close", "spec", onServer, "khp/ext/redirect/closes", "KHP-REDIR-01",
		drops(op(ws.OpClose)), nil, [2]string{"echo=yes", "echo=yes timeout.close=1h"}},
	{"305 without Close", "spec", onServer, "khp/status/server-closes/305", "KHP-STATUS-305-09",
		drops(op(ws.OpClose)), nil, [2]string{"echo=yes", "echo=yes timeout.close=1h"}},
	{"302 without Location", "spec", onServer, "khp/status/location/302", "KHP-REDIR-06",
		without("Location"), nil, [2]string{}},
	{"endless 202", "spec", onServer, "khp/ext/202/bounded",
		"KHP-STATUS-202-01", becomes(isHead, func(f *network.Frame) {
			f.Data = []byte("HTTP/1.1 202 Accepted\r\n\r\n")
		}), nil, [2]string{"times=1", "times=4"}},
	{"202 and nothing more", "spec", onServer, "khp/ext/202/final", "KHP-STATUS-202-01", nil, nil,
		[2]string{"/later 202 times=1", "/later never"}},
	{"N in the profile of the specification", "spec", onServer, "khp/ext/client-speaks-first",
		"KHP-EXT-02", func(f network.Frame) []network.Frame {
			if f.Op == ws.OpPong {
				return []network.Frame{nFrame, f}
			}
			return []network.Frame{f}
		}, nil, [2]string{}},
	{"answer to another key", "spec", onServer, "khp/ext/101/corresponds", "KHP-STATUS-101-03",
		swap("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: A"), nil, [2]string{}},
	{"extended 101 without Upgrade", "spec", onServer, "khp/ext/101/corresponds", "KHP-STATUS-101-01",
		without("Upgrade"), nil, [2]string{}},
	{"200 in the place of 101", "spec", onServer, "khp/ext/101/opens", "KHP-GEN-05",
		swap("HTTP/1.1 101", "HTTP/1.1 200"), nil, [2]string{}},
	{"401 without a challenge", "spec", onServer, "khp/ext/401/challenge", "KHP-STATUS-401-04",
		without("WWW-Authenticate"), nil, [2]string{}},
	{"Close behind 401", "spec", onServer, "khp/ext/401/waits", "KHP-STATUS-401-01",
		behind(isEmpty, network.Frame{Op: ws.OpClose, Data: []byte("\x03\xe8")}), nil, [2]string{}},
	{"any credentials open", "spec", onServer, "khp/ext/401/wrong-credentials", "KHP-STATUS-401-02",
		swap("HTTP/1.1 401", "HTTP/1.1 101"), nil, [2]string{}},
	{"KHP selected again", "spec", onServer, "khp/ext/protocols/none-asked", "WSP-OPEN-04",
		add("HTTP/1.1 101", "Sec-WebSocket-Protocol: x-kaazing-handshake"), nil, [2]string{}},
	{"Pong without the payload", "spec", onServer, "khp/ext/ping", "WSP-FRAME-05",
		becomes(op(ws.OpPong), func(f *network.Frame) { f.Data = nil }), nil, [2]string{}},
	{"no Pong", "spec", onServer, "khp/ext/ping", "WSP-FRAME-05", drops(op(ws.OpPong)),
		nil, [2]string{}},
	{"no answer to Close", "spec", onServer, "khp/ext/close-before-the-request", "WSP-FRAME-06",
		drops(op(ws.OpClose)), nil, [2]string{}},
	{"masked frames of a server", "spec", onServerF, "rfc6455/open/own-frames", "WSP-FRAME-04",
		becomes(anyFrame, func(f *network.Frame) { f.Masked = true }), nil, [2]string{}},
	{"reserved bits", "spec", onServerF, "rfc6455/open/own-frames", "WSP-FRAME-04",
		becomes(anyFrame, func(f *network.Frame) { f.Rsv = 2 }), nil, [2]string{}},
	{"KHP not confirmed", "spec", onServer, "khp/open/select", "KHP-OPEN-04", nil,
		headSwap("Sec-WebSocket-Protocol: x-kaazing-handshake\r\n", ""), [2]string{}},
	{"two subprotocols", "spec", onServer, "khp/open/one-protocol", "WSP-PROTO-01", nil,
		headSwap("Sec-WebSocket-Protocol: x-kaazing-handshake\r\n",
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\nSec-WebSocket-Protocol: chat\r\n"), [2]string{}},
	{"KHP for everybody", "spec", onServer, "khp/open/not-offered", "KHP-OPEN-05", nil,
		headSwap("Connection: Upgrade\r\n", "Connection: Upgrade\r\n"+
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"), [2]string{"echo=yes", "echo=yes plain=yes"}},
	{"opening 101 without Connection", "spec", onServer, "khp/open/valid-101", "KHP-OPEN-03", nil,
		headSwap("Connection: Upgrade\r\n", ""), [2]string{}},
	{"no first N", "kaazing", onServerK, "kaazing/b7/n-at-once", "", drops(isN), nil, [2]string{}},
	{"N as text", "kaazing", onServerK, "kaazing/b7/n-at-once", "",
		becomes(isN, func(f *network.Frame) { f.Op = ws.OpText }), nil, [2]string{}},
	{"N too early", "kaazing", onServerK, "kaazing/b16/second-n",
		"", becomes(status("101"), func(f *network.Frame) {
			f.Data = []byte("\xef\x83\xbfN")
		}), nil, [2]string{}},
	{"N behind 401", "kaazing", onServerK, "kaazing/b15/no-n-after-401", "KHP-EXT-RSP-14",
		behind(isEmpty, nFrame), nil, [2]string{}},
	{"fields in the wrong case", "kaazing", onServerK, "kaazing/b14/spelling-of-the-challenge", "",
		swap("WWW-Authenticate", "Www-Authenticate"), nil, [2]string{}},
	{"opening fields in the wrong case", "kaazing", onServerK, "kaazing/b4/spelling", "", nil,
		headSwap("Sec-WebSocket-Accept", "Sec-Websocket-Accept"), [2]string{}},
	{"Switching Protocols", "kaazing", onServerK, "kaazing/b3/status-line", "", nil,
		headSwap("Web Socket Protocol Handshake", "Switching Protocols"), [2]string{}},
	{"response as text", "kaazing", onServerK, "kaazing/b13/response-is-binary", "",
		becomes(isHead, func(f *network.Frame) { f.Op = ws.OpText }), nil, [2]string{}},
	{"no space behind the colon", "kaazing", onServerK, "kaazing/b13/response-is-binary", "",
		swap(": ", ":"), nil, [2]string{}},
	{"extensions in one line", "kaazing", onServerK, "kaazing/b21/one-line-each", "",
		add("HTTP/1.1 101", "Sec-WebSocket-Extensions: "+
			"x-kaazing-idle-timeout;timeout=1000,x-kaazing-ping-pong;01010102"), nil, [2]string{}},
	{"idle timeout without its period", "kaazing", onServerK, "kaazing/b22/idle-timeout", "",
		add("HTTP/1.1 101", "Sec-WebSocket-Extensions: x-kaazing-idle-timeout"), nil, [2]string{}},
	{"fragments", "kaazing", onServerK, "kaazing/b24/no-fragments",
		"", func(f network.Frame) []network.Frame {
			if len(f.Data) < 1000 {
				return []network.Frame{f}
			}
			a, b := f, f
			a.Data, a.More, b.Op, b.Data = f.Data[:1000], true, ws.OpContinuation, f.Data[1000:]
			return []network.Frame{a, b}
		}, nil, [2]string{}},
	{"bare Close after wrong credentials", "kaazing", onServerK, "kaazing/b18/wrong-credentials", "",
		drops(func(f network.Frame) bool { return isHead(f) || isEmpty(f) }), nil, [2]string{}},

	{"KHP not offered", "spec", onClient, "khp/open/request", "KHP-OPEN-01", nil,
		headSwap("x-kaazing-handshake, ", ""), [2]string{}},
	{"client without a key", "spec", onClient, "khp/open/request", "WSP-OPEN-01", nil,
		func(p []byte) []byte { return []byte(cutLines(string(p), "Sec-WebSocket-Key")) }, [2]string{}},
	{"subprotocols not repeated", "spec", onClient, "khp/ext/request/protocols", "KHP-EXT-REQ-01",
		without("Sec-WebSocket-Protocol"), nil, [2]string{}},
	{"KHP repeated", "spec", onClient, "khp/ext/request/protocols", "KHP-EXT-REQ-08",
		swap("Sec-WebSocket-Protocol: ", "Sec-WebSocket-Protocol: x-kaazing-handshake, "),
		nil, [2]string{}},
	{"empty list of extensions of a client", "spec", onClient, "khp/ext/request/extensions",
		"KHP-EXT-REQ-03", swap("x-kaazing-idle-timeout", ""), nil, [2]string{}},
	{"no request", "spec", onClient, "khp/ext/request", "KHP-EXT-01", drops(isHead), nil, [2]string{}},
	{"data behind the request", "spec", onClient, "khp/ext/request/then-silence", "KHP-EXT-02",
		behind(isHead, network.Frame{Op: ws.OpText, Data: []byte("early")}), nil, [2]string{}},
	{"unmasked frames of a client", "spec", onClientF, "rfc6455/open/own-frames", "WSP-FRAME-04",
		becomes(anyFrame, func(f *network.Frame) { f.Masked = false }), nil, [2]string{}},
	{"client without Pong", "spec", onClient, "khp/ext/ping", "WSP-FRAME-05", drops(op(ws.OpPong)),
		nil, [2]string{}},
	{"Close not answered", "spec", onClient, "khp/ext/closed-by-the-server/before-the-response",
		"WSP-FRAME-06", drops(op(ws.OpClose)), nil, [2]string{"echo=yes", "echo=yes timeout.close=1h"}},
	{"stays behind a refusal", "spec", onClient, "khp/status/client-closes/403", "KHP-STATUS-403-01",
		drops(op(ws.OpClose)), nil, [2]string{"echo=yes", "echo=yes timeout.close=1h"}},
	{"credentials unasked", "spec", onClient, "khp/ext/401/unknown-scheme", "KHP-STATUS-401-02",
		add("GET", "Authorization: Basic am9lOndlbGNvbWU="), nil, [2]string{}},
	{"replay without extensions", "spec", onClient, "khp/ext/401/replay-keeps-extensions",
		"KHP-STATUS-401-02", func(f network.Frame) []network.Frame {
			if bytes.Contains(f.Data, []byte("Authorization")) {
				return without("Sec-WebSocket-Extensions")(f)
			}
			return []network.Frame{f}
		}, nil, [2]string{}},
	{"replay without credentials", "spec", onClient, "khp/ext/401/replay", "KHP-STATUS-401-02",
		without("Authorization"), nil, [2]string{}},
	{"no marker", "kaazing", onClientK, "kaazing/a1.5/marker", "", nil,
		headSwap(".kl=Y", "x=1"), [2]string{}},
	{"fields of an upgrade in the request", "kaazing", onClientK, "kaazing/a9/fields-of-the-request",
		"", add("GET", "Upgrade: websocket"), nil, [2]string{}},
	{"names of the request in the wrong case", "kaazing", onClientK, "kaazing/a2.3/spelling", "",
		swap("Sec-WebSocket-Extensions", "Sec-Websocket-Extensions"), nil, [2]string{}},
	{"another path in the request", "kaazing", onClientK, "kaazing/a2.3/same-path", "",
		swap("GET /", "GET /another/"), nil, [2]string{}},
}

// Each blunder is caught by its case, which passes without it and names the requirement.
func TestCases_CatchBlunders(t *testing.T) {
	require.Greater(t, len(blunders), 40)
	for _, b := range blunders {
		t.Run(b.name, func(t *testing.T) {
			source, err := os.ReadFile("cases/" + b.file)
			require.NoError(t, err)
			find := func(source string) *script.Case {
				cases, err := parse(b.file, source)
				require.NoError(t, err)
				i := slices.IndexFunc(cases, func(c *script.Case) bool { return c.Name == b.caught })
				require.GreaterOrEqual(t, i, 0, "there is no case %s", b.caught)
				return cases[i]
			}
			res, err := find(string(source)).Run(script.Options{Profile: b.profile})
			require.NoError(t, err)
			require.False(t, res.Grade().Failed(), "without the blunder: %s", res)
			c := find(string(source))
			if b.setup[0] != "" {
				require.Contains(t, string(source), b.setup[0])
				c = find(strings.Replace(string(source), b.setup[0], b.setup[1], 1))
			}
			o := script.Options{Profile: b.profile}
			if b.frames != nil {
				o.Frames = func(client bool, f network.Frame) []network.Frame { return b.frames(f) }
			}
			if b.head != nil {
				o.Head = func(client bool, p []byte) []byte { return b.head(p) }
			}
			res, err = c.Run(o)
			require.NoError(t, err)
			require.True(t, res.Grade().Failed(), "%s\n%s", res, strings.Join(res.Transcript, "\n"))
			if b.names != "" {
				require.Contains(t, c.Requirements, b.names)
			}
		})
	}
}
