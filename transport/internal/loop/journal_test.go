package loop

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/tcptest"
	"example.com/khp/wire"
)

// journal records the calls of a loop on driver, peer, side and trace, one line for each.
type journal struct {
	lines []string
	due   time.Time // of the driver
	// Called inside of a call of the same name, nil does nothing.
	begin, received, expire, giveUp, lost, violation, settled func()
}

func (j *journal) note(format string, args ...any) {
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

// take returns the lines since the last call.
func (j *journal) take() []string {
	lines := j.lines
	j.lines = nil
	return lines
}

func call(f func()) {
	if f != nil {
		f()
	}
}

type driverOf struct{ *journal }

func (j driverOf) Begin(time.Time, []endpoint.Output) { j.note("begin"); call(j.begin) }
func (j driverOf) Deadline() time.Time                { return j.due }
func (j driverOf) Expire(now time.Time) {
	j.note("expire %v late", now.Sub(j.due))
	j.due = time.Time{}
	call(j.expire)
}
func (j driverOf) GiveUp(_ time.Time, code uint16, reason string) {
	j.note("give up %d%s", code, reason)
	call(j.giveUp)
}

type sideOf struct{ *journal }

func (j sideOf) Settled()      { call(j.settled) }
func (j sideOf) Phase() string { return "phase" }

type peerOf struct{ *journal }

func (j peerOf) Received(_ time.Time, p []byte) {
	j.note("received %s", p)
	call(j.received)
}
func (j peerOf) Message(_ time.Time, t wire.MessageType, p []byte) {
	j.note("message %v %s", t, p)
}
func (j peerOf) Ping(_ time.Time, p []byte) { j.note("ping %s", p) }
func (j peerOf) PeerClosed(_ time.Time, code uint16, reason string) {
	j.note("peer closed %d %s", code, reason)
}
func (j peerOf) Violation(_ time.Time, f fsm.Failure, detail string) {
	j.note("violation %v: %s", f, detail)
	call(j.violation)
}
func (j peerOf) Lost(_ time.Time, detail string) {
	j.note("lost: %s", detail)
	call(j.lost)
}

type traceOf struct{ *journal }

func (j traceOf) Read(p []byte)                        { j.note("trace: read %s", p) }
func (j traceOf) Upgraded(rest int)                    { j.note("trace: upgraded %d", rest) }
func (j traceOf) Message(t wire.MessageType, p []byte) { j.note("trace: message %v %s", t, p) }
func (j traceOf) TooEarly()                            { j.note("trace: too early") }
func (j traceOf) Ping()                                { j.note("trace: ping") }
func (j traceOf) Close(code uint16, reason string) {
	j.note("trace: close %d %s", code, reason)
}
func (j traceOf) Violation(code uint16, detail string) {
	j.note("trace: violation %d: %s", code, detail)
}
func (j traceOf) Lost(detail string) { j.note("trace: lost: %s", detail) }
func (j traceOf) Expired()           { j.note("trace: expired") }
func (j traceOf) Disconnected()      { j.note("trace: disconnected") }

// socket is a connection that records its deadlines, its writes, and the calls that end it.
type socket struct {
	*tcptest.Conn
	mu                sync.Mutex // guards the next three lines; tests read them when all is quiet
	readDue, writeDue time.Time
	wroteBy           time.Time // writeDue at the last write
	deadlines         int       // calls
	writes            int       // calls
	ended             []string  // calls that end it
	both              bool      // Read returns bytes and the end of the stream together
}

func (s *socket) SetDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadlines++
	s.readDue, s.writeDue = t, t
	return s.Conn.SetDeadline(t)
}

func (s *socket) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadlines++
	s.readDue = t
	return s.Conn.SetReadDeadline(t)
}

func (s *socket) SetWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadlines++
	s.writeDue = t
	return s.Conn.SetWriteDeadline(t)
}

func (s *socket) Read(p []byte) (n int, err error) {
	if n, err = s.Conn.Read(p); s.both && n > 0 {
		err = io.EOF
	}
	return n, err
}

func (s *socket) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.wroteBy = s.writeDue
	s.mu.Unlock()
	s.writes++
	return s.Conn.Write(p)
}

func (s *socket) CloseWrite() error {
	s.ended = append(s.ended, "close write")
	return s.Conn.CloseWrite()
}

func (s *socket) Close() error {
	s.ended = append(s.ended, "close")
	return s.Conn.Close()
}

// NetConn is the connection that TLS would use.
func (s *socket) NetConn() net.Conn { return s.Conn }

// withLoop calls do with a loop that is connected, in a bubble.
func withLoop(
	t *testing.T, client bool,
	do func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		peer, end := tcptest.Pair(tcptest.Options{Window: 1 << 10})
		nc := &socket{Conn: end}
		l := &Loop{Config: Config{Context: t.Context(), Driver: driverOf{j}, Side: sideOf{j},
			Trace: traceOf{j}, Limit: 100, Client: client,
			Timeouts: &endpoint.Timeouts{Response: 3 * time.Second, Close: 2 * time.Second}}}
		l.Connected(nc, peerOf{j})
		do(t, l, j, nc, peer)
		_ = peer.Close()
	})
}
