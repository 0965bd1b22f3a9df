package transport

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// loginStep is one event. Its numbers choose among the objects that exist then.
type loginStep struct {
	what        string
	who, of, at int // client, credentials, and their details
	sort, twist string
}

func drawLoginStep(t *rapid.T) loginStep {
	// Numbers of rapid are small as a rule; here all clients shall have their turn.
	even := func(what string) (n int) {
		for range 6 {
			n *= 2
			if rapid.Bool().Draw(t, what) {
				n++
			}
		}
		return n
	}
	one := func(list string) string {
		words := strings.Split(list, " ")
		return words[even("word")%len(words)]
	}
	return loginStep{
		what: one("ask ask ask ask go go go go go go go connect leave wait users late"),
		who:  even("who"), of: even("of"), at: even("at"),
		sort: one("fit fit fit fit fit fit again again none Basic Token Digest"),
		twist: one("right right right right right right password user nobody realm path method old " +
			"foreign forged"),
	}
}

// loginWorld has handlers and clients, and their model.
type loginWorld struct {
	*testing.T
	loginModel
	handlers []*Handler
	raw      []*rawClient
	said     []loginCredentials // by any client, to be sent once more
	nonces   []*loginNonce

	file  *htpasswd.File
	mu    sync.Mutex         // guards the fields below, and users
	gates map[int]*loginGate // by client
	all   []*loginGate
	told  []string // seen by authenticators and application
}

// loginGate holds up the request of a client.
type loginGate struct {
	at     string
	on     chan string // "" lets the authenticator judge, else the application's decision
	within string      // told to the application about the client
}

const loginPasswordFile = "users"

func newLoginWorld(t *testing.T, dir string) *loginWorld {
	w := &loginWorld{T: t, gates: map[int]*loginGate{}}
	w.users = map[string]string{"joe": "welcome", "ann": "sesame"}
	w.write(dir)
	var err error
	w.file, err = htpasswd.Open(filepath.Join(dir, loginPasswordFile))
	require.NoError(t, err)
	check := func(_ context.Context, user, password string) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		want, ok := w.users[user]
		return ok && want == password
	}
	for _, a := range loginAreas {
		var by auth.Authenticator
		switch {
		case a.path == "/file":
			by = auth.BasicAuth{Realm: a.realm, Check: w.file.Check}
		case a.scheme == "Basic":
			by = auth.BasicAuth{Realm: a.realm, Check: check}
		case a.scheme == "Token":
			by = auth.TokenAuth{Check: func(ctx context.Context, token string) (any, bool) {
				user, password, _ := strings.Cut(token, "-")
				return user, check(ctx, user, password)
			}}
		default:
			by = &auth.DigestAuth{Realm: a.realm, HA1: func(_ context.Context, user string) (string, bool) {
				w.mu.Lock()
				defer w.mu.Unlock()
				password, ok := w.users[user]
				return credentials.DigestSHA256.HA1(user, a.realm, password), ok
			}}
		}
		w.handlers = append(w.handlers, w.handler(a, by))
	}
	return w
}

// handler has each request wait for its turn, and notes whom the application is told about.
func (w *loginWorld) handler(a loginArea, by auth.Authenticator) *Handler {
	long := 1000 * time.Hour
	return &Handler{
		MaxChallenges: a.most,
		Timeouts:      Timeouts{Request: long, Replay: long, Overall: long},
		Authenticator: auth.AuthenticatorFunc(
			func(ctx context.Context, r *Request) (auth.Verdict, error) {
				w.pass("authenticator", r)
				// The server judges whether the client is still there or not, as the model does.
				return by.Authenticate(context.WithoutCancel(ctx), r)
			}),
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			switch answer := w.pass("application", r); answer {
			case "202":
				return Decision{Status: 202}, nil
			case "401":
				return Decision{Status: 401, Challenges: []string{`Basic realm="more"`}}, nil
			case "403":
				return Decision{Status: 403}, nil
			case "500":
				return Decision{}, errors.New("no data base")
			}
			return Decision{}, nil
		},
		Serve: func(ctx context.Context, c *Conn) error {
			w.tell("%d is %v", loginID(c.Request()), c.Principal())
			_, _, err := c.Read(ctx)
			return err
		},
	}
}

func (w *loginWorld) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, fmt.Sprintf(format, args...))
}

// loginID is the number of the client that a request names.
func loginID(r *Request) (id int) {
	for _, f := range r.Header {
		if f.Name == "X-Id" {
			_, _ = fmt.Sscan(f.Value, &id)
		}
	}
	return id
}

// pass has a request wait, whether its context ends or not, as slow directories do.
func (w *loginWorld) pass(at string, r *Request) string {
	g := &loginGate{at: at, on: make(chan string), within: fmt.Sprint(r.Principal)}
	w.mu.Lock()
	w.gates[loginID(r)], w.all = g, append(w.all, g)
	w.mu.Unlock()
	return <-g.on
}

// write writes the password file: SHA-1, which costs nothing.
func (w *loginWorld) write(dir string) {
	text := "nobody-else:{SHA}" + base64.StdEncoding.EncodeToString(make([]byte, 20)) + "\n"
	for user, password := range w.users {
		text += user + ":" + sha1Of(password) + "\n"
	}
	require.NoError(w, os.WriteFile(filepath.Join(dir, loginPasswordFile), []byte(text), 0o600))
}

// step has one thing happen, in the world and in the model.
func (w *loginWorld) step(s loginStep, dir string) {
	switch s.what {
	case "connect":
		w.connect(s.at % len(loginAreas))
	case "ask":
		if id, c := w.pick(s.who, func(c *loginClient) bool {
			return !c.over && !c.open && c.waits == ""
		}); c != nil {
			w.ask(id, c, w.compose(s, c))
		}
	case "late": // a request while one is being decided
		if id, c := w.pick(s.who, func(c *loginClient) bool {
			return !c.over && c.waits != ""
		}); c != nil {
			w.ask(id, c, w.compose(s, c))
		}
	case "go":
		id, c := w.pick(s.who, func(c *loginClient) bool { return c.waits != "" })
		switch {
		case c == nil:
		case c.waits == "authenticator":
			w.let(id, c, "")
		default:
			w.let(id, c, []string{"101", "101", "101", "202", "202", "401", "403", "500"}[s.at%8])
		}
	case "leave":
		if id, c := w.pick(s.who, func(c *loginClient) bool { return !c.over }); c != nil {
			c.over, c.open = true, false
			_ = w.raw[id].nc.Close()
		}
	case "wait":
		time.Sleep(time.Duration(s.at%50) * time.Second)
	case "users":
		w.mu.Lock()
		if user := []string{"joe", "ann"}[s.who%2]; s.at%3 == 0 {
			delete(w.users, user)
		} else {
			w.users[user] = []string{"welcome", "sesame"}[s.of%2]
		}
		w.mu.Unlock()
		w.write(dir)
		require.NoError(w, w.file.Reload())
	}
	synctest.Wait()
}

// pick chooses one of the clients that ok accepts.
func (w *loginWorld) pick(who int, ok func(*loginClient) bool) (id int, c *loginClient) {
	var list []int
	for i, c := range w.clients {
		if ok(c) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	id = list[who%len(list)]
	return id, w.clients[id]
}

func (w *loginWorld) connect(area int) {
	w.clients = append(w.clients, &loginClient{area: area})
	text := strings.Replace(openingRequest, "/echo", loginAreas[area].path, 1)
	c := servePipe(w.T, w.handlers[area], text)
	<-c.head
	w.raw = append(w.raw, c)
}

func (w *loginWorld) ask(id int, c *loginClient, with loginCredentials) {
	c.ask(with)
	text := "GET " + loginAreas[c.area].path + " HTTP/1.1\r\nHost: one.example\r\n" +
		fmt.Sprintf("X-Id: %d\r\n", id)
	if with.text != "" {
		text += "Authorization: " + with.text + "\r\n"
		w.said = append(w.said, with)
	}
	w.raw[id].send(bin(text + "\r\n"))
}

// compose makes credentials: such as fit the challenge of the client, or others.
func (w *loginWorld) compose(s loginStep, c *loginClient) loginCredentials {
	a := loginAreas[c.area]
	sort := s.sort
	switch {
	case sort == "none":
		return loginCredentials{}
	case sort == "again" && len(w.said) > 0:
		return w.said[len(w.said)-1-s.of%min(6, len(w.said))]
	case sort == "again" || sort == "fit":
		sort = a.scheme
	}
	user := []string{"joe", "ann"}[s.of%2]
	with := loginCredentials{scheme: sort, user: user, password: w.users[user], realm: a.realm,
		path: a.path, method: "GET"}
	switch s.twist {
	case "password":
		with.password = "wrong"
	case "user":
		with.user = map[string]string{"joe": "ann", "ann": "joe"}[user]
	case "nobody":
		with.user = "nobody"
	case "realm":
		with.realm = []string{"b", "d", "e"}[s.at%3]
	case "path":
		with.path = loginAreas[s.at%len(loginAreas)].path
	case "method":
		with.method = "POST"
	}
	switch sort {
	case "Basic":
		with.text = "Basic " + base64.StdEncoding.EncodeToString([]byte(with.user+":"+with.password))
	case "Token":
		with.text = "Token " + with.user + "-" + with.password
	case "Digest":
		with.nonce = w.nonce(s, c)
		with.text = with.digest(uint32(1 + s.at%3))
	}
	return with
}

// nonce chooses one of those that clients were sent: the last of the area, or another.
func (w *loginWorld) nonce(s loginStep, c *loginClient) *loginNonce {
	own := slices.DeleteFunc(slices.Clone(w.nonces),
		func(n *loginNonce) bool { return n.area != c.area })
	switch {
	case s.twist == "forged", len(w.nonces) == 0, len(own) == 0 && s.twist != "foreign":
		return nil
	case s.twist == "foreign":
		return w.nonces[s.at%len(w.nonces)]
	case s.twist == "old":
		return own[s.at%len(own)]
	}
	return own[len(own)-1-s.at%min(2, len(own))]
}

// digest is the text of credentials. [RFC 7616 3.4]
func (l *loginCredentials) digest(count uint32) string {
	nonce := "bm9ub25jZQ"
	if l.nonce != nil {
		nonce = l.nonce.text
	}
	b, err := credentials.AppendDigest(nil, credentials.DigestChallenge{Realm: l.realm, Nonce: nonce,
		Algorithm: credentials.DigestSHA256, Auth: true}, credentials.DigestUse{User: l.user,
		Password: l.password, Method: l.method, URI: l.path, CNonce: "c", Count: count})
	if err != nil {
		panic(err) // all of it is ours
	}
	return string(b)
}

// let makes the decision that a request waits for, and compares the consequences.
func (w *loginWorld) let(id int, c *loginClient, answer string) {
	w.mu.Lock()
	g := w.gates[id]
	w.gates[id] = nil
	w.mu.Unlock()
	switch {
	case g == nil || g.at != c.waits:
		w.tell("%d does not wait for the %s", id, c.waits)
		return
	case answer != "" && g.within != c.principal:
		w.tell("%d is decided on as %s", id, g.within)
	}
	before, stale := len(c.statuses), false
	if answer == "" {
		stale = w.authenticated(c)
	} else {
		c.decided(answer)
	}
	g.on <- answer
	synctest.Wait()
	w.read(id, c, before, stale)
}

// read compares the answer to a client with the model, and keeps nonces.
func (w *loginWorld) read(id int, c *loginClient, before int, stale bool) {
	for _, want := range c.statuses[before:] {
		var got string
		select {
		case f := <-w.raw[id].got:
			got = string(f.Payload)
			<-w.raw[id].got // the terminator
		default:
		}
		if !strings.HasPrefix(got, "HTTP/1.1 "+want) {
			w.tell("%d should get %s, gets %.60q", id, want, got)
		}
		if strings.Contains(got, "stale=true") != (stale && want == "401") {
			w.tell("%d: stale is not %v: %q", id, stale, got)
		}
		_, value, ok := strings.Cut(got, "WWW-Authenticate: Digest ")
		value, _, _ = strings.Cut(value, "\r\n")
		if list, err := wire.ParseChallenges(nil, []byte("Digest "+value)); ok && err == nil {
			d, _ := credentials.ParseDigestChallenge(list[0])
			w.nonces = append(w.nonces, &loginNonce{text: d.Nonce, area: c.area, at: time.Now()})
		}
	}
}

// wrong is the first difference between world and model.
func (w *loginWorld) wrong() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var open []string
	for id, c := range w.clients {
		if c.open || slices.Contains(c.statuses, "101") {
			open = append(open, fmt.Sprint(id, " is ", c.principal))
		}
		if raw := w.raw[id]; len(raw.got) > 0 && !c.over {
			f := <-raw.got
			return fmt.Errorf("client %d is sent something that is not due: %.80q", id, f.Payload)
		}
	}
	told := slices.Clone(w.told)
	slices.Sort(told)
	slices.Sort(open)
	if !slices.Equal(told, open) {
		return fmt.Errorf("let in are %q, and should be %q", told, open)
	}
	return nil
}

// end lets everything go, so that no goroutine is left.
func (w *loginWorld) end() {
	for _, c := range w.raw {
		_ = c.nc.Close()
	}
	for over := 0; ; {
		synctest.Wait()
		w.mu.Lock()
		list := w.all[over:]
		w.mu.Unlock()
		if len(list) == 0 {
			return
		}
		for _, g := range list {
			close(g.on)
		}
		over += len(list)
	}
}

// Clients that log in at the same time at servers with passwords, files, nonces and tokens are let
// in, asked and refused as a model of each by itself says: whatever they present, with nonces that
// are fresh, old, used or of another server, with whole requests repeated, while users change and
// others are decided about. Nobody is let in by the decision about another.
func TestHandler_LoginModel(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawLoginStep), 40, 100).Draw(rt, "steps")
		var wrong error
		synctest.Test(t, func(t *testing.T) {
			w := newLoginWorld(t, dir)
			defer w.end()
			for area := range loginAreas {
				w.connect(area)
			}
			for i, s := range steps {
				if w.step(s, dir); wrong == nil {
					if wrong = w.wrong(); wrong != nil {
						wrong = fmt.Errorf("step %d, %+v: %w", i, s, wrong)
					}
				}
			}
		})
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}

func sha1Of(password string) string {
	sum := sha1.Sum([]byte(password))
	return "{SHA}" + base64.StdEncoding.EncodeToString(sum[:])
}
