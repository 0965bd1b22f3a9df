package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/khp/transport/endpoint"
	"example.com/khp/wire"
)

// CredentialsProvider answers challenges. It is called in a goroutine of its own and must return when ctx ends.
type CredentialsProvider interface {
	// Credentials returns the value of an Authorization field, such as "Basic am9lOndlbGNvbWU=", or an error if there is none.
	Credentials(ctx context.Context, r *CredentialsRequest) (string, error)
}

// CredentialsFunc is a function as provider.
type CredentialsFunc func(ctx context.Context, r *CredentialsRequest) (string, error)

// Credentials calls f.
func (f CredentialsFunc) Credentials(ctx context.Context, r *CredentialsRequest) (string, error) {
	return f(ctx, r)
}

// CredentialsRequest is what a provider gets to see: where it is asked, and for what.
type CredentialsRequest struct {
	URL        string
	Challenges []Challenge
	Attempt    int // how often this connection was challenged, from 1
}

// Challenge is one challenge of a WWW-Authenticate field.
type Challenge struct {
	Scheme      string // "Basic", "Token", "Bearer", ...; for "Application Basic" it is "Basic"
	Application bool   // the scheme was written with the word Application before it, as gateways do
	Realm       string
	Token       string // what follows the scheme, if that is not a list of parameters
}

func newCredentialsRequest(url wire.URL, c *endpoint.Client) *CredentialsRequest {
	r := &CredentialsRequest{URL: url.String(), Attempt: c.State().Replays() + 1}
	for _, ch := range c.Challenges() {
		realm, _ := ch.Param("realm")
		r.Challenges = append(r.Challenges, Challenge{Scheme: string(ch.Scheme), Application: ch.Application, Realm: realm, Token: string(ch.Token)})
	}
	return r
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

// schemes lists what was asked for.
func (r *CredentialsRequest) schemes() string {
	var list []string
	for _, ch := range r.Challenges {
		list = append(list, fmt.Sprintf("%q", ch.Scheme))
	}
	return strings.Join(list, ", ")
}

// Basic answers Basic challenges with a user name and a password.
func Basic(user, password string) CredentialsProvider {
	return scheme("Basic", func() ([]byte, error) { return wire.AppendBasic(nil, user, password) })
}

// Token answers Token challenges, the form of Kaazing's own login modules.
func Token(token string) CredentialsProvider {
	return scheme("Token", func() ([]byte, error) { return wire.AppendCredentials(nil, "Token", token) })
}

// Bearer answers Bearer challenges with a token. [RFC 6750]
func Bearer(token string) CredentialsProvider {
	return scheme("Bearer", func() ([]byte, error) { return wire.AppendCredentials(nil, "Bearer", token) })
}

// scheme is a provider that knows one scheme and never changes its answer.
func scheme(name string, write func() ([]byte, error)) CredentialsProvider {
	return CredentialsFunc(func(_ context.Context, r *CredentialsRequest) (string, error) {
		if !r.asks(name) {
			return "", errors.New("the server asks for " + r.schemes() + ", but there are only " + name + " credentials")
		}
		value, err := write()
		return string(value), err
	})
}

// provide asks the provider, which may panic but cannot take the process with it.
func provide(ctx context.Context, p CredentialsProvider, r *CredentialsRequest) (value string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the credentials provider panicked: %v", v)
		}
	}()
	return p.Credentials(ctx, r)
}
