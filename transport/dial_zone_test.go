package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// The zone of an address is for connecting, also after a redirect on the same host; no server sees
// it, and none can name one.
func TestDial_IPv6Zone(t *testing.T) {
	hosts := make(chan string, 3)
	addr := strings.TrimPrefix(serve(t, &Handler{
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			hosts <- r.Host
			if r.Path() == "/near" {
				return Redirect("/here"), nil
			}
			return Decision{}, nil
		}}), "ws://")
	var asked []string
	opts := &DialOptions{NetDial: func(ctx context.Context, network, to string) (net.Conn, error) {
		asked = append(asked, to)
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}}
	c, err := Dial(t.Context(), "ws://[fe80::1%25eth0]:8080/near", opts)
	require.NoError(t, err)
	require.Equal(t, []string{"[fe80::1%eth0]:8080", "[fe80::1%eth0]:8080"}, asked)
	require.Equal(t, "[fe80::1]:8080", <-hosts)
	require.Equal(t, "[fe80::1]:8080", <-hosts)
	require.Equal(t, "ws://[fe80::1]:8080/here", c.URL())
	require.NoError(t, c.CloseNow())
	far := httptest.NewServer(http.RedirectHandler("http://[fe80::1%25eth1]/here", http.StatusFound))
	defer far.Close()
	_, err = Dial(t.Context(), "ws"+strings.TrimPrefix(far.URL, "http"),
		&DialOptions{Profile: Kaazing})
	require.ErrorIs(t, err, fsm.FailureRedirectTarget)
	for _, url := range []string{"ws://[fe80::1%25]/", "ws://[fe80::1%eth0]/",
		"ws://[fe80::1%25a%2Fb]/", "ws://[host%25eth0]/", "ws://[fe80::1%25eth0/"} {
		var failure fsm.Failure
		_, err = Dial(t.Context(), url, opts)
		require.True(t, errors.As(err, &failure), url)
		require.Equal(t, fsm.FailureURL, failure, url)
	}
}
