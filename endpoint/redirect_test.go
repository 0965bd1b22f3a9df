package endpoint

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func redirect(status int, location string) string { return response(status, "Location: "+location) }

func TestClient_Reading_RedirectLoop(t *testing.T) {
	t.Run("ADV-01/itself", func(t *testing.T) {
		proves(t, "KHP-REDIR-05 KHP-CLASS-3XX-04")
		r := asking(t, ClientConfig{}).unit(redirect(302, "ws://h/p"))
		err := r.wantFail("a redirect to itself", fsm.FailureRedirectLoop, 1000)
		require.Len(t, r.dials, 1, "one connection")
		require.Equal(t, []string{"ws://h/p", "ws://h/p"}, err.Path)
	})
	for n := 2; n <= 5; n++ {
		t.Run("ADV-02/length-"+strconv.Itoa(n), func(t *testing.T) {
			proves(t, "KHP-REDIR-05")
			r := asking(t, ClientConfig{})
			for i := 1; i < n; i++ {
				r.unit(redirect(302, "/"+strconv.Itoa(i))).follow()
			}
			r.unit(redirect(302, "/p")).wantFail("the loop closes", fsm.FailureRedirectLoop, 1000)
			require.Len(t, r.dials, n)
		})
	}
	toASCII := func(host string) (string, error) {
		if host == "bücher.example" {
			return "xn--bcher-kva.example", nil
		}
		return "", errors.New("unknown")
	}
	for _, v := range []struct{ name, from, to string }{
		{"host-case", "ws://h/p", "ws://H/p"}, {"trailing-dot", "ws://h/p", "ws://h./p"},
		{"port-80", "ws://h/p", "ws://h:80/p"},
		{"port-443", "wss://h/p", "wss://h:443/p"}, {"dot-segments", "ws://h/b", "/a/../b"},
		{"escaped-unreserved", "ws://h/~x", "/%7ex"},
		{"escape-case", "ws://h/a%2fb", "/a%2Fb"}, {"empty-path", "ws://h", "ws://h/"},
		{"http-alias", "ws://h/p", "http://h/p"},
		{"punycode", "ws://bücher.example/p", "ws://xn--bcher-kva.example/p"},
	} {
		t.Run("ADV-03/"+v.name, func(t *testing.T) {
			proves(t, "KHP-REDIR-05")
			r := dialed(t, v.from, ClientConfig{ToASCII: toASCII}).opened().unit(redirect(302, v.to))
			r.wantFail("the same place in other words", fsm.FailureRedirectLoop, 1000)
		})
	}
	t.Run("ADV-06/through-the-opening-handshake", func(t *testing.T) {
		proves(t, "KHP-REDIR-05 WSP-OPEN-05")
		r := dialed(t, "ws://h/p", ClientConfig{})
		r.take(r.c.OpeningRefused(t0, 302, []HeaderField{{"Location", "/q"}}, nil))
		r.take(r.c.Connected(t0, [16]byte{}))
		r.opened().unit(redirect(302, "/p")).wantFail("one memory for both",
			fsm.FailureRedirectLoop, 1000)
		require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials)
	})
	t.Run("ADV-47/between-ws-and-wss", func(t *testing.T) {
		machine := fsm.DefaultClientConfig()
		machine.Upgrade = true
		r := asking(t, ClientConfig{Machine: machine, AllowDowngrade: true}).
			unit(response(426, "Upgrade: TLS/1.2")).follow()
		r.unit(redirect(302, "ws://h/p")).wantFail("bounced back", fsm.FailureRedirectLoop, 1000)
		require.Equal(t, []string{"ws://h/p", "wss://h/p"}, r.dials)
		r = dialed(t, "wss://h/p", ClientConfig{Machine: machine, AllowDowngrade: true}).opened().
			unit(redirect(302, "ws://h/p")).follow()
		r.unit(response(426, "Upgrade: TLS/1.2")).wantFail("back to where it came from",
			fsm.FailureRedirectLoop, 1000)
	})
}

func TestClient_Reading_RedirectBudget(t *testing.T) {
	chain := func(t *testing.T, machine fsm.ClientConfig, n int) *run {
		r := asking(t, ClientConfig{Machine: machine})
		for i := range n {
			r.unit(redirect(302, "/p?n="+strconv.Itoa(i))).follow()
		}
		return r
	}
	t.Run("ADV-04/endless", func(t *testing.T) {
		proves(t, "KHP-REDIR-04 KHP-CLASS-3XX-04")
		r := chain(t, fsm.ClientConfig{}, 5).unit(redirect(302, "/p?n=x"))
		err := r.wantFail("the sixth redirect", fsm.FailureTooManyRedirects, 1000)
		require.Len(t, r.dials, 6)
		require.Equal(t, "ws://h/p?n=x", err.Path[len(err.Path)-1], "the refused target is named")
	})
	t.Run("ADV-05/exactly", func(t *testing.T) {
		proves(t, "KHP-REDIR-03")
		chain(t, fsm.ClientConfig{}, 5).unit(switching()).wantOpen("five redirects are allowed")
	})
	t.Run("ADV-05/none-allowed", func(t *testing.T) {
		machine := fsm.DefaultClientConfig()
		machine.NoRedirects = true
		chain(t, machine, 0).unit(redirect(303, "/q")).wantFail("no redirect is allowed",
			fsm.FailureStatus, 1000)
	})
}

func TestClient_Reading_Location(t *testing.T) {
	for _, v := range []struct {
		name   string
		fields []string
		to     string // "" fails
	}{
		{"ADV-07/missing", nil, ""}, {"ADV-07/empty", []string{"Location:"}, ""},
		{"ADV-07/different", []string{"Location: /a", "Location: /b"}, ""},
		{"ADV-07/identical", []string{"Location: /a", "Location: /a"}, "ws://h/a"},
		{"ADV-07/network-path", []string{"Location: //host/p"}, "ws://host/p"},
		{"ADV-07/relative", []string{"Location: ../x"}, "ws://h/x"},
		{"ADV-07/query", []string{"Location: ?q"}, "ws://h/p?q"},
		{"ADV-08/javascript", []string{"Location: javascript:alert(1)"}, ""},
		{"ADV-08/file", []string{"Location: file:///etc/passwd"}, ""},
		{"ADV-08/ftp", []string{"Location: ftp://h/x"}, ""}, {"ADV-08/data",
			[]string{"Location: data:,x"}, ""}, {"ADV-08/blank", []string{"Location: /a b"}, ""},
		{"ADV-08/userinfo", []string{"Location: ws://joe:welcome@h/x"}, ""},
		{"ADV-08/fragment", []string{"Location: /a#b"}, ""},
		{"ADV-08/zone", []string{"Location: ws://[fe80::1%25eth0]/x"}, ""},
		{"ADV-08/port-0", []string{"Location: ws://h:0/x"}, ""},
		{"ADV-08/port-70000", []string{"Location: ws://h:70000/x"}, ""},
		{"ADV-08/unicode-host", []string{"Location: ws://bücher.example/"}, ""},
		{"ADV-08/too-long", []string{"Location: /" + strings.Repeat("a", 8180)}, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-08", "WSP-URI-01", "ADV-07/identical", "KHP-REDIR-03",
				"ADV-07/relative", "KHP-REDIR-03")
			r := asking(t, ClientConfig{}).unit(response(302, v.fields...))
			if v.to == "" {
				err := r.wantFail("no safe target", fsm.FailureRedirectTarget, 1000)
				require.Len(t, r.dials, 1, "no connection")
				require.NotContains(t, err.Error(), "welcome", "no password in the message")
				return
			}
			require.Equal(t, v.to, r.follow().dials[1])
		})
	}
	t.Run("target-limit", func(t *testing.T) {
		r := asking(t, ClientConfig{Limits: wire.Limits{Target: 10}}).unit(redirect(302, "/0123456789"))
		require.Contains(t, r.wantFail("too long", fsm.FailureRedirectTarget, 1000).Error(),
			"longer than 10 bytes")
	})
	t.Run("ADV-08/control-byte", func(t *testing.T) {
		asking(t, ClientConfig{}).unit(response(302, "Location: /a\x01b")).
			wantFail("the head is malformed", fsm.FailureMalformed, 1002)
	})
}

func TestClient_Reading_RedirectPolicy(t *testing.T) {
	for _, v := range []struct {
		name, from, to string
		cfg            ClientConfig
		want           fsm.Failure // 0: followed
	}{
		{"ADV-09/ws", "wss://h/p", "ws://h/q", ClientConfig{}, fsm.FailureRedirectRefused},
		{"ADV-09/http", "wss://h/p", "http://h/q", ClientConfig{}, fsm.FailureRedirectRefused},
		{"ADV-09/allowed", "wss://h/p", "ws://h/q", ClientConfig{AllowDowngrade: true}, 0},
		{"upgrade", "ws://h/p", "wss://h/q", ClientConfig{}, 0},
		{"same-origin/other-port", "ws://h/p", "ws://h:81/q", ClientConfig{Redirects: RedirectSameOrigin},
			fsm.FailureRedirectRefused},
		{"same-origin/same", "ws://h/p", "ws://h:80/q", ClientConfig{Redirects: RedirectSameOrigin}, 0},
		{"same-host/other-port", "ws://h/p", "ws://h:81/q", ClientConfig{Redirects: RedirectSameHost}, 0},
		{"same-host/other", "ws://h/p", "ws://h2/q", ClientConfig{Redirects: RedirectSameHost},
			fsm.FailureRedirectRefused},
		{"never", "ws://h/p", "ws://h/q", ClientConfig{Redirects: RedirectNever}, fsm.FailureStatus},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-09", "INV-26 DRAFT02-511-07", "upgrade", "INV-26", "", "DRAFT02-511-07")
			r := dialed(t, v.from, v.cfg).opened().unit(redirect(302, v.to))
			if v.want != 0 {
				require.Equal(t, 302, r.wantFail("refused by policy", v.want, 1000).Status)
				return
			}
			r.follow()
		})
	}
}

func TestClient_Reading_RedirectStatus(t *testing.T) {
	post := ClientConfig{Method: "POST"}
	t.Run("ADV-11/303-to-post", func(t *testing.T) {
		proves(t, "KHP-STATUS-303-02 KHP-STATUS-303-03")
		r := asking(t, post).unit(redirect(303, "/q")).hangUp()
		r.take(r.c.Connected(t0, [16]byte{}))
		require.Contains(t, r.all[len(r.all)-1], "GET /q", "the second opening request is a GET")
		r.opened()
		require.True(t, strings.HasPrefix(r.sent[len(r.sent)-1], "POST /q HTTP/1.1\r\n"),
			"the extended request is the application's [AMB-55]: %q", r.sent)
	})
	t.Run("ADV-11/303-to-post-with-body", func(t *testing.T) {
		cfg := ClientConfig{Method: "POST", Body: []byte("the body")}
		r := asking(t, cfg).unit(redirect(303, "/q")).follow()
		require.Contains(t, r.sent[len(r.sent)-1], "POST /q HTTP/1.1\r\n")
		require.Contains(t, r.sent[len(r.sent)-1], "\r\nContent-Length: 8\r\n")
		r.unit(response(100))
		require.Equal(t, "the body", r.sent[len(r.sent)-1])
	})
	t.Run("ADV-11/307-to-post", func(t *testing.T) {
		proves(t, "KHP-STATUS-307-03")
		asking(t, post).unit(redirect(307, "/q")).wantFail("only a GET is redirected",
			fsm.FailureRedirectMethod, 1000)
	})
	// The method stays, in both requests, and the next connect call begins at the original URL
	// again.
	t.Run("307-is-temporary", func(t *testing.T) {
		proves(t, "KHP-STATUS-307-04")
		cfg := ClientConfig{}
		r := asking(t, cfg).unit(redirect(307, "/q")).hangUp()
		r.take(r.c.Connected(t0, [16]byte{}))
		require.Equal(t, "SendBytes GET /q HTTP/1.1", r.all[len(r.all)-1])
		r.opened()
		require.True(t, strings.HasPrefix(r.sent[len(r.sent)-1], "GET /q HTTP/1.1\r\n"), "%q", r.sent)
		require.True(t, strings.HasPrefix(asking(t, cfg).sent[0], "GET /p HTTP/1.1\r\n"))
	})
	for _, status := range []int{301, 302, 303, 307} {
		t.Run("followed/"+strconv.Itoa(status), func(t *testing.T) {
			code := strconv.Itoa(status)
			proves(t, "KHP-REDIR-02 KHP-REDIR-03 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-STATUS-"+code+
				"-01 KHP-STATUS-"+code+"-02")
			asking(t, ClientConfig{}).unit(redirect(status, "/q")).follow().unit(switching()).
				wantOpen("at the target")
		})
	}
	for _, status := range []int{304, 305, 306, 308, 309} {
		t.Run("ADV-12/"+strconv.Itoa(status), func(t *testing.T) {
			if fsm.Status(status).Listed {
				proves(t, "KHP-STATUS-"+strconv.Itoa(status)+"-01")
			}
			r := asking(t, ClientConfig{}).unit(redirect(status, "/q"))
			r.wantFail("closed without follow-up", fsm.FailureStatus, 1000)
			require.Len(t, r.dials, 1)
		})
	}
}

func TestClient_Reading_Status300(t *testing.T) {
	list := func(uris ...string) string {
		return response(300, "Content-Type: text/uri-list", "", strings.Join(uris, "\r\n"))
	}
	t.Run("ADV-13/none", func(t *testing.T) {
		asking(t, ClientConfig{}).unit(response(300)).wantFail("nothing to choose from",
			fsm.FailureRedirectTarget, 1000)
	})
	t.Run("ADV-13/empty-list", func(t *testing.T) {
		asking(t, ClientConfig{}).unit(list("# none")).wantFail("nothing to choose from",
			fsm.FailureRedirectTarget, 1000)
	})
	t.Run("ADV-13/thousand", func(t *testing.T) {
		proves(t, "KHP-STATUS-300-01 KHP-STATUS-300-02")
		uris := []string{"# choices", "mailto:joe@example.com"}
		for i := range 1000 {
			uris = append(uris, "ws://h/"+strconv.Itoa(i))
		}
		require.Equal(t, "ws://h/0", asking(t, ClientConfig{}).unit(list(uris...)).follow().dials[1])
	})
	t.Run("ADV-13/visited-first", func(t *testing.T) {
		require.Equal(t, "ws://h/q",
			asking(t, ClientConfig{}).unit(list("ws://h/p", "ws://h/q")).follow().dials[1])
	})
	t.Run("ADV-13/only-visited", func(t *testing.T) {
		err := asking(t, ClientConfig{}).unit(list("ws://h/p", "ftp://h/q")).wantFail("nothing new",
			fsm.FailureRedirectLoop, 1000)
		require.Equal(t, "ws://h/p", err.Path[1])
	})
	t.Run("location-preferred", func(t *testing.T) {
		r := asking(t, ClientConfig{}).unit(response(300, "Location: /a",
			"Content-Type: text/uri-list", "", "/b"))
		require.Equal(t, "ws://h/a", r.follow().dials[1])
	})
}

func TestClient_Reading_CutRedirect(t *testing.T) {
	t.Run("closed-by-the-server", func(t *testing.T) {
		r := asking(t, ClientConfig{}).message(redirect(302, "/q"))
		r.take(r.c.PeerClosed(t0, 3000, "moved"))
		r.follow()
		r.take(r.c.Lost(t0, "reset"))
		err := r.wantFail("on the new connection", fsm.FailureConnectionLost, 0)
		require.Zero(t, err.Close, "nobody closed this one")
		require.Zero(t, err.Status, "nor answered")
		require.Equal(t, "connection lost: reset [extended handshake, ws://h/q, "+
			"connection 2] after ws://h/p -> ws://h/q", err.Error())
	})
	t.Run("ADV-15/in-the-head", func(t *testing.T) {
		r := asking(t, ClientConfig{}).message("HTTP/1.1 302 Found\r\nLocation: /q")
		r.take(r.c.Lost(t0, "reset"))
		r.wantFail("no redirect", fsm.FailureConnectionLost, 0)
	})
	t.Run("ADV-16/before-the-terminator", func(t *testing.T) {
		r := asking(t, ClientConfig{}).message(response(302, "Location: /q", "", "see there"))
		r.take(r.c.Lost(t0, "reset"))
		require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials)
	})
	t.Run("ADV-14/server-stays", func(t *testing.T) {
		r := asking(t, ClientConfig{}).unit(redirect(302, "/q"))
		r.wantLast("Close first", "SendClose 1000")
		r.wantTimers("the end of the connection", fsm.TimerClose)
		r.expire(fsm.TimerClose)
		r.wantLast("then the follow-up", "Disconnect", "Dial ws://h/q")
		r.wantTimers("from the start", fsm.TimerOpening)
	})
	for _, f := range []func(r *run){
		func(r *run) { r.take(r.c.PeerClosed(t0, 1000, "bye")) },
		func(r *run) { r.expire(fsm.TimerResponse) }, func(r *run) { r.expire(fsm.TimerOverall) },
	} {
		r := asking(t, ClientConfig{}).message(response(302, "Location: /q", "Content-Length: 99",
			"", "cut short"))
		f(r)
		r.follow()
		require.Equal(t, "ws://h/q", r.dials[1], "a terminating status keeps its meaning")
	}
}

// Fields meant for one origin go to no other.
func TestClient_Redirecting_Sensitive(t *testing.T) {
	proves(t, "KHP-REDIR-03")
	cfg := ClientConfig{
		HasCredentials: true, Sensitive: []string{"x-secret"},
		OpeningHeader: []HeaderField{{"Cookie", "a=b"}, {"X-Secret", "s1"}, {"X-Public", "p1"}},
		Header:        []HeaderField{{"Cookie", "c=d"}, {"X-Secret", "s2"}, {"X-Public", "p2"}},
	}
	head := func(r *run) string { return string(r.c.buf) }
	r := dialed(t, "ws://h/p", cfg)
	require.Contains(t, head(r), "Cookie: a=b\r\nX-Secret: s1\r\nX-Public: p1\r\n")
	r.take(r.c.OpeningRefused(t0, 401, []HeaderField{{"WWW-Authenticate", `Basic realm="r"`}}, nil))
	r.take(r.c.Credentials(t0, "Basic one"))
	require.Equal(t, 2, r.c.Attempt(), "another connection")
	r.take(r.c.Connected(t0, [16]byte{}))
	require.Contains(t, head(r), "Authorization: Basic one\r\n", "to the same target")
	r.opened()
	require.Contains(t, head(r), "Cookie: c=d\r\nX-Secret: s2\r\nX-Public: p2\r\n")
	r.unit(redirect(302, "/same")).hangUp()
	r.take(r.c.Connected(t0, [16]byte{}))
	require.Contains(t, head(r), "Authorization: Basic one\r\nCookie: a=b\r\n", "the same origin")
	r.opened().unit(redirect(302, "ws://other/p"))
	r.hangUp()
	r.take(r.c.Connected(t0, [16]byte{}))
	t.Run("ADV-10/other-origin", func(t *testing.T) {
		require.NotContains(t, head(r), "Authorization")
		require.NotContains(t, head(r), "Cookie")
		require.NotContains(t, head(r), "X-Secret")
		require.Contains(t, head(r), "X-Public: p1")
	})
	r.opened()
	require.NotContains(t, head(r), "Cookie")
	require.NotContains(t, head(r), "X-Secret")
	r.unit(redirect(302, "ws://h/again")).hangUp()
	r.take(r.c.Connected(t0, [16]byte{}))
	require.NotContains(t, head(r), "Authorization", "credentials that were given up do not come back")
	require.Contains(t, head(r), "Cookie: a=b", "the caller's own fields belong to the first origin")
}
