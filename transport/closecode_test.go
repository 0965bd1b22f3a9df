package transport

import (
	"fmt"
	"io"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestValidCloseCode(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, r := range []struct {
		from, to int
		valid    bool
	}{
		{0, 999, false}, {1000, 1003, true}, {1004, 1006, false}, {1007, 1014, true},
		{1015, 2999, false}, {3000, 4999, true}, {5000, 65535, false},
	} {
		for code := r.from; code <= r.to; code++ {
			require.Equal(t, r.valid, wire.ValidCloseCode(uint16(code)), "code %d", code)
		}
	}
}

func TestCloseCode(t *testing.T) {
	require.Zero(t, CloseCode(nil))
	require.Zero(t, CloseCode(io.EOF))
	require.Zero(t, CloseCode(&ProtocolError{Code: 1002}))
	require.Equal(t, CloseGoingAway,
		CloseCode(fmt.Errorf("wrapped: %w", &CloseError{Code: CloseGoingAway})))
}

func TestErrorTexts(t *testing.T) {
	require.EqualError(t, &CloseError{Code: 1000},
		"transport: peer closed the connection: 1000 (normal closure)")
	require.EqualError(t, &CloseError{Code: 1001, Reason: "a\nb"},
		`transport: peer closed the connection: 1001 (going away): "a\nb"`)
	require.EqualError(t, &ProtocolError{1009, "message exceeds the limit"},
		"transport: failed the connection: message exceeds the limit: closed with 1009 (message too big)")
}
