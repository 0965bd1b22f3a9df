package gateway

import (
	"os/signal"
	"syscall"
)

// outliveLog keeps a server alive whose log nobody reads any more: by default a write to a closed stderr ends a Go program, and connections matter more than
// lines about them.
func outliveLog() { signal.Ignore(syscall.SIGPIPE) }
