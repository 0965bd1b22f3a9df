package judge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestURIList(t *testing.T) {
	var got []string
	for line := range URIList([]byte("# first\r\nws://a/\r\n\r\n ws://b/ \n#\nws://c/")) {
		got = append(got, string(line))
	}
	require.Equal(t, []string{"ws://a/", "ws://b/", "ws://c/"}, got)
	for range URIList([]byte("a\nb")) {
		break
	}
	for range URIList(nil) {
		t.Fatal("nothing in it")
	}
}
