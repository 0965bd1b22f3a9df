package field

import (
	"net/http"
	"testing"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

func TestList_SortedAsSpelled(t *testing.T) {
	h := http.Header{"X-B": {"2", "1"}, "x-a": {""}}
	list := []endpoint.HeaderField{{Name: "X-B", Value: "2"}, {Name: "X-B", Value: "1"}, {Name: "x-a", Value: ""}}
	require.Equal(t, list, List(h))
	require.Equal(t, http.Header{"X-B": {"2", "1"}, "X-A": {""}}, Header(list))
	require.NotNil(t, Header(nil))
	require.Empty(t, List(nil))
}
