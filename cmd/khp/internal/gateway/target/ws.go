package target

import (
	"context"
	"errors"
	"net"

	"example.com/khp/transport"
	"example.com/khp/wire"
)

// wsBackend is a WebSocket back end.
type wsBackend struct {
	url wire.URL // of a Unix socket the host is localhost
	// khp tells that the back end speaks KHP. Others are not offered KHP, because many servers
	// select the first subprotocol that they are offered.
	khp  bool
	link link
	name string // the result of where
}

func (b *wsBackend) where() string { return b.name }

func (b *wsBackend) secure() bool { return b.url.Secure }

func (b *wsBackend) connect(ctx context.Context, s *session, r *transport.Request) (line, error) {
	from, route, login := transport.SourceOf(ctx), s.route, s.loggedIn()
	if route.goesOn(b.url) && s.house.Routes.strays(route, s.path) {
		return nil, &errNotSent{errors.New("its path could lead out of that of the route"), 400,
			"this path cannot be passed on"}
	}
	header, err := route.header(r, login, from)
	if err != nil {
		return nil, &errNotSent{err, 403, "this user cannot be named to the back end"}
	}
	o := &transport.DialOptions{
		Subprotocols: r.Subprotocols, PlainOnly: !b.khp, MaxRedirects: -1, TLSConfig: route.TLS,
		ReadLimit: int64(route.MaxMessage), OpeningHeader: header,
		NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return b.link.dial(ctx, route.proxy, from)
		},
	}
	if b.khp {
		o.Profile = transport.Auto // khp serve and gateways, which speak it differently
	}
	back, err := transport.Dial(ctx,
		route.onward(b.url, s.path, queryOf(r.Target), login).String(), o)
	switch {
	case err == nil:
		return &wsLine{back}, nil
	case errors.As(err, new(*transport.HandshakeError)):
		return nil, err
	}
	return nil, tooMuch(err) // nothing was sent
}

// wsLine is a connection to a WebSocket back end: messages and Close frames pass in both
// directions.
type wsLine struct{ back *transport.Conn }

func (l *wsLine) subprotocol(*transport.Request) string { return l.back.Subprotocol() }

func (l *wsLine) drop() error { return l.back.CloseNow() }

func (l *wsLine) join(ctx context.Context, s *session, c *client) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		passed(ctx, s, c.fromBackend(ctx, l.back), c, backEnd)
	}()
	passed(ctx, s, c.toBackend(ctx, l.back), l.back, "client")
	<-done
	return nil
}

// closer is the side of a relay that gets the messages.
type closer interface {
	Close(code uint16, reason string) error
	CloseNow() error
}

// passed ends the side that has got the messages of the other one, which has that name, as that one
// ended. A side that does not read holds up the other.
func passed(ctx context.Context, s *session, err error, to closer, name string) {
	switch {
	case !notTaken(err):
		if name == backEnd {
			backendEnded(ctx, s, err)
		} else {
			s.ended.Store(true)
		}
		closeAs(ctx, to, err, name)
	case ctx.Err() == nil:
		// The other direction finds out why, and closes the side that sends. Until then messages of that
		// side have nowhere to go.
		_ = to.CloseNow()
	}
}

// closeAs closes to for the reason for which the other side ended.
func closeAs(ctx context.Context, to closer, err error, name string) {
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
