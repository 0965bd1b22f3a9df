package transport

import (
	"context"
	"io"
	"net"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
)

// mostOfStream bounds the messages that bytes of a stream become.
const mostOfStream = 32 << 10

// ForwardFrom sends the bytes that r gives as messages of type t, of at most 32 KiB, until reading,
// writing or ctx ends. The error is that of r, [io.EOF] at its end, or a [*ForwardError] with that of
// [Conn.Write]. The end of ctx breaks off a write only; so it is the caller's to end a read of r. If r is a
// connection of TCP or a Unix socket it takes no memory while nothing comes, and each read of the
// system is followed by one write. sent is called for each message; it may be nil.
func (c *Conn) ForwardFrom(ctx context.Context, r io.Reader, t MessageType, sent Count) error {
	if err := checkType(t); err != nil {
		return &ForwardError{err}
	}
	s := source{r: r}
	if nc, ok := r.(net.Conn); ok {
		s.raw = s.lazy.Init(nc, &s)
	}
	defer s.Leave()
	for {
		n, err := s.read()
		if n > 0 {
			if err := c.sendFrom(ctx, t, s.room, n); err != nil {
				return &ForwardError{err}
			}
			if sent != nil {
				sent(1, n)
			}
		}
		if err != nil {
			return err
		}
		s.Leave()
	}
}

// sendFrom sends bytes of a buffer as one message.
func (c *Conn) sendFrom(ctx context.Context, t MessageType, room *sock.Wide, n int) error {
	if !c.link.Relays(nil) {
		return c.Write(ctx, t, room.Payload()[:n])
	}
	return c.counted(n, c.ended(c.link.WriteOf(ctx, frames.Opcode(t), room, n)))
}

// source reads a stream.
type source struct {
	r    io.Reader
	room *sock.Wide // nil while there is none
	raw  bool       // lazy can read r; else it has to be given memory while it waits
	lazy sock.Lazy
}

func (s *source) read() (int, error) {
	if s.raw {
		return s.lazy.Read()
	}
	return s.r.Read(s.Take(true))
}

// Take implements [sock.Room].
func (s *source) Take(bool) []byte {
	if s.room == nil {
		s.room = sock.GetWide()
	}
	return s.room.Payload()[:mostOfStream]
}

// Leave implements [sock.Room].
func (s *source) Leave() {
	if s.room != nil {
		sock.PutWide(s.room)
		s.room = nil
	}
}
