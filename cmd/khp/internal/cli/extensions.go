package cli

import (
	"time"

	"example.com/khp/transport/extension"
)

// Extensions are those that khp runs: the ones Kaazing's clients ask for, as their gateway did.
// idle is the period that a server announces, 0 for none.
func Extensions(idle time.Duration) []extension.Extension {
	return []extension.Extension{extension.IdleTimeout{Period: idle}, extension.PingPong{}}
}
