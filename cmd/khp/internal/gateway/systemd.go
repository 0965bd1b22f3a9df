package gateway

import (
	"fmt"
	"os"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// tellManager reports the state of khp to the service manager that started it, if that listens
// (NOTIFY_SOCKET). khp does not depend on the manager's answer, so errors are no reason to stop.
func tellManager(state string) { _, _ = daemon.SdNotify(false, state) }

// tellStopping is tellManager before draining, which may take that long.
func tellStopping(patience time.Duration) {
	tellManager(fmt.Sprintf("%s\nEXTEND_TIMEOUT_USEC=%d",
		daemon.SdNotifyStopping, (patience + 5*time.Second).Microseconds()))
}

// inherit assigns the sockets that a service manager listens on (LISTEN_FDS) to the first fronts,
// in their order.
func inherit(fronts []*front) error {
	given := os.Getenv("LISTEN_FDS")
	if given == "" {
		return nil
	}
	sockets, err := activation.Listeners()
	if err != nil {
		return cli.Failf(cli.ExitFailed,
			"the sockets of the service manager (LISTEN_FDS) cannot be used: %s", err)
	}
	for i, ln := range sockets {
		switch {
		case ln == nil:
			return cli.Failf(cli.ExitFailed, "socket %d of the service manager (LISTEN_FDS) accepts no "+
				"connections; give it ListenStream", i+1)
		case i >= len(fronts):
			return cli.Failf(cli.ExitFailed, "the service manager has %s for %s; "+
				"each takes the place of one, in their order: add listeners, or take sockets away",
				cli.Plural(len(sockets), "socket"), cli.Plural(len(fronts), "listener"))
		}
		fronts[i].ln = ln
	}
	return nil
}
