package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// plainServers serves h in both ways there are.
func plainServers(t *testing.T, h *Handler) map[string]string {
	return map[string]string{"Server": serveBy(t, &Server{Handler: h}), "net/http": serve(t, h)}
}

func dialPlain(t *testing.T, url string, subprotocols ...string) (*Conn, error) {
	return Dial(t.Context(), url,
		&DialOptions{PlainOnly: true, Subprotocols: subprotocols, MaxRedirects: -1, ReadLimit: 1 << 20})
}

// wantRefused dials and expects another answer to the opening request.
func wantRefused(t *testing.T, url string, status int) *HandshakeError {
	t.Helper()
	_, err := dialPlain(t, url, "a")
	var e *HandshakeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, endpoint.LegOpening, e.Leg)
	require.Equal(t, status, e.Status)
	return e
}

// Decide is asked about a plain client with all that its opening request says, and selects among
// its subprotocols.
func TestHandler_Plain_Decide(t *testing.T) {
	requests := make(chan Request, 1)
	h := &Handler{Plain: true, Decide: func(_ context.Context, r *Request) (Decision, error) {
		requests <- *r
		return Decision{Subprotocol: r.Subprotocols[1]}, nil
	}, Serve: echoServe}
	for name, url := range plainServers(t, h) {
		c, err := dialPlain(t, url+"/path?q", "a", "b")
		require.NoError(t, err, name)
		require.Equal(t, "b", c.Subprotocol())
		r := <-requests
		require.True(t, r.Plain)
		require.Equal(t, []string{"a", "b"}, r.Subprotocols)
		require.Equal(t, "/path?q", r.Target)
		require.Empty(t, r.Header)
		require.NoError(t, c.Write(t.Context(), Text, []byte("x")))
		wantMessage(t, c, Text, "x")
		require.NoError(t, c.Close(CloseNormal, ""))
		khp, err := Dial(t.Context(), url+"/path", &DialOptions{Subprotocols: []string{"a", "b"}})
		require.NoError(t, err, "KHP clients are served as ever")
		require.False(t, (<-requests).Plain)
		require.NoError(t, khp.CloseNow())
	}
}

// A nil Decide selects the subprotocol that the server likes best.
func TestHandler_Plain_Subprotocols(t *testing.T) {
	for name, url := range plainServers(t,
		&Handler{Plain: true, Subprotocols: []string{"c", "b"}, Serve: echoServe}) {
		c, err := dialPlain(t, url, "a", "b", "c")
		require.NoError(t, err, name)
		require.Equal(t, "c", c.Subprotocol())
		require.NoError(t, c.CloseNow())
		c, err = dialPlain(t, url, "a")
		require.NoError(t, err)
		require.Empty(t, c.Subprotocol())
		require.NoError(t, c.CloseNow())
	}
}

// Whatever refuses a KHP client refuses a plain one, with an answer to its opening request.
func TestHandler_Plain_Refused(t *testing.T) {
	never := func(context.Context, *Conn) error { panic("open") }
	decides := func(d Decision, err error) *Handler {
		return &Handler{Plain: true, Serve: never,
			Decide: func(context.Context, *Request) (Decision, error) { return d, err }}
	}
	retry := []HeaderField{{Name: "Retry-After", Value: "7"}}
	for name, c := range map[string]struct {
		h      *Handler
		status int
		body   string
	}{
		"authenticator": {&Handler{Plain: true, Serve: never,
			Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}}, 403, "asks for credentials"},
		"authenticator, later": {&Handler{Plain: true, Serve: never,
			Authenticator: auth.AuthenticatorFunc(func(context.Context, *Request) (auth.Verdict, error) {
				return auth.Verdict{RetryAfter: 7 * time.Second}, nil
			})}, 503, ""},
		"zero verdict": {&Handler{
			Plain: true, Serve: never, Authenticator: auth.AuthenticatorFunc(
				func(context.Context, *Request) (auth.Verdict, error) { return auth.Verdict{}, nil }),
		}, 403, ""},
		"origin": {&Handler{Plain: true, Serve: never,
			CheckOrigin: func(string, string) bool { return false }}, 403, "Origin"},
		"not served": {&Handler{Serve: never}, 400, "did not offer"},
		"not, with passwords": {&Handler{Serve: never,
			Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn}}, 403, "asks for credentials"},
		"refused": {decides(Refuse(404, "nothing here"), nil), 404, "nothing here\n"},
		"challenged": {decides(Decision{Status: 401, Challenges: []string{`Basic realm="r"`}}, nil),
			403, "asks for credentials"},
		"later":         {decides(Decision{Status: 503, Header: retry}, nil), 503, ""},
		"redirected":    {decides(Redirect("ws://elsewhere.example/"), nil), 302, ""},
		"interim":       {decides(Decision{Status: 100}, nil), 500, ""},
		"never decided": {decides(Decision{Status: 202}, nil), 500, ""},
		"contradiction": {decides(Decision{Subprotocol: "unasked"}, nil), 500, ""},
		"extensions":    {decides(Decision{Extensions: []string{"x"}}, nil), 500, ""},
		"reroute":       {decides(Decision{Reroute: "ws://elsewhere.example/"}, nil), 500, ""},
		"error":         {decides(Decision{}, errors.New("secret")), 500, ""},
		"panic": {&Handler{Plain: true, Serve: never,
			Decide: func(context.Context, *Request) (Decision, error) { panic("secret") }}, 500, ""},
	} {
		for how, url := range plainServers(t, c.h) {
			t.Run(name+"/"+how, func(t *testing.T) {
				o := &DialOptions{PlainOnly: true, Subprotocols: []string{"a"}, MaxRedirects: -1}
				if name == "origin" {
					o.OpeningHeader = http.Header{"Origin": {"http://elsewhere.example"}}
				}
				_, err := Dial(t.Context(), url, o)
				var e *HandshakeError
				require.ErrorAs(t, err, &e)
				require.Equal(t, c.status, e.Status)
				require.Contains(t, string(e.Body), c.body)
				require.NotContains(t, string(e.Body), "secret")
				require.Equal(t, "close", e.Header.Get("Connection"))
				if c.status == 302 {
					require.Equal(t, "ws://elsewhere.example/", e.Header.Get("Location"))
				}
				if strings.Contains(name, "later") {
					require.Equal(t, 7*time.Second, e.RetryAfter)
				}
			})
		}
	}
}

// An Authenticator that admits clients without credentials admits plain clients as well, who
// have a name then.
func TestHandler_Plain_LetIn(t *testing.T) {
	h := &Handler{Plain: true, Serve: func(ctx context.Context, c *Conn) error {
		return c.Write(ctx, Text, []byte(fmt.Sprintf("%v %t", c.Principal(), c.Plain())))
	},
		Authenticator: auth.AuthenticatorFunc(func(_ context.Context, r *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: r.Plain && r.Authorization == "", Principal: "guest"}, nil
		})}
	for name, url := range plainServers(t, h) {
		c, err := dialPlain(t, url)
		require.NoError(t, err, name)
		wantMessage(t, c, Text, "guest true")
	}
}

// Clients with .kl=Y get N in the first message, or R and a Close, also if they are plain.
func TestHandler_Plain_BalancerMessages(t *testing.T) {
	h := &Handler{
		Plain: true, Serve: echoServe, Decide: func(_ context.Context, r *Request) (Decision, error) {
			if r.Path() == "/away" {
				return Decision{Reroute: "ws://elsewhere.example/?.kl=Y"}, nil
			}
			return Decision{}, nil
		}}
	for name, url := range plainServers(t, h) {
		c, err := dialPlain(t, url+"/?.kl=Y")
		require.NoError(t, err, name)
		wantMessage(t, c, Binary, string(balancer.Append(nil, balancer.Proceed, "")))
		require.NoError(t, c.Write(t.Context(), Text, []byte("x")))
		wantMessage(t, c, Text, "x")
		require.NoError(t, c.CloseNow())
		c, err = dialPlain(t, url+"/away?.kl=Y")
		require.NoError(t, err)
		wantMessage(t, c, Binary,
			string(balancer.Append(nil, balancer.Reroute, "ws://elsewhere.example/?.kl=Y")))
		_, _, err = c.Read(t.Context())
		require.Equal(t, CloseNormal, CloseCode(err))
	}
}

// A plain client whose request is being decided on may go away, and may say more than it should:
// the first is noticed, the second is kept for the WebSocket.
func TestHandler_Plain_WhileDeciding(t *testing.T) {
	asked, gone, decide := make(chan struct{}), make(chan error), make(chan struct{})
	h := &Handler{
		Plain: true, Serve: echoServe, Decide: func(ctx context.Context, r *Request) (Decision, error) {
			asked <- struct{}{}
			if r.Path() == "/leave" {
				<-ctx.Done()
				gone <- ctx.Err()
				return Decision{}, ctx.Err()
			}
			<-decide
			return Decision{}, nil
		}}
	for name, url := range plainServers(t, h) {
		opening := strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1)
		nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
		require.NoError(t, err)
		_, err = io.WriteString(nc, strings.Replace(opening, "/echo", "/leave", 1))
		require.NoError(t, err)
		<-asked
		require.NoError(t, nc.Close())
		require.ErrorIs(t, <-gone, context.Canceled, name)

		c := dialTCP(t, url, opening+string(frametest.Encode(false, text("early"))))
		<-asked
		c.send(text("earlier than the answer"))
		decide <- struct{}{}
		require.Contains(t, <-c.head, "101 Switching Protocols")
		require.Equal(t, "early", string((<-c.got).Payload))
		require.Equal(t, "earlier than the answer", string((<-c.got).Payload))
	}
}

// Shutdown answers plain clients whose request is being decided on.
func TestHandler_Plain_Shutdown(t *testing.T) {
	asked := make(chan struct{})
	h := &Handler{
		Plain: true, Serve: echoServe, Decide: func(ctx context.Context, _ *Request) (Decision, error) {
			close(asked)
			<-ctx.Done()
			return Decision{}, ctx.Err()
		}}
	url := serve(t, h)
	go func() {
		<-asked
		_ = h.Shutdown(context.Background())
	}()
	wantRefused(t, url, 503)
}

// The log tells plain clients from others, whether they get in or not.
func TestHandler_Plain_Log(t *testing.T) {
	var log syncBuffer
	h := &Handler{Plain: true, Serve: echoServe, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			if r.Path() == "/no" {
				return Refuse(404, ""), nil
			}
			return Decision{}, nil
		}}
	url := serve(t, h)
	c, err := dialPlain(t, url+"/yes")
	require.NoError(t, err)
	require.NoError(t, c.Close(CloseNormal, ""))
	wantRefused(t, url+"/no", 404)
	require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
		time.Millisecond)
	require.Regexp(t, `msg=open .*path=/yes profile=plain status=101`, log.String())
	require.Regexp(t, `msg=refused .*path=/no profile=plain status=404`, log.String())
}
