package property

import (
	"slices"
	"time"

	"example.com/khp/endpoint"
)

// deliverServer hands the next parcel to the server.
func (r *pairRun) deliverServer() {
	if len(r.toServer) == 0 || r.s == nil {
		return
	}
	p := r.toServer[0]
	r.toServer = r.toServer[1:]
	switch p.kind {
	case endpoint.SendBytes:
		r.ds.Received(r.now, p.data)
	case endpoint.SendMessage:
		r.ds.Message(r.now, p.typ, p.data)
	case endpoint.SendClose:
		r.ds.PeerClosed(r.now, p.code, "")
	case endpoint.Disconnect:
		r.server.cut()
		r.ds.Lost(r.now, "end of stream")
	}
}

// deliverClient hands the next parcel to the client.
func (r *pairRun) deliverClient() {
	if len(r.toClient) == 0 {
		return
	}
	p := r.toClient[0]
	r.toClient = r.toClient[1:]
	switch p.kind {
	case endpoint.SendBytes:
		r.conn.Received(r.now, p.data)
	case endpoint.SendMessage:
		r.conn.Message(r.now, p.typ, p.data)
	case endpoint.SendClose:
		r.conn.PeerClosed(r.now, p.code, "")
	case endpoint.Disconnect:
		r.client.cut()
		r.conn.Lost(r.now, "end of stream")
	}
}

// settle delivers what is on its way, then lets timers run out, until the client is open or over and the server at rest.
func (r *pairRun) settle(cfg endpoint.ClientConfig) error {
	for round := 0; ; round++ {
		if round > 2000 {
			return broken("no rest: client %v, server %v", r.c.Phase(), r.s.Phase())
		}
		switch {
		case len(r.toServer) > 0:
			r.deliverServer()
		case len(r.toClient) > 0:
			r.deliverClient()
		case r.deadline().After(r.now):
			r.seconds = true
			r.pass(r.deadline())
		default:
			return r.atRest(&cfg)
		}
		if r.err != nil {
			return r.err
		}
		if err := r.agree(); err != nil {
			return err
		}
	}
}

// deadline is when the first of both sides waits no longer; the zero time if neither waits.
func (r *pairRun) deadline() time.Time {
	due := r.c.Deadline()
	if r.s == nil {
		return due
	}
	if other := r.s.Deadline(); due.IsZero() || !other.IsZero() && other.Before(due) {
		return other
	}
	return due
}

// pass lets time pass on both sides.
func (r *pairRun) pass(to time.Time) {
	r.now = to
	r.dc.Expire(to)
	if r.ds != nil {
		r.ds.Expire(to)
	}
}

// atRest says how it may have ended.
func (r *pairRun) atRest(cfg *endpoint.ClientConfig) error {
	if !r.client.over && !r.client.open {
		return broken("the client waits for nothing in %v, the server is in %v", r.c.Phase(), r.s.Phase())
	}
	if r.faults > 0 {
		return nil
	}
	if accepted := r.accepted(cfg); r.seconds || accepted != r.client.open {
		return broken("without a fault: open %v, accepted %v, timers ran out %v, %v", r.client.open, accepted, r.seconds, r.client.failure)
	}
	if r.client.open && !slices.Equal(r.sent, r.client.delivered) {
		return broken("the server sent %q, the client got %q", r.sent, r.client.delivered)
	}
	return nil
}
