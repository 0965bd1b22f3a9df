package adaptertest

import (
	"context"
	"net/http"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
)

// library is one way to have KHP connections.
type library struct {
	name string
	dial func(ctx context.Context, url string, o *adapter.ClientOptions) (conn, *adapter.Result, error)
	// handler upgrades, shakes hands and has serve use the open connection, which is closed with
	// 1000 afterwards.
	handler func(
		o *adapter.ServerOptions, serve func(context.Context, conn, *adapter.Result),
	) http.Handler
}

// conn is an open connection of any library.
type conn interface {
	Read(ctx context.Context) (transport.MessageType, []byte, error)
	Write(ctx context.Context, t transport.MessageType, p []byte) error
	Close() error // with the closing handshake
}

var libraries = []library{own, gorilla, coder}

// own is package transport itself.
var own = library{
	name: "transport",
	dial: func(ctx context.Context, url string,
		o *adapter.ClientOptions) (conn, *adapter.Result, error) {
		c, err := transport.Dial(ctx, url, &transport.DialOptions{
			Profile: o.Profile, Subprotocols: o.Config.Subprotocols, Extensions: o.Config.Extensions,
			Credentials: o.Credentials, Timeouts: o.Config.Timeouts,
			ReadLimit: o.ReadLimit, Body: o.Config.Body, Limits: o.Config.Limits,
			TerminatorOptional: o.Config.Machine.TerminatorOptional,
			PlainFallback:      o.Config.Machine.PlainFallback, Redirects: o.Config.Redirects,
			Sensitive: o.Config.Sensitive, OpeningHeader: header(o.Config.OpeningHeader),
		})
		if err != nil {
			return nil, nil, err
		}
		return ownConn{c}, &adapter.Result{
			Status: c.Status(), Subprotocol: c.Subprotocol(), Extensions: c.Extensions(), Header: c.Header(),
			URL: c.URL(), Plain: c.Plain(),
		}, nil
	},
	handler: func(o *adapter.ServerOptions, serve func(context.Context, conn,
		*adapter.Result)) http.Handler {
		return &transport.Handler{
			Decide: o.Decide, Subprotocols: o.Subprotocols, AnyTarget: o.Config.AnyTarget,
			Timeouts: o.Config.Timeouts, ReadLimit: o.ReadLimit,
			Serve: func(ctx context.Context, c *transport.Conn) error {
				serve(ctx, ownConn{c}, &adapter.Result{Status: c.Status(), Subprotocol: c.Subprotocol(),
					Header: c.Header(), URL: c.URL(), Request: c.Request()})
				return nil
			},
		}
	},
}

type ownConn struct{ *transport.Conn }

func (c ownConn) Close() error { return c.Conn.Close(transport.CloseNormal, "") }

func header(fields []transport.HeaderField) http.Header {
	h := http.Header{}
	for _, f := range fields {
		h.Add(f.Name, f.Value)
	}
	return h
}
