package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The model of who may enter a guarded path of khp serve, and when: docs/serve.md, RFC 7515, 7519,
// 7616 and 7617 in one place. It knows credentials by their meaning, not as text.

const (
	modelIssuer   = "https://id.example"
	modelAudience = "khp"
	nonceGood     = time.Minute
	askedFor      = 3                // challenges of one client
	rightFor      = 15 * time.Minute // credentials that were right do not wait so long
	forgotten     = 10 * time.Second // one failed login
)

// guarded is a route with a guard.
type guarded struct {
	path, scheme, realm string
	session             time.Duration // session-lifetime
	leeway              time.Duration // of jwt
	issuer, audience    string        // of jwt; "" takes any issuer, and no token with an audience
	claim               string        // of jwt: that names the user
	carrier             string        // query, cookie or field, by the name "tok"
	ask                 bool          // a server is asked
	cached              time.Duration // how long its answer counts
}

var guardedRoutes = []*guarded{
	{path: "/basic", scheme: "Basic", realm: "b", session: 40 * time.Second},
	{path: "/file", scheme: "Basic", realm: "f"},
	{path: "/digest", scheme: "Digest", realm: "d", session: 25 * time.Second},
	{path: "/token", scheme: "Token", carrier: "cookie"},
	{path: "/bearer", scheme: "Bearer", realm: "r", carrier: "field"},
	{path: "/jwt", scheme: "Bearer", realm: "j", leeway: 30 * time.Second, issuer: modelIssuer,
		audience: modelAudience, claim: "sub", carrier: "query"},
	{path: "/strict", scheme: "Token", claim: "name", session: 45 * time.Second},
	{path: "/ask", scheme: "Basic", realm: "a", session: 50 * time.Second, ask: true,
		cached: 10 * time.Second},
	{path: "/vouch", scheme: "Bearer", realm: "v", ask: true, carrier: "query"},
}

// spelling is a path as a client may write it.
type spelling struct {
	written string
	route   string // where it leads; "/" is open to all but for guards below it
	guards  []string
}

// spelled are paths in forms that some server takes for a guarded one.
var spelled = []spelling{
	{"//basic", "/basic", []string{"/basic"}},
	{"/%62asic", "/basic", []string{"/basic"}},
	{"/x/../basic/", "/basic", []string{"/basic"}},
	{"/basic/room", "/", []string{"/basic"}},
	{"/x/..%2fbasic", "/", []string{"/basic"}},
	{"/basic;v=1", "/", []string{"/basic"}},
	{"/basic%2froom", "/", []string{"/basic"}},
	{"/basic/..%2ffile", "/", []string{"/basic", "/file"}},
	{"/file/..%2fbasic", "/", []string{"/file", "/basic"}},
	{"/strict/..%2fjwt", "/", []string{"/strict", "/jwt"}},
	{"/token/..%2fstrict", "/", []string{"/token", "/strict"}},
	{"/basics", "/", nil},
	{"/Basic", "/", nil},
}

// settings are those of the guards, which a reload changes. Clients keep those that they came
// under.
type settings struct {
	version int
	users   map[string]string // of every route with users, by name
	keys    []*modelKey       // of every route with jwt
	cached  map[string]cachedAnswer
}

type cachedAnswer struct {
	user string
	till time.Time
}

// presented is the credentials of a client. The zero value is none.
type presented struct {
	scheme, text   string // of Authorization
	user, password string // of Basic, Digest, and tokens of users
	realm, uri     string // of Digest
	nonce          *modelNonce
	signed         *signedToken
	carrier        string // that has the token in the place of Authorization
}

// modelNonce is a nonce that a client was sent.
type modelNonce struct {
	text, route string
	version     int
	at          time.Time
	used        atomic.Bool
}

// level is a count of failures that falls with time.
type level struct {
	left time.Duration // until all are forgotten
	at   time.Time
}

func (l *level) now() time.Duration { return max(0, l.left-time.Since(l.at)) }

func (l *level) add() { l.left, l.at = min(l.now()+forgotten, 20*forgotten), time.Now() }

// guardModel is the state of the guard beside its settings.
type guardModel struct {
	mu       sync.Mutex
	networks map[string]*level
	names    map[string]*level
	right    map[string]time.Time
	failures map[string]int // by route and reason, of the metrics
	asked    []string       // questions for the server of /ask
}

func newGuardModel() *guardModel {
	return &guardModel{networks: map[string]*level{}, names: map[string]*level{},
		right: map[string]time.Time{}, failures: map[string]int{}}
}

// modelRequest is a request of a client.
type modelRequest struct {
	presented
	network, address string // of the client
	path, target     string // without and with its query
	query            *presented
}

// answer is a verdict of the model.
type answer struct {
	status string // "" lets in
	user   string
	until  time.Time // zero is for ever
	asks   string    // the challenge, without its nonce
	failed bool      // credentials were looked at and are wrong
	vain   bool      // they could not be checked
}

// levelAt is the level of a key, which may be new.
func levelAt[K comparable](m map[K]*level, key K) *level {
	if m[key] == nil {
		m[key] = &level{}
	}
	return m[key]
}

// enter is the way of a request through all guards of its path. It takes as long as that.
func (m *guardModel) enter(s *settings, guards []string, r *modelRequest) (last answer) {
	for i, path := range guards {
		at := slices.IndexFunc(guardedRoutes, func(g *guarded) bool { return g.path == path })
		a := m.enterOne(s, guardedRoutes[at], r)
		switch {
		case a.status != "":
			return a
		case i == 0:
			last = a
		case last.until.IsZero() || !a.until.IsZero() && a.until.Before(last.until):
			last.until = a.until // the shorter time counts; the user is that of the path's own route
		}
	}
	return last
}

func (m *guardModel) enterOne(s *settings, g *guarded, r *modelRequest) answer {
	p := r.presented
	if p.carrier != "" && p.carrier != g.carrier { // it is just some field, cookie or parameter here
		p = presented{}
	}
	if r.query != nil && g.carrier == "query" && p.scheme == "" && p.carrier == "" {
		p = *r.query
	}
	if p.carrier != "" {
		p.scheme = g.scheme
	}
	if p.scheme == "" || g.claim != "" { // signatures cannot be guessed
		a := m.judge(s, g, r, p)
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.counted(g, a)
	}
	whole := p.scheme + " " + p.text
	m.mu.Lock()
	at, known := m.right[whole]
	network, name := levelAt(m.networks, r.network), levelAt(m.names, p.named())
	pause := time.Duration(0)
	if !known || time.Since(at) >= rightFor {
		known = false
		if left := network.now(); left >= 5*forgotten {
			pause = min(2*time.Second, 250*time.Millisecond<<int((left-5*forgotten)/forgotten))
		}
		if p.named() != "" && name.now() >= 10*forgotten {
			pause += time.Second
		}
	}
	m.mu.Unlock()
	time.Sleep(pause)
	a := m.judge(s, g, r, p)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case a.status == "":
		m.right[whole] = time.Now()
	case a.failed:
		delete(m.right, whole)
		name.add()
		if !known {
			network.add()
		}
	}
	return m.counted(g, a)
}

// counted counts failed logins as the metrics do.
func (m *guardModel) counted(g *guarded, a answer) answer {
	switch {
	case a.failed:
		m.failures[g.path+" wrong"]++
	case a.vain:
		m.failures[g.path+" unchecked"]++
	}
	return a
}

// named is the user that credentials name, "" for none.
func (p *presented) named() string {
	if p.scheme == "Basic" || p.scheme == "Digest" {
		return p.user
	}
	return ""
}

// judge says whether credentials are right.
func (m *guardModel) judge(s *settings, g *guarded, r *modelRequest, p presented) answer {
	asks := g.scheme
	if g.realm != "" {
		asks += fmt.Sprintf(` realm="%s"`, g.realm)
	}
	no := answer{status: "401", asks: asks}
	in := func(user string) answer {
		a := answer{user: user}
		if g.session > 0 {
			a.until = time.Now().Add(g.session)
		}
		return a
	}
	password, known := s.users[p.user]
	right := known && password == p.password
	switch {
	case g.ask:
		return m.question(s, g, r, p, no, in)
	case p.scheme != g.scheme:
		return no
	case g.claim != "":
		user, until, ok := p.signed.judge(s.keys, g)
		if !ok {
			no.failed, no.user = true, user
			return no
		}
		a := in(user)
		if a.until.IsZero() || until.Before(a.until) {
			a.until = until
		}
		return a
	case g.scheme == "Basic":
		no.failed = !right
	case g.scheme != "Digest": // a token says by itself whose it is
		for user, password := range s.users {
			if tokenOf(user, password) == p.text {
				return in(user)
			}
		}
		no.failed = true
	case p.realm != g.realm || p.uri != r.path:
		return no
	case p.nonce == nil || p.nonce.route != g.path || p.nonce.version != s.version ||
		time.Since(p.nonce.at) >= nonceGood:
		no.asks += " stale"
		return no
	case !right:
		no.failed = true
	case p.nonce.used.Swap(true):
		no.asks += " stale"
		return no
	}
	if no.failed {
		no.user = p.named()
		return no
	}
	return in(p.user)
}

// question asks the server of /ask.
func (m *guardModel) question(
	s *settings, g *guarded, r *modelRequest, p presented, no answer, in func(string) answer,
) answer {
	whole := cmp.Or(strings.TrimSpace(p.scheme+" "+p.text), "nobody")
	q := fmt.Sprintf("%s %s %s", r.address, r.target, whole)
	if g.carrier == "query" {
		q = fmt.Sprintf("%s %s %s", r.address, r.path, whole)
	}
	m.mu.Lock()
	c := s.cached[q]
	known := p.scheme != "" && time.Now().Before(c.till)
	if !known {
		m.asked = append(m.asked, q)
	}
	m.mu.Unlock()
	if known {
		return in(c.user)
	}
	status, user, takes := directory(p)
	time.Sleep(min(takes, 5*time.Second))
	no.user = p.named()
	switch {
	case status == 500 || takes > 5*time.Second:
		return answer{status: "503", vain: true}
	case status == 401:
		no.failed = p.scheme != ""
		return no
	case status == 403:
		return answer{status: "403", failed: p.scheme != "", user: no.user}
	}
	m.mu.Lock()
	s.cached[q] = cachedAnswer{user, time.Now().Add(g.cached)}
	m.mu.Unlock()
	return in(user)
}

// directory is the users that the server of /ask knows.
func directory(p presented) (status int, user string, takes time.Duration) {
	switch {
	case p.scheme == "Bearer" && p.text == tokenOf("joe", "welcome"):
		return 200, "joe", 0
	case p.scheme != "Basic":
		return 401, "", 0
	case p.user == "max":
		return 403, "", 0
	case p.user == "sick":
		return 500, "", 0
	case p.user == "slow":
		return 200, "slow", 6 * time.Second
	case p.password != "welcome":
		return 401, "", 0
	case p.user == "ann":
		return 204, "", 3 * time.Second
	case p.user == "joe":
		return 200, "joe", 0
	}
	return 401, "", 0
}
