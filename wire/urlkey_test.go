package wire

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/internal/scan"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// location is a place on the network, apart from how it is written.
type location struct {
	secure   bool
	host     string
	port     int
	path     []string // segments, decoded; "%2F" stands for an escaped slash
	query    string
	hasQuery bool
}

// genPlace draws places that differ in small things.
var genPlace = rapid.Custom(func(t *rapid.T) location {
	p := location{
		secure: rapid.Bool().Draw(t, "secure"), host: rapid.SampledFrom([]string{"h", "a.example",
			"[::1]"}).Draw(t, "host"), port: rapid.SampledFrom([]int{80, 443, 8001}).Draw(t, "port"),
		path: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "b-c~", "%2F", "x%2Fy", "%C3%A9",
			"%25", ""}), 1, 3).Draw(t, "path"),
		hasQuery: rapid.Bool().Draw(t, "has query"),
	}
	if p.hasQuery {
		p.query = rapid.SampledFrom([]string{"", "q", "Q", "a=%2F", "a=/"}).Draw(t, "query")
	}
	return p
})

// write writes p in one of many ways: alias of the scheme, case of scheme and host, trailing dot,
// default port, dot segments, case of escapes, escapes of unreserved characters.
func (p location) write(t *rapid.T) string {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	schemes, defaultPort := []string{"ws", "WS", "http", "Http"}, 80
	if p.secure {
		schemes, defaultPort = []string{"wss", "wSs", "https", "HTTPS"}, 443
	}
	host := pick("case", p.host, strings.ToUpper(p.host))
	if p.host == "[::1]" {
		host = pick("zeros", "[::1]", "[0:0::0:1]", "[0000:0:0:0:0:0:0:0001]")
	} else {
		host += pick("dot", "", ".")
	}
	port := fmt.Sprintf(":%d", p.port)
	if p.port == defaultPort {
		port = pick("port", "", ":", port, fmt.Sprintf(":0%d", p.port))
	}
	s := pick("scheme", schemes...) + "://" + host + port
	for _, segment := range p.path {
		s += pick("dots", "/", "/", "/./", "/%2e/", "/gone/../", "/gone/%2E./") + p.escape(t, segment)
	}
	if p.hasQuery {
		s += "?" + p.escape(t, p.query)
	}
	return s
}

// escape writes s with other escapes of the same meaning.
func (p location) escape(t *rapid.T, s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			b.WriteString(rapid.SampledFrom([]string{s[i : i+3], strings.ToLower(s[i : i+3])}).
				Draw(t, "escape"))
			i += 2
		case scan.Is(c, scan.IsUnres) && rapid.IntRange(0, 3).Draw(t, "escaped") == 0:
			b.WriteString(rapid.SampledFrom([]string{fmt.Sprintf("%%%02X", c), fmt.Sprintf("%%%02x", c)}).
				Draw(t, "case of escape"))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Two ways to write a place have one key, two places have two, and the key is a way to write its
// place.
func TestURL_KeyNamesThePlace(t *testing.T) {
	t.Attr("req", "INV-23")
	t.Attr("req", "INV-24")
	t.Attr("req", "KHP-REDIR-05")
	rapid.Check(t, func(t *rapid.T) {
		p, q := genPlace.Draw(t, "place"), genPlace.Draw(t, "other place")
		one, two, other := p.write(t), p.write(t), q.write(t)
		key := mustURL(t, one).Key()
		require.Equal(t, key, mustURL(t, two).Key(), "%s and %s", one, two)
		require.Equal(t, key, mustURL(t, key).Key(), "idempotent: %s", key)
		require.Equal(t, fmt.Sprint(p) == fmt.Sprint(q), key == mustURL(t, other).Key(),
			"%s and %s", one, other)
	})
}

// The same for one difference at a time.
func TestURL_KeyKeepsApart(t *testing.T) {
	t.Attr("req", "INV-24")
	base := location{host: "h", port: 80, path: []string{"a", "b"}, query: "q", hasQuery: true}
	rapid.Check(t, func(t *rapid.T) {
		for what, change := range map[string]func(p *location){
			"scheme": func(p *location) { p.secure = true },
			"host":   func(p *location) { p.host = "a.example" }, "port": func(p *location) { p.port = 81 },
			"case of the path": func(p *location) { p.path = []string{"A", "b"} },
			"slash at the end": func(p *location) { p.path = []string{"a", "b", ""} },
			"escaped slash":    func(p *location) { p.path = []string{"a%2Fb"} },
			"escaped question mark": func(p *location) {
				p.path, p.hasQuery = []string{"a", "b%3Fq"},
					false
				p.query = ""
			},
			"query": func(p *location) { p.query = "r" }, "case of the query": func(p *location) {
				p.query = "Q"
			}, "no query": func(p *location) { p.hasQuery, p.query = false, "" },
		} {
			p := base
			change(&p)
			require.NotEqual(t, mustURL(t, base.write(t)).Key(), mustURL(t, p.write(t)).Key(), what)
		}
	})
}

// An escape of a reserved character is another character than this one, and than none.
func TestURL_Key_ReservedEscapes(t *testing.T) {
	key := func(target string) string {
		u, err := ParseURL("ws://h"+target, nil)
		require.NoError(t, err, target)
		return u.Key()
	}
	seen := map[string]string{}
	for _, target := range []string{"/x/y", "/x%2Fy", "/xy", "/x%25y", "/x%252Fy", "/x?y", "/x%3Fy",
		"/xy?q=a", "/xy?q=%26a", "/xy?q=&a"} {
		k := key(target)
		require.Empty(t, seen[k], "%s is another place than %s", seen[k], target)
		seen[k] = target
	}
	require.Equal(t, key("/x%2fy"), key("/x%2Fy"))
	require.Equal(t, "ws://h:80/x%2Fy?q=%26a", key("/%78%2fy?%71=%26a"))
}
