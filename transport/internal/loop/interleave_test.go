package loop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/interleave"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// faults are one-line faults of what the loop shares with other goroutines. The exploration finds
// each of them in one schedule or another.
var faults = []struct{ name, file, right, wrong string }{
	{"the flag is set after the deadline", "loop.go", `	d.woken.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
`, `	d.mu.Lock()
	defer d.woken.Store(true)
	defer d.mu.Unlock()
`},
	{"the flag is looked at before the deadline is set", "read.go", `	d.due = d.Driver.Deadline()
	_ = d.nc.SetDeadline(d.due)`, `	if d.woken.Swap(false) {
		return
	}
	defer d.woken.Swap(false)
	d.due = d.Driver.Deadline()
	_ = d.nc.SetDeadline(d.due)
	d.woken.Store(false)`},
	{"a result wakes nobody", "loop.go", `		result <- f()
		d.wake()
`, `		result <- f()
`},
	{"the loop is woken before the result is there", "loop.go", `		result <- f()
		d.wake()
`, `		r := f()
		d.wake()
		result <- r
`},
	{"a wake-up before there is a bell is lost", "loop.go", `		if d.woken.Load() {
			d.bell <- struct{}{}
		}
`, ``},
	{"a result comes before what the peer has said", "loop.go", `	if d.buffered() {
		d.readItem()
		return
	}
	f := d.Next
`, `	if d.buffered() && len(d.result) == 0 {
		d.readItem()
		return
	}
	f := d.Next
`},
	{"the end of the context does not break off a write", "loop.go", `	if d.socket != nil && !again {
`, `	if false {
`},
	{"the end of the context wakes nobody", "loop.go", `	if !again {
		d.wake()
	}
`, ``},
	{"a write does not know of the end", "write.go", `	if d.interrupted || d.deaf`, `	if d.deaf`},
	{"a deadline is left on the open connection", "loop.go", `		_ = d.nc.SetDeadline(time.Time{})
`, ``},
	{"the socket can be interrupted when it is open", "loop.go", `	d.Side.Settled()
	d.setSocket(nil)
`, `	d.Side.Settled()
`},
}

// TestLoop_Interleavings runs the loop with what runs beside it under every schedule of few
// preemptions. The exploration is this test in a build with -overlay, in which mutexes and flags of
// the loop are those of package interleave: it holds for the loop as it is, and finds each fault.
func TestLoop_Interleavings(t *testing.T) {
	if interleave.Woven() {
		explore(t)
		return
	}
	out, err := woven(t, "", "", "")
	require.NoError(t, err, "%s", out)
	require.Contains(t, out, "schedules")
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			out, err := woven(t, f.file, f.right, f.wrong)
			require.Error(t, err, "no schedule shows the fault")
			require.Contains(t, out, "schedule ", "it is found by exploration")
		})
	}
}

// woven runs this test in a build for package interleave, with one edit.
func woven(t *testing.T, file, right, wrong string) (out string, err error) {
	t.Helper()
	dir := t.TempDir()
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	replace := map[string]string{}
	for _, name := range []string{"loop.go", "read.go", "write.go"} {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		text := string(b)
		if name == file {
			require.Equal(t, 1, strings.Count(text, right), "the line to be changed is not there once: %s", right)
			text = strings.Replace(text, right, wrong, 1)
		}
		if name == "loop.go" {
			for _, edit := range [][2]string{
				{"\t\"sync\"\n\t\"sync/atomic\"\n", ""}, {"import (\n", "import (\n\t\"example.com/khp/internal/interleave\"\n"},
				{"sync.Mutex", "interleave.Mutex"}, {"atomic.Bool", "interleave.Bool"},
			} {
				require.Equal(t, 1, strings.Count(text, edit[0]), "%s", edit[0])
				text = strings.Replace(text, edit[0], edit[1], 1)
			}
			text += "\nfunc init() { interleave.Weave() }\n"
		}
		replace[filepath.Join(here, name)] = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	list := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))
	b, err := exec.Command("go", "test", "-vet=off", "-overlay", list, "-run", "^TestLoop_Interleavings$", "-v", ".").CombinedOutput()
	return string(b), err
}

// scene is a driver, side, trace and peer in one, which notes what the loop tells it.
type scene struct {
	*Loop
	due       time.Time
	begin     func()
	messages  []string
	told      []string
	unordered bool // a result was told although the peer had said something
}

func (s *scene) note(what string) { s.told = append(s.told, what) }

func (s *scene) Deadline() time.Time              { return s.due }
func (s *scene) Expire(time.Time)                 { s.note("deadline"); s.Over(errors.New("time is over")) }
func (s *scene) GiveUp(time.Time, uint16, string) { s.note("context"); s.Over(context.Canceled) }
func (s *scene) Begin()                           { s.begin() }
func (s *scene) Settled()                         {}
func (s *scene) Phase() string                    { return "phase" }
func (s *scene) Received(time.Time, []byte)       {}
func (s *scene) Message(_ time.Time, _ wire.MessageType, p []byte) {
	s.messages = append(s.messages, string(p))
}
func (s *scene) PeerClosed(time.Time, uint16, string)     {}
func (s *scene) Violation(time.Time, fsm.Failure, string) {}
func (s *scene) Lost(time.Time, string)                   { s.note("lost"); s.Over(errors.New("lost")) }

// driverPart, sidePart and tracePart are a scene where method names clash.
type (
	peerPart  struct{ *scene }
	tracePart struct{ *scene }
)

func (p peerPart) Ping(time.Time, []byte) {}

func (tracePart) Read([]byte)                      {}
func (tracePart) Upgraded(int)                     {}
func (tracePart) Message(wire.MessageType, []byte) {}
func (tracePart) TooEarly()                        {}
func (tracePart) Ping()                            {}
func (tracePart) Close(uint16, string)             {}
func (tracePart) Violation(uint16, string)         {}
func (tracePart) Lost(string)                      {}
func (tracePart) Expired()                         {}
func (tracePart) Disconnected()                    {}

// socket is a connection whose calls are scheduled, and which knows its deadlines.
type socket struct {
	*tcptest.Conn
	read, write time.Time
}

func (s *socket) SetDeadline(t time.Time) error {
	interleave.Yield("deadline")
	s.read, s.write = t, t
	return s.Conn.SetDeadline(t)
}

func (s *socket) SetReadDeadline(t time.Time) error {
	interleave.Yield("read deadline")
	s.read = t
	return s.Conn.SetReadDeadline(t)
}

func (s *socket) SetWriteDeadline(t time.Time) error {
	interleave.Yield("write deadline")
	s.write = t
	return s.Conn.SetWriteDeadline(t)
}

func (s *socket) Read(p []byte) (int, error) {
	interleave.Yield("read")
	return s.Conn.Read(p)
}

func (s *socket) Write(p []byte) (int, error) {
	interleave.Yield("write")
	return s.Conn.Write(p)
}

// scenes are what happens beside the loop. Each returns what must hold in the end.
var scenes = map[string]func(r *interleave.Run, s *scene, nc *socket, peer *tcptest.Conn, cancel func()) (check func(took time.Duration) error){
	"a result": func(_ *interleave.Run, s *scene, nc *socket, _ *tcptest.Conn, _ func()) func(time.Duration) error {
		s.begin = func() { s.Later(func() func() { return func() { s.note("result"); s.Open(endpoint.Result{}) } }) }
		return func(took time.Duration) error { return want(s, took, 0, nc, "result") }
	},
	"a result without a connection": func(_ *interleave.Run, s *scene, nc *socket, _ *tcptest.Conn, _ func()) func(time.Duration) error {
		s.begin = func() {
			s.nc = nil
			s.Later(func() func() { return func() { s.note("result"); s.Open(endpoint.Result{}) } })
		}
		return func(took time.Duration) error { return want(s, took, 0, nc, "result") }
	},
	"the context": func(r *interleave.Run, s *scene, nc *socket, _ *tcptest.Conn, cancel func()) func(time.Duration) error {
		s.begin = func() {}
		r.Go("cancel", cancel)
		return func(took time.Duration) error { return want(s, took, 0, nil, "context") }
	},
	"the context amid a write": func(r *interleave.Run, s *scene, nc *socket, _ *tcptest.Conn, cancel func()) func(time.Duration) error {
		s.begin = func() {
			s.Next = func() { _ = s.SendBytes(make([]byte, 100)) } // more than the peer takes
		}
		r.Go("cancel", cancel)
		return func(took time.Duration) error { return want(s, took, time.Second, nil, "context") }
	},
	"a result and messages": func(r *interleave.Run, s *scene, nc *socket, peer *tcptest.Conn, _ func()) func(time.Duration) error {
		s.begin = func() {
			s.Later(func() func() {
				return func() {
					s.unordered = s.buffered()
					s.note("result")
					s.Open(endpoint.Result{})
				}
			})
		}
		r.Go("peer", func() {
			interleave.Yield("send")
			_, _ = peer.Write(frametest.Encode(false, frametest.Frame{Op: ws.OpText, P: "a"}, frametest.Frame{Op: ws.OpText, P: "b"}))
		})
		return func(took time.Duration) error {
			if s.unordered {
				return errors.New("a result was told before a message that was there")
			}
			return want(s, took, 0, nc, "result")
		}
	},
	"the context when it is open": func(r *interleave.Run, s *scene, nc *socket, _ *tcptest.Conn, cancel func()) func(time.Duration) error {
		s.begin = func() { s.Next = func() { s.note("result"); s.Open(endpoint.Result{}) } }
		r.Go("cancel", cancel)
		return func(took time.Duration) error {
			if s.IsOpen {
				return want(s, took, 0, nc, "result")
			}
			return want(s, took, 0, nil, "context")
		}
	},
}

// want checks what was told, that no timer was needed, and that no deadline is left on nc.
func want(s *scene, took, most time.Duration, nc *socket, told string) error {
	switch {
	case strings.Join(s.told, " ") != told:
		return fmt.Errorf("want %s, was told %q", told, s.told)
	case took > most:
		return fmt.Errorf("it took %v", took)
	case nc != nil && s.nc != nil && !(nc.read.IsZero() && nc.write.IsZero()):
		return fmt.Errorf("deadlines are left: %v and %v", nc.read, nc.write)
	}
	return nil
}

func explore(t *testing.T) {
	for name, set := range scenes {
		count, err := interleave.Explore(t, 3, func(r *interleave.Run) func() error {
			start := time.Now()
			ctx, cancel := context.WithCancel(context.Background())
			peer, end := tcptest.Pair(tcptest.Options{Window: 64})
			nc, s := &socket{Conn: end}, &scene{due: time.Now().Add(10 * time.Second)}
			s.Loop = &Loop{}
			s.Config = Config{Context: ctx, Driver: s, Side: s, Trace: tracePart{s}, Timeouts: &endpoint.Timeouts{}, Limit: 100}
			s.Connected(nc, peerPart{s})
			s.Established(nil)
			check := set(r, s, nc, peer, cancel)
			var took time.Duration
			r.Go("loop", func() {
				s.Run()
				took = time.Since(start)
			})
			return func() error {
				defer cancel()
				return check(took)
			}
		})
		require.NoError(t, err, name)
		t.Logf("%s: %d schedules", name, count)
	}
}

var _ net.Conn = (*socket)(nil)
