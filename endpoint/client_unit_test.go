package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func optional() ClientConfig {
	m := fsm.DefaultClientConfig()
	m.TerminatorOptional = true
	return ClientConfig{Machine: m}
}

func TestClient_Reading_Terminator(t *testing.T) {
	t.Run("ADV-17/silence", func(t *testing.T) {
		proves(t, "KHP-CLOSE-04 KHP-EXT-04")
		r := asking(t, ClientConfig{}).message(switching())
		r.expire(fsm.TimerResponse)
		require.Contains(t, r.wantFail("no terminator", fsm.FailureMissingTerminator, 1008).Error(),
			"expected an empty binary message after the 101 response")
	})
	t.Run("ADV-18/data-instead", func(t *testing.T) {
		proves(t, "KHP-CLOSE-04 KHP-EXT-02")
		r := asking(t, ClientConfig{}).message(switching(), "hello")
		r.wantFail("data before the terminator", fsm.FailureMalformed, 1002)
		require.Empty(t, r.got)
	})
	t.Run("ADV-19/close-instead", func(t *testing.T) {
		proves(t, "KHP-CLOSE-01")
		r := asking(t, ClientConfig{}).message(switching())
		r.take(r.c.PeerClosed(t0, 1000, "bye"))
		r.wantLast("answered", "SendClose 1000")
		r.wantTimers("the end of the connection", fsm.TimerClose)
		r.take(r.c.Lost(t0, ""))
		err := r.wantFail("never open", fsm.FailureMissingTerminator, 1000)
		require.Equal(t, uint16(1000), err.Close)
		require.Contains(t, err.Error(), `(close code 1000 "bye")`)
	})
	t.Run("ADV-20/before-any-response", func(t *testing.T) {
		asking(t, ClientConfig{}).message("").wantFail("nothing to end",
			fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-20/empty-text-before-any-response", func(t *testing.T) {
		r := asking(t, ClientConfig{})
		r.take(r.c.Message(t0, wire.Text, nil))
		r.wantFail("nothing to end", fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-20/before-the-next-response", func(t *testing.T) {
		asking(t, ClientConfig{}).unit(response(202)).message("").wantFail("nothing to end",
			fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-21/two", func(t *testing.T) {
		proves(t, "KHP-GEN-05")
		r := asking(t, ClientConfig{}).unit(switching()).wantOpen("at the first").message("")
		require.Equal(t, []string{""}, r.got, "the second is the application's")
	})
	t.Run("ADV-22/empty-text", func(t *testing.T) {
		r := asking(t, ClientConfig{}).message(switching())
		r.take(r.c.Message(t0, wire.Text, nil))
		r.wantFail("not a terminator", fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-22/empty-text-after-text", func(t *testing.T) {
		r := asking(t, ClientConfig{})
		r.take(r.c.Message(t0, wire.Text, []byte(switching())))
		r.take(r.c.Message(t0, wire.Text, nil))
		require.Zero(t, r.opens)
		r.expire(fsm.TimerResponse)
		r.wantFail("not a terminator", fsm.FailureMissingTerminator, 1008)
	})
	t.Run("ADV-25/data-right-behind", func(t *testing.T) {
		proves(t, "KHP-GEN-05")
		r := asking(t, ClientConfig{}).message(switching(), "", "one", "HTTP/1.1 403 no\r\n\r\n").
			wantOpen("at the terminator")
		require.Equal(t, []string{"one", "HTTP/1.1 403 no\r\n\r\n"}, r.got, "all of it, unread [INV-36]")
	})
	t.Run("ADV-30/two-responses", func(t *testing.T) {
		r := asking(t, ClientConfig{}).unit(switching()).unit(response(403)).wantOpen("after the first")
		require.Equal(t, []string{response(403), ""}, r.got)
	})
}

func TestClient_Reading_TerminatorOptional(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		r := asking(t, optional()).message(switching()).wantOpen("at the response")
		r.message("data")
		require.Equal(t, []string{"data"}, r.got)
	})
	t.Run("late", func(t *testing.T) {
		r := asking(t, optional()).message(switching(), "", "data", "")
		require.Equal(t, []string{"data", ""}, r.got, "one late terminator is dropped")
	})
	t.Run("after-401", func(t *testing.T) {
		cfg := optional()
		cfg.HasCredentials = true
		r := asking(t, cfg).message(challengeBasic)
		require.Equal(t, "AskCredentials", r.last[0])
		r.message("")
		r.take(r.c.Credentials(t0, "Basic x"))
		r.message(switching()).wantOpen("after the replay")
	})
	t.Run("body-without-length", func(t *testing.T) {
		cfg := optional()
		cfg.HasCredentials = true
		r := asking(t, cfg).message(response(401, "WWW-Authenticate: Token", "", "who are you?"))
		require.Equal(t, "AskCredentials", r.last[0], "one message is one response")
	})
	t.Run("body-in-another-message", func(t *testing.T) {
		r := asking(t, optional()).message(response(201, "Content-Length: 4", ""), "made").
			wantOpen("at the end of the body")
		require.Equal(t, "made", string(r.c.Result().Body))
	})
}

func TestClient_Reading_Units(t *testing.T) {
	text := func(parts ...string) func(r *run) {
		return func(r *run) {
			for _, p := range parts {
				r.take(r.c.Message(t0, wire.Text, []byte(p)))
			}
		}
	}
	binary := func(parts ...string) func(r *run) { return func(r *run) { r.message(parts...) } }
	for _, v := range []struct {
		name string
		do   func(r *run)
		want fsm.Failure
		code uint16
	}{
		{"ADV-29/100-then-101", binary(response(100)+switching(), ""), fsm.FailureMalformed, 1002},
		{"ADV-29/401-then-101", binary(challengeBasic+switching(), ""), fsm.FailureMalformed, 1002},
		{"ADV-29/200-then-401", binary(response(200)+challengeBasic, ""), fsm.FailureMalformed, 1002},
		{"ADV-52/http-1.0", binary("HTTP/1.0 101 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-52/http-2", binary("HTTP/2 101 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-53/101-body", binary(switching("", "x"), ""), fsm.FailureMalformed, 1002},
		{"ADV-53/204-body", binary(response(204, "", "x"), ""), fsm.FailureMalformed, 1002},
		{"ADV-53/205-length", binary(response(205, "Content-Length: 5"), ""), fsm.FailureMalformed, 1002},
		{"ADV-56/0", binary("HTTP/1.1 0 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/42", binary("HTTP/1.1 42 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/099", binary("HTTP/1.1 099 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/1000", binary("HTTP/1.1 1000 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/negative", binary("HTTP/1.1 -1 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/letter", binary("HTTP/1.1 1O1 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/full-width", binary("HTTP/1.1 １０１ x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/blanks", binary("HTTP/1.1  101 x\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-56/600", binary(response(600), ""), fsm.FailureStatus, 1000},
		{"ADV-56/999", binary(response(999), ""), fsm.FailureStatus, 1000},
		{"ADV-58/bare-lf", binary("HTTP/1.1 101 x\n\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-58/bare-cr", binary("HTTP/1.1 101 x\rA: b\r\n\r\n", ""), fsm.FailureMalformed, 1002},
		{"ADV-58/folded", binary(response(101, "A: b", " c"), ""), fsm.FailureMalformed, 1002},
		{"ADV-58/space-before-colon", binary(response(101, "A : b"), ""), fsm.FailureMalformed, 1002},
		{"ADV-58/nul", binary(response(101, "A: b\x00"), ""), fsm.FailureMalformed, 1002},
		{"ADV-58/no-colon", binary(response(101, "A"), ""), fsm.FailureMalformed, 1002},
		{"ADV-58/8-bit-name", binary(response(101, "\xe9: b"), ""), fsm.FailureMalformed, 1002},
		{"ADV-59/line", binary(response(101, "A: "+strings.Repeat("b", 9000)), ""),
			fsm.FailureLimit, 1009},
		{"ADV-59/fields", binary(response(101, slices.Repeat([]string{"A: b"}, 10_000)...), ""),
			fsm.FailureLimit, 1009},
		{"ADV-59/body", binary(response(403, "", strings.Repeat("b", 70_000)), ""),
			fsm.FailureLimit, 1009},
		{"ADV-60/negative", binary(response(201, "Content-Length: -1"), ""), fsm.FailureMalformed, 1002},
		{"ADV-60/plus", binary(response(201, "Content-Length: +5", "", "hello"), ""),
			fsm.FailureMalformed, 1002},
		{"ADV-60/list", binary(response(201, "Content-Length: 5,5", "", "hello"), ""),
			fsm.FailureMalformed, 1002},
		{"ADV-60/different", binary(response(201, "Content-Length: 5", "Content-Length: 4", "", "hello"),
			""), fsm.FailureMalformed, 1002},
		{"ADV-60/2-63", binary(response(201, "Content-Length: 9223372036854775808"), ""),
			fsm.FailureMalformed, 1002},
		{"ADV-60/hex", binary(response(201, "Content-Length: 0x5", "", "hello"), ""),
			fsm.FailureMalformed, 1002},
		{"ADV-61/chunked", binary(response(200, "Transfer-Encoding: chunked"), ""),
			fsm.FailureMalformed, 1002},
		{"ADV-62/invalid", text(response(403, "", "\xff")), fsm.FailureUTF8, 1007},
		{"ADV-62/overlong", text(response(403, "", "\xc0\xaf")), fsm.FailureUTF8, 1007},
		{"ADV-63/mixed", func(r *run) { text("HTTP/1.1 ")(r); r.message("101 x\r\n\r\n", "") },
			fsm.FailureUnexpectedMessage, 1002},
		{"truncated-head", binary("HTTP/1.1 101 x\r\nA: b", ""), fsm.FailureMalformed, 1002},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-29", "KHP-EXT-04 KHP-CLOSE-02", "ADV-53/204", "KHP-STATUS-204-02",
				"ADV-53/205", "KHP-STATUS-205-02", "ADV-53", "KHP-CLASS-1XX-01 RFC2068-1XX-01",
				"ADV-56/600", "KHP-CLOSE-02", "ADV-56/999", "KHP-CLOSE-02", "ADV-56", "KHP-CLASS-UNLISTED-02",
				"ADV-62", "WSP-TEXT-01", "", "KHP-EXT-03 KHP-CLOSE-02")
			r := asking(t, ClientConfig{HasCredentials: true})
			v.do(r)
			r.wantFail("refused", v.want, v.code)
			require.LessOrEqual(t, r.c.unit.Len(), 256<<10, "memory is bounded [INV-38]")
		})
	}
	t.Run("ADV-56/no-reason", func(t *testing.T) {
		asking(t, ClientConfig{}).unit("HTTP/1.1 101\r\n\r\n").wantOpen("the reason may be missing")
	})
	t.Run("ADV-59/tiny-messages", func(t *testing.T) {
		r := asking(t, ClientConfig{}).message(response(403, ""))
		for range 2000 {
			r.message("x")
		}
		r.wantFail("too many messages", fsm.FailureLimit, 1009)
	})
	t.Run("ADV-62/split-inside-a-character", func(t *testing.T) {
		r := asking(t, ClientConfig{})
		text(response(201, "", "\xc3"), "\xa9")(r)
		r.message("").wantOpen("joined it is UTF-8")
	})
	t.Run("ADV-54/200-with-all-of-101", func(t *testing.T) {
		proves(t, "KHP-STATUS-200-01 KHP-STATUS-200-02")
		r := asking(t, ClientConfig{}).unit(strings.Replace(switching(), " 101 ", " 200 ", 1))
		require.Contains(t, r.wantFail("not a completing status", fsm.FailureStatus, 1000).Error(),
			"refused with 200 OK")
	})
}
