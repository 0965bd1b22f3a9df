package transport

import (
	"net"
	"net/netip"
)

// mostIdle bounds the goroutines that wait for work.
const mostIdle = 64

// accepted is a connection that nobody has looked at.
type accepted struct {
	nc   net.Conn
	host netip.Addr
}

// work shakes hands on c, and then on those that come next. A handshake makes the stack of its goroutine grow twice, which takes longer than to parse both
// requests, so a goroutine that has been through it is used again.
func (s *Server) work(c accepted, next <-chan accepted) {
	for ok := true; ok; {
		s.connection(c.nc, c.host)
		if s.idle.Add(1) > mostIdle {
			s.idle.Add(-1)
			return
		}
		c, ok = <-next
		s.idle.Add(-1)
	}
}
