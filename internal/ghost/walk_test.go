package ghost_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// TestWalk makes random calls of endpoints and looks at nothing: with ghosts beside them, it
// notices exactly those faults of package endpoint that ghosts notice.
func TestWalk(t *testing.T) {
	walks := uint64(6000)
	if testing.Short() {
		t.Attr("less", "fewer walks")
		walks = 1500
	}
	for seed := range walks {
		w := walk{r: rand.New(rand.NewPCG(seed, 1)), now: time.Unix(1_700_000_000, 0)}
		w.client()
		w.server()
	}
}

// walk makes calls that mostly lead on.
type walk struct {
	r   *rand.Rand
	now time.Time
}

func (w *walk) one(in int) bool { return w.r.IntN(in) == 0 }

func pick[T any](w *walk, list ...T) T { return list[w.r.IntN(len(list))] }

func (w *walk) tick() time.Time {
	w.now = w.now.Add(time.Duration(w.r.IntN(2000)) * time.Millisecond)
	return w.now
}

func head(line string, fields ...string) string {
	return line + "\r\n" + strings.Join(append(fields, "", ""), "\r\n")
}

var (
	nonces  = [][16]byte{{1}, {2}}
	accepts = func() (list []string) {
		for _, n := range nonces {
			list = append(list, string(upgrade.AppendAccept(nil, upgrade.AppendKey(nil, n))))
		}
		return list
	}()
	proceed, reroute = string(balancer.Append(nil, balancer.Proceed, "")),
		string(balancer.Append(nil, balancer.Reroute, "ws://h3/r"))
)

func switching(accept string, fields ...string) string {
	return head("HTTP/1.1 101 x", append([]string{"Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: " + accept}, fields...)...)
}

// refusals are answers to both requests of a client.
var refusals = []string{
	head("HTTP/1.1 401 x", `WWW-Authenticate: Basic realm="r"`), head("HTTP/1.1 401 x"),
	head("HTTP/1.1 302 x", "Location: /q", "Content-Length: 0"),
	head("HTTP/1.1 302 x", "Location: ws://h2/p", "Content-Length: 0"),
	head("HTTP/1.1 302 x", "Location: /p", "Content-Length: 0"),
	head("HTTP/1.1 307 x", "Location: wss://h2/", "Content-Length: 0"),
	head("HTTP/1.1 300 x", "Content-Type: text/uri-list", "Content-Length: 8") + "/p\r\n/a\r\n",
	head("HTTP/1.1 407 x", "Proxy-Authenticate: Basic", "Content-Length: 0"),
	head("HTTP/1.1 426 x", "Upgrade: TLS/1.2", "Content-Length: 0"),
	head("HTTP/1.1 403 x", "Content-Length: 2") + "no", head("HTTP/1.1 503 x", "Content-Length: 0"),
	head("HTTP/1.1 308 x", "Location: /perm", "Content-Length: 0"),
}

func (w *walk) config() endpoint.ClientConfig {
	m := fsm.DefaultClientConfig()
	m.Profile = pick(w, fsm.ProfileSpec, fsm.ProfileSpec, fsm.ProfileKaazing, fsm.ProfileAuto)
	m.TerminatorOptional, m.PlainFallback, m.Upgrade, m.NoWait = w.one(4), w.one(4), w.one(2), w.one(8)
	cfg := endpoint.ClientConfig{
		Machine: m, Subprotocols: []string{"amqp", "mqtt"}, Extensions: []string{"x-a;n=1", "x-o"},
		OpeningExtensions: []string{"x-o", "x-p"}, HasCredentials: !w.one(4), HasProxyLogin: w.one(2),
		Header:        []endpoint.HeaderField{{Name: "X-A", Value: "1"}, {Name: "Cookie", Value: "a=b"}},
		OpeningHeader: []endpoint.HeaderField{{Name: "X-B", Value: "2"}, {Name: "X-Secret", Value: "3"}},
		Sensitive:     []string{"x-secret"}, AllowDowngrade: w.one(2),
		Redirects: pick(w, endpoint.RedirectAny, endpoint.RedirectAny, endpoint.RedirectSameHost,
			endpoint.RedirectSameOrigin, endpoint.RedirectNever),
	}
	if m.Profile == fsm.ProfileSpec && w.one(3) {
		cfg.Body = []byte("the body")
	}
	if w.one(3) {
		cfg.CheckRedirect = func([]string, string) error {
			return pick[error](w, nil, fsm.FailureRedirectRefused)
		}
	}
	return cfg
}

// client makes the calls of one client.
func (w *walk) client() {
	c, err := endpoint.NewClient(pick(w, "ws://h/p", "wss://h/p", "ws://h/p?x=1"), w.config())
	if err != nil {
		panic(err)
	}
	c.Connect(w.tick())
	nonce := 0
	for range 40 {
		if w.one(12) {
			w.anyOfClient(c)
			continue
		}
		//exhaustive:ignore
		switch c.Phase() {
		case fsm.ClientConnecting:
			nonce = w.r.IntN(2)
			c.Connected(w.tick(), nonces[nonce])
		case fsm.ClientOpening:
			w.answer(c, accepts[nonce])
		case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
			c.Credentials(w.tick(), pick(w, "Basic one", "Basic two", "Digest three"))
		case fsm.ClientSendingBody:
			c.BodyWritten(w.tick())
		case fsm.ClientClosing:
			c.PeerClosed(w.tick(), 1000, "")
		case fsm.ClientDraining:
			c.Lost(w.tick(), "end")
		case fsm.ClientOpen, fsm.ClientPlain:
			c.Send(w.tick(), wire.Text, []byte("hello"))
			w.anyOfClient(c)
		default:
			w.message(c, accepts[nonce])
		}
	}
}

// answer answers the opening request of a client.
func (w *walk) answer(c *endpoint.Client, accept string) {
	khp := "Sec-WebSocket-Protocol: x-kaazing-handshake"
	switch w.r.IntN(8) {
	case 0:
		text := []byte(pick(w, refusals...))
		if used, _ := c.OpeningReceived(w.tick(), text); used == 0 {
			c.OpeningReceived(w.tick(), append(text, "some"...))
			w.now = w.now.Add(time.Minute)
			c.Expire(w.now)
		}
	case 1:
		c.OpeningReceived(w.tick(), []byte(switching(accept,
			pick(w, "X-N: 1", "Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Protocol: other"))))
	case 2:
		whole := switching(accept, khp)
		c.OpeningReceived(w.tick(), []byte(whole[:w.r.IntN(len(whole))]))
		c.OpeningReceived(w.tick(), []byte(whole+pick(w, "\x82\x00", "\x82\x01x\x82\x01y", "\x89\x00")))
	case 3:
		c.Opened(w.tick(), endpoint.Subprotocol, []string{"x-o"}, pick(w, accept, ""))
	case 4:
		c.OpeningReceived(w.tick(), []byte("HTTP/1.1 302 x\r\nLocation: /late\r\n\r\nsome"))
		c.Lost(w.tick(), "end")
	default:
		c.OpeningReceived(w.tick(),
			[]byte(switching(accept, khp, pick(w, "X-N: 1", "Sec-WebSocket-Extensions: x-p"))))
	}
}

// message tells a client of a message where one is due.
func (w *walk) message(c *endpoint.Client, accept string) {
	say := func(p string) { c.Message(w.tick(), wire.Binary, []byte(p)) }
	if p := c.Phase(); p == fsm.ClientAwaitProceed || p == fsm.ClientAwaitConfirm {
		say(pick(w, proceed, proceed, proceed, reroute, "x", ""))
		return
	}
	response := pick(w, switching(accept), switching(accept, "Sec-WebSocket-Protocol: amqp"),
		switching(accept, "Sec-WebSocket-Extensions: x-a;n=2"),
		switching(accept, "Sec-WebSocket-Extensions: x-z"),
		switching("wrong"), head("HTTP/1.1 204 x"), head("HTTP/1.1 201 x", "Content-Length: 4")+"made",
		head("HTTP/1.1 100 x"), head("HTTP/1.1 202 x", "Content-Length: 0"),
		head("HTTP/1.1 202 x", "Content-Length: 0"),
		refusals[0], pick(w, refusals...), "garbage\r\n\r\n", proceed)
	if cut := w.r.IntN(len(response)); w.one(3) && cut > 0 {
		say(response[:cut])
		say(response[cut:])
	} else {
		say(response)
	}
	if !w.one(8) {
		say("")
	}
}

func (w *walk) anyOfClient(c *endpoint.Client) {
	switch w.r.IntN(14) {
	case 0:
		c.Ping(w.tick(), []byte("ping"))
	case 1:
		c.PeerClosed(w.tick(), pick[uint16](w, 0, 1000, 1001, 1005, 4000), "bye")
	case 2:
		c.Lost(w.tick(), "reset")
	case 3:
		c.Violation(w.tick(), pick(w, fsm.FailureFrame, fsm.FailureUTF8, fsm.FailureLimit), "broken")
	case 4, 5, 6:
		w.now = w.now.Add(pick(w, time.Second, 12*time.Second, time.Minute))
		c.Expire(w.now)
	case 7:
		c.Close(w.tick(), pick[uint16](w, 0, 1000, 1005, 4000), strings.Repeat("bye", w.r.IntN(60)))
	case 8:
		c.NoCredentials(w.tick(), "none")
	case 9:
		c.ConnectFailed(w.tick(), "refused")
	case 10:
		c.Message(w.tick(), pick(w, wire.Text, wire.Binary), []byte(pick(w, "", "x")))
	case 11:
		c.BodyWritten(w.tick())
	case 12:
		c.Connected(w.tick(), pick(w, nonces...))
	case 13:
		c.Credentials(w.tick(), "Basic late")
	}
}

// server makes the calls of one server.
func (w *walk) server() {
	s := endpoint.NewServer(endpoint.ServerConfig{
		Machine: fsm.ServerConfig{Plain: !w.one(3)}, AnyTarget: w.one(2), DecidePlain: w.one(2),
		Outside: endpoint.Outside{Prefix: "/app"},
		CheckOpening: func(*endpoint.OpeningRequest) (int, string) {
			return pick(w, 0, 0, 0, 0, 0, 0, 0, 403, 7), "not here"
		},
		GrantOpening: func([]string) []string { return pick(w, nil, []string{"x-o"}) },
	})
	target := pick(w, "/p", "/p", "/p?.kl=Y", "/p?.kl=Y", "/q")
	text := head("GET "+target+" HTTP/1.1", "Host: h", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: "+
			pick(w, "13", "13", "13", "13", "13", "8", "7"),
		"Sec-WebSocket-Protocol: "+pick(w, "x-kaazing-handshake, amqp", "amqp, x-kaazing-handshake, mqtt",
			"amqp"), pick(w, "X-N: 1", "X-N: 1", "Origin: http://h", "Origin: http://evil",
			"Authorization: Basic o", "Sec-WebSocket-Extensions: x-o"))
	if cut := w.r.IntN(len(text)); w.one(3) {
		s.OpeningReceived(w.tick(), []byte(text[:cut]))
	}
	s.OpeningReceived(w.tick(), []byte(text))
	for range 30 {
		//exhaustive:ignore
		switch p := s.Phase(); {
		case w.one(14):
			w.anyOfServer(s)
		case s.Deciding():
			_, _ = s.Decide(w.tick(), w.decision())
		case p == fsm.ServerAwaitRequest, p == fsm.ServerAwaitReplay:
			w.request(s)
		case p == fsm.ServerAwaitBody:
			s.Message(w.tick(), wire.Binary, []byte(pick(w, "bo", "body", "too long")))
		case p.Open():
			s.Send(w.tick(), wire.Text, []byte("hello"))
			w.anyOfServer(s)
		default:
			w.anyOfServer(s)
		}
	}
}

func (w *walk) decision() endpoint.Decision {
	return pick(w, endpoint.Decision{}, endpoint.Decision{Subprotocol: "amqp"},
		endpoint.Decision{Subprotocol: "unasked"}, endpoint.Decision{Extensions: []string{"x-a;n=2"}},
		endpoint.Decision{Status: 202}, endpoint.Decision{Status: 202},
		endpoint.Decision{Status: 401, Challenges: []string{"Basic"}}, endpoint.Decision{
			Status: 401, Challenges: []string{"Basic"},
		}, endpoint.Decision{Status: 401}, endpoint.Redirect("/elsewhere"), endpoint.Refuse(403, "no"),
		endpoint.Decision{Status: 407, Challenges: []string{"Basic"}}, endpoint.Decision{
			Reroute: "ws://h2/",
		}, endpoint.Decision{Status: 201, Location: "/made", Body: []byte("made")})
}

// request tells a server of an extended request.
func (w *walk) request(s *endpoint.Server) {
	text := head(pick(w, "GET /p HTTP/1.1", "GET /p HTTP/1.1", "GET /p HTTP/1.1",
		"GET /app/p HTTP/1.1", "GET /other HTTP/1.1", "POST /p HTTP/1.1", "GET /p HTTP/1.0"),
		"Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Extensions: "+pick(w, "x-a;n=1", "x-a, x-o"),
		pick(w, "X-N: 1", "X-N: 1", "Authorization: Basic one",
			"Expect: 100-continue\r\nContent-Length: 4", "Expect: tea", "Host: h", "Host: other"))
	if cut := 1 + w.r.IntN(len(text)-1); w.one(4) {
		s.Message(w.tick(), wire.Binary, []byte(text[:cut]))
		text = text[cut:]
	}
	s.Message(w.tick(), wire.Binary, []byte(text))
}

func (w *walk) anyOfServer(s *endpoint.Server) {
	switch w.r.IntN(10) {
	case 0:
		s.Ping(w.tick(), []byte("ping"))
	case 1:
		s.PeerClosed(w.tick(), pick[uint16](w, 0, 1000, 1001, 1005, 4000), "bye")
	case 2:
		s.Lost(w.tick(), "reset")
	case 3:
		s.Violation(w.tick(), pick(w, fsm.FailureFrame, fsm.FailureUTF8, fsm.FailureLimit), "broken")
	case 4, 5, 6:
		w.now = w.now.Add(pick(w, time.Second, 12*time.Second, time.Minute))
		s.Expire(w.now)
	case 7:
		s.Close(w.tick(), pick[uint16](w, 0, 1000, 1005, 4000), "bye")
	case 8:
		s.ApplicationFailed(w.tick())
	case 9:
		s.Message(w.tick(), pick(w, wire.Text, wire.Binary), []byte(pick(w, "", "x")))
	}
}
