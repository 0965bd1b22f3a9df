package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// events has the callbacks of the loop for one connection. p is valid during the call. Nothing is
// called after ended, or after socket.close.
type events interface {
	readable(p []byte)
	ended(err error)
}

// loop is one goroutine that waits for all sockets with epoll and makes all calls. Slow work runs
// in other goroutines, which post its result.
type loop struct {
	epoll   int
	listen  int
	wake    [2]int // a pipe: a byte in it says that something was posted
	sockets map[int]*socket
	accept  func(s *socket) events
	in      [16 << 10]byte

	mu     sync.Mutex
	posted []func()
	over   bool
}

// socket is a connection that does not block.
type socket struct {
	loop    *loop
	fd      int
	to      events
	out     []byte // not written yet
	closing *timer // runs once the connection ends with out
	closed  bool
}

const (
	mostUnwritten = 1 << 20         // bytes kept for a peer that does not read
	linger        = 5 * time.Second // for the last of them
)

// newLoop listens on address, of IPv4.
func newLoop(address string, accept func(s *socket) events) (l *loop, err error) {
	at, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return nil, err
	}
	l = &loop{sockets: map[int]*socket{}, accept: accept}
	steps := []func() error{
		func() (err error) { l.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); return err },
		func() error { return syscall.Pipe2(l.wake[:], syscall.O_NONBLOCK|syscall.O_CLOEXEC) },
		func() (err error) {
			l.listen, err = syscall.Socket(syscall.AF_INET,
				syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
			return err
		},
		func() error {
			return syscall.SetsockoptInt(l.listen, syscall.SOL_SOCKET,
				syscall.SO_REUSEADDR, 1)
		},
		func() error {
			return syscall.Bind(l.listen, &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())})
		},
		func() error { return syscall.Listen(l.listen, 128) },
		func() error { return l.watch(syscall.EPOLL_CTL_ADD, l.listen, syscall.EPOLLIN) },
		func() error { return l.watch(syscall.EPOLL_CTL_ADD, l.wake[0], syscall.EPOLLIN) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// addr returns where the loop listens.
func (l *loop) addr() string {
	at, err := syscall.Getsockname(l.listen)
	if in4, ok := at.(*syscall.SockaddrInet4); ok && err == nil {
		return (&net.TCPAddr{IP: in4.Addr[:], Port: in4.Port}).String()
	}
	return ""
}

func (l *loop) watch(op, fd int, mask uint32) error {
	return syscall.EpollCtl(l.epoll, op, fd, &syscall.EpollEvent{Events: mask, Fd: int32(fd)})
}

// run makes all calls until a nil one is posted; then it closes everything.
func (l *loop) run() error {
	defer l.close()
	list := make([]syscall.EpollEvent, 64)
	for {
		n, err := syscall.EpollWait(l.epoll, list, -1)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
		for _, ev := range list[:max(n, 0)] {
			switch fd := int(ev.Fd); fd {
			case l.listen:
				l.connected()
			case l.wake[0]:
				_, _ = syscall.Read(fd, l.in[:])
			default:
				if s := l.sockets[fd]; s != nil {
					s.ready(ev.Events)
				}
			}
		}
		for _, call := range l.calls() {
			if call == nil {
				return nil
			}
			call()
		}
	}
}

func (l *loop) calls() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	posted := l.posted
	l.posted = nil
	return posted
}

// post has the loop make a call; a nil one stops the loop. Any goroutine may post.
func (l *loop) post(call func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.posted = append(l.posted, call); len(l.posted) == 1 && !l.over {
		_, _ = syscall.Write(l.wake[1], []byte{0})
	}
}

func (l *loop) close() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	for _, s := range l.sockets {
		s.drop()
	}
	for _, fd := range []int{l.listen, l.epoll, l.wake[0], l.wake[1]} {
		_ = syscall.Close(fd)
	}
}

// elsewhere runs f in a goroutine of its own, and has the loop call its result.
func (l *loop) elsewhere(f func() (then func())) { go func() { l.post(f()) }() }

// timer has the loop make one call.
type timer struct {
	at      *time.Timer
	stopped bool // known to the loop only: a call that was posted already is not made
}

func (l *loop) after(d time.Duration, f func()) *timer {
	t := &timer{}
	t.at = time.AfterFunc(d, func() {
		l.post(func() {
			if !t.stopped {
				f()
			}
		})
	})
	return t
}

func (t *timer) stop() { t.stopped = true; t.at.Stop() }

func (l *loop) connected() {
	for {
		fd, _, err := syscall.Accept4(l.listen, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != nil { // none is left, or it is gone again
			return
		}
		s := &socket{loop: l, fd: fd}
		if err := l.watch(syscall.EPOLL_CTL_ADD, fd, syscall.EPOLLIN); err != nil {
			_ = syscall.Close(fd)
			continue
		}
		l.sockets[fd] = s
		s.to = l.accept(s)
	}
}

// ready reads once and writes once: other sockets have their turn, too.
func (s *socket) ready(mask uint32) {
	if mask&syscall.EPOLLOUT != 0 {
		if err := s.write(nil); err != nil {
			s.fail(err)
		}
	}
	if s.closed || mask&^uint32(syscall.EPOLLOUT) == 0 {
		return
	}
	n, err := syscall.Read(s.fd, s.loop.in[:])
	switch {
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR):
	case err != nil:
		s.fail(err)
	case n == 0:
		s.fail(io.EOF)
	case s.closing == nil:
		s.to.readable(s.loop.in[:n])
	}
}

// fail ends a connection that cannot be used any more.
func (s *socket) fail(err error) {
	told := s.closing != nil
	if s.drop(); !told {
		s.to.ended(err)
	}
}

// write writes as much as it can at once and keeps the rest. An error says that the peer is gone,
// or does not read.
func (s *socket) write(p []byte) error {
	if s.closed {
		return net.ErrClosed
	}
	s.out = append(s.out, p...)
	for len(s.out) > 0 {
		n, err := syscall.Write(s.fd, s.out)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if errors.Is(err, syscall.EAGAIN) {
			break
		}
		if err != nil {
			return err
		}
		s.out = s.out[n:]
	}
	switch {
	case len(s.out) > mostUnwritten:
		return errors.New("the peer does not read")
	case len(s.out) > 0:
		return s.loop.watch(syscall.EPOLL_CTL_MOD, s.fd, syscall.EPOLLIN|syscall.EPOLLOUT)
	case s.closing != nil:
		s.finish()
		return nil
	}
	return s.loop.watch(syscall.EPOLL_CTL_MOD, s.fd, syscall.EPOLLIN)
}

// close ends the connection once all is written, and the peer has seen the end: bytes that the peer
// still sends are read and dropped, because a socket that is closed with bytes unread resets the
// connection, and the peer might lose the last bytes. The time for it is bounded.
func (s *socket) close() {
	if s.closed || s.closing != nil {
		return
	}
	s.closing = s.loop.after(linger, s.drop)
	if len(s.out) == 0 {
		s.finish()
	}
}

func (s *socket) finish() {
	if syscall.Shutdown(s.fd, syscall.SHUT_WR) != nil ||
		s.loop.watch(syscall.EPOLL_CTL_MOD, s.fd, syscall.EPOLLIN) != nil {
		s.drop()
	}
}

// drop ends the connection at once.
func (s *socket) drop() {
	if s.closed {
		return
	}
	s.closed = true
	if s.closing != nil {
		s.closing.stop()
	}
	delete(s.loop.sockets, s.fd)
	_ = syscall.Close(s.fd)
}
