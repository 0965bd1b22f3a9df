package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever is wrong with a head, and wherever, the error never shows a secret of the two ends.
func TestParseError_ShowsNoSecret(t *testing.T) {
	const secret = "s3cr3t"
	for name, text := range map[string]string{
		"line-before":         "GET /a HTTP/1.1\r\nXY\r\nCookie: " + secret + "\r\n\r\n",
		"request-line-before": "GET /a\r\nAuthorization: " + secret + "\r\n\r\n",
		"bare-lf":             "GET /a HTTP/1.1\r\nA: b\nCookie: " + secret + "\r\n\r\n",
		"query":               "GET /a?token=" + secret + "\x7f HTTP/1.1\r\n\r\n",
		"query-version":       "GET /a?token=" + secret + " HTTP/1.0\r\n\r\n",
		"value":               "GET /a HTTP/1.1\r\nAuthorization: " + secret + "\x00\r\n\r\n",
		"folded":              "GET /a HTTP/1.1\r\nCookie: a\r\n " + secret + "\r\n\r\n",
		"surplus":             "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nCookie: " + secret + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var r Request
			err := r.Parse([]byte(text), Limits{})
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret)
			for cut := range len(text) {
				if err := r.Parse([]byte(text[:cut]), Limits{}); err != nil {
					require.NotContains(t, err.Error(), secret[:4])
				}
			}
			require.False(t, strings.Contains(err.Error(), "\n"))
		})
	}
}

// The text of a message tells how long its body is, and nothing of a body that it does not have.
func TestMessages_StringTellsTheLengthOfTheBody(t *testing.T) {
	for body, want := range map[string]string{"": "", "b": "; 1 bytes of body",
		"secret": "; 6 bytes of body"} {
		fields := Fields{{[]byte("N"), []byte("v")}, {[]byte("Authorization"), []byte("Basic secret")}}
		const shown = "; N: v; Authorization: "
		q := Request{Method: []byte("GET"), Target: []byte("/"), Fields: fields, Body: []byte(body)}
		require.True(t, strings.HasPrefix(q.String(), "wire.Request{GET /"+shown), q.String())
		r := Response{Status: 403, Reason: []byte("No"), Fields: fields, Body: []byte(body)}
		require.True(t, strings.HasPrefix(r.String(), "wire.Response{403 No"+shown), r.String())
		for _, text := range []string{q.String(), r.String()} {
			require.NotContains(t, text, "secret")
			require.Equal(t, want != "", strings.Contains(text, " bytes of body"))
			require.True(t, strings.HasSuffix(text, want+"}"), text)
		}
	}
}
