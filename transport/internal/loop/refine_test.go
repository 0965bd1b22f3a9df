package loop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// loopStep is something that is done to a loop.
type loopStep struct {
	what string
	n    int
}

func drawLoopStep(t *rapid.T) loopStep {
	what := strings.Fields("happen happen happen happen happen happen text text text text frame " +
		"frame frame frame upgrade upgrade upgrade upgrade hold hold proceed proceed due due message " +
		"message pong close flush bytes flood disconnect disconnect connect connect " +
		"connect context interrupt later later next end end end wait amid amid amid " +
		"reconnect reconnect words")
	return loopStep{rapid.SampledFrom(what).Draw(t, "what"), rapid.IntRange(0, 11).Draw(t, "n")}
}

// told is a net.Conn that tells how it is used.
type told struct {
	*socket
	j    *journal
	gone atomic.Bool  // the loop has disconnected it
	sets atomic.Int32 // deadlines of writes alone, since the last one
	both func() bool  // the end of the stream comes with the last bytes
}

func (s *told) deadline() {
	if s.gone.Load() {
		s.j.note("a deadline of a connection that is over")
	}
}

func (s *told) SetDeadline(t time.Time) error { s.deadline(); return s.socket.SetDeadline(t) }
func (s *told) SetReadDeadline(t time.Time) error {
	s.deadline()
	return s.socket.SetReadDeadline(t)
}
func (s *told) SetWriteDeadline(t time.Time) error {
	s.deadline()
	s.sets.Add(1)
	return s.socket.SetWriteDeadline(t)
}

// calls is how often a deadline was set.
func (s *told) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deadlines
}

func (s *told) Read(p []byte) (n int, err error) {
	if n, err = s.socket.Read(p); n > 0 && s.both() {
		err = io.EOF
	}
	return n, err
}

func (s *told) Write(p []byte) (int, error) {
	s.mu.Lock()
	due := s.writeDue
	s.mu.Unlock()
	s.j.note("write within %v, %d set", time.Until(due), s.sets.Swap(0))
	return s.socket.Write(p)
}

func (s *told) CloseWrite() error { s.j.note("close write"); return s.socket.CloseWrite() }
func (s *told) Close() error      { s.j.note("close"); return s.socket.Close() }

// refinement is a loop beside its reading.
type refinement struct {
	*reading
	loop   *Loop
	j      *journal
	nc     *told
	peer   *tcptest.Conn
	got    []byte // by the peer
	cancel context.CancelFunc
}

func newRefinement(t *testing.T, client bool) *refinement {
	r := &refinement{reading: &reading{client: client, phase: "phase 0"}, j: &journal{}}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	r.loop = &Loop{Config: Config{Context: ctx, Driver: driverOf{r.j}, Side: r, Trace: traceOf{r.j},
		Limit: 100, Client: client,
		Timeouts: &endpoint.Timeouts{Response: 3 * time.Second, Close: 2 * time.Second}}}
	return r
}

// Settled and Phase are those of a side.
func (r *refinement) Settled()      {}
func (r *refinement) Phase() string { return r.phase }

// step does one thing to both; takes is how long that may last.
func (r *refinement) step(s loopStep) (takes time.Duration) {
	needs := strings.Contains("text frame upgrade hold bytes message", s.what)
	if r.conn == nil && s.n%2 == 0 && needs {
		s.what = "connect"
	}
	if r.conn != nil && r.conn.lost && s.n%2 == 0 {
		s.what = "disconnect"
	}
	if !r.applies(s.what) {
		s.what = "happen"
	}
	l, c := r.loop, r.conn
	up := c != nil && !c.lost
	framed, opening := up && r.frames, up && !r.frames && !r.heldBack
	switch s.what {
	case "happen":
		return r.happen()
	case "wait":
		time.Sleep(time.Duration(s.n) * 300 * time.Millisecond)
	case "text":
		if opening && c.end == "" {
			r.send(fmt.Sprint("t", s.n))
			c.text += fmt.Sprint("t", s.n)
		}
	case "frame":
		if up && (r.frames || r.heldBack && len(c.frames) < 20) && c.end == "" {
			frames := []frametest.Frame{{Op: ws.OpText, P: fmt.Sprint(s.n)}, {Op: ws.OpPing, P: "p"},
				{Op: ws.OpText, P: "more"}, {Op: ws.OpClose}, {Op: ws.OpContinuation}}
			frames = frames[s.n%5 : min(5, s.n%5+1+s.n%3)]
			r.send(string(frametest.Encode(r.client, frames...)))
			c.frames = append(c.frames, frames...)
		}
	case "end":
		if up && c.end == "" {
			if opening && s.n%3 > 0 { // the last bytes come with the end
				r.send("last")
				c.text += "last"
			}
			if c.end = "fin"; s.n%3 == 0 && c.text == "" && len(c.frames) == 0 {
				c.end = "reset"
				_ = r.peer.SetLinger(0)
				_ = r.peer.Close()
			} else {
				_ = r.peer.CloseWrite()
			}
		}
	case "upgrade":
		if opening && c.text == "" {
			rest := []frametest.Frame{{Op: ws.OpText, P: "early"}, {Op: ws.OpPing, P: "e"}}[:s.n%3]
			l.Upgraded(frametest.Encode(r.client, rest...))
			r.tell("trace: upgraded %d", len(frametest.Encode(r.client, rest...)))
			r.frames, r.here = true, rest
		}
	case "hold":
		if opening && c.text == "" && c.end == "" {
			rest := []frametest.Frame{{Op: ws.OpText, P: "early"}}[:s.n%2]
			if s.n > 8 { // to the bound, one byte less or more; and there is more to read
				rest = r.much(mostHeld + s.n - 10)
				r.due = time.Now().Add(time.Second)
				r.j.due = r.due
				c.frames = []frametest.Frame{{Op: ws.OpText, P: "more"}}
				r.send(string(frametest.Encode(r.client, c.frames...)))
			}
			b := frametest.Encode(r.client, rest...)
			l.Hold(b)
			clear(b)
			r.heldBack, r.here, r.heldBytes = true, rest, len(b)
		}
	case "proceed":
		if r.heldBack || s.n%2 == 0 { // otherwise it has no effect
			l.Proceed()
			r.frames, r.heldBack = r.frames || r.heldBack, false
		}
	case "due":
		r.due = time.Now().Add([]time.Duration{0, 100 * time.Millisecond, time.Second, 2500 *
			time.Millisecond, time.Minute}[s.n%5])
		if s.n%6 == 5 {
			r.due = time.Time{}
		}
		r.j.due = r.due
	case "next":
		if len(r.next) == 0 {
			name := fmt.Sprint("next ", s.n)
			l.Next = func() { r.j.note("%s", name) }
			r.next = []string{name}
		}
	case "later":
		name, after := fmt.Sprint("result ", s.n), time.Duration(s.n%4)*400*time.Millisecond
		l.Later(func() func() { time.Sleep(after); return func() { r.j.note("%s", name) } })
		r.results = []result{{name, time.Now().Add(after)}}
		r.wakes++
	default:
		return r.order(s, framed, opening)
	}
	return 0
}

// applies reports whether a step means something now.
func (r *refinement) applies(what string) bool {
	c := r.conn
	up := c != nil && !c.lost
	switch what {
	case "upgrade", "hold":
		return up && !r.frames && !r.heldBack && c.text == "" && c.end == ""
	case "text":
		return up && !r.frames && !r.heldBack && c.end == ""
	case "bytes", "flood", "words":
		return up && !r.frames && !r.heldBack
	case "frame":
		return up && (r.frames || r.heldBack) && c.end == ""
	case "message", "pong", "close", "flush":
		return up && r.frames && !r.said
	case "end":
		return up && c.end == ""
	case "disconnect", "reconnect":
		return c != nil
	case "connect":
		return c == nil
	}
	return true
}

// much are frames of so many bytes.
func (r *refinement) much(total int) (frames []frametest.Frame) {
	head := len(frametest.Encode(r.client, frametest.Frame{Op: ws.OpText}))
	for left := total; left > 0; left -= head + len(frames[len(frames)-1].P) {
		n := min(left-head, 90)
		if left-head-n > 0 && left-head-n < head {
			n -= head
		}
		frames = append(frames, frametest.Frame{Op: ws.OpText, P: strings.Repeat("x", n)})
	}
	return frames
}

// order is a step that a driver orders, or its caller.
func (r *refinement) order(s loopStep, framed, opening bool) (takes time.Duration) {
	l, c := r.loop, r.conn
	framed = framed && !r.said && c.end != "reset"
	frame := func(op ws.OpCode, p string) { c.to = append(c.to, frametest.Frame{Op: op, P: p}) }
	switch s.what {
	case "bytes":
		if opening && c.end != "reset" {
			takes = r.write(2*time.Second, false)
			c.raw += "bytes"
			_ = l.SendBytes([]byte("bytes"))
		}
	case "flood":
		if opening && c.end != "reset" {
			return r.flood(s)
		}
	case "message":
		if framed {
			text := fmt.Sprint("m", s.n)
			_ = l.SendMessage(wire.Text, []byte(text))
			r.corked = append(r.corked, frametest.Frame{Op: ws.OpText, P: text})
		}
	case "flush":
		if framed {
			takes = r.flush(false)
			_ = l.Flush()
		}
	case "pong":
		if framed {
			takes = r.flush(false) + r.write(2*time.Second, false)
			frame(ws.OpPong, "pong")
			_ = l.SendPong([]byte("pong"))
		}
	case "close":
		if framed {
			takes = r.flush(false) + r.write(2*time.Second, false)
			frame(ws.OpClose, "\x03\xe9bye")
			_ = l.SendClose(1001, "bye")
			r.said = true
		}
	case "disconnect":
		if c != nil {
			takes = r.disconnect()
			l.Disconnect()
			r.nc.gone.Store(true)
		}
	case "connect":
		if c == nil {
			r.connect(s)
		}
	case "context":
		if s.n < 4 {
			r.cancel()
			r.ctxOver = true
		}
	case "interrupt":
		if s.n < 2 {
			r.interrupt()
		}
	case "reconnect":
		if c != nil {
			if opening && c.end == "" && len(r.next) == 0 && !r.ctxOver { // amid a wait
				r.due = time.Now().Add(1900 * time.Millisecond)
				r.j.due = r.due
				r.send("more")
				c.text += "more"
				takes = r.happen()
			}
			if r.conn == nil {
				return takes
			}
			r.now = time.Now()
			takes += r.order(loopStep{"disconnect", s.n}, false, false)
			r.connect(s)
			r.now = time.Now()
			return takes + r.order(loopStep{"bytes", s.n}, false, true)
		}
	case "words": // a driver that gives up has last words
		r.words = s.n%2 == 0
		r.j.giveUp = func() {
			if r.words && r.saysLast() {
				_ = l.SendBytes([]byte("bytes"))
			}
		}
	case "amid": // a call of the loop to its peer
		r.amid = []string{"", "disconnect", "upgrade"}[s.n%3]
		r.j.received, r.j.violation = r.meanwhile, func() {
			if r.amid == "disconnect" {
				r.meanwhile()
			}
		}
	}
	return takes
}

// amidRest are the frames behind an opening handshake that ends.
var amidRest = []frametest.Frame{{Op: ws.OpText, P: "r"}}

// meanwhile is what the driver orders inside of a call: see reading.meanwhile.
func (r *refinement) meanwhile() {
	switch l := r.loop; r.amid {
	case "disconnect":
		l.Disconnect()
		r.nc.gone.Store(true)
	case "upgrade":
		l.Upgraded(frametest.Encode(r.client, amidRest...))
	}
}

// flood writes more than the peer takes, perhaps until the context has ended, twice.
func (r *refinement) flood(s loopStep) (takes time.Duration) {
	takes = r.write(2*time.Second, true)
	if after := 100 * time.Millisecond; s.n%4 == 0 && !r.hurried {
		go func() {
			time.Sleep(after)
			r.loop.Interrupt()
			time.Sleep(sock.GiveUpTimeout / 2)
			r.loop.Interrupt()
		}()
		takes = after + sock.GiveUpTimeout
		defer func() {
			r.hurry()
			r.wakes++
		}()
	}
	_ = r.loop.SendBytes(make([]byte, 1<<10+1))
	return takes
}

// interrupt tells the loop that its context has ended. Only the first time is heard: then a write
// has little time, and a read none.
func (r *refinement) interrupt() {
	before, heard := 0, 0
	if r.conn != nil {
		before = r.nc.calls()
	}
	r.loop.Interrupt()
	if r.conn != nil {
		r.j.note("%d deadlines", r.nc.calls()-before)
		if !r.hurried {
			heard = 2
		}
		r.tell("%d deadlines", heard)
	}
	if !r.hurried {
		r.wakes++
	}
	r.hurry()
}

// connect makes a new connection.
func (r *refinement) connect(s loopStep) {
	peer, end := tcptest.Pair(tcptest.Options{Window: 1 << 10})
	r.peer, r.got = peer, nil
	r.connected()
	c := r.conn
	c.both = s.n%2 == 1
	r.nc = &told{socket: &socket{Conn: end}, j: r.j,
		both: func() bool { return c.both && c.end == "fin" && !r.frames && !r.heldBack }}
	r.loop.Connected(r.nc, peerOf{r.j})
	r.loop.TooEarly = func(p []byte) bool { return string(p) == "more" }
}

func (r *refinement) send(text string) { _, _ = io.WriteString(r.peer, text) }

// happen has the next thing happen, if one will.
func (r *refinement) happen() (takes time.Duration) {
	takes, ok := r.wait()
	if !ok || r.conn != nil && r.conn.lost { // drivers disconnect then
		return 0
	}
	before := len(r.told)
	until, held := time.Now().Add(takes), len(r.loop.held)
	most := 2*r.wakes + 2 // a wait may end for nothing, as often as it was woken
	if r.closed {         // frames behind a Close are thrown away, whenever they arrive
		most = 99
	}
	for range most {
		r.loop.happen()
		if (len(r.j.lines) > before || len(r.loop.held) > held) && !time.Now().Before(until) {
			break
		}
	}
	r.extra, r.now = 0, until
	r.happens()
	return takes + r.extra
}

// received compares the bytes that the peer has received.
func (r *refinement) received() {
	if r.conn == nil || r.conn.end == "reset" {
		return
	}
	_ = r.peer.SetReadDeadline(time.Now().Add(time.Nanosecond))
	more, _ := io.ReadAll(r.peer)
	r.got = append(r.got, more...)
	if r.conn.cut {
		return
	}
	want := r.conn.raw
	in := strings.NewReader(string(r.got))
	head := make([]byte, min(len(want), len(r.got)))
	_, _ = io.ReadFull(in, head)
	var frames []frametest.Frame
	for {
		f, err := frametest.ReadFrame(in)
		if err != nil {
			break
		}
		if f.Header.Masked == r.client {
			f = ws.UnmaskFrame(f)
			frames = append(frames, frametest.Frame{Op: f.Header.OpCode, P: string(f.Payload)})
		}
	}
	if string(head) != want || !slices.Equal(frames, r.conn.to) {
		r.j.note("the peer receives %s %v in place of %s %v", head, frames, want, r.conn.to)
	}
}

// difference is the first one between a loop and its reading.
func (r *refinement) difference(took, takes time.Duration) error {
	r.received()
	got := plain(r.j.lines)
	switch {
	case !slices.Equal(got, r.told):
		return fmt.Errorf("it tells %q and should tell %q", got, r.told)
	case took != takes:
		return fmt.Errorf("it takes %v and should take %v", took, takes)
	case r.conn == nil && (r.loop.nc != nil || r.loop.peer != nil || r.loop.Link != nil):
		return errors.New("it holds on to a connection that is over")
	case r.loop.GaveUp != r.gaveUp:
		return fmt.Errorf("it gave up in %q, and should in %q", r.loop.GaveUp, r.gaveUp)
	case r.network == "unexpected EOF" && r.loop.Network != io.ErrUnexpectedEOF &&
		!strings.Contains(r.loop.Network.Error(), "unexpected EOF"),
		r.network == "reset" && !strings.Contains(r.loop.Network.Error(), "reset"):
		return fmt.Errorf("the network error is %v, and should be %s", r.loop.Network, r.network)
	}
	return nil
}

// run has the loop run to its end, by its deadline or that of its context.
func (r *refinement) run(byEntry, byContext bool) error {
	l := r.loop
	l.Context, r.cancel = context.WithCancel(context.WithoutCancel(l.Context))
	var entry tracker.Entry
	var all tracker.Tracker
	end := func() { r.cancel() }
	if byEntry {
		l.Context, l.Entry = entry.Begin(l.Context), &entry
		all.Add(&entry)
		over, cancel := context.WithCancel(context.Background())
		cancel()
		end = func() { _ = all.Shutdown(over, 0) }
	}
	l.Beside, l.GaveUp, l.Next, l.result = false, "", nil, nil
	l.interrupted = false
	r.j.due = time.Time{}
	r.j.begin = func() { r.j.due = time.Now().Add(time.Second) }
	r.j.expire = func() { l.Open(endpoint.Result{}) }
	r.j.giveUp = func() { l.Over(context.Canceled) }
	want, after := time.Second, 300*time.Millisecond
	if byContext {
		want = after
		go func() { time.Sleep(after); end() }()
	}
	begin := time.Now()
	l.Run()
	took := time.Since(begin)
	r.cancel()
	if byEntry && !byContext {
		end()
	}
	synctest.Wait()
	switch {
	case took != want || l.IsOpen == byContext || l.GaveUp != "" != byContext:
		return fmt.Errorf("after %v, %v: it is open: %v, gave up %q", took, want, l.IsOpen, l.GaveUp)
	case !byContext && l.interrupted:
		return fmt.Errorf("it hears of the end of its context when it is over")
	case l.Beside != (byContext && !byEntry):
		return fmt.Errorf("something is beside: %v", l.Beside)
	}
	return nil
}

// A loop does what a second reading of it does, whatever its driver, its peer, its context and what
// runs beside it do in which order.
func TestLoop_RefinesModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		client := rapid.Bool().Draw(rt, "client")
		byEntry, byContext := rapid.Bool().Draw(rt, "entry"), rapid.Bool().Draw(rt, "context")
		steps := rapid.SliceOfN(rapid.Custom(drawLoopStep), 50, 200).Draw(rt, "steps")
		var wrong error
		synctest.Test(t, func(t *testing.T) {
			r := newRefinement(t, client)
			defer func() {
				if r.peer != nil {
					_ = r.peer.Close()
					_ = r.nc.socket.Close()
				}
				time.Sleep(time.Minute)
			}()
			r.connect(loopStep{})
			for i, s := range steps {
				r.phase = fmt.Sprint("phase ", i)
				begin := time.Now()
				r.now = begin
				takes := r.step(s)
				took := time.Since(begin)
				if synctest.Wait(); s.what == "wait" {
					takes = took
				}
				if wrong = r.difference(took, takes); wrong != nil {
					wrong = fmt.Errorf("step %d of %v: %w", i, steps[:i+1], wrong)
					return
				}
				r.j.lines, r.told = nil, nil
			}
			if r.conn == nil && wrong == nil {
				wrong = r.run(byEntry, byContext)
			}
		})
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}
