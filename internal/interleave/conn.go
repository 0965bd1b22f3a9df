package interleave

import (
	"time"

	"example.com/khp/internal/tcptest"
)

// Conn is a connection whose calls are scheduled. It knows its deadlines, and how often it was
// closed.
type Conn struct {
	*tcptest.Conn
	ReadDue, WriteDue time.Time
	Closed            int
}

// SetDeadline is that of a net.Conn, as are the others.
func (c *Conn) SetDeadline(t time.Time) error {
	Yield("deadline")
	c.ReadDue, c.WriteDue = t, t
	return c.Conn.SetDeadline(t)
}

// SetReadDeadline sets the deadline of reads.
func (c *Conn) SetReadDeadline(t time.Time) error {
	Yield("read deadline")
	c.ReadDue = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline sets the deadline of writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	Yield("write deadline")
	c.WriteDue = t
	return c.Conn.SetWriteDeadline(t)
}

// Read reads.
func (c *Conn) Read(p []byte) (int, error) {
	Yield("read")
	return c.Conn.Read(p)
}

// Write writes.
func (c *Conn) Write(p []byte) (int, error) {
	Yield("write")
	return c.Conn.Write(p)
}

// CloseWrite ends the stream of this end.
func (c *Conn) CloseWrite() error {
	Yield("close write")
	return c.Conn.CloseWrite()
}

// Close closes.
func (c *Conn) Close() error {
	Yield("close")
	c.Closed++
	return c.Conn.Close()
}
