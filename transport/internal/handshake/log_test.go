package handshake

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/opening"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// strict is a judge that allows pages of one origin.
type strict struct {
	judge
	origin string
}

func (s strict) Allows(origin, host string) bool { return origin == s.origin && host == "h" }

// decides is an application, as a function.
type decides func(r *endpoint.Request) (endpoint.Decision, *auth.Verdict, error)

// These stand for other frames among the messages of a visit: a Close frame, one of no kind.
const (
	closes = "close"
	breaks = "break"
)

// visit is one client of a Server.
type visit struct {
	head     string // of the opening request
	messages []string
	leaves   bool // without a Close frame
	level    slog.Level
	decide   decides
	config   endpoint.ServerConfig
	ctx      context.Context
}

// log plays the visit in a bubble, and returns the lines of the log, without time and level.
func (v visit) log(t *testing.T) (lines []string) {
	t.Helper()
	var log bytes.Buffer
	server, client := net.Pipe()
	done := make(chan struct{})
	s := New()
	go func() {
		defer close(done)
		if v.head == "" {
			v.head = head
		}
		if v.ctx == nil {
			v.ctx = context.Background()
		}
		o := &opening.Request{Head: []byte(v.head)}
		s.Opening(v.config, o)
		s.Shake(Config{
			Application: strict{judge{func(r *endpoint.Request, _ bool) (endpoint.Decision, *auth.Verdict,
				error) {
				return v.decide(r)
			}}, "http://ok"},
			Context: v.ctx, Conn: server, Timeouts: &endpoint.Timeouts{}, Limit: 1 << 20, Trace: silent{},
			Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: v.level,
				ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
					if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
						return slog.Attr{}
					}
					return a
				}})),
		}, o)
		_ = server.Close()
	}()
	go func() { // the client reads all the time, and answers a Close frame
		b := make([]byte, 1<<12)
		if _, err := client.Read(b); err != nil {
			return
		}
		for {
			f, err := frametest.ReadFrame(client)
			if err != nil {
				return
			}
			if f.Header.OpCode == ws.OpClose {
				_ = ws.WriteFrame(client, ws.MaskFrame(ws.NewCloseFrame(f.Payload)))
			}
		}
	}()
	for _, m := range v.messages {
		synctest.Wait()
		f := ws.NewBinaryFrame([]byte(m))
		switch m {
		case closes:
			f = ws.NewCloseFrame(nil)
		case breaks:
			f = ws.NewFrame(7, true, nil)
		}
		_ = ws.WriteFrame(client, ws.MaskFrame(f))
	}
	synctest.Wait()
	if v.leaves {
		_ = client.Close()
	}
	<-done
	_ = client.Close()
	return strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
}

// A handshake is one line of the log, which says who came where, how it ended, and why; and another
// one for people who look for a fault, which may quote the client.
func TestServer_Log(t *testing.T) {
	const from = "remote=pipe path=/p profile=spec status="
	decision := func(d endpoint.Decision) decides {
		return func(*endpoint.Request) (endpoint.Decision, *auth.Verdict, error) { return d, nil, nil }
	}
	verdict := func(v auth.Verdict) decides {
		return func(*endpoint.Request) (endpoint.Decision, *auth.Verdict, error) {
			return v.Decision(), &v, nil
		}
	}
	first := func(a, b decides) decides {
		return func(r *endpoint.Request) (endpoint.Decision, *auth.Verdict, error) {
			defer func() { a = b }()
			return a(r)
		}
	}
	origin := func(origin string) string {
		return strings.Replace(head, "Host: h", "Host: h\r\nOrigin: "+origin, 1)
	}
	kaazing := strings.Replace(head, "/p", "/p?.kl=Y", 1)
	challenge := []string{`Basic realm="r"`}
	extended := `leg="extended handshake" reason=refused`
	broken := `msg="handshake failed" ` + from +
		`500 took=0s leg="extended handshake" reason="the application failed"`
	unchecked := endpoint.ServerConfig{}
	unchecked.Machine.Unchecked = true
	ended, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		visit
		want []string // nil for one without a log
	}{
		"open": {visit{messages: []string{asking("Sec-WebSocket-Protocol: a\r\n")},
			decide: func(*endpoint.Request) (endpoint.Decision, *auth.Verdict, error) {
				time.Sleep(time.Second + 1)
				return endpoint.Decision{Subprotocol: "a"}, nil, nil
			}}, []string{"msg=open " + from + "101 took=1s subprotocol=a"}},
		"no log": {visit{messages: []string{asking("")}, level: slog.LevelError,
			decide: decision(endpoint.Decision{Status: 403})}, []string{""}},
		"refused": {visit{messages: []string{asking("")}, level: slog.LevelDebug,
			decide: func(*endpoint.Request) (endpoint.Decision, *auth.Verdict, error) {
				time.Sleep(time.Second + 1)
				return endpoint.Decision{Status: 403}, nil, nil
			}},
			[]string{"msg=refused " + from + "403 took=1s " + extended,
				`msg="what was wrong" remote=pipe detail=""`}},
		"sent elsewhere": {visit{messages: []string{asking("")},
			decide: decision(endpoint.Decision{Status: 300, Location: "ws://two.example/a?token=SECRET"})},
			[]string{"msg=redirected " + from + "300 took=0s target=ws://two.example/a " + extended}},
		"400 with a place": {visit{messages: []string{asking("")}, config: unchecked,
			decide: decision(endpoint.Decision{Status: 400, Location: "ws://two.example/"})},
			[]string{"msg=refused " + from + "400 took=0s " + extended}},
		"226 with a place": {visit{messages: []string{asking("")}, config: unchecked,
			decide: decision(endpoint.Decision{Status: 226, Location: "ws://two.example/"})},
			[]string{"msg=refused " + from + "226 took=0s " + extended}},
		"accepted, and sent elsewhere": {visit{head: kaazing,
			messages: []string{asking(""), closes},
			decide:   decision(endpoint.Decision{Reroute: "ws://two.example/a?token=SECRET"})},
			[]string{"msg=redirected remote=pipe path=/p profile=kaazing status=101 took=0s " +
				"target=ws://two.example/a"}},
		"accepted as created, and sent elsewhere": {visit{head: kaazing,
			messages: []string{asking(""), closes}, decide: decision(endpoint.Decision{Status: 201,
				Location: "ws://created.example/", Reroute: "ws://two.example/"})},
			[]string{"msg=redirected remote=pipe path=/p profile=kaazing status=201 took=0s " +
				"target=ws://two.example/"}},
		"304, which sends nowhere": {visit{messages: []string{asking("")},
			decide: decision(endpoint.Decision{Status: 304})},
			[]string{"msg=refused " + from + "304 took=0s " + extended}},
		"the application fails": {visit{messages: []string{asking("")},
			decide: func(*endpoint.Request) (endpoint.Decision, *auth.Verdict, error) {
				return endpoint.Decision{}, nil, errors.New("no database")
			}},
			[]string{`msg="deciding failed" remote=pipe path=/p error="no database"`, broken}},
		"a decision that cannot be sent": {visit{messages: []string{asking("")},
			decide: decision(endpoint.Decision{Status: 99})},
			[]string{`msg="deciding failed" remote=pipe path=/p error="endpoint: 99 is not a status code"`,
				broken}},
		"wrong credentials": {visit{messages: []string{asking("Authorization: Basic am9lOm5v\r\n")},
			decide: verdict(auth.Verdict{})},
			[]string{`msg="login failed" remote=pipe path=/p reason="wrong credentials" user=joe`,
				"msg=refused " + from +
					`403 took=0s leg="extended handshake" reason="wrong credentials" user=joe`}},
		"another scheme": {visit{messages: []string{asking("Authorization: Bearer am9lOm5v\r\n")},
			decide: verdict(auth.Verdict{})},
			[]string{`msg="login failed" remote=pipe path=/p reason="wrong credentials"`,
				"msg=refused " + from + `403 took=0s leg="extended handshake" reason="wrong credentials"`}},
		"challenged, and gone": {visit{messages: []string{asking("")}, leaves: true,
			decide: decision(endpoint.Decision{Status: 401, Challenges: challenge})},
			[]string{"msg=refused " + from +
				`401 took=0s leg="extended handshake" reason="connection lost"`}},
		"challenged, and broken": {visit{messages: []string{asking(""), breaks},
			decide: decision(endpoint.Decision{Status: 401, Challenges: challenge})},
			[]string{`msg="handshake failed" ` + from +
				`401 took=0s leg="extended handshake" reason="frame error"`}},
		"challenged, and closed": {visit{messages: []string{asking(""), closes},
			decide: decision(endpoint.Decision{Status: 401, Challenges: challenge})},
			[]string{"msg=refused " + from +
				`401 took=0s leg="extended handshake" reason="closed by the peer"`}},
		"challenged often enough": {
			visit{messages: []string{asking(""), asking(""), asking(""), asking("")}, leaves: true,
				decide: decision(endpoint.Decision{Status: 401, Challenges: challenge})},
			[]string{"msg=refused " + from +
				`403 took=0s leg="extended handshake" reason="authentication failed too often"`}},
		"challenged, and silent": {visit{messages: []string{asking("")},
			decide: decision(endpoint.Decision{Status: 401, Challenges: challenge})},
			[]string{`msg="handshake failed" ` + from +
				`408 took=30s leg="extended handshake" reason="timed out"`}},
		"wrong credentials, challenged, and silent": {
			visit{messages: []string{asking("Authorization: Basic am9lOm5v\r\n")},
				decide: verdict(auth.Verdict{Challenges: challenge})},
			[]string{`msg="login failed" remote=pipe path=/p reason="wrong credentials" user=joe`,
				"msg=refused " + from +
					`408 took=30s leg="extended handshake" reason="wrong credentials" user=joe`}},
		"wrong credentials, and then refused with right ones": {
			visit{messages: []string{asking("Authorization: Basic am9lOm5v\r\n"), asking("")},
				decide: first(verdict(auth.Verdict{Challenges: challenge}),
					decision(endpoint.Decision{Status: 403}))},
			[]string{`msg="login failed" remote=pipe path=/p reason="wrong credentials" user=joe`,
				"msg=refused " + from + "403 took=0s " + extended}},
		"gone": {visit{leaves: true},
			[]string{`msg="handshake failed" ` + from +
				`0 took=0s leg="extended handshake" reason="connection lost"`}},
		"given up": {visit{ctx: ended},
			[]string{`msg="handshake given up" ` + from + "503 took=0s phase=ServerAwaitRequest"}},
		"another page": {visit{head: origin("http://other"), leaves: true}, []string{
			"msg=refused " + from +
				`403 took=0s leg="opening handshake" reason="the origin is not allowed" origin=http://other`}},
		"another page, at length": {
			visit{head: origin("http://" + strings.Repeat("o", 200)), leaves: true},
			[]string{"msg=refused " + from +
				`403 took=0s leg="opening handshake" reason="the origin is not allowed" origin=http://` +
				strings.Repeat("o", MostQuoted-len("http://"))}},
		"another page, at length, in two bytes each": {
			visit{head: origin("http://" + strings.Repeat("é", 200)), leaves: true},
			[]string{"msg=refused " + from +
				`403 took=0s leg="opening handshake" reason="the origin is not allowed" origin=http://` +
				strings.Repeat("é", (MostQuoted-len("http://"))/2)}},
		"an allowed page, refused for another reason": {visit{head: origin("http://ok"), leaves: true,
			config: endpoint.ServerConfig{CheckOrigin: func(string, string) bool { return true },
				CheckOpening: func(*endpoint.OpeningRequest) (int, string) { return 403, "no" }}},
			[]string{"msg=refused " + from +
				`403 took=0s leg="opening handshake" reason="invalid opening handshake"`}},
		"another page, refused for another reason": {visit{head: origin("http://other"), leaves: true,
			config: endpoint.ServerConfig{CheckOrigin: func(string, string) bool { return true },
				CheckOpening: func(*endpoint.OpeningRequest) (int, string) { return 404, "no" }}},
			[]string{`msg="handshake failed" ` + from +
				`404 took=0s leg="opening handshake" reason="invalid opening handshake"`}},
		"no page, refused": {visit{leaves: true, config: endpoint.ServerConfig{
			CheckOpening: func(*endpoint.OpeningRequest) (int, string) { return 403, "no" }}},
			[]string{"msg=refused " + from +
				`403 took=0s leg="opening handshake" reason="invalid opening handshake"`}},
		"another page, refused by the application": {visit{head: origin("http://other"),
			messages: []string{asking("")}, decide: decision(endpoint.Decision{Status: 403}),
			config: endpoint.ServerConfig{CheckOrigin: func(string, string) bool { return true }}},
			[]string{"msg=refused " + from + "403 took=0s " + extended}},
		"another host": {visit{messages: []string{asking("Host: other\r\n")}, level: slog.LevelDebug},
			[]string{`msg="handshake failed" ` + from + `400 took=0s leg="extended handshake" ` +
				`reason="malformed message" differs=Host opening=h extended=other`,
				`msg="what was wrong" remote=pipe detail="expected the Host of the opening request, ` +
					`\"h\", got \"other\"; a proxy in front may have changed one of them"`}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { require.Equal(t, c.want, c.log(t)) })
		})
	}
}
