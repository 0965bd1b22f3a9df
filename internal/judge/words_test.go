package judge

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// An extension that is selected twice is called that, and one that was not asked for is shown with
// those that were.
func TestExtensionsAsked_Words(t *testing.T) {
	for selected, want := range map[string]string{
		"x-e, x-e": `extension "x-e" is listed twice`,
		"x-f":      `expected extensions of "x-e; n=1", got "x-f"`,
		"x-e;a=b":  "",
	} {
		r := wire.Response{Status: 101, Fields: fields(t, "Sec-WebSocket-Extensions: "+selected)}
		_, fault := Response(&r, &asked)
		require.Equal(t, want, fault.Text)
	}
}
