package convert

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"go.yaml.in/yaml/v3"
)

// certified finds back ends that have certificates, alone or in a list, but not servers that
// clients are sent to.
var certified = regexp.MustCompile(`^((ws|tcp)://[^,]*,)*(wss|tls):`)

// document is one file for khp serve --config.
type document struct {
	name      string
	listeners []listener
	routes    []*route
}

// listener is a port.
type listener struct {
	secure     bool
	host, port string // host is "" for all addresses
}

// on reports whether l listens on host; localhost is 127.0.0.1.
func (l *listener) on(host string) bool {
	address := func(host string) string { return strings.Replace(host, "localhost", "127.0.0.1", 1) }
	return address(l.host) == address(host)
}

// route is one path of a document.
type route struct {
	of, at        *node // its <service> and <accept>
	path, target  string
	htpasswd      string // name of a file, "" for every client
	realm         string // of the challenge, "" for khp's own
	lifetime      string // of a connection after the login, "" for ever
	origins       []string
	size, silence string // "" if the service does not say
}

func (d *document) find(path string) *route {
	for _, r := range d.routes {
		if r.path == path {
			return r
		}
	}
	return nil
}

func (d *document) serves(service *node) bool {
	return slices.ContainsFunc(d.routes, func(r *route) bool { return r.of == service })
}

// text is the file. Names in it begin with dir.
func (d *document) text(c *converter) ([]byte, error) {
	top := newMapping()
	top.HeadComment = "# For khp serve --config, written by khp convert.\n" +
		"# Names of files count from the folder that khp is started in."
	listeners, routes := &yaml.Node{Kind: yaml.SequenceNode}, newMapping()
	for _, l := range d.listeners {
		listeners.Content = append(listeners.Content, l.node(c.dir))
	}
	for _, r := range d.routes {
		routes.set(r.path, r.value(c.dir))
		routes.remark("# " + cli.OneLine(nameOf(r.of)))
	}
	top.set("listeners", listeners)
	top.set("routes", routes.Node)
	top.set("plain", true)
	if c.trust != nil &&
		slices.ContainsFunc(d.routes, func(r *route) bool { return certified.MatchString(r.target) }) {
		top.set("backend-ca", filepath.Join(c.dir, trustFile))
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(top.Node); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// mapping is one of YAML, whose keys keep their order.
type mapping struct{ *yaml.Node }

func newMapping() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode}} }

// set adds a key. The value is a node, or a string, list, map or truth, which YAML always has.
func (m mapping) set(key string, value any) {
	v, ready := value.(*yaml.Node)
	if !ready {
		v = &yaml.Node{}
		_ = v.Encode(value)
	}
	m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, v)
}

// setUnlessEmpty adds a key if there is a text for it.
func (m mapping) setUnlessEmpty(key, text string) {
	if text != "" {
		m.set(key, text)
	}
}

// remark writes a comment above the last key.
func (m mapping) remark(text string) { m.Content[len(m.Content)-2].HeadComment = text }

// node is a listener in the file.
func (l *listener) node(dir string) *yaml.Node {
	one := newMapping()
	one.set("address", net.JoinHostPort(l.host, l.port))
	if l.secure {
		one.set("tls", map[string]string{"cert": filepath.Join(dir, certFile),
			"key": filepath.Join(dir, keyFile)})
	}
	return one.Node
}

// value is a route in the file: its target, or a mapping if there is more to say.
func (r *route) value(dir string) any {
	if r.htpasswd == "" && len(r.origins) == 0 && r.size == "" && r.silence == "" {
		return r.target
	}
	whole, auth := newMapping(), newMapping()
	whole.set("target", r.target)
	if r.htpasswd != "" {
		auth.set("htpasswd", filepath.Join(dir, r.htpasswd))
		auth.setUnlessEmpty("realm", r.realm)
		auth.setUnlessEmpty("session-lifetime", r.lifetime)
		whole.set("auth", auth.Node)
	}
	if len(r.origins) > 0 {
		whole.set("allow-origin", r.origins)
	}
	whole.setUnlessEmpty("max-message", r.size)
	whole.setUnlessEmpty("inactivity-timeout", r.silence)
	return whole.Node
}

// secure reports whether a listener of the document has TLS.
func (d *document) secure() bool {
	return slices.ContainsFunc(d.listeners, func(l listener) bool { return l.secure })
}

// merge puts the listeners of other into d, if both have the same routes: listeners serve all
// routes of their document, and a port must not serve paths that it did not serve at the gateway.
func (d *document) merge(other *document) (ok bool) {
	if len(d.routes) != len(other.routes) {
		return false
	}
	for _, r := range other.routes {
		if mine := d.find(r.path); mine == nil || mine.of != r.of || mine.target != r.target {
			return false
		}
	}
	d.listeners = append(d.listeners, other.listeners...)
	return true
}

// merge has as few documents as possible, and names them.
func (c *converter) merge() {
	var list []*document
next:
	for _, d := range c.documents {
		for _, to := range list {
			if to.merge(d) {
				d.name = to.name
				continue next
			}
		}
		l := d.listeners[0]
		if d.name = "khp.yaml"; len(list) > 0 {
			d.name = "khp-" + l.port + ".yaml"
		}
		if slices.ContainsFunc(list, func(other *document) bool { return other.name == d.name }) {
			d.name = "khp-" + strings.ReplaceAll(l.host, ":", "_") + "-" + l.port + ".yaml"
		}
		list = append(list, d)
	}
	c.documents = list
}

// largest is the largest message of a service, "" if it says none.
func (c *converter) largest(n *node) string {
	if n == nil {
		return ""
	}
	var size cli.Size
	if err := size.Set(strings.TrimSpace(strings.TrimSuffix(strings.ToLower(n.text),
		"b"))); err != nil {
		c.report.say(c.file, n, lost, "<"+n.name+">", err.Error())
		return ""
	}
	return size.String()
}

// longest is how long clients of a service may be silent, "" if it does not say.
func (c *converter) longest(n *node) string {
	if n == nil {
		return ""
	}
	t, err := interval(n.text)
	if err != nil {
		c.report.say(c.file, n, lost, "<"+n.name+">", err.Error())
		return ""
	}
	return t.String()
}

// interval reads a time as the gateway does: a number with a unit, or in seconds without.
func interval(text string) (time.Duration, error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(text[len(digits):]))
	units := map[string]time.Duration{
		"": time.Second, "s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second,
		"seconds": time.Second,
		"ms":      time.Millisecond, "msec": time.Millisecond, "millisecond": time.Millisecond,
		"milliseconds": time.Millisecond, "m": time.Minute, "min": time.Minute, "minute": time.Minute,
		"minutes": time.Minute, "h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	}
	n, err := strconv.ParseFloat(cmp.Or(digits, "x"), 64)
	u, ok := units[unit]
	if err != nil || !ok || n < 0 || n > 1e6 {
		return 0, fmt.Errorf("expected a time such as 30 seconds; set inactivity-timeout yourself")
	}
	return time.Duration(n * float64(u)), nil
}
