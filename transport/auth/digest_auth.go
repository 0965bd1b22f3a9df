package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire/credentials"
)

// DigestAuth asks for a name and proof of a password, which stays with the client. [RFC 7616] The
// principal is the name, a string. Credentials are good for one request and one minute; if they
// come too late, or once more, the client is asked again without being told that they are wrong.
// After wrong ones DigestAuth asks again, as [BasicAuth] does.
//
// Use it as a pointer. It remembers used credentials, so it protects one process; the zero value of
// the unexported fields is right.
type DigestAuth struct {
	Realm string
	// HA1 returns the hash of user, realm and password that [credentials.DigestAlgorithm.HA1] makes
	// for Algorithm; ok is false if there is no such user. See [DigestUsers].
	HA1       func(ctx context.Context, user string) (ha1 string, ok bool)
	Algorithm credentials.DigestAlgorithm // 0 is SHA-256; one for sessions is the same without

	nonces nonces
}

// DigestUsers finds users in memory, where it keeps hashes of their passwords, for [DigestAuth]
// with that realm and algorithm.
func DigestUsers(
	realm string, a credentials.DigestAlgorithm, passwords map[string]string,
) func(ctx context.Context, user string) (ha1 string, ok bool) {
	if a == 0 {
		a = credentials.DigestSHA256
	}
	list := make(map[string]string, len(passwords))
	for user, password := range passwords {
		list[user] = a.HA1(user, realm, password)
	}
	return func(_ context.Context, user string) (string, bool) {
		ha1, ok := list[user]
		return ha1, ok
	}
}

// Validate refuses an authenticator that cannot work: without HA1 no client could be let in.
func (a *DigestAuth) Validate() error {
	switch {
	case a == nil || a.HA1 == nil:
		return errors.New("auth: DigestAuth.HA1 is nil; use DigestUsers, or a function that knows the " +
			"hashes")
	case a.algorithm().String() == "":
		return errors.New("auth: DigestAuth.Algorithm is " + strconv.Itoa(int(a.Algorithm)) +
			"; use one of package wire, or 0 for SHA-256")
	}
	return validRealm("DigestAuth", a.Realm)
}

// Authenticate implements [Authenticator].
func (a *DigestAuth) Authenticate(ctx context.Context, r *endpoint.Request) (Verdict, error) {
	if err := a.Validate(); err != nil {
		return Verdict{}, err
	}
	scheme, value := r.Credentials()
	if !strings.EqualFold(scheme, "Digest") {
		return a.challenge(r, false)
	}
	d, err := credentials.ParseDigest([]byte(value))
	issued := err == nil && a.nonces.issued(d.Nonce)
	switch {
	case err != nil || d.UserHash || !d.Auth || d.Realm != a.Realm || d.Algorithm != a.algorithm() ||
		!samePath(d.URI, r):
		return a.challenge(r, false)
	case !issued:
		return a.challenge(r, true)
	}
	ha1, known := a.HA1(ctx, d.User)
	if !known {
		ha1 = d.Nonce // as long to compute with
	}
	switch {
	case !d.Verify(ha1, "GET") || !known:
		v, err := a.challenge(r, false)
		if err != nil {
			return v, err
		}
		return notAccepted(v.Challenges[0], d.User), nil
	case !a.nonces.use(d.Nonce):
		return a.challenge(r, true)
	}
	return Verdict{Allow: true, Principal: d.User}, nil
}

// samePath compares the path byte for byte, without the query, which some clients leave out.
// place.SamePath is too lenient for a right.
func samePath(uri string, r *endpoint.Request) bool {
	path, _, _ := strings.Cut(uri, "?")
	return path == r.Path()
}

func (a *DigestAuth) algorithm() credentials.DigestAlgorithm {
	if a.Algorithm == 0 {
		return credentials.DigestSHA256
	}
	return a.Algorithm
}

// challenge asks for credentials with a new nonce.
func (a *DigestAuth) challenge(r *endpoint.Request, stale bool) (Verdict, error) {
	c := credentials.DigestChallenge{Realm: a.Realm, Nonce: a.nonces.issue(), Algorithm: a.algorithm(),
		Auth: true, Stale: stale}
	var prefix []byte
	if r.Kaazing() {
		prefix = []byte("Application ")
	}
	b, err := credentials.AppendDigestChallenge(prefix, c)
	return Verdict{Challenges: []string{string(b)}}, err
}

// nonceLife is how long a nonce is good.
const nonceLife = time.Minute

// nonces makes and recognizes the nonces of one server. It recognizes them by its signature, and
// remembers only those that were used, for as long as they are good.
type nonces struct {
	mu  sync.Mutex
	key []byte
	// When the key was made: times are counted from there, because a clock that is set would bring
	// used nonces back to life.
	born    time.Time
	turn    time.Time           // when used became before
	used    map[string]struct{} // since turn
	earlier map[string]struct{} // in the time before
}

// signed is a nonce for that end of its life and those random bytes.
func (n *nonces) signed(head []byte) string {
	key, _ := n.secret()
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(head)
	return base64.RawURLEncoding.EncodeToString(h.Sum(head))
}

// secret returns the key and how long there has been one.
func (n *nonces) secret() (key []byte, age time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.key == nil {
		n.key, n.born = make([]byte, sha256.Size), time.Now()
		_, _ = rand.Read(n.key) // never fails
	}
	return n.key, time.Since(n.born)
}

const nonceHead = 8 + 16 // age of the key at the end of life in nanoseconds, random bytes

func (n *nonces) issue() string {
	_, age := n.secret()
	head := binary.BigEndian.AppendUint64(make([]byte, 0, nonceHead+sha256.Size),
		uint64(age+nonceLife))
	head = head[:nonceHead]
	_, _ = rand.Read(head[8:])
	return n.signed(head)
}

// issued reports whether it is a nonce of ours, and still good.
func (n *nonces) issued(nonce string) bool {
	b, _ := base64.RawURLEncoding.DecodeString(nonce) // text that is no base64 is not signed
	if len(b) != nonceHead+sha256.Size {
		return false
	}
	end := time.Duration(binary.BigEndian.Uint64(b))
	_, age := n.secret()
	return hmac.Equal([]byte(n.signed(b[:nonceHead])), []byte(nonce)) && age < end
}

// use reports whether nonce was not used before, and remembers it.
func (n *nonces) use(nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := time.Now(); now.Sub(n.turn) >= nonceLife {
		n.earlier, n.used, n.turn = n.used, make(map[string]struct{}), now
	}
	_, now := n.used[nonce]
	_, before := n.earlier[nonce]
	if now || before {
		return false
	}
	n.used[nonce] = struct{}{}
	return true
}
