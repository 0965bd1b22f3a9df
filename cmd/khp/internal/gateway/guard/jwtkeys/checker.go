package jwtkeys

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Defaults of [Settings].
const (
	DefaultLeeway    = 30 * time.Second
	DefaultUserClaim = "sub"
)

// longestName is how many bytes the name of a user can have.
const longestName = 256

// Settings say which tokens are accepted.
type Settings struct {
	File      string        // of the keys
	Issuer    string        // the iss that tokens must have; "" takes any
	Audience  []string      // one of which aud must have; none takes only tokens without aud
	Leeway    time.Duration // by which clocks may differ; 0 is DefaultLeeway, negative is none
	UserClaim string        // whose text is the user's name; "" is DefaultUserClaim
}

// Checker checks tokens. It is safe for concurrent use.
type Checker struct {
	Settings
	keys []key
}

// Open reads the file of keys.
func Open(s Settings) (*Checker, error) {
	keys, err := readKeys(s.File)
	if err != nil {
		return nil, err
	}
	s.Leeway, s.UserClaim = max(0, cmp.Or(s.Leeway, DefaultLeeway)),
		cmp.Or(s.UserClaim, DefaultUserClaim)
	return &Checker{s, keys}, nil
}

// Errors of Check, in the words of the log. Anything else about a token would be its sender's word.
var (
	ErrForm      = errors.New("not a signed token of an algorithm that is accepted")
	ErrKey       = errors.New("no key for this token")
	ErrSignature = errors.New("wrong signature")
	ErrClaims    = errors.New("the claims of the token are not of the types that they must have")
	ErrNoExpiry  = errors.New("the token never expires")
	ErrExpired   = errors.New("the token has expired")
	ErrTooEarly  = errors.New("the token is not valid yet")
	ErrIssuer    = errors.New("the token has another issuer")
	ErrAudience  = errors.New("the token is for another audience")
	ErrNoUser    = errors.New("the token names no user")
	accepted     = []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384,
		jose.ES512, jose.EdDSA, jose.HS256, jose.HS384, jose.HS512,
	}
)

// Check returns the user of a token and its end, the leeway included. user is set as soon as the
// signature is right, also with an error.
func (c *Checker) Check(token string, now time.Time) (user string, until time.Time, err error) {
	t, err := jwt.ParseSigned(token, accepted)
	if err != nil || len(t.Headers) != 1 {
		return "", time.Time{}, ErrForm
	}
	claims, all, err := c.verify(t)
	if err != nil {
		return "", time.Time{}, err
	}
	user, known := c.user(all)
	if claims.Expiry == nil {
		return user, time.Time{}, ErrNoExpiry
	}
	until = claims.Expiry.Time().Add(c.Leeway)
	err = claims.ValidateWithLeeway(jwt.Expected{Issuer: c.Issuer, AnyAudience: c.Audience, Time: now},
		c.Leeway)
	switch {
	// at that very moment as well [RFC 7519 4.1.4]
	case errors.Is(err, jwt.ErrExpired), err == nil && !now.Before(until):
		return user, time.Time{}, ErrExpired
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return user, time.Time{}, ErrTooEarly
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return user, time.Time{}, ErrIssuer
	case err != nil, len(c.Audience) == 0 && len(claims.Audience) > 0:
		return user, time.Time{}, ErrAudience
	case !known:
		return "", time.Time{}, ErrNoUser
	}
	return user, until, nil
}

// verify checks the signature with the keys that the token may be signed with: the one that it
// names, or all if it names none.
func (c *Checker) verify(
	t *jwt.JSONWebToken,
) (claims jwt.Claims, all map[string]json.RawMessage, err error) {
	head := t.Headers[0]
	err = ErrKey
	for _, k := range c.keys {
		if head.KeyID != "" && k.id != head.KeyID ||
			!slices.Contains(k.algs, jose.SignatureAlgorithm(head.Algorithm)) {
			continue
		}
		if t.Claims(k.value, &all) == nil {
			if t.UnsafeClaimsWithoutVerification(&claims) != nil { // they were verified in the line above
				return jwt.Claims{}, nil, ErrClaims
			}
			return claims, all, nil
		}
		err = ErrSignature
	}
	return jwt.Claims{}, nil, err
}

// user reads the user's name.
func (c *Checker) user(all map[string]json.RawMessage) (name string, ok bool) {
	if json.Unmarshal(all[c.UserClaim], &name) != nil {
		return "", false
	}
	if name == "" || len(name) > longestName || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, isControl) {
		return "", false
	}
	return name, true
}

// isControl reports whether a character cannot stand in a field for a back end.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }
