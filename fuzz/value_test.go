package fuzz

import (
	"strings"
	"testing"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/fuzz/internal/property"
)

// values adds the inputs of a kind, and the values of a field in messages of the corpus.
func values(f *testing.F, kind corpus.Kind, fields ...string) {
	for c := range corpus.Of(kind) {
		f.Add(c.Input)
	}
	for _, name := range fields {
		for v := range corpus.Values(name) {
			f.Add(v)
		}
	}
}

// Any bytes as Sec-WebSocket-Extensions.
func FuzzExtensions(f *testing.F) {
	for _, s := range []string{`x-kaazing-ping-pong; 01010102`, `a;b="c\d";e, ,f ; g = h`, `a;b=""`,
		`a;b="c,d"`, "a;b=\"\\\"", "\ta\t;\tb\t,,", ";a", "a,;b", "a;"} {
		f.Add([]byte(s))
	}
	values(f, "extensions", "Sec-WebSocket-Extensions")
	f.Fuzz(func(t *testing.T, b []byte) { property.Check(t, property.Extensions(b)) })
}

// Any bytes as a list of tokens.
func FuzzTokens(f *testing.F) {
	f.Add([]byte("keep-alive, Upgrade"))
	f.Add([]byte(", ,a b,\x00"))
	values(f, "tokens", "Sec-WebSocket-Protocol", "Connection", "Upgrade")
	f.Fuzz(func(t *testing.T, b []byte) { property.Check(t, property.Tokens(b)) })
}

// Any bytes as WWW-Authenticate.
func FuzzChallenges(f *testing.F) {
	for _, s := range []string{
		`Application Basic realm="Kaazing WebSocket Gateway Demo"`, `Application Negotiate`,
		`Application Negotiate abc==`, `Basic realm = "a\"b", Digest nonce=x, opaque="",Bearer`,
		`Application Token http://x/y a=b, c "d"`, `Negotiate YII=, NTLM`, `Application, Basic`,
		"application basic\trealm=x", `Basic a==b`,
		`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`,
	} {
		f.Add([]byte(s))
	}
	values(f, "challenges", "WWW-Authenticate", "Proxy-Authenticate")
	f.Fuzz(func(t *testing.T, b []byte) { property.Check(t, property.Challenges(b)) })
}

// Any bytes as the parameters of a Digest challenge and of Digest credentials, and any user.
func FuzzDigest(f *testing.F) {
	for _, s := range []string{
		`realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ` +
			`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
			`opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
		`realm="a\"b", nonce=x, algorithm=SHA-512-256-sess, qop=auth, userhash=true, ` +
			`charset=UTF-8, stale=TRUE`, `nonce="", realm=""`,
		`realm=r, nonce=n, algorithm=md5, qop="auth-int"`,
		`username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, ` +
			`nonce="n", nc=00000001, cnonce="c", qop=auth, ` +
			`response="8ca523f5e9506fed4657c9700eebdbec", opaque="o"`,
		`username*=UTF-8''J%C3%A4s%C3%B8n, realm="r", uri="/", nonce="n", response="00"`,
	} {
		f.Add([]byte(s), "Mufasa", "Circle of Life")
		f.Add([]byte(s), "J\u00e4s\u00f8n:", "\"\\\x00")
	}
	f.Fuzz(func(t *testing.T, b []byte, user, password string) {
		property.Check(t, property.Digest(b, user, password))
	})
}

// Any string as a URL, and any other as a reference seen from it.
func FuzzURL(f *testing.F) {
	bases := []string{"ws://example.com/echo?.kl=Y", "WSS://[::ffff:192.0.2.1]:443",
		"http://A_b-c.~d.:80/a/./b/../%7e%2f%2F?q=%61", "https://h:0/", "ws://u:p@h/",
		"ws://xn--nxasmq6b/\u00e9"}
	for _, u := range bases {
		for _, ref := range []string{"", "/x", "../..//y/.", "?z", "//h2:81", "wss://h/..", "a:b",
			"./a:b", "%2e%2e/x", "\\x", "x#y"} {
			f.Add(u, ref)
		}
	}
	for c := range corpus.Of("url") {
		one, other, _ := strings.Cut(string(c.Input), " ")
		f.Add(one, other)
	}
	for c := range corpus.Of("location") {
		f.Add("wss://h:8443/b/c/d;p?q", string(c.Input))
	}
	for v := range corpus.Values("Location") {
		f.Add(bases[2], string(v))
	}
	f.Fuzz(func(t *testing.T, u, ref string) { property.Check(t, property.URL(u, ref)) })
}
