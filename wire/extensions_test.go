package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseExtensions(t *testing.T) {
	t.Attr("req", "WSP-EXT-01")
	t.Attr("req", "KHP-EXT-REQ-03")
	t.Attr("req", "KHP-EXT-REQ-05")
	t.Attr("req", "KHP-EXT-RSP-08")
	t.Attr("req", "KHP-EXT-RSP-12")
	for _, c := range []struct {
		name, in string
		want     string // name{params} separated by spaces; "" means KindList
	}{
		{"one", "foo", "foo{}"},
		{"kaazing", "x-kaazing-idle-timeout,x-kaazing-ping-pong",
			"x-kaazing-idle-timeout{} x-kaazing-ping-pong{}"},
		{"value", "x-kaazing-idle-timeout; timeout=2000", "x-kaazing-idle-timeout{timeout=2000}"},
		{"valueless", "x-kaazing-ping-pong;01010102", "x-kaazing-ping-pong{01010102=<nil>}"},
		{"quoted", `a; b="c" ; d`, "a{b=c,d=<nil>}"},
		{"escaped", `a;b="c\d"`, "a{b=cd}"},
		{"blanks", " \ta\t;\tb=c\t, d ", "a{b=c} d{}"},
		{"twice", "foo; a=1, foo", "foo{a=1} foo{}"},
		{"empty elements", ",a,,b, ,", "a{} b{}"},
		{"empty", "", ""},
		{"blank", "  ", ""},
		{"commas", ", ,", ""},
		{"two words", "foo bar", ""},
		{"no parameter", "foo;", ""},
		{"no parameter before comma", "foo;,bar", ""},
		{"no name", "foo; =x", ""},
		{"no value", "foo; a=", ""},
		{"blank before =", "foo; a =b", ""},
		{"blank after =", "foo; a= b", ""},
		{"open quote", `foo; a="b`, ""},
		{"quote ends in backslash", `foo; a="b\`, ""},
		{"empty quotes", `foo; a=""`, ""},
		{"quoted non-token", `foo; a="b c"`, ""},
		{"quoted escaped quote", `foo; a="b\"c"`, ""},
		{"text after quote", `foo; a="b"c`, ""},
		{"two parameters without semicolon", "foo; a b", ""},
		{"control", "fo\x00o", ""},
		{"non-ascii", "fo\xc3\xb6", ""},
		{"slash", "a/b", ""},
		{"equals", "a=b", ""},
		{"late error", "foo, bar;;", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := []Extension{{Name: []byte("before")}}
			exts, err := ParseExtensions(before, []byte(c.in))
			require.Equal(t, "before", string(exts[0].Name))
			if c.want == "" {
				wantKind(t, KindList, err)
				require.Len(t, exts, 1)
				return
			}
			require.NoError(t, err)
			var got []string
			for _, e := range exts[1:] {
				var params []string
				for n, v := range e.All() {
					if v == nil {
						v = []byte("<nil>")
					}
					params = append(params, string(n)+"="+string(v))
				}
				got = append(got, string(e.Name)+"{"+strings.Join(params, ",")+"}")
			}
			require.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

func TestExtension_Param(t *testing.T) {
	exts, err := ParseExtensions(nil, []byte(`a; B=1; b="2"; c; b=3`))
	require.NoError(t, err)
	require.Equal(t, `B=1; b="2"; c; b=3`, string(exts[0].Params))
	v, ok := exts[0].Param("b")
	require.True(t, ok)
	require.Equal(t, "2", string(v))
	v, ok = exts[0].Param("c")
	require.True(t, ok)
	require.Nil(t, v)
	_, ok = exts[0].Param("d")
	require.False(t, ok)
	for _, params := range []string{"", ";", "=", "a b", `a="`, "a;", "a=1 b"} {
		for range (Extension{Params: []byte(params)}).All() { // must only end
		}
	}
}

func TestParseExtensions_NoAllocation(t *testing.T) {
	in := []byte(`x-kaazing-idle-timeout; timeout=2000, x-kaazing-ping-pong;01010102`)
	dst := make([]Extension, 0, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		e, _ := ParseExtensions(dst, in)
		_, _ = e[0].Param("timeout")
	}))
}

// An error says where the list is wrong, and how. [RFC 6455 9.1]
func TestParseExtensions_WhereAndWhy(t *testing.T) {
	for in, want := range map[string]ParseError{
		"":            {KindList, 0, "no extension"},
		", =":         {KindList, 2, "not an extension name"},
		"x;":          {KindList, 2, "not a parameter name"},
		"x; a=":       {KindList, 5, "not a parameter value"},
		"x; a b":      {KindList, 5, "comma or semicolon expected"},
		`x; a="`:      {KindList, 5, "quote is not closed"},
		`x; a="b`:     {KindList, 5, "quote is not closed"},
		`x; a="\b`:    {KindList, 5, "quote is not closed"},
		`x; a="\`:     {KindList, 6, "quoted value is not a token"},
		`x; a=""`:     {KindList, 5, "quoted value is empty"},
		`x; a="b c"`:  {KindList, 7, "quoted value is not a token"},
		`x; a="b\ c"`: {KindList, 8, "quoted value is not a token"},
	} {
		_, err := ParseExtensions(nil, []byte(in))
		require.Error(t, err, in)
		what, _, _ := strings.Cut(err.(*ParseError).Detail, ", near ")
		require.Equal(t, want, ParseError{KindOf(err), err.(*ParseError).Offset, what}, in)
	}
}

// Appending to a part of a list leaves the value alone.
func TestParseExtensions_Views(t *testing.T) {
	in := []byte(`first; a=b; c="d"; e, second;f , third`)
	before := string(in)
	list, err := ParseExtensions(nil, in)
	require.NoError(t, err)
	require.Len(t, list, 3)
	for _, e := range list {
		_ = append(append(e.Name, "overwritten"...), append(e.Params, "overwritten"...)...)
		for name, value := range e.All() {
			_ = append(append(name, "overwritten"...), append(value, "overwritten"...)...)
		}
	}
	tokens, err := ParseTokens(nil, in[len(`first; a=b; c="d"; e, second;f ,`):])
	require.NoError(t, err)
	_ = append(tokens[0], "overwritten"...)
	require.Equal(t, before, string(in))
}

// Parameters that were not parsed end where they are wrong.
func TestExtension_All_NotParsed(t *testing.T) {
	for params, want := range map[string]string{"a, b": "a", "a b": "a", "a;b": "ab", "a;": "a",
		"=": "", " a ; b ": "ab", "a;=": "a"} {
		var names string
		for name := range (Extension{Params: []byte(params)}).All() {
			names += string(name)
		}
		require.Equal(t, want, names, "%q", params)
	}
}
