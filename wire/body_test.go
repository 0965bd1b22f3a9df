package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A message without content has a nil body, so that two of them are deeply equal however their
// length was told, and a body of an earlier message does not stay.
func TestParse_NoContentIsNil(t *testing.T) {
	for _, length := range []string{"", "Content-Length: 0\r\n"} {
		request := Request{Body: []byte("old")}
		require.NoError(t, request.Parse([]byte("POST / HTTP/1.1\r\n"+length+"\r\n"), Limits{}))
		require.True(t, request.Body == nil, length)

		response := Response{Body: []byte("old")}
		require.NoError(t, response.Parse([]byte("HTTP/1.1 403 \r\n"+length+"\r\n"), Limits{}))
		require.True(t, response.Body == nil, length)

		var a Assembler
		a.Reset(DefaultLimits())
		_, err := a.Add(Binary, []byte("HTTP/1.1 403 \r\n"+length+"\r\n"))
		require.NoError(t, err)
		require.NoError(t, a.Finish())
		require.True(t, a.Response.Body == nil, length)
	}
}
