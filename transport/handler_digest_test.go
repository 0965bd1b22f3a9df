package transport

import (
	"context"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

func TestDigestAuth_Dial(t *testing.T) {
	for _, a := range []credentials.DigestAlgorithm{0, credentials.DigestMD5,
		credentials.DigestSHA256Sess, credentials.DigestSHA512256} {
		url := serve(t, &Handler{Authenticator: &auth.DigestAuth{
			Realm: "r", Algorithm: a, HA1: auth.DigestUsers("r", a, map[string]string{"joe": "welcome"}),
		}, Serve: func(ctx context.Context, c *Conn) error {
			return c.Write(ctx, Text, []byte(c.Principal().(string)))
		}})
		for _, profile := range []Profile{Spec, Kaazing} {
			provider := auth.Digest("joe", "welcome")
			for range 2 {
				c, err := Dial(t.Context(), url+"/a?b=c", &DialOptions{Profile: profile, Credentials: provider})
				require.NoError(t, err, a)
				wantMessage(t, c, Text, "joe")
				_ = c.CloseNow()
			}
			for _, wrong := range []auth.CredentialsProvider{auth.Digest("joe", "sesame"),
				auth.Digest("jim", "welcome")} {
				_, err := Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: wrong})
				require.ErrorIs(t, err, fsm.FailureCredentialsRefused, "asked again, it has no others")
			}
		}
	}
}
