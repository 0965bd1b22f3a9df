package cli

import (
	"errors"

	"example.com/khp/wire"
)

// URLError says what is wrong with a URL that [wire.ParseURL] refuses with err.
func URLError(err error) string {
	if e, ok := errors.AsType[*wire.ParseError](err); ok && e.Detail != "" {
		return "the URL is not usable: " + e.Detail
	}
	return "the URL is not usable: " + err.Error()
}
