package htpasswd

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// counted counts how often a hash is made.
type counted struct {
	is string
	n  int
}

func (c *counted) MatchesPassword(pw string) bool { c.n++; return pw == c.is }

// counting replaces the hashes of a file.
func counting(f *File) map[string]*counted {
	all := map[string]*counted{}
	for name, h := range f.users.Load().of {
		c := &counted{is: "welcome"}
		h.password, all[name] = c, c
	}
	return all
}

func open(t *testing.T, text string) *File {
	t.Helper()
	f, err := Open(write(t, filepath.Join(t.TempDir(), "users"), text))
	require.NoError(t, err)
	f.hasher = newHasher(1)
	return f
}

// How long a refusal takes tells neither which names there are nor who has a hash that is made
// faster.
func TestFile_RefusalCostsTheSlowestHash(t *testing.T) {
	for _, file := range []string{
		"fast:" + made["SHA-1"] + "\nmiddle:" + made["SHA-512 with rounds"] + "\nslow:" +
			lines[len("# users\njoe:"):strings.Index(lines, "\nann")] + "\n",
		"slow:" + strings.Replace(made["bcrypt"], "04", "05", 1) + "\nfast:" + made["MD5"] + "\nmiddle:" +
			made["bcrypt"] + "\n",
		"fast:" + made["SHA-512"] + "\nmiddle:" +
			strings.Replace(made["SHA-512 with rounds"], "1000", "90000", 1) + "\nslow:" +
			strings.Replace(made["SHA-512 with rounds"], "1000", "100000", 1) + "\n",
	} {
		f := open(t, file)
		count := counting(f)
		for _, user := range []string{"nobody", "", "fast", "middle", "slow"} {
			count["slow"].n = 0
			require.False(t, f.Check(t.Context(), user, "sesame"))
			require.Equal(t, 1, count["slow"].n, user)
		}
	}
}

// A password that was right is not hashed again for a while.
func TestFile_RemembersWhatWasRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, lines)
		count := counting(f)
		for range 3 {
			require.True(t, f.Check(t.Context(), "joe", "welcome"))
		}
		require.Equal(t, 1, count["joe"].n)
		require.False(t, f.Check(t.Context(), "joe", "sesame"))
		require.False(t, f.Check(t.Context(), "jim", "welcome"))
		require.Equal(t, 3, count["joe"].n)
		require.True(t, f.Check(t.Context(), "ann", "welcome"))
		require.Equal(t, 1, count["ann"].n)
		time.Sleep(remembered)
		require.True(t, f.Check(t.Context(), "joe", "welcome"))
		require.Equal(t, 4, count["joe"].n, "nothing is remembered for ever")

		write(t, f.name, strings.ReplaceAll(lines, "joe:", "joe:"+made["SHA-1"]+":"))
		require.NoError(t, f.Reload())
		count = counting(f)
		require.True(t, f.Check(t.Context(), "joe", "welcome"))
		require.Equal(t, 1, count["joe"].n, "another hash is another password")
		write(t, f.name, strings.ReplaceAll(lines, "joe:", "jim:"))
		require.NoError(t, f.Reload())
		require.False(t, f.Check(t.Context(), "joe", "welcome"))
	})
}

func TestVerified_IsBounded(t *testing.T) {
	v, h := newVerified(), &hash{text: "hash"}
	name := func(i int) string { return strings.Repeat("x", i) }
	for i := range mostVerified + 10 {
		v.add(h, "joe", name(i))
		v.add(h, "joe", name(i))
	}
	require.Len(t, v.till, mostVerified)
	require.Len(t, v.age, mostVerified)
	require.False(t, v.has(h, "joe", name(9)))
	require.True(t, v.has(h, "joe", name(10)))
	require.True(t, v.has(h, "joe", name(mostVerified+9)))
	require.False(t, v.has(&hash{text: "other"}, "joe", name(10)))
}

// blocked stands for a slow hash.
type blocked chan bool

func (b blocked) MatchesPassword(string) bool { return <-b }

// Wrong passwords of one client keep nobody else out: not those whose password was right before,
// and not those who are new.
func TestFile_WrongPasswordsKeepNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, lines)
		require.True(t, f.Check(t.Context(), "bob", "welcome"))
		release := make(blocked)
		f.users.Load().slowest.password = release
		flood := auth.WithClientNetwork(t.Context(), &net.TCPAddr{IP: net.ParseIP("2001:db8::1")})
		for i := range 250 {
			flood := auth.WithClientNetwork(t.Context(),
				&net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 1000 + i})
			go f.Check(flood, "nobody", "guess")
			synctest.Wait()
		}
		in := make(chan string, 3)
		go func() {
			if f.Check(auth.WithClientNetwork(t.Context(), &net.TCPAddr{IP: net.ParseIP("2001:db8:0:1::1")}),
				"ann", "welcome") {
				in <- "ann"
			}
		}()
		synctest.Wait()
		require.True(t, f.Check(flood, "bob", "welcome"), "without waiting")
		release <- false // the check in progress, and one that waited
		release <- false
		synctest.Wait()
		require.Equal(t, "ann", <-in)
		close(release)
		synctest.Wait()
		require.Equal(t, 1, f.hasher.queue.free)
	})
}
