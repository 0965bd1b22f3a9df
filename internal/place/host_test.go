package place

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestValidHostPort(t *testing.T) {
	for _, s := range []string{"a", "a:", "a:80", "a:65535", "a.b.", "a_b", "a%20b", "!$&'()*+,;=",
		"1.2.3.4", "[::]", "[::1]:1", "[1:2:3:4:5:6:7:8]", "[1::]", "[::1.2.3.4]"} {
		require.True(t, ValidHostPort(s), s)
		require.True(t, ValidHostPort([]byte(s)), s)
	}
	for _, s := range []string{
		"", ":80", "a:65536", "a:000080", "a:x", "a:1:2", "a b", "a%2", "a%zz", "a/b", "u@a", "é", "[]",
		"[", "[::1", "[::1]a", "[1::2::3]", "[:1]", "[1:]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
		"[1::2:3:4:5:6:7:8]", "[12345::]", "[::1.2.3]", "[::1.2.3.256]", "[::01.2.3.4]",
		"[::1-2-3-4]", "[::1.2.3x4]",
		"[1:2:3:4:5:6:7:1.2.3.4]", "[fe80::1%eth0]",
	} {
		require.False(t, ValidHostPort(s), s)
	}
}

// Addresses are read and written as package netip does.
func TestIPv6_AgreesWithNetip(t *testing.T) {
	group := rapid.SampledFrom([]string{"0", "1", "ffff", "00a0", ":", "", "1.2.3.4", "12345", "g",
		"255.255.255.255", "1.2.3", "0.0.0.00"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(group, 0, 10).Draw(t, "groups"), ":")
		a, ok := ParseIPv6(s)
		want, err := netip.ParseAddr(s)
		if err == nil && !want.Is6() {
			return
		}
		require.Equal(t, err == nil, ok, s)
		if !ok {
			return
		}
		back, err := netip.ParseAddr(strings.Trim(FormatIPv6(a), "[]"))
		require.NoError(t, err)
		require.Equal(t, want, back, s)
		if !want.Is4In6() {
			require.Equal(t, "["+want.String()+"]", FormatIPv6(a))
		}
	})
}

// A port has one to five digits, and is one that TCP has.
func TestParsePort(t *testing.T) {
	for in, want := range map[string]int{"0": 0, "80": 80, "00080": 80, "65535": 65535, "": -1,
		"65536": -1, "000080": -1, "8a": -1, "+1": -1, "99999999999999999999": -1} {
		n, ok := ParsePort(in)
		require.Equal(t, want >= 0, ok, "%q", in)
		if ok {
			require.EqualValues(t, want, n)
		}
	}
}

// The canonical form has :: for the first of the longest runs of zeros, and never for a single
// zero. [RFC 5952 4.2]
func TestFormatIPv6_AsNetip(t *testing.T) {
	for zeros := range 1 << 8 {
		var a [8]uint16
		var b [16]byte
		for i := range a {
			if zeros&(1<<i) == 0 {
				a[i] = 0xa0b + uint16(i)
				b[2*i], b[2*i+1] = byte(a[i]>>8), byte(a[i])
			}
		}
		require.Equal(t, "["+netip.AddrFrom16(b).String()+"]", FormatIPv6(a))
	}
}
