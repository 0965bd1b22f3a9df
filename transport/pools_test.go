package transport

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pooledTalk is one connection: the messages of its client, its end, and how the application reads
// and answers.
type pooledTalk struct {
	secret   string // in credentials and messages
	compress bool
	dialed   bool // by Dial, else by hand
	sizes    []int
	shapes   []string // of each message
	end      string
}

// earlierSecret begins the secrets of connections before the one that is looked at.
const earlierSecret = "hunter2"

func drawPooledTalk(t *rapid.T, secret string) pooledTalk {
	x := pooledTalk{secret: secret, compress: rapid.Bool().Draw(t, "compress"),
		dialed: rapid.IntRange(0, 2).Draw(t, "dialed") == 0,
		end: rapid.SampledFrom([]string{"close", "cut", "half", "bad", "long", "utf8", "packed garbage",
			"opening", "half an opening", "request", "nobody", "silent"}).Draw(t, "end")}
	for range rapid.IntRange(0, 5).Draw(t, "messages") {
		x.sizes = append(x.sizes, rapid.SampledFrom([]int{0, 1, 63, 125, 126, 4090, 17_000, 70_000}).
			Draw(t, "size"))
		x.shapes = append(x.shapes, rapid.SampledFrom([]string{"whole", "fragments", "packed",
			"packed fragments"}).Draw(t, "shape"))
	}
	return x
}

// message is the text of a message.
func (x *pooledTalk) message(i int) string {
	return strings.Repeat(fmt.Sprint(x.secret, i, " "), x.sizes[i]/2+1)[:x.sizes[i]]
}

// pooledRun is the visible course of a connection, on both sides.
type pooledRun struct {
	*testing.T
	mu    sync.Mutex
	lines map[string][]string // of each side, in order
	kept  [][]byte            // messages that the application got, and holds on to
	was   []string            // that it was
}

func (r *pooledRun) note(side, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[side] = append(r.lines[side], fmt.Sprintf(format, args...))
}

// got notes memory that is handed out, and that its new owner may read up to its capacity.
func (r *pooledRun) got(whom string, p []byte) {
	r.note(whom, "gets %q", p)
	if bytes.Contains(p[:cap(p)], []byte(earlierSecret)) && !bytes.Contains(p, []byte(earlierSecret)) {
		r.note(whom, "and behind it there is a secret of another connection")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept, r.was = append(r.kept, p), append(r.was, string(p))
}

// Observe implements Observer. Views are good during the call only.
func (r *pooledRun) Observe(ev Event) {
	if ev.Kind == EventSend || ev.Kind == EventSendOpening || ev.Phase == "" {
		ev.Data = []byte(date.ReplaceAllString(string(ev.Data), ""))
	}
	r.note("observer", "%v %v %d %s", ev.Kind, ev.Phase, ev.Code, ev.Text)
	if all := ev.Data[:cap(ev.Data)]; bytes.Contains(all, []byte(earlierSecret)) {
		r.note("observer", "behind an observer's data there is %q", all)
	}
}

// Authenticate lets in joe, with any secret.
func (r *pooledRun) Authenticate(_ context.Context, q *Request) (auth.Verdict, error) {
	_, value := q.Credentials()
	text, _ := base64.StdEncoding.DecodeString(value)
	r.got("authenticator", text)
	if strings.HasPrefix(string(text), "joe:") {
		return auth.Verdict{Allow: true, Principal: string(text)}, nil
	}
	return auth.Verdict{Challenges: []string{q.Challenge("Basic", "r")}}, nil
}

// serve is the application: it reads messages whole and in pieces, and answers likewise.
func (r *pooledRun) serve(ctx context.Context, c *Conn) error {
	q := c.Request()
	r.note("server", "principal %v, fields %v", q.Principal, q.Header)
	for i := 0; ; i++ {
		t, p, err := r.receive(ctx, c, i)
		r.note("server", "reads %v, %v", t, err)
		if err != nil {
			return err
		}
		r.got("server", p)
		if err := r.answer(ctx, c, i, t, p); err != nil {
			r.note("server", "writes: %v", err)
			return err
		}
	}
}

func (r *pooledRun) receive(ctx context.Context, c *Conn, i int) (MessageType, []byte, error) {
	if i%2 == 0 {
		return c.Read(ctx)
	}
	t, in, err := c.Reader(ctx)
	if err != nil {
		return t, nil, err
	}
	var all []byte
	for {
		piece := make([]byte, 100+7*i, 5000)
		n, err := in.Read(piece)
		if all = append(all, piece[:n]...); bytes.Contains(piece[n:cap(piece)], []byte(earlierSecret)) {
			r.note("server", "a secret of another connection is behind a piece")
		}
		switch {
		case err == io.EOF:
			return t, all, nil
		case err != nil:
			return t, nil, err
		}
	}
}

func (r *pooledRun) answer(ctx context.Context, c *Conn, i int, t MessageType, p []byte) error {
	if i%3 != 1 {
		return c.Write(ctx, t, p)
	}
	w, err := c.Writer(ctx, t)
	for ; err == nil && len(p) > 0; p = p[min(len(p), 999):] {
		_, err = w.Write(p[:min(len(p), 999)])
	}
	if err == nil {
		err = w.Close()
	}
	return err
}

// run has the connection take place.
func (x *pooledTalk) run(t *testing.T) *pooledRun {
	r := &pooledRun{T: t, lines: map[string][]string{}}
	log := &bytes.Buffer{}
	h := &Handler{Serve: r.serve, Authenticator: r, Observer: r, ReadLimit: 100_000,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug,
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey || a.Key == "took" || a.Key == "open" {
					return slog.Attr{}
				}
				return a
			}})), Timeouts: Timeouts{Request: time.Second, Replay: time.Second}}
	if x.compress {
		h.Compression = &Compression{}
	}
	l := newPipeListener()
	s := &Server{Route: func(string, string) *Handler { return h }, OpeningTimeout: time.Second}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	if x.dialed {
		x.dial(r, l)
	} else {
		x.byHand(r, l)
	}
	synctest.Wait()
	time.Sleep(time.Minute)
	_ = s.Close()
	<-served
	synctest.Wait()
	r.note("log", "%s", log)
	return r
}

// dial is the client of the library.
func (x *pooledTalk) dial(r *pooledRun, l *pipeListener) {
	password := x.secret
	user := map[bool]string{true: "nobody", false: "joe"}[x.end == "nobody"]
	o := &DialOptions{Credentials: auth.Basic(user, password),
		NetDial: func(context.Context, string, string) (net.Conn, error) {
			a, b := connection(r.T)
			l.queue <- b
			return a, nil
		}}
	if x.compress {
		o.Compression = &Compression{}
	}
	c, err := Dial(r.Context(), "ws://one.example/"+x.secret, o)
	r.note("client", "dialed: %v", err)
	if err != nil {
		return
	}
	for i := range x.sizes {
		if err := r.answer(r.Context(), c, i+2, Text, []byte(x.message(i))); err != nil {
			r.note("client", "writes: %v", err)
			break
		}
		t, p, err := r.receive(r.Context(), c, i)
		r.note("client", "reads %v, %v", t, err)
		if err != nil {
			break
		}
		r.got("client", p)
	}
	if x.end == "close" {
		_ = c.Close(CloseNormal, x.secret)
	}
	_ = c.NetConn().Close()
}

// byHand is a client by hand, which may break off or break the rules anywhere.
func (x *pooledTalk) byHand(r *pooledRun, l *pipeListener) {
	nc, server := connection(r.T)
	l.queue <- server
	all := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(nc)
		all <- b
	}()
	for _, step := range x.steps() {
		_, _ = nc.Write(step)
		synctest.Wait() // the application decides beside the reading
	}
	if x.end == "silent" {
		time.Sleep(time.Minute)
	}
	_ = nc.Close()
	b := <-all
	r.note("client", "gets %q", date.ReplaceAll(b, nil))
}

// steps has the bytes that a client by hand sends: the opening request, the extended one, and the
// rest.
func (x *pooledTalk) steps() [][]byte {
	text := strings.Replace(openingRequest, "\r\n\r\n", "\r\nCookie: s="+x.secret+"\r\n", 1)
	if x.compress {
		text += "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	}
	text = strings.Replace(text+"\r\n", "/echo", "/"+x.secret, 1)
	switch x.end {
	case "opening":
		return [][]byte{[]byte(strings.Replace(text, "Version: 13", "Version: 7", 1))}
	case "half an opening":
		return [][]byte{[]byte(text[:len(text)-20])}
	}
	user := map[bool]string{true: "nobody:", false: "joe:"}[x.end == "nobody"]
	credentials := base64.StdEncoding.EncodeToString([]byte(user + x.secret))
	request := "GET /" + x.secret + " HTTP/1.1\r\nHost: one.example\r\nAuthorization: Basic " +
		credentials + "\r\n\r\n"
	if x.end == "request" {
		request = request[:len(request)/2]
	}
	var frames []pf
	codec := &deflate.Codec{}
	for i := range x.sizes {
		f := pf{Op: opT, P: x.message(i)}
		if x.compress && strings.HasPrefix(x.shapes[i], "packed") {
			var b bytes.Buffer
			codec.Compress(&b, []byte(f.P))
			codec.Sent([]byte(f.P))
			f.P, f.Rsv = b.String(), 4
		}
		if n := len(f.P) / 2; strings.HasSuffix(x.shapes[i], "fragments") {
			frames = append(frames, pf{Op: opT, P: f.P[:n], Rsv: f.Rsv, More: true},
				pf{Op: ws.OpPing, P: x.secret}, pf{Op: ws.OpContinuation, P: f.P[n:]})
			continue
		}
		frames = append(frames, f)
	}
	switch x.end {
	case "close":
		frames = append(frames, pf{Op: opX, P: "\x03\xe8" + x.secret})
	case "bad":
		frames = append(frames, pf{Op: ws.OpContinuation, P: x.secret})
	case "long":
		frames = append(frames, pf{Op: opB, P: x.secret, Claim: 100_001})
	case "utf8":
		frames = append(frames, pf{Op: opT, P: x.secret + "\xff"})
	case "packed garbage":
		frames = append(frames, pf{Op: opT, P: x.secret + x.secret, Rsv: 4})
	}
	b := frametest.Encode(false, frames...)
	if x.end == "half" && len(b) > 7 {
		b = b[:len(b)-len(b)%7-1]
	}
	return [][]byte{[]byte(text), frametest.Encode(false, bin(request)), b}
}

// spoilPools leaves secrets in memory that is used again, as connections may.
func spoilPools() {
	var buffers []*sock.Buffer
	var wides []*sock.Wide
	for range 4 {
		buffers, wides = append(buffers, sock.GetBuffer()), append(wides, sock.GetWide())
	}
	for i := range buffers {
		fill(buffers[i][:])
		fill(wides[i].Bytes())
		sock.PutBuffer(buffers[i])
		sock.PutWide(wides[i])
	}
}

func fill(b []byte) {
	for n := 0; n < len(b); {
		n += copy(b[n:], earlierSecret+" ")
	}
}

// A connection on memory that others have used, whatever became of them, is to its peer, the
// application, observers and the log what it is on new memory, to the byte. Nothing of the others
// is found in memory that anybody is handed, and what was handed out before stays as it was.
func TestPools_Clean(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one := drawPooledTalk(rt, "mine")
		var before []pooledTalk
		for i := range rapid.IntRange(1, 4).Draw(rt, "before") {
			before = append(before, drawPooledTalk(rt, fmt.Sprint(earlierSecret, i)))
		}
		var alone, after *pooledRun
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			runtime.GC() // twice: the contents of a pool survive one
			runtime.GC()
			alone = one.run(t)
			var earlier []*pooledRun
			for i := range before {
				earlier = append(earlier, before[i].run(t))
			}
			spoilPools()
			after = one.run(t)
			for _, e := range append(earlier, alone) {
				for i, p := range e.kept {
					if string(p) != e.was[i] {
						wrong = fmt.Sprintf("%q became %q", e.was[i], p)
					}
				}
			}
		})
		require.Empty(rt, wrong)
		for side, lines := range alone.lines {
			require.Equal(rt, lines, after.lines[side], "%s: %+v after %+v", side, one, before)
		}
		require.Len(rt, after.lines, len(alone.lines))
		require.NotContains(rt, fmt.Sprint(after.lines), earlierSecret)
	})
}
