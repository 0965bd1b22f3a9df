package auth

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"example.com/khp/wire/credentials"
)

// FirstOf asks several providers. It takes one challenge after the other, the strongest first, and
// returns the first answer of a provider, asked in order. A provider that fails with an error other
// than [ErrNoCredentials], such as a user who cancels a prompt, ends the search. When the server
// refuses an answer and asks for the same again, the others are not tried in turn. A nil provider
// is left out.
//
// Digest counts as stronger than other schemes, by its algorithm, and Basic as the weakest, as it
// shows the password.
func FirstOf(providers ...CredentialsProvider) CredentialsProvider {
	return CredentialsFunc(func(ctx context.Context, r *CredentialsRequest) (string, error) {
		unanswered := r.unknown("other")
		for _, ch := range strongestFirst(r.Challenges) {
			one := *r
			one.Challenges = []Challenge{ch}
			for _, p := range providers {
				if p == nil {
					continue
				}
				value, err := p.Credentials(ctx, &one)
				if !errors.Is(err, ErrNoCredentials) {
					return value, err
				}
				if unanswerable(err) && !unanswerable(unanswered) {
					unanswered = err // it says more than that the scheme is unknown
				}
			}
		}
		return "", unanswered
	})
}

// strongestFirst sorts a copy of the challenges; equal ones stay in the server's order.
func strongestFirst(list []Challenge) []Challenge {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Challenge) int {
		return cmp.Compare(b.strength(), a.strength())
	})
	return list
}

// strength ranks a challenge by how little an answer to it gives away.
func (c Challenge) strength() int {
	switch {
	case strings.EqualFold(c.Scheme, "Basic"):
		return 0
	case strings.EqualFold(c.Scheme, "Digest"):
		d, _ := credentials.ParseDigestChallenge(c.wire())
		return 1 + int(d.Algorithm)
	}
	return 1
}
