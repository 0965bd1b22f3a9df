package frametest

import (
	"io"

	"github.com/gobwas/ws"
)

// ReadFrame reads one frame, of a peer that can be trusted.
func ReadFrame(r io.Reader) (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(r); err != nil {
		return f, err
	}
	f.Payload = make([]byte, f.Header.Length)
	_, err = io.ReadFull(r, f.Payload)
	return f, err
}
