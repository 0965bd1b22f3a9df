package performance

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

const output = `goos: linux
cpu: Some Processor
BenchmarkStep/101-2         	76966128	        15.80 ns/op	        12.00 bytes/state	       0 B/op	       0 allocs/op
BenchmarkParse-2            	 1000	       97.1 ns/op	1339.22 MB/s
PASS
`

func TestTable(t *testing.T) {
	var b bytes.Buffer
	table(&b, parse(output))
	require.Equal(t, `| benchmark | ns/op | bytes/state | B/op | allocs/op | MB/s |
| --- | ---: | ---: | ---: | ---: | ---: |
| Step/101 | 15.80 | 12.00 | 0 | 0 |  |
| Parse | 97.1 |  |  |  | 1339.22 |
`, b.String())
}
