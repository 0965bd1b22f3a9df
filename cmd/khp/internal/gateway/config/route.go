package config

import "example.com/khp/cmd/khp/internal/cli"

// Routes are in the order in which they are written, each path once. In a file they are a mapping
// from path to a [Route] or to a target alone.
type Routes []*Route

// Route is one path with its target and all that may differ between paths: keys about back ends
// belong below Target, keys about who may use the path into [Auth]. A key that is left out has the
// value of the key of the same name at the top of the document.
type Route struct {
	At
	Path string `yaml:"-"` // as written

	// The target of the path: echo, ws://..., wss://..., khp+ws://..., khp+wss://...,
	// ws+unix:SOCKET[:PATH], tcp://host:port, tls://host:port, unix:SOCKET, redirect:URL,
	// balance:URL[,URL...] or status:CODE. Several back ends stand in one text with commas between,
	// and with WEIGHT* before those that get more connections than others.
	Target string `yaml:"target"`
	Backends

	// Who may use the path and everything below it; everyone if it is left out, unless a shorter
	// path has it.
	Auth *Auth `yaml:"auth"`
	// Every client may use the path, also if it was guarded before a reload.
	NoAuth bool `yaml:"no-auth"`
	// How often a client is asked for credentials before it is refused, 1 to 255.
	MaxChallenges cli.Count `yaml:"max-challenges"`

	// Serve plain WebSocket clients on the same URL.
	Plain bool `yaml:"plain"`
	// Origins of pages that may connect, [scheme://]host[:port] with * for any characters.
	AllowOrigin []string `yaml:"allow-origin"`
	// Hosts for which extended requests are accepted, as clients write them where a reverse proxy
	// puts another one in their place.
	OutsideHost []string `yaml:"outside-host"`
	// Beginning of paths in extended requests, which a reverse proxy takes away.
	OutsidePrefix string `yaml:"outside-prefix"`
	// A client silent for half of this time gets a Ping, and is dropped after all of it; 0 is
	// never.
	InactivityTimeout cli.Duration `yaml:"inactivity-timeout"`
	// Connections without messages for this time are closed; 0 is never.
	IdleTimeout cli.Duration `yaml:"idle-timeout"`
	// Largest message of clients and back ends in bytes.
	MaxMessage cli.Size `yaml:"max-message"`
	// Limits of a client's bytes in the handshake.
	Limits Limits `yaml:"limits"`
	// Timers of the handshake.
	Timeouts Timeouts `yaml:"timeouts"`
}

// Backends are settings of connections to back ends. They stand among the keys of a route, and
// among those of the document for routes that leave them out.
type Backends struct {
	// Names of request fields that WebSocket back ends get as clients send them.
	ForwardFields []string `yaml:"forward-fields"`
	// Names of cookies that they get; "*" is all.
	ForwardCookies []string `yaml:"forward-cookies"`
	// The field in which they get the name of the user, such as X-Forwarded-User. Clients cannot
	// write it.
	UserField string `yaml:"user-field"`
	// Begin connections to back ends with a PROXY header that names the client: v1 or v2.
	SendProxy string `yaml:"send-proxy"`
	// Authorities to trust at wss:// and tls:// back ends, a file in PEM; the system's otherwise.
	BackendCA string `yaml:"backend-ca" holds:"file"`
	// The name that their certificates are for, if it is not the host of the target.
	BackendName string `yaml:"backend-name"`
	// Certificate to show to them, a file in PEM.
	BackendCert string `yaml:"backend-cert" holds:"file"`
	// Key of backend-cert, a file in PEM.
	BackendKey string `yaml:"backend-key" holds:"file"`
}

// BackendPair is the certificate that BackendCert and BackendKey name.
func (r *Route) BackendPair() *Certificate {
	at := r.At
	at.flags = map[string]string{"cert": "backend-cert", "key": "backend-key"}
	at.lines = map[string]int{"cert": r.lines["backend-cert"], "key": r.lines["backend-key"]}
	return &Certificate{At: at, Cert: r.BackendCert, Key: r.BackendKey}
}
