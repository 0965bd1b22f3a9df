package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"github.com/stretchr/testify/require"
)

// actions are the codes that do not just close, as the specification lists them; the status table
// is under test.
var actions = map[int]codes.Action{
	100: codes.ActionContinue, 101: codes.ActionComplete, 201: codes.ActionComplete,
	202: codes.ActionWait,
	204: codes.ActionComplete, 205: codes.ActionComplete, 300: codes.ActionRedirectChoice,
	301: codes.ActionRedirect, 302: codes.ActionRedirect, 303: codes.ActionRedirect,
	307: codes.ActionRedirectIfGet, 401: codes.ActionReplay, 407: codes.ActionProxyAuth,
	426: codes.ActionUpgrade,
}

// everyForm gives a response with that status, bare, with a Location and with a length, and expects
// the reaction of the specification.
func everyForm(t *testing.T, code int) {
	for _, resp := range []string{response(code), response(code, "Location: /q"),
		response(code, "Content-Length: 0")} {
		r := asking(t, ClientConfig{}).unit(resp)
		switch actions[code] {
		case codes.ActionComplete:
			r.wantOpen(resp)
		case codes.ActionWait:
			require.Equal(t, fsm.ClientAwaitResponse, r.c.Phase())
		case codes.ActionContinue:
			r.wantFail(resp, fsm.FailureUnexpectedContinue, 1002)
		case codes.ActionReplay:
			r.wantFail(resp, fsm.FailureAuthRequired, 1000)
		case codes.ActionRedirect, codes.ActionRedirectChoice, codes.ActionRedirectIfGet:
			if strings.Contains(resp, "Location") {
				r.follow()
			} else {
				r.wantFail(resp, fsm.FailureRedirectTarget, 1000)
			}
		default:
			require.Equal(t, code, r.wantFail(resp, fsm.FailureStatus, 1000).Status)
		}
	}
}

func TestClient_AwaitResponse_EveryStatus(t *testing.T) {
	for rule := range fsm.Statuses() {
		t.Run("ADV-55/"+itoa(rule.Code), func(t *testing.T) {
			if a := actions[rule.Code]; a == 0 || a.Terminates() {
				proves(t, "KHP-STATUS-"+itoa(rule.Code)+"-01 KHP-EXT-RSP-06 KHP-CLOSE-02")
			}
			everyForm(t, rule.Code)
		})
	}
	t.Run("ADV-55/unlisted", func(t *testing.T) {
		proves(t, "KHP-CLASS-UNLISTED-01 KHP-EXT-RSP-06")
		for code := 100; code < 600; code++ {
			if !fsm.Status(code).Listed {
				everyForm(t, code)
			}
		}
	})
	t.Run("ADV-57/unlisted", func(t *testing.T) {
		proves(t, "KHP-CLASS-UNLISTED-01")
		for _, code := range []int{104, 208, 309, 421, 427, 451, 508, 512, 597} {
			require.Equal(t, code, asking(t, ClientConfig{}).unit(response(code, "Location: /q")).
				wantFail("closed", fsm.FailureStatus, 1000).Status)
		}
	})
}

func TestClient_AwaitResponse_Interim(t *testing.T) {
	body := ClientConfig{Body: []byte("the body")}
	written := func(r *run) *run { r.take(r.c.BodyWritten(t0)); return r }
	t.Run("ADV-34/100-without-expect", func(t *testing.T) {
		proves(t, "KHP-STATUS-100-02")
		asking(t, ClientConfig{}).unit(response(100)).wantFail("not asked for",
			fsm.FailureUnexpectedContinue, 1002)
	})
	t.Run("100-then-101", func(t *testing.T) {
		proves(t, "KHP-STATUS-100-01 KHP-STATUS-100-03 RFC2068-100-01 RFC2068-100-02")
		r := asking(t, body)
		require.Contains(t, r.sent[0], "Expect: 100-continue\r\nContent-Length: 8\r\n")
		r.unit(response(100)).wantLast("the body goes out", "SendMessage the body")
		written(r).unit(switching()).wantOpen("after the body")
		require.Len(t, r.sent, 2)
	})
	t.Run("ADV-35/storm-of-100", func(t *testing.T) {
		proves(t, "RFC2068-100-03")
		r := asking(t, body).unit(response(100))
		written(r)
		for range 7 {
			r.unit(response(100))
		}
		require.Len(t, r.sent, 2, "the body is sent once [INV-17]")
		r.unit(response(100)).wantFail("too many", fsm.FailureInterimLimit, 1008)
	})
	t.Run("final-response-before-100", func(t *testing.T) {
		proves(t, "KHP-STATUS-100-04 KHP-STATUS-417-01")
		r := asking(t, body).unit(response(417))
		r.wantFail("no body is sent [INV-18]", fsm.FailureStatus, 1000)
		require.Len(t, r.sent, 1)
		asking(t, body).unit(switching()).wantOpen("a completing response needs no body")
	})
	t.Run("final-response-during-the-body", func(t *testing.T) {
		r := asking(t, body).unit(response(100)).message("HTTP/1.1 4")
		r.message("13 x\r\n\r\n", "").wantFail("refused", fsm.FailureStatus, 1000)
		asking(t, body).unit(response(100)).unit(switching()).
			wantFail("a completing response cannot cut the body short", fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-36/202-for-ever", func(t *testing.T) {
		proves(t, "KHP-STATUS-202-01 KHP-STATUS-202-02 RFC2068-202-01")
		r := asking(t, ClientConfig{}).unit(response(202))
		r.wantLast("one fixed deadline")
		r.wantTimers("in the place of that of the response", fsm.TimerWait, fsm.TimerOverall)
		r.unit(response(202))
		require.Empty(t, r.last, "which a second 202 does not move [INV-39]")
		r.expire(fsm.TimerWait)
		r.wantFail("accepted, but no more", fsm.FailureAcceptedOnly, 1000)
	})
	t.Run("202-limit", func(t *testing.T) {
		r := asking(t, ClientConfig{})
		for range 9 {
			r.unit(response(202))
		}
		r.wantFail("nine are too many", fsm.FailureInterimLimit, 1008)
	})
	t.Run("202-no-wait", func(t *testing.T) {
		m := fsm.DefaultClientConfig()
		m.NoWait = true
		asking(t, ClientConfig{Machine: m}).unit(response(202)).wantFail("waiting is off",
			fsm.FailureAcceptedOnly, 1000)
	})
	t.Run("ADV-37/202-100-202-101", func(t *testing.T) {
		r := asking(t, body).unit(response(202)).unit(response(100))
		written(r).unit(response(202)).unit(switching()).wantOpen("in order and within limits")
	})
	t.Run("ADV-38/202-401-101", func(t *testing.T) {
		r := asking(t, ClientConfig{HasCredentials: true}).unit(response(202)).unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Basic x"))
		r.unit(switching()).wantOpen("after the replay")
	})
	t.Run("body-again-with-the-replay", func(t *testing.T) {
		cfg := body
		cfg.HasCredentials = true
		r := asking(t, cfg).unit(response(100))
		written(r).unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Basic x"))
		written(r.unit(response(100))).unit(switching()).wantOpen("replayed with its body")
		require.Equal(t, []string{"the body", "the body"}, []string{r.sent[1], r.sent[3]})
	})
	t.Run("201", func(t *testing.T) {
		proves(t, "KHP-STATUS-201-01 KHP-STATUS-201-02 KHP-STATUS-201-03")
		r := asking(t, ClientConfig{}).unit(response(201, "Location: /made", "Content-Length: 4", "",
			"made")).wantOpen("201 completes")
		require.Equal(t, Result{Status: 201, Header: []HeaderField{{"Location", "/made"},
			{"Content-Length", "4"}}, Body: []byte("made")}, r.c.Result())
	})
}
