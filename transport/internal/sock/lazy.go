package sock

import (
	"io"
	"net"
	"os"
	"syscall"
)

// Room gives memory to read into. It is asked for it only when something may be there to read, so
// that a connection on which nothing happens holds none.
type Room interface {
	Take(sure bool) []byte // memory for an attempt; sure says that the system has announced something
	// The attempt found nothing: the memory is not needed while the connection waits.
	Leave()
}

// Lazy reads from the socket of the system below a net.Conn, without memory while it waits.
// Deadlines and Close of the net.Conn count for it. One goroutine may read.
type Lazy struct {
	raw     syscall.RawConn
	room    Room
	attempt func(fd uintptr) (done bool)
	sure    bool // of the next attempt
	n       int
	err     error
}

// Init prepares l for reading nc. false says that nc is no socket of the system that can be read
// so; one of TLS is not.
func (l *Lazy) Init(nc net.Conn, room Room) bool {
	if !canReadRaw {
		return false
	}
	switch nc.(type) {
	// Others may hold bytes that the system has given to them already.
	case *net.TCPConn, *net.UnixConn:
	default:
		return false
	}
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		return false
	}
	l.raw, l.room, l.attempt = raw, room, l.try
	return true
}

// Read waits for something to read, and reads it into memory of the room. The errors are those of
// net.Conn.
func (l *Lazy) Read() (int, error) {
	l.sure = false
	switch err := l.raw.Read(l.attempt); {
	case err != nil:
		return 0, err
	case l.err != nil:
		return 0, &net.OpError{Op: "read", Err: os.NewSyscallError("read", l.err)}
	case l.n == 0:
		return 0, io.EOF
	}
	return l.n, nil
}

// try is one attempt to read; it reports whether it found something.
func (l *Lazy) try(fd uintptr) (done bool) {
	p := l.room.Take(l.sure)
	l.sure = true
	for {
		l.n, l.err = readRaw(fd, p)
		switch l.err {
		case nil:
			return true
		case syscall.EINTR:
			continue
		}
		l.room.Leave()
		return l.err != syscall.EAGAIN
	}
}
