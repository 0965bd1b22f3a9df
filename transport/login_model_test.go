package transport

import "time"

// The model of a login: the rules of RFC 7616 and 7617 and of KHP, in one place. It knows
// credentials by their parts, not as text.

// nonceLifetime is the lifetime that [auth.DigestAuth] promises for its nonces.
const nonceLifetime = time.Minute

// mostDeferrals is how often a client is put off: half as often as it bears by default. [AMB-15]
const mostDeferrals = 4

// loginArea is a Handler in the model: where, whom and how it asks.
type loginArea struct {
	path, realm, scheme string
	most                int // challenges of one client
}

var loginAreas = []loginArea{
	{"/basic", "b", "Basic", 3},
	{"/file", "b", "Basic", 3}, // the realm of another, and users in a file
	{"/digest", "d", "Digest", 3},
	{"/realm", "e", "Digest", 2}, // another realm
	{"/server", "d", "Digest", 1},
	{"/token", "", "Token", 3},
}

// loginNonce is a nonce that a client was sent.
type loginNonce struct {
	text string
	area int // that issued it
	at   time.Time
	used bool
}

// loginCredentials are the parts of an Authorization field. The zero value is no field.
type loginCredentials struct {
	text                   string
	scheme, user, password string
	realm, path, method    string      // of Digest
	nonce                  *loginNonce // of Digest; nil is one that was not issued
}

// loginClient is a client in the model, on one connection.
type loginClient struct {
	area       int
	challenges int      // how many it was sent
	deferrals  int      // how often it was put off
	statuses   []string // that it was sent
	waits      string   // its last request for: "authenticator", "application", "" for nobody
	presented  loginCredentials
	principal  string // whom the authenticator has let in for the request that waits
	open       bool
	over       bool // it has left, or was sent away; its waiting request is decided all the same
}

// loginModel is all clients and users.
type loginModel struct {
	users   map[string]string // passwords
	clients []*loginClient
}

// judge says whether credentials are right at an area now.
func (m *loginModel) judge(area int, c loginCredentials) (principal string, ok, stale bool) {
	a := loginAreas[area]
	password, known := m.users[c.user]
	right := known && c.password == password
	switch {
	case c.scheme != a.scheme:
		return "", false, false
	case a.scheme != "Digest":
		return c.user, right, false
	case c.realm != a.realm || c.path != a.path:
		return "", false, false
	case c.nonce == nil || c.nonce.area != area || time.Since(c.nonce.at) >= nonceLifetime:
		return "", false, true
	case !right || c.method != "GET":
		return "", false, false
	case c.nonce.used:
		return "", false, true
	}
	c.nonce.used = true
	return c.user, true, false
}

// ask is a request of a client.
func (c *loginClient) ask(with loginCredentials) {
	if c.waits != "" { // KHP has one request at a time
		c.over = true
		return
	}
	c.presented, c.principal, c.waits = with, "", "authenticator"
}

// authenticated is the word of the authenticator about a request that waits for it. It is given
// whether its client is still there or not, and uses a nonce up in any case.
func (m *loginModel) authenticated(c *loginClient) (stale bool) {
	principal, ok, stale := m.judge(c.area, c.presented)
	if ok {
		c.principal, c.waits = principal, "application"
		return false
	}
	c.challenge()
	return stale
}

// challenge answers with 401, or 403 if the client has had its share.
func (c *loginClient) challenge() {
	if c.challenges == loginAreas[c.area].most {
		c.answer("403")
		return
	}
	c.challenges++
	c.answer("401")
}

// answer is the answer to a client, if it has not left.
func (c *loginClient) answer(status string) {
	if !c.over {
		c.statuses = append(c.statuses, status)
	}
	switch status {
	case "202": // the application is asked again, and the authenticator is not
		if !c.over {
			return
		}
	case "101":
		c.open = !c.over
	case "403", "500":
		c.over = true
	}
	c.waits = ""
}

// decided is the word of the application about a request that waits for it.
func (c *loginClient) decided(status string) {
	switch status {
	case "401":
		c.challenge()
		return
	case "202":
		if c.deferrals++; c.deferrals > mostDeferrals {
			status = "500" // no client waits for ever
		}
	}
	c.answer(status)
}
