package transport

import (
	"context"
	"time"

	"github.com/gobwas/ws"
)

// writeExtended sends what extensions make of one frame, with nothing in between. It runs with the turn held.
func (w *writer) writeExtended(ctx context.Context, op ws.OpCode, p []byte) error {
	owed, frames, bad := w.ext.outgoing(op, p)
	w.tail = append(w.tail, owed...)
	w.watcher.Start(ctx)
	err, sent := w.flush(), 0
	for i := 0; i < len(frames) && err == nil; i++ {
		var n int
		n, err = w.sendFrame(frames[i].op, frames[i].p)
		sent += n
	}
	w.watcher.Stop()
	w.ext.left(len(w.tail))
	if err = w.broken(ctx, sent, err); err == nil && bad != nil {
		return bad
	}
	return err
}

// sendOwed sends what extensions owe, or leaves that to the one who writes.
func (w *writer) sendOwed() {
	if !w.ext.owes() {
		return
	}
	select {
	case w.turn <- struct{}{}:
		w.unlock()
	default:
	}
}

// payOwed runs with the turn held. What the socket does not take in time goes out before the next frame.
func (w *writer) payOwed() {
	owed := w.ext.take()
	if len(owed) == 0 || w.closeSent {
		return
	}
	w.tail = append(w.tail, owed...)
	_ = w.nc.SetWriteDeadline(time.Now().Add(pongTimeout))
	_ = w.flush()
	_ = w.nc.SetWriteDeadline(time.Time{})
	w.ext.left(len(w.tail))
}
