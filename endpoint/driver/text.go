package driver

import "example.com/khp/endpoint"

// Drivers, connections and questions print as the phase of their endpoint, because their contents
// may be secret.

// String names the phase of the server.
func (s *Server) String() string { return "driver.Server(" + phase(&s.core) + ")" }

// GoString is String.
func (s *Server) GoString() string { return s.String() }

// String names the phase of the client.
func (c *Client) String() string { return "driver.Client(" + phase(&c.core) + ")" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// String names the phase of the client, and says whether it still wants the connection.
func (c *Conn) String() string {
	if !c.Wanted() {
		return "driver.Conn(not wanted)"
	}
	return "driver.Conn(" + phase(c.core) + ")"
}

// GoString is String.
func (c *Conn) GoString() string { return c.String() }

// String says whether an answer is still expected.
func (q Question) String() string { return question("Question", q.Over()) }

// GoString is String.
func (q Question) GoString() string { return q.String() }

// String says whether an answer is still expected.
func (q Challenge) String() string { return question("Challenge", q.Over()) }

// GoString is String.
func (q Challenge) GoString() string { return q.String() }

func question(kind string, over bool) string {
	if over {
		return "driver." + kind + "(over)"
	}
	return "driver." + kind + "(open)"
}

// phase names the phase of the endpoint.
func phase(d *core) string {
	switch e := d.machine.(type) {
	case *endpoint.Server:
		if e != nil {
			return e.Phase().String()
		}
	case *endpoint.Client:
		if e != nil {
			return e.Phase().String()
		}
	}
	return "no endpoint"
}
