// Package htpasswd checks passwords against the files that Apache's htpasswd makes, for
// [auth.BasicAuth]. It is a package of its own so that other programs do not link the hash
// functions.
//
//	users, err := htpasswd.Open("/etc/khp/users")
//	basic := auth.BasicAuth{Realm: "khp", Check: users.Check}
//	h := &transport.Handler{Authenticator: basic, Serve: serve}
//
// A line is USER:HASH or USER:HASH:comment. Hashes are made by bcrypt (htpasswd -B, to be
// preferred; cost 4 to 16), MD5 (-m; $apr1$ or $1$), SHA-256 or SHA-512 crypt (-2, -5; up to a
// million rounds) or SHA-1 (-s; {SHA} or {SSHA}). All else is refused when the file is read:
// passwords in the clear, traditional crypt, a hash that is cut off or that no password has, and a
// user with two lines.
//
// Hashing is slow on purpose, and any client can cause it. All files of a process therefore hash on
// half of its processors, in turn for each client address (the /64 network of an IPv6 address), so
// that one client who guesses passwords delays others by no more than the password being checked.
// 256 checks may wait; beyond that the newest of the client that has most is refused by
// [auth.TryLater]. A password that was right is remembered for a quarter of an hour, as a keyed
// hash in memory, and is then checked without hashing.
package htpasswd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"example.com/khp/transport/auth"
)

// File is the content of a file. It is safe for concurrent use.
type File struct {
	name   string
	users  atomic.Pointer[users]
	hasher *hasher
}

// users are those of one reading.
type users struct {
	of      map[string]*hash
	slowest *hash
}

// Open reads a file. It must have at least one user, and no line that cannot be understood.
func Open(name string) (*File, error) {
	f := &File{name: name, hasher: shared}
	if err := f.Reload(); err != nil {
		return nil, err
	}
	return f, nil
}

// Reload reads the file again. If that fails the users stay as they were.
func (f *File) Reload() error {
	text, err := os.ReadFile(f.name)
	if err != nil {
		return fmt.Errorf("htpasswd: %w", err)
	}
	u, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("htpasswd: %s: %w", f.name, err)
	}
	f.users.Store(u)
	return nil
}

// longest is the length of a password in bytes, as the htpasswd command takes it. The hashes but
// bcrypt take time with the length.
const longest = 255

// retry is when a client may come again whose password could not be checked.
const retry = 5 * time.Second

// Check reports whether the user has that password, of 255 bytes at most. It is a
// [auth.PasswordCheck]. The check of a wrong password, or of a user who does not exist, takes as
// long as the slowest hash of the file. If ctx ends before it is this client's turn, or too many
// checks wait already, the user is not let in; Check reports the latter with [auth.TryLater].
func (f *File) Check(ctx context.Context, user, password string) bool {
	if len(password) > longest {
		return false
	}
	h := f.hasher
	if h.verified.has(f.users.Load().of[user], user, password) {
		return true
	}
	switch err := h.queue.take(ctx, auth.ClientNetwork(ctx)); {
	case errors.Is(err, errFull):
		auth.TryLater(ctx, retry)
		return false
	case err != nil:
		return false
	}
	defer h.queue.give()
	u := f.users.Load()
	own := u.of[user]
	switch {
	case h.verified.has(own, user, password): // by another connection while this one waited
		return true
	case own != nil && own.matches(password):
		h.verified.add(own, user, password)
		return true
	case own != u.slowest:
		u.slowest.matches(password)
	}
	return false
}

// parse reads the text of a file. Errors do not quote it.
func parse(text string) (*users, error) {
	u := &users{of: make(map[string]*hash)}
	lines := make(map[string]int)
	number := 0
	// The mark that Windows editors begin a file with.
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, h, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if first := lines[user]; first != 0 {
			return nil, fmt.Errorf("line %d: the user of line %d again; leave one line for each user",
				number, first)
		}
		u.of[user], lines[user] = h, number
		if u.slowest == nil || h.price > u.slowest.price {
			u.slowest = h
		}
	}
	if u.slowest == nil {
		return nil, errors.New("no users in it; htpasswd -B FILE USER adds one")
	}
	return u, nil
}
