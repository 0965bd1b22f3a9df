package trace

import (
	"strings"
	"time"

	"example.com/khp/fsm"
)

// Version is the version of the format that this package writes and reads.
const Version = 1

// format is the name of the format in the first line of a file.
const format = "trace"

// Header is the first line of a file.
type Header struct {
	Format  string    `json:"khp"`            // always "trace"
	Version int       `json:"version"`        // of the format, now 1
	Tool    string    `json:"tool,omitempty"` // the program that wrote the file
	Time    time.Time `json:"time,omitzero"`  // when it began
	Side    string    `json:"side,omitempty"` // client or server, if all records are of one side
	// Of the machine of that side, if it is the same for all connections.
	Config *Config `json:"config,omitempty"`
}

// Config is the part of a machine's configuration that says which steps are possible. A client has
// the first ten, a server the others.
type Config struct {
	Profile string `json:"profile,omitempty"` // client: spec, kaazing or auto
	// Client: a response may come without its terminator.
	TerminatorOptional bool `json:"terminator_optional,omitempty"`
	// Client: opens a plain WebSocket where KHP is not selected.
	PlainFallback bool `json:"plain_fallback,omitempty"`
	// Client: reports redirects and does not follow.
	NoRedirects bool `json:"no_redirects,omitempty"`
	NoWait      bool `json:"no_wait,omitempty"` // client: closes at once on 202
	// Client: can authenticate with a proxy.
	Proxy bool `json:"proxy,omitempty"`
	// Client: answers 426 by connecting with TLS.
	Upgrade bool `json:"upgrade,omitempty"`
	// Client: follow-up connections of a connect call.
	MaxRedirects uint8 `json:"max_redirects,omitempty"`
	// Client: replays after 401 on a connection.
	MaxReplays uint8 `json:"max_replays,omitempty"`
	// Client: 100 and 202 responses on a connection.
	MaxInterim uint8 `json:"max_interim,omitempty"`
	// Server: serves clients that do not offer KHP.
	Plain bool `json:"plain,omitempty"`
	// Unchecked lets a server send responses that lack fields which their status requires.
	Unchecked bool `json:"unchecked,omitempty"`
	// Server: 401 responses on a connection.
	MaxChallenges uint8 `json:"max_challenges,omitempty"`
	// Server: 202 responses on a connection.
	MaxDeferrals uint8 `json:"max_deferrals,omitempty"`
}

// ClientConfig describes the machine of a client.
func ClientConfig(m fsm.ClientConfig) *Config {
	return &Config{
		Profile:            ProfileName(m.Profile),
		TerminatorOptional: m.TerminatorOptional,
		PlainFallback:      m.PlainFallback,
		NoRedirects:        m.NoRedirects,
		NoWait:             m.NoWait,
		Proxy:              m.Proxy,
		Upgrade:            m.Upgrade,
		MaxRedirects:       m.MaxRedirects,
		MaxReplays:         m.MaxReplays,
		MaxInterim:         m.MaxInterim,
	}
}

// ServerConfig describes the machine of a server.
func ServerConfig(m fsm.ServerConfig) *Config {
	return &Config{Plain: m.Plain, Unchecked: m.Unchecked, MaxChallenges: m.MaxChallenges,
		MaxDeferrals: m.MaxDeferrals}
}

// Client returns the machine that c describes. Settings that depend on the request (Expect,
// OtherMethod) are not part of it, and a profile of an unknown name is 0.
func (c *Config) Client() fsm.ClientConfig {
	return fsm.ClientConfig{
		Profile:            ParseProfile(c.Profile),
		TerminatorOptional: c.TerminatorOptional,
		PlainFallback:      c.PlainFallback,
		NoRedirects:        c.NoRedirects,
		NoWait:             c.NoWait,
		Proxy:              c.Proxy,
		Upgrade:            c.Upgrade,
		MaxRedirects:       c.MaxRedirects,
		MaxReplays:         c.MaxReplays,
		MaxInterim:         c.MaxInterim,
	}
}

// Server returns the machine that c describes.
func (c *Config) Server() fsm.ServerConfig {
	return fsm.ServerConfig{Plain: c.Plain, Unchecked: c.Unchecked, MaxChallenges: c.MaxChallenges,
		MaxDeferrals: c.MaxDeferrals}
}

const profilePrefix = "Profile"

// ProfileName returns the name of p in traces: spec, kaazing, auto.
func ProfileName(p fsm.Profile) string {
	return strings.ToLower(strings.TrimPrefix(p.String(), profilePrefix))
}

// ParseProfile returns the profile of that name, 0 if there is none.
func ParseProfile(name string) fsm.Profile {
	for p := fsm.ProfileSpec; !strings.Contains(p.String(), "("); p++ {
		if ProfileName(p) == name {
			return p
		}
	}
	return 0
}
