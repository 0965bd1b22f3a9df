package config

import (
	"example.com/khp/cmd/khp/internal/cli"
)

// Config is the configuration document of khp serve. A path in it stands for all
// spellings of the path that clients use.
type Config struct {
	// Address to listen on, HOST:PORT; port 0 takes a free one. For several listeners there is
	// listeners.
	Listen string `yaml:"listen"`
	// Several listeners, each with its own address and certificates. All of them serve all routes.
	Listeners []*Listener `yaml:"listeners"`
	// Own host names: a request with another Host is answered with 421, so that no page reaches the
	// server by a name of its own that leads here (DNS rebinding). NAME or NAME:PORT, with * for
	// any characters; addresses and names of outside-host always count. Without it every name
	// counts, but where all listeners are on loopback addresses and trust no proxy, pages of the
	// same host get in only at localhost, addresses, and names of outside-host.
	Hosts []string `yaml:"hosts"`
	// Certificate of the one listener that listen names, a file in PEM.
	TLSCert string `yaml:"tls-cert" holds:"file"`
	// Key of tls-cert, a file in PEM.
	TLSKey string `yaml:"tls-key" holds:"file"`
	// Networks of proxies whose word is taken for the address of a client: addresses or CIDR
	// blocks.
	TrustedProxies []string `yaml:"trusted-proxies"`
	// Expect a PROXY header, v1 or v2, on each connection from trusted-proxies.
	ProxyProtocol bool `yaml:"proxy-protocol"`

	// The targets of paths. A path stands for itself, one that ends in / for everything below it
	// too; the longest one that fits counts.
	Routes Routes `yaml:"routes"`
	// The same in the short form PATH: TARGET, for routes without settings of their own.
	Route Pairs `yaml:"route"`
	// Serve plain WebSocket clients on the same URLs, of all routes, or of single ones as PATH:
	// true or false.
	Plain Pairs `yaml:"plain"`
	// How often a client is asked for credentials before it is refused, 1 to 255; for all routes,
	// or for single ones as PATH: N.
	MaxChallenges Pairs `yaml:"max-challenges"`
	// Users of a path and everything below it, as PATH: USER:PASSWORD. @FILE or ${VARIABLE} for
	// PASSWORD stands for its content.
	Auth Pairs `yaml:"auth" holds:"secret"`
	// Password files of a path and everything below it, as PATH: FILE.
	Htpasswd Pairs `yaml:"htpasswd" holds:"file"`
	// Paths that every client may use, also if they were guarded before a reload.
	NoAuth []string `yaml:"no-auth"`
	// Realm of challenges, for routes that name none.
	Realm string `yaml:"realm"`
	// Scheme of challenges, for routes that name none: basic, digest, token or bearer.
	Scheme string `yaml:"scheme"`

	// Hosts for which extended requests are accepted, as clients write them where a reverse proxy
	// puts another one in their place.
	OutsideHost []string `yaml:"outside-host"`
	// Beginning of paths in extended requests, which a reverse proxy takes away.
	OutsidePrefix string `yaml:"outside-prefix"`
	// Origins of pages that may connect, [scheme://]host[:port] with * for any characters. Pages of
	// the same host always may.
	AllowOrigin []string `yaml:"allow-origin"`
	Backends

	// A client silent for half of this time gets a Ping, and is dropped after all of it; 0 is
	// never.
	InactivityTimeout cli.Duration `yaml:"inactivity-timeout"`
	// Connections without messages for this time are closed; 0 is never.
	IdleTimeout cli.Duration `yaml:"idle-timeout"`
	// How long a new connection may take to send its opening request, TLS included
	// (10s).
	OpeningTimeout cli.Duration `yaml:"opening-timeout" zero:"refused"`
	// Time over which connections are closed after a signal, one after another, so that their
	// clients do not all come back at once; 0 is at once.
	DrainOver cli.Duration `yaml:"drain-over"`
	// How much time connections get to end after a signal, once they are closed.
	DrainTimeout cli.Duration `yaml:"drain-timeout"`
	// Largest message of clients and back ends in bytes.
	MaxMessage cli.Size `yaml:"max-message"`
	// At most so many WebSocket connections at once, more get 503; 0 is no limit.
	MaxConnections cli.Count `yaml:"max-connections"`
	// So many clients wait for one of max-connections to end, a minute at most, before more get
	// 503.
	MaxWaiting cli.Count `yaml:"max-waiting"`
	// At most so many connections of one client address, more get 503; 0 is no limit.
	MaxPerAddress cli.Count `yaml:"max-per-address"`
	// Limits of a client's bytes in the handshake, for routes that set no others.
	Limits Limits `yaml:"limits"`
	// Timers of the handshake, for routes that say nothing else.
	Timeouts Timeouts `yaml:"timeouts"`

	// Address of /metrics for Prometheus, /healthz and /readyz, HOST:PORT.
	Metrics string `yaml:"metrics"`
	// File for every step of every handshake as NDJSON, for khp replay. It is overwritten.
	Trace string `yaml:"trace"`
	// Form of the log on stderr: text or json.
	Log string `yaml:"log"`
	// Log every step of every handshake.
	Verbose bool `yaml:"verbose"`
	// Answer a browser's GET / with a page that speaks KHP.
	DemoPage bool `yaml:"demo-page"`
}

// Pairs are values of which some belong to a path: VALUE or PATH=VALUE. In a file they are a value,
// a list of these, or a mapping from path to a value or a list.
type Pairs []string

// Limits bound a client's bytes in a handshake. A key that is left out has its default; none is
// 0.
type Limits struct {
	// Bytes of a request line with its fields (16k).
	Head cli.Size `yaml:"head"`
	// Bytes of one line (8k).
	Line cli.Size `yaml:"line"`
	// Field lines of one request (100).
	Fields cli.Count `yaml:"fields" zero:"refused"`
	// Elements in lists of subprotocols, and in those of extensions (100).
	Elements cli.Count `yaml:"elements" zero:"refused"`
	// Bytes of path and query (8k).
	Target cli.Size `yaml:"target"`
	// Bytes of the body of an extended request (64k).
	Body cli.Size `yaml:"body"`
	// WebSocket messages of one extended request (1024).
	Messages cli.Count `yaml:"messages" zero:"refused"`
	// Bytes of one extended request (256k).
	Unit cli.Size `yaml:"unit"`
}

// Timeouts are the timers of a handshake. A key that is left out has its default; none is 0.
type Timeouts struct {
	// From the opening response to the extended request (10s).
	Request cli.Duration `yaml:"request" zero:"refused"`
	// From 100 Continue to the end of the body (10s).
	Body cli.Duration `yaml:"body" zero:"refused"`
	// From a challenge to the request with credentials: how long a person may type (30s).
	Replay cli.Duration `yaml:"replay" zero:"refused"`
	// The whole handshake, without the time that credentials take (60s).
	Overall cli.Duration `yaml:"overall" zero:"refused"`
	// The closing handshake (5s).
	Close cli.Duration `yaml:"close" zero:"refused"`
}
