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
	"example.com/khp/cmd/khp/internal/gateway/origin"
	"go.yaml.in/yaml/v3"
)

// certified finds back ends that have certificates, alone or in a list, but not servers that clients
// are sent to.
var certified = regexp.MustCompile(`^((ws|tcp)://[^,]*,)*(wss|tls):`)

// document is one file for khp serve --config.
type document struct {
	name       string
	secure     bool
	host, port string
	routes     []*route
}

// route is one path of a document.
type route struct {
	service, path, target string
	htpasswd              string // name of a file, "" for everybody
	realm                 string // of the challenge, "" for khp's own
	lifetime              string // of a connection after the login, "" for ever
	origins               []string
	size, silence         *node // options, nil if there are none
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
		if r.htpasswd != "" {
			guarded, auth := &yaml.Node{Kind: yaml.MappingNode}, &yaml.Node{Kind: yaml.MappingNode}
			for _, s := range [][2]string{{"htpasswd", filepath.Join(c.dir, r.htpasswd)}, {"realm", r.realm}, {"session-lifetime", r.lifetime}} {
				if s[1] != "" {
					_ = set(auth, s[0], "", s[1]) // fails with values that YAML does not have
				}
			}
			_ = set(guarded, "target", "", r.target)
			_ = set(guarded, "auth", "", auth)
			value = guarded
		}
		if err := set(routes, r.path, "# "+cli.OneLine(r.service), value); err != nil {
			return nil, err
		}
	}
	type setting struct {
		key   string
		value any
	}
	list := []setting{{"listen", net.JoinHostPort(d.host, d.port)}}
	if d.secure {
		list = append(list, setting{"tls-cert", filepath.Join(c.dir, certFile)}, setting{"tls-key", filepath.Join(c.dir, keyFile)})
	}
	list = append(list, setting{"routes", routes}, setting{"plain", true})
	if c.trust != nil && slices.ContainsFunc(d.routes, func(r *route) bool { return certified.MatchString(r.target) }) {
		list = append(list, setting{"backend-ca", filepath.Join(c.dir, trustFile)})
	}
	if origins := c.allowed(d); len(origins) > 0 {
		list = append(list, setting{"allow-origin", origins})
	}
	if size := c.largest(d); size != "" {
		list = append(list, setting{"max-message", size})
	}
	if silence := c.longest(d); silence != "" {
		list = append(list, setting{"inactivity-timeout", silence})
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

// allowed are the origins that all routes of a document allow.
func (c *converter) allowed(d *document) (list []string) {
	for _, o := range d.routes[0].origins {
		if origin.Check(o) != "" {
			c.report.say(c.file, c.top, lost, "<allow-origin>", "khp serve does not take the origin "+o)
			continue
		}
		if !slices.ContainsFunc(d.routes, func(r *route) bool { return !slices.Contains(r.origins, o) && !slices.Contains(r.origins, "*") }) {
			list = append(list, o)
		}
	}
	for _, r := range d.routes {
		for _, o := range r.origins {
			if !slices.Contains(list, o) && !slices.Contains(list, "*") {
				c.report.say(c.file, c.top, lost, "<allow-origin>", d.name+": "+o+" may use "+r.path+", but not every path; add it to allow-origin if every path may have it")
			}
		}
	}
	return list
}

// defaultSize is the gateway's own.
const defaultSize = 128 << 10

// largest is the largest size of messages in a document, "" if no service says one.
func (c *converter) largest(d *document) string {
	size, said := cli.Size(0), false
	for _, r := range d.routes {
		n := cli.Size(defaultSize)
		if r.size != nil {
			said = true
			if err := n.Set(strings.TrimSpace(strings.TrimSuffix(strings.ToLower(r.size.text), "b"))); err != nil {
				c.report.say(c.file, r.size, lost, "<"+r.size.name+">", err.Error())
			}
		}
		size = max(size, n)
	}
	if !said {
		return ""
	}
	return size.String()
}

// longest is the longest time of silence in a document, "" if no service says one.
func (c *converter) longest(d *document) string {
	longest := time.Duration(0)
	for _, r := range d.routes {
		if r.silence == nil {
			continue
		}
		t, err := interval(r.silence.text)
		if err != nil {
			c.report.say(c.file, r.silence, lost, "<"+r.silence.name+">", err.Error())
		}
		longest = max(longest, t)
	}
	if longest == 0 {
		return ""
	}
	return longest.String()
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
