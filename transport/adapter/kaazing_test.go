package adapter

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A request without an Origin comes from no page; one with several of them from no known page.
func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		origin []string
		same   bool
	}{
		{nil, true},
		{[]string{"http://a.example"}, true},
		{[]string{"privileged://a.example:80"}, true},
		{[]string{"privileged://b.example:80"}, false},
		{[]string{"https://b.example"}, false},
		{[]string{"null"}, false},
		{[]string{""}, false},
		{[]string{"http://a.example", "http://a.example"}, false},
	} {
		r := &http.Request{Host: "a.example", Header: http.Header{}}
		if c.origin != nil {
			r.Header["Origin"] = c.origin
		}
		require.Equal(t, c.same, SameOrigin(r), "%q", c.origin)
	}
}
