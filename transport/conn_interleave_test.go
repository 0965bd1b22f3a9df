package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/interleave"
	"example.com/khp/internal/interleave/weave"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

var connFaults = []weave.Fault{
	{Name: "two reasons of the end",
		Before: "\tif c.err != nil {\n\t\treturn false\n\t}\n\tc.err = err\n",
		After:  "\tif !seeded && c.err != nil {\n\t\treturn false\n\t}\n\tc.err = err\n"},
	{Name: "double close",
		Before: "\tc.closeOnce.Do(func() {\n",
		After: "\tvar again interleave.Once\n\tonce := &c.closeOnce\n" +
			"\tif seeded && !isClosed(c.done) {\n\t\tonce = &again\n\t}\n\tonce.Do(func() {\n"},
	{Name: "a Pong before the wait is lost",
		Before: "\tpong := c.awaitPong()\n\tif err := c.write(ctx, ws.OpPing, nil); err != nil {\n",
		After: "\tvar pong <-chan struct{}\n\tif !seeded {\n\t\tpong = c.awaitPong()\n\t}\n" +
			"\twritten := c.write(ctx, ws.OpPing, nil)\n\tif seeded {\n\t\tpong = c.awaitPong()\n\t}\n" +
			"\tif err := written; err != nil {\n"},
	{Name: "a message after the end",
		Before: "\tif c.hasEnded() {\n\t\treturn frames.Item{}, c.closedErr()\n\t}\n\tit, err",
		After: "\tif !seeded && c.hasEnded() {\n\t\treturn frames.Item{}, c.closedErr()\n\t}\n" +
			"\tit, err"},
	{Name: "a message after Close",
		Before: "it.Kind != frames.Message || c.closing.Load() || c.isLateTerminator(it):\n\t\treturn 0",
		After: "it.Kind != frames.Message || !seeded && c.closing.Load() || " +
			"c.isLateTerminator(it):\n\t\treturn 0"},
	{Name: "the deadline of a context is left",
		Before: "\tc.watcher.Stop()\n\tc.release()\n}",
		After:  "\tif !seeded {\n\t\tc.watcher.Stop()\n\t}\n\tc.release()\n}"},
	{Name: "a Ping keeps the turn to read",
		Before: "\t\t\tc.release()\n\t\t\tif err != nil {\n",
		After:  "\t\t\tif !seeded {\n\t\t\t\tc.release()\n\t\t\t}\n\t\t\tif err != nil {\n"},
	{Name: "two Closes",
		Before: "c.hasEnded() || c.closing.Swap(true)",
		After:  "c.hasEnded() || !seeded && c.closing.Swap(true) || seeded && c.closing.Load()"},
	{Name: "a Ping right before the answer to Close is forgotten",
		Before: "\t\tif !c.link.Asked() { // by",
		After:  "\t\tif seeded || !c.link.Asked() { // by"},
	{Name: "the turn is kept while a message is passed on",
		Before: "\tc.watcher.Stop()\n\tc.release()\n\treturn k, err",
		After: "\tc.watcher.Stop()\n\tif !seeded || err != nil " +
			"{\n\t\tc.release()\n\t}\n\treturn k, err"},
}

// State that callers of a Conn share stays consistent under every schedule with one preemption, or
// two where that is said; each of the faults is found in one.
func TestConn_Interleavings(t *testing.T) {
	dirs := []string{".", "internal/sock", "internal/frames"}
	weave.Explore(t, dirs, connFaults, func(t *testing.T) {
		for _, s := range connScenes {
			count, err := interleave.Explore(t, max(s.bound, 1), func(r *interleave.Run) func() error {
				begin := time.Now()
				c := newScene()
				check := s.run(r, c)
				return func() error {
					defer c.peer.end()
					switch took := time.Since(begin); {
					case c.wrong != nil:
						return c.wrong
					case took > s.most && took < 24*time.Hour:
						return fmt.Errorf("it took %v", took)
					}
					return check()
				}
			})
			require.NoError(t, err, s.name)
			t.Logf("%s: %d schedules", s.name, count)
		}
	})
}

// connScene is a connection, and a peer that knows frames only.
type connScene struct {
	c     *Conn
	nc    *interleave.Conn
	peer  *framePeer
	ends  int   // how often the end was told
	wrong error // the first thing that is
}

func newScene() *connScene {
	s := &connScene{}
	s.c, s.nc, s.peer = s.conn(true, nil)
	return s
}

// conn returns a connection and its peer. home is the server's context; nil for a client.
func (s *connScene) conn(client bool, home context.Context) (*Conn, *interleave.Conn, *framePeer) {
	a, b := tcptest.Pair(tcptest.Options{Overtakes: true})
	nc := &interleave.Conn{Conn: a}
	c := newConn(frames.New(nc, client, nil, DefaultReadLimit), opened{
		readLimit: DefaultReadLimit, home: home, watched: &watched{to: s},
	})
	return c, nc, &framePeer{nc: b, toClient: client}
}

// Observe and ObserveEnd implement [EndObserver].
func (s *connScene) Observe(Event)    {}
func (s *connScene) ObserveEnd(Event) { s.ends++ }

// must notes the first thing that is wrong.
func (s *connScene) must(ok bool, format string, args ...any) {
	if !ok && s.wrong == nil {
		s.wrong = fmt.Errorf(format, args...)
	}
}

// over checks the end of the connection: told once, the socket closed once, one Close frame at
// most.
func (s *connScene) over() error {
	closes := 0
	for _, f := range s.peer.heard {
		if strings.HasPrefix(f, "close") {
			closes++
		}
	}
	switch {
	case s.ends != 1:
		return fmt.Errorf("the end was told %d times", s.ends)
	case s.nc.Closed != 1:
		return fmt.Errorf("the socket was closed %d times", s.nc.Closed)
	case closes > 1:
		return fmt.Errorf("the peer heard %q", s.peer.heard)
	}
	return nil
}

// framePeer is a peer.
type framePeer struct {
	nc       *tcptest.Conn
	toClient bool
	heard    []string
	silent   bool          // it does not answer
	slow     bool          // others may go on before it answers
	said     chan struct{} // closed once it has sent Close; nil before it does
}

func (p *framePeer) say(list ...frametest.Frame) {
	_, _ = p.nc.Write(frametest.Encode(p.toClient, list...))
}

func (p *framePeer) close() {
	if p.said != nil {
		<-p.said
		return
	}
	p.said = make(chan struct{})
	p.say(frametest.Frame{Op: ws.OpClose, P: "\x03\xe8"})
	close(p.said)
}

// listen hears all frames, and answers Ping and Close.
func (p *framePeer) listen() {
	defer p.end()
	for {
		f, err := frametest.ReadFrame(p.nc)
		if err != nil {
			return
		}
		if f.Header.Masked {
			f = ws.UnmaskFrame(f)
		}
		p.heard = append(p.heard, map[ws.OpCode]string{
			ws.OpText: "text ", ws.OpPing: "ping", ws.OpPong: "pong", ws.OpClose: "close "}[f.Header.OpCode]+
			string(f.Payload))
		if p.slow {
			interleave.Yield("answer")
		}
		switch {
		case p.silent:
		case f.Header.OpCode == ws.OpPing:
			p.say(frametest.Frame{Op: ws.OpPong})
		case f.Header.OpCode == ws.OpClose:
			p.close()
			if p.toClient {
				return
			}
		}
	}
}

func (p *framePeer) end() { _ = p.nc.Close() }

func textFrame(s string) frametest.Frame { return frametest.Frame{Op: ws.OpText, P: s} }

// isEnd reports whether an error says that the connection has ended.
func isEnd(err error) bool {
	return errors.Is(err, net.ErrClosed) || CloseCode(err) != 0
}

// readAll reads until the end, and returns the messages before it.
func (s *connScene) readAll(ctx context.Context) (texts []string, err error) {
	for {
		_, p, err := s.c.Read(ctx)
		if err != nil {
			return texts, err
		}
		texts = append(texts, string(p))
	}
}

// connScenes have the calls that run at the same time. Each returns the check for the end of all of
// them, within the time most.
var connScenes = []struct {
	name  string
	most  time.Duration
	bound int // of preemptions; 0 is one
	run   func(r *interleave.Run, s *connScene) (check func() error)
}{
	{name: "a message and the end of the context of Read",
		bound: 2, run: func(r *interleave.Run, s *connScene) func() error {
			ctx, cancel := context.WithCancel(context.Background())
			r.Go("cancel", cancel)
			r.Go("peer", func() { s.peer.say(textFrame("a")) })
			r.Go("reader", func() {
				_, p, err := s.c.Read(ctx)
				if err != nil {
					s.must(err == context.Canceled && ctx.Err() != nil, "the first Read: %v", err)
					_, p, err = s.c.Read(context.Background())
				}
				s.must(err == nil && string(p) == "a", "Read: %q %v", p, err)
				_ = s.c.CloseNow()
			})
			return s.over
		}},
	{name: "Close and Read", most: time.Second,
		run: func(r *interleave.Run, s *connScene) func() error {
			r.Go("peer", s.peer.listen)
			r.Go("closer", func() {
				err := s.c.Close(1000, "")
				s.must(err == nil, "Close: %v", err)
			})
			r.Go("reader", func() {
				texts, err := s.readAll(context.Background())
				s.must(len(texts) == 0 && isEnd(err), "Read: %q %v", texts, err)
			})
			return s.over
		}},
	{name: "Close and Close", most: time.Second,
		run: func(r *interleave.Run, s *connScene) func() error {
			r.Go("peer", s.peer.listen)
			var errs []error
			for _, name := range []string{"one", "other"} {
				r.Go(name, func() { errs = append(errs, s.c.Close(1000, "")) })
			}
			return func() error {
				closed := slices.DeleteFunc(errs, func(err error) bool { return err != nil })
				if len(closed) != 1 {
					return fmt.Errorf("%d of two have closed", len(closed))
				}
				return s.over()
			}
		}},
	{name: "Close from both sides, and a message",
		most: time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			r.Go("peer", func() {
				s.peer.say(textFrame("a"))
				s.peer.close()
				s.peer.listen()
			})
			closing := false
			r.Go("closer", func() {
				closing = true
				err := s.c.Close(1000, "")
				s.must(err == nil || isEnd(err), "Close: %v", err)
			})
			r.Go("reader", func() {
				texts, err := s.readAll(context.Background())
				s.must(isEnd(err), "Read: %v", err)
				s.must(closing || len(texts) == 1, "Read missed the message")
			})
			return s.over
		}},
	{name: "CloseNow and CloseNow and a Read",
		run: func(r *interleave.Run, s *connScene) func() error {
			var errs []error
			for _, name := range []string{"one", "other"} {
				r.Go(name, func() { errs = append(errs, s.c.CloseNow()) })
			}
			r.Go("reader", func() {
				_, err := s.readAll(context.Background())
				s.must(isEnd(err), "Read: %v", err)
			})
			return func() error {
				closed := slices.DeleteFunc(errs, func(err error) bool { return err != nil })
				if len(closed) != 1 {
					return fmt.Errorf("%d of two have closed", len(closed))
				}
				return s.over()
			}
		}},
	{name: "nothing is read that begins after the end",
		run: func(r *interleave.Run, s *connScene) func() error {
			ended := false
			_, _ = s.peer.nc.Write(frametest.Encode(true, textFrame("a"), textFrame("b"), textFrame("c")))
			r.Go("closer", func() {
				_ = s.c.CloseNow()
				ended = true
			})
			r.Go("reader", func() {
				for {
					late := ended
					_, _, err := s.c.Read(context.Background())
					s.must(err != nil || !late, "a message was read after the end")
					if err != nil {
						return
					}
					interleave.Yield("next")
				}
			})
			return s.over
		}},
	{name: "nothing is read that begins after Close",
		most: 6 * time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			_, _ = s.peer.nc.Write(frametest.Encode(true, textFrame("a"), textFrame("b")))
			r.Go("peer", s.peer.listen)
			r.Go("closer", func() { _ = s.c.Close(1000, "") })
			r.Go("reader", func() {
				for {
					late := s.c.closing.Load()
					_, _, err := s.c.Read(context.Background())
					s.must(err != nil || !late, "a message was read after Close")
					if err != nil {
						return
					}
				}
			})
			return s.over
		}},
	{name: "Ping and Read", run: func(r *interleave.Run, s *connScene) func() error {
		r.Go("peer", s.peer.listen)
		r.Go("talker", func() { s.peer.say(textFrame("a")) })
		left := 2
		done := func() {
			if left--; left == 0 {
				_ = s.c.CloseNow()
			}
		}
		r.Go("pinger", func() {
			defer done()
			err := s.c.Ping(context.Background())
			s.must(err == nil, "Ping: %v", err)
		})
		r.Go("reader", func() {
			defer done()
			_, p, err := s.c.Read(context.Background())
			s.must(err == nil && string(p) == "a", "Read: %q %v", p, err)
		})
		return s.over
	}},
	{name: "Ping and the end", run: func(r *interleave.Run, s *connScene) func() error {
		s.peer.silent = true
		r.Go("pinger", func() {
			err := s.c.Ping(context.Background())
			s.must(isEnd(err), "Ping: %v", err)
		})
		r.Go("reader", func() {
			_, err := s.readAll(context.Background())
			s.must(isEnd(err), "Read: %v", err)
		})
		r.Go("closer", func() { _ = s.c.CloseNow() })
		return s.over
	}},
	{name: "a server's Ping and the peer's Close",
		most: 2 * time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			s.c, s.nc, s.peer = s.conn(false, nil)
			s.peer.slow = true
			r.Go("peer", func() {
				s.peer.close()
				s.peer.listen()
			})
			r.Go("pinger", func() {
				err := s.c.Ping(context.Background())
				s.must(err == nil || isEnd(err), "Ping: %v", err)
			})
			r.Go("reader", func() {
				_, err := s.readAll(context.Background())
				s.must(isEnd(err), "Read: %v", err)
			})
			return func() error {
				if !slices.Contains(s.peer.heard, "close \x03\xe8") { // a reset has taken it along
					return fmt.Errorf("the peer heard %q", s.peer.heard)
				}
				return s.over()
			}
		}},
	{name: "CloseRead, a message and CloseNow",
		most: 2 * time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			ctx := s.c.CloseRead(context.Background())
			s.peer.say(textFrame("a"))
			go s.peer.listen()
			r.Go("closer", func() { _ = s.c.CloseNow() })
			return func() error {
				if ctx.Err() == nil || context.Cause(ctx) == context.Canceled {
					return fmt.Errorf("the context ends with %v", context.Cause(ctx))
				}
				return s.over()
			}
		}},
	{name: "the server ends during a Read at home",
		most: time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			home, cancel := context.WithCancel(context.Background())
			s.c, s.nc, s.peer = s.conn(false, home)
			r.Go("peer", s.peer.listen)
			r.Go("server", func() {
				cancel()
				(*inner)(s.c).Interrupt()
			})
			r.Go("reader", func() {
				_, err := s.readAll(home)
				s.must(err == context.Canceled || isEnd(err), "Read: %v", err)
				interleave.Yield("returned")
			})
			return func() error {
				if !slices.ContainsFunc(s.peer.heard,
					func(f string) bool { return strings.HasPrefix(f, "close \x03\xe9") }) {
					return fmt.Errorf("the peer heard %q", s.peer.heard)
				}
				return s.over()
			}
		}},
	{name: "a relay that ends from both sides",
		most: time.Second, run: func(r *interleave.Run, s *connScene) func() error {
			other := &connScene{}
			other.c, other.nc, other.peer = other.conn(true, nil)
			s.c, s.nc, s.peer = s.conn(false, nil)
			for _, way := range [][2]*connScene{{s, other}, {other, s}} {
				from, to := way[0], way[1]
				name := map[bool]string{true: "there", false: "back"}[from == s]
				r.Go(name, func() {
					err := from.c.Forward(context.Background(), to.c, nil, nil)
					s.must(err != nil, "Forward ends without an error")
					_ = to.c.Close(1001, "")
				})
				from.peer.say(textFrame(name))
				from.peer.close()
				go from.peer.listen()
			}
			return func() error {
				defer other.peer.end()
				if err := other.over(); err != nil {
					return err
				}
				return s.over()
			}
		}},
}
