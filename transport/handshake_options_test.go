package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// The fields that a Handler lists and that middleware has set reach the opening 101, except those
// of another response or of the handshake itself.
func TestHandler_OpeningHeader(t *testing.T) {
	h := &Handler{Serve: echoServe, OpeningHeader: http.Header{
		"Strict-Transport-Security": {"max-age=1"},
	}}
	middleware := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Content-Type", "Connection", "Upgrade", "Sec-WebSocket-Accept",
			"Sec-WebSocket-Extensions", "Date", "Transfer-Encoding"} {
			w.Header().Set(name, "wrong")
		}
		w.Header().Add("Set-Cookie", "session=1")
		w.Header().Add("Set-Cookie", "other=2")
		w.Header()["x-bad"] = []string{"a\r\nb: c"}
		h.ServeHTTP(w, r)
	})
	srv := httptest.NewServer(middleware)
	defer srv.Close()
	c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	require.NoError(t, err)
	got := c.OpeningHeader()
	require.NoError(t, c.CloseNow())
	require.Equal(t, []string{"session=1", "other=2"}, got["Set-Cookie"])
	require.Equal(t, "max-age=1", got.Get("Strict-Transport-Security"))
	for name, values := range got {
		require.NotContains(t, values, "wrong", name)
	}
	// and Upgrade, Connection, Sec-WebSocket-Accept, Sec-WebSocket-Protocol, Date
	require.Len(t, got, 7, "%v", got)

	addr := serving(t, &Server{Handler: h})
	c, err = Dial(t.Context(), "ws://"+addr, nil)
	require.NoError(t, err)
	require.Equal(t, "max-age=1", c.OpeningHeader().Get("Strict-Transport-Security"))
	require.Empty(t, c.Header().Get("Strict-Transport-Security"), "that is the extended response")
	require.NoError(t, c.CloseNow())

	for _, name := range []string{"Upgrade", "Sec-WebSocket-Protocol", "bad name"} {
		require.Error(t, (&Handler{Serve: echoServe, OpeningHeader: http.Header{name: {"x"}}}).Check(),
			name)
	}
}

// Cookies travel as those of a browser do, within one call and from call to call.
func TestDial_Jar(t *testing.T) {
	seen := make(chan []string, 3)
	var second *httptest.Server
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header["Cookie"]
		http.SetCookie(w, &http.Cookie{Name: "first", Value: "a", Path: "/"})
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/here", http.StatusFound)
			return
		}
		(&Handler{Decide: func(context.Context, *Request) (Decision, error) {
			d := Redirect("ws" + strings.TrimPrefix(second.URL, "http"))
			d.Header = []HeaderField{{Name: "Set-Cookie", Value: "extended=b; Path=/"}}
			return d, nil
		}, Serve: echoServe}).ServeHTTP(w, r)
	}))
	defer first.Close()
	second = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header["Cookie"]
		(&Handler{Serve: echoServe}).ServeHTTP(w, r)
	}))
	defer second.Close()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	opts := &DialOptions{Jar: jar, OpeningHeader: http.Header{"Cookie": {"own=1"}}, Profile: Kaazing}
	dial := func() [][]string {
		c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(first.URL, "http")+"/moved", opts)
		require.NoError(t, err)
		require.NoError(t, c.CloseNow())
		return [][]string{<-seen, <-seen, <-seen}
	}
	// Cookies disregard ports; fields that the caller gave for the first origin do not.
	require.Equal(t, [][]string{{"own=1"}, {"own=1; first=a"}, {"first=a; extended=b"}}, dial())
	require.Equal(t, [][]string{{"own=1; first=a; extended=b"}, {"own=1; first=a; extended=b"},
		{"first=a; extended=b"}}, dial())
	require.Equal(t, http.Header{"Cookie": {"own=1"}}, opts.OpeningHeader)
}

// CheckRedirect sees where a call has been and where it is sent, and its error is the cause.
func TestDial_CheckRedirect(t *testing.T) {
	var url string
	h := &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
		switch r.Path() {
		case "/a":
			return Redirect("/b"), nil
		case "/b":
			return Redirect("/c?secret"), nil
		}
		return Decision{}, nil
	}}
	url = serve(t, h)
	var asked []string
	opts := &DialOptions{CheckRedirect: func(via []string, to string) error {
		asked = append(asked, strings.ReplaceAll(fmt.Sprint(via, " ", to), url, ""))
		return nil
	}}
	c, err := Dial(t.Context(), url+"/a", opts)
	require.NoError(t, err)
	require.NoError(t, c.CloseNow())
	require.Equal(t, []string{"[/a] /b", "[/a /b] /c?secret"}, asked)

	stop := errors.New("only within b")
	opts.CheckRedirect = func(via []string, to string) error {
		if len(via) > 1 {
			return stop
		}
		return nil
	}
	_, err = Dial(t.Context(), url+"/a", opts)
	require.ErrorIs(t, err, fsm.FailureRedirectRefused)
	require.ErrorIs(t, err, stop)
	require.ErrorContains(t, err, "only within b")
	opts.Redirects = endpoint.RedirectNever
	_, err = Dial(t.Context(), url+"/a", opts)
	require.NotErrorIs(t, err, stop)
}

// Every error of this package that has a failure gives it.
func TestErrors_AsFailure(t *testing.T) {
	a, b := connPair(t, tcpPair)
	require.NoError(t, b.CloseNow())
	_, _, lost := a.Read(t.Context())
	_, _, again := a.Read(t.Context())
	for _, x := range []struct {
		err  error
		want fsm.Failure
	}{
		{&HandshakeError{Failure: fsm.FailureRedirectLoop}, fsm.FailureRedirectLoop},
		{&endpoint.HandshakeError{Failure: fsm.FailureStatus}, fsm.FailureStatus},
		{&CloseError{Code: 1000}, fsm.FailurePeerClosed},
		{&ProtocolError{Code: CloseProtocolError}, fsm.FailureFrame},
		{&ProtocolError{Code: CloseInvalidPayload}, fsm.FailureUTF8},
		{&ProtocolError{Code: CloseTooBig}, fsm.FailureLimit},
		{&ProtocolError{Code: ClosePolicyViolation}, fsm.FailureUnexpectedMessage},
		{&InactivityError{}, fsm.FailureTimeout},
		{&ProxyError{}, fsm.FailureConnect},
		{lost, fsm.FailureConnectionLost},
		{again, fsm.FailureConnectionLost},
	} {
		var failure fsm.Failure
		require.ErrorAs(t, fmt.Errorf("more: %w", x.err), &failure, "%T", x.err)
		require.Equal(t, x.want, failure, "%T", x.err)
		require.ErrorIs(t, x.err, x.want, "%T", x.err)
		require.NotErrorIs(t, x.err, fsm.FailureURL, "%T", x.err)
	}
	var failure fsm.Failure
	require.NotErrorAs(t, &HandshakeError{Cause: context.Canceled}, &failure)
	require.ErrorIs(t, lost, io.ErrUnexpectedEOF)
}

func TestHandler_AllowOrigins(t *testing.T) {
	h := &Handler{AllowOrigins: []string{"https://*.example.com",
		"other.example"}, CheckOpening: func(r *OpeningRequest) (int, string) {
		if strings.HasPrefix(r.Path(), "/internal") && r.Origin != "" {
			return 451, "not from pages"
		}
		return 0, ""
	}}
	url := serve(t, h)
	for origin, want := range map[string]int{
		"https://www.example.com": 0, "https://example.com": 403, "http://www.example.com": 403,
		"http://other.example:8080": 0, "http" + strings.TrimPrefix(url, "ws"): 0, "null": 403,
	} {
		for _, path := range []string{"/", "/internal"} {
			c, err := Dial(t.Context(), url+path,
				&DialOptions{OpeningHeader: http.Header{"Origin": {origin}}})
			if want == 0 && path == "/" {
				require.NoError(t, err, origin)
				require.NoError(t, c.CloseNow())
				continue
			}
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed, origin)
			require.Equal(t, map[bool]int{true: 403, false: 451}[want == 403], failed.Status, origin)
		}
	}
	for _, pattern := range []string{"", "https://h/path", "a b"} {
		require.ErrorContains(t, (&Handler{Serve: echoServe, AllowOrigins: []string{pattern}}).Check(),
			"AllowOrigins has")
	}
}

// CheckOrigin is asked about the origins that AllowOrigins does not list, instead of the same host.
func TestHandler_AllowOriginsAndCheckOrigin(t *testing.T) {
	asked := map[string]string{}
	h := &Handler{Serve: echoServe, AllowOrigins: []string{"https://listed.example"},
		CheckOrigin: func(origin, host string) bool {
			asked[origin] = host
			return origin == "https://checked.example"
		}}
	for origin, want := range map[string]string{
		"https://listed.example": "101", "https://checked.example": "101",
		"https://else.example": "403", "http://one.example": "403",
	} {
		c := servePipe(t, h, strings.Replace(openingRequest, "\r\n\r\n",
			"\r\nOrigin: "+origin+"\r\n\r\n", 1))
		require.Contains(t, <-c.head, "HTTP/1.1 "+want, origin)
		_ = c.nc.Close()
		<-c.done
	}
	require.Equal(t, map[string]string{"https://checked.example": "one.example",
		"https://else.example": "one.example", "http://one.example": "one.example"}, asked)
}
