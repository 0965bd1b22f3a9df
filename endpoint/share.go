package endpoint

import (
	"strings"

	"example.com/khp/wire"
)

// shared hands out parts of one text, a field value that is kept anyway, from left to right: a list
// of many small elements then takes no more memory than the one string.
type shared struct{ rest string }

// token returns p as a string.
func (s *shared) token(p []byte) string {
	if string(p) == Subprotocol {
		return Subprotocol
	}
	i := strings.Index(s.rest, string(p))
	if i < 0 {
		return string(p)
	}
	token := s.rest[i : i+len(p)]
	s.rest = s.rest[i+len(p):]
	return token
}

// element returns e as it would be written.
func (s *shared) element(e wire.Extension) string {
	n := len(e.Name) + len(";") + len(e.Params)
	i := strings.Index(s.rest, string(e.Name))
	if e.Params == nil || i < 0 || len(s.rest) < i+n || s.rest[i+len(e.Name)] != ';' || s.rest[i+n-len(e.Params):i+n] != string(e.Params) {
		if e.Params == nil {
			return s.token(e.Name)
		}
		return string(e.Name) + ";" + string(e.Params)
	}
	element := s.rest[i : i+n]
	s.rest = s.rest[i+n:]
	return element
}
