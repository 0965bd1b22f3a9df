package replay

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// sample is a capture of our own traffic: a challenged client, one of the kaazing profile, a
// redirected one with its follow-up, a refused one, and a page.
const sample = "../../testdata/sample.pcapng"

func TestReplay_Capture(t *testing.T) {
	code, out, errs := khptest.Run(t, Command, "", "replay", sample)
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, "6 connections: 5 right, 0 wrong, 0 incomplete, 0 encrypted, 1 not KHP\n")
	require.Contains(t, strings.Join(strings.Fields(out), " "),
		"a path of the machine; kaazing profile; open with 101 3 ")
	require.NotContains(t, out, "no HTTP")

	code, out, _ = khptest.Run(t, Command, "", "replay", sample, "--json", "--all")
	require.Equal(t, cli.ExitOK, code)
	verdicts := map[string]int{}
	for line := range strings.Lines(out) {
		var l map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		verdicts[strings.TrimSpace(fmt.Sprint(l["event"], " ", l["verdict"]))]++
	}
	require.Equal(t, map[string]int{"session path": 5, "session not-khp": 1, "totals <nil>": 1},
		verdicts)

	code, out, _ = khptest.Run(t, Command, "", "replay", sample, "--conn", "2", "--draw", "text")
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, out, "│◀══ N ══")
}

// The same packed, and from the standard input.
func TestReplay_Packed(t *testing.T) {
	b, err := os.ReadFile(sample)
	require.NoError(t, err)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	code, out, errs := khptest.Run(t, Command, packed.String(), "replay", "-")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, "6 connections: 5 right")

	name := filepath.Join(t.TempDir(), "cut.pcapng")
	require.NoError(t, os.WriteFile(name, b[:len(b)-10], 0o600))
	code, out, errs = khptest.Run(t, Command, "", "replay", name)
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, out, "note: the file cannot be read to its end")
	require.Contains(t, errs, "after packet")
}

func TestReplay_Interrupted(t *testing.T) {
	const cut = `{"khp":"trace","version":1}
{"conn":1,"side":"client","attempt":1,"kind":"dial","text":"ws://h/?secret"}
{"conn":1,"side":"client","att`
	code, out, errs := khptest.Run(t, Command, cut, "replay", "-")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, "note: the trace ends in the middle of line 3")
	require.Contains(t, out, "1 ws://h/?...: incomplete")
}
