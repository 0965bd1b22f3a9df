package wire

import (
	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
)

// validTargetForm reports whether t, known to have no blank or control byte, is in origin-form
// or names an http, https, ws or wss URL with a host and no userinfo.
func validTargetForm[S scan.Text](t S) bool {
	if len(t) == 0 {
		return false
	}
	if t[0] == '/' {
		return true
	}
	for i := 0; i < len(t); i++ {
		if t[i] != ':' {
			continue
		}
		if _, ok := scheme(t[:i]); !ok || !scan.HasPrefix(t[i:], "://") {
			return false
		}
		i += len("://")
		end := i
		for end < len(t) && t[end] != '/' && t[end] != '?' {
			end++
		}
		return place.ValidHostPort(t[i:end])
	}
	return false
}

// scheme maps the four schemes to plain or TLS.
func scheme[S scan.Text](s S) (secure, ok bool) {
	switch {
	case scan.EqualFold(s, "ws"), scan.EqualFold(s, "http"):
		return false, true
	case scan.EqualFold(s, "wss"), scan.EqualFold(s, "https"):
		return true, true
	}
	return false, false
}
