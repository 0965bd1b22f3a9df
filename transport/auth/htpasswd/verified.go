package htpasswd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	remembered   = 15 * time.Minute
	mostVerified = 4096
)

// verified remembers which passwords were right, for a while from when that was found out. It holds
// no password, only sums by a key that never leaves the process. The hash of the user is part of
// the sum, so that nothing is left of a password that was changed.
type verified struct {
	key  [32]byte
	mu   sync.Mutex
	till map[sum]time.Time
	age  []sum // the keys of till in a ring, the oldest at next once it is full
	next int
}

type sum [sha256.Size]byte

func newVerified() *verified {
	v := &verified{till: make(map[sum]time.Time)}
	_, _ = rand.Read(v.key[:]) // never fails
	return v
}

// of is the sum of a password of a user. Neither a hash nor a name has the character that ends it
// here.
func (v *verified) of(h *hash, user, password string) (s sum) {
	m := hmac.New(sha256.New, v.key[:])
	_, _ = m.Write([]byte(h.text + "\n" + user + ":" + password))
	m.Sum(s[:0])
	return s
}

// has reports whether that password was right a short time ago. There is no hash for a user who
// does not exist.
func (v *verified) has(h *hash, user, password string) bool {
	if h == nil {
		return false
	}
	s := v.of(h, user, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	return time.Now().Before(v.till[s])
}

// add notes that the password is right. It takes the place of the oldest one if there are too many.
func (v *verified) add(h *hash, user, password string) {
	s := v.of(h, user, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.till[s]; !known {
		if len(v.age) < mostVerified {
			v.age = append(v.age, s)
		} else {
			delete(v.till, v.age[v.next])
			v.age[v.next], v.next = s, (v.next+1)%mostVerified
		}
	}
	v.till[s] = time.Now().Add(remembered)
}
