package field

import (
	"fmt"
	"net/http"
	"testing"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

// secret is a value that hides a part of itself.
type secret struct{ hidden string }

func (secret) Format(s fmt.State, verb rune) { Show(s, verb, "shown") }

// Whatever the verb, the text is shown and nothing else; those for text work as with a string.
func TestShow(t *testing.T) {
	for verb, want := range map[string]string{
		"%v": "shown", "%+v": "shown", "%#v": "shown", "%s": "shown",
		"%d": "shown", "%q": `"shown"`, "%x": "73686f776e", "%X": "73686F776E", "%8q": ` "shown"`} {
		require.Equal(t, want, fmt.Sprintf(verb, secret{"hidden"}), verb)
	}
}

func TestList_SortedAsSpelled(t *testing.T) {
	h := http.Header{"X-B": {"2", "1"}, "x-a": {""}}
	list := []endpoint.HeaderField{{Name: "X-B", Value: "2"}, {Name: "X-B", Value: "1"},
		{Name: "x-a", Value: ""}}
	require.Equal(t, list, List(h))
	require.Equal(t, http.Header{"X-B": {"2", "1"}, "X-A": {""}}, Header(list))
	require.NotNil(t, Header(nil))
	require.Empty(t, List(nil))
}
