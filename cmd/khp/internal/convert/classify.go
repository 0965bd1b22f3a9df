package convert

import "strings"

// keyOf returns the key of an element's row in the table, "" if the converter does not know it.
// parent is the name of the element around it.
func keyOf(parent string, n *node) string {
	if parent == "properties" && n.name != "property" {
		return propertyKey(n.name)
	}
	if strings.HasSuffix(parent, "-options") {
		return optionKey(n.name)
	}
	if passed(&node{name: parent}, n) {
		return ""
	}
	switch n.name {
	case "accept":
		return "accept " +
			schemeKey(n.text, map[string]string{"ws": "ws", "wss": "wss", "http": "http", "https": "http"})
	case "connect":
		return "connect " + schemeKey(n.text,
			map[string]string{"tcp": "tcp", "ws": "ws", "wss": "ws", "ssl": "ssl", "tls": "ssl"})
	case "http-challenge-scheme":
		switch n.text {
		case "Basic", "Application Basic", "Application Token":
			return n.name + " " + n.text
		}
		return n.name + " other"
	case "type":
		if parent == "service" {
			return "type " + typeKey(n.text)
		}
	case "login-module":
		if n.value("type") == "file" {
			return "login-module file"
		}
		return "login-module other"
	case "allow-headers", "maximum-age":
		return "allow-methods"
	}
	if find(n.name) != nil {
		return n.name
	}
	return ""
}

func schemeKey(url string, known map[string]string) string {
	scheme, _, _ := strings.Cut(strings.ToLower(url), "://")
	if key, ok := known[scheme]; ok {
		return key
	}
	return "other"
}

func typeKey(name string) string {
	switch {
	case find("type "+name) != nil:
		return name
	case strings.HasPrefix(name, "management."):
		return "management"
	case name == "jms.proxy", strings.HasPrefix(name, "stomp."):
		return "jms"
	}
	return "other"
}

func propertyKey(name string) string {
	switch name {
	case "directory", "welcome-file", "error-pages-directory", "options",
		"symbolic-links", "cache-control":
		return "directory properties"
	case "location", "maximum.pending.bytes", "maximum.recovery.interval",
		"prepared.connection.count", "virtual.host":
		return name
	}
	return ""
}

func optionKey(name string) string {
	switch {
	case strings.HasSuffix(name, ".bind"):
		return "*.bind"
	case strings.HasPrefix(name, "socks."):
		return "socks.*"
	case strings.HasSuffix(name, ".transport"):
		return "*.transport"
	case name == "ssl.verify-client":
		return name
	case strings.HasPrefix(name, "ssl."):
		return "ssl.*"
	case strings.HasPrefix(name, "http.keepalive"):
		return "http.keepalive"
	case find(name) != nil:
		return name
	}
	return ""
}

// within are elements whose own children have no meaning apart from them: their rows speak for all
// of it.
var within = map[string]bool{"property": true, "cluster": true, "keystore": true,
	"truststore": true, "mime-mapping": true, "notify-options": true,
	"login-module": true, "user": true}

// passed reports whether an element holds only other elements, or a part of the subject of the row
// of the element around it.
func passed(parent, n *node) bool {
	return n.name == "login-modules" || n.name == "property" ||
		parent.name == "service" && n.name == "properties" ||
		n.name == "name" && (parent.name == "realm" || parent.name == "role")
}
