// Package demo is khp demo: servers and clients shake hands on loopback, and each handshake is
// drawn from the bytes that the client really sent and received.
package demo

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/terminal"
	"github.com/spf13/cobra"
)

// Command is khp demo.
func Command(c *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Watch servers and clients shake hands on loopback",
		Long: `Demo starts KHP servers on free ports of this machine, connects clients to them,
and draws each handshake as a sequence from what the client really sent and
received. It exits with 0 only if every scene ended as it should.

Colours are for terminals; NO_COLOR switches them off.`,
		Example: "  khp demo\n  NO_COLOR=1 khp demo | less",
		Args:    cli.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return demo(c) },
	}
}

// demo plays all scenes.
func demo(c *cli.Env) error {
	on := terminal.NewPalette(c.Stdout)
	_, _ = fmt.Fprintf(c.Stdout, "%s\n\n%s\n",
		on.Title("The Kaazing WebSocket Handshake Protocol, as it happens"), legend)
	failed, notes := 0, newAnnotator()
	for i, s := range scenes {
		if err := play(c, i+1, s, notes, on); err != nil {
			failed++
			_, _ = fmt.Fprintln(c.Stdout, on.Bad("  not as expected: "+cli.OneLine(err.Error())))
		}
	}
	if failed > 0 {
		return cli.Failf(cli.ExitFailed, "%d of %d scenes did not end as expected", failed, len(scenes))
	}
	_, _ = fmt.Fprintf(c.Stdout, "\n%s\n", on.Good(fmt.Sprintf("All %d scenes ended as they should.",
		len(scenes)))+"\nNow try khp serve, and khp dial in another terminal.")
	return nil
}

const legend = `  ──▶  HTTP of the opening handshake, straight on the TCP connection
  ══▶  a WebSocket message
  ┄┄▶  a Close frame`

// stage is where a scene plays: two servers and a recorder.
type stage struct {
	ctx     context.Context
	a, b    *host
	record  *recorder
	closers []func()
}

// host is a gateway as in khp serve, on a port of its own.
type host struct {
	name     string // of the lifeline
	addr     string
	accepted atomic.Int64 // TCP connections
}

func (s *host) url(path string) string { return "ws://" + s.addr + path }

// countingListener counts the connections it accepts.
type countingListener struct {
	net.Listener
	n *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil {
		l.n.Add(1)
	}
	return nc, err
}

// sceneTimeout ends a scene that hangs.
const sceneTimeout = 20 * time.Second

// play sets the stage for one scene, plays it and draws the conversation.
func play(c *cli.Env, number int, s scene, notes *annotator, on terminal.Palette) error {
	ctx, cancel := context.WithTimeout(context.Background(), sceneTimeout)
	defer cancel()
	st := &stage{ctx: ctx, record: &recorder{}}
	defer st.close()
	if err := st.serve(s); err != nil {
		return err
	}
	outcome, err := s.play(st)
	st.record.names(st.a, st.b)
	_, _ = fmt.Fprintf(c.Stdout, "\n%s\n%s\n\n",
		on.Title(fmt.Sprintf("%d. %s", number, s.title)), indented(s.about, "   "))
	if werr := sequence.Text(c.Stdout, conversation(st.record.all(), notes), on); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Stdout, "\n%s\n", on.Good(indented(outcome, "   ")))
	return err
}

// serve starts both servers. The routes of a may name the address of b and the other way round.
func (st *stage) serve(s scene) error {
	la, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	lb, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = la.Close()
		return err
	}
	st.a, st.b = &host{name: "server A", addr: la.Addr().String()},
		&host{name: "server B", addr: lb.Addr().String()}
	if err := st.start(la, st.a, s.routesA(st), s.auth); err != nil {
		return err
	}
	return st.start(lb, st.b, s.routesB(st), nil)
}

func (st *stage) start(ln net.Listener, h *host, routes, auth []string) error {
	srv, err := gateway.New(routes, auth, "demo")
	if err != nil {
		_ = ln.Close()
		return err
	}
	go func() { _ = srv.Serve(countingListener{ln, &h.accepted}) }()
	st.closers = append(st.closers, func() { _ = srv.Shutdown(st.ctx) })
	return nil
}

func (st *stage) close() {
	for _, f := range st.closers {
		f()
	}
}

// indented wraps text for the terminal.
func indented(text, indent string) string {
	s := ""
	for i, line := range terminal.Wrap(text, terminal.Columns-len(indent)) {
		if i > 0 {
			s += "\n"
		}
		s += indent + line
	}
	return s
}
