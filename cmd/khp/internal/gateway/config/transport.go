package config

import (
	"time"

	"example.com/khp/transport"
	"example.com/khp/wire"
)

// Outside is how clients of a route see the server.
func (r *Route) Outside() transport.Outside {
	return transport.Outside{Hosts: r.OutsideHost, Prefix: r.OutsidePrefix}
}

// Wire returns the limits as the transport has them.
func (l *Limits) Wire() wire.Limits {
	return wire.Limits{
		Head: int(l.Head), Line: int(l.Line), Fields: int(l.Fields), Elements: int(l.Elements),
		Target: int(l.Target), Body: int(l.Body), Messages: int(l.Messages), Unit: int(l.Unit),
	}
}

// Handshake returns the timers as the transport has them.
func (t *Timeouts) Handshake() transport.Timeouts {
	return transport.Timeouts{
		Request: time.Duration(t.Request), Body: time.Duration(t.Body), Replay: time.Duration(t.Replay),
		Overall: time.Duration(t.Overall), Close: time.Duration(t.Close),
	}
}
