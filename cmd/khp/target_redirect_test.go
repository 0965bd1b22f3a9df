package main

import (
	"net"
	"net/http"
	"testing"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A client with .kl=Y is sent elsewhere with R, by every kind of target that does so: none of them
// follows 302.
func TestRedirect_KaazingClientsGetR(t *testing.T) {
	other := serveHere(t)
	front := serveHere(t, "--route", "/far=redirect:"+other.url+"/x?k=v",
		"--route", "/near=redirect:/echo", "--route", "/rel/x=redirect:../echo", "--route", "/echo=echo",
		"--route", "/loop=redirect:/loop")
	for path, want := range map[string]string{"/far": other.url + "/x?k=v&.kl=Y&.kl=Y",
		"/near": front.url + "/echo?.kl=Y&.kl=Y", "/rel/x": front.url + "/echo?.kl=Y&.kl=Y"} {
		c := dialHere(t, front.url+path, &transport.DialOptions{Profile: transport.Kaazing})
		require.Equal(t, want, c.URL(), path)
		wantEcho(t, c, transport.Text, []byte("there"))
	}
	_, err := transport.Dial(t.Context(), front.url+"/loop?"+
		".kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y&.kl=Y",
		&transport.DialOptions{Profile: transport.Kaazing})
	var refused *transport.HandshakeError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 508, refused.Status, "a client that goes in circles is stopped")
	wantLogged(t, front.log, "goes in circles")
}

// A path on this server becomes a URL as the client sees it, although a proxy in front has changed
// Host and path, or ends TLS.
func TestRedirect_SeenFromOutside(t *testing.T) {
	s := serveHere(t, "--route", "/near=redirect:/app/echo", "--route", "/echo=echo",
		"--outside-host", "www.example.com", "--outside-prefix", "/app", "--allow-origin", "*")
	for origin, want := range map[string]string{"": "ws://www.example.com/app/echo",
		"https://www.example.com": "wss://www.example.com/app/echo"} {
		o := &transport.DialOptions{Profile: transport.Kaazing, MaxRedirects: -1}
		if origin != "" {
			o.OpeningHeader = http.Header{"Origin": {origin}}
		}
		_, err := transport.Dial(t.Context(), s.url+"/near", o)
		require.ErrorContains(t, err, want+"?", origin)
	}
}

// A balancer whose servers are all down tells its clients to come back, and tells its operator,
// also if it has but one server.
func TestBalance_AllDown(t *testing.T) {
	var gone []string
	for range 2 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		gone = append(gone, "ws://"+ln.Addr().String()+"/")
		require.NoError(t, ln.Close())
	}
	s := serveHere(t, "--route", "/one=balance:"+gone[0], "--route", "/two=balance:"+gone[0]+","+
		gone[1], "--metrics", "127.0.0.1:0")
	for _, path := range []string{"/one", "/two"} {
		for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
			_, err := transport.Dial(t.Context(), s.url+path, &transport.DialOptions{Profile: profile})
			var refused *transport.HandshakeError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, 503, refused.Status, path)
			require.Equal(t, "5", refused.Header.Get("Retry-After"))
			require.Equal(t, "none of the servers behind this address can be reached\n",
				string(refused.Body))
		}
	}
	wantLogged(t, s.log, `msg="no server can be reached" path=/two servers=2 route=/two`)
	require.Contains(t, get(t, wantLog(t, s.log, `url=(\S+)`)[1]),
		`khp_backend_failures_total{reason="unreachable",route="/one"} 2`)
}
