package driver_test

import (
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"github.com/stretchr/testify/require"
)

// While a question is open, the application is not asked again, whatever else happens.
func TestServer_AsksOnceAtATime(t *testing.T) {
	h, s := deciding(t)
	h.questions[0].Decide(t0, endpoint.Decision{Status: 202})
	require.Len(t, h.questions, 2)
	s.Ping(t0, []byte("p"))
	require.Contains(t, h.take(), "pong p")
	require.Len(t, h.questions, 2)
	h.questions[1].Decide(t0, endpoint.Decision{})
	require.Contains(t, h.take(), "open 101")
}

// An order without a connection, or after its end, goes nowhere: nothing is sent to an
// earlier one, and nothing panics.
func TestClient_OrdersWithoutConnection(t *testing.T) {
	outs := func() (outs []endpoint.Output) {
		for _, k := range []endpoint.OutputKind{endpoint.SendBytes, endpoint.SendMessage,
			endpoint.SendPong,
			endpoint.SendClose, endpoint.Disconnect} {
			outs = append(outs, endpoint.Output{Kind: k})
		}
		return outs
	}
	for name, to := range map[string]func() (*host, *driver.Client){
		"before Connect": func() (*host, *driver.Client) {
			h := newHost(t)
			e, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
			require.NoError(t, err)
			return h, driver.NewClient(e, h)
		},
		"while it is dialed": func() (*host, *driver.Client) {
			return calling(t, endpoint.ClientConfig{})
		},
		"after its end": func() (*host, *driver.Client) {
			h, c, conn := asking(t, endpoint.ClientConfig{})
			conn.Lost(t0, "cut")
			h.take()
			h.over = false // more is ordered
			return h, c
		},
	} {
		h, c := to()
		c.Begin(t0, outs())
		require.Empty(t, h.take(), name)
	}
}

// Begin inside of an order has no effect, and neither has an opening request that is none.
func TestServer_NothingInsideOfAnOrder(t *testing.T) {
	h, s := serving(t)
	pong := []endpoint.Output{{Kind: endpoint.SendPong, Data: []byte("p")}}
	h.on["pong"] = func() {
		s.Begin(t0, pong)
		s.Opening(t0, nil)
	}
	s.Begin(t0, pong)
	require.Equal(t, []string{"pong p", "flush"}, h.take())
	require.Error(t, s.Endpoint().Misuse())
}
