package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Gateways of Kaazing 3.x send a 401 as the body of a 200, in one message or several, with and
// without the terminator.
func TestClient_WrappedChallenge(t *testing.T) {
	const wrapper = "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\n"
	const challenge = "HTTP/1.1 401 Unauthorized\r\n" +
		"WWW-Authenticate: Application Basic realm=\"r\"\r\nContent-Length: 2\r\n\r\n"
	forms := map[string][]string{
		"one message":   {wrapper + challenge + "no"},
		"head and body": {wrapper, challenge + "no"},
		"each part":     {wrapper, challenge, "no"},
		"cut in the status line": {wrapper + "HTT", "P/1.1 40", "1 Unauthorized" +
			challenge[len("HTTP/1.1 401 Unauthorized"):] + "no"},
		"cut before the empty line": {wrapper[:len(wrapper)-2], "\r\n" + challenge + "n", "o"},
	}
	for name, parts := range forms {
		for _, terminated := range []bool{true, false} {
			form := parts
			if terminated {
				form = append(form[:len(form):len(form)], "")
			}
			t.Run(name+"/terminated="+map[bool]string{true: "yes", false: "no"}[terminated],
				func(t *testing.T) {
					for _, cfg := range []ClientConfig{kaazingClient(), autoClient()} {
						cfg.HasCredentials, cfg.Extensions = true, []string{"x-kaazing-idle-timeout"}
						r := asking(t, cfg).message(proceed).message(form...)
						require.Equal(t, fsm.ClientAwaitCredentials, r.c.Phase(), "%v", r.all)
						require.Equal(t, "Basic", string(r.c.Challenges()[0].Scheme))
						r.take(r.c.Credentials(t0, "Basic eA=="))
						require.Contains(t, r.sent[len(r.sent)-1], "\r\nAuthorization: Basic eA==\r\n")
						r.message(form...) // wrong credentials are asked for again
						r.take(r.c.Credentials(t0, "Basic eQ=="))
						r.message(switching("Sec-WebSocket-Extensions: x-kaazing-idle-timeout"), "", proceed).
							wantOpen("after the second replay")
						r.message("").message("x")
						require.Equal(t, []string{"", "x"}, r.got, "an empty message is the application's again")
					}
					late := kaazingClient()
					late.HasCredentials = true
					r := asking(t, late).message(proceed).message(form...)
					if !terminated { // the terminator crosses the replay
						r.take(r.c.Credentials(t0, "Basic eA=="))
						r.message("", switching(), "", proceed).wantOpen("its terminator came late")
					}
				})
		}
	}
	t.Run("empty text is no terminator", func(t *testing.T) {
		cfg := kaazingClient()
		cfg.HasCredentials = true
		r := asking(t, cfg).message(proceed, wrapper+challenge+"no")
		require.Equal(t, fsm.ClientAwaitCredentials, r.c.Phase())
		r.take(r.c.Message(t0, wire.Text, nil))
		r.wantFail("a message of text", fsm.FailureUnexpectedMessage, 1002)
	})
	whole := wrapper + challenge + "no"
	t.Run("no credentials", func(t *testing.T) {
		err := asking(t, kaazingClient()).message(proceed, whole, "").wantFail("nobody to ask",
			fsm.FailureAuthRequired, 1000)
		require.Equal(t, 401, err.Status)
		require.Equal(t, "no", string(err.Body))
	})
	t.Run("too often", func(t *testing.T) {
		cfg := kaazingClient()
		cfg.HasCredentials = true
		r := asking(t, cfg).message(proceed)
		for i := range 3 {
			r.message(whole)
			r.take(r.c.Credentials(t0, "Basic "+itoa(i)))
		}
		r.message(whole).wantFail("three replays are the limit", fsm.FailureAuthLimit, 1000)
	})
	t.Run("spec profile", func(t *testing.T) {
		asking(t, ClientConfig{HasCredentials: true}).message(whole, "").wantFail("two responses",
			fsm.FailureMalformed, 1002)
	})
	t.Run("an unterminated 401 of its own", func(t *testing.T) {
		cfg := kaazingClient()
		cfg.HasCredentials = true
		r := asking(t, cfg).message(proceed, challenge+"no")
		require.Equal(t, fsm.ClientReading, r.c.Phase(), "it waits for the terminator")
	})
	t.Run("nothing else is unwrapped", func(t *testing.T) {
		for _, inner := range []string{"101 Switching Protocols\r\n\r\n",
			"302 Found\r\nLocation: ws://h/q\r\n\r\n", "403 Forbidden\r\n\r\n"} {
			asking(t, kaazingClient()).message(proceed, wrapper+"HTTP/1.1 "+inner, "").wantFail(inner,
				fsm.FailureMalformed, 1002)
		}
	})
}
