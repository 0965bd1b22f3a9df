package config

import "example.com/khp/cmd/khp/internal/cli"

// Auth says who may use a path and everything below it: users and htpasswd, or a server to ask
// (url), or tokens that others have signed (jwt).
type Auth struct {
	At
	// Users with their passwords, USER:PASSWORD; @FILE or ${VARIABLE} for PASSWORD stands for its
	// content.
	Users []string `yaml:"users" holds:"secret"`
	// A password file, as htpasswd writes it.
	Htpasswd string `yaml:"htpasswd" holds:"file"`
	// HTTP server that is asked about each request, as auth_request of nginx and forward_auth of
	// Caddy do: it answers 2xx, 401 or 403. Any other answer lets no client in.
	URL string `yaml:"url"`
	// How long url may take to answer, the wait for a turn included (5s).
	Timeout cli.Duration `yaml:"timeout"`
	// Field of the answer of url that has the name of the user (Remote-User).
	NameField string `yaml:"name-field"`
	// How long a 2xx of url counts for the same credentials, address and path; left out, url is
	// asked each time.
	Cache cli.Duration `yaml:"cache"`
	// Signed tokens (JSON Web Tokens) and the keys that they are checked by.
	JWT *JWT `yaml:"jwt"`

	// Realm of the challenge.
	Realm string `yaml:"realm"`
	// Scheme of the challenge: basic, digest, token or bearer.
	Scheme string `yaml:"scheme"`

	// Field of requests that has a token, for clients that send no Authorization.
	HTTPHeader string `yaml:"http-header"`
	// Parameter of the query that has a token, for clients that send no Authorization. It is kept
	// from back ends, logs and traces.
	HTTPQueryParameter string `yaml:"http-query-parameter"`
	// Cookie that has a token, for clients that send no Authorization. It is kept from back ends.
	HTTPCookie string `yaml:"http-cookie"`
	// How long a connection may last after the login; it is closed with 1008 then. Left out, as
	// long as it likes, with jwt as long as its token is valid.
	SessionLifetime cli.Duration `yaml:"session-lifetime"`
}

// JWT says which signed tokens are accepted. They must expire.
type JWT struct {
	At
	// Public keys, a JSON Web Key Set.
	Keys string `yaml:"keys" holds:"file"`
	// The issuer (iss) that tokens must have; left out, any issuer will do.
	Issuer string `yaml:"issuer"`
	// The audiences of which tokens must name one (aud); left out, only tokens without one count.
	Audience []string `yaml:"audience"`
	// By how much clocks may differ (30s).
	Leeway cli.Duration `yaml:"leeway"`
	// The claim whose text is the name of the user (sub).
	UserClaim string `yaml:"user-claim"`
}
