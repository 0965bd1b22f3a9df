package coderws_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/coderws"
	"github.com/coder/websocket"
)

// An echo server with a login on connections of the library, and a client of it.
func Example() {
	options := &coderws.ServerOptions{
		Authenticator: auth.BasicAuth{Realm: "example",
			Check: auth.Users(map[string]string{"joe": "welcome"})},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r,
			&websocket.AcceptOptions{Subprotocols: []string{coderws.Subprotocol}})
		if err != nil {
			return
		}
		defer ws.CloseNow()
		if _, err := coderws.Accept(r.Context(), ws, r, options); err != nil {
			return
		}
		for {
			kind, message, err := ws.Read(r.Context())
			if err != nil || ws.Write(r.Context(), kind, message) != nil {
				return
			}
		}
	}))
	defer server.Close()

	ws, result, err := coderws.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http")+
		"/echo", nil, &coderws.ClientOptions{
		Credentials: auth.Basic("joe", "welcome"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.CloseNow()
	_ = ws.Write(context.Background(), websocket.MessageText, []byte("hello"))
	_, message, err := ws.Read(context.Background())
	fmt.Println(result.Status, string(message), err)
	// Output: 101 hello <nil>
}
