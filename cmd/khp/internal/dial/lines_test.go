package dial

import (
	"strconv"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

func TestReadLines_Longest(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", ""} {
		lines := make(chan []byte, 1)
		require.NoError(t, readLines(nil,
			strings.NewReader(strings.Repeat("x", maxLine)+end), lines, nil))
		require.Len(t, <-lines, maxLine)
		require.Equal(t, errLongLine, readLines(nil,
			strings.NewReader(strings.Repeat("x", maxLine+1)+end), lines, nil))
	}
	require.Contains(t, Command(&cli.Env{}).Long, "up to "+strconv.Itoa(maxLine>>20)+" MiB")
}
