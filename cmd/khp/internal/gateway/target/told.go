package target

import (
	"errors"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/endpoint"
	"example.com/khp/internal/scan"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// tell checks the fields that the back ends of r get besides the URL: none of them may be one that
// only khp writes. routes are those whose back ends may be the same.
func (r *Route) tell(routes config.Routes) error {
	var wrong []error
	fault := func(key, value, format string, args ...any) {
		wrong = append(wrong, r.Fault(key, value, format, args...))
	}
	if name := r.UserField; name != "" {
		switch why := unpassable(name); {
		case why != "":
			fault("user-field", name, "%s", why)
		case alike(name, "Cookie"), alike(name, "Origin"):
			fault("user-field", name, "it means something else to every back end; "+
				"expected a name of your own, as in X-Forwarded-User")
		}
	}
	for _, name := range r.ForwardFields {
		users := slices.ContainsFunc(routes,
			func(o *config.Route) bool { return o.UserField != "" && alike(o.UserField, name) })
		switch why := unpassable(name); {
		case why != "":
			fault("forward-fields", name, "%s", why)
		case strings.Contains(name, "*"):
			fault("forward-fields", name,
				"only cookies go along all at once; name each field that back ends get")
		case alike(name, "Cookie"):
			fault("forward-fields", name,
				`it holds all cookies; name those that go along under forward-cookies, "*" for all`)
		case users:
			fault("forward-fields", name, "back ends read the user's name there, as user-field says, "+
				"so that no client may write it; leave it out")
		}
	}
	for _, name := range r.ForwardCookies {
		if name != "*" && !scan.ValidToken(name) {
			fault("forward-cookies", strconv.Quote(name),
				`it is no name of a cookie; expected one, or "*" for all`)
		}
	}
	if name := r.BackendName; name != "" && !hostName.MatchString(name) {
		fault("backend-name", strconv.Quote(name),
			"expected a name or address as in a certificate, such as chat.example.com, without a port")
	}
	switch r.SendProxy {
	case "":
	case "v1":
		r.proxy = 1
	case "v2":
		r.proxy = 2
	default:
		fault("send-proxy", r.SendProxy, "expected v1 or v2")
	}
	return errors.Join(wrong...)
}

// hostName matches names that a certificate can be for.
var hostName = regexp.MustCompile(`^([a-zA-Z0-9._-]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$`)

// written are the fields that khp writes itself.
var written = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// unpassable says why a field of that name is not an application's; "" if it is.
func unpassable(name string) string {
	own := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return alike(n, name) })
	}
	begins := func(prefix string) bool {
		return len(name) >= len(prefix) && alike(name[:len(prefix)], prefix)
	}
	switch {
	case !scan.ValidToken(name):
		return "it is no name of a field; expected one as in X-Tenant"
	case own(written...):
		return "khp writes it itself, with what is certain about the client; leave it out"
	case own("Authorization"):
		return "it is between the client and khp; user-field tells back ends who the user is"
	case begins("Sec-WebSocket-"), begins("Proxy-"), own("Connection", "Content-Length", "Expect",
		"Host", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"):
		return "it belongs to the handshake of each connection, and cannot go along"
	}
	return ""
}

// alike reports whether programs may take the names of two fields for one: many know no case, and
// write '_' for '-'.
func alike(a, b string) bool {
	one := func(s string) string { return strings.ReplaceAll(s, "_", "-") }
	return strings.EqualFold(one(a), one(b))
}

// errUser is why a request of a user cannot be passed on.
var errUser = errors.New("the user's name cannot stand in a field")

// header makes the header of a request to a back end, for a client that was let in. Of the
// client's own fields it has those that forward-fields and forward-cookies name, never credentials.
func (r *Route) header(
	q *transport.Request, login guard.Login, from transport.Source,
) (http.Header, error) {
	h := make(http.Header)
	for _, name := range r.ForwardFields {
		secret := login.Carries(func(c guard.Carriers) bool { return alike(name, c.Header) })
		if values := valuesOf(q, name); len(values) > 0 && !secret {
			h[name] = values
		}
	}
	if c := r.cookies(q, login); c != "" {
		h["Cookie"] = []string{c}
	}
	if login.User != "" && r.UserField != "" {
		if !scan.ValidValue(login.User) {
			return nil, errUser
		}
		h[r.UserField] = []string{login.User}
	}
	forwarded(h, q, from)
	return h, nil
}

// valuesOf returns the values of a field: those of the extended request if it has any, else those
// of the opening request.
func valuesOf(r *transport.Request, name string) (values []string) {
	for _, fields := range [][]endpoint.HeaderField{r.Header, r.Opening} {
		for _, f := range fields {
			if strings.EqualFold(f.Name, name) {
				values = append(values, f.Value)
			}
		}
		if values != nil {
			break
		}
	}
	return values
}

// cookies returns the cookies that go along, all but credentials, as one field has them.
func (r *Route) cookies(q *transport.Request, login guard.Login) string {
	var list []string
	for _, field := range valuesOf(q, "Cookie") {
		for one := range strings.SplitSeq(field, ";") {
			one = strings.Trim(one, " \t")
			name, _, ok := strings.Cut(one, "=")
			name = strings.TrimRight(name, " \t")
			secret := login.Carries(func(c guard.Carriers) bool {
				return c.Cookie != "" && c.Cookie == name
			})
			if ok && !secret &&
				(slices.Contains(r.ForwardCookies, name) || slices.Contains(r.ForwardCookies, "*")) {
				list = append(list, one)
			}
		}
	}
	return strings.Join(list, "; ")
}

// forwarded tells the back end the client's address and the URL of its request. Of the fields that
// came with the request only those of a trusted proxy count.
func forwarded(h http.Header, r *transport.Request, from transport.Source) {
	proto, host := "http", r.Host
	if from.Secure {
		proto = "https"
	}
	if from.Proxied {
		switch said := strings.ToLower(single(r, "X-Forwarded-Proto")); said {
		case "https", "wss":
			proto = "https"
		case "http", "ws":
			proto = "http"
		}
		if said := single(r, "X-Forwarded-Host"); said != "" {
			host = said
		}
	}
	var hops, elements []string
	for _, hop := range from.Hops {
		hops = append(hops, hop.Addr().String())
		elements = append(elements, "for="+node(hop.Addr()))
	}
	if len(hops) == 0 {
		elements = []string{"for=unknown"}
	} else {
		h["X-Forwarded-For"] = []string{strings.Join(hops, ", ")}
	}
	h["X-Forwarded-Proto"] = []string{proto}
	elements[0] += ";proto=" + proto
	if u, err := wire.ParseURL("ws://"+host, nil); err == nil && u.Path == "/" &&
		!strings.ContainsAny(host, "/?") {
		h["X-Forwarded-Host"] = []string{host}
		elements[0] += `;host="` + host + `"`
	}
	h["Forwarded"] = []string{strings.Join(elements, ", ")}
}

// single returns the value of a field of the opening request that stands there once.
func single(r *transport.Request, name string) (value string) {
	n := 0
	for _, f := range r.Opening {
		if strings.EqualFold(f.Name, name) {
			value = f.Value
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// node is an address as Forwarded has it. [RFC 7239 6]
func node(a netip.Addr) string {
	if a.Is6() {
		return `"[` + a.String() + `]"`
	}
	return a.String()
}
