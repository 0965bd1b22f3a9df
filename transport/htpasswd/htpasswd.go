// Package htpasswd checks passwords against the files that Apache's htpasswd makes, for [transport.BasicAuth]. It is a package of its own so that nobody else links the
// hash functions.
//
//	users, err := htpasswd.Open("/etc/khp/users")
//	h := &transport.Handler{Authenticator: transport.BasicAuth{Realm: "khp", Check: users.Check}, Serve: serve}
//
// Lines are hashed by bcrypt (htpasswd -B, to be preferred), MD5 (-m), SHA-1 (-s, or salted) or crypt with SHA-256 or SHA-512 (-2, -5). Passwords in the clear are refused, and with
// them whatever hash is not known.
package htpasswd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"

	apache "github.com/tg123/go-htpasswd"
)

// File is the content of a file. It may be used by many goroutines at once.
type File struct {
	name  string
	users atomic.Pointer[users]
}

// users are those of one reading.
type users struct {
	file  *apache.File
	decoy string // somebody who is in it
}

// Open reads a file. It must have at least one user, and no line that cannot be understood.
func Open(name string) (*File, error) {
	f := &File{name: name}
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
	u, err := parse(text)
	if err != nil {
		return fmt.Errorf("htpasswd: %s: %w", f.name, err)
	}
	f.users.Store(u)
	return nil
}

// turns are held while hashing, for whatever file.
var turns = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// longest is the length of a password in bytes, as the htpasswd command takes it. The hashes but bcrypt take time with the length.
const longest = 255

// Check reports whether the user has that password, of 255 bytes at most. For a user who does not exist it takes as long as for the first one in the file. Hashing is
// slow on purpose and anybody may ask for it, so half of the processors do it and the rest is left to others; who has to wait until ctx ends is not let in. It is a
// [transport.PasswordCheck].
func (f *File) Check(ctx context.Context, user, password string) bool {
	if len(password) > longest {
		return false
	}
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return false
	}
	u := f.users.Load()
	if u.file.Exists(user) {
		return u.file.Match(user, password)
	}
	_ = u.file.Match(u.decoy, password)
	return false
}

// systems are the hashes that are understood. The last one takes what no other does, which would be a password in the clear.
var systems = []apache.PasswdParser{apache.AcceptBcrypt, apache.AcceptMd5, apache.AcceptSha, apache.AcceptSsha, apache.AcceptCryptSha, apache.RejectPlain}

// parse reads the text of a file. Errors do not quote it.
func parse(text []byte) (*users, error) {
	u := &users{}
	number := 0
	var clean bytes.Buffer
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		bad := error(nil)
		_, err := apache.NewFromReader(strings.NewReader(line), systems, func(err error) { bad = err })
		name, _, ok := strings.Cut(line, ":")
		if err != nil || bad != nil || !ok {
			return nil, fmt.Errorf("line %d: expected USER:HASH with a hash by bcrypt, MD5, SHA-1 or crypt, as htpasswd -B makes it", number)
		}
		if clean.Len() == 0 {
			u.decoy = name
		}
		clean.WriteString(line + "\n")
	}
	if clean.Len() == 0 {
		return nil, errors.New("no users in it")
	}
	var err error
	u.file, err = apache.NewFromReader(&clean, systems, nil)
	return u, err
}
