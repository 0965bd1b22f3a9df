package coderws

import (
	"context"
	"errors"
	"net/http"

	"example.com/khp/endpoint"
	"example.com/khp/transport/adapter"
	"github.com/coder/websocket"
)

// ServerOptions configures a server; nil accepts every request.
type ServerOptions = adapter.ServerOptions

// Subprotocol is the one that AcceptOptions have to list: x-kaazing-handshake.
const Subprotocol = endpoint.Subprotocol

// ErrNotSelected reports that the client did not offer KHP, or that AcceptOptions do not list it.
// The connection is untouched and a plain WebSocket: use it as such, or close it.
var ErrNotSelected = errors.New("coderws: " + Subprotocol +
	" was not selected; list it in AcceptOptions.Subprotocols, or take the client as one that does " +
	"not speak it")

// Accept shakes hands on ws, which websocket.Accept has just made of r. ws then is open for the
// application, with the read limit of opts.
//
// When ctx ends first the client gets a 503. A failure, also a refusal that opts.Decide wanted, is
// a [*transport.HandshakeError], and ws is closed.
func Accept(
	ctx context.Context, ws *websocket.Conn, r *http.Request, opts *ServerOptions,
) (*Result, error) {
	if ws.Subprotocol() != Subprotocol {
		return nil, ErrNotSelected
	}
	return adapter.Server(ctx, newConn(ws), r, opts)
}
