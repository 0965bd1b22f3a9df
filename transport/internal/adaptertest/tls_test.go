package adaptertest

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/coderws"
	"example.com/khp/transport/gorillaws"
	coderlib "github.com/coder/websocket"
	gorillalib "github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// secureDials dial with the libraries' own ways to say how TLS is done and, where there is one,
// which fields are sent.
var secureDials = map[string]func(
	ctx context.Context, url string, cfg *tls.Config, h http.Header,
) (*adapter.Result, error){
	"gorilla": func(ctx context.Context, url string, cfg *tls.Config,
		h http.Header) (*adapter.Result, error) {
		o := none()
		for name := range h { // the library's Dialer has no fields
			o.Config.OpeningHeader = append(o.Config.OpeningHeader,
				transport.HeaderField{Name: name, Value: h.Get(name)})
		}
		c, result, err := gorillaws.Dial(ctx, url, &gorillalib.Dialer{TLSClientConfig: cfg}, o)
		if err == nil {
			_ = c.Close()
		}
		return result, err
	},
	"coder": func(ctx context.Context, url string, cfg *tls.Config,
		h http.Header) (*adapter.Result, error) {
		dial := &coderlib.DialOptions{HTTPClient: &http.Client{
			Transport: &http.Transport{TLSClientConfig: cfg},
		}, HTTPHeader: h}
		c, result, err := coderws.Dial(ctx, url, dial, nil)
		if err == nil {
			_ = c.CloseNow()
		}
		return result, err
	},
}

// seen is a client as a server sees it.
type seen struct {
	certificates int
	cookie       string
}

// A redirect to another origin takes neither the client's certificate nor its cookies along.
func TestTLS_Redirect(t *testing.T) {
	for name, dial := range secureDials {
		t.Run(name, func(t *testing.T) {
			got := make(chan seen, 2)
			secure := func(h http.Handler) *httptest.Server {
				srv := httptest.NewUnstartedServer(
					http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						got <- seen{len(r.TLS.PeerCertificates), r.Header.Get("Cookie")}
						h.ServeHTTP(w, r)
					}))
				srv.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
				srv.StartTLS()
				t.Cleanup(srv.Close)
				return srv
			}
			use := func(ctx context.Context, c conn, _ *adapter.Result) { _, _, _ = c.Read(ctx) }
			there := secure(own.handler(&adapter.ServerOptions{}, use))
			here := secure(
				own.handler(deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
					return transport.Decision{Status: 302, Location: "wss" +
						strings.TrimPrefix(there.URL, "https")}, nil
				}), nil))
			cfg := here.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			cfg.Certificates = here.TLS.Certificates
			result, err := dial(t.Context(), "wss"+strings.TrimPrefix(here.URL, "https"), cfg,
				http.Header{"Cookie": {"a=b"}})
			require.NoError(t, err)
			require.Equal(t, "wss"+strings.TrimPrefix(there.URL, "https")+"/", result.URL)
			first, second := <-got, <-got
			require.Equal(t, 1, first.certificates)
			require.Equal(t, "a=b", first.cookie)
			require.Zero(t, second.certificates)
			require.Empty(t, second.cookie)
		})
	}
}

func TestCoder_Host(t *testing.T) {
	_, _, err := coderws.Dial(t.Context(), "ws://one.example/",
		&coderlib.DialOptions{Host: "two.example"}, nil)
	require.ErrorContains(t, err, "Host cannot be used")
}
