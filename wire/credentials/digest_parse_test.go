package credentials

import (
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const digestRest = `username="joe", realm="r", nonce="n", uri="/", qop=auth, nc=0000000A, ` +
	`cnonce="c", algorithm=SHA-256, response="ab", opaque="o", userhash=false, later=1`

func TestParseDigest(t *testing.T) {
	got, err := ParseDigest([]byte(digestRest))
	require.NoError(t, err)
	require.Equal(t, DigestCredentials{
		User: "joe", Realm: "r", Nonce: "n", URI: "/", CNonce: "c", Opaque: "o", Response: "ab",
		Algorithm: DigestSHA256, Auth: true, Count: 10,
	}, got)
	require.False(t, got.Verify("", "GET"))

	for name, edit := range map[string][2]string{
		"no user":         {`username="joe", `, ""},
		"no realm":        {`realm="r", `, ""},
		"no nonce":        {`nonce="n", `, ""},
		"no uri":          {`uri="/", `, ""},
		"no response":     {`response="ab", `, ""},
		"no count":        {`nc=0000000A, `, ""},
		"no client nonce": {`cnonce="c", `, ""},
		"session without qop": {`qop=auth, nc=0000000A, cnonce="c", algorithm=SHA-256`,
			`algorithm=SHA-256-sess`},
		"twice":                 {`realm="r"`, `realm="r", Realm="r"`},
		"two users":             {`realm="r"`, `realm="r", username*=UTF-8''joe`},
		"empty client nonce":    {`cnonce="c"`, `cnonce=""`},
		"other qop":             {`qop=auth`, `qop=auth-int`},
		"other algorithm":       {`SHA-256`, `SHA-1`},
		"count too short":       {`0000000A`, `0000000`},
		"count too long":        {`0000000A`, `000000000`},
		"count of letters":      {`0000000A`, `0000000G`},
		"count zero":            {`0000000A`, `00000000`},
		"no comma":              {`realm="r", `, `realm="r" `},
		"no value":              {`realm="r"`, `realm`},
		"open quote":            {`later=1`, `later="1`},
		"name in another set":   {`username="joe"`, `username*=iso-8859-1''joe`},
		"name with bad escape":  {`username="joe"`, `username*=UTF-8''joe%4`},
		"name with bad digit":   {`username="joe"`, `username*=UTF-8''%4Gjoe`},
		"name not UTF-8":        {`username="joe"`, `username*=UTF-8''%FF`},
		"name with line break":  {`username="joe"`, `username*=UTF-8''joe%0D%0A`},
		"name without language": {`username="joe"`, `username*=UTF-8joe`},
	} {
		require.Contains(t, digestRest, edit[0], name)
		_, err := ParseDigest([]byte(strings.Replace(digestRest, edit[0], edit[1], 1)))
		require.Error(t, err, name)
		wantKind(t, wire.KindCredentials, err)
	}
	_, err = ParseDigest(nil)
	wantKind(t, wire.KindCredentials, err)
}

// Errors name the parameter, whose spelling is ours, and nothing of its value.
func TestParseDigest_NamesParameter(t *testing.T) {
	for edit, want := range map[[2]string]string{
		{`username="joe", `, ""}:              "username is missing",
		{`nonce="n", `, ""}:                   "nonce is missing",
		{`nc=0000000A, `, ""}:                 "nc is missing",
		{`realm="r"`, `realm="r", REALM="r"`}: "realm is repeated",
		{`SHA-256`, `SHA-1`}:                  "algorithm has a value that it cannot have",
		{`qop=auth`, `qop=auth-int`}:          "qop has a value that it cannot have",
		{`qop=auth, nc=0000000A, cnonce="c", algorithm=SHA-256`,
			`algorithm=SHA-256-sess`}: "qop is missing",
		{digestRest, `algorithm=SHA-256-sess`}: "username is missing",
		{digestRest, ``}:                       "username is missing",
	} {
		_, err := ParseDigest([]byte(strings.Replace(digestRest, edit[0], edit[1], 1)))
		require.ErrorContains(t, err, want)
	}
}

// Without qop the older form counts, and parameters of the newer one are ignored.
func TestParseDigest_Old(t *testing.T) {
	got, err := ParseDigest([]byte(`username*=utf-8''j%C3%B6, realm="r", nonce="n", uri="/", ` +
		`response="ab", cnonce="c", nc=00000001`))
	require.NoError(t, err)
	require.Equal(t, DigestCredentials{User: "jö", Realm: "r", Nonce: "n", URI: "/", Response: "ab",
		Algorithm: DigestMD5}, got)
}

// Any bytes give credentials that can be checked, or an error that shows nothing of them.
func TestParseDigest_AnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := []byte(digestRest)
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(in)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				in[at] = rapid.Byte().Draw(t, "byte")
			case 1:
				in = append(in[:at:at], in[at+1:]...)
			case 2:
				in = append(in[:at:at], in...)
			}
		}
		d, err := ParseDigest(in)
		if err != nil {
			require.NotContains(t, err.Error(), "joe")
			require.Equal(t, DigestCredentials{}, d)
			return
		}
		require.False(t, d.Verify("x", "GET"))
		require.Equal(t, d.Auth, d.Count > 0)
	})
}
