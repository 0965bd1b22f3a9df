package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// The reason phrase of a response changes nothing: neither the orders, nor the negotiation, nor the
// other fields of an error.
func TestClient_Reading_Reason(t *testing.T) {
	proves(t, "INV-15")
	optional := fsm.DefaultClientConfig()
	optional.TerminatorOptional, optional.Upgrade = true, true
	configs := map[string]ClientConfig{
		"plain": {HasCredentials: true}, "body": {Body: []byte("b")}, "post": {Method: "POST"},
		"optional": {Machine: optional, HasProxyLogin: true},
	}
	fields := []string{"Location: /q", "WWW-Authenticate: Basic", "Proxy-Authenticate: Basic",
		"Upgrade: TLS/1.2, websocket"}
	outcome := func(cfg ClientConfig, code int,
		reason string) (all []string, err *HandshakeError, result Result) {
		text := strings.Replace(response(code, fields...), " Whatever", reason, 1)
		if code == 101 {
			text = strings.Replace(switching(), " Whatever", reason, 1)
		}
		r := asking(t, cfg).unit(text).hangUp()
		return r.all, r.err, r.c.Result()
	}
	for name, cfg := range configs {
		t.Run(name, func(t *testing.T) {
			for code := 100; code < 1000; code++ {
				all, err, result := outcome(cfg, code, "")
				for _, reason := range []string{" ", " Switching Protocols", " OK", " Unauthorized",
					" HTTP/1.1 101 x", " \xff\xfe" + strings.Repeat("x", 4000)} {
					all2, err2, result2 := outcome(cfg, code, reason)
					require.Equal(t, all, all2, "status %d, reason %q", code, reason)
					require.Equal(t, result, result2, "status %d, reason %q", code, reason)
					require.Equal(t, err == nil, err2 == nil)
					if err != nil {
						require.Equal(t, err.Error(), err2.Error(), "status %d, reason %q", code, reason)
					}
				}
			}
		})
	}
}
