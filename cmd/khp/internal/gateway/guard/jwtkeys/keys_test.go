package jwtkeys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"
)

var now = time.Unix(1_800_000_000, 0)

// keyFile writes a JSON Web Key Set.
func keyFile(t *testing.T, keys ...any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return name
}

// token signs claims.
func token(
	t *testing.T, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any,
) string {
	t.Helper()
	o := &jose.SignerOptions{}
	if kid != "" {
		o.WithHeader("kid", kid)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
	require.NoError(t, err)
	text, err := jwt.Signed(s).Claims(claims).Serialize()
	require.NoError(t, err)
	return text
}

// good are claims that are accepted, changed by pairs of name and value; nil leaves a claim out.
func good(changes ...any) map[string]any {
	claims := map[string]any{"sub": "joe", "iss": "https://id.example", "aud": "khp",
		"exp": now.Unix() + 600}
	for i := 0; i < len(changes); i += 2 {
		claims[changes[i].(string)] = changes[i+1]
		if changes[i+1] == nil {
			delete(claims, changes[i].(string))
		}
	}
	return claims
}

var (
	rsaKey, _   = rsa.GenerateKey(rand.Reader, 2048)
	ecKey, _    = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, _ = ed25519.GenerateKey(rand.Reader)
	sharedKey   = []byte(strings.Repeat("secret-", 10))
	otherKey, _ = rsa.GenerateKey(rand.Reader, 2048)
	allPublic   = []any{jose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "r"}, jose.JSONWebKey{
		Key: &ecKey.PublicKey, KeyID: "e",
	}, jose.JSONWebKey{Key: edKey.Public(), KeyID: "o"}, jose.JSONWebKey{Key: sharedKey, KeyID: "s"}}
	expectations = Settings{Issuer: "https://id.example", Audience: []string{"other", "khp"}}
)

func open(t *testing.T, s Settings, keys ...any) *Checker {
	t.Helper()
	s.File = keyFile(t, keys...)
	c, err := Open(s)
	require.NoError(t, err)
	return c
}

func TestChecker_Algorithms(t *testing.T) {
	c := open(t, expectations, allPublic...)
	for alg, key := range map[jose.SignatureAlgorithm]any{
		jose.RS256: rsaKey, jose.RS512: rsaKey, jose.PS384: rsaKey, jose.ES256: ecKey, jose.EdDSA: edKey,
		jose.HS256: sharedKey, jose.HS512: sharedKey,
	} {
		for _, kid := range []string{"", map[any]string{rsaKey: "r", ecKey: "e"}[ptr(key)]} {
			user, until, err := c.Check(token(t, alg, key, kid, good()), now)
			require.NoError(t, err, alg)
			require.Equal(t, "joe", user)
			require.True(t, until.Equal(now.Add(600*time.Second+DefaultLeeway)), until)
		}
	}
}

// ptr is a key that can be compared, nil if it is none.
func ptr(key any) any {
	switch key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		return key
	}
	return nil
}

func TestChecker_Claims(t *testing.T) {
	at := now.Unix()
	for name, c := range map[string]struct {
		claims map[string]any
		user   string
		want   error
	}{
		"good":                {good(), "joe", nil},
		"audiences":           {good("aud", []string{"x", "khp"}), "joe", nil},
		"expired a bit":       {good("exp", at-29), "joe", nil},
		"expired":             {good("exp", at-31), "joe", ErrExpired},
		"expired just now":    {good("exp", at-30), "joe", ErrExpired},
		"expired long ago":    {good("exp", 0), "joe", ErrExpired},
		"never expires":       {good("exp", nil), "joe", ErrNoExpiry},
		"expiry is no number": {good("exp", "tomorrow"), "", ErrClaims},
		"early a bit":         {good("nbf", at+29), "joe", nil},
		"early":               {good("nbf", at+31), "joe", ErrTooEarly},
		"from the future":     {good("iat", at+31), "joe", ErrTooEarly},
		"other issuer":        {good("iss", "https://id.example/"), "joe", ErrIssuer},
		"no issuer":           {good("iss", nil), "joe", ErrIssuer},
		"other audience":      {good("aud", "KHP"), "joe", ErrAudience},
		"no audience":         {good("aud", nil), "joe", ErrAudience},
		"no user":             {good("sub", nil), "", ErrNoUser},
		"empty user":          {good("sub", ""), "", ErrNoUser},
		"user is a number":    {good("sub", 7), "", ErrClaims},
		"user with line end":  {good("sub", "joe\r\nX-User: root"), "", ErrNoUser},
		"long user":           {good("sub", strings.Repeat("u", longestName+1)), "", ErrNoUser},
	} {
		t.Run(name, func(t *testing.T) {
			user, until, err := open(t, expectations, allPublic...).
				Check(token(t, jose.ES256, ecKey, "e", c.claims), now)
			require.Equal(t, c.want, err)
			require.Equal(t, c.user, user)
			require.Equal(t, err != nil, until.IsZero())
		})
	}
	c := open(t, Settings{UserClaim: "preferred_username", Leeway: -1}, allPublic...)
	user, _, err := c.Check(token(t, jose.ES256, ecKey, "e",
		good("aud", nil, "preferred_username", "ann")), now)
	require.NoError(t, err, "whoever signed it")
	require.Equal(t, "ann", user)
	_, _, err = c.Check(token(t, jose.ES256, ecKey, "e", good("preferred_username", "ann")), now)
	require.Equal(t, ErrAudience, err, "it is for another audience than nobody")
	_, _, err = c.Check(token(t, jose.ES256, ecKey, "e", good("aud", nil, "exp", at-1)), now)
	require.Equal(t, ErrExpired, err, "no leeway")
}

// Known ways of forging tokens.
func TestChecker_Forged(t *testing.T) {
	c := open(t, expectations, allPublic...)
	payload, _ := json.Marshal(good())
	b64 := base64.RawURLEncoding.EncodeToString
	head := func(text string) string { return b64([]byte(text)) + "." + b64(payload) + "." }
	publicPEM, err := jose.JSONWebKey{Key: &rsaKey.PublicKey}.MarshalJSON()
	require.NoError(t, err)
	right := token(t, jose.ES256, ecKey, "e", good())
	parts := strings.Split(right, ".")
	embedded := func() string {
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: otherKey},
			&jose.SignerOptions{EmbedJWK: true})
		require.NoError(t, err)
		text, err := jwt.Signed(s).Claims(good()).Serialize()
		require.NoError(t, err)
		return text
	}()
	encrypter, err := jose.NewEncrypter(jose.A128GCM,
		jose.Recipient{Algorithm: jose.RSA_OAEP, Key: &rsaKey.PublicKey}, nil)
	require.NoError(t, err)
	encrypted, err := jwt.Encrypted(encrypter).Claims(good()).Serialize()
	require.NoError(t, err)
	for name, text := range map[string]string{
		"empty": "", "no token": "x", "two parts": "a.b", "four parts": right + ".x",
		"none": head(`{"alg":"none"}`), "None": head(`{"alg":"None"}`) + "x", "no alg": head(`{}`) + "x",
		"public key as secret": token(t, jose.HS256, publicPEM, "r", good()),
		"same, without kid":    token(t, jose.HS256, publicPEM, "", good()),
		"another key":          token(t, jose.RS256, otherKey, "r", good()),
		"unknown kid":          token(t, jose.RS256, rsaKey, "x", good()),
		"kid of another type":  token(t, jose.RS256, rsaKey, "e", good()),
		"own key in head":      embedded, "encrypted": encrypted, "signature cut": right[:len(right)-3],
		"no signature": parts[0] + "." + parts[1] + ".",
		"other claims": parts[0] + "." + b64([]byte(strings.Replace(string(payload), "joe", "ann", 1))) +
			"." + parts[2], "critical": head(`{"alg":"ES256","crit":["x"],"x":1}`) + parts[2],
		"JSON form": `{"payload":"` + parts[1] + `","protected":"` + parts[0] +
			`","signature":"` + parts[2] + `"}`,
	} {
		user, _, err := c.Check(text, now)
		require.Error(t, err, name)
		require.Empty(t, user, name)
	}
}

// Keys may change while tokens of the old one are in use.
func TestChecker_Rotation(t *testing.T) {
	older, newer := jose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "1"},
		jose.JSONWebKey{Key: &otherKey.PublicKey, KeyID: "2"}
	of1, of2 := token(t, jose.RS256, rsaKey, "1", good()), token(t, jose.RS256, otherKey, "2", good())
	for _, c := range []struct {
		keys     []any
		one, two bool
	}{{[]any{older}, true, false}, {[]any{newer, older}, true, true}, {[]any{newer}, false, true}} {
		k := open(t, expectations, c.keys...)
		_, _, err1 := k.Check(of1, now)
		_, _, err2 := k.Check(of2, now)
		require.Equal(t, []bool{c.one, c.two}, []bool{err1 == nil, err2 == nil})
	}
}

func TestReadKeys_Refuses(t *testing.T) {
	short, _ := rsa.GenerateKey(rand.Reader, 1024)
	for name, c := range map[string]struct {
		keys []any
		want string
	}{
		"private RSA":  {[]any{jose.JSONWebKey{Key: rsaKey}}, "private"},
		"private EC":   {[]any{jose.JSONWebKey{Key: ecKey}}, "private"},
		"private OKP":  {[]any{jose.JSONWebKey{Key: edKey}}, "private"},
		"short RSA":    {[]any{jose.JSONWebKey{Key: &short.PublicKey}}, "too short"},
		"short secret": {[]any{jose.JSONWebKey{Key: []byte("hunter2")}}, "too short"},
		"same kid": {[]any{allPublic[0], jose.JSONWebKey{Key: &otherKey.PublicKey, KeyID: "r"}},
			"same kid"},
		"alg": {[]any{jose.JSONWebKey{Key: &rsaKey.PublicKey, Algorithm: "HS256"}},
			"does not fit"},
		"none": {[]any{jose.JSONWebKey{Key: &rsaKey.PublicKey, Algorithm: "none"}},
			"does not fit"},
		"unknown type":  {[]any{map[string]any{"kty": "XYZ"}}, "not known"},
		"no object":     {[]any{"x"}, "no JSON object"},
		"only to crypt": {[]any{jose.JSONWebKey{Key: &rsaKey.PublicKey, Use: "enc"}}, "no key"},
		"none at all":   {[]any{}, "no key"},
	} {
		_, err := Open(Settings{File: keyFile(t, c.keys...)})
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "hunter2")
	}
	for text, want := range map[string]string{"": "no JSON Web Key Set", "{}": "no JSON Web Key Set",
		"[]": "no JSON Web Key Set", "-----BEGIN": "no JSON Web Key Set"} {
		name := filepath.Join(t.TempDir(), "keys")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		_, err := Open(Settings{File: name})
		require.ErrorContains(t, err, want)
	}
	c := open(t, expectations, append([]any{jose.JSONWebKey{Key: &otherKey.PublicKey, Use: "enc"}},
		allPublic...)...)
	require.Len(t, c.keys, len(allPublic))
	pinned := open(t, expectations, jose.JSONWebKey{Key: &rsaKey.PublicKey, Algorithm: "RS256"})
	_, _, err := pinned.Check(token(t, jose.PS256, rsaKey, "", good()), now)
	require.Equal(t, ErrKey, err)
}
