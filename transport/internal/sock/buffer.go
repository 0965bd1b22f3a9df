package sock

import "sync"

// BufferSize is the size of a Buffer in bytes.
const BufferSize = 4096

// Buffer is memory to read into.
type Buffer [BufferSize]byte

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// GetBuffer returns a buffer from a pool. Give it back with PutBuffer.
func GetBuffer() *Buffer { return buffers.Get().(*Buffer) }

// PutBuffer gives a buffer back, which must not be used any more.
func PutBuffer(b *Buffer) { buffers.Put(b) }
