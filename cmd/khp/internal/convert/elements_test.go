package convert

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestElements_OperatingPage finds the table of the converter on the operator's page.
func TestElements_OperatingPage(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/operating.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "\n\n"+table+"\n")
}

// TestElements_Sound has each key once, with one of the three ends and a reason.
func TestElements_Sound(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range elements {
		require.False(t, seen[e.key], e.key)
		seen[e.key] = true
		require.Contains(t, []verdict{taken, different, lost}, e.verdict, e.key)
		require.NotEmpty(t, e.note, e.key)
	}
}

// TestKeyOf_RowsExist classifies elements of every kind: the row is there, or the element is
// unknown.
func TestKeyOf_RowsExist(t *testing.T) {
	for _, c := range []struct{ parent, name, text, want string }{
		{"service", "accept", "WSS://h/", "accept wss"},
		{"service", "accept", "https://h/", "accept http"},
		{"service", "accept", "udp://h:1", "accept other"},
		{"service", "connect", "pipe://x", "connect other"},
		{"service", "connect", "tls://h:1", "connect ssl"},
		{"service", "type", "management.snmp", "type management"},
		{"service", "type", "kerberos5.proxy", "type other"},
		{"service", "type", "turn.rest", "type other"},
		{"service", "type", "jms.proxy", "type jms"},
		{"service", "type", "stomp.jms", "type jms"},
		{"accept-options", "ssl.ciphers", "HIGH", "ssl.*"},
		{"accept-options", "ssl.verify-client", "required", "ssl.verify-client"},
		{"accept-options", "socks.ssl.ciphers", "HIGH", "socks.*"},
		{"connect-options", "http.keepalive.connections", "5", "http.keepalive"},
		{"accept-options", "http.transport", "pipe://x", "*.transport"},
		{"accept-options", "made.up", "x", ""},
		{"authentication", "http-challenge-scheme", "Application Negotiate",
			"http-challenge-scheme other"},
		{"cross-site-constraint", "maximum-age", "1", "allow-methods"},
		{"properties", "anything", "x", ""},
		{"service", "anything", "x", ""},
	} {
		got := keyOf(c.parent, &node{name: c.name, text: c.text})
		require.Equal(t, c.want, got, c.name)
		if got != "" {
			require.NotNil(t, find(got), got)
		}
	}
}

// TestReport_NothingIsDropped finds each element of a file in the report, by its line.
func TestReport_NothingIsDropped(t *testing.T) {
	const text = "<gateway-config>\n<one/>\n<service>\n<two/>\n<accept-options>\n<three>x</three>\n" +
		"</accept-options>\n<properties>\n<four/>\n</properties>\n</service>\n</gateway-config>"
	name := t.TempDir() + "/g.xml"
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	top, err := readTree(name, "gateway-config")
	require.NoError(t, err)
	var r report
	r.walk(name, top)
	var b strings.Builder
	r.print(&b)
	for _, want := range []string{`:2: <one>`, `:4: <two>`, `:6: <three>`, `:9: <four>`} {
		require.Regexp(t, regexp.MustCompile(`(?m)^lost .*`+want), b.String())
	}
}

func TestInterval(t *testing.T) {
	for text, want := range map[string]string{"30": "30s", "30 seconds": "30s", "1 second": "1s",
		"2 minutes": "2m0s", "1.5h": "1h30m0s", "500 ms": "500ms"} {
		got, err := interval(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.String(), text)
	}
	for _, text := range []string{"", "soon", "-1 s", "1 fortnight", "9999999999 hours"} {
		_, err := interval(text)
		require.Error(t, err, text)
	}
}
