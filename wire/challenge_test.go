package wire

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/internal/scan"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseChallenges(t *testing.T) {
	show := func(c Challenge) string {
		s := string(c.Scheme)
		if c.Application {
			s = "App/" + s
		}
		return fmt.Sprintf("%s|%s|%s", s, c.Token, c.Params)
	}
	for _, c := range []struct{ name, in, want string }{
		{"scheme", "Negotiate", "Negotiate||"},
		{"params", `Basic realm="a, b", charset=UTF-8`, `Basic||realm="a, b", charset=UTF-8`},
		{"token68", "Negotiate YII+/=-==", "Negotiate YII+/=-==;bad"},
		{"token68 padded", "Negotiate YII+/-==", "Negotiate|YII+/-==|"},
		{"several", `Basic realm="r", Negotiate, Digest nonce=n, Bearer`,
			`Basic||realm="r" Negotiate|| Digest||nonce=n Bearer||`},
		{"several token68", "A x==, B y", "A|x==| B|y|"},
		{"blanks around =", `Basic realm = "r" , x =y`, `Basic||realm = "r" , x =y`},
		{"empty elements", ", Basic realm=r,, x=y,", "Basic||realm=r,, x=y"},
		{"application basic", `Application Basic realm="Kaazing WebSocket Gateway Demo"`,
			`App/Basic||realm="Kaazing WebSocket Gateway Demo"`},
		{"application token", "Application Token", "App/Token||"},
		{"application token68", "Application Negotiate YII==", "App/Negotiate|YII==|"},
		{"application uri", "Application Negotiate http://h:8000/x?y=z id",
			"App/Negotiate|http://h:8000/x?y=z id|"},
		{"application words after realm", `Application Basic realm="r" extra data`,
			`App/Basic|extra data|realm="r"`},
		{"application several", `Application Basic realm="r", Application Token, Basic`,
			`App/Basic||realm="r" App/Token|| Basic||`},
		{"application case", "APPLICATION Basic", "App/Basic||"},
		{"application alone", "Application", "Application||"},
		{"application is the scheme", "Application realm=r", "Application||realm=r"},
		{"application is the scheme, blanks", `Application realm ="r"`, `Application||realm ="r"`},
		{"application word with equals", "Application Token a=b/c d=e", "App/Token|a=b/c|d=e"},
		{"application token and realm", `Application Negotiate YII==, realm="r"`,
			`App/Negotiate|YII==|realm="r"`},
		{"application name or value", `Application Token a= b ="c"`, `App/Token|a=|b ="c"`},
		{"application quote and equals", `Application Token a="b" = c`, `App/Token|= c|a="b"`},
		{"application list", "Application, Basic", "Application|| Basic||"},
		{"application alone, then a blank", "Application , Basic", "Application|| Basic||"},
		{"application token68 itself", "Application Basic/x", "Application|Basic/x|"},
		{"application, no name", "Application Basic a=b, =c", ";bad"},
		{"token68 of a name", "Basic a=, Bearer b", "Basic|a=| Bearer|b|"},
		{"token68 without a blank", "Basic/abc", ";bad"},
		{"empty", "", ";bad"},
		{"commas", ", ,", ";bad"},
		{"no scheme", "=x", ";bad"},
		{"open quote", `Basic realm="r`, ";bad"},
		{"control in quotes", "Basic realm=\"\x00\"", ";bad"},
		{"no value", "Basic realm=", "Basic|realm=|"},
		{"later no value", "Basic a=b, realm=", ";bad"},
		{"uri without application", "Basic http://h/", ";bad"},
		{"two params without comma", "Basic a=b c=d", ";bad"},
		{"text after the quote", `Basic a="b"c`, ";bad"},
		{"control", "Basic\x01", ";bad"},
		{"application control", "Application Basic \x01", ";bad"},
		{"many", strings.Repeat("Basic, ", 33), ";bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseChallenges([]Challenge{{}}, []byte(c.in))
			if strings.HasSuffix(c.want, ";bad") {
				wantKind(t, KindChallenge, err)
				require.Len(t, got, 1)
				return
			}
			require.NoError(t, err)
			var all []string
			for _, ch := range got[1:] {
				all = append(all, show(ch))
			}
			require.Equal(t, c.want, strings.Join(all, " "))
		})
	}
}

func TestChallenge_Param(t *testing.T) {
	cs, err := ParseChallenges(nil, []byte(`Application Basic word Realm = "a \"b\", c" x=y, realm=z`))
	require.NoError(t, err)
	require.Len(t, cs, 1)
	v, ok := cs[0].Param("rEALM")
	require.True(t, ok)
	require.Equal(t, `a "b", c`, v)
	v, ok = cs[0].Param("x")
	require.True(t, ok)
	require.Equal(t, "y", v)
	_, ok = cs[0].Param("word")
	require.False(t, ok)
	_, ok = (Challenge{Params: []byte(`"`)}).Param("x")
	require.False(t, ok)
}

// An error says where the value is wrong, and how. [RFC 9110 11.3 and 11.6.1]
func TestParseChallenges_WhereAndWhy(t *testing.T) {
	for in, want := range map[string]ParseError{
		`Basic realm="x", "y"`:           {KindChallenge, 17, "not a scheme"},
		`Basic"x"`:                       {KindChallenge, 5, "blank expected after the scheme"},
		`Application Basic "x"`:          {KindChallenge, 18, "not a parameter name"},
		`Application Basic a/b"x"`:       {KindChallenge, 21, "not a parameter name"},
		`Application Basic a=b c/d"x"`:   {KindChallenge, 25, "not a parameter name"},
		`Basic realm=r x`:                {KindChallenge, 14, "comma expected"},
		`Basic realm="x`:                 {KindChallenge, 12, "quote is not closed"},
		`Basic realm="` + "\\\x01" + `"`: {KindChallenge, 13, "byte not allowed in quotes"},
		strings.Repeat("Basic,", 33):     {KindChallenge, 6 * 32, "too many challenges"},
	} {
		_, err := ParseChallenges(nil, []byte(in))
		require.Error(t, err, in)
		what, _, _ := strings.Cut(err.(*ParseError).Detail, ", near ")
		require.Equal(t, want, ParseError{KindOf(err), err.(*ParseError).Offset, what}, in)
	}
}

// Appending to a part of a challenge leaves the value alone.
func TestParseChallenges_Views(t *testing.T) {
	in := []byte(`Application Negotiate http://h/x realm="r", Bearer YII=, Digest nonce=n`)
	before := string(in)
	cs, err := ParseChallenges(nil, in)
	require.NoError(t, err)
	require.Len(t, cs, 3)
	for _, c := range cs {
		for _, view := range [][]byte{c.Scheme, c.Token, c.Params} {
			_ = append(view, "overwritten"...)
		}
	}
	require.Equal(t, before, string(in))
}

// A parameter is found behind words that are none.
func TestChallenge_Param_BehindWords(t *testing.T) {
	cs, err := ParseChallenges(nil, []byte("Application Basic a=b /x y/z w c=d"))
	require.NoError(t, err)
	require.Len(t, cs, 1)
	v, ok := cs[0].Param("c")
	require.True(t, ok)
	require.Equal(t, "d", v)
}

// No bytes make it hang or panic, and its results lie within the value.
func TestParseChallenges_AnyBytes(t *testing.T) {
	piece := rapid.SampledFrom([]string{"Application", "Basic", " ", "\t", ",", "=", `"`, `\`, "a",
		"realm", "/", "\x00", "\xff", "=="})
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(piece, 0, 16).Draw(t, "pieces"), "")
		cs, err := ParseChallenges(nil, []byte(in))
		if err != nil {
			require.Equal(t, KindChallenge, KindOf(err))
			require.LessOrEqual(t, err.(*ParseError).Offset, len(in))
			return
		}
		for _, c := range cs {
			require.True(t, scan.ValidToken(c.Scheme))
			require.Contains(t, in, string(c.Token))
			require.Contains(t, in, string(c.Params))
			c.Param("realm")
		}
	})
}

// A word of Application's own syntax is visible ASCII: neither DEL nor a byte behind it.
func TestParseChallenges_WordsAreASCII(t *testing.T) {
	for _, c := range []byte{0x7f, 0x80, 0xff} {
		_, err := ParseChallenges(nil, []byte("Application Negotiate a"+string([]byte{c})+"b"))
		require.Error(t, err, "%#x", c)
	}
	_, err := ParseChallenges(nil, []byte("Application Negotiate a~b"))
	require.NoError(t, err)
}

// A fragment is named as one.
func TestParseURL_NamesTheFragment(t *testing.T) {
	_, err := ParseURL("ws://h/p#f", nil)
	require.ErrorContains(t, err, "fragment")
}
