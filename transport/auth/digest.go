package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"

	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// Digest answers Digest challenges with a user name and a password, "Application Digest" too. Of
// several it answers the one with the strongest algorithm. If only the nonce was too old it answers
// again; if the server refuses the answer it gives up. User and password are UTF-8. The provider
// counts how often it used a nonce, so use one provider for all connections to a server. [RFC 7616]
func Digest(user, password string) CredentialsProvider {
	return &digest{user: user, password: password, used: make(map[string]*nonceUse)}
}

// digest is a provider; several goroutines may ask it.
type digest struct {
	user, password string

	mu   sync.Mutex
	used map[string]*nonceUse // by nonce
}

// nonceUse counts the answers of the provider to a nonce.
type nonceUse struct {
	cnonce string // the same each time, so that there is one key for a session
	count  uint32
}

// maxNonces bounds the nonces that are remembered. A nonce that is forgotten and comes again is
// counted from 1, and the server may call it stale.
const maxNonces = 64

// Credentials returns a new answer, or the refused one if there is no reason to believe that a new
// one would do better.
func (d *digest) Credentials(_ context.Context, r *CredentialsRequest) (string, error) {
	best, err := bestDigest(r)
	if err != nil {
		return "", err
	}
	if scheme, _, _ := strings.Cut(r.Refused, " "); scheme == "Digest" && !best.Stale {
		return r.Refused, nil
	}
	use := d.use(best.Nonce)
	value, err := credentials.AppendDigest(nil, best, credentials.DigestUse{
		User:     d.user,
		Password: d.password,
		Method:   r.Method,
		URI:      r.Target,
		CNonce:   use.cnonce,
		Count:    use.count,
	})
	return string(value), err
}

// bestDigest finds the strongest challenge that can be answered. If there are only others, the
// error says what is wrong with the strongest of them.
func bestDigest(r *CredentialsRequest) (best credentials.DigestChallenge, err error) {
	err = r.unknown("Digest")
	for _, ch := range strongestFirst(r.Challenges) {
		d, wrong := credentials.ParseDigestChallenge(ch.wire())
		if wrong == nil {
			return d, nil
		}
		if strings.EqualFold(ch.Scheme, "Digest") && !unanswerable(err) {
			err = &unanswerableError{wrong}
		}
	}
	return credentials.DigestChallenge{}, err
}

// unanswerableError is for a challenge of a known scheme whose parameters do not suffice for an
// answer.
type unanswerableError struct{ why error }

func (e *unanswerableError) Error() string {
	what := e.why.Error()
	var parse *wire.ParseError
	if errors.As(e.why, &parse) {
		what = parse.Detail
	}
	return ErrNoCredentials.Error() + ": the Digest challenge cannot be answered: " + what
}

func (e *unanswerableError) Unwrap() []error { return []error{ErrNoCredentials, e.why} }

func unanswerable(err error) bool {
	var e *unanswerableError
	return errors.As(err, &e)
}

// use counts one more use of a nonce.
func (d *digest) use(nonce string) nonceUse {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.used[nonce]
	if u == nil {
		if len(d.used) == maxNonces {
			clear(d.used)
		}
		u = &nonceUse{cnonce: rand.Text()}
		d.used[nonce] = u
	}
	u.count++
	return *u
}
