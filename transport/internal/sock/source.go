package sock

import (
	"io"
	"net"
)

// SourceSize bounds, in bytes, a read of a Source.
const SourceSize = 32 << 10

// Source reads a stream into a Wide buffer. While it waits for bytes on a socket of the system, it
// holds no buffer.
type Source struct {
	Room *Wide // with the bytes of the last Read; nil if there is no buffer

	r    io.Reader
	raw  bool // lazy can read r
	lazy Lazy
}

// NewSource returns a Source that reads r.
func NewSource(r io.Reader) *Source {
	s := &Source{r: r}
	if nc, ok := r.(net.Conn); ok {
		s.raw = s.lazy.Init(nc, s)
	}
	return s
}

// Read reads up to [SourceSize] bytes to the beginning of the payload of Room.
func (s *Source) Read() (int, error) {
	if s.raw {
		return s.lazy.Read()
	}
	return s.r.Read(s.Take(true))
}

// Take implements [Room].
func (s *Source) Take(bool) []byte {
	if s.Room == nil {
		s.Room = GetWide()
	}
	return s.Room.Payload()[:SourceSize]
}

// Leave implements [Room]: it gives the buffer back.
func (s *Source) Leave() {
	if s.Room != nil {
		PutWide(s.Room)
		s.Room = nil
	}
}
