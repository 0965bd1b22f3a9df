package callout

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// mostCached bounds the answers that are remembered.
const mostCached = 4096

// cache remembers who was let in. It holds sums of questions by a key that never leaves the
// process, and no credentials. All methods do nothing on a nil one.
type cache struct {
	life time.Duration
	key  [sha256.Size]byte

	mu      sync.Mutex
	answers *simplelru.LRU[[sha256.Size]byte, answer]
}

type answer struct {
	user string
	till time.Time
}

func newCache(life time.Duration) *cache {
	if life <= 0 {
		return nil
	}
	c := &cache{life: life}
	_, _ = rand.Read(c.key[:]) // never fails
	// NewLRU fails with a size of 0 only.
	c.answers, _ = simplelru.NewLRU[[sha256.Size]byte, answer](mostCached, nil)
	return c
}

// sum identifies a question.
func (c *cache) sum(q *http.Request) (s [sha256.Size]byte) {
	m := hmac.New(sha256.New, c.key[:])
	_ = q.Header.Write(m) // sorted by name, and never fails
	m.Sum(s[:0])
	return s
}

// get returns the user of a question that was answered a short time ago. One without credentials is
// asked again each time.
func (c *cache) get(q *http.Request) (user string, ok bool) {
	if c == nil || q.Header.Get("Authorization") == "" {
		return "", false
	}
	s := c.sum(q)
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.answers.Get(s)
	return a.user, ok && time.Now().Before(a.till)
}

func (c *cache) put(q *http.Request, user string) {
	if c == nil || q.Header.Get("Authorization") == "" {
		return
	}
	s := c.sum(q)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers.Add(s, answer{user, time.Now().Add(c.life)})
}
