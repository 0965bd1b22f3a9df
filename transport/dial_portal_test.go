package transport

import (
	"net/http"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// page answers the opening request with a possible answer of a portal.
func page(head, body string) func(p *rawServer) {
	return func(p *rawServer) {
		p.openingRequest()
		p.bytes(head + "\r\n\r\n" +
			body)
		_ = p.nc.Close()
	}
}

// A network that answers in the place of the server is told apart from a server that refuses. It
// gets no data of the client, and no link of it is followed, except a possible redirect of KHP.
func TestDial_Portal(t *testing.T) {
	t.Attr("req", "RFC6585-511-01")
	t.Attr("req", "RFC6585-511-07")
	t.Attr("req", "DRAFT02-511-06")
	t.Attr("req", "ADV-82")
	const (
		html = "<!DOCTYPE html><html><head><meta http-equiv=refresh content='0; " +
			"url=https://meta.example/'></head><body><form action='https://form.example/'>"
		rfc = html +
			"<p>You need to <a class=x href=' https://login.example/?to=a&amp;b'>authenticate with the " +
			"<b>network</b></a> <a href=//second.example>or</a>"
		noisy = "\r\nSet-Cookie: a=planted\r\nRefresh: 0; url=https://refresh.example/\r\n" +
			"WWW-Authenticate: Basic realm=\"portal\""
		away    = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http"
		never   = ""  // no network login
		unknown = "?" // one without a link
	)
	type script = func(p *rawServer)
	for _, c := range []struct {
		name string
		opts DialOptions
		play []script
		link string
		fail fsm.Failure
	}{
		{"511 of RFC 6585", DialOptions{}, []script{page("HTTP/1.1 511 x\r\nContent-Type: text/html"+
			noisy, rfc)}, "https://login.example/?to=a&b", fsm.FailureStatus},
		{"511 without link", DialOptions{}, []script{page("HTTP/1.1 511 x\r\nContent-Type: text/html"+
			noisy, html)}, unknown, fsm.FailureStatus},
		{"511 with Location", DialOptions{}, []script{
			page("HTTP/1.0 511 x\r\nLocation: https://portal.example/", rfc),
		}, "https://portal.example/", fsm.FailureStatus},
		{"511 with a link that deceives", DialOptions{}, []script{page("HTTP/1.1 511 x",
			"<a href='https://bank.example@evil.example/'>")}, unknown, fsm.FailureStatus},
		{"511 with a script", DialOptions{}, []script{
			page("HTTP/1.1 511 x", "<a href='javascript:alert(1)'><a name=x><b href=https://b.example>"),
		}, unknown, fsm.FailureStatus},
		{"511 with a relative link", DialOptions{}, []script{page("HTTP/1.1 511 x", "<A HREF=/login>")},
			"http://one.example/login", fsm.FailureStatus},
		{"511 in the extended handshake", DialOptions{}, []script{
			respond("HTTP/1.1 511 x\r\n\r\n<a href=https://login.example/>"),
		}, "https://login.example/", fsm.FailureStatus},
		{"login page", DialOptions{}, []script{
			page("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8"+noisy, rfc),
		}, "http://one.example/", fsm.FailureStatus},
		{"login page of no type", DialOptions{}, []script{page("HTTP/1.0 200 OK", rfc)},
			"http://one.example/", fsm.FailureStatus},
		{"another thing than a page", DialOptions{}, []script{
			page("HTTP/1.1 200 OK\r\nContent-Type: application/json", "{}"),
		}, never, fsm.FailureStatus},
		{"login page after a redirect without TLS", DialOptions{}, []script{
			page(away+"://portal.example/login", ""), page("HTTP/1.1 200 OK", rfc),
		}, "http://portal.example/login", fsm.FailureStatus},
		{"redirect not followed", DialOptions{MaxRedirects: -1}, []script{page(away+
			"s://portal.example/login", "")}, "https://portal.example/login", fsm.FailureStatus},
		{"redirect refused", DialOptions{Redirects: endpoint.RedirectSameHost}, []script{page(away+
			"://portal.example/login", "")}, "http://portal.example/login", fsm.FailureRedirectRefused},
		{"redirect on the same host", DialOptions{MaxRedirects: -1},
			[]script{page(away+"://one.example/login", "")}, never, fsm.FailureStatus},
		{"redirect to a WebSocket", DialOptions{MaxRedirects: -1}, []script{
			page(strings.TrimSuffix(away, "http")+"ws://two.example/", ""),
		}, never, fsm.FailureStatus},
		{"redirect in the extended handshake", DialOptions{MaxRedirects: -1},
			[]script{respond(away + "://two.example/\r\n\r\n")}, never, fsm.FailureStatus},
		{"403 with a page", DialOptions{},
			[]script{page("HTTP/1.1 403 x\r\nContent-Type: text/html", rfc)}, never, fsm.FailureStatus},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.opts
			o.Credentials, o.OpeningHeader = auth.Basic("joe", "s3cr3t"), http.Header{"Cookie": {"a=b"}}
			var seen recorder
			o.Observer = &seen
			got := dialRaw(t, t.Context(), true, &o, c.play...)
			got.end()
			received := 0
			for _, ev := range seen.story() {
				if ev.Kind == EventReceiveOpening {
					received++
				}
			}
			require.Equal(t, len(c.play), received, "observers see answers that end with the connection")
			var e *HandshakeError
			require.ErrorAs(t, got.err, &e)
			require.Equal(t, c.fail, e.Failure)
			require.Equal(t, c.link != never, e.NetworkLogin)
			require.Equal(t, strings.TrimSuffix(c.link, unknown), e.LoginURL)
			require.Equal(t, e.NetworkLogin, strings.Contains(e.Error(), "network login needed"))
			require.Equal(t, e.Status == 511, strings.Contains(e.Error(), "; network login needed"),
				"the others only look like it")
			require.NotContains(t, e.Error(), "?to=")
			require.Len(t, got.net.log.heads, min(len(c.play), e.Attempt))
			for i, head := range got.net.log.heads {
				require.Equal(t, i == 0, strings.Contains(head, "Cookie: a=b"), "cookies stay at home")
				require.NotContains(t, head, "planted")
				require.NotContains(t, head, "Authorization", "nobody logs in to a portal")
			}
		})
	}
}

// Who has proven by TLS to be the server is no portal, whatever page it sends.
func TestDial_PortalNeverByTLS(t *testing.T) {
	e := &HandshakeError{Leg: endpoint.LegOpening, Failure: fsm.FailureStatus, Status: 200,
		Body: []byte("<html>"), URL: "wss://a/b", Path: []string{"wss://a/b"}}
	e.noticePortal()
	require.False(t, e.NetworkLogin)
	e.Path = []string{"ws://a/b", "wss://a/b"}
	e.noticePortal()
	require.True(t, e.NetworkLogin)
	require.Equal(t, "https://a/b", e.LoginURL)
}
