package htpasswd

import (
	"crypto/sha1"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Lines that htpasswd has made, each for the password "welcome".
const lines = `# users
joe:$2y$05$Wz/zVYQvvRc7Z0ZPgFIql.mNu/vndggepVPYBHlCD3eWV8LEt5462
ann:$apr1$abcdefgh$2T2BfaLmc8ks8AHsfKJzj0
bob:{SHA}wLE3/i15JFnyb/djzORFdKW1qwM=

`

func write(t *testing.T, name, text string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestFile(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), "users"), lines)
	f, err := Open(name)
	require.NoError(t, err)
	for _, user := range []string{"joe", "ann", "bob"} {
		require.True(t, f.Check(t.Context(), user, "welcome"), user)
		require.False(t, f.Check(t.Context(), user, "Welcome"), user)
		require.False(t, f.Check(t.Context(), user, ""), user)
	}
	for _, user := range []string{"", "jo", "# users", "#"} {
		require.False(t, f.Check(t.Context(), user, "welcome"), user)
	}
	write(t, name, "joe:secret\n")
	require.Error(t, f.Reload())
	require.True(t, f.Check(t.Context(), "joe", "welcome"), "they stay as they were")
	write(t, name, strings.ReplaceAll(lines, "joe", "jim"))
	require.NoError(t, f.Reload())
	require.False(t, f.Check(t.Context(), "joe", "welcome"))
	require.True(t, f.Check(t.Context(), "jim", "welcome"))
}

// A name may be empty. [RFC 7617 2]
func TestFile_EmptyUser(t *testing.T) {
	sum := sha1.Sum([]byte("welcome"))
	f, err := Open(write(t, filepath.Join(t.TempDir(), "users"),
		":{SHA}"+base64.StdEncoding.EncodeToString(sum[:])+"\n"))
	require.NoError(t, err)
	require.True(t, f.Check(t.Context(), "", "welcome"))
	require.False(t, f.Check(t.Context(), "", "other"))
	require.False(t, f.Check(t.Context(), "joe", "welcome"))
}

// Files with lines that cannot be understood are refused, and nothing in them is quoted.
func TestOpen_Refuses(t *testing.T) {
	dir := t.TempDir()
	for text, says := range map[string]string{
		"": "no users", "# nobody\n": "no users", "joe:secret\n": "line 1",
		lines + "jim:secret\n": "line 6", "secret\n": "line 1",
		"joe:{SHA}secret!\n": "line 1", "joe:" + strings.Repeat("secret", 20000): "line 1",
	} {
		_, err := Open(write(t, filepath.Join(dir, "users"), text))
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err := Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The hashes of MD5 and crypt take time with the length of a password, which any client may send.
func TestFile_LongPassword(t *testing.T) {
	long := strings.Repeat("x", longest)
	sum := sha1.Sum([]byte(long + "x"))
	f, err := Open(write(t, filepath.Join(t.TempDir(), "users"),
		"joe:{SHA}"+base64.StdEncoding.EncodeToString(sum[:])+"\n"))
	require.NoError(t, err)
	require.False(t, f.Check(t.Context(), "joe", long+"x"), "right, but too long")
	sum = sha1.Sum([]byte(long))
	write(t, f.name, "joe:{SHA}"+base64.StdEncoding.EncodeToString(sum[:])+"\n")
	require.NoError(t, f.Reload())
	require.True(t, f.Check(t.Context(), "joe", long))
}
