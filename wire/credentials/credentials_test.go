package credentials

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestAppendBasic(t *testing.T) {
	out, err := AppendBasic([]byte("x"), "joe", "welcome")
	require.NoError(t, err)
	require.Equal(t, "xBasic am9lOndlbGNvbWU=", string(out))
	scheme, rest, ok := Split(out[1:])
	require.True(t, ok)
	require.Equal(t, "Basic", string(scheme))
	user, password, ok := DecodeBasic(rest)
	require.True(t, ok)
	require.Equal(t, "joe", user)
	require.Equal(t, "welcome", password)

	for name, pair := range map[string][2]string{
		"colon in user": {"a:b", "c"}, "control in user": {"a\n", "b"},
		"control in password": {"a", "b\x7f"},
	} {
		out, err := AppendBasic(nil, pair[0], pair[1])
		wantKind(t, wire.KindCredentials, err)
		require.Empty(t, out, name)
	}
	out, err = AppendBasic(nil, "é", ":::")
	require.NoError(t, err)
	user, password, ok = DecodeBasic(out[len("Basic "):])
	require.True(t, ok)
	require.Equal(t, "é", user)
	require.Equal(t, ":::", password)
}

func TestAppendCredentials(t *testing.T) {
	out, err := Append(nil, "Token", "1:joe:welcome")
	require.NoError(t, err)
	require.Equal(t, "Token 1:joe:welcome", string(out))
	for name, in := range map[string][2]string{
		"scheme": {"To ken", "x"}, "no scheme": {"", "x"}, "no token": {"Token", ""},
		"crlf": {"Token", "a\r\nB: c"}, "blank": {"Token", " a"},
	} {
		_, err := Append(nil, in[0], in[1])
		wantKind(t, wire.KindCredentials, err)
		require.NotContains(t, err.Error(), "B: c", name)
	}
}

func TestSplitCredentials(t *testing.T) {
	for _, c := range []struct {
		in, scheme, rest string
		ok               bool
	}{
		{"Basic abc", "Basic", "abc", true},
		{"Token \t a b ", "Token", "a b", true},
		{"Basic", "Basic", "", true},
		{"", "", "", false},
		{" Basic", "", "", false},
		{"a:b", "", "", false},
	} {
		scheme, rest, ok := Split([]byte(c.in))
		require.Equal(t, c.ok, ok, c.in)
		require.Equal(t, c.scheme, string(scheme))
		require.Equal(t, c.rest, string(rest))
	}
}

func TestDecodeBasic_Refusals(t *testing.T) {
	for name, in := range map[string]string{
		"not base64": "!!!!", "no padding": "YTpi" + "Yg", "no colon": "YWI=", "line end": "YT\r\npi",
		"control": "YToA", "empty": "",
	} {
		user, password, ok := DecodeBasic([]byte(in))
		require.False(t, ok, name)
		require.Empty(t, user+password, "%s: it may be a secret, and is no name", name)
	}
}
