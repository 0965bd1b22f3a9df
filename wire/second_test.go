package wire

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A scheme follows the grammar of RFC 3986 section 3.1, with any byte in any place of it.
func TestHasScheme_AsTheGrammar(t *testing.T) {
	grammar := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	for c := range 256 {
		b := string([]byte{byte(c)})
		for _, s := range []string{b, b + ":", b + "x:y", "x" + b + ":", "x" + b + "y:z", ":" + b,
			"x/" + b + ":"} {
			require.Equal(t, grammar.MatchString(s), hasScheme(s), "%q", s)
		}
	}
}

// An address of version 6 is one for the standard library, too, and stays the same.
func TestParseURL_AddressesAsNetip(t *testing.T) {
	group := rapid.OneOf(rapid.SampledFrom([]string{"0", "00", "1", "ffff", "FFFF", "0db8", "10000",
		"g", "", ":", "::"}),
		rapid.Map(rapid.Uint16(), func(n uint16) string { return strconv.FormatUint(uint64(n), 16) }))
	quad := rapid.SampledFrom([]string{"", "0.0.0.0", "255.255.255.255", "1.2.3.254", "256.1.1.1",
		"1.2.3", "1.2.3.4.5",
		"01.2.3.4", "1.2.3.", "1..3.4", ".1.2.3", "1.2.3.10", "1.2.3.00"})
	check := func(t require.TestingT, text string) {
		want, err := netip.ParseAddr(text)
		u, ours := ParseURL("ws://["+text+"]/", nil)
		require.Equal(t, err == nil && want.Is6() && want.Zone() == "", ours == nil,
			"%s: %v, netip: %v", text, ours, err)
		if ours == nil {
			got, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
			require.NoError(t, err, u.Host)
			require.Equal(t, want, got, text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(group, 0, 9).Draw(t, "groups"), ":")
		if q := quad.Draw(t, "quad"); q != "" {
			text += ":" + q
		}
		check(t, text)
	})
	for _, text := range []string{"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8", "1:0:0:4:0:0:0:8",
		"1:0:0:0:5:0:0:0", "0:0:3:4:5:6:0:0", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", ":1:2:3:4:5:6:7",
		"1::2::3", "::ffff:1.2.3.255",
		"::ffff:1.2.3.256", "1:2:3:4:5:6:255.254.253.252", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4%1",
		"1.2.3.4", "::1.2.3.4:5", "::1.2.3.4.5", "::1::2", "::1.2.3.4."} {
		check(t, text)
	}
}

// large builds a message whose parts have just these sizes.
func large(request bool, line, fields, head, body int) (text string, list Fields) {
	first := "HTTP/1.1 200 "
	if request {
		first = "GET /"
	}
	last := map[bool]string{true: " HTTP/1.1", false: ""}[request]
	text = first + strings.Repeat("t", max(0, line-len(first)-len(last))) + last + "\r\n"
	add := func(name, value string) {
		text += name + ": " + value + "\r\n"
		list = append(list, Field{Name: []byte(name), Value: []byte(value)})
	}
	if body > 0 {
		add("Content-Length", strconv.Itoa(body))
	}
	for len(list) < fields {
		add("A", "b")
	}
	for missing := head - len(text) - 2; missing >= 5; missing = head - len(text) - 2 {
		n := min(missing, defaultLine/2)
		if missing-n > 0 && missing-n < 5 {
			n -= 5
		}
		add("F", strings.Repeat("f", n-5))
	}
	return text + "\r\n" + strings.Repeat("b", body), list
}

// A message is written if it can be read: at each limit it is, and beyond it it is refused for the
// same reason.
func TestAppend_RefusesWhatParseRefuses(t *testing.T) {
	sizes := map[string]func(by int) (request bool, line, fields, head, body int){
		"target": func(by int) (bool, int, int, int, int) { return true, defaultLine + by, 1, 0, 0 },
		"target itself": func(by int) (bool, int, int, int, int) {
			return true, defaultTarget + len("GET  HTTP/1.1") + max(by, 1), 1, 0, 0
		},
		"reason": func(by int) (bool, int, int, int, int) {
			return false, defaultLine + by, 1, 0, 0
		},
		"fields": func(by int) (bool, int, int, int, int) {
			return true, 20, defaultFields + by, 0, 0
		},
		"fields, body": func(by int) (bool, int, int, int, int) {
			return false, 20, defaultFields + by, 0, 3
		},
		"request head": func(by int) (bool, int, int, int, int) {
			return true, 20, 1, defaultHead + by, 0
		},
		"response head": func(by int) (bool, int, int, int, int) {
			return false, 20, 1, defaultHead + by, 7
		},
		"request body": func(by int) (bool, int, int, int, int) {
			return true, 20, 1, 0, defaultBody + by
		},
		"response body": func(by int) (bool, int, int, int, int) {
			return false, 20, 1, 0, defaultBody + by
		},
	}
	for name, size := range sizes {
		for by := -1; by <= 1; by++ {
			request, line, fields, head, body := size(by)
			text, list := large(request, line, fields, head, body)
			what := fmt.Sprintf("%s %+d", name, by)
			before := []byte("before")
			var parsed, written error
			var out []byte
			bodyBytes := []byte(strings.Repeat("b", body))
			if request {
				var r Request
				parsed = r.Parse([]byte(text), Limits{})
				target, _, _ := strings.Cut(text[len("GET "):], " ")
				q := Request{Method: []byte("GET"), Target: []byte(target), Fields: list, Body: bodyBytes}
				out, written = q.Append(before)
			} else {
				var r Response
				parsed = r.Parse([]byte(text), Limits{})
				reason, _, _ := strings.Cut(text[len("HTTP/1.1 200 "):], "\r\n")
				q := Response{Status: 200, Reason: []byte(reason), Fields: list, Body: bodyBytes}
				out, written = q.Append(before)
			}
			require.Equal(t, by <= 0 && name != "target itself", parsed == nil, "%s: %v", what, parsed)
			require.Equal(t, KindOf(parsed), KindOf(written), "%s: %v, %v", what, parsed, written)
			if parsed == nil {
				require.True(t, string(out) == "before"+text, what)
			} else {
				require.Equal(t, "before", string(out), what)
			}
		}
	}
}

// A name has 256 bytes at most, and a line as many as are read.
func TestAppendField_Limits(t *testing.T) {
	for by := -1; by <= 1; by++ {
		_, err := AppendField(nil, strings.Repeat("n", maxName+by), "v")
		require.Equal(t, by <= 0, err == nil, "name %+d", by)
		_, err = AppendField(nil, "Name", strings.Repeat("v", defaultLine-len("Name: ")+by))
		require.Equal(t, by <= 0, err == nil, "line %+d", by)
		_, err = AppendRequestLine(nil, strings.Repeat("M", defaultLine-len(" / HTTP/1.1")+by), "/")
		require.Equal(t, by <= 0, err == nil, "method %+d", by)
		_, err = AppendRequestLine(nil, "GET",
			"/"+strings.Repeat("t", defaultLine-len("GET / HTTP/1.1")+by))
		require.Equal(t, by <= 0, err == nil, "target %+d", by)
	}
}

// A request line that is too long is refused for the same reason as it is when it is read: the
// target is too long where the limit of the line ends in it.
func TestAppendRequestLine_TooLongAsParse(t *testing.T) {
	lengths := []int{1, 2, 3}
	for n := defaultLine - 14; n <= defaultLine+4; n++ {
		lengths = append(lengths, n)
	}
	for _, m := range lengths {
		for _, n := range lengths {
			method, target := strings.Repeat("M", m), "/"+strings.Repeat("t", n-1)
			var r Request
			parsed := r.Parse([]byte(method+" "+target+" HTTP/1.1\r\n\r\n"), Limits{})
			_, written := AppendRequestLine(nil, method, target)
			require.Equal(t, KindOf(parsed), KindOf(written), "method of %d, target of %d: %v, %v",
				m, n, parsed, written)
		}
	}
}
