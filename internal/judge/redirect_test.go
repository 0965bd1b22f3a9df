package judge

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// place parses a URL.
func place(t *testing.T, rawURL string) wire.URL {
	t.Helper()
	u, err := wire.ParseURL(rawURL, nil)
	require.NoError(t, err)
	return u
}

// from is the policy of a client at a URL that follows every redirect, and has been nowhere else.
func from(t *testing.T, rawURL string) *Redirects {
	t.Helper()
	limits := wire.DefaultLimits()
	here := place(t, rawURL)
	return &Redirects{Here: here, Visited: []wire.URL{here}, Method: "GET", Limits: &limits,
		Mark: func(u wire.URL) wire.URL { return u }}
}

// A client follows targets that its policy allows, and gives the reason why it does not follow
// another one.
func TestRedirects_Resolve(t *testing.T) {
	t.Attr("req", "KHP-REDIR-05")
	const usable, refused, visited = fsm.FactTargetUsable, fsm.FactTargetRefused, fsm.FactTargetVisited
	none := func(*Redirects) {}
	sameHost := func(p *Redirects) { p.SameHost = true }
	sameOrigin := func(p *Redirects) { p.SameOrigin = true }
	been := func(rawURL string) func(p *Redirects) {
		return func(p *Redirects) { p.Visited = append(p.Visited, place(t, rawURL)) }
	}
	for name, v := range map[string]struct {
		here, ref string
		policy    func(p *Redirects)
		facts     fsm.Facts
		to        string
		detail    string
	}{
		"relative":     {"ws://h:81/a/b?x", "c?y", none, usable, "ws://h:81/a/c?y", ""},
		"another host": {"ws://h/", "ws://other/q", none, usable, "ws://other/q", ""},
		"to TLS":       {"ws://h/", "wss://h/", none, usable, "wss://h/", ""},
		"within TLS":   {"wss://h/", "wss://i/", none, usable, "wss://i/", ""},
		"out of TLS":   {"wss://h/", "ws://h/", none, refused, "ws://h/", "from wss to ws"},
		"out of TLS, ok": {"wss://h/", "ws://h/?q", func(p *Redirects) { p.AllowDowngrade = true },
			usable, "ws://h/?q", ""},
		"here again":  {"ws://h/a", "/%61", none, visited, "ws://h/%61", ""},
		"there again": {"ws://h/a", "ws://i:80/b", been("ws://i/b"), visited, "ws://i/b", ""},
		"visited, and out of TLS": {"wss://h/", "ws://i/", been("ws://i/"), visited,
			"ws://i/", ""},
		"same host":            {"ws://h/", "ws://h:81/", sameHost, usable, "ws://h:81/", ""},
		"not the same host":    {"ws://h/", "ws://i/", sameHost, refused, "ws://i/", "another host"},
		"host in another case": {"ws://h/", "ws://H/q", sameHost, usable, "ws://h/q", ""},
		"same origin":          {"ws://h/", "ws://h:80/q", sameOrigin, usable, "ws://h/q", ""},
		"not the same port": {"ws://h/", "ws://h:81/", sameOrigin, refused, "ws://h:81/",
			"another origin"},
		"not the same scheme": {"ws://h:1/", "wss://h:1/", sameOrigin, refused, "wss://h:1/",
			"another origin"},
		"no origin of the visited": {"ws://h/", "ws://i/q",
			func(p *Redirects) { sameOrigin(p); been("ws://i/")(p) }, refused, "ws://i/q", "another origin"},
		"marked": {"ws://h/", "/q", func(p *Redirects) {
			p.Mark = func(u wire.URL) wire.URL { u.Query, u.HasQuery = "mark", true; return u }
		}, usable, "ws://h/q?mark", ""},
		"converted": {"ws://h/", "ws://\u00e9/", func(p *Redirects) {
			p.ToASCII = func(string) (string, error) { return "ascii", nil }
		}, usable, "ws://ascii/", ""},
		"no URL":    {"ws://h/", "ftp://u:s3cr3t@h/", none, 0, "", `target "ftp://h/": `},
		"no method": {"ws://h/", "/q", func(p *Redirects) { p.Method = "A B" }, 0, "", `target "/q": `},
		"no method, and too long": {"ws://h/", "/q", func(p *Redirects) {
			p.Method, p.Limits.Target = "A B", 1
		}, 0, "", `target "/q": bad method`},
		"marked with what cannot be written": {"ws://h/", "/q", func(p *Redirects) {
			p.Mark = func(u wire.URL) wire.URL { u.Query, u.HasQuery = "a b", true; return u }
		}, 0, "", `target "/q": `},
		"as long as may be": {"ws://h/", "/1234", func(p *Redirects) { p.Limits.Target = 5 }, usable,
			"ws://h/1234", ""},
		"too long": {"ws://h/", "/12345", func(p *Redirects) { p.Limits.Target = 5 }, 0, "",
			"longer than 5 bytes"},
		"asked": {"ws://h/a", "/c", func(p *Redirects) {
			been("ws://i/b")(p)
			p.Check = func(via []string, to string) error {
				return errors.New(strings.Join(append(via, to), " "))
			}
		}, refused, "ws://h/c", "ws://h/a ws://i/b ws://h/c"},
		"asked, and allowed": {"ws://h/a", "/c", func(p *Redirects) {
			p.Check = func([]string, string) error { return nil }
		}, usable, "ws://h/c", ""},
	} {
		p := from(t, v.here)
		v.policy(p)
		got := p.Resolve([]byte(v.ref))
		require.Equal(t, v.facts, got.Facts, name)
		require.Equal(t, v.detail == "", got.Detail == "", "%s: %s", name, got.Detail)
		require.Contains(t, got.Detail, v.detail, name)
		require.NotContains(t, got.Detail, "s3cr3t", name)
		if v.to == "" {
			require.Empty(t, got.URL.Host, name)
		} else {
			require.Equal(t, v.to, got.URL.String(), name)
		}
	}
}

// A redirect has one target, whichever way it names it.
func TestRedirects_Location(t *testing.T) {
	t.Attr("req", "KHP-STATUS-300-02")
	const list = "Content-Type: Text/URI-List; charset=x"
	for name, v := range map[string]struct {
		status int
		lines  []string
		body   string
		to     string
		detail string
	}{
		"one":              {302, []string{"Location: /q"}, "", "ws://h/q", ""},
		"the same twice":   {302, []string{"Location: /q", "Location: /q"}, "", "ws://h/q", ""},
		"two":              {302, []string{"Location: /q", "Location: /r"}, "", "", "two different"},
		"none":             {301, []string{list}, "/q", "", "no Location"},
		"one of 300":       {300, []string{"Location: /q", list}, "/r", "ws://h/q", ""},
		"choices":          {300, []string{list}, "/q\n/r", "ws://h/q", ""},
		"no list":          {300, []string{"Content-Type: text/plain"}, "/q", "", "neither Location nor"},
		"nothing at all":   {300, nil, "/q", "", "neither Location nor"},
		"first usable":     {300, []string{list}, "ftp://x/\n/\nws://down/\n/r\n/s", "ws://h/r", ""},
		"first refused":    {300, []string{list}, "ftp://x/\nws://no/1\nws://no/2", "ws://no/1", "no"},
		"visited only":     {300, []string{list}, "/\nftp://x/", "ws://h/", ""},
		"nothing readable": {300, []string{list}, "ftp://x/\nftp://y/", "", "none of the offered"},
	} {
		p := from(t, "ws://h/")
		p.Check = func(_ []string, to string) error {
			if strings.HasPrefix(to, "ws://no/") || strings.HasPrefix(to, "ws://down/") {
				return errors.New("no")
			}
			return nil
		}
		got := p.Location(&wire.Response{Status: v.status, Fields: fields(t, v.lines...),
			Body: []byte(v.body)})
		if v.to == "" {
			require.Zero(t, got.Facts, name)
		} else {
			require.Equal(t, v.to, got.URL.String(), name)
		}
		require.Equal(t, v.detail == "", got.Detail == "", "%s: %s", name, got.Detail)
		require.Contains(t, got.Detail, v.detail, name)
	}
}

// So many choices are judged that a list may have elements; those that are no URLs do not count.
func TestRedirects_ChoicesAreBounded(t *testing.T) {
	for before, followed := range map[int]bool{2: true, 3: false, 4: false} {
		p := from(t, "ws://h/")
		p.Limits.Elements = 3
		lines := append(slices.Repeat([]string{"/"}, before), "ftp://x/", "/q")
		got := p.Location(&wire.Response{Status: 300,
			Fields: fields(t, "Content-Type: text/uri-list"), Body: []byte(strings.Join(lines, "\n"))})
		require.Equal(t, followed, got.Facts == fsm.FactTargetUsable, "%d before it", before)
	}
}

// An upgrade to TLS is the same place with TLS.
func TestRedirects_Upgrade(t *testing.T) {
	t.Attr("req", "KHP-STATUS-426-02")
	for _, v := range []struct{ here, upgrade, to string }{
		{"ws://h/p?q", "TLS/1.2", "wss://h/p?q"},
		{"ws://h:80/", "TLS/1.3, HTTP/1.1", "wss://h/"},
		{"ws://h:81/", "h2c,\ttls/1.0", "wss://h:81/"},
		{"wss://h/", "TLS/1.2", ""},
		{"ws://h/", "websocket", ""},
		{"ws://h/", "TLS", ""},
		{"ws://h/", "XTLS/1.2", ""},
	} {
		p := from(t, v.here)
		r := wire.Response{Status: 426, Fields: fields(t, "Upgrade: "+v.upgrade)}
		got := p.Upgrade(&r)
		if v.to == "" {
			require.Zero(t, got, v)
			continue
		}
		require.Equal(t, v.to, got.URL.String(), v)
		require.Equal(t, fsm.FactUpgradeTLS|fsm.FactTargetUsable, got.Facts, v)
		p.Visited = append(p.Visited, place(t, v.to))
		got = p.Upgrade(&r)
		require.Equal(t, v.to, got.URL.String(), v)
		require.Equal(t, fsm.FactUpgradeTLS|fsm.FactTargetVisited, got.Facts, v)
	}
}

// No user information is shown, whatever else is wrong with a URL.
func TestWithoutUserinfo(t *testing.T) {
	for in, want := range map[string]string{
		"ws://h/p":          "ws://h/p",
		"ws://u:p@h/p":      "ws://h/p",
		"://u:p@h":          "://h",
		"u:p@h":             "h",
		"@h":                "h",
		"ws://u:p@q@h":      "ws://h",
		"":                  "",
		"ws://u:p@":         "ws://",
		"u:p@h/?to=ws://h/": "h/?to=ws://h/",
	} {
		require.Equal(t, want, WithoutUserinfo(in), in)
	}
	long := strings.Repeat("h", 500)
	for _, in := range []string{long, "u:p@" + long, "ws://u:p@" + long} {
		require.Less(t, len(WithoutUserinfo(in)), 220)
	}
}

// A prefix is one in either case of letters, and may be all there is.
func TestHasPrefixFold(t *testing.T) {
	for s, want := range map[string]bool{"tls/": true, "TLS/1": true, "tL": false, "": false,
		"xtls/": false, "tls-1": false} {
		require.Equal(t, want, HasPrefixFold(s, "TLS/"), s)
	}
}
