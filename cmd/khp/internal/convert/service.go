package convert

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/origin"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/cmd/khp/internal/gateway/target"
)

// service converts one <service>.
func (c *converter) service(s *node) {
	to := c.target(s)
	for _, a := range s.all("accept") {
		u, err := url.Parse(a.text)
		switch {
		case err != nil || u.Host == "":
			c.report.say(c.file, a, lost, "<accept>", "it is no URL with a host")
			continue
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			c.report.say(c.file, a, lost, "<accept>",
				"expected a URL with a scheme, host, port and path, and nothing else")
			continue
		case u.Scheme != "ws" && u.Scheme != "wss", to == "":
			continue // its row in the table, or what is wrong with the target, is said already
		}
		path, err := paths.Written("--route", cmp.Or(u.EscapedPath(), "/"), "")
		if err != nil || strings.Contains(path, "=") {
			c.report.say(c.file, a, lost, "<accept>",
				"khp serve cannot have a route with the path "+u.EscapedPath())
			continue
		}
		d := c.document(s, a, u)
		if d == nil {
			continue
		}
		if other := d.find(path); other != nil {
			if other.of != s { // else by another name of the host
				c.report.say(c.file, a, lost, "<accept>", "the path "+path+" leads to the service "+
					nameOf(other.of)+" already, and hosts are not compared: give one of both another path")
			}
			continue
		}
		r := &route{of: s, at: a, path: path, target: to, origins: c.origins(s),
			size:    c.largest(c.option(s, "ws.maximum.message.size")),
			silence: c.longest(c.option(s, "ws.inactivity.timeout"))}
		c.guard(s, u.Scheme == "wss", r)
		d.routes = append(d.routes, r)
	}
}

func nameOf(service *node) string { return cmp.Or(service.value("name"), "without a name") }

// tell reports the routes of a document.
func (c *converter) tell(d *document) {
	for _, r := range d.routes {
		v := taken
		if strings.HasPrefix(r.target, "status:") {
			v = different
		}
		c.report.say(c.file, r.at, v, "service "+nameOf(r.of), d.name+" has "+r.path+" -> "+
			target.Shown(r.target))
	}
}

// target returns the target of the routes of a service, "" if there is none.
func (c *converter) target(s *node) string {
	kind, connects := s.child("type"), s.all("connect")
	if kind == nil {
		c.report.say(c.file, s, lost, "<service>", "it has no <type>")
		return ""
	}
	switch typeKey(kind.text) {
	case "echo":
		return "echo"
	case "balancer":
		return c.balancer(s)
	case "http.redirect":
		if location := s.child("properties").value("location"); location != "" {
			return c.checked(kind, "redirect:"+location)
		}
		c.report.say(c.file, kind, lost, "<type>", "there is no <location> to send clients to")
		return ""
	case "proxy", "amqp.proxy":
	default:
		return ""
	}
	if len(connects) == 0 {
		c.report.say(c.file, s, lost, "<service>", "it has no <connect>")
		return ""
	}
	var backs []string
	for _, b := range connects {
		to := b.text
		switch keyOf("service", b) {
		case "connect tcp", "connect ws":
		case "connect ssl":
			_, addr, _ := strings.Cut(to, ":")
			to = "tls:" + addr
		default:
			continue // its row in the table says what becomes of it
		}
		if c.checked(b, to) != "" {
			backs = append(backs, to)
		}
	}
	if len(backs) > 1 {
		c.report.say(c.file, connects[1], different, "<connect>",
			"connections go to all back ends in turn, past those that are down")
		return c.checked(connects[1], strings.Join(backs, ","))
	}
	return strings.Join(backs, "")
}

// checked returns a target if khp serve takes it.
func (c *converter) checked(n *node, name string) string {
	if err := target.Check(name); err != nil {
		c.report.say(c.file, n, lost, "<"+n.name+">", err.Error())
		return ""
	}
	return name
}

// balancer finds the members of a balancer. Without any it answers 503, as the gateway did.
func (c *converter) balancer(s *node) string {
	var members []string
	for _, m := range c.top.all("service") {
		for _, b := range m.all("balance") {
			if !slices.ContainsFunc(s.all("accept"), func(a *node) bool { return a.text == b.text }) {
				continue
			}
			for _, a := range m.all("accept") {
				if scheme := schemeOf(a.text); scheme == schemeOf(b.text) && !slices.Contains(members, a.text) {
					members = append(members, a.text)
				}
			}
		}
	}
	if len(members) > 0 {
		if to := c.checked(s, "balance:"+strings.Join(members, ",")); to != "" {
			return to
		}
	}
	c.report.say(c.file, s, lost, "<service>", "no member of the balancer is in this file: "+
		"put balance:URL,URL with the members in the place of status:503")
	return "status:503"
}

func schemeOf(text string) string {
	scheme, _, _ := strings.Cut(text, "://")
	return strings.ToLower(scheme)
}

// option is the node of an accept option of a service, or of the defaults; nil if there is none.
func (c *converter) option(s *node, name string) *node {
	return cmp.Or(s.child("accept-options").find(name),
		c.top.child("service-defaults").find("accept-options").find(name))
}

// find is child for a node that may be nil.
func (n *node) find(name string) *node {
	if n == nil {
		return nil
	}
	return n.child(name)
}

// origins are the patterns that a service allows.
func (c *converter) origins(s *node) (list []string) {
	from := s.all("cross-site-constraint")
	if len(from) == 0 {
		from = c.top.child("service-defaults").all("cross-site-constraint")
	}
	for _, x := range from {
		for _, o := range x.all("allow-origin") {
			p := strings.TrimSuffix(o.text, "/")
			switch why := origin.Check(p); {
			case why != "":
				c.report.say(c.file, o, lost, "<allow-origin>", why)
			case !slices.Contains(list, p):
				list = append(list, p)
			}
		}
	}
	return list
}

// document returns the document for services at u, the URL of a: one for each address, until they
// are merged. nil means that khp cannot listen there.
func (c *converter) document(s, a *node, u *url.URL) *document {
	port := cmp.Or(u.Port(), map[string]string{"ws": "80", "wss": "443"}[u.Scheme])
	host, at, bound := listenHost(u.Hostname()), a, false
	for _, name := range []string{"tcp.bind",
		map[string]string{"ws": "http.bind", "wss": "ssl.bind"}[u.Scheme], u.Scheme + ".bind"} {
		if b := c.option(s, name); b != nil {
			at, bound = b, true
			h, p, err := net.SplitHostPort(b.text)
			if err != nil {
				h, p = "", b.text
			}
			host, port = listenHost(h), p
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		c.report.say(c.file, at, lost, "<"+at.name+">", "it names no port from 1 to 65535 to listen on")
		return nil
	}
	if !bound && host == "" && net.ParseIP(u.Hostname()) == nil {
		c.report.say(c.file, s, different, "<accept>",
			"khp listens on all addresses of the machine, not only on that of "+u.Hostname())
	}
	for _, d := range c.documents {
		if l := &d.listeners[0]; l.secure == (u.Scheme == "wss") && l.port == port && l.on(host) {
			return d
		}
	}
	d := &document{listeners: []listener{{secure: u.Scheme == "wss", host: host, port: port}}}
	c.documents = append(c.documents, d)
	return d
}

// listenHost is the host to listen on: an address of this machine, or "" for all of them.
func listenHost(host string) string {
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && !ip.IsUnspecified() {
		return host
	}
	return ""
}

// narrow drops what the gateway served on one address only where khp listens on all of them at the
// same port: the two cannot be told apart, and nothing is served to more clients than before.
func (c *converter) narrow() {
	all := c.documents
	c.documents = slices.DeleteFunc(slices.Clone(all), func(d *document) bool {
		l := d.listeners[0]
		i := slices.IndexFunc(all, func(other *document) bool {
			return other.listeners[0].host == "" && other.listeners[0].port == l.port
		})
		if i < 0 || l.host == "" {
			return false
		}
		for _, r := range d.routes {
			if wide := all[i].find(r.path); wide == nil || wide.of != r.of {
				c.report.say(c.file, r.at, lost, "<accept>", "only "+l.host+" was listened on for it, and khp "+
					"listens on all addresses at port "+l.port+": give it a port of its own")
			}
		}
		return true
	})
}
