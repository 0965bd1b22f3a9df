package adaptertest

import (
	"net/http"

	"example.com/khp/transport/adapter"
	"example.com/khp/transport/coderws"
	"example.com/khp/transport/gorillaws"
	coderlib "github.com/coder/websocket"
	gorillalib "github.com/gorilla/websocket"
)

// acceptor is the server's side of an adapter.
type acceptor struct {
	name   string
	accept func(
		w http.ResponseWriter, r *http.Request, subprotocols []string, o *adapter.ServerOptions,
	) error
	notSelected error
}

var acceptors = []acceptor{
	{"gorilla", func(w http.ResponseWriter, r *http.Request, subprotocols []string,
		o *adapter.ServerOptions) error {
		ws, err := (&gorillalib.Upgrader{Subprotocols: subprotocols}).Upgrade(w, r, nil)
		if err != nil {
			return err
		}
		defer ws.Close()
		_, err = gorillaws.Accept(r.Context(), ws, r, o)
		return err
	}, gorillaws.ErrNotSelected},
	{"coder", func(w http.ResponseWriter, r *http.Request, subprotocols []string,
		o *adapter.ServerOptions) error {
		ws, err := coderlib.Accept(w, r, &coderlib.AcceptOptions{Subprotocols: subprotocols})
		if err != nil {
			return err
		}
		defer ws.CloseNow()
		_, err = coderws.Accept(r.Context(), ws, r, o)
		return err
	}, coderws.ErrNotSelected},
}
