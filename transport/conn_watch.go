package transport

import (
	"context"
	"net"
	"time"
)

// direction says which deadline of a socket to use.
type direction uint8

const (
	forRead direction = iota + 1
	forWrite
)

func (d direction) set(nc net.Conn, t time.Time) {
	if d == forRead {
		_ = nc.SetReadDeadline(t)
	} else {
		_ = nc.SetWriteDeadline(t)
	}
}

// longAgo is a deadline that has passed on every clock, the virtual ones of tests included.
var longAgo = time.Unix(1, 0)

func noWatch() {}

// watch makes socket calls of one direction fail with os.ErrDeadlineExceeded once ctx ends.
// stop must be called after the last of these calls; it leaves the socket without a deadline if ctx
// ended, and as it was if not.
func watch(ctx context.Context, nc net.Conn, d direction) (stop func()) {
	if ctx.Done() == nil {
		return noWatch
	}
	fired := make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		d.set(nc, longAgo)
		close(fired)
	})
	return func() {
		if !release() {
			<-fired
			d.set(nc, time.Time{})
		}
	}
}
