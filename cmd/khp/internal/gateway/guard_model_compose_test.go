package gateway

import (
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/wire/credentials"
	"pgregory.net/rapid"
)

// compose makes credentials for a client: such as fit its challenge, or others.
func (w *guardWorld) compose(c *guardClient, s guardStep) (r modelRequest) {
	r.network, r.address = c.network, c.address
	g := guardedRoutes[s.at%len(guardedRoutes)]
	if len(c.at.guards) > 0 {
		path := c.at.guards[s.at%len(c.at.guards)]
		g = guardedRoutes[slices.IndexFunc(guardedRoutes,
			func(g *guarded) bool { return g.path == path })]
	}
	scheme := g.scheme
	switch {
	case s.sort == "none":
		return r
	case s.sort == "again" && len(w.said) > 0:
		r.presented = w.said[len(w.said)-1-s.of%min(6, len(w.said))]
		return r
	case s.sort == "Basic" || s.sort == "Token":
		scheme = s.sort
	}
	user := []string{"joe", "ann"}[s.of%2]
	p := presented{scheme: scheme, user: user, password: c.s.users[user]}
	switch s.twist {
	case "password":
		p.password = "wrong"
	case "guess":
		p.password = fmt.Sprint("wrong", s.at)
	case "user":
		p.user = []string{"nobody", "max", "sick", "slow", "", "ann", "joe"}[s.at%7]
	}
	if g.ask && s.twist != "password" && s.twist != "guess" {
		p.password = "welcome"
	}
	switch {
	case g.claim != "" && scheme == g.scheme:
		p.signed = makeToken(user, s.twist, c.s, g, s.at)
		p.text = p.signed.text()
		if n := time.Now(); s.of%4 >= 2 && len(c.at.guards) == 1 { // when one of its times has come
			time.Sleep(n.Truncate(time.Second).Add(time.Second).Sub(n))
			synctest.Wait()
			p.signed = makeToken(user, s.twist, c.s, g, s.at)
			p.text = p.signed.text()
		}
	case scheme == "Basic":
		p.text = base64.StdEncoding.EncodeToString([]byte(p.user + ":" + p.password))
	case scheme == "Digest":
		w.digest(c, s, &p)
	default:
		p.text = tokenOf(p.user, p.password)
	}
	if s.twist == "elsewhere" || g.carrier != "" && s.of%8 == 7 {
		if scheme == "Token" || scheme == "Bearer" {
			p.scheme, p.carrier = "", []string{g.carrier, "query", "cookie", "field"}[s.at%4]
			if p.carrier == "" {
				p.carrier = "cookie"
			}
		}
	}
	r.presented = p
	return r
}

// digest answers a challenge that a client of the route was sent. [RFC 7616 3.4]
func (w *guardWorld) digest(c *guardClient, s guardStep, p *presented) {
	w.lock.Lock()
	defer w.lock.Unlock()
	p.realm, p.uri = "d", c.at.written
	switch s.twist {
	case "realm":
		p.realm = "b"
	case "uri":
		p.uri = "/basic"
	}
	nonce := "bm9ub25jZQ"
	if n := len(w.nonces); n > 0 && s.twist != "forged" {
		p.nonce = w.nonces[n-1-s.of%min(2, n)]
		if s.twist == "old" {
			p.nonce = w.nonces[s.at%n]
		}
		nonce = p.nonce.text
	}
	b, err := credentials.AppendDigest(nil, credentials.DigestChallenge{Realm: p.realm, Nonce: nonce,
		Algorithm: credentials.DigestSHA256, Auth: true}, credentials.DigestUse{User: p.user,
		Password: p.password, Method: "GET", URI: p.uri, CNonce: "c", Count: uint32(1 + s.at%3)})
	if err != nil {
		p.scheme = "" // such as without a name
		return
	}
	p.text = strings.TrimPrefix(string(b), "Digest ")
}

// difference is the first one between world and model.
func (w *guardWorld) difference() error {
	synctest.Wait()
	w.logged()
	w.lock.Lock()
	defer w.lock.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.clients {
		slices.Sort(c.got)
		slices.Sort(c.want)
		if !slices.Equal(c.got, c.want) {
			return fmt.Errorf("client %d at %v, plain %v, gets\n\t%s\nand should get\n\t%s", c.id, c.at,
				c.plain, strings.Join(c.got, "\n\t"), strings.Join(c.want, "\n\t"))
		}
	}
	if !slices.Equal(w.heard, w.asked) {
		return fmt.Errorf("the server hears\n\t%s\nand should hear\n\t%s",
			strings.Join(w.heard, "\n\t"), strings.Join(w.asked, "\n\t"))
	}
	failures := w.counters()
	for _, g := range guardedRoutes {
		for _, reason := range []string{"wrong", "unchecked", "slowed"} {
			key := g.path + " " + reason
			if failures[key] != w.failures[key] {
				return fmt.Errorf("failures %s are %d, and should be %d", key, failures[key], w.failures[key])
			}
		}
	}
	return nil
}

var failureCounter = regexp.MustCompile(
	`khp_login_failures_total{reason="(.*)",route="(.*)"} (\d+)`)

// counters are failed logins as the metrics have them.
func (w *guardWorld) counters() map[string]int {
	r := httptest.NewRecorder()
	w.gateway.metrics.Handler().ServeHTTP(r, httptest.NewRequest("GET", "/metrics", nil))
	counts := map[string]int{}
	for _, m := range failureCounter.FindAllStringSubmatch(r.Body.String(), -1) {
		n := 0
		_, _ = fmt.Sscan(m[3], &n)
		counts[m[2]+" "+m[1]] = n
	}
	return counts
}

// end lets everything go.
func (w *guardWorld) end() {
	w.lock.Lock()
	w.ended = true
	w.lock.Unlock()
	for _, c := range w.clients {
		_ = c.nc.Close()
	}
	_ = w.again.server.Close()
	time.Sleep(time.Hour) // the connections to the server of /ask end, and all sessions
}

// Clients of khp serve log in at routes with passwords, files, digests, tokens, signed tokens and a
// server that is asked, in all spellings of their paths, with and without KHP, while users and keys
// change. Each gets what a model says, at the time that it says: whom the gateway lets in and for
// how long, whom it asks how, what it asks the server, how long it has guessing clients wait, and
// what stands in the log and the metrics.
func TestGuard_Model(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawGuardStep), 15, 45).Draw(rt, "steps")
		var wrong error
		synctest.Test(t, func(t *testing.T) {
			w := newGuardWorld(t, dir)
			defer w.end()
			for i, s := range steps {
				w.step(s)
				if wrong = w.difference(); wrong != nil {
					wrong = fmt.Errorf("step %d, %+v: %w", i, s, wrong)
					return
				}
			}
		})
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}
