package target

import (
	"context"
	"errors"
	"time"

	"example.com/khp/transport"
)

// backendTimeout is how long a back end may take to accept a connection.
const backendTimeout = 5 * time.Second

// wsTarget is a WebSocket back end. It is connected to while the client's request is being decided,
// so that a back end that is down gives a clear answer, and so that it is the back end that selects
// the subprotocol.
type wsTarget struct {
	url string
	khp bool // it speaks KHP; others are not offered it, as many a server selects whatever it is offered first
}

func (t wsTarget) decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error) {
	patience, cancel := context.WithTimeout(ctx, backendTimeout)
	defer cancel()
	o := &transport.DialOptions{Subprotocols: r.Subprotocols, PlainOnly: !t.khp, MaxRedirects: -1, TLSConfig: s.house.Backends, ReadLimit: int64(s.route.MaxMessage)}
	if t.khp {
		o.Profile = transport.Auto // khp serve and gateways, which speak it differently
	}
	back, err := transport.Dial(patience, t.url, o)
	if err != nil {
		if !errors.As(err, new(*transport.HandshakeError)) { // nothing was sent
			return tooMuch(ctx, s, t.url, err), nil
		}
		return backendDown(ctx, s, t.url, err)
	}
	if !s.keep(back, back.CloseNow) {
		return transport.Decision{}, context.Canceled
	}
	return transport.Decision{Subprotocol: back.Subprotocol()}, nil
}

func (t wsTarget) serve(ctx context.Context, s *session, c *client) error {
	back := s.kept().(*transport.Conn)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pump(ctx, s, back, c, backEnd)
	}()
	pump(ctx, s, c, back, "client")
	<-done
	return nil
}

// messages is either side of a pump.
type messages interface {
	Read(ctx context.Context) (transport.MessageType, []byte, error)
	Write(ctx context.Context, t transport.MessageType, p []byte) error
	Close(code uint16, reason string) error
	CloseNow() error
}

// pump hands messages on, and in the end what the one side closed with. A side that does not read
// holds up the other.
func pump(ctx context.Context, s *session, from, to messages, name string) {
	for {
		t, p, err := from.Read(ctx)
		if err != nil {
			if name == backEnd {
				backendEnded(ctx, s, err)
			} else {
				s.ended.Store(true)
			}
			closeAs(ctx, to, err, name)
			return
		}
		if err := to.Write(ctx, t, p); err != nil {
			// The pump in the other direction finds out why, and closes from. Until then what from
			// sends has nowhere to go.
			if ctx.Err() != nil {
				return
			}
			_ = to.CloseNow()
			return
		}
	}
}

// closeAs closes to for the reason for which the other side ended.
func closeAs(ctx context.Context, to messages, err error, name string) {
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
