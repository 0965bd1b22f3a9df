package gateway

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Signed tokens are made and judged without the library that the gateway uses, by RFC 7515, 7518
// and 7519 alone.

// modelKey is a key of an issuer.
type modelKey struct {
	id, alg string
	jwk     string // its entry in the key set
	sign    func(text []byte) []byte
}

var b64 = base64.RawURLEncoding.EncodeToString

// modelKeys are all keys that there ever are: two of the same kind, and one of each other kind.
var modelKeys = func() []*modelKey {
	shared := []byte("a shared key must have 32 bytes!")
	mac := func(secret []byte) func([]byte) []byte {
		return func(text []byte) []byte {
			m := hmac.New(sha256.New, secret)
			_, _ = m.Write(text)
			return m.Sum(nil)
		}
	}
	r, _ := rsa.GenerateKey(rand.Reader, 2048)
	public, _ := x509.MarshalPKIXPublicKey(&r.PublicKey)
	asText := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	keys := []*modelKey{ecKey("1"), ecKey("2"), {"3", "EdDSA",
		fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":"3","x":%q}`,
			b64(ed.Public().(ed25519.PublicKey))),
		func(text []byte) []byte { return ed25519.Sign(ed, text) }}, {"4", "RS256",
		fmt.Sprintf(`{"kty":"RSA","kid":"4","alg":"RS256","n":%q,"e":%q}`, b64(r.N.Bytes()),
			b64(big.NewInt(int64(r.E)).Bytes())),
		func(text []byte) []byte {
			sum := sha256.Sum256(text)
			s, _ := rsa.SignPKCS1v15(rand.Reader, r, crypto.SHA256, sum[:])
			return s
		}}, {"5", "HS256", fmt.Sprintf(`{"kty":"oct","kid":"5","k":%q}`, b64(shared)), mac(shared)}}
	// those of attackers, in no set: their own, the public key of another kind as a secret, and an
	// algorithm that the set does not allow to the key
	return append(keys, &modelKey{"1", "ES256", "", ecKey("1").sign},
		&modelKey{"4", "HS256", "", mac(asText)}, &modelKey{"4", "HS256", "", mac(public)},
		&modelKey{"4", "HS256", "", mac(r.N.Bytes())}, &modelKey{"5", "HS256", "", mac(nil)},
		&modelKey{"4", "PS256", "", func(text []byte) []byte {
			sum := sha256.Sum256(text)
			s, _ := rsa.SignPSS(rand.Reader, r, crypto.SHA256, sum[:], nil)
			return s
		}})
}()

const realKeys = 5 // of modelKeys

func ecKey(id string) *modelKey {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	point, _ := k.PublicKey.Bytes() // 4, x, y
	return &modelKey{id, "ES256", fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":%q,"x":%q,"y":%q}`, id,
		b64(point[1:33]), b64(point[33:])), func(text []byte) []byte {
		sum := sha256.Sum256(text)
		r, s, _ := ecdsa.Sign(rand.Reader, k, sum[:])
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}}
}

// signedToken is a token by its claims.
type signedToken struct {
	by     *modelKey // nil signs nothing
	alg    string    // that it says
	kid    string    // likewise
	extra  string    // further elements of its head
	claims map[string]any
	spoilt string // payload, signature: changed after it was signed
}

// text is the token as it is sent. [RFC 7515 7.1]
func (t *signedToken) text() string {
	head := fmt.Sprintf(`{"alg":%q`, t.alg)
	if t.kid != "" {
		head += fmt.Sprintf(`,"kid":%q`, t.kid)
	}
	claims, _ := json.Marshal(t.claims)
	text := b64([]byte(head+t.extra+"}")) + "." + b64(claims)
	var signature []byte
	if t.by != nil {
		signature = t.by.sign([]byte(text))
	}
	switch t.spoilt {
	case "payload":
		claims = []byte(strings.Replace(string(claims), "joe", "ann", 1))
		text = text[:strings.IndexByte(text, '.')+1] + b64(claims)
	case "signature":
		signature[0] ^= 1
	}
	return text + "." + b64(signature)
}

// judge says whom a token stands for at a route and until when. user is known with a wrong one,
// too, if the signature is right.
func (t *signedToken) judge(keys []*modelKey, g *guarded) (user string, until time.Time, ok bool) {
	switch {
	case t == nil, t.by == nil, !slices.Contains(keys, t.by), // nobody whose key is in the set
		t.alg != t.by.alg, t.kid != "" && t.kid != t.by.id, t.extra != "",
		t.spoilt == "payload" && fmt.Sprint(t.claims[g.claim]) == "joe", t.spoilt == "signature":
		return "", until, false
	}
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, number := t.claims[name].(int64); !number && t.claims[name] != nil {
			return "", until, false
		}
	}
	user, _ = t.claims[g.claim].(string)
	at := func(name string) (when time.Time, there bool) {
		seconds, there := t.claims[name].(int64)
		return time.Unix(seconds, 0), there
	}
	now := time.Now()
	exp, expires := at("exp")
	nbf, _ := at("nbf")
	iat, _ := at("iat")
	audience := slices.Contains(audiencesOf(t.claims["aud"]), g.audience)
	if g.audience == "" {
		audience = len(audiencesOf(t.claims["aud"])) == 0
	}
	until = exp.Add(g.leeway)
	ok = expires && now.Before(until) && // "on or after which", RFC 7519 4.1.4
		!now.Before(nbf.Add(-g.leeway)) && !now.Before(iat.Add(-g.leeway)) &&
		(g.issuer == "" || t.claims["iss"] == g.issuer) && audience && user != ""
	return user, until, ok
}

func audiencesOf(claim any) []string {
	switch aud := claim.(type) {
	case string:
		return []string{aud}
	case []string:
		return aud
	}
	return nil
}

// makeToken makes a token that is right for joe or ann at a route, or has one twist.
func makeToken(user, twist string, s *settings, g *guarded, n int) *signedToken {
	key := s.keys[n%len(s.keys)]
	now, life := time.Now().Unix(), int64(5+10*(n%7))
	claims := map[string]any{"sub": user, "name": user, "exp": now + life}
	if g.issuer != "" {
		claims["iss"] = g.issuer
	}
	if g.audience != "" {
		claims["aud"] = []any{g.audience, []string{"other", g.audience}}[n%2]
	}
	t := &signedToken{by: key, alg: key.alg, kid: []string{key.id, ""}[n%2], claims: claims}
	leeway := int64(g.leeway / time.Second)
	switch twist {
	case "expired":
		claims["exp"] = now - leeway - []int64{0, 1, 1 << 40, -1}[n%4]
	case "early":
		claims["nbf"] = now + leeway + []int64{0, 1, 2, 1 << 40}[n%4]
	case "future":
		claims["iat"] = now + leeway + int64(n%3)
	case "forever":
		delete(claims, "exp")
	case "words":
		claims[[]string{"exp", "nbf", "iat"}[n%3]] = "tomorrow"
	case "issuer":
		claims["iss"] = []any{g.issuer + "/", "", nil, "khp"}[n%4]
	case "audience":
		claims["aud"] = []any{"other", []string{}, nil, strings.ToUpper(modelAudience),
			[]string{"x", "y"}, modelAudience + " "}[n%6]
	case "user":
		claims[g.claim] = []any{"", nil}[n%2]
	case "none":
		t.by, t.alg = nil, []string{"none", "None", "", "HS256"}[n%4]
	case "attacker":
		t.by = modelKeys[realKeys+n%(len(modelKeys)-realKeys)]
		t.alg, t.kid = t.by.alg, []string{t.by.id, ""}[n/8%2]
	case "retired": // or not: any key that there is
		t.by = modelKeys[n%realKeys]
		t.alg, t.kid = t.by.alg, t.by.id
	case "algorithm":
		t.alg = []string{"RS256", "HS256", "ES256", "EdDSA", "PS256"}[n%5]
	case "kid":
		t.kid = []string{"9", "1", "2", "3", "4", "5"}[n%6]
	case "payload", "signature":
		t.spoilt = twist
	case "head":
		t.extra = []string{`,"crit":["exp"],"exp":1`, `,"crit":["x"],"x":1`}[n%2]
	}
	for name, v := range claims {
		if v == nil {
			delete(claims, name)
		}
	}
	return t
}
