package portal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Certain captive portals, pages that only look like a login, and pages that are none.
func TestDetect(t *testing.T) {
	page, to := []byte("<!DOCTYPE html><a href=/login?for=us>"),
		http.Header{"Location": {"https://portal.example/x"}}
	for name, c := range map[string]struct {
		answer Answer
		text   string // "" is no portal
		url    string
	}{
		"511": {Answer{Status: 511, Body: page},
			"network login needed, at http://one.example/login", "http://one.example/login?for=us"},
		"511 without a link": {Answer{Status: 511}, "network login needed", ""},
		"511 of a proxy": {Answer{Status: 511, Header: to, Proxy: true},
			"network login needed, at https://portal.example/x", "https://portal.example/x"},
		"redirect of a proxy": {Answer{Status: 302, Header: to, Proxy: true},
			"a web page has answered: wrong address, or network login needed, at https://portal.example/x",
			"https://portal.example/x"},
		"page of a proxy": {Answer{Status: 200, Body: page, Proxy: true}, "", ""},
		"page": {Answer{Status: 200, Body: page, Unproven: true},
			"a web page has answered: wrong address, or network login needed, at http://one.example/echo",
			"http://one.example/echo"},
		"page by TLS": {Answer{Status: 200, Body: page}, "", ""},
		"page where none may go": {Answer{Status: 200, Body: page, Unproven: true, Refused: true}, "",
			""},
		"text that looks so": {Answer{Status: 200, Body: page,
			Header: http.Header{"Content-Type": {"text/plain"}}, Unproven: true}, "", ""},
		"page that says so": {Answer{
			Status: 200, Header: http.Header{"Content-Type": {"Text/HTML; charset=utf-8"}}, Unproven: true,
		}, "a web page has answered: wrong address, or network login needed, at http://one.example/echo",
			"http://one.example/echo"},
		"redirect to no host": {Answer{Status: 302, Header: http.Header{"Location": {"http:///x"}},
			Unproven: true}, "", ""},
		"redirect to no URL": {Answer{Status: 302, Header: http.Header{"Location": {"http://[::1"}},
			Unproven: true}, "", ""},
		"403 of a proxy, with a place": {Answer{Status: 403, Header: to, Proxy: true}, "", ""},
		"403 with a place":             {Answer{Status: 403, Header: to, Unproven: true}, "", ""},
		"page of XHTML": {Answer{Status: 200,
			Header: http.Header{"Content-Type": {"application/xhtml+xml"}}, Unproven: true},
			"a web page has answered: wrong address, or network login needed, at http://one.example/echo",
			"http://one.example/echo"},
		"redirect to no page": {Answer{Status: 302,
			Header: http.Header{"Location": {"ftp://portal.example/x"}}, Unproven: true}, "", ""},
		"redirect with a user": {Answer{Status: 302,
			Header: http.Header{"Location": {"http://one@portal.example/x"}}, Unproven: true}, "", ""},
		"refused redirect": {Answer{Status: 302, Header: to, Unproven: true, Refused: true},
			"a web page has answered: wrong address, or network login needed, at https://portal.example/x",
			"https://portal.example/x"},
		"redirect by TLS":         {Answer{Status: 302, Header: to}, "", ""},
		"redirect without a page": {Answer{Status: 302, Unproven: true}, "", ""},
		"403":                     {Answer{Status: 403, Body: page, Unproven: true}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.answer.URL = "ws://one.example/echo"
			got, ok := Detect(c.answer)
			require.Equal(t, c.text != "", ok)
			if ok {
				require.Equal(t, c.text, got.String())
				require.Equal(t, c.url, got.URL)
			}
		})
	}
}

// Where the connection has no URL, nothing can be a portal.
func TestDetect_NoURL(t *testing.T) {
	_, ok := Detect(Answer{URL: "ws://one.example/%zz", Status: 511})
	require.False(t, ok)
}
