// Package sock adds to connections of package net: deadlines that come with the end of a context,
// and ways to end.
package sock

import (
	"net"
	"time"
)

// Direction says which deadline of a socket to use.
type Direction uint8

// Directions of a socket.
const (
	Read Direction = iota + 1
	Write
)

func (d Direction) set(nc net.Conn, t time.Time) {
	if d == Read {
		_ = nc.SetReadDeadline(t)
	} else {
		_ = nc.SetWriteDeadline(t)
	}
}

// LongAgo is a deadline that has passed on every clock, the virtual ones of tests included.
var LongAgo = time.Unix(1, 0)
