package credentials

import (
	"testing"

	"example.com/khp/internal/anycall"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// functions has every exported function.
var functions = map[string]any{
	"Append": Append, "AppendBasic": AppendBasic, "AppendDigest": AppendDigest,
	"AppendDigestChallenge": AppendDigestChallenge,
	"DecodeBasic":           DecodeBasic, "ParseDigest": ParseDigest,
	"ParseDigestChallenge": ParseDigestChallenge, "Split": Split,
}

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	anycall.Complete(t, ".", functions)
	texts := []string{
		`Basic realm="a\"b", Digest realm=r, nonce="n", qop="auth"`,
		`username="u", realm="r", nonce="n", uri="/", response="0123456789abcdef0123456789abcdef"`,
		"am9lOndlbGNvbWU=", "Digest", "GET", "/p",
	}
	for name, first := range map[string]any{"DigestCredentials": &DigestCredentials{},
		"DigestChallenge": &DigestChallenge{}, "Challenge": &wire.Challenge{}} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := anycall.Caller{Texts: texts}
				c.Run(t, []any{first}, functions, 40)
			})
		})
	}
}

// No error quotes a secret.
func TestErrors_QuoteNoSecret(t *testing.T) {
	const secret = "c2VjcmV0"
	_, err := Append(nil, "Basic "+secret, "")
	require.Error(t, err)
	require.NotContains(t, err.Error(), secret)
}

func wantKind(t require.TestingT, want wire.Kind, err error) {
	require.Equal(t, want, wire.KindOf(err), "%v", err)
}
