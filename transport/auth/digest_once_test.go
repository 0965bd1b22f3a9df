package auth

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// An answer lets in once, and not once more at any moment for as long as its nonce lives, however
// many others log in meanwhile.
func TestDigestAuth_OnceWhileItLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := digestAuth(0)
		ask := func(authorization string) Verdict {
			v, err := a.Authenticate(t.Context(), authRequest(authorization, false))
			require.NoError(t, err)
			return v
		}
		fresh := func() string { return answerDigest(t, ask(""), "welcome", nil) }
		var used []string
		for range 2 * nonceLife / time.Second {
			used = append(used, fresh())
			require.True(t, ask(used[len(used)-1]).Allow)
			for _, again := range used {
				require.False(t, ask(again).Allow)
			}
			time.Sleep(time.Second)
		}
	})
}
