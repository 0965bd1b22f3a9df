package ghost

import (
	"slices"
	"strings"

	"example.com/khp/endpoint"
)

// answers are the answers of the callbacks of a configuration during a call: a ghost does not
// ask them again.
type answers struct {
	extensions error
	redirects  map[string]error // by target
	origin     bool
	opening    refusal
	grants     []string
}

// refusal is the answer of CheckOpening.
type refusal struct {
	status int
	why    string
}

// ofClient returns cfg with callbacks whose answers are noted.
func (a *answers) ofClient(cfg endpoint.ClientConfig) endpoint.ClientConfig {
	if ask := cfg.ConfirmExtensions; ask != nil {
		cfg.ConfirmExtensions = func(elements []string) error {
			a.extensions = ask(elements)
			return a.extensions
		}
	}
	if ask := cfg.CheckRedirect; ask != nil {
		cfg.CheckRedirect = func(via []string, to string) error {
			err := ask(via, to)
			if a.redirects == nil {
				a.redirects = map[string]error{}
			}
			a.redirects[to+" via "+strings.Join(via, " ")] = err
			return err
		}
	}
	return cfg
}

// ofServer does the same for a server.
func (a *answers) ofServer(cfg endpoint.ServerConfig) endpoint.ServerConfig {
	if ask := cfg.CheckOrigin; ask != nil {
		cfg.CheckOrigin = func(origin, host string) bool {
			a.origin = ask(origin, host)
			return a.origin
		}
	}
	if ask := cfg.CheckOpening; ask != nil {
		cfg.CheckOpening = func(o *endpoint.OpeningRequest) (int, string) {
			status, why := ask(o)
			a.opening = refusal{status, why}
			return status, why
		}
	}
	if ask := cfg.GrantOpening; ask != nil {
		cfg.GrantOpening = func(offered []string) []string {
			granted := ask(offered)
			a.grants = slices.Clone(granted)
			return granted
		}
	}
	return cfg
}
