// Package callout asks an HTTP server of the operator's whether a client may enter, as auth_request
// of nginx and forward_auth of Caddy do.
//
// For each request that needs credentials it sends
//
//	GET URL
//	X-Forwarded-Method: GET
//	X-Forwarded-Host: the Host that the client wrote
//	X-Forwarded-Uri: its path and query
//	X-Forwarded-For: its address
//	Authorization: its credentials, if there are any
//
// and goes by the status of the answer: 2xx lets the client in, with the name in the user's field,
// 401 asks for credentials, 403 refuses. Anything else, and no answer in time, refuses the
// client with 503. Redirects are not followed and proxies of the environment are not used, so that
// credentials go to that server only.
package callout

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// Defaults of [Settings].
const (
	DefaultTimeout   = 5 * time.Second
	DefaultNameField = "Remote-User"
)

const (
	atOnce      = 64       // requests at a time, further ones wait
	longestName = 256      // bytes of a user's name
	mostHead    = 16 << 10 // bytes of the head of an answer
	// bytes of its body that are read past, so that the connection can be used again
	mostBody = 4 << 10
	retry    = 5 * time.Second // when a client may come again that could not be checked
)

// Dial connects to the server, as the method DialContext of a [net.Dialer] does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Settings describe a server to ask.
type Settings struct {
	URL       string        // http:// or https://
	Timeout   time.Duration // of an answer, the wait for a turn included; 0 is DefaultTimeout
	NameField string        // of the answer that has the user's name; "" is DefaultNameField
	// how long a 2xx counts for the same credentials, address and path; 0 asks each time
	Cache  time.Duration
	Scheme string      // of challenges, where a 401 has none; "" is Basic
	Realm  string      // of such challenges
	TLS    *tls.Config // nil trusts whom the system trusts
	Dial   Dial        // nil is by TCP

	// Trouble, if set, is called with the reason why there was no usable answer of the server.
	Trouble func(ctx context.Context, why string)
}

// Server is an [auth.Authenticator]. It is safe for concurrent use.
type Server struct {
	Settings
	transport *http.Transport
	turns     chan struct{}
	cache     *cache // nil without one
}

// New checks settings. Errors are in the operator's words, and do not quote the URL.
func New(s Settings) (*Server, error) {
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("expected the URL of an HTTP server, as in http://127.0.0.1:9000/auth")
	case u.User != nil:
		return nil, errors.New("no user and password can stand in the URL")
	case !isPort(u.Port()):
		return nil, errors.New("its port is not a number from 1 to 65535")
	case u.Fragment != "":
		return nil, errors.New("a URL with # cannot be asked for; leave that part out")
	}
	s.Timeout, s.NameField = cmp.Or(s.Timeout, DefaultTimeout), cmp.Or(s.NameField, DefaultNameField)
	if s.Dial == nil {
		s.Dial = (&net.Dialer{Timeout: s.Timeout}).DialContext
	}
	return &Server{
		Settings: s, turns: make(chan struct{}, atOnce), cache: newCache(s.Cache),
		transport: &http.Transport{
			DialContext: s.Dial, TLSClientConfig: s.TLS, MaxIdleConnsPerHost: atOnce,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: mostHead, DisableCompression: true,
		},
	}, nil
}

// isPort reports whether text, which may be left out, is the number of a port.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// Authenticate implements [auth.Authenticator].
func (s *Server) Authenticate(ctx context.Context, r *transport.Request) (auth.Verdict, error) {
	q, err := s.question(ctx, r)
	if err != nil {
		return s.trouble(ctx, err), nil
	}
	if user, ok := s.cache.get(q); ok {
		return allowed(user), nil
	}
	patient, cancel := context.WithTimeoutCause(ctx, s.Timeout, errTooSlow)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-patient.Done():
		return s.trouble(ctx, fmt.Errorf("%d requests to it are not answered yet", atOnce)), nil
	}
	answer, err := s.transport.RoundTrip(q.WithContext(patient))
	if err != nil {
		return s.trouble(ctx, cmp.Or(context.Cause(patient), err)), nil
	}
	// The body of a 101 is the connection, which no context ends.
	if answer.StatusCode != http.StatusSwitchingProtocols {
		_, _ = io.CopyN(io.Discard, answer.Body, mostBody)
	}
	_ = answer.Body.Close()
	return s.verdict(ctx, r, q, answer), nil
}

// verdict maps an answer to a verdict.
func (s *Server) verdict(
	ctx context.Context, r *transport.Request, q *http.Request, answer *http.Response,
) auth.Verdict {
	reason := ""
	if r.Authorization != "" {
		reason = auth.WrongCredentials
	}
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		user, err := s.user(answer)
		if err != nil {
			return s.trouble(ctx, err)
		}
		s.cache.put(q, user)
		return allowed(user)
	case answer.StatusCode == http.StatusUnauthorized:
		challenges, err := s.challenges(r, answer)
		if err != nil {
			return s.trouble(ctx, err)
		}
		return auth.Verdict{Challenges: challenges, Reason: reason}
	case answer.StatusCode == http.StatusForbidden:
		return auth.Verdict{Reason: reason}
	}
	return s.trouble(ctx, fmt.Errorf("it answered %d; expected 2xx, 401 or 403", answer.StatusCode))
}

func allowed(user string) auth.Verdict {
	v := auth.Verdict{Allow: true}
	if user != "" {
		v.Principal = user
	}
	return v
}

// user reads the user's name, "" if there is none.
func (s *Server) user(answer *http.Response) (string, error) {
	names := answer.Header.Values(s.NameField)
	switch {
	case len(names) == 0:
		return "", nil
	case len(names) > 1 || len(names[0]) > longestName || !utf8.ValidString(names[0]):
		return "", fmt.Errorf("the field %s of its answer is not one name in UTF-8 of at most %d bytes",
			s.NameField, longestName)
	}
	return names[0], nil
}

// challenges are those of the answer, in the form that the client understands.
func (s *Server) challenges(r *transport.Request, answer *http.Response) ([]string, error) {
	values := answer.Header.Values("Www-Authenticate")
	if len(values) == 0 {
		return []string{r.Challenge(cmp.Or(s.Scheme, "Basic"), s.Realm)}, nil
	}
	parsed, err := auth.ParseChallenges(values...)
	if err != nil || len(parsed) == 0 {
		return nil, errors.New("the WWW-Authenticate of its 401 cannot be read")
	}
	list := make([]string, 0, len(parsed))
	for _, c := range parsed {
		text := r.Challenge(c.Scheme, "")
		if rest := cmp.Or(c.Token, c.Params); rest != "" {
			text += " " + rest
		}
		list = append(list, text)
	}
	return list, nil
}

// question makes the request to the server.
func (s *Server) question(ctx context.Context, r *transport.Request) (*http.Request, error) {
	q, err := http.NewRequest(http.MethodGet, s.URL, nil)
	if err != nil {
		return nil, err
	}
	q.Header = http.Header{"User-Agent": {"khp"}, "X-Forwarded-Method": {http.MethodGet},
		"X-Forwarded-Host": {r.Host}, "X-Forwarded-Uri": {r.Target}}
	if client := auth.ClientAddr(ctx); client != nil {
		host, _, err := net.SplitHostPort(client.String())
		if err != nil {
			host = client.String()
		}
		q.Header.Set("X-Forwarded-For", host)
	}
	if r.Authorization != "" {
		q.Header.Set("Authorization", r.Authorization)
	}
	return q, nil
}

var errTooSlow = errors.New("it did not answer in time")

// trouble refuses the client, because the server that knows gave no answer.
func (s *Server) trouble(ctx context.Context, err error) auth.Verdict {
	if s.Trouble != nil && ctx.Err() == nil { // else it is the client that is gone
		s.Trouble(ctx, strings.TrimSpace(cause(err)))
	}
	return auth.Verdict{RetryAfter: retry,
		Body: []byte("the credentials cannot be checked now; try again later\n")}
}

// cause leaves the URL out of an error, because it may hold a secret.
func cause(err error) string {
	var named *url.Error
	var op *net.OpError
	switch {
	case errors.As(err, &named):
		err = named.Err
	case errors.As(err, &op):
		err = op.Err
	}
	return err.Error()
}
