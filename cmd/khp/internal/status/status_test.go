package status

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestStatus_Table(t *testing.T) {
	code, out, _ := khptest.Run(t, Command, "", "status")
	require.Equal(t, cli.ExitOK, code)
	reasons, code3 := map[string]string{}, ""
	table, _, _ := strings.Cut(out, "\n\n")
	for line := range strings.Lines(table) { // a row has several where its reason needs them
		line = fmt.Sprintf("%-80s", strings.TrimSuffix(line, "\n"))
		if line[0] != ' ' {
			code3 = line[:3]
		}
		reasons[code3] = strings.TrimSpace(reasons[code3] + " " +
			strings.TrimSpace(line[len("CODE  "):][:wide]))
	}
	n := 0
	for r := range fsm.Statuses() {
		n++
		require.Equal(t, r.Reason, reasons[strconv.Itoa(r.Code)])
	}
	require.Contains(t, out, "Any other code")
	require.NotContains(t, out, " \n", "no blanks at the ends of lines")
	code, out, _ = khptest.Run(t, Command, "", "status", "--json")
	require.Equal(t, cli.ExitOK, code)
	var list []statusJSON
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, n)
}

func TestStatus_EveryCode(t *testing.T) {
	for code := 100; code <= 999; code++ {
		r := fsm.Status(code)
		exit, out, _ := khptest.Run(t, Command, "", "status", strconv.Itoa(code))
		require.Equal(t, cli.ExitOK, exit)
		require.True(t, strings.HasPrefix(out, fmt.Sprintf("%d %s\n", code, r.Reason)), out)
		require.NotContains(t, out, "%!", "no formatting mistake")
		flat := strings.Join(strings.Fields(out), " ")
		for _, f := range r.Duties.Fields() {
			require.Contains(t, flat, f)
		}
		for req := range strings.FieldsSeq(r.Reqs) {
			require.Contains(t, flat, req)
		}
		require.Equal(t, !r.Listed, strings.Contains(flat, "not listed in the specification"))
		exit, out, _ = khptest.Run(t, Command, "", "status", "--json", strconv.Itoa(code))
		require.Equal(t, cli.ExitOK, exit)
		var one statusJSON
		require.NoError(t, json.Unmarshal([]byte(out), &one))
		require.Equal(t, code, one.Code)
		require.Equal(t, r.Action.Terminates(), one.Terminates)
		require.NotEmpty(t, one.Action)
		require.Contains(t, []string{"may", "should", "must"}, one.Strength)
	}
}
