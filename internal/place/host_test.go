package place

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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

// An address of version 6 without a zone has one form, which has no dots.
func TestIPv6(t *testing.T) {
	for in, want := range map[string]string{
		"::": "[::]", "::1": "[::1]", "1::": "[1::]", "1:2:3:4:5:6:7:8": "[1:2:3:4:5:6:7:8]",
		"00a0:0:0:1:0:0:0:FFFF": "[a0:0:0:1::ffff]", "1:0:3:4:5:6:7:8": "[1:0:3:4:5:6:7:8]",
		"::ffff:1.2.3.4": "[::ffff:102:304]", "::ffff:0:0": "[::ffff:0:0]",
		"::1.2.3.4": "[::102:304]", "1:2:3:4:5:6:255.0.0.1": "[1:2:3:4:5:6:ff00:1]",
		"": "", "1.2.3.4": "", "fe80::1%eth0": "", "[::1]": "", "1::2::3": "", "12345::": "",
		"1:2:3:4:5:6:7": "", "::01.2.3.4": "",
	} {
		a, ok := ParseIPv6(in)
		require.Equal(t, want != "", ok, in)
		if ok {
			require.Equal(t, want, FormatIPv6(a), in)
		}
		_, ok = ParseIPv6([]byte(in))
		require.Equal(t, want != "", ok, in)
	}
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
func TestFormatIPv6_Zeros(t *testing.T) {
	for zeros := range 1 << 8 {
		var groups []string
		for i := range 8 {
			if zeros&(1<<i) == 0 {
				groups = append(groups, strconv.FormatInt(int64(0xa0b+i), 16))
				continue
			}
			groups = append(groups, "0")
		}
		want := strings.Join(groups, ":")
		for n := 8; n > 1; n-- {
			run := strings.TrimSuffix(strings.Repeat("0:", n), ":")
			at := strings.Index(":"+want+":", ":"+run+":")
			if at >= 0 {
				want = strings.TrimSuffix(want[:at], ":") + "::" + strings.TrimPrefix(want[at+len(run):], ":")
				break
			}
		}
		a, ok := ParseIPv6(strings.Join(groups, ":"))
		require.True(t, ok)
		require.Equal(t, "["+want+"]", FormatIPv6(a))
	}
}
