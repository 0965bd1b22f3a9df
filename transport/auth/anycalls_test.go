package auth

import (
	"context"
	"net"
	"reflect"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	functions := map[string]any{
		"Basic": Basic, "Bearer": Bearer, "ClientAddr": ClientAddr, "ClientNetwork": ClientNetwork,
		"Digest": Digest, "DigestUsers": DigestUsers, "FirstOf": FirstOf,
		"ParseChallenges": ParseChallenges, "PrepareCredentials": PrepareCredentials, "Token": Token,
		"Tokens": Tokens, "TryLater": TryLater, "Users": Users, "WithClientNetwork": WithClientNetwork,
	}
	anycall.Complete(t, ".", functions)
	texts := []string{
		"Basic realm=\"r\"", `Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`,
		"Application Token", "Basic", "Digest", "Token", "Basic am9lOndlbGNvbWU=", "Token 1:joe:welcome",
		"joe", "r", "/p", "GET",
		`Digest username="u", realm="r", nonce="n", uri="/p", ` +
			`response="0123456789abcdef0123456789abcdef", qop=auth, nc=00000001, cnonce="c"`,
	}
	values := func(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool) {
		one := func(list ...any) (reflect.Value, bool) {
			v := reflect.New(typ).Elem()
			if x := rapid.SampledFrom(list).Draw(t, "made"); x != nil {
				v.Set(reflect.ValueOf(x))
			}
			return v, true
		}
		switch typ {
		case reflect.TypeFor[context.Context]():
			return one(context.Background(),
				WithClientNetwork(context.Background(), &net.TCPAddr{IP: net.IPv6loopback}))
		case reflect.TypeFor[time.Duration]():
			return one(time.Duration(0), -time.Second, time.Duration(1<<63-1))
		case reflect.TypeFor[net.Addr]():
			return one(nil, &net.TCPAddr{}, &net.TCPAddr{IP: []byte{1, 2, 3}},
				&net.TCPAddr{IP: net.IPv6loopback, Zone: "z"}, &net.UnixAddr{})
		case reflect.TypeFor[*endpoint.Client]():
			c, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
			if err != nil {
				t.Fatal(err)
			}
			return one(c, &endpoint.Client{})
		case reflect.TypeFor[*endpoint.Request]():
			return one(&endpoint.Request{},
				&endpoint.Request{Authorization: rapid.SampledFrom(texts).Draw(t, "authorization")})
		case reflect.TypeFor[*CredentialsRequest]():
			list, _ := ParseChallenges(texts[0], texts[1], texts[2])
			return one(&CredentialsRequest{}, &CredentialsRequest{Challenges: list, Target: "/p"})
		case reflect.TypeFor[CredentialsProvider]():
			return one(nil, CredentialsFunc(nil), Basic("joe", "welcome"), Digest("joe", "welcome"),
				Token("t"), FirstOf(nil, Bearer("t")))
		}
		return v, false
	}
	rapid.Check(t, func(t *rapid.T) {
		c := anycall.Caller{Texts: texts, Values: values, Skip: []string{"Format"}}
		check := func(context.Context, string, string) bool { return true }
		c.Run(t, []any{
			&DigestAuth{Realm: "r", HA1: DigestUsers("r", 0, nil)}, &DigestAuth{}, &BasicAuth{}, &BasicAuth{
				"r", check,
			}, &TokenAuth{}, &TokenAuth{Check: Tokens(nil)}, new(AuthenticatorFunc), new(CredentialsFunc),
			&Challenge{}, &CredentialsRequest{}, &Verdict{},
		}, functions, 60)
	})
}
