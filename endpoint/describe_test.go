package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A message is described by its kind, its length and its beginning, without a query or fields.
func TestDescribe(t *testing.T) {
	require.Equal(t, "an empty text message", describe(wire.Text, nil))
	require.Equal(t, "an empty binary message", describe(wire.Binary, []byte{}))
	require.Equal(t, `a binary message of 21 bytes starting "GET /"`,
		describe(wire.Binary, []byte("GET /?password=secret")))
}

// A Close frame has the words of the failure that it is about, those of the application if it has
// no code of its own, and none for a status, which was sent before.
func TestClosing(t *testing.T) {
	asked := closeText{code: 4000, text: "bye"}
	require.Equal(t, Output{Kind: SendClose, Code: 4000, Text: "bye"},
		closing(0, asked, fsm.FailureFrame))
	require.Equal(t, Output{Kind: SendClose, Code: 1002, Text: fsm.FailureFrame.Error()},
		closing(1002, asked, fsm.FailureFrame))
	require.Equal(t, Output{Kind: SendClose, Code: 1008}, closing(1008, asked, fsm.FailureStatus))
	require.Equal(t, Output{Kind: SendClose, Code: 1000}, closing(1000, asked, 0))
}
