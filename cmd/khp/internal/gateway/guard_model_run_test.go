package gateway

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/guard/throttle"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/inlet"
	"example.com/khp/internal/tcptest"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// guardStep is one event. Its numbers choose among the clients and credentials that exist then.
type guardStep struct {
	what        string
	who, of, at int // client, credentials, and their details
	sort, twist string
}

func drawGuardStep(t *rapid.T) guardStep {
	// Numbers of rapid are small as a rule; here everything shall have its turn.
	even := func(what string) (n int) {
		for range 7 {
			n *= 2
			if rapid.Bool().Draw(t, what) {
				n++
			}
		}
		return n
	}
	one := func(list string) string {
		words := strings.Fields(list)
		return words[even("word")%len(words)]
	}
	return guardStep{
		what: one("ask ask ask ask ask ask ask ask connect connect plain leave wait reload siege twice"),
		who:  even("who"), of: even("of"), at: even("at"),
		sort: one("fit fit fit fit fit fit fit again none Basic Token"),
		twist: one("right right right right right right right right right right right right " +
			"password password password password guess guess guess guess user realm uri used forged old " +
			"expired expired early early future forever words issuer audience audience claim none " +
			"attacker attacker retired retired algorithm kid payload signature head elsewhere"),
	}
}

// guardWorld is a gateway and its clients.
type guardWorld struct {
	*testing.T
	*guardModel
	dir     string
	begin   time.Time
	log     khptest.Buffer
	judged  int // bytes of log
	gateway *gateway
	again   *reloader
	accept  *inlet.Listener
	s       *settings
	lock    sync.Mutex // guards the rest, and the histories of clients
	clients []*guardClient
	said    []presented
	nonces  []*modelNonce
	heard   []string // by the server of /ask
	ended   bool
	moments int // at which something happened, so far
}

// far is an end whose peer has an address.
type far struct {
	net.Conn
	addr net.Addr
}

func (f far) RemoteAddr() net.Addr { return f.addr }

// write writes the settings, as an operator does.
func (w *guardWorld) write(s *settings) {
	var users, tokens, keys []string
	file := ""
	for user, password := range s.users {
		users = append(users, user+":"+password)
		tokens = append(tokens, user+":"+tokenOf(user, password))
		sum := sha1.Sum([]byte(password))
		file += user + ":{SHA}" + base64.StdEncoding.EncodeToString(sum[:]) + "\n"
	}
	for _, k := range s.keys {
		keys = append(keys, k.jwk)
	}
	list := func(l []string) string { return `["` + strings.Join(l, `", "`) + `"]` }
	put := func(name, text string) {
		require.NoError(w, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
	}
	put("users", file)
	put("keys.json", `{"keys": [`+strings.Join(keys, ",")+`]}`)
	u, k := list(users), list(tokens)
	put("khp.yaml", strings.NewReplacer("DIR", w.dir).Replace(`
listen: 127.0.0.1:0
inactivity-timeout: 0
plain: true
timeouts: {request: 1000h, replay: 1000h, overall: 1000h}
routes:
  /: echo
  /basic: {target: echo, auth: {users: `+u+`, realm: b, session-lifetime: 40s}}
  /file: {target: echo, auth: {htpasswd: DIR/users, realm: f}}
  /digest: {target: echo, auth: {users: `+u+`, scheme: digest, realm: d, session-lifetime: 25s}}
  /token: {target: echo, auth: {users: `+k+`, scheme: token, http-cookie: tok}}
  /bearer: {target: echo, auth: {users: `+k+`, scheme: bearer, realm: r, http-header: X-Tok}}
  /jwt:
    target: echo
    auth:
      jwt: {keys: DIR/keys.json, issuer: "https://id.example", audience: [khp, "else"]}
      http-query-parameter: tok
      realm: j
  /strict:
    target: echo
    auth:
      jwt: {keys: DIR/keys.json, leeway: 0s, user-claim: name}
      scheme: token
      session-lifetime: 45s
  /vouch:
    target: echo
    auth:
      url: "http://directory.example/check"
      scheme: bearer
      realm: v
      http-query-parameter: tok
  /ask:
    target: echo
    auth: {url: "http://directory.example/check?a=b", cache: 10s, realm: a, session-lifetime: 50s}
`))
}

func tokenOf(user, password string) string { return user + "-" + password }

func newGuardWorld(t *testing.T, dir string) *guardWorld {
	w := &guardWorld{T: t, guardModel: newGuardModel(), dir: dir, begin: time.Now(),
		accept: inlet.New(nil, net.ErrClosed)}
	w.s = &settings{users: map[string]string{"joe": "welcome", "ann": "sesame"},
		keys: modelKeys[:realKeys], cached: map[string]cachedAnswer{}}
	w.write(w.s)
	given := newOptions().flags
	require.NoError(t, given.Set("config", filepath.Join(dir, "khp.yaml")))
	w.serve(given)
	return w
}

// serve starts the gateway as the command does, but for its listener.
func (w *guardWorld) serve(given *pflag.FlagSet) {
	o, err := readOptions(given)
	require.NoError(w, err)
	log, err := newLogger(&w.log, "json", slog.LevelInfo)
	require.NoError(w, err)
	g := &gateway{slow: throttle.New(), log: log, metrics: metrics.New(), dial: w.dial}
	_, err = g.settle(o)
	require.NoError(w, err)
	srv := g.server(o)
	w.gateway = g
	w.again = &reloader{gateway: g, server: srv, given: given, level: &slog.LevelVar{},
		prints: o.prints}
	go func() { _ = srv.Serve(w.accept) }()
}

// dial reaches the server of /ask.
func (w *guardWorld) dial(_ context.Context, _, address string) (net.Conn, error) {
	if address != "directory.example:80" {
		return nil, errors.New("nobody is there")
	}
	a, b := tcptest.Pair(tcptest.Options{})
	go func() {
		defer b.Close()
		for in := bufio.NewReader(b); ; {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			w.direct(b, r)
		}
	}()
	return a, nil
}

// direct answers a question.
func (w *guardWorld) direct(to io.Writer, r *http.Request) {
	field := r.Header.Get("Authorization")
	p := presented{}
	if p.scheme, p.text, _ = strings.Cut(field, " "); p.scheme == "Basic" {
		p.user, p.password, _ = r.BasicAuth()
	}
	if field == "" {
		field = "nobody"
	}
	w.lock.Lock()
	w.heard = append(w.heard, r.Header.Get("X-Forwarded-For")+" "+r.Header.Get("X-Forwarded-Uri")+" "+
		field)
	w.lock.Unlock()
	status, user, takes := directory(p)
	time.Sleep(takes)
	text := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 0\r\n", status)
	if user != "" {
		text += "Remote-User: " + user + "\r\n"
	}
	if status == http.StatusNoContent {
		text = "HTTP/1.1 204 X\r\n"
	}
	_, _ = io.WriteString(to, text+"\r\n")
}

// step has one thing happen, in the world and in the model.
func (w *guardWorld) step(s guardStep) {
	switch s.what {
	case "connect":
		w.connect(s, nil)
	case "plain":
		w.connect(s, &s)
	case "ask":
		idle := func(c *guardClient) bool { return !c.open.Load() && !w.busy(c) }
		if c := w.pick(s.who, idle); c != nil {
			w.ask(c, s)
		} else {
			w.connect(s, nil)
		}
	case "leave":
		if c := w.pick(s.who, func(c *guardClient) bool { return !c.busy.Load() }); c != nil {
			c.over.Store(true)
			c.open.Store(false)
			_ = c.nc.Close()
		}
	case "wait":
		time.Sleep([]time.Duration{time.Second, 7 * time.Second, 31 * time.Second, 70 * time.Second,
			20 * time.Minute}[s.at%5])
	case "reload":
		w.reload(s)
	case "siege":
		w.siege(s)
	case "twice":
		w.twice(s)
	}
	w.pass()
}

// pass lets a moment pass. No two attempts begin at times whose difference is one of the guard's.
func (w *guardWorld) pass() {
	synctest.Wait()
	now := time.Now()
	w.moments++
	next := now.Truncate(time.Millisecond).Add(time.Millisecond + time.Duration(w.moments))
	time.Sleep(next.Sub(now))
	synctest.Wait()
}

// at has a plain client come to a route and present credentials, and waits for the answer.
func (w *guardWorld) at(path string, s guardStep) {
	s.of &= 1
	for w.pass(); w.busy(&guardClient{network: addresses[s.who%len(addresses)][1]}); w.pass() {
		time.Sleep(time.Second)
	}
	w.connectTo(spelling{path, path, []string{path}}, s, &s)
	w.pass()
}

// siege has a client log in, others guess at names, and the client come back, after a while and
// perhaps with a password that has changed.
func (w *guardWorld) siege(s guardStep) {
	path := []string{"/basic", "/file", "/token", "/bearer", "/ask"}[s.at%5]
	login := guardStep{who: s.who, of: s.of, sort: "fit", twist: "right"}
	w.at(path, login)
	known := w.said[len(w.said)-1]
	time.Sleep([]time.Duration{0, 0, 14 * time.Minute, 16 * time.Minute}[s.of/2%4])
	for k := range 3 + s.at%20 {
		guess := login
		if guess.at, guess.twist = k, "guess"; s.of%3 == 0 { // from everywhere
			guess.who += k
		}
		w.at(path, guess)
	}
	login.sort, login.of = "again", 0 // the last one
	if s.of%5 == 0 {
		w.reload(guardStep{of: 1 + 2*(s.of%2), at: s.at})
	}
	for range 3 {
		w.said = append(w.said, known)
		w.at(path, login)
	}
}

// twice has a client ask the server of /ask for the same again.
func (w *guardWorld) twice(s guardStep) {
	for _, d := range []time.Duration{3, 6, 6, 9, 12} {
		w.at("/ask", guardStep{who: s.who, of: s.of & 1, sort: s.sort, twist: "right"})
		time.Sleep(d * time.Second)
	}
	w.at("/ask", guardStep{who: s.who, at: s.at, sort: "fit", twist: "user"})
}

// busy reports whether an attempt of the client's network is in progress: a network may have
// several checked at once, but the model has one after the other.
func (w *guardWorld) busy(c *guardClient) bool {
	return slices.ContainsFunc(w.clients,
		func(other *guardClient) bool { return other.busy.Load() && other.network == c.network })
}

// pick chooses one of the clients that ok accepts, and that are still there.
func (w *guardWorld) pick(who int, ok func(*guardClient) bool) *guardClient {
	list := slices.DeleteFunc(slices.Clone(w.clients),
		func(c *guardClient) bool { return c.over.Load() || !ok(c) })
	if len(list) == 0 {
		return nil
	}
	return list[who%len(list)]
}

// reload changes users and keys.
func (w *guardWorld) reload(s guardStep) {
	next := &settings{version: w.s.version + 1, users: map[string]string{
		"joe": []string{"welcome", "changed"}[s.of%2], "ann": "sesame"},
		cached: map[string]cachedAnswer{}}
	if s.of%4 == 3 {
		delete(next.users, "ann")
	}
	for i, k := range modelKeys[:realKeys] {
		if s.at>>i&1 == 1 {
			next.keys = append(next.keys, k)
		}
	}
	if next.keys == nil {
		next.keys = modelKeys[:1]
	}
	w.write(next)
	w.again.reload()
	w.s = next
}

// note adds to one of a client's histories.
func (w *guardWorld) note(to *[]string, format string, args ...any) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if !w.ended {
		*to = append(*to, fmt.Sprintf("%v ", time.Since(w.begin))+fmt.Sprintf(format, args...))
	}
}
