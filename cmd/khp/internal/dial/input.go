package dial

import (
	"io"
	"sync/atomic"
)

// source is stdin, and knows whether more of it is being waited for.
type source struct {
	io.Reader
	waits atomic.Bool
}

// Read implements [io.Reader].
func (s *source) Read(p []byte) (int, error) {
	s.waits.Store(true)
	defer s.waits.Store(false)
	return s.Reader.Read(p)
}
