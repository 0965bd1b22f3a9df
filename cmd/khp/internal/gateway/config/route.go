package config

import "example.com/khp/cmd/khp/internal/cli"

// Routes are in the order in which they are written, each path once. In a file they are a mapping
// from path to a [Route] or to a target alone.
type Routes []*Route

// Route is what one path leads to, with all that may differ between paths: keys about back ends
// belong below Target, keys about who may use the path into [Auth]. A key that is left out has the
// value of the key of the same name at the top of the document.
type Route struct {
	At
	Path string `yaml:"-"` // as written

	// What the path leads to: echo, ws://..., wss://..., khp+ws://..., khp+wss://...,
	// tcp://host:port, redirect:URL, balance:URL[,URL...] or status:CODE.
	Target string `yaml:"target"`

	// Who may use the path and everything below it; everybody if it is left out, unless a shorter
	// path has it.
	Auth *Auth `yaml:"auth"`
	// Everybody may use the path, also if it was guarded before a reload.
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
	// A client silent for half of this time gets a Ping, and is dropped after all of it; 0 is never.
	InactivityTimeout cli.Duration `yaml:"inactivity-timeout"`
	// Connections without messages for this time are closed; 0 is never.
	IdleTimeout cli.Duration `yaml:"idle-timeout"`
	// Largest message of clients and back ends in bytes.
	MaxMessage cli.Size `yaml:"max-message"`
	// Limits of what a client sends in the handshake.
	Limits Limits `yaml:"limits"`
	// Timers of the handshake.
	Timeouts Timeouts `yaml:"timeouts"`
}
