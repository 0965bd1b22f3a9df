package mqtttest

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	paho "github.com/eclipse/paho.mqtt.golang"
	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/stretchr/testify/require"
)

// patience is how long a step may take on a busy machine.
const patience = time.Minute

// newBroker runs a broker on the connections of a Handler, until the test ends.
func newBroker(t *testing.T, h *transport.Handler) (url string) {
	broker := mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, broker.AddHook(new(auth.AllowHook), nil))
	require.NoError(t, broker.AddListener(listeners.NewNet("khp", h.Listener(&net.TCPAddr{}))))
	require.NoError(t, broker.Serve())
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		_ = broker.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = h.Shutdown(ctx)
		server.Close()
	})
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

// newClient connects a client, whose connections are streams.
func newClient(
	t *testing.T, target, id string, opts *transport.DialOptions, lost func(error),
) paho.Client {
	o := paho.NewClientOptions().AddBroker("tcp://khp").SetClientID(id).SetAutoReconnect(false).
		SetConnectTimeout(patience).SetWriteTimeout(patience)
	o.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		c, err := transport.Dial(context.Background(), target, opts)
		if err != nil {
			return nil, err
		}
		return c.Stream(transport.Binary), nil
	})
	o.SetConnectionLostHandler(func(_ paho.Client, err error) {
		if lost != nil {
			lost(err)
		}
	})
	c := paho.NewClient(o)
	done(t, c.Connect())
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

func done(t *testing.T, token paho.Token) {
	t.Helper()
	require.True(t, token.WaitTimeout(patience))
	require.NoError(t, token.Error())
}

// Messages of all sizes and qualities go from one client over a broker to another, in each profile
// and under a redirect.
func TestMQTT(t *testing.T) {
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		t.Run(profile.String(), func(t *testing.T) {
			h := &transport.Handler{Subprotocols: []string{"mqtt"},
				Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
					if r.Path() == "/old" {
						return transport.Redirect("/mqtt"), nil
					}
					return transport.Decision{Subprotocol: "mqtt"}, nil
				}}
			url := newBroker(t, h)
			opts := &transport.DialOptions{Profile: profile, Subprotocols: []string{"mqtt"}}
			reader, writer := newClient(t, url+"/mqtt", "reader", opts, nil),
				newClient(t, url+"/old", "writer", opts, nil)
			got := make(chan string, 10)
			done(t, reader.Subscribe("topic/#", 2,
				func(_ paho.Client, m paho.Message) { got <- string(m.Payload()) }))
			for qos, text := range []string{"short", strings.Repeat("long ", 100000), ""} {
				done(t, writer.Publish("topic/one", byte(qos), false, text))
				require.True(t, text == <-got)
			}
		})
	}
}

// A client learns that its broker is gone, as on any other connection.
func TestMQTT_End(t *testing.T) {
	h := &transport.Handler{}
	url := newBroker(t, h)
	lost := make(chan error, 1)
	newClient(t, url, "client", nil, func(err error) { lost <- err })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(t, h.Shutdown(ctx))
	require.ErrorIs(t, <-lost, io.EOF, "1001 is a regular end")
}
