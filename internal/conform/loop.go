package conform

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"example.com/khp/sim/network"
)

// loop has one case run in real time. It implements [script.Live].
type loop struct {
	ctx    context.Context
	calls  chan func()
	begin  func(l *loop, n *network.Network, gone func())
	net    *network.Network
	over   chan struct{} // is closed once the case is over
	wg     sync.WaitGroup
	mu     sync.Mutex
	socket []net.Conn
}

func newLoop(ctx context.Context, begin func(*loop, *network.Network, func())) *loop {
	return &loop{ctx: ctx, calls: make(chan func(), 64), begin: begin, over: make(chan struct{})}
}

// Begin implements [script.Live].
func (l *loop) Begin(n *network.Network, gone func()) {
	l.net = n
	l.begin(l, n, gone)
}

// longest is how far the clock goes at once. If this process is not given a processor for a while,
// that does not count against a peer whose bytes are there already.
const longest = 200 * time.Millisecond

// Run implements [script.Live].
func (l *loop) Run(n *network.Network, over func() bool) {
	defer l.end()
	last := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !over() && !n.Exhausted() && l.ctx.Err() == nil {
		wait := longest
		if at, ok := n.Due(); ok {
			wait = min(max(at-n.Now(), 0), longest)
		}
		timer.Reset(wait)
		select {
		case f := <-l.calls:
			f()
		case <-timer.C:
		case <-l.ctx.Done():
		}
		for more := true; more; {
			select {
			case f := <-l.calls:
				f()
			default:
				more = false
			}
		}
		now := time.Now()
		n.Advance(min(now.Sub(last), longest), 1_000_000)
		last = now
	}
}

// end closes all sockets and waits for their readers and writers.
func (l *loop) end() {
	close(l.over)
	l.mu.Lock()
	for _, c := range l.socket {
		_ = c.Close()
	}
	l.socket = nil
	l.mu.Unlock()
	l.wg.Wait()
}

// call has f called between two events of the network. It returns false if the case is over.
func (l *loop) call(f func()) bool {
	select {
	case l.calls <- f:
		return true
	case <-l.over:
		return false
	}
}

// keep closes c when the case is over.
func (l *loop) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.over:
		_ = c.Close()
		return false
	default:
		l.socket = append(l.socket, c)
		return true
	}
}

// bridge carries bytes between a connection of the network and a socket.
type bridge struct {
	loop   *loop
	stream *network.Stream
	mu     sync.Mutex
	out    [][]byte
	closed error
	ready  chan struct{} // has a token when there is something to write
}

func newBridge(l *loop, s *network.Stream) *bridge {
	b := &bridge{loop: l, stream: s, ready: make(chan struct{}, 1)}
	s.Arrived = func(p []byte) { b.put(p, nil) }
	s.Ended = func(err error) { b.put(nil, err) }
	return b
}

func (b *bridge) put(p []byte, end error) {
	b.mu.Lock()
	if p != nil {
		b.out = append(b.out, p)
	}
	if end != nil {
		b.closed = end
	}
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// run connects the bridge with a socket. first are bytes that were read from it already.
func (b *bridge) run(nc net.Conn, first []byte) {
	if !b.loop.keep(nc) {
		return
	}
	b.loop.wg.Go(func() { b.read(nc, first) })
	b.loop.wg.Go(func() { b.write(nc) })
}

func (b *bridge) read(nc net.Conn, first []byte) {
	if len(first) > 0 && !b.loop.call(func() { b.stream.Write(first) }) {
		return
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := nc.Read(buf)
		if n > 0 {
			p := append([]byte(nil), buf[:n]...)
			if !b.loop.call(func() { b.stream.Write(p) }) {
				return
			}
		}
		if err != nil {
			b.loop.call(func() { b.stream.End(plainEnd(err)) })
			return
		}
	}
}

// plainEnd leaves addresses out, and takes an orderly end of TLS for one.
func plainEnd(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &op):
		return op.Err
	}
	return err
}

func (b *bridge) write(nc net.Conn) {
	for {
		b.mu.Lock()
		out, closed := b.out, b.closed
		b.out = nil
		b.mu.Unlock()
		for _, p := range out {
			_ = nc.SetWriteDeadline(time.Now().Add(time.Minute))
			if _, err := nc.Write(p); err != nil {
				return // reading tells how the connection ended
			}
		}
		if closed != nil {
			if tcp, ok := nc.(*net.TCPConn); ok && !errors.Is(closed, io.EOF) {
				_ = tcp.SetLinger(0)
			}
			_ = nc.Close()
			return
		}
		select {
		case <-b.ready:
		case <-b.loop.over:
			return
		}
	}
}
