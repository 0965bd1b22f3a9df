package transport

import (
	"sync"

	"github.com/gobwas/ws"
)

const (
	smallSize = 256  // bytes an idle link waits in; holds a header and any control frame
	bigSize   = 4096 // bytes of a pooled read buffer; a frame that fits is parsed in place
)

type bigBuffer [bigSize]byte

var bigBuffers = sync.Pool{New: func() any { return new(bigBuffer) }}

// fill reads the socket once so that base[r:w] grows towards need bytes, at most bigSize.
// It moves unread bytes where it must, and gives the pooled buffer back before it waits for a first byte.
func (l *link) fill(need int) error {
	switch {
	case l.r == l.w:
		l.r, l.w = 0, 0
		if l.hungry || need > smallSize {
			l.base = l.takeBig()[:]
		} else {
			l.rest()
		}
	case l.r+need > len(l.base):
		to := l.base
		if need > len(to) {
			to = l.takeBig()[:]
		}
		l.w = copy(to, l.base[l.r:l.w])
		l.base, l.r = to, 0
	}
	room := l.base[l.w:]
	n, err := l.readSocket(room)
	l.hungry = n == len(room)
	l.w += n
	if n > 0 || err == nil {
		return nil // an error that matters comes again
	}
	return lost(err)
}

// await waits for the first byte of an item, if there is none yet: then next has something to start with.
func (l *link) await() error {
	if l.dead != nil || l.left > 0 || l.r < l.w {
		return nil
	}
	return l.fill(ws.MinHeaderSize)
}

// readSocket reads, and looks after a silent peer.
func (l *link) readSocket(p []byte) (int, error) {
	if l.alive != nil {
		return l.alive.read(p)
	}
	return l.readListened(p)
}

// readListened reads, and lets extensions know that somebody listens.
func (l *link) readListened(p []byte) (int, error) {
	if l.ext == nil {
		return l.nc.Read(p)
	}
	l.ext.listening()
	n, err := l.nc.Read(p)
	l.ext.listened(n > 0)
	return n, err
}

func (l *link) takeBig() *bigBuffer {
	if l.big == nil {
		l.big = bigBuffers.Get().(*bigBuffer)
	}
	return l.big
}

// rest gives the pooled buffer back if nothing is left in it. It ends the validity of an item's data.
func (l *link) rest() {
	if l.r != l.w {
		return
	}
	if l.big != nil {
		bigBuffers.Put(l.big)
		l.big = nil
	}
	l.base, l.r, l.w = l.small[:], 0, 0
}

// readLarge moves payload of the large frame h into msg: what lies in base, or else one socket read
// without a detour.
func (l *link) readLarge() (item, error) {
	at := len(l.msg)
	if l.r < l.w {
		n := int(min(l.left, int64(l.w-l.r)))
		l.msg = append(l.msg, l.base[l.r:l.r+n]...)
		l.r += n
	} else {
		l.rest()
		l.growMsg()
		room := l.msg[at:cap(l.msg)]
		if int64(len(room)) > l.left {
			room = room[:l.left]
		}
		n, err := l.readSocket(room)
		if n == 0 && err != nil {
			return item{}, lost(err)
		}
		l.msg = l.msg[:at+n]
	}
	chunk := l.msg[at:]
	if l.h.Masked {
		ws.Cipher(chunk, l.h.Mask, int((l.h.Length-l.left)%4))
	}
	if l.left -= int64(len(chunk)); l.left > 0 {
		return item{}, l.checkText(len(chunk))
	}
	return l.fragment(l.h, len(chunk))
}

// growMsg makes room in msg when it is full: as much again as has arrived, at least bigSize, never more
// than the frame announces. An announced length alone reserves no memory.
func (l *link) growMsg() {
	if len(l.msg) < cap(l.msg) {
		return
	}
	more := min(l.left, int64(max(len(l.msg), bigSize)))
	l.msg = append(make([]byte, 0, len(l.msg)+int(more)), l.msg...)
}
