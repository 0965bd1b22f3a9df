package driver_test

import (
	"testing"

	"example.com/khp/endpoint"
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
