package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// CredentialsProvider answers challenges. It is called in a goroutine of its own and must return
// when ctx ends.
type CredentialsProvider interface {
	// Credentials returns the value of an Authorization field, such as "Basic am9lOndlbGNvbWU=", or
	// an error if there is none: one that wraps ErrNoCredentials if another provider may do better.
	// To return Refused again says that there is nothing else to try.
	Credentials(ctx context.Context, r *CredentialsRequest) (string, error)
}

// ErrNoCredentials is the error of a provider that knows none of the challenges. Where a challenge
// of a known scheme cannot be answered, the error also wraps a [wire.ParseError] that names the
// parameter.
var ErrNoCredentials = errors.New("no credentials for these challenges")

// CredentialsFunc is a function as provider.
type CredentialsFunc func(ctx context.Context, r *CredentialsRequest) (string, error)

// Credentials calls f. A nil one knows no challenge.
func (f CredentialsFunc) Credentials(ctx context.Context, r *CredentialsRequest) (string, error) {
	if f == nil {
		return "", ErrNoCredentials
	}
	return f(ctx, r)
}

// CredentialsRequest describes to a provider where credentials are needed, and which.
type CredentialsRequest struct {
	URL        string
	Method     string // of the request that needs credentials
	Target     string // of that request, as it is sent: path and query
	Challenges []Challenge
	Attempt    int // how often this connection was challenged, from 1
	// Refused is the value that was sent before in this handshake and led to this challenge, "" if
	// there was none; keep it out of logs.
	Refused string
}

// Challenge is one challenge of a WWW-Authenticate field.
type Challenge struct {
	Scheme      string // "Basic", "Token", "Bearer", ...; for "Application Basic" it is "Basic"
	Application bool   // the scheme was written with the word Application before it, as gateways do
	Realm       string
	Token       string // the text behind the scheme, unless it is a list of parameters
	Params      string // the parameters as they were sent; see Param
}

// Param returns the value of a parameter, without quotes.
func (c Challenge) Param(name string) (string, bool) { return c.wire().Param(name) }

func (c Challenge) wire() wire.Challenge {
	return wire.Challenge{Scheme: []byte(c.Scheme), Params: []byte(c.Params)}
}

// ParseChallenges reads the values of WWW-Authenticate or Proxy-Authenticate fields.
func ParseChallenges(values ...string) (list []Challenge, err error) {
	for _, v := range values {
		parsed, err := wire.ParseChallenges(nil, []byte(v))
		if err != nil {
			return nil, err
		}
		list = append(list, copyChallenges(parsed)...)
	}
	return list, nil
}

// copyChallenges makes parsed challenges independent of the bytes they were parsed from.
func copyChallenges(parsed []wire.Challenge) (list []Challenge) {
	for _, ch := range parsed {
		realm, _ := ch.Param("realm")
		list = append(list, Challenge{
			Scheme:      string(ch.Scheme),
			Application: ch.Application,
			Realm:       realm,
			Token:       string(ch.Token),
			Params:      string(ch.Params),
		})
	}
	return list
}

// asks reports whether one of the challenges is for scheme.
func (r *CredentialsRequest) asks(scheme string) bool {
	for _, ch := range r.Challenges {
		if strings.EqualFold(ch.Scheme, scheme) {
			return true
		}
	}
	return false
}

// unknown is the error of a provider that knows none of the schemes of the server.
func (r *CredentialsRequest) unknown(known string) error {
	var list []string
	for _, ch := range r.Challenges {
		list = append(list, fmt.Sprintf("%q", ch.Scheme))
	}
	return fmt.Errorf("%w: the server asks for %s, but there are only %s credentials",
		ErrNoCredentials, strings.Join(list, ", "), known)
}

// Basic answers Basic challenges with a user name and a password.
func Basic(user, password string) CredentialsProvider {
	return scheme("Basic", func() ([]byte, error) {
		return credentials.AppendBasic(nil, user, password)
	})
}

// Token answers Token challenges, the form of Kaazing's own login modules.
func Token(token string) CredentialsProvider {
	return scheme("Token", func() ([]byte, error) { return credentials.Append(nil, "Token", token) })
}

// Bearer answers Bearer challenges with a token. [RFC 6750]
func Bearer(token string) CredentialsProvider {
	return scheme("Bearer", func() ([]byte, error) { return credentials.Append(nil, "Bearer", token) })
}

// scheme is a provider that knows one scheme and never changes its answer.
func scheme(name string, write func() ([]byte, error)) CredentialsProvider {
	return CredentialsFunc(func(_ context.Context, r *CredentialsRequest) (string, error) {
		if !r.asks(name) {
			return "", r.unknown(name)
		}
		value, err := write()
		return string(value), err
	})
}

// PrepareCredentials copies the data that a challenged client has about its challenges. The
// function that it returns asks p, in any goroutine: it returns the value for
// [endpoint.Client.Credentials], or an error, also if p panics. method is that of the extended
// request, "" for GET.
func PrepareCredentials(
	c *endpoint.Client, method string, p CredentialsProvider,
) func(context.Context) (string, error) {
	if method == "" || c.Phase() == fsm.ClientAwaitLogin {
		method = http.MethodGet
	}
	url := c.URL()
	r := &CredentialsRequest{
		URL:        url.String(),
		Method:     method,
		Target:     url.Target(),
		Challenges: copyChallenges(c.Challenges()),
		Attempt:    c.State().Replays() + 1, Refused: c.Refused(),
	}
	return func(ctx context.Context) (value string, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("the credentials provider panicked: %v", v)
			}
		}()
		return p.Credentials(ctx, r)
	}
}
