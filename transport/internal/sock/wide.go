package sock

import (
	"crypto/rand"
	"sync"
)

// WideSize is the size of the payload that fits a Wide buffer, in bytes.
const WideSize = 63 << 10

const headerRoom = 14 // bytes of the longest header of a frame

// Wide is memory for many frames, or a large piece of one, that are passed on to another
// connection.
type Wide struct {
	all   [WideSize + headerRoom]byte
	keys  [256]byte
	fresh int // bytes at the end of keys that no frame has had
}

var wides = sync.Pool{New: func() any { return new(Wide) }}

// GetWide returns a buffer from a pool. Give it back with PutWide.
func GetWide() *Wide { return wides.Get().(*Wide) }

// PutWide gives a buffer back, which must not be used any more.
func PutWide(w *Wide) { wides.Put(w) }

// Bytes returns all of it: room for one frame with its header.
func (w *Wide) Bytes() []byte { return w.all[:] }

// Payload returns the part behind the room for a header.
func (w *Wide) Payload() []byte { return w.all[headerRoom:] }

// Framed returns the bytes that end behind n bytes of Payload and begin so much earlier.
func (w *Wide) Framed(header, n int) []byte { return w.all[headerRoom-header : headerRoom+n] }

// Key returns a key to mask one frame with, which nobody can predict. [RFC 6455 5.3]
func (w *Wide) Key() (key [4]byte) {
	if w.fresh == 0 {
		_, _ = rand.Read(w.keys[:]) // never fails
		w.fresh = len(w.keys)
	}
	copy(key[:], w.keys[w.fresh-len(key):])
	w.fresh -= len(key)
	return key
}
