package driver_test

import (
	"fmt"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/internal/enums"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Drivers, connections and questions print a phase, and nothing that they hold.
func TestString(t *testing.T) {
	enums.Readable(t, ".", nil)
	h, s := listening(t)
	half, d := serving(t)
	d.Received(t0, []byte("GET /s3cr3t HTTP/1.1\r\nCookie: s3cr3t\r\n"))
	require.Empty(t, half.take())
	s.Message(t0, wire.Binary, []byte("GET /p HTTP/1.1\r\nAuthorization: Basic s3cr3t\r\n\r\n"))
	q := h.questions[0]
	ch, c, conn := asking(t, endpoint.ClientConfig{HasCredentials: true,
		Header: []endpoint.HeaderField{{Name: "Cookie", Value: "s3cr3t"}}})
	unit(conn, "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"s3cr3t\"\r\n\r\n")
	challenge := ch.asked[0]
	for want, v := range map[string]any{
		"driver.Server(ServerOpening)": d, "driver.Server(ServerDeciding)": s,
		"driver.Client(ClientAwaitCredentials)": c,
		"driver.Conn(ClientAwaitCredentials)":   conn, "driver.Question(open)": q,
		"driver.Challenge(open)": challenge,
		"driver.Question(over)":  driver.Question{}, "driver.Conn(not wanted)": &driver.Conn{},
		"driver.Server(no endpoint)": &driver.Server{},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.Equal(t, want, fmt.Sprintf(verb, v), verb)
		}
	}
	require.Equal(t, "driver.Server(no endpoint)", fmt.Sprint(driver.NewServer(nil, nil, nil)))
	require.Equal(t, "driver.Client(no endpoint)", fmt.Sprint(driver.NewClient(nil, nil)))
	q.Fail(t0)
	require.Equal(t, "driver.Question(over)", fmt.Sprint(q))
}
