package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// noise has the fields by which a response can make a browser keep something, go somewhere or ask
// for a password.
var noise = []string{
	"Set-Cookie: sid=planted; Path=/; Max-Age=99999", "Set-Cookie2: sid2=planted", "Refresh: 0; " +
		"url=http://planted/", "Cache-Control: max-age=99999", "Expires: Thu, 01 Jan 2099 00:00:00 GMT",
	"Strict-Transport-Security: max-age=99999", "Alt-Svc: h2=\"planted:443\"",
	"Clear-Site-Data: \"*\"", "Retry-After: 99999", "Content-Type: text/html",
}

const meta = `<html><head><meta http-equiv="refresh" content="0; ` +
	`url=http://planted/"></head></html>`

// noisy is a response with all of it, and a META where a body is allowed.
func noisy(status int, lines ...string) string {
	lines = append(slices.Clone(noise), lines...)
	if status >= 200 && status != 204 && status != 205 && status != 304 {
		lines = append(lines, "", meta)
	}
	return response(status, lines...)
}

// requests are the two requests of the current connection.
func requests(t *testing.T, cfg ClientConfig) []string {
	r := dialed(t, "ws://h/p", cfg)
	opening := string(r.c.buf)
	return append(r.opened().sent, opening)
}

// Whatever a response says, the next connect call with the same options behaves as the first one,
// and the one that ended does nothing more.
func TestClient_KeepsNothing(t *testing.T) {
	proves(t, "INV-47 INV-53")
	cfg := ClientConfig{HasCredentials: true, HasProxyLogin: true, Subprotocols: []string{"amqp"},
		Header: []HeaderField{{"Cookie", "a=b"}}, OpeningHeader: []HeaderField{{"Cookie", "a=b"}}}
	before := requests(t, cfg)
	for status := 100; status < 600; status++ {
		for _, leg := range []Leg{LegOpening, LegExtended} {
			r := dialed(t, "ws://h/p", cfg)
			if leg == LegExtended {
				r.opened().unit(noisy(status))
			} else if status != 101 {
				_, out := r.c.OpeningReceived(t0, []byte(noisy(status)))
				r.take(out)
				r.take(r.c.Expire(r.c.Deadline())) // where the body has no length
			}
			r.hangUp()
			require.Len(t, r.dials, 1, "status %d leads nowhere", status)
			require.NotContains(t, r.all, "AskCredentials",
				"status %d without a challenge asks for nothing", status)
			if r.over {
				require.Empty(t, r.c.Connect(t0), "what ended stays ended")
			}
			require.Equal(t, before, requests(t, cfg), "status %d is forgotten", status)
		}
	}
}

// Nor does anything planted travel with later requests of the same connect call.
func TestClient_CarriesNothingOn(t *testing.T) {
	proves(t, "INV-53")
	clean := func(t *testing.T, r *run) {
		for _, text := range append(slices.Clone(r.sent), r.all...) {
			require.NotContains(t, text, "planted")
		}
		require.NotContains(t, string(r.c.buf), "ookie")
	}
	for _, status := range []int{300, 301, 302, 303, 307} {
		t.Run("redirect/"+itoa(status), func(t *testing.T) {
			r := asking(t, ClientConfig{}).unit(noisy(status, "Location: /q")).hangUp()
			require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials, "Location counts, Refresh does not")
			r.take(r.c.Connected(t0, [16]byte{}))
			clean(t, r)
			clean(t, r.opened())
			r = dialed(t, "ws://h/p", ClientConfig{})
			r.take(r.c.OpeningRefused(t0, status,
				append([]HeaderField{{"Location", "/q"}}, plantedFields()...), []byte(meta)))
			require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials)
			r.take(r.c.Connected(t0, [16]byte{}))
			clean(t, r)
		})
	}
	t.Run("replay", func(t *testing.T) {
		r := asking(t, ClientConfig{HasCredentials: true}).unit(noisy(202)).
			unit(noisy(401, "WWW-Authenticate: Basic"))
		r.take(r.c.Credentials(t0, "Basic x"))
		clean(t, r)
		require.Equal(t, strings.Replace(r.sent[1], "Authorization: Basic x\r\n", "", 1), r.sent[0])
	})
}

func plantedFields() (fields []HeaderField) {
	for _, line := range noise {
		name, value, _ := strings.Cut(line, ": ")
		fields = append(fields, HeaderField{name, value})
	}
	return fields
}

func TestClient_AwaitResponse_Status511(t *testing.T) {
	proves(t, "RFC6585-511-01 RFC6585-511-07 DRAFT02-511-06 INV-53 INV-47")
	r := asking(t, ClientConfig{HasCredentials: true, HasProxyLogin: true}).unit(noisy(511,
		"WWW-Authenticate: Basic", "Proxy-Authenticate: Basic", "Location: http://planted/"))
	err := r.wantFail("who controls the network wants to be asked first", fsm.FailureStatus, 1000)
	require.Equal(t, "refused with 511 Network Authentication Required [extended handshake, ws://h/p]",
		err.Error(), "said, and nothing of the page")
	require.Len(t, r.dials, 1)
	require.Len(t, r.sent, 1, "no replay")
	require.NotContains(t, r.all, "AskCredentials", "no credentials for whoever it was")
	require.Empty(t, r.c.Challenges())
	require.Equal(t, Result{}, r.c.Result(), "none of it is the origin's answer")
	require.Equal(t, meta, string(err.Body), "the error has it, for those who look")

	err = asking(t, ClientConfig{}).unit(response(511, "Content-Type: text/plain", "", "pay first")).
		wantFail("a reason in words", fsm.FailureStatus, 1000)
	require.Contains(t, err.Error(), "; the network says: pay first", "not the server")
}

func TestClient_AwaitResponse_Status403(t *testing.T) {
	proves(t, "KHP-STATUS-403-02")
	r := asking(t, ClientConfig{HasCredentials: true}).unit(response(403, "WWW-Authenticate: Basic"))
	r.wantFail("credentials make no difference", fsm.FailureStatus, 1000)
	require.NotContains(t, r.all, "AskCredentials")
	require.Len(t, r.sent, 1)
}

func TestClient_AwaitResponse_Status410(t *testing.T) {
	proves(t, "KHP-STATUS-410-02")
	r := asking(t, ClientConfig{HasCredentials: true}).
		unit(response(410, "Location: /q", "Retry-After: 1", "WWW-Authenticate: Basic"))
	r.wantFail("gone", fsm.FailureStatus, 1000)
	require.Empty(t, r.c.Connect(t0), "it is not asked for again")
	require.Len(t, r.dials, 1)
	require.Len(t, r.sent, 1)
}

// The request goes to the new place; where that is the caller can see, for the requests to come.
// The library itself remembers nothing.
func TestClient_Reading_Status301(t *testing.T) {
	proves(t, "KHP-STATUS-301-03")
	r := asking(t, ClientConfig{}).unit(redirect(301, "ws://h2/new?q")).follow()
	require.Contains(t, r.sent[0], "GET /new?q HTTP/1.1\r\nHost: h2\r\n")
	r.unit(switching()).wantOpen("there")
	require.Equal(t, "ws://h2/new?q", r.c.URL().String())
	require.Equal(t, []string{"ws://h/p"}, asking(t, ClientConfig{}).dials)
}
