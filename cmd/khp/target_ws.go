package main

import (
	"context"
	"errors"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// backendTimeout is how long a back end may take to accept a connection.
const backendTimeout = 5 * time.Second

// wsTarget is a WebSocket back end, plain or KHP. It is connected to while the client's request is being decided, so that a back end that is
// down gives a clear answer, and so that it is the back end that selects the subprotocol.
type wsTarget struct{ url string }

func (t wsTarget) decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error) {
	ctx, cancel := context.WithTimeout(ctx, backendTimeout)
	defer cancel()
	back, err := transport.Dial(ctx, t.url, &transport.DialOptions{Subprotocols: r.Protocols, PlainFallback: true, MaxRedirects: -1})
	if err != nil {
		return backendDown(s, t.url, err), nil
	}
	if !s.keep(back, back.CloseNow) {
		return transport.Decision{}, context.Canceled
	}
	return transport.Decision{Protocol: back.Subprotocol()}, nil
}

// backendDown tells the client that it is not its fault, and the operator whose it is.
func backendDown(s *session, where string, err error) transport.Decision {
	s.log.Warn("back end failed", "route", s.route.path, "backend", withoutQueries(where), "error", withoutQueries(err.Error()))
	var e *transport.HandshakeError
	if errors.As(err, &e) && refused(e) {
		return transport.Decision{Status: 502, Body: []byte("the back end refused the connection\n")}
	}
	return transport.Decision{Status: 503, Body: []byte("the back end cannot be reached\n")}
}

// refused reports whether a back end has said no, as opposed to being down, on its way there, or out of time.
func refused(e *transport.HandshakeError) bool {
	//exhaustive:ignore
	switch e.Failure {
	case fsm.FailureConnect, fsm.FailureConnectionLost, fsm.FailureMissingTerminator, fsm.FailureTimeout:
		return false
	}
	return e.Status != 0 && e.Status != 503
}

func (t wsTarget) serve(ctx context.Context, s *session, c *transport.Conn) error {
	back := s.kept().(*transport.Conn)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pump(ctx, s, back, c, "back end")
	}()
	pump(ctx, s, c, back, "client")
	<-done
	return nil
}

// pump hands messages on, and in the end what the one side closed with. A side that does not read holds up the other.
func pump(ctx context.Context, s *session, from, to *transport.Conn, name string) {
	for {
		t, p, err := from.Read(ctx)
		if err != nil {
			closeAs(ctx, to, err, name)
			return
		}
		s.touch()
		if err := to.Write(ctx, t, p); err != nil {
			// The pump in the other direction finds out why, and closes from. Until then what from sends has nowhere to go.
			if ctx.Err() != nil {
				return
			}
			_ = to.CloseNow()
			return
		}
	}
}

// closeAs closes to for the reason for which the other side ended.
func closeAs(ctx context.Context, to *transport.Conn, err error, name string) {
	var closed *transport.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == transport.CloseNoStatus:
		_ = to.Close(0, "")
	case closed != nil:
		_ = to.Close(closed.Code, closed.Reason)
	case ctx.Err() != nil:
		_ = to.Close(transport.CloseGoingAway, "")
	default:
		_ = to.Close(transport.CloseInternalError, "the "+name+" is gone")
	}
}
