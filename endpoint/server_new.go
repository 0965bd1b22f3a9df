package endpoint

import ()

// Request is an extended request, as the application gets to see it. Values are copies.
type Request struct {
	OpeningRequest
	Header        []HeaderField // of the extended request
	Subprotocols  []string      // subprotocols asked for, without KHP; in the kaazing profile of both requests together
	Extensions    []string      // elements asked for in the extended request
	Authorization string        // value of the Authorization field, "" if absent
	Body          []byte        // until the connection is open, which does not keep it
	Plain         bool          // the client does not offer KHP: all there is of its request is the opening one
	Replay        int           // how many challenges this client has been sent
	Principal     any           // whom the host took the client for, nil unless it did; the endpoint leaves it alone
}

// NewServer prepares one connection. Options that [ServerConfig.Check] refuses are taken for the
// default.
func NewServer(cfg ServerConfig) *Server {
	s := &Server{}
	s.Reset(cfg)
	return s
}

// Reset prepares s for another connection, as NewServer does, and keeps what memory it has. What it
// returned before must not be used any more, but for copies of Request, OpeningRequest and Result.
func (s *Server) Reset(cfg ServerConfig) {
	buf, pending, fields := s.buf[:0], s.pending[:0], s.parsed.Fields[:0]
	if buf == nil || cap(buf)+cap(pending) > mostKept {
		m := new(memory)
		buf, pending, fields = m.buf[:0], m.message[:0], m.fields[:0]
	}
	*s = Server{}
	s.cfg, s.clock.timeouts = cfg, &s.cfg.Timeouts
	s.out, s.buf, s.pending, s.parsed.Fields = s.room[:0], buf, pending, fields
	s.machine = cfg.Machine.OrDefault()
	s.cfg.Limits = cfg.Limits.OrDefault()
	s.state = s.machine.Start()
}
