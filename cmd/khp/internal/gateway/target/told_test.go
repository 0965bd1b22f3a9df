package target

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// request makes one whose fields are lines "Name: value" of the opening and of the extended
// request.
func request(opening, extended []string) *transport.Request {
	list := func(lines []string) (f []endpoint.HeaderField) {
		for _, l := range lines {
			name, value, _ := strings.Cut(l, ": ")
			f = append(f, endpoint.HeaderField{Name: name, Value: value})
		}
		return f
	}
	r := &transport.Request{Header: list(extended)}
	r.Host, r.Opening = "www.example.com", list(opening)
	return r
}

func source(proxied bool, hops ...string) (s transport.Source) {
	for _, h := range hops {
		s.Hops = append(s.Hops, netip.MustParseAddrPort(h))
	}
	s.Proxied = proxied
	return s
}

// sent returns the fields for a back end.
func sent(t require.TestingT, to config.Route, user string, r *transport.Request,
	from transport.Source) http.Header {
	h, err := (&Route{Route: &to}).header(r, guard.Login{User: user}, from)
	require.NoError(t, err)
	return h
}

// Only named fields go along, from the extended request rather than from the opening one.
func TestTold_Fields(t *testing.T) {
	r := request([]string{"Origin: http://a.example", "X-Tenant: old", "accept-language: de",
		"X-Secret: s"}, []string{"x-tenant: new", "X-Tenant: newer", "Authorization: Basic x"})
	h := sent(t, config.Route{Backends: config.Backends{ForwardFields: []string{
		"X-Tenant", "Accept-Language", "Origin", "X-None"}}}, "", r, source(false, "192.0.2.1:5"))
	require.Equal(t, http.Header{
		"X-Tenant": {"new", "newer"}, "Accept-Language": {"de"}, "Origin": {"http://a.example"},
		"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"http"},
		"X-Forwarded-Host": {"www.example.com"},
		"Forwarded":        {`for=192.0.2.1;proto=http;host="www.example.com"`},
	}, h)
}

// The field that has a token for khp stays here, though it is named.
func TestTold_CredentialsStay(t *testing.T) {
	to := &Route{Route: &config.Route{Backends: config.Backends{
		ForwardFields: []string{"X-Token", "X-Tenant"}}}}
	h, err := to.header(request([]string{"X-Tenant: red", "X-Token: s"}, nil),
		guard.Login{Carried: []guard.Carriers{{}, {Header: "x_token"}}}, transport.Source{})
	require.NoError(t, err)
	require.Contains(t, h, "X-Tenant")
	require.NotContains(t, h, "X-Token")
}

func TestTold_Cookies(t *testing.T) {
	for _, x := range []struct {
		cookies []string
		named   []string
		want    string
	}{
		{[]string{"a=1; b=2; c=3"}, []string{"a", "c"}, "a=1; c=3"}, {[]string{"a=1", "b=2; a=3"},
			[]string{"a"}, "a=1; a=3"}, {[]string{"a=1; b=2"}, []string{"*"}, "a=1; b=2"},
		{[]string{"a=1; b=2"}, nil, ""}, {[]string{"A=1"}, []string{"a"}, ""},
		{[]string{"a=x=y;b;=z; token=s"}, []string{"*"}, "a=x=y; =z"},
		{[]string{`a="1; token=s"`}, []string{"a"}, `a="1`},
	} {
		var lines []string
		for _, c := range x.cookies {
			lines = append(lines, "Cookie: "+c)
		}
		to := &Route{Route: &config.Route{Backends: config.Backends{ForwardCookies: x.named}}}
		h, err := to.header(request(lines, nil),
			guard.Login{Carried: []guard.Carriers{{Cookie: "token"}, {}}}, transport.Source{})
		require.NoError(t, err)
		require.Equal(t, x.want, h.Get("Cookie"), "%s of %s", x.named, x.cookies)
	}
}

// The hops are those that are certain; scheme and host are a trusted proxy's word, or our own.
func TestTold_Forwarded(t *testing.T) {
	says := []string{"X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https",
		"X-Forwarded-Host: outside.example:8443", "Forwarded: for=1.1.1.1;proto=https"}
	h := sent(t, config.Route{}, "", request(says, nil),
		source(true, "[2001:db8::7]:0", "10.0.0.1:443"))
	require.Equal(t, http.Header{
		"X-Forwarded-For": {"2001:db8::7, 10.0.0.1"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Host": {"outside.example:8443"},
		"Forwarded":        {`for="[2001:db8::7]";proto=https;host="outside.example:8443", for=10.0.0.1`},
	}, h)
	h = sent(t, config.Route{}, "", request(says, nil), source(false, "192.0.2.1:5"))
	require.Equal(t, "192.0.2.1", h.Get("X-Forwarded-For"))
	require.Equal(t, "http", h.Get("X-Forwarded-Proto"))
	require.Equal(t, "www.example.com", h.Get("X-Forwarded-Host"))
	h = sent(t, config.Route{}, "", request([]string{"X-Forwarded-Proto: ftp",
		`X-Forwarded-Host: a";for=b`}, nil), source(true, "10.0.0.1:443"))
	require.Equal(t, "http", h.Get("X-Forwarded-Proto"))
	require.NotContains(t, h, "X-Forwarded-Host")
	// by a Unix socket
	h = sent(t, config.Route{}, "", request(nil, nil), transport.Source{Secure: true})
	require.NotContains(t, h, "X-Forwarded-For")
	require.Equal(t, `for=unknown;proto=https;host="www.example.com"`, h.Get("Forwarded"))
}

// The name of a user stands in its field alone, as it is; one that no field can hold is refused.
func TestTold_User(t *testing.T) {
	to := config.Route{Backends: config.Backends{UserField: "X-Forwarded-User"}}
	forged := request([]string{"X-Forwarded-User: root", "x-forwarded-user: root",
		"X_Forwarded_User: root"}, []string{"X-FORWARDED-USER: root"})
	require.Equal(t, []string{"joe"},
		sent(t, to, "joe", forged, transport.Source{})["X-Forwarded-User"])
	require.Equal(t, []string{"Jörg, a b"},
		sent(t, to, "Jörg, a b", forged, transport.Source{})["X-Forwarded-User"])
	require.NotContains(t, sent(t, to, "", forged, transport.Source{}), "X-Forwarded-User")
	for _, name := range []string{"joe\r\nX-Admin: 1", "joe\x00", " joe", "joe ", "joe\t", "\n"} {
		_, err := (&Route{Route: &to}).header(forged, guard.Login{User: name}, transport.Source{})
		require.ErrorIs(t, err, errUser, name)
	}
}

// No spelling of a field that khp writes reaches a back end from a client, whatever it sends.
func TestTold_CannotBeForged(t *testing.T) {
	name := rapid.SampledFrom([]string{"X-Forwarded-For", "x-forwarded-for", "X_Forwarded_For",
		"Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-User", "x-user", "X_User", "X-USER",
		"Cookie", "X-Tenant", "Host", "Connection"})
	value := rapid.SampledFrom([]string{"evil", "evil, evil", "evil; evil=evil", `"evil`,
		"for=evil", "1.1.1.1"})
	line := rapid.Custom(func(t *rapid.T) string {
		return name.Draw(t, "name") + ": " +
			value.Draw(t, "value")
	})
	to := config.Route{Backends: config.Backends{ForwardFields: []string{"X-Tenant"},
		ForwardCookies: []string{"session"}, UserField: "X-User"}}
	require.NoError(t, (&Route{Route: &to}).tell(config.Routes{&to}))
	rapid.Check(t, func(t *rapid.T) {
		r := request(rapid.SliceOfN(line, 0, 6).Draw(t, "opening"),
			rapid.SliceOfN(line, 0, 6).Draw(t, "extended"))
		for field, values := range sent(t, to, "joe", r, source(false, "192.0.2.1:5")) {
			if field == "X-Tenant" { // the client's to write
				continue
			}
			require.Contains(t, []string{"X-User", "X-Forwarded-For", "X-Forwarded-Proto",
				"X-Forwarded-Host", "Forwarded"}, field)
			require.NotContains(t, strings.Join(values, " "), "evil")
			require.NotContains(t, strings.Join(values, " "), "1.1.1.1")
		}
	})
}

// Fields that only khp may write are refused from a client with a reason, also where only
// another route has it.
func TestTold_Check(t *testing.T) {
	other := &config.Route{Backends: config.Backends{UserField: "X-User"}}
	for wrong, said := range map[string]config.Backends{
		"--forward-fields X Tenant: it is no name of a field": {ForwardFields: []string{
			"X Tenant",
		}},
		"--forward-fields X_Forwarded-for: khp writes it itself": {ForwardFields: []string{
			"X_Forwarded-for",
		}},
		"--user-field forwarded: khp writes it itself": {UserField: "forwarded"},
		"--forward-fields Authorization: it is between": {ForwardFields: []string{
			"Authorization",
		}},
		"--forward-fields sec-websocket-Key: it belongs": {ForwardFields: []string{
			"sec-websocket-Key",
		}},
		"--forward-fields Proxy_Authorization: it belongs": {ForwardFields: []string{
			"Proxy_Authorization",
		}},
		"--user-field Host: it belongs":                {UserField: "Host"},
		"--user-field cookie: it means something else": {UserField: "cookie"},
		"--forward-fields cookie: it holds all cookies": {ForwardFields: []string{
			"cookie",
		}},
		"--forward-fields x_user: back ends read the user's name there": {ForwardFields: []string{
			"x_user",
		}},
		`--forward-cookies "a=b": it is no name of a cookie; expected one`: {ForwardCookies: []string{
			"a=b",
		}},
		"--forward-fields *: only cookies go along all at once": {ForwardFields: []string{"*"}},
		`--backend-name "chat:443": expected a name or address`: {BackendName: "chat:443"},
		`--backend-name "a b": expected a name or address`:      {BackendName: "a b"},
		"--send-proxy 2: expected v1 or v2":                     {SendProxy: "2"},
	} {
		to := &config.Route{Backends: said}
		require.ErrorContains(t, (&Route{Route: to}).tell(config.Routes{to, other}), wrong)
	}
}

func TestTold_BackendNames(t *testing.T) {
	for _, name := range []string{"", "chat.example.com", "10.0.0.7", "::1", "2001:db8::7"} {
		r := &config.Route{Backends: config.Backends{BackendName: name}}
		require.NoError(t, (&Route{Route: r}).tell(config.Routes{r}), name)
	}
}
