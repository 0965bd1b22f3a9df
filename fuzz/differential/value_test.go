package differential

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/internal/retryafter"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// Any reference as seen from any URL, here and in net/url. References that both accept resolve to
// the same place.
func FuzzDiffURL(f *testing.F) {
	for _, base := range []string{"ws://h/b/c/d;p?q", "wss://[::1]:8443/a//b/../", "http://h:80"} {
		for _, ref := range []string{"g", "./g", "g/", "/g", "//g", "?y", "g?y", ";x", "g;x=1/../y",
			"../../../g", "..g", "./../g", "http:g", "ws://x/../y", "a//..//b", "%2e%2e/x"} {
			f.Add(base, ref)
		}
	}
	for v := range corpus.Values("Location") {
		f.Add("ws://h/p?q", string(v))
	}
	f.Fuzz(func(t *testing.T, base, ref string) {
		u, err := wire.ParseURL(base, nil)
		if err != nil {
			return
		}
		ours, err := u.Resolve([]byte(ref), nil)
		if err != nil {
			return
		}
		from, err := url.Parse(u.String())
		if err != nil {
			return // net/url refuses more in a host and in escapes
		}
		theirs, err := from.Parse(ref)
		if err != nil {
			return
		}
		// net/url writes paths anew, with some bytes escaped that wire leaves as they are: compare both
		// after decoding.
		path, err := url.PathUnescape(ours.Path)
		if err != nil {
			t.Fatalf("%q: %v", ours.Path, err)
		}
		host := strings.TrimSuffix(strings.ToLower(theirs.Hostname()), ".")
		if strings.Contains(host, ":") || strings.Contains(host, "%") {
			host = strings.Trim(ours.Host, "[]") // written anew here
		}
		if escapes := strings.ToLower(u.Path + ref); strings.Contains(escapes, "%2e") ||
			strings.Contains(escapes, "%2f") {
			// net/url decodes escaped dots and slashes before it resolves, if there is a byte in
			// the path that it has to escape
			return
		}
		if strings.HasPrefix(path, "//") {
			return // net/url takes one of the slashes away, RFC 3986 section 5.2.4 does not
		}
		if theirPath := theirs.Path; path != theirPath && theirPath != "" ||
			ours.Query != theirs.RawQuery || strings.Trim(ours.Host, "[]") != host {
			t.Fatalf("%q from %q: wire %q, net/url %q (%q)", ref, u, ours, theirs, theirPath)
		}
	})
}

// Any value as Retry-After, with the date reader of net/http.
func FuzzDiffRetryAfter(f *testing.F) {
	for _, v := range []string{"0", "120", "-1", "1.5", "Fri, 31 Dec 1999 23:59:59 GMT",
		"Friday, 31-Dec-99 23:59:59 GMT", "Fri Dec 31 23:59:59 1999", "Fri Dec  1 23:59:59 1999",
		"Fri, 31 Feb 1999 23:59:59 GMT"} {
		f.Add([]byte(v), int64(946684700))
	}
	for c := range corpus.Of("retry-after") {
		f.Add(c.Input, int64(784111740))
	}
	f.Fuzz(func(t *testing.T, value []byte, now int64) {
		seconds, ok := retryafter.Seconds(value, now)
		if seconds < 0 || seconds > 366*24*3600 || !ok && seconds != 0 {
			t.Fatalf("%d seconds, %v", seconds, ok)
		}
		at, err := http.ParseTime(string(value))
		if err != nil || !ok || now < 0 || now > 1<<40 {
			return
		}
		if at.Year()%100 == 0 || len(value) < 26 || strings.Contains(string(value[:10]), "day") {
			return // which century two digits mean depends on now, here, and not in net/http
		}
		if want := max(at.Unix()-now, 0); want != seconds && seconds < 365*24*3600 {
			t.Fatalf("%q is %v, %d seconds from %v; wire says %d",
				value, at, want, time.Unix(now, 0).UTC(), seconds)
		}
	})
}

// Any Authorization value, here and in net/http.
func FuzzDiffBasic(f *testing.F) {
	for _, v := range []string{"Basic am9lOndlbGNvbWU=", "basic Og==", "Basic  am9lOndlbGNvbWU=",
		"Basic am9l", "Basic\tOg==", "Basic am9lOndlbGNvbWV=", "Basic YQo6YQ=="} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		scheme, rest, ok := credentials.Split([]byte(value))
		user, password, basic := "", "", false
		if ok && scan.EqualFold(scheme, "Basic") {
			user, password, basic = credentials.DecodeBasic(rest)
		}
		r := http.Request{Header: http.Header{"Authorization": {value}}}
		u, p, theirs := r.BasicAuth()
		switch {
		case basic && theirs && (u != user || p != password):
			t.Fatalf("%q: wire %q and %q, net/http %q and %q", value, user, password, u, p)
		case theirs && !basic:
			// wire refuses control bytes, and line ends within base64
			if strings.IndexFunc(u+p+value, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0 {
				t.Fatalf("only net/http reads %q: %q and %q", value, u, p)
			}
		case basic && !theirs:
			// net/http takes exactly one space behind the scheme, and none behind the rest
			if value == string(scheme)+" "+string(rest) {
				t.Fatalf("only wire reads %q: %q and %q", value, user, password)
			}
		}
	})
}
