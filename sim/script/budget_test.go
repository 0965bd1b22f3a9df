package script

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Small scenarios that multiply end in an error that names the line, and take little memory.
func TestRun_Budget(t *testing.T) {
	if testing.Short() {
		t.Skip("runs until the budgets are spent, which takes seconds")
	}
	lines := func(n int, text string) string { return strings.Repeat(text+"\n", n) }
	const client = "client ws://a.example/\n"
	for name, c := range map[string]struct{ source, want string }{
		"long texts": {"adversary a.example\n" + lines(400, `  send binary "x"*1000000`) + client +
			"run\n", "MiB of texts"},
		"texts in a line": {"adversary a.example\n  send binary" + strings.Repeat(` "x"*1000000`, 400) +
			"\n" + client + "run\n", "MiB of texts"},
		"repeated texts": {"adversary a.example\n  repeat 1000000 send binary \"x\"*1000000\n" +
			client + "run\n", "MiB of texts"},
		"repeated steps": {"adversary a.example\n" + lines(50, `  repeat 1000000 ping "x"`) + client +
			"run\n", "MiB of texts"},
		"values in values": {"each v in \"x\"*1000000\n" + client + "send client text \"" +
			strings.Repeat("$v", 1000) + "\"\nrun\n", "MiB of texts"},
		"values times": {"each v in \"x\"*1000000\n" + client +
			"send client text \"$v\"*1000000\nrun\n", "MiB of texts"},
		"many long values": {"each v in" + strings.Repeat(` "x"*1000000`, 400) + "\n" + client +
			"run\n", "MiB of texts"},
		"many ranges": {"each v in" + strings.Repeat(" 1..10000", 1000) + "\n" + client + "run\n",
			"at most 10000 values"},
		"combinations": {"each a in 1..10000\neach b in 1..10000\neach c in 1..10000\n" + client +
			"run\n", "combinations"},
		"pieces": {"network split=1\nserver a.example echo=yes say=\"x\"*1000000\n" + client +
			"run\n", "MiB are sent"},
		"connections": {"server a.example say=\"x\"*1000000\n" +
			"adversary ws://a.example/ copies=10000\n  opening\n  request\nrun\n", "MiB are sent"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Parse(name, c.source)
		require.NoError(t, err, name)
		require.Less(t, len(c.source), 12<<10, name)
		_, err = f.Run(Options{})
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, c.want, name)
		require.Regexp(t, fmt.Sprintf(`^%s:\d+:\d+: `, name), err.Error())
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(3<<30), name)
		require.Less(t, after.HeapSys, uint64(2<<30), name)
	}
}
