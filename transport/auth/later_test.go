package auth

import (
	"context"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

// A check that cannot tell now has the client come again, after whole seconds, which are not fewer
// than it asks for; one that lets in does so all the same.
func TestTryLater(t *testing.T) {
	for after, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", time.Second: "1",
		1001 * time.Millisecond: "2", time.Hour: "3600"} {
		for _, right := range []bool{true, false} {
			for name, ask := range map[string]func() (Verdict, error){
				"basic": func() (Verdict, error) {
					return BasicAuth{Realm: "r", Check: func(ctx context.Context, _, _ string) bool {
						TryLater(ctx, after)
						return right
					}}.Authenticate(t.Context(), authRequest("Basic am9lOndlbGNvbWU=", false))
				},
				"token": func() (Verdict, error) {
					return TokenAuth{Check: func(ctx context.Context, _ string) (any, bool) {
						TryLater(ctx, after)
						return nil, right
					}}.Authenticate(t.Context(), authRequest("Token t", false))
				},
			} {
				v, err := ask()
				require.NoError(t, err)
				require.Equal(t, right, v.LetsIn(), name)
				if right {
					continue
				}
				d := v.Decision()
				require.Equal(t, 503, d.Status, name)
				require.Equal(t, []endpoint.HeaderField{{Name: "Retry-After", Value: want}}, d.Header,
					"%s %v", name, after)
				require.Equal(t, "the credentials cannot be checked now; try again later\n", string(d.Body))
			}
		}
	}
	TryLater(t.Context(), time.Second) // nobody asks there
}
