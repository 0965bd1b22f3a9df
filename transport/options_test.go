package transport

import (
	"context"
	"net"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Options that mean nothing are refused by name before anything is connected or served.
func TestOptions_Refused(t *testing.T) {
	for says, o := range map[string]*DialOptions{
		"Profile is 77": {Profile: 77}, "MaxRedirects is 99": {MaxRedirects: 99},
		"MaxRedirects is 261": {MaxRedirects: 261},
		"ReadLimit is -1":     {ReadLimit: -1}, "KeepAlive is -1s": {KeepAlive: -time.Second},
		"Timeouts.Close is -1ns": {Timeouts: Timeouts{Close: -1}},
		"Limits.Body is -1":      {Limits: wire.Limits{Body: -1}},
		"Redirects is 9":         {Redirects: endpoint.RedirectPolicy(9)},
		"Body has 65537 bytes":   {Body: make([]byte, 64<<10+1)},
	} {
		_, err := Dial(t.Context(), "ws://127.0.0.1:1/", o)
		require.ErrorContains(t, err, says)
	}
	require.NoError(t, (&DialOptions{MaxRedirects: 20}).check())
	for says, s := range map[string]*Server{
		"neither Handler nor Route": {}, "Handler.Serve is nil": {Handler: &Handler{}},
		"ReadLimit is -1":      {Handler: &Handler{Serve: echoServe, ReadLimit: -1}},
		"MaxChallenges is 300": {Handler: &Handler{Serve: echoServe, MaxChallenges: 300}},
		"Timeouts.Body is -1s": {Handler: &Handler{Serve: echoServe,
			Timeouts: Timeouts{Body: -time.Second}}},
		"OpeningTimeout is -1s": {Handler: &Handler{Serve: echoServe},
			OpeningTimeout: -time.Second},
		"MaxConnections is -1": {Handler: &Handler{Serve: echoServe},
			MaxConnections: -1},
		"TrustedProxies is empty": {Handler: &Handler{Serve: echoServe},
			ProxyProtocol: true},
		"TrustedProxies has a network that is none": {Handler: &Handler{Serve: echoServe},
			TrustedProxies: make([]netip.Prefix, 1)},
		"Server.KeepAlive is -1s": {Handler: &Handler{Serve: echoServe}, KeepAlive: -time.Second},
		"MaxPerAddress is -2":     {Handler: &Handler{Serve: echoServe}, MaxPerAddress: -2},
		"Limits.Head is -1":       {Handler: &Handler{Serve: echoServe, Limits: wire.Limits{Head: -1}}},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.ErrorContains(t, s.Serve(ln), says)
		require.Error(t, ln.Close(), "it is closed already")
		if s.Handler != nil && s.Handler.Check() != nil {
			w := httptest.NewRecorder()
			s.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			require.Equal(t, 500, w.Code)
			require.Contains(t, w.Body.String(), says)
		}
	}
}

// A Handler refuses an Authenticator that could let nobody in.
func TestHandler_CheckAuthenticator(t *testing.T) {
	serve := func(context.Context, *Conn) error { return nil }
	for want, a := range map[string]auth.Authenticator{"BasicAuth.Check is nil": auth.BasicAuth{
		Realm: "r",
	}, "TokenAuth.Check is nil": auth.TokenAuth{}, "DigestAuth.HA1 is nil": &auth.DigestAuth{}} {
		require.ErrorContains(t, (&Handler{Serve: serve, Authenticator: a}).Check(), want)
	}
	require.NoError(t,
		(&Handler{Serve: serve, Authenticator: auth.TokenAuth{Check: auth.Tokens(nil)}}).Check())
}

// A client that wants plain WebSockets alone offers no KHP, so it has to take an answer without.
func TestDialOptions_PlainOnly(t *testing.T) {
	for _, o := range []*DialOptions{{PlainOnly: true}, {PlainFallback: true}, {}} {
		require.Equal(t, o.PlainOnly || o.PlainFallback, o.config().Machine.PlainFallback)
	}
}

// A decision without the field that its status requires is sent by servers for tests alone.
func TestHandler_Unchecked(t *testing.T) {
	for h, want := range map[*Handler]int{{Unchecked: true}: 302, {AnyTarget: true}: 500} {
		h.Decide = func(context.Context, *Request) (Decision, error) {
			return Decision{Status: 302}, nil
		}
		_, err := Dial(t.Context(), serve(t, h), nil)
		var failed *HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, want, failed.Status)
	}
}
