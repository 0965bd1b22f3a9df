package transport

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// largeRequests are requests whose head is too large, by the method and their other fields.
func largeRequests() map[string]string {
	var protocols strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&protocols, "p%d, ", i)
	}
	upgrade := strings.TrimSuffix(openingRequest, "\r\n")
	large := upgrade + "Sec-WebSocket-Protocol: " + protocols.String() + "x\r\n\r\n"
	const most = 900_000 // net/http has a limit of its own at a megabyte
	return map[string]string{
		"60000 subprotocols":         large,
		"60000 subprotocols kaazing": strings.Replace(large, "/echo", "/echo?.kl=Y", 1),
		"one large field":            upgrade + "X: " + strings.Repeat("x", most) + "\r\n\r\n",
		"many fields":                upgrade + strings.Repeat("X: y\r\n", 5000) + "\r\n",
		"a little too large": upgrade + "X: " + strings.Repeat("x", 8000) + "\r\nY: " +
			strings.Repeat("y", 8000) + "\r\nZ: " + strings.Repeat("z", 500) + "\r\n\r\n",
		"101 subprotocols": upgrade + "Sec-WebSocket-Protocol: x" +
			strings.Repeat(",x", 100) + "\r\n\r\n",
		"POST without its body": "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\nX: " +
			strings.Repeat("x", most) + "\r\n\r\n",
		"not quite HTTP": strings.Replace(large, "\r\n", "\n", 1),
	}
}

// The limits of the opening request hold wherever a Handler is mounted, whatever else the server
// does. A refused request is over at once.
func TestHandler_HeadLimit(t *testing.T) {
	h := &Handler{Serve: echoServe}
	anybodys := httptest.NewServer(h)
	defer anybodys.Close()
	servers := map[string]*Server{
		"Server": {Handler: h}, "Server with Fallback": {Handler: h, Fallback: http.HandlerFunc(webPage)},
		"Server with Plain": {Handler: &Handler{Serve: echoServe, Plain: true},
			Fallback: http.HandlerFunc(webPage)},
	}
	urls := map[string]string{"net/http": "ws://" + anybodys.Listener.Addr().String()}
	for name, s := range servers {
		urls[name] = serveBy(t, s)
	}
	for where, url := range urls {
		for name, request := range largeRequests() {
			t.Run(where+"/"+name, func(t *testing.T) {
				t.Attr("req", "RFC6585-431-01")
				c := dialHTTP(t, url)
				_, _ = c.Write([]byte(request)) // the answer may come before all of it is sent
				r, err := http.ReadResponse(c.r, nil)
				if err != nil {
					require.ErrorContains(t, err, "reset", "net/http drops what it does not read")
					return
				}
				defer r.Body.Close()
				want := []int{431}
				if name == "not quite HTTP" && where == "Server" {
					want = []int{400}
				}
				if where == "net/http" && strings.HasPrefix(request, "POST") {
					want = append(want, 405)
				}
				require.Contains(t, want, r.StatusCode)
			})
		}
	}
	for name, s := range servers {
		require.Eventually(t, func() bool { return s.Connections() == 0 }, 30*time.Second,
			time.Millisecond, name)
	}
}
