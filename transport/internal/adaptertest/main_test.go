package adaptertest

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"example.com/khp/internal/watch/watchtest"
)

// TestMain also fails if a goroutine of an adapter is left when everything is over. Those in which
// coder's library closes take up to ten seconds.
func TestMain(m *testing.M) {
	code := watchtest.Run(m)
	if left := leaked(time.Minute); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines are left:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// leaked waits for the end of all goroutines that run code of the adapters, and returns the stacks
// of those that do not end.
func leaked(patience time.Duration) string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		buf := make([]byte, 1<<20)
		var left []byte
		for stack := range bytes.SplitSeq(buf[:runtime.Stack(buf, true)], []byte("\n\n")) {
			for _, pkg := range []string{"khp/transport/adapter.", "khp/transport/gorillaws.",
				"khp/transport/coderws."} {
				if bytes.Contains(stack, []byte(pkg)) {
					left = append(append(left, stack...), "\n\n"...)
					break
				}
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return string(left)
		}
	}
}
