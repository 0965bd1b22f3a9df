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

// certified finds back ends that have certificates, alone or in a list, but not servers that clients
// are sent to.
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
	host, port string
}

// route is one path of a document.
type route struct {
	service, path, target string
	htpasswd              string // name of a file, "" for everybody
	realm                 string // of the challenge, "" for khp's own
	lifetime              string // of a connection after the login, "" for ever
	origins               []string
	size, silence         string // "" if the service does not say
}

func (d *document) find(path string) *route {
	for _, r := range d.routes {
		if r.path == path {
			return r
		}
	}
	return nil
}

// text is the file. Names in it begin with dir.
func (d *document) text(c *converter) ([]byte, error) {
	top := &yaml.Node{Kind: yaml.MappingNode, HeadComment: "# For khp serve --config, written by khp convert."}
	set := func(in *yaml.Node, key, remark string, value any) error {
		v, ready := value.(*yaml.Node)
		if !ready {
			v = &yaml.Node{}
			if err := v.Encode(value); err != nil {
				return err
			}
		}
		in.Content = append(in.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key, HeadComment: remark}, v)
		return nil
	}
	routes := &yaml.Node{Kind: yaml.MappingNode}
	for _, r := range d.routes {
		var value any = r.target
		if r.mapping() {
			whole, auth := &yaml.Node{Kind: yaml.MappingNode}, &yaml.Node{Kind: yaml.MappingNode}
			for _, s := range [][2]string{{"htpasswd", filepath.Join(c.dir, r.htpasswd)}, {"realm", r.realm}, {"session-lifetime", r.lifetime}} {
				if s[1] != "" {
					_ = set(auth, s[0], "", s[1]) // fails with values that YAML does not have
				}
			}
			_ = set(whole, "target", "", r.target)
			if r.htpasswd != "" {
				_ = set(whole, "auth", "", auth)
			}
			if len(r.origins) > 0 {
				_ = set(whole, "allow-origin", "", r.origins)
			}
			for _, s := range [][2]string{{"max-message", r.size}, {"inactivity-timeout", r.silence}} {
				if s[1] != "" {
					_ = set(whole, s[0], "", s[1])
				}
			}
			value = whole
		}
		if err := set(routes, r.path, "# "+cli.OneLine(r.service), value); err != nil {
			return nil, err
		}
	}
	type setting struct {
		key   string
		value any
	}
	listeners := &yaml.Node{Kind: yaml.SequenceNode}
	for _, l := range d.listeners {
		one := &yaml.Node{Kind: yaml.MappingNode}
		_ = set(one, "address", "", net.JoinHostPort(l.host, l.port))
		if l.secure {
			_ = set(one, "tls", "", map[string]string{"cert": filepath.Join(c.dir, certFile), "key": filepath.Join(c.dir, keyFile)})
		}
		listeners.Content = append(listeners.Content, one)
	}
	list := []setting{{"listeners", listeners}, {"routes", routes}, {"plain", true}}
	if c.trust != nil && slices.ContainsFunc(d.routes, func(r *route) bool { return certified.MatchString(r.target) }) {
		list = append(list, setting{"backend-ca", filepath.Join(c.dir, trustFile)})
	}
	for _, s := range list {
		if err := set(top, s.key, "", s.value); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(top); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// mapping reports whether a route has more than a target.
func (r *route) mapping() bool {
	return r.htpasswd != "" || len(r.origins) > 0 || r.size != "" || r.silence != ""
}

// same reports whether both routes are of one service.
func (r *route) same(other *route) bool {
	return r.service == other.service && r.target == other.target
}

// secure reports whether a listener of the document has TLS.
func (d *document) secure() bool {
	return slices.ContainsFunc(d.listeners, func(l listener) bool { return l.secure })
}

// merge puts the listeners of other into d, if both have the same routes: listeners serve all routes
// of their document, and a port must not serve what it did not serve at the gateway.
func (d *document) merge(other *document) (ok bool) {
	if len(d.routes) != len(other.routes) {
		return false
	}
	for _, r := range other.routes {
		if mine := d.find(r.path); mine == nil || !mine.same(r) {
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
		if d.name = "khp.yaml"; len(list) > 0 {
			d.name = "khp-" + d.listeners[0].port + ".yaml"
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
	if err := size.Set(strings.TrimSpace(strings.TrimSuffix(strings.ToLower(n.text), "b"))); err != nil {
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
		"": time.Second, "s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
		"ms": time.Millisecond, "msec": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond, "m": time.Minute, "min": time.Minute, "minute": time.Minute,
		"minutes": time.Minute, "h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	}
	n, err := strconv.ParseFloat(cmp.Or(digits, "x"), 64)
	u, ok := units[unit]
	if err != nil || !ok || n < 0 || n > 1e6 {
		return 0, fmt.Errorf("expected a time such as 30 seconds; set inactivity-timeout yourself")
	}
	return time.Duration(n * float64(u)), nil
}
