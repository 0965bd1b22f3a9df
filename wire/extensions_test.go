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
