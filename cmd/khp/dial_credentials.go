package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
)

// credentials makes the provider of --user and --token; nil without them.
func (o *dialOptions) credentials() (auth.CredentialsProvider, error) {
	if o.user == "" && o.token == "" {
		return nil, nil
	}
	name, password, ok := strings.Cut(o.user, ":")
	if o.user != "" {
		if _, err := wire.AppendBasic(nil, name, password); !ok {
			return nil, cli.Usagef("--user: expected NAME:PASSWORD, as in joe:welcome; the name may be empty, the colon stays")
		} else if err != nil {
			return nil, cli.Usagef("--user: name and password cannot hold control characters")
		}
	}
	if o.token != "" {
		if _, err := wire.AppendCredentials(nil, "Token", o.token); err != nil || strings.Contains(o.token, "\t") {
			return nil, cli.Usagef("--token: expected text without control characters, and without blanks at its ends")
		}
	}
	var known []auth.CredentialsProvider
	if o.user != "" {
		known = append(known, auth.Digest(name, password), auth.Basic(name, password))
	}
	if o.token != "" {
		known = append(known, auth.Bearer(o.token), auth.Token(o.token))
	}
	provider := auth.FirstOf(known...)
	return auth.CredentialsFunc(func(ctx context.Context, r *auth.CredentialsRequest) (string, error) {
		value, err := provider.Credentials(ctx, r)
		switch {
		case !errors.Is(err, auth.ErrNoCredentials):
		case wire.KindOf(err) == wire.KindChallenge:
			err = errors.New(unanswerableText(err))
		default:
			err = errors.New(otherFlag(r.Challenges))
		}
		return value, err
	}), nil
}

// The flags that answer challenges, as an example of their use.
const (
	flagUser  = "--user NAME:PASSWORD"
	flagToken = "--token TEXT"
)

// flagFor returns the flag that answers challenges of a scheme, "" if none does.
func flagFor(scheme string) string {
	switch strings.ToLower(scheme) {
	case "basic", "digest":
		return flagUser
	case "token", "bearer":
		return flagToken
	}
	return ""
}

// otherFlag says what helps against challenges that the flags given do not answer: the other flag, or none.
func otherFlag(challenges []auth.Challenge) string {
	var asked []string
	help := "for which neither --user nor --token helps"
	for _, ch := range challenges {
		asked = append(asked, strconv.QuoteToASCII(ch.Scheme))
		if flag := flagFor(ch.Scheme); flag != "" {
			help = "which " + flag + " answers"
		}
	}
	return "the server asks for " + strings.Join(asked, ", ") + ", " + help
}

// unanswerableText says what is wrong with a Digest challenge; err is that of [wire.Challenge.Digest].
func unanswerableText(err error) string {
	what := err.Error()
	var e *wire.ParseError
	if errors.As(err, &e) {
		what = e.Detail
	}
	return "the server's Digest challenge cannot be answered: " + what
}

// headerOf reads fields as written; their names are sent in that spelling.
func headerOf(flag string, specs []string) (http.Header, error) {
	h := http.Header{}
	for _, spec := range specs {
		name, value, ok := strings.Cut(spec, ":")
		value = strings.Trim(value, " \t")
		if !ok || !wire.ValidToken(name) || !wire.ValidFieldValue(value) {
			return nil, cli.Usagef("%s %q: expected 'NAME: VALUE'", flag, spec)
		}
		h[name] = append(h[name], value)
	}
	return h, nil
}
