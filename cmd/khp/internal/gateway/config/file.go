package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// File is a file of settings with the names of flags. A setting that may be repeated is a list; one
// of the form PATH=VALUE may be a mapping from path to value or to a list of values. The command
// line takes precedence.
type File struct {
	path   string
	config *Config
	shown  func(flag, value string) string
	// "--flag value" to file:line, for errors that are found later
	places map[string]string
}

// notInFile are flags that make no sense in a file.
var notInFile = []string{"check", "config", "help"}

// Settings describes the flags that a file may set.
type Settings struct {
	Fresh func() *pflag.FlagSet           // flags that nothing has set
	Whole []string                        // flags that only the command line or only the file may set
	Shown func(flag, value string) string // a value without secrets, for errors
}

// Load sets those of flags that the file at path names and the command line does not, and reads the
// keys of into that are no flags. Everything in the file counts or is refused: a setting that is
// silently left out may be the one that guards a path. The error joins all mistakes.
func Load(path string, flags *pflag.FlagSet, into *Config, k Settings) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, cli.Usagef("--config %s: %s; choose a file that can be read", path, cli.Cause(err))
	}
	c := &File{path: path, config: into, shown: k.Shown, places: map[string]string{}}
	top, err := c.document(text)
	if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	seen := map[string]int{}
	var wrong []error
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		err := c.key(key, k, given, seen)
		if f := flags.Lookup(key.Value); err == nil && f != nil {
			if given[key.Value] { // it has to be right all the same
				f = k.Fresh().Lookup(key.Value)
			}
			err = c.set(f, value)
		}
		wrong = append(wrong, err)
	}
	for _, last := range []bool{false, true} { // routes, once all is known on which they fall back
		for i := 0; i < len(top.Content); i += 2 {
			key := top.Content[i]
			if flags.Lookup(key.Value) == nil && seen[key.Value] == key.Line &&
				(key.Value == "routes") == last {
				wrong = append(wrong, c.part(key, top.Content[i+1], given, seen))
			}
		}
	}
	if given["listen"] && len(into.Listeners) > 0 {
		into.listenInstead()
	}
	return c, errors.Join(wrong...)
}

// listenInstead has the first listener alone listen, at the address of the command line.
func (c *Config) listenInstead() {
	first := *c.Listeners[0]
	first.Address = c.Listen
	first.At = At{name: first.name, file: first.file, lines: maps.Clone(first.lines),
		flags: map[string]string{"address": "listen"}}
	delete(first.lines, "address")
	c.Listeners = []*Listener{&first}
}

// part reads the value of a key that is no flag.
func (c *File) part(key, value *yaml.Node, given map[string]bool, seen map[string]int) error {
	for _, short := range shorts[key.Value] {
		switch {
		case seen[short] != 0:
			return c.fault(key, "%s and %s, which is in line %d, are two forms of the same; "+
				"write all of it under %s", key.Value, short, seen[short], key.Value)
		case given[short] && short != "listen":
			return c.fault(key, "--%s is on the command line as well; write all of it under %s, "+
				"or leave that out", short, key.Value)
		}
	}
	for _, k := range Keys(reflect.TypeFor[Config]()) {
		if k.Name == key.Value {
			return c.value(value, reflect.ValueOf(c.config).Elem(), k, k.Name)
		}
	}
	return nil // key has found it
}

// shorts are the short forms of keys that are no flags, with which they cannot be mixed.
var shorts = map[string][]string{
	"routes":    {"route"},
	"listeners": {"listen", "tls-cert", "tls-key", "proxy-protocol"},
}

// key checks the key of a setting. given are the flags of the command line, seen has the lines of
// the settings before this one.
func (c *File) key(key *yaml.Node, k Settings, given map[string]bool, seen map[string]int) error {
	names := Names()
	switch {
	case slices.Contains(notInFile, key.Value):
		return c.fault(key, "there is no setting %q in a file, only on the command line", key.Value)
	case !slices.Contains(names, key.Value):
		return c.fault(key, "there is no setting %q%s; the settings are the flags of khp serve, "+
			"listeners, routes, limits and timeouts", key.Value, cli.NearestOf(names, key.Value))
	case seen[key.Value] != 0:
		return c.fault(key, "%s is set already in line %d; write a list under one name",
			key.Value, seen[key.Value])
	case given[key.Value] && slices.Contains(k.Whole, key.Value):
		return c.fault(key, "%s is set on the command line as well; write all of it in one place",
			key.Value)
	}
	seen[key.Value] = key.Line
	return nil
}

// document returns the mapping that the file consists of.
func (c *File) document(text []byte) (*yaml.Node, error) {
	var doc, next yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(text))
	switch err := documents.Decode(&doc); {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, c.noYAML(err, text)
	case err != nil, len(doc.Content) == 0, isNull(doc.Content[0]),
		doc.Content[0].Kind == yaml.MappingNode && len(doc.Content[0].Content) == 0:
		return nil, cli.Usagef("%s: there is no setting in it; write lines NAME: "+
			"VALUE with the names of flags, as in listen: 127.0.0.1:8080, or leave out --config", c.path)
	case doc.Content[0].Kind != yaml.MappingNode:
		return nil, c.fault(doc.Content[0],
			"expected lines NAME: VALUE with the names of flags, as in listen: 127.0.0.1:8080")
	}
	switch err := documents.Decode(&next); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, c.noYAML(err, text)
	}
	return nil, c.fault(&next,
		"a second document begins here; write all settings into one, without a line ---")
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// set gives a flag the value of the file.
func (c *File) set(f *pflag.Flag, value *yaml.Node) error {
	switch value.Kind {
	case yaml.ScalarNode:
		return c.one(f, value, f.Name, "")
	case yaml.SequenceNode:
		if f.Value.Type() != "stringArray" {
			return c.fault(value, "%s takes one value, not a list", f.Name)
		}
		return c.list(f, value, f.Name, "")
	case yaml.MappingNode:
		return c.mapping(f, value)
	}
	return c.fault(value, "expected a plain value for %s", f.Name)
}

// mapping reads path: value and path: [value, ...] as PATH=VALUE.
func (c *File) mapping(f *pflag.Flag, value *yaml.Node) error {
	switch {
	case !strings.Contains(f.Usage, "PATH="):
		return c.fault(value, "%s takes no paths, only plain values", f.Name)
	case len(value.Content) == 0:
		return c.fault(value, "%s is empty; give it a path, or leave it out", f.Name)
	}
	seen := map[string]int{}
	var wrong []error
	for i := 0; i < len(value.Content); i += 2 {
		wrong = append(wrong, c.pathValue(f, seen, value.Content[i], value.Content[i+1]))
	}
	return errors.Join(wrong...)
}

// pathValue reads path: value. seen has the lines of the paths before it.
func (c *File) pathValue(f *pflag.Flag, seen map[string]int, path, value *yaml.Node) error {
	switch {
	case path.Kind != yaml.ScalarNode || strings.Contains(path.Value, "="):
		return c.fault(path, "expected a path in front of the colon, as in /echo")
	case seen[path.Value] != 0:
		return c.fault(path, "%s has %s already in line %d; give each path one line",
			f.Name, path.Value, seen[path.Value])
	}
	seen[path.Value] = path.Line
	if value.Kind == yaml.SequenceNode {
		return c.list(f, value, path.Value, path.Value+"=")
	}
	return c.one(f, value, path.Value, path.Value+"=")
}

// list sets every value of a list.
func (c *File) list(f *pflag.Flag, list *yaml.Node, name, prefix string) error {
	if len(list.Content) == 0 {
		return c.fault(list, "the list of %s is empty; give it a value, or leave %s out", name, name)
	}
	var wrong []error
	for _, item := range list.Content {
		if item.Kind != yaml.ScalarNode {
			wrong = append(wrong, c.fault(item, "expected a plain value in the list of %s", name))
			continue
		}
		wrong = append(wrong, c.one(f, item, name, prefix))
	}
	return errors.Join(wrong...)
}

// one sets one value, with prefix in front, and remembers where it is written. name is that of the
// setting.
func (c *File) one(f *pflag.Flag, at *yaml.Node, name, prefix string) error {
	switch {
	case at.Kind != yaml.ScalarNode:
		return c.fault(at, "expected a plain value for %s", name)
	case isNull(at), at.Value == "":
		return c.fault(at, "%s has no value; give it one, or leave it out", name)
	case at.Style&yaml.TaggedStyle != 0:
		return c.fault(at, "the tag %s has no meaning here; write the value alone", at.Tag)
	}
	value := prefix + at.Value
	if err := f.Value.Set(value); err != nil {
		return c.fault(at, "%s", cli.Refusal(f, value, err))
	}
	f.Changed = true
	shown := c.shown(f.Name, value)
	// as errors may show it
	for _, shown := range []string{shown, strconv.Quote(shown), cli.Quoted(shown), f.Value.String()} {
		c.places["--"+f.Name+" "+shown] = fmt.Sprintf("%s:%d", c.path, at.Line)
	}
	return nil
}

// Locate puts file and line before an error that names a flag with its value, if the value comes
// from the file.
func (c *File) Locate(err error) error {
	var e *cli.ExitError
	if c == nil || !errors.As(err, &e) {
		return err
	}
	best := ""
	for what := range c.places {
		if strings.HasPrefix(e.Text, what) && len(what) > len(best) {
			best = what
		}
	}
	if best == "" {
		return err
	}
	return cli.Failf(e.Code, "%s: %s", c.places[best], strings.TrimPrefix(e.Text, "--"))
}
