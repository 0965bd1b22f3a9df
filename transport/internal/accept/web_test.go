package accept

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/web"
	"github.com/stretchr/testify/require"
)

// A request of net/http knows the Front of its connection; one of another server has a Front that
// trusts no proxy.
func TestFrontOf(t *testing.T) {
	f := &Front{Trusted: proxies}
	seen := make(chan *Front, 1)
	var q web.Queue
	defer q.Close()
	client, server := tcptest.Pair(tcptest.Options{})
	q.Take(func() *http.Server {
		return &http.Server{ConnContext: WithFront, Handler: http.HandlerFunc(
			func(_ http.ResponseWriter, r *http.Request) { seen <- FrontOf(r) })}
	}, server, []byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), f, func() {})
	require.Same(t, f, <-seen)
	require.NoError(t, client.Close())
	require.Equal(t, &Front{}, FrontOf(httptest.NewRequest("GET", "/", nil)))
}

// The address of a request becomes that of the client that a trusted proxy names.
func TestFront_ClientOf(t *testing.T) {
	f := &Front{Trusted: proxies}
	for peer, want := range map[string]string{
		"10.0.0.1:9": "192.0.2.7:0", "192.0.2.1:1": "192.0.2.1:1", "@": "@", "": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", "192.0.2.7")
		require.Equal(t, peer != want, f.ClientOf(r), peer)
		require.Equal(t, want, r.RemoteAddr)
	}
}

// An upgrade on a connection of net/http takes a place while it lasts, and one of a proxy's client
// counts for that client.
func TestGate_ServeUpgrade(t *testing.T) {
	e := enter(t, Bounds{Connections: 2, PerAddress: 1})
	serve := func(h http.HandlerFunc, proxied bool) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "192.0.2.7:1"
		e.ServeUpgrade(h, w, r.WithContext(context.Background()), proxied)
		return w
	}
	refused := func(w *httptest.ResponseRecorder, text, again string) {
		t.Helper()
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, text+"\n", w.Body.String())
		require.Equal(t, []string{"close", again},
			[]string{w.Header().Get("Connection"), w.Header().Get("Retry-After")})
	}
	served := 0
	serve(func(http.ResponseWriter, *http.Request) {
		require.Equal(t, []int{0, 1, 1}, e.counts())
		refused(serve(nil, true), "too many connections from your address", "")
		require.Equal(t, uint64(1), e.TooMany())
		require.Contains(t, e.log.String(), "remote=192.0.2.7:1 most=1")
		require.Equal(t, []int{0, 1, 1}, e.counts())
		serve(func(http.ResponseWriter, *http.Request) { // on a connection that counts by itself
			require.Equal(t, []int{0, 1, 2}, e.counts())
			refused(serve(nil, false), "all connections are in use", "5")
			require.Contains(t, e.log.String(), "in use\" remote=192.0.2.7:1 most=2")
			served++
		}, false)
		require.Equal(t, []int{0, 1, 1}, e.counts())
		served++
	}, true)
	require.Equal(t, 2, served)
	require.Equal(t, []int{0, 0, 0}, e.counts())
	require.Zero(t, serve(func(w http.ResponseWriter, _ *http.Request) {}, true).Body.Len())
}
