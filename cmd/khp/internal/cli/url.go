package cli

import (
	"errors"
	"strings"

	"example.com/khp/wire"
)

// URLError says what is wrong with a URL that [wire.ParseURL] refuses with err.
func URLError(err error) string {
	e, ok := errors.AsType[*wire.ParseError](err)
	if !ok || e.Detail == "" {
		return "the URL is not usable: " + err.Error()
	}
	what, near, _ := strings.Cut(e.Detail, ", near ")
	if words := urlWords[what]; words != "" {
		what = words
	}
	if near != "" {
		what += ", near " + near
	}
	return "the URL is not usable: " + what
}

var urlWords = map[string]string{
	"fragment":         "a fragment, # and what is behind it, cannot stand there",
	"bad port":         "a port is a number from 1 to 65535",
	"byte not allowed": "a byte cannot stand there unless it is escaped, as %20 is",
}

// MeantURL says what may have been meant by rawURL, which is no URL, or "".
func MeantURL(rawURL string) string {
	meant := "ws://" + rawURL
	for _, scheme := range []string{"ws", "wss", "http", "https"} {
		if rest, ok := strings.CutPrefix(rawURL, scheme+":"); ok {
			meant = scheme + "://" + strings.TrimPrefix(rest, "/")
		}
	}
	anyHost := func(string) (string, error) { return "host", nil }
	_, err := wire.ParseURL(meant, anyHost)
	if err != nil || strings.Contains(rawURL, "://") || strings.HasPrefix(rawURL, "/") {
		return ""
	}
	return meant
}
