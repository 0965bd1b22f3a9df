package trace

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPage compares docs/traces.md with the format: the three tables of fields and the one of kinds
// have exactly the existing entries, in this order.
func TestPage(t *testing.T) {
	b, err := os.ReadFile("../../docs/traces.md")
	require.NoError(t, err)
	_, page, ok := strings.Cut(string(b), "## The format\n")
	require.True(t, ok)
	var documented []string
	for line := range strings.Lines(page) {
		if m := regexp.MustCompile("^\\| `([a-z_]+)` \\|").FindStringSubmatch(line); m != nil {
			documented = append(documented, m[1])
		}
	}
	var want []string
	for _, v := range []any{Header{}, Config{}, Record{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, name)
		}
	}
	for _, k := range []Kind{Dial, Opening, Message, Ping, Close, Lost, Violation, Timer, Credentials,
		Open, Fail, Closed} {
		want = append(want, string(k))
	}
	require.Equal(t, want, documented)
}
