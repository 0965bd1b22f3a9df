package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// configFile is a file of settings with the names of flags. A setting that may be repeated is a list; one of the form PATH=VALUE may be a mapping
// from path to value or to a list of values. What the command line says wins.
type configFile struct {
	path   string
	places map[string]string // "--flag value" to file:line, for those who find fault with a value later
}

// notInFile are flags that make no sense in a file.
var notInFile = []string{"config", "help"}

// loadConfig sets the flags that the file names and the command line does not.
func loadConfig(path string, flags *pflag.FlagSet) (*configFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("--config %s: %s; choose a file that can be read", path, err)
	}
	c := &configFile{path: path, places: map[string]string{}}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, usagef("%s:%s; it has to be YAML, one line NAME: VALUE for a flag", path, noYAML(err))
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" { // an empty file changes nothing
		return c, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, c.fault(top, "expected lines NAME: VALUE with the names of flags, as in listen: 127.0.0.1:8080")
	}
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	seen := map[string]int{}
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		f := flags.Lookup(key.Value)
		switch {
		case f == nil || slices.Contains(notInFile, key.Value):
			return nil, c.fault(key, "there is no setting %q%s; the settings are the flags of khp serve", key.Value, nearest(flags, key.Value))
		case seen[key.Value] != 0:
			return nil, c.fault(key, "%s is set already in line %d; write a list under one name", key.Value, seen[key.Value])
		case value.Tag == "!!null":
			return nil, c.fault(value, "%s has no value", key.Value)
		}
		seen[key.Value] = key.Line
		if given[key.Value] {
			continue
		}
		if err := c.set(f, value); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// set gives a flag what the file says.
func (c *configFile) set(f *pflag.Flag, value *yaml.Node) error {
	switch value.Kind {
	case yaml.ScalarNode:
		return c.one(f, value, value.Value)
	case yaml.SequenceNode:
		if f.Value.Type() != "stringArray" {
			return c.fault(value, "%s takes one value, not a list", f.Name)
		}
		for _, item := range value.Content {
			if item.Kind != yaml.ScalarNode {
				return c.fault(item, "expected a plain value in the list of %s", f.Name)
			}
			if err := c.one(f, item, item.Value); err != nil {
				return err
			}
		}
		return nil
	case yaml.MappingNode:
		return c.mapping(f, value)
	}
	return c.fault(value, "expected a plain value for %s", f.Name)
}

// mapping reads path: value and path: [value, ...] as PATH=VALUE.
func (c *configFile) mapping(f *pflag.Flag, value *yaml.Node) error {
	if !strings.Contains(f.Usage, "PATH=") {
		return c.fault(value, "%s takes no paths, only plain values", f.Name)
	}
	for i := 0; i < len(value.Content); i += 2 {
		path, target := value.Content[i], value.Content[i+1]
		items := []*yaml.Node{target}
		if target.Kind == yaml.SequenceNode {
			items = target.Content
		}
		for _, item := range items {
			if item.Kind != yaml.ScalarNode {
				return c.fault(item, "expected a plain value for %s", path.Value)
			}
			if err := c.one(f, item, path.Value+"="+item.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// one sets one value and remembers where it is written.
func (c *configFile) one(f *pflag.Flag, at *yaml.Node, value string) error {
	if at.Tag == "!!null" {
		return c.fault(at, "%s has no value", f.Name)
	}
	if err := f.Value.Set(value); err != nil {
		return c.fault(at, "%s", refusal(f, value, err))
	}
	f.Changed = true
	if f.Name == "auth" {
		value = hidePassword(value)
	}
	for _, shown := range []string{value, strconv.Quote(value), f.Value.String()} { // as errors may show it
		c.places["--"+f.Name+" "+shown] = fmt.Sprintf("%s:%d", c.path, at.Line)
	}
	return nil
}

// noYAML is what the YAML parser says, with the number of the line in front.
func noYAML(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		return rest
	}
	return " " + text
}

func (c *configFile) fault(at *yaml.Node, format string, args ...any) error {
	return usagef("%s:%d: %s", c.path, at.Line, fmt.Sprintf(format, args...))
}

// locate puts file and line before an error that names a flag with its value, if the value comes from the file.
func (c *configFile) locate(err error) error {
	var e *exitError
	if c == nil || !errors.As(err, &e) {
		return err
	}
	best := ""
	for what := range c.places {
		if strings.HasPrefix(e.text, what) && len(what) > len(best) {
			best = what
		}
	}
	if best == "" {
		return err
	}
	return &exitError{e.code, c.places[best] + ": " + strings.TrimPrefix(e.text, "--")}
}

// nearest suggests a flag that is spelled nearly so.
func nearest(flags *pflag.FlagSet, name string) string {
	best := ""
	flags.VisitAll(func(f *pflag.Flag) {
		if best == "" && (strings.HasPrefix(f.Name, name) || strings.TrimSuffix(name, "s") == f.Name || strings.ReplaceAll(name, "_", "-") == f.Name) {
			best = f.Name
		}
	})
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}
