package credentials

import (
	"encoding/base64"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// No byte below a blank, and not DEL, may stand in a name or a password; each other one may, and is
// read back. An error tells where the byte stands.
func TestBasic_EveryByte(t *testing.T) {
	for c := range 256 {
		text := "a" + string([]byte{byte(c)})
		may := c >= 0x20 && c != 0x7f
		_, _, ok := DecodeBasic([]byte(base64.StdEncoding.EncodeToString([]byte("u:" + text))))
		require.Equal(t, may, ok, "%q", text)
		out, err := AppendBasic(nil, text, "p")
		if may && c != ':' {
			require.NoError(t, err, "%q", text)
			_, rest, _ := Split(out)
			user, password, ok := DecodeBasic(rest)
			require.True(t, ok)
			require.Equal(t, [2]string{text, "p"}, [2]string{user, password})
			continue
		}
		var e *wire.ParseError
		require.ErrorAs(t, err, &e, "%q", text)
		require.Equal(t, 1, e.Offset, "%q", text)
	}
}

// Appending to a scheme does not overwrite the bytes behind it.
func TestSplit_SchemeHasNoRoom(t *testing.T) {
	scheme, rest, ok := Split([]byte("Basic abc"))
	require.True(t, ok)
	_ = append(scheme, "###"...)
	require.Equal(t, "abc", string(rest))
}

// Credentials of no algorithm match no user, and names that begin with, or are, the first character
// behind ASCII need the extended form.
func TestDigest_NothingAndFirst(t *testing.T) {
	require.False(t, DigestCredentials{}.Verify("", "GET"))
	for user, want := range map[string]bool{"\u0080": false, "äb": false, "b": true, "": true,
		"b\u0080": false} {
		require.Equal(t, want, isASCII(user), "%q", user)
	}
}
