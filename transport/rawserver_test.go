package transport

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/internal/upgrade"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// Messages and frames of scripts.
const (
	response101 = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\n\r\n"
	response100 = "HTTP/1.1 100 Continue\r\n\r\n"
	response401 = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"khp\"\r\n" +
		"Content-Length: 0\r\n\r\n"
	response302 = "HTTP/1.1 302 Found\r\nLocation: ws://two.example/\r\nContent-Length: 0\r\n\r\n"
	messageN    = "\xef\x83\xbfN"
)

func bin(p string) pf  { return pf{Op: opB, P: p} }
func text(p string) pf { return pf{Op: opT, P: p} }

var terminator = bin("")

// rawServer is a server that speaks bytes and frames by hand, on one connection. Its reading never
// stops, so that no write of the client waits.
type rawServer struct {
	*testing.T
	nc    net.Conn
	log   *rawLog
	head  string // opening request
	got   chan ws.Frame
	over  chan struct{} // closed when the client has sent Close or is gone
	quiet bool          // do not answer Close
}

// rawLog has the requests to the raw servers of one dial.
type rawLog struct {
	mu     sync.Mutex
	heads  []string
	frames []string // "op payload" of all that clients sent
	codes  []uint16 // of Close frames, 1005 for an empty one
}

func (l *rawLog) closeCodes() []uint16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.codes)
}

func (l *rawLog) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.frames)
}

// serveRaw plays script on nc and then answers the client's Close and ends the connection.
func serveRaw(t *testing.T, nc net.Conn, log *rawLog, script func(*rawServer)) {
	defer nc.Close()
	p := &rawServer{T: t, nc: nc, log: log, got: make(chan ws.Frame, 1<<14), over: make(chan struct{})}
	script(p)
	if p.head == "" {
		return
	}
	for f := range p.got {
		if f.Header.OpCode == opX && !p.quiet {
			p.send(pf{Op: opX, P: string(f.Payload)})
			return
		}
	}
}

// openingRequest reads the opening request.
func (p *rawServer) openingRequest() {
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b[0]) {
		if _, err := io.ReadFull(p.nc, b); err != nil {
			return
		}
	}
	p.head = string(head)
	p.log.mu.Lock()
	p.log.heads = append(p.log.heads, p.head)
	p.log.mu.Unlock()
	go p.read()
}

func (p *rawServer) read() {
	defer close(p.got)
	over := sync.OnceFunc(func() { close(p.over) })
	defer over()
	for {
		f, err := frametest.ReadFrame(p.nc)
		if err != nil {
			return
		}
		masked := f.Header.Masked
		f = ws.UnmaskFrameInPlace(f)
		p.log.mu.Lock()
		entry := map[ws.OpCode]string{opT: "text ", opB: "binary ", opX: "close ", opI: "ping ",
			opO: "pong "}[f.Header.OpCode] + string(f.Payload)
		if !masked {
			entry = "unmasked " + entry
		}
		p.log.frames = append(p.log.frames, entry)
		if f.Header.OpCode == opX {
			code := CloseNoStatus
			if len(f.Payload) > 1 {
				code = uint16(f.Payload[0])<<8 | uint16(f.Payload[1])
			}
			p.log.codes = append(p.log.codes, code)
			over()
		}
		p.log.mu.Unlock()
		p.got <- f
	}
}

// response101Opening is the answer to the opening request.
func (p *rawServer) response101Opening() string {
	_, after, _ := strings.Cut(p.head, "Sec-WebSocket-Key: ")
	key, _, _ := strings.Cut(after, "\r\n")
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " +
		string(upgrade.AppendAccept(nil, []byte(key))) +
		"\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
}

// opened completes the opening handshake. Frames follow in the same write.
func (p *rawServer) opened(frames ...pf) {
	p.openingRequest()
	p.bytes(p.response101Opening() + string(frametest.Encode(true, frames...)))
}

// asked completes the opening handshake and takes the extended request.
func (p *rawServer) asked() string {
	p.opened()
	return p.message()
}

// message waits for the next data message of the client; "" if there is none any more.
func (p *rawServer) message() string {
	for f := range p.got {
		if f.Header.OpCode.IsData() {
			return string(f.Payload)
		}
		if f.Header.OpCode == opX {
			return ""
		}
	}
	return ""
}

// bytes writes b. The client may be gone.
func (p *rawServer) bytes(b string) { _, _ = io.WriteString(p.nc, b) }

// send writes frames in one write.
func (p *rawServer) send(frames ...pf) { p.bytes(string(frametest.Encode(true, frames...))) }

// pause waits for d. It reports false if the client ends meanwhile.
func (p *rawServer) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-p.over:
		return false
	}
}

// drip writes one byte every so often.
func (p *rawServer) drip(b string, every time.Duration) {
	for i := 0; i < len(b) && p.pause(every); i++ {
		p.bytes(b[i : i+1])
	}
}

// silent waits for the client's end.
func (p *rawServer) silent() {
	for range p.got {
	}
}

// drop resets the connection.
func (p *rawServer) drop() {
	if tcp, ok := p.nc.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = p.nc.Close()
}

// rawNetwork connects a dialing client with scripts: connection i is served by script i, or the
// last one.
type rawNetwork struct {
	*testing.T
	log   rawLog
	count int
	wg    sync.WaitGroup
	tcp   bool
	play  []func(*rawServer)
}

func (n *rawNetwork) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	play := n.play[min(n.count, len(n.play)-1)]
	n.count++
	var client, server net.Conn
	if n.tcp {
		client, server = tcpPair(n.T)
	} else {
		client, server = connection(n.T)
	}
	n.wg.Go(func() { serveRaw(n.T, server, &n.log, play) })
	return client, ctx.Err()
}

// played is the result of a dial against scripts.
type played struct {
	conn *Conn
	err  error
	took time.Duration
	net  *rawNetwork
}

// dialRaw dials one.example, which the scripts serve.
func dialRaw(t *testing.T, ctx context.Context, tcp bool, o *DialOptions, scripts ...func(
	*rawServer,
)) played {
	t.Helper()
	n := &rawNetwork{T: t, tcp: tcp, play: scripts}
	opts := DialOptions{}
	if o != nil {
		opts = *o
	}
	opts.NetDial = n.dial
	start := time.Now()
	c, err := Dial(ctx, "ws://one.example/", &opts)
	return played{c, err, time.Since(start), n}
}

// end closes open connections and waits for the scripts. No goroutine may be left.
func (p played) end() {
	if p.conn != nil {
		_ = p.conn.CloseNow()
	}
	p.net.wg.Wait()
}

func wantMessage(t *testing.T, c *Conn, typ MessageType, text string) {
	t.Helper()
	got, p, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, typ, got)
	require.Equal(t, text, string(p))
}
