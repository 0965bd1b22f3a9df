package gorillaws_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/gorillaws"
	"github.com/gorilla/websocket"
)

// An echo server with a login on connections of the library, and a client of it.
func Example() {
	upgrader := websocket.Upgrader{
		Subprotocols: []string{gorillaws.Subprotocol},
		CheckOrigin:  adapter.SameOrigin, // which also knows the origins of Kaazing's clients
	}
	options := &gorillaws.ServerOptions{
		Authenticator: auth.BasicAuth{Realm: "example",
			Check: auth.Users(map[string]string{"joe": "welcome"})},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		if _, err := gorillaws.Accept(r.Context(), ws, r, options); err != nil {
			return
		}
		for {
			kind, message, err := ws.ReadMessage()
			if err != nil || ws.WriteMessage(kind, message) != nil {
				return
			}
		}
	}))
	defer server.Close()

	ws, result, err := gorillaws.Dial(context.Background(),
		"ws"+strings.TrimPrefix(server.URL, "http")+"/echo", nil, &gorillaws.ClientOptions{
			Credentials: auth.Basic("joe", "welcome"),
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.Close()
	_ = ws.WriteMessage(websocket.TextMessage, []byte("hello"))
	_, message, err := ws.ReadMessage()
	fmt.Println(result.Status, string(message), err)
	// Output: 101 hello <nil>
}
