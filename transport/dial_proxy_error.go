package transport

import (
	"errors"
	"fmt"
	"net/http"

	"example.com/khp/transport/internal/sock"
)

// ProxyError is why an HTTP proxy made no connection: the cause of a [*HandshakeError] with fsm.FailureConnect or fsm.FailureTimeout. It never shows
// the user and password of the proxy.
type ProxyError struct {
	Proxy  string      // scheme://host:port; "" if the proxy to use could not be found out
	Target string      // host:port it was asked for
	Status int         // of its answer, 0 if there was none
	Header http.Header // its fields
	Body   []byte      // its body, as far as it came, bounded by DialOptions.Limits; treat as untrusted
	Err    error       // network error, or why a challenge of the proxy was not answered; may be nil
}

// Error names the proxy and says what it did.
func (e *ProxyError) Error() string {
	s := "proxy " + e.Proxy
	switch {
	case e.Proxy == "":
		s = "no proxy found"
	case e.Status != 0:
		s += fmt.Sprintf(" refused to connect to %s with %d", e.Target, e.Status)
		if text := http.StatusText(e.Status); text != "" {
			s += " " + text
		}
	default:
		s += " did not connect to " + e.Target
	}
	if e.Err != nil {
		s += ": " + sock.Reason(e.Err)
	} else if e.Status == http.StatusProxyAuthRequired {
		s += ": its credentials are refused"
	}
	return s
}

// Unwrap returns Err.
func (e *ProxyError) Unwrap() error { return e.Err }

// proxyErrorOf finds a ProxyError behind err, nil if there is none.
func proxyErrorOf(err error) *ProxyError {
	var e *ProxyError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// refused reports whether a proxy's answer is behind err, whether or not all of it came in time.
func refused(err error) bool {
	e := proxyErrorOf(err)
	return e != nil && e.Status != 0
}
