package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// What is no secret is shown: which fields are sent, each for itself.
func TestDialOptions_String(t *testing.T) {
	o := DialOptions{Method: "POST", Subprotocols: []string{"a", "b"}, Body: []byte("12345"),
		Sensitive:     []string{"x-key"},
		Header:        http.Header{"A": {"1"}, "Cookie": {"2"}, "X-Key": {"3"}},
		OpeningHeader: http.Header{"B": {"4", "5"}}}
	require.Equal(t, `transport.DialOptions{Profile: Profile(0), Subprotocols: ["a" "b"], `+
		`Extensions: [], Header: [A: 1; Cookie: [redacted]; X-Key: [redacted]], `+
		`OpeningHeader: [B: 4; B: 5], Credentials: false, Method: "POST", Body: 5 bytes}`, o.String())
}

// Nothing that holds a secret prints it, by whatever verb or logger: as a value, behind a pointer,
// and inside of something else.
func TestRedacted(t *testing.T) {
	const secret = "s3cr3t"
	fields := []HeaderField{{Name: "Authorization", Value: "Basic " + secret},
		{Name: "cookie", Value: "a=" + secret}, {Name: "Set-Cookie", Value: secret}}
	header := http.Header{"Authorization": {secret}, "Cookie": {secret}, "Set-Cookie": {secret},
		"Proxy-Authorization": {secret}}
	opening := OpeningRequest{Target: "/p?token=" + secret, Host: "h", Opening: fields}
	request := Request{OpeningRequest: opening, Header: fields, Authorization: "Basic " +
		secret, Body: []byte(secret), Principal: secret}
	own := http.Header{"X-Key": {secret}}
	server := endpoint.NewServer(endpoint.ServerConfig{})
	_, _ = server.OpeningReceived(time.Now(),
		[]byte("GET / HTTP/1.1\r\nCookie: "+secret+"\r\nHost: h\r\n\r\n"))
	values := map[string]any{
		"HeaderField": fields[0], "fields": fields, "OpeningRequest": opening, "Request": request,
		"Decision": Decision{Header: fields, Location: "ws://joe:" + secret + "@h/?token=" +
			secret, Body: []byte(secret)},
		"Result": endpoint.Result{Header: fields, Body: []byte(secret)},
		"ClientConfig": endpoint.ClientConfig{Header: fields, OpeningHeader: []HeaderField{
			{Name: "X-Key", Value: secret},
		}, Sensitive: []string{"X-Key"}, Body: []byte(secret)},
		"Output": endpoint.Output{Kind: endpoint.SendMessage,
			Data: []byte("Authorization: " + secret)},
		"DialOptions": DialOptions{Header: header, OpeningHeader: own,
			Sensitive: []string{"X-Key"}, Credentials: auth.Basic("joe", secret), Body: []byte(secret)},
		"CredentialsRequest": auth.CredentialsRequest{URL: "ws://h/?t=" + secret, Target: "/?t=" +
			secret, Refused: "Basic " + secret},
	}
	pointers := map[string]any{
		"*Request": &request, "*DialOptions": &DialOptions{Header: header},
		"*CredentialsRequest":      &auth.CredentialsRequest{Refused: secret},
		"*HandshakeError":          &HandshakeError{Header: header, Body: []byte(secret)},
		"*endpoint.HandshakeError": &endpoint.HandshakeError{Header: fields},
		"*ProxyError":              &ProxyError{Header: header}, "*Server": server,
	}
	for name, v := range pointers {
		values[name] = v
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
				for _, printed := range []string{fmt.Sprintf(verb, v), fmt.Sprintf(verb, []any{v}),
					fmt.Sprintf(verb, struct{ V any }{v})} {
					require.NotContains(t, printed, secret, verb)
					require.NotContains(t, printed, fmt.Sprintf("%x", secret), verb)
					require.NotContains(t, printed, fmt.Sprintf("%X", secret), verb)
				}
			}
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
			require.NotContains(t, log.String(), secret)
			if name == "Request" {
				require.Contains(t, log.String(), "/p?[redacted]", "what is no secret is shown")
				_, err := json.Marshal(v)
				require.NoError(t, err)
			}
		})
	}
}
