package origin

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOriginChecker(t *testing.T) {
	check := Checker([]string{"https://*.example.com", "intranet", "http://one.example:8000",
		"two.example:*"}, everybody)
	for origin, want := range map[string]bool{
		"http://server:8080":    true, // the same host
		"https://a.example.com": true, "https://a.b.example.com": true, "HTTPS://A.EXAMPLE.COM": true,
		"https://example.com": false, "http://a.example.com": false, "https://a.example.com:8443": false,
		"https://a.example.com.evil.example": false,
		"https://evil.example/.example.com":  false, "https://evil.example?.example.com": false,
		"https://evil@a.example.com": false,
		"http://intranet":            true, "https://intranet:8443": true, "http://intranet.evil": false,
		"http://one.example:8000": true, "http://one.example": false, "http://one.example:8001": false,
		"http://two.example:1": true, "http://two.example": false,
		"null": false, "": false, "://": false,
	} {
		require.Equal(t, want, check(origin, "server:8080"), origin)
	}
	all := Checker([]string{"*"}, everybody)
	require.True(t, all("null", "server"))
	none := Checker(nil, everybody)
	for origin, want := range map[string]bool{
		"http://server": true, "http://other": false, "privileged://server:80": true,
		"privileged://other:80": true, "PRIVILEGED://other:80": true,
		"privileged://": false, "privileged:other": false, "privileged://a/b": false,
		"privileged://a, http://other": false, "http://privileged://x": false,
	} {
		require.Equal(t, want, none(origin, "server"), origin)
	}
}

func everybody(string) bool { return true }
