package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/scan"
	"example.com/khp/wire/credentials"
)

// Authenticator identifies a client before a transport.Handler's Decide sees its request. Each
// extended request is authenticated by itself: the first one, and every one that follows a
// challenge. It is called in a goroutine of its own, for many connections at once; ctx ends when
// the decision is no longer waited for.
//
// An error or a panic is answered with 500, logged, and not shown to the client. An Authenticator
// that also has the method Validate() error, as those of this package do, is validated before
// anything is served: see transport.Handler.Check.
type Authenticator interface {
	Authenticate(ctx context.Context, r *endpoint.Request) (Verdict, error)
}

// AuthenticatorFunc is a function as Authenticator.
type AuthenticatorFunc func(ctx context.Context, r *endpoint.Request) (Verdict, error)

// Authenticate calls f.
func (f AuthenticatorFunc) Authenticate(ctx context.Context, r *endpoint.Request) (Verdict, error) {
	if err := f.Validate(); err != nil {
		return Verdict{}, err
	}
	return f(ctx, r)
}

// Validate refuses a nil function.
func (f AuthenticatorFunc) Validate() error {
	if f == nil {
		return errors.New("auth: AuthenticatorFunc is nil; there is nobody to ask")
	}
	return nil
}

// Verdict is the answer of an [Authenticator] to a request. The zero value refuses it with 403.
type Verdict struct {
	Allow bool
	// With Allow: who it is, for [endpoint.Request].Principal and transport.Conn.Principal; nil is
	// no particular user.
	Principal any
	// Challenges asks for credentials, with 401: see [endpoint.Request].Challenge. After
	// Handler.MaxChallenges of them a client gets 403 in any case: deployed clients would answer
	// challenges without end.
	Challenges []string
	Body       []byte // explains a 401, 403 or 503; "" leaves it to the status
	// RetryAfter, without Allow, says that the credentials could not be checked: the client gets 503,
	// and comes back after so many seconds, rounded up. 0 or less has no effect.
	RetryAfter time.Duration
	// User and Reason are for the log, without Allow: the user that refused credentials name, if
	// known, and the reason of the refusal, in a few words. A Reason makes the refusal a failed login;
	// without one, and without RetryAfter, every refused Authorization field is one.
	User, Reason string
}

// Decision returns the decision that carries out the verdict: it accepts, asks for credentials with
// 401, refuses with 403, or puts off with 503. A verdict that allows and yet has challenges or a
// body becomes a decision that is refused, like every decision that contradicts itself.
func (v Verdict) Decision() endpoint.Decision {
	switch {
	case v.RetryAfter > 0:
		seconds := int64((v.RetryAfter + time.Second - 1) / time.Second)
		return endpoint.Decision{Status: 503, Header: []endpoint.HeaderField{{Name: "Retry-After",
			Value: strconv.FormatInt(seconds, 10)}}, Body: v.Body}
	case v.Allow:
		return endpoint.Decision{Challenges: v.Challenges, Body: v.Body}
	case len(v.Challenges) > 0:
		return endpoint.Decision{Status: 401, Challenges: v.Challenges, Body: v.Body}
	}
	return endpoint.Decision{Status: 403, Body: v.Body}
}

// LetsIn reports whether the client is let in: the verdict allows it, and does not refuse it at the
// same time.
func (v *Verdict) LetsIn() bool {
	return v.Allow && v.Challenges == nil && len(v.Body) == 0 && v.RetryAfter <= 0
}

// PasswordCheck reports whether a user has that password. It should take as long for a wrong one as
// for the right one; see [Users]. A check that cannot decide calls [TryLater]. [ClientNetwork]
// returns the network of the client.
type PasswordCheck func(ctx context.Context, user, password string) bool

// TokenCheck returns the principal of a token; ok is false if the token is not valid.
type TokenCheck func(ctx context.Context, token string) (principal any, ok bool)

// BasicAuth asks for a name and a password. [RFC 7617] The principal is the name, a string. After
// wrong ones it asks again, until Handler.MaxChallenges is reached: people mistype, and the login
// dialogs of deployed clients come back.
type BasicAuth struct {
	Realm string        // must not be empty
	Check PasswordCheck // must be set
}

// Validate refuses an authenticator that cannot work: without Check no client could be let in,
// without a Realm none could be asked.
func (a BasicAuth) Validate() error {
	switch {
	case a.Check == nil:
		return errors.New("auth: BasicAuth.Check is nil; use Users, or a function that knows the " +
			"passwords")
	case a.Realm == "":
		return errors.New("auth: BasicAuth.Realm is empty; name what the password is for")
	}
	return validRealm("BasicAuth", a.Realm)
}

// Authenticate implements [Authenticator].
func (a BasicAuth) Authenticate(ctx context.Context, r *endpoint.Request) (Verdict, error) {
	if err := a.Validate(); err != nil {
		return Verdict{}, err
	}
	scheme, value := r.Credentials()
	user, password, ok := credentials.DecodeBasic([]byte(value))
	challenge := r.Challenge("Basic", a.Realm)
	ctx, later := withLater(ctx)
	switch {
	case !strings.EqualFold(scheme, "Basic") || !ok:
		return Verdict{Challenges: []string{challenge}}, nil
	case a.Check(ctx, user, password):
		return Verdict{Allow: true, Principal: user}, nil
	}
	return later.verdict(challenge, user), nil
}

// TokenAuth asks for a token: the form of the login modules of Kaazing gateways, or Bearer. [RFC
// 6750] After a wrong one it asks again, as [BasicAuth] does.
type TokenAuth struct {
	Scheme string     // "" is Token
	Realm  string     // may be empty
	Check  TokenCheck // must be set
}

// Validate refuses an authenticator that cannot work: no Check, or a Scheme that is no scheme.
func (a TokenAuth) Validate() error {
	switch {
	case a.Check == nil:
		return errors.New("auth: TokenAuth.Check is nil; use Tokens, or a function that knows the tokens")
	case a.Scheme != "" && !scan.ValidToken(a.Scheme):
		return errors.New("auth: TokenAuth.Scheme " + strconv.QuoteToASCII(a.Scheme) +
			" is not the name of a scheme; leave it empty for Token, or use Bearer")
	}
	return validRealm("TokenAuth", a.Realm)
}

// validRealm refuses a realm that no challenge can name.
func validRealm(what, realm string) error {
	if !scan.ValidValue(realm) {
		return errors.New("auth: " + what + ".Realm " + strconv.QuoteToASCII(realm) +
			" has control bytes, or blanks at its ends")
	}
	return nil
}

// Authenticate implements [Authenticator].
func (a TokenAuth) Authenticate(ctx context.Context, r *endpoint.Request) (Verdict, error) {
	if err := a.Validate(); err != nil {
		return Verdict{}, err
	}
	want := a.Scheme
	if want == "" {
		want = "Token"
	}
	scheme, value := r.Credentials()
	challenge := r.Challenge(want, a.Realm)
	if value == "" || !strings.EqualFold(scheme, want) {
		return Verdict{Challenges: []string{challenge}}, nil
	}
	ctx, later := withLater(ctx)
	if principal, ok := a.Check(ctx, value); ok {
		return Verdict{Allow: true, Principal: principal}, nil
	}
	return later.verdict(challenge, ""), nil
}

// WrongCredentials is the Reason of a [Verdict] on credentials that are not right.
const WrongCredentials = "wrong credentials"

// notAccepted judges credentials that are wrong: it asks for others.
func notAccepted(challenge, user string) Verdict {
	return Verdict{Challenges: []string{challenge},
		Body: []byte("these credentials are not accepted here\n"), User: user, Reason: WrongCredentials}
}

// Users checks names and passwords that are held in memory, as hashes. The time that it takes
// depends on neither.
func Users(passwords map[string]string) PasswordCheck {
	sums := make(map[string][sha256.Size]byte, len(passwords))
	for user, password := range passwords {
		sums[user] = sha256.Sum256([]byte(password))
	}
	return func(_ context.Context, user, password string) bool {
		want, known := sums[user]
		got := sha256.Sum256([]byte(password)) // of equal length for every password
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && known
	}
}

// Tokens checks tokens that are held in memory, as hashes. principals has the principal of each
// token.
func Tokens(principals map[string]any) TokenCheck {
	sums := make(map[[sha256.Size]byte]any, len(principals))
	for token, principal := range principals {
		sums[sha256.Sum256([]byte(token))] = principal
	}
	return func(_ context.Context, token string) (any, bool) {
		// The time of the look-up depends on the hash only.
		got := sha256.Sum256([]byte(token))
		principal, ok := sums[got]
		return principal, ok
	}
}
