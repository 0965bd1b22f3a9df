package convert

import (
	"cmp"
	"fmt"
	"slices"
)

// closed closes a route whose guard, described at n, cannot be made.
func (c *converter) closed(r *route, n *node, why string) {
	r.target = "status:403"
	c.report.say(c.file, n, lost, "<"+n.name+">", r.path+" is closed (status:403): "+why)
}

// guard has a route ask for credentials if the service does. A guard that cannot be made closes the
// route, and so does one by certificates of clients, where secure says that they connect by TLS.
func (c *converter) guard(s *node, secure bool, r *route) {
	n := c.option(s, "ssl.verify-client")
	if secure && n != nil && n.text != "none" && n.text != "optional" {
		c.closed(r, n, "certificates of clients are not asked for; have a TLS terminator in front ask "+
			"for them, and lead the route to its target")
		return
	}
	constraints := s.all("authorization-constraint")
	named := s.child("realm-name")
	if len(constraints) == 0 {
		if named != nil {
			c.report.say(c.file, named, different, "<realm-name>",
				"the service has no authorization-constraint, so that everybody may use it; guard "+r.path+
					" with htpasswd if that was not meant")
		}
		return
	}
	closed := func(why string) { c.closed(r, constraints[0], why) }
	if named == nil {
		closed("the service has no realm-name")
		return
	}
	realms := slices.DeleteFunc(slices.Clone(c.realms),
		func(n *node) bool { return n.value("name") != named.text })
	if len(realms) != 1 {
		closed(fmt.Sprintf("there are %d realms of that name", len(realms)))
		return
	}
	realm, login := realms[0], realms[0].child("authentication")
	if scheme := login.value("http-challenge-scheme"); scheme != "Basic" &&
		scheme != "Application Basic" {
		closed("its challenge is not Basic")
		return
	}
	modules := login.child("login-modules").all("login-module")
	if len(modules) != 1 || modules[0].value("type") != "file" {
		closed("its users are not in one file; write them into an htpasswd file, " +
			"lead the route to its target, and guard it with htpasswd")
		return
	}
	var roles []string
	for _, x := range constraints {
		for _, role := range x.all("require-role") {
			roles = append(roles, role.text)
		}
	}
	text := htpasswd(c.users, roles)
	if text == "" {
		closed("no user may use it; name the jaas-config.xml that has them behind the gateway-config.xml")
		return
	}
	r.htpasswd = c.passwordFile(htpasswdName(roles), text)
	c.challenge(realm, cmp.Or(realm.value("description"), named.text), r)
}

// challenge takes the name of a realm and the lifetime of its logins over into a route.
func (c *converter) challenge(realm *node, name string, r *route) {
	if r.realm = name; !printable(name) {
		c.report.say(c.file, realm, lost, "<realm>",
			"the realm of a challenge holds printable ASCII characters only; it is khp here")
		r.realm = ""
	}
	if timeout := realm.child("authentication").child("session-timeout"); timeout != nil {
		t, err := interval(timeout.text)
		switch {
		case err != nil:
			c.report.say(c.file, timeout, lost, "<session-timeout>",
				"expected a time such as 30 minutes; set session-lifetime of "+r.path+" yourself")
		case t > 0:
			r.lifetime = t.String()
		}
	}
}

func printable(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < ' ' || b >= 0x7f })
}

// passwordFile keeps the text of an htpasswd file under a name, which it changes if another one has
// it.
func (c *converter) passwordFile(name, text string) string {
	for c.files[name] != "" && c.files[name] != text {
		name += "_"
	}
	c.files[name] = text
	return name
}
