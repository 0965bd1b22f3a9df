package credentials

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The form of the name depends on whether the server reads UTF-8, and on nothing else that a
// challenge may have.
func TestAppendDigest_FormOfTheName(t *testing.T) {
	use := DigestUse{User: "J\u00e4s", Method: "GET", URI: "/"}
	for _, opaque := range []string{"", "o"} {
		c := DigestChallenge{Realm: "r", Nonce: "n", Algorithm: DigestMD5, Opaque: opaque,
			HasOpaque: opaque != ""}
		out, err := AppendDigest(nil, c, use)
		require.NoError(t, err)
		require.Contains(t, string(out), "username=\"J\u00e4s\"")
		c.UTF8 = true
		out, err = AppendDigest(nil, c, use)
		require.NoError(t, err)
		require.Contains(t, string(out), "username*=UTF-8''J%C3%A4s,")
		out, err = AppendDigest(nil, c,
			DigestUse{User: "joe", Password: "\u00e4", Method: "GET", URI: "/"})
		require.NoError(t, err)
		require.Contains(t, string(out), `username="joe"`)
	}
}

// Bytes that stand for themselves in an extended value are those that RFC 8187 lists; each byte is
// read back.
func TestAppendExtended_EveryByte(t *testing.T) {
	const themselves = "!#$&+-.^_`|~" +
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for c := rune(0x20); c < 0x180; c++ {
		s := string(c)
		out := appendExtended(nil, s)
		require.Equal(t, strings.ContainsRune(themselves, c),
			bytes.Equal(out, []byte(extendedPrefix+s)), "%q", out)
		back, ok := decodeExtended(string(out))
		require.Equal(t, c != 0x7f, ok, "%q", out)
		if ok {
			require.Equal(t, s, back)
		}
	}
	for _, bad := range []string{"", "UTF-8'", "UTF-9''a", "UTF-8''%4", "UTF-8''%4g", "UTF-8''%",
		"UTF-8''%ff", "UTF-8''%0a"} {
		_, ok := decodeExtended(bad)
		require.False(t, ok, bad)
	}
	for text, want := range map[string]string{"utf-8''a%20b%": "",
		"utf-8''a%20b": "a b", "UTF-8''": ""} {
		got, ok := decodeExtended(text)
		require.Equal(t, want, got)
		require.Equal(t, text[len(text)-1] != '%', ok)
	}
}

// An opaque of the challenge is repeated, also where only its text says that there is one. [RFC
// 7616 3.4]
func TestAppendDigest_Opaque(t *testing.T) {
	for _, c := range []struct {
		opaque string
		has    bool
		want   string
	}{{"o", false, `, opaque="o"`}, {"o", true, `, opaque="o"`}, {"", true, `, opaque=""`},
		{"", false, ""}} {
		challenge := DigestChallenge{Realm: "r", Nonce: "n", Algorithm: DigestMD5, Opaque: c.opaque,
			HasOpaque: c.has}
		answer, err := AppendDigest(nil, challenge, DigestUse{User: "joe", Method: "GET", URI: "/"})
		require.NoError(t, err)
		asks, err := AppendDigestChallenge(nil, challenge)
		require.NoError(t, err)
		for _, text := range []string{string(answer), string(asks)} {
			require.Equal(t, c.want != "", strings.Contains(text, "opaque"), text)
			require.Contains(t, text, c.want)
		}
	}
}

// An error shows the beginning of a value that is not known: 32 bytes.
func TestParseDigestChallenge_ShowsTheBeginning(t *testing.T) {
	for n, shown := range map[int]int{31: 31, 32: 32, 33: 32, 10_000: 32} {
		list, err := wire.ParseChallenges(nil,
			[]byte("Digest realm=r, nonce=n, algorithm="+strings.Repeat("Q", n)))
		require.NoError(t, err)
		_, err = ParseDigestChallenge(list[0])
		require.Equal(t, shown, strings.Count(err.Error(), "Q"), "%d bytes", n)
	}
}

// Each parameter may stand once, whatever stands between, and each that is needed must.
func TestParseDigest_EachParameterOnce(t *testing.T) {
	values := map[string]string{
		"username": "joe", "realm": "r", "nonce": "n", "uri": "/", "response": "x", "nc": "0000000a",
		"cnonce": "c", "qop": "auth", "algorithm": "MD5", "opaque": "o", "userhash": "false",
	}
	require.Len(t, values, len(seenNames))
	all := func(without string) string {
		var list []string
		for _, name := range seenNames {
			if name != without {
				list = append(list, name+"="+`"`+values[name]+`"`)
			}
		}
		return strings.Join(list, ", ")
	}
	d, err := ParseDigest([]byte(all("")))
	require.NoError(t, err)
	require.Equal(t, DigestCredentials{
		User: "joe", Realm: "r", Nonce: "n", URI: "/", Response: "x", Count: 10,
		CNonce: "c", Auth: true, Algorithm: DigestMD5, Opaque: "o"}, d)
	needed := []string{"username", "realm", "nonce", "uri", "response", "nc", "cnonce"}
	for _, name := range seenNames {
		_, err := ParseDigest([]byte(all("") + ", " + strings.ToUpper(name) + `="` + values[name] + `"`))
		require.ErrorContains(t, err, name+" is repeated")
		_, err = ParseDigest([]byte(all(name)))
		if slices.Contains(needed, name) {
			require.ErrorContains(t, err, name+" is missing")
		} else {
			require.NoError(t, err, name)
		}
	}
	_, err = ParseDigest([]byte(all("") + ", username*=UTF-8''joe"))
	require.ErrorContains(t, err, "username is repeated")
	d, err = ParseDigest([]byte(strings.Replace(all("qop"), "MD5", "SHA-256", 1)))
	require.NoError(t, err)
	require.Zero(t, d.Count, "without qop there is no count")
	require.Empty(t, d.CNonce)
}

// A count has eight digits, and is not zero.
func TestParseDigestCount(t *testing.T) {
	for text, want := range map[string]uint32{
		"00000001": 1, "0000000f": 15, "89abcdef": 0x89abcdef, "89ABCDEF": 0x89abcdef,
		"ffffffff": 0xffffffff,
		"00000000": 0, "0000001": 0, "000000001": 0, "0000000g": 0, "": 0,
	} {
		n, ok := parseDigestCount(text)
		require.Equal(t, want, n, text)
		require.Equal(t, want > 0, ok, text)
		if ok {
			require.Equal(t, strings.ToLower(text), digestCount(n))
		}
	}
}
