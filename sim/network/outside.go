package network

import "time"

// Stream is the far end of a connection whose bytes come from somewhere else and go there, such as
// a socket. The network does not wait for it: its owner calls the methods between two calls of the
// network's, and lets the virtual clock follow the real one with [Network.Advance].
type Stream struct {
	conn    *Conn
	Arrived func(p []byte) // is called with the bytes written at the near end; p is the receiver's
	// Ended is called once the near end writes no more: io.EOF, or another error after a reset.
	Ended func(err error)
}

// Outside has accept called with the far end of each connection to address, a host with or without
// port. accept sets the functions of the [Stream].
func (n *Network) Outside(address string, accept func(*Stream)) {
	n.listen(address, func(c *Conn) {
		s := &Stream{conn: c}
		c.receive(s)
		accept(s)
	})
}

// Enter makes a connection from outside to the listener at address. It returns false if there
// is no such listener. The functions of s must be set.
func (n *Network) Enter(address string, s *Stream) bool {
	accept := n.listeners[address]
	if accept == nil {
		return false
	}
	client, server := n.pair()
	s.conn = client
	client.receive(s)
	accept(server)
	return true
}

// Write sends p to the near end.
func (s *Stream) Write(p []byte) { s.conn.Write(p) }

// End tells the near end that nothing more comes, and why: io.EOF for an orderly end.
func (s *Stream) End(err error) { s.conn.end(err) }

// arrived implements [receiver].
func (s *Stream) arrived(p []byte) { s.Arrived(p) }

// streamEnded implements [receiver].
func (s *Stream) streamEnded(err error) { s.Ended(err) }

// Due returns when the next thing is due; ok is false if nothing is.
func (n *Network) Due() (at time.Duration, ok bool) { return n.next() }
