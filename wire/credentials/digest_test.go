package credentials

import (
	"bytes"
	"strings"
	"testing"

	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// digestOf parses one challenge value.
func digestOf(t require.TestingT, value string) DigestChallenge {
	list, err := wire.ParseChallenges(nil, []byte(value))
	require.NoError(t, err)
	require.Len(t, list, 1)
	d, err := ParseDigestChallenge(list[0])
	require.NoError(t, err)
	return d
}

// The examples of RFC 7616 sections 3.9.1 and 3.9.2 (the latter as erratum 4897 puts it right), RFC
// 2617 section 3.5, and RFC 2069 section 2.4 with its known correction; those for sessions were
// computed by another implementation of the hashes.
func TestAppendDigest_Vectors(t *testing.T) {
	const (
		http7616 = `realm="http-auth@example.org", qop="auth, auth-int", ` +
			`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
			`opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
		answer7616 = `username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", ` +
			`algorithm=%, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ` +
			`cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="%", ` +
			`opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
		api7616 = `realm="api@example.org", qop="auth", algorithm=SHA-512-256, ` +
			`nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", ` +
			`opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8`
		doe7616 = `realm="api@example.org", uri="/doe.json", algorithm=SHA-512-256, ` +
			`nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", nc=00000001, ` +
			`cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", qop=auth, ` +
			`response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5", ` +
			`opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"`
		nonce2617 = `realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ` +
			`opaque="5ccc069c403ebaf9f0171e9517f40e41"`
	)
	fill := func(s string, values ...string) string {
		for _, v := range values {
			s = strings.Replace(s, "%", v, 1)
		}
		return s
	}
	mufasa := DigestUse{User: "Mufasa", Password: "Circle of Life", Method: "GET",
		URI: "/dir/index.html", CNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", Count: 1}
	old := mufasa
	old.Password, old.CNonce = "Circle Of Life", "0a4f113b"
	oldest := old
	oldest.Password, oldest.CNonce, oldest.Count = "CircleOfLife", "", 0
	doe := DigestUse{User: "J\u00e4s\u00f8n Doe", Password: "Secret, or not?", Method: "GET",
		URI: "/doe.json", CNonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", Count: 1}
	for _, c := range []struct {
		name, challenge, want string
		use                   DigestUse
	}{
		{"MD5", "Digest " + http7616 + ", algorithm=MD5",
			fill(answer7616, "MD5", "8ca523f5e9506fed4657c9700eebdbec"), mufasa},
		{"SHA-256", "Digest " + http7616 + ", algorithm=SHA-256", fill(answer7616, "SHA-256",
			"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"), mufasa},
		{"MD5-sess", "Digest " + http7616 + ", algorithm=MD5-sess",
			fill(answer7616, "MD5-sess", "e783283f46242139c486a698fec7211d"), mufasa},
		{"SHA-256-sess", "Digest " + http7616 + ", algorithm=SHA-256-sess", fill(answer7616,
			"SHA-256-sess", "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"), mufasa},
		{"SHA-512-256-sess", "Digest " + http7616 + ", algorithm=SHA-512-256-sess", fill(answer7616,
			"SHA-512-256-sess", "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e"), mufasa},
		{"userhash", "Digest " + api7616 + ", userhash=true",
			`username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", ` + doe7616 +
				`, userhash=true`, doe},
		{"username*", "Digest " + api7616, `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ` + doe7616, doe},
		{
			"RFC 2617", `Application Digest qop="auth,auth-int", ` + nonce2617,
			`username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", algorithm=MD5, ` +
				`nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", nc=00000001, cnonce="0a4f113b", qop=auth, ` +
				`response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"`, old,
		},
		{
			"RFC 2069", "Digest " + nonce2617,
			`username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", algorithm=MD5, ` +
				`nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", response="1949323746fe6a43ef61f9606e7febea", ` +
				`opaque="5ccc069c403ebaf9f0171e9517f40e41"`, oldest,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := digestOf(t, c.challenge)
			out, err := AppendDigest([]byte("x"), d, c.use)
			require.NoError(t, err)
			require.Equal(t, "xDigest "+c.want, string(out))
			back, err := ParseDigest([]byte(c.want))
			require.NoError(t, err)
			require.True(t, back.Matches(c.use.User))
			require.True(t, back.Verify(d.Algorithm.HA1(c.use.User, d.Realm, c.use.Password), "GET"))
			require.False(t, back.Verify(d.Algorithm.HA1(c.use.User, d.Realm, c.use.Password+" "), "GET"))
			require.False(t, back.Verify(d.Algorithm.HA1(c.use.User, d.Realm, c.use.Password), "POST"))
		})
	}
}

// drawDigest draws a challenge and who answers it.
func drawDigest(t *rapid.T) (c DigestChallenge, u DigestUse) {
	text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(`"\, =a:%'`)),
		rapid.RuneFrom([]rune("\täø中")), rapid.Rune())).
		Filter(func(s string) bool { return scan.All(s, scan.IsValue) })
	some := text.Filter(func(s string) bool { return s != "" })
	c = DigestChallenge{
		Realm: text.Draw(t, "realm"), Nonce: some.Draw(t, "nonce"), Opaque: text.Draw(t, "opaque"),
		Algorithm: DigestAlgorithm(rapid.Uint8Range(1, 6).Draw(t, "algorithm")),
		Auth:      rapid.Bool().Draw(t, "auth"),
		Stale:     rapid.Bool().Draw(t, "stale"), UserHash: rapid.Bool().Draw(t, "userhash"),
		UTF8: rapid.Bool().Draw(t, "utf8"),
	}
	c.HasOpaque = c.Opaque != "" || rapid.Bool().Draw(t, "opaque without text")
	c.Auth = c.Auth || c.Algorithm.session()
	u = DigestUse{
		User: text.Draw(t, "user"), Password: rapid.String().Draw(t, "password"), Method: "GET",
		URI: rapid.StringMatching(`/[!-"$-~]*`).Draw(t, "uri"), CNonce: some.Draw(t, "cnonce"),
		Count: rapid.Uint32Min(1).Draw(t, "count"),
	}
	return c, u
}

// A server reads back the challenge and the answer that were written, whatever is in them, and
// agrees with the client about the password.
func TestDigest_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, u := drawDigest(t)
		prefix := rapid.SampledFrom([]string{"", "Application ", "Basic realm=x, "}).Draw(t, "prefix")
		value, err := AppendDigestChallenge([]byte(prefix), c)
		require.NoError(t, err)
		require.True(t, scan.ValidValue(value))
		list, err := wire.ParseChallenges(nil, value)
		require.NoError(t, err)
		got, err := ParseDigestChallenge(list[len(list)-1])
		require.NoError(t, err)
		require.Equal(t, c, got)

		answer, err := AppendDigest(nil, c, u)
		require.NoError(t, err)
		require.True(t, scan.ValidValue(answer))
		require.NotContains(t,
			string(redact.Append(nil, []byte("Authorization: "+string(answer)+"\r\n"))), "response")
		scheme, rest, ok := Split(answer)
		require.True(t, ok)
		require.Equal(t, "Digest", string(scheme))
		back, err := ParseDigest(rest)
		require.NoError(t, err)
		want := DigestCredentials{
			User: u.User, Realm: c.Realm, Nonce: c.Nonce, URI: u.URI, Opaque: c.Opaque,
			Response:  back.Response,
			Algorithm: c.Algorithm, Auth: c.Auth, UserHash: c.UserHash,
		}
		if c.UserHash {
			want.User = c.Algorithm.userHash(u.User, c.Realm)
		}
		if c.Auth {
			want.CNonce, want.Count = u.CNonce, u.Count
		}
		require.Equal(t, want, back)
		require.True(t, back.Matches(u.User))
		require.False(t, back.Matches(u.User+"x"))
		require.True(t, back.Verify(c.Algorithm.HA1(u.User, c.Realm, u.Password), u.Method))
		require.False(t, back.Verify(c.Algorithm.HA1(u.User, c.Realm, u.Password+"x"), u.Method))
		back.URI += "x"
		require.False(t, back.Verify(c.Algorithm.HA1(u.User, c.Realm, u.Password), u.Method),
			"for another resource")
	})
}

// Values that could break out of their place, or are no answer, are not written, and the error
// shows none of them.
func TestAppendDigest_Refusals(t *testing.T) {
	good := DigestChallenge{Realm: "r", Nonce: "n", Algorithm: DigestSHA256, Auth: true}
	use := DigestUse{User: "joe", Password: "s3cr3t", Method: "GET", URI: "/", CNonce: "c", Count: 1}
	out, err := AppendDigest(nil, good,
		DigestUse{User: `jo"e\`, Method: "GET", URI: `/"`, CNonce: `c"`, Count: 1})
	require.NoError(t, err)
	require.Contains(t, string(out), `username="jo\"e\\", realm="r", uri="/\""`)
	for _, bad := range []string{"\r", "\n", "\x00", "\x7f", "s3cr3t\r\nX: y"} {
		for name, spoil := range map[string]func(c *DigestChallenge, u *DigestUse){
			"realm":  func(c *DigestChallenge, _ *DigestUse) { c.Realm = bad },
			"nonce":  func(c *DigestChallenge, _ *DigestUse) { c.Nonce = bad },
			"opaque": func(c *DigestChallenge, _ *DigestUse) { c.Opaque = bad },
			"user":   func(_ *DigestChallenge, u *DigestUse) { u.User = bad },
			"method": func(_ *DigestChallenge, u *DigestUse) { u.Method = bad },
			"uri":    func(_ *DigestChallenge, u *DigestUse) { u.URI = "/" + bad },
			"cnonce": func(_ *DigestChallenge, u *DigestUse) { u.CNonce = bad },
		} {
			c, u := good, use
			spoil(&c, &u)
			out, err := AppendDigest([]byte("x"), c, u)
			wantKind(t, wire.KindCredentials, err)
			require.Equal(t, "x", string(out), name)
			require.NotContains(t, err.Error(), "s3cr3t")
			if c != good {
				_, err := AppendDigestChallenge(nil, c)
				wantKind(t, wire.KindChallenge, err)
			}
		}
	}
	for name, spoil := range map[string]func(c *DigestChallenge, u *DigestUse){
		"no algorithm":      func(c *DigestChallenge, _ *DigestUse) { c.Algorithm = 0 },
		"unknown algorithm": func(c *DigestChallenge, _ *DigestUse) { c.Algorithm = 7 },
		"no nonce":          func(c *DigestChallenge, _ *DigestUse) { c.Nonce = "" },
		"session without auth": func(c *DigestChallenge, _ *DigestUse) {
			c.Algorithm, c.Auth = DigestMD5Sess, false
		},
		"name not UTF-8":  func(_ *DigestChallenge, u *DigestUse) { u.User = "\xff" },
		"no target":       func(_ *DigestChallenge, u *DigestUse) { u.URI = "" },
		"no client nonce": func(_ *DigestChallenge, u *DigestUse) { u.CNonce = "" },
		"not counted":     func(_ *DigestChallenge, u *DigestUse) { u.Count = 0 },
	} {
		c, u := good, use
		spoil(&c, &u)
		_, err := AppendDigest(nil, c, u)
		require.Error(t, err, name)
	}
	require.Empty(t, DigestAlgorithm(9).HA1("a", "b", "c"))
}

func TestChallenge_Digest(t *testing.T) {
	for value, want := range map[string]DigestChallenge{
		`Digest realm=r, nonce=n`:                       {Realm: "r", Nonce: "n", Algorithm: DigestMD5},
		`digest REALM="", nonce=n, ALGORITHM="sha-256"`: {Nonce: "n", Algorithm: DigestSHA256},
		`Digest realm=r, nonce=n, qop="auth-int,auth", algorithm=md5-SESS, stale=TRUE, ` +
			`userhash="true", charset="utf-8"`: {
			Realm: "r", Nonce: "n", Algorithm: DigestMD5Sess, Auth: true, Stale: true,
			UserHash: true, UTF8: true,
		},
		`Application Digest realm="a \"b\"", nonce=n, qop=auth, stale=no, userhash=false, ` +
			`charset=latin1`: {Realm: `a "b"`, Nonce: "n", Algorithm: DigestMD5, Auth: true},
	} {
		require.Equal(t, want, digestOf(t, value), value)
	}
	for value, names := range map[string]string{
		"Basic realm=r, nonce=n": "not a Digest challenge", "Digest abc": "realm is missing",
		"Digest nonce=n": "realm is missing", "Digest realm=r": "nonce is missing",
		`Digest realm=r, nonce=""`:                 "nonce is missing or empty",
		"Digest realm=r, nonce=n, algorithm=SHA-1": `algorithm "SHA-1" is not known`,
		`Digest realm=r, nonce=n, algorithm=""`:    `algorithm "" is not known`,
		"Digest realm=r, nonce=n, qop=auth-int":    `qop "auth-int" does not offer auth`,
		`Digest realm=r, nonce=n, qop=""`:          `qop "" does not offer auth`,
		"Digest realm=r, nonce=n, algorithm=MD5-sess": "qop is missing, " +
			"which algorithm MD5-sess needs",
		"Digest realm=r, nonce=n, algorithm=\"\xc3\xa4\"": `algorithm "\u00e4" is not known`,
	} {
		list, err := wire.ParseChallenges(nil, []byte(value))
		require.NoError(t, err)
		_, err = ParseDigestChallenge(list[0])
		wantKind(t, wire.KindChallenge, err)
		require.ErrorContains(t, err, names)
	}
}

// An answer repeats opaque as it is in the challenge, also if that is empty. [RFC 7616 3.4]
func TestDigest_EmptyOpaque(t *testing.T) {
	use := DigestUse{User: "joe", Method: "GET", URI: "/"}
	for challenge, want := range map[string]bool{
		`Digest realm=r, nonce=n, opaque=""`: true, `Digest realm=r, nonce=n, opaque="x"`: true,
		"Digest realm=r, nonce=n": false,
	} {
		c := digestOf(t, challenge)
		require.Equal(t, want, c.HasOpaque, challenge)
		answer, err := AppendDigest(nil, c, use)
		require.NoError(t, err)
		require.Equal(t, want, bytes.Contains(answer, []byte(`, opaque="`+c.Opaque+`"`)), "%s: %s",
			challenge, answer)
	}
}

// A name may be empty. [RFC 7617 2]
func TestCredentials_EmptyUser(t *testing.T) {
	value, err := AppendBasic(nil, "", "welcome")
	require.NoError(t, err)
	_, rest, _ := Split(value)
	user, password, ok := DecodeBasic(rest)
	require.True(t, ok)
	require.Equal(t, [2]string{"", "welcome"}, [2]string{user, password})
	for _, challenge := range []string{"Digest realm=r, nonce=n",
		"Digest realm=r, nonce=n, userhash=true"} {
		c := digestOf(t, challenge)
		value, err = AppendDigest(nil, c, DigestUse{Password: "welcome", Method: "GET", URI: "/"})
		require.NoError(t, err)
		_, rest, _ = Split(value)
		d, err := ParseDigest(rest)
		require.NoError(t, err)
		require.True(t, d.Matches(""))
		require.True(t, d.Verify(c.Algorithm.HA1("", "r", "welcome"), "GET"))
	}
}
