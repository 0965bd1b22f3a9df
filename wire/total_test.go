package wire

import (
	"testing"

	"example.com/khp/internal/balancer"
	"example.com/khp/internal/retryafter"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/upgrade"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Every entry point takes any bytes: it ends, does not panic, and an error is a ParseError whose
// offset lies within the input.
func TestTotal_AnyBytes(t *testing.T) {
	t.Attr("req", "INV-52")
	corpus := loadCorpus(t)
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes")
		if rapid.Bool().Draw(t, "mutated") {
			c := corpus[rapid.IntRange(0, len(corpus)-1).Draw(t, "case")].bytes
			b = append([]byte(nil), c[:min(len(c), 300)]...)
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				if len(b) > 0 {
					b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
				}
			}
		}
		check := func(err error) {
			if err == nil {
				return
			}
			e, ok := err.(*ParseError)
			require.True(t, ok)
			require.NotZero(t, e.Kind)
			require.GreaterOrEqual(t, e.Offset, 0)
			require.LessOrEqual(t, e.Offset, len(b)+1)
			_ = e.Error()
		}
		var req Request
		var rsp Response
		if err := req.Parse(b, Limits{}); err == nil {
			out, err := req.Append(nil)
			require.NoError(t, err)
			require.NoError(t, req.Parse(out, Limits{}))
		} else {
			check(err)
		}
		if err := rsp.Parse(b, Limits{}); err == nil {
			out, err := rsp.Append(nil)
			require.NoError(t, err)
			require.NoError(t, rsp.Parse(out, Limits{}))
		} else {
			check(err)
		}
		exts, err := ParseExtensions(nil, b)
		check(err)
		for _, e := range exts {
			for n := range e.All() {
				require.True(t, scan.ValidToken(n))
			}
		}
		_, err = ParseTokens(nil, b)
		check(err)
		challenges, err := ParseChallenges(nil, b)
		check(err)
		for _, c := range challenges {
			c.Param("realm")
		}
		u, err := ParseURL(string(b), nil)
		check(err)
		if err == nil {
			require.Equal(t, u, mustURL(t, u.String()))
		}
		base := URL{Host: "h", Port: 80, Path: "/a/b"}
		v, err := base.Resolve(b, nil)
		check(err)
		if err == nil {
			require.Equal(t, v, mustURL(t, v.String()))
			_, err = AppendRequestLine(nil, "GET", v.Target())
			require.NoError(t, err)
		}
		if s, ok := retryafter.Seconds(b, 1<<30); ok {
			require.True(t, s >= 0 && s <= 365*24*60*60)
		}
		balancer.Parse(b)
		scan.HasToken(b, "x")
		upgrade.ValidKey(b)
	})
}
