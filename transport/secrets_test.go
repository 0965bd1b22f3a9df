package transport_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

const secret = "s3cr3t-of-joe"

// structs are the exported struct types of the packages that see credentials, by directory.
var structs = map[string][]any{
	"../endpoint": {
		endpoint.Client{}, endpoint.ClientConfig{}, endpoint.Decision{}, endpoint.Difference{},
		endpoint.HandshakeError{}, endpoint.HeaderField{}, endpoint.MisuseError{},
		endpoint.OpeningRequest{}, endpoint.Output{},
		endpoint.Outside{}, endpoint.Request{}, endpoint.Result{}, endpoint.Server{},
		endpoint.ServerConfig{}, endpoint.Timeouts{},
	},
	".": {
		transport.Bounds{}, transport.CloseError{}, transport.Compression{}, transport.Conn{},
		transport.DialOptions{}, transport.Event{}, transport.ForwardError{}, transport.Handler{},
		transport.HandshakeError{}, transport.InactivityError{}, transport.Labels{},
		transport.ListenerOptions{}, transport.Load{}, transport.Prepared{},
		transport.ProtocolError{}, transport.ProxyError{}, transport.Retry{}, transport.Server{},
		transport.Source{}, transport.Traffic{},
	},
	"adapter": {adapter.ClientOptions{}, adapter.Inbox{}, adapter.Result{},
		adapter.ServerOptions{}, adapter.Target{}},
	"auth": {auth.BasicAuth{}, auth.Challenge{}, auth.CredentialsRequest{},
		auth.DigestAuth{}, auth.TokenAuth{}, auth.Verdict{}},
	"auth/htpasswd": {htpasswd.File{}},
	"../wire/credentials": {credentials.DigestChallenge{}, credentials.DigestCredentials{},
		credentials.DigestUse{}},
	"../wire": {
		wire.Assembler{}, wire.Challenge{}, wire.Extension{}, wire.Field{}, wire.Limits{},
		wire.ParseError{},
		wire.Request{}, wire.Response{}, wire.URL{},
	},
}

// shows are types whose text has to show their content: a URL is used as one, and the secrets in an
// Event were replaced before.
var shows = map[string]bool{"wire.URL": true, "transport.Event": true}

// plain are the types that name the URL that their user gave, or an address, whole.
var plain = map[string]string{"transport.HandshakeError": "ws://h/p",
	"endpoint.HandshakeError": "ws://h/p", "transport.ProxyError": "h:80"}

// exported lists the struct types that a package exports.
func exported(t *testing.T, dir string) (names []string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && !s.Assign.IsValid() {
					if _, ok := s.Type.(*ast.StructType); ok {
						names = append(names, s.Name.Name)
					}
				}
			}
		}
	}
	return names
}

// secrets are the fields, by name, that hold a secret as a whole.
var secrets = map[string]bool{"Authorization": true, "Refused": true, "Password": true,
	"Body": true, "Data": true, "Principal": true, "Response": true, "CNonce": true, "Buf": true}

// urls are the fields that hold a URL or a target.
var urls = map[string]string{"URL": "ws://joe:" + secret + "@h/p?t=" + secret, "Target": "/p?t=" +
	secret, "Location": "ws://joe:" + secret + "@h/p?t=" + secret, "Reroute": "ws://h/p?t=" + secret,
	"URI": "/p?t=" + secret, "LoginURL": "http://h/?t=" + secret, "Query": "t=" + secret,
	"Origin": "http://h"}

// fill puts secrets wherever v may hold one.
func fill(v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[http.Header]() {
		v.Set(reflect.ValueOf(http.Header{"Authorization": {"Basic " + secret}, "Cookie": {"a=" + secret},
			"Set-Cookie": {secret}, "Location": {urls["Location"]}, "Referer": {urls["URL"]}}))
		return
	}
	if v.Type() == reflect.TypeFor[[]endpoint.HeaderField]() ||
		v.Type() == reflect.TypeFor[wire.Fields]() || v.Type() == reflect.TypeFor[[]wire.Field]() {
		list := reflect.MakeSlice(v.Type(), 5, 5)
		for i, f := range [5][2]string{{"Authorization", "Basic " + secret}, {"cookie", "a=" + secret},
			{"Proxy-Authorization", secret}, {"Location", urls["Location"]}, {"Referer", urls["URL"]}} {
			one := list.Index(i)
			for j := range 2 {
				if part := one.Field(j); part.Kind() == reflect.String {
					part.SetString(f[j])
				} else {
					part.SetBytes([]byte(f[j]))
				}
			}
		}
		v.Set(list)
		return
	}
	switch v.Kind() {
	case reflect.String:
		switch {
		case secrets[name]:
			v.SetString(secret)
		case urls[name] != "":
			v.SetString(urls[name])
		default:
			v.SetString("x")
		}
	case reflect.Interface:
		if v.NumMethod() == 0 && secrets[name] {
			v.Set(reflect.ValueOf(secret))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			one := reflect.New(reflect.TypeFor[string]()).Elem()
			fill(one, name)
			v.SetBytes([]byte(one.String()))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[endpoint.HeaderField]() {
			v.Set(reflect.ValueOf(endpoint.HeaderField{Name: "Authorization", Value: "Basic " + secret}))
			return
		}
		if v.Type() == reflect.TypeFor[wire.Field]() {
			v.Set(reflect.ValueOf(wire.Field{Name: []byte("Authorization"),
				Value: []byte("Basic " + secret)}))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(v.Field(i), f.Name)
			}
		}
	}
}

// leaks returns how a text shows the secret, in any form that a verb or an encoder gives it.
func leaks(text string) (as string) {
	decimal := strings.Trim(fmt.Sprint([]byte(secret)), "[]")
	for as, form := range map[string]string{
		"text": secret, "hex": fmt.Sprintf("%x", secret), "HEX": fmt.Sprintf("%X", secret),
		"decimal": decimal, "list": strings.ReplaceAll(decimal, " ", ", "),
		"Go": strings.ReplaceAll(strings.Trim(fmt.Sprintf("%#v", []byte(secret)),
			"[]byte{}"), "}", ""),
		"base64": "czNjcjN0LW9mLWpvZ",
	} {
		if strings.Contains(text, form) {
			return as
		}
	}
	return ""
}

// No exported struct prints a secret that one of its fields holds, as a value, behind a pointer or
// inside of something else.
func TestSecrets_EveryStruct(t *testing.T) {
	for dir, list := range structs {
		var names []string
		for _, v := range list {
			typ := reflect.TypeOf(v)
			names = append(names, typ.Name())
			if shows[typ.String()] {
				continue
			}
			p := reflect.New(typ)
			fill(p.Elem(), "")
			for _, name := range []string{"URL", "Target", "LoginURL"} {
				if f := p.Elem().FieldByName; plain[typ.String()] != "" && f(name).IsValid() {
					f(name).SetString(plain[typ.String()])
				}
			}
			t.Run(typ.String(), func(t *testing.T) {
				printed := map[string]any{"pointer": p.Interface()}
				// these are not copied
				if p.Elem().NumField() > 0 && typ.Name() != "Server" && typ.Name() != "Client" &&
					typ.Name() != "Conn" && typ.Name() != "Handler" && typ.Name() != "DigestAuth" &&
					typ.Name() != "File" {
					printed["value"] = p.Elem().Interface()
				}
				for how, v := range printed {
					for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
						for _, text := range []string{fmt.Sprintf(verb, v), fmt.Sprintf(verb, []any{v}),
							fmt.Sprintf(verb, struct{ V any }{v})} {
							require.Empty(t, leaks(text), "%s %s: %s", how, verb, text)
						}
					}
					// without it package fmt prints fields where a verb is wrong
					if _, ok := v.(fmt.Formatter); ok {
						for _, verb := range []string{"%d", "%t", "%c", "%e", "%z"} {
							require.Empty(t, leaks(fmt.Sprintf(verb, v)), "%s %s", how, verb)
						}
					}
					var log bytes.Buffer
					slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
					slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
					require.Empty(t, leaks(log.String()), "%s slog: %s", how, log.String())
					if b, err := json.Marshal(v); err == nil {
						require.Empty(t, leaks(string(b)), "%s JSON: %s", how, b)
					}
				}
			})
		}
		t.Run("complete/"+dir, func(t *testing.T) {
			require.ElementsMatch(t, exported(t, dir), names, "every struct of %s is tried", dir)
		})
	}
}
