package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// decode reads a value of the document into into. name stands for it in errors. All of it counts or
// is refused: unknown keys, keys that are written twice, values that are empty or of another kind.
func (c *File) decode(at *yaml.Node, into reflect.Value, name string) error {
	switch {
	case at.Kind == yaml.AliasNode:
		return c.fault(at, "%s: aliases are not taken here; write the value out", name)
	case isNull(at), at.Kind == yaml.ScalarNode && at.Value == "":
		return c.fault(at, "%s has no value; give it one, or leave it out", name)
	case at.Style&yaml.TaggedStyle != 0:
		return c.fault(at, "the tag %s has no meaning here; write the value alone", at.Tag)
	}
	if value, ok := into.Addr().Interface().(pflag.Value); ok {
		return c.scalar(at, name, value.Set)
	}
	switch into.Kind() {
	case reflect.String:
		return c.scalar(at, name, func(text string) error { into.SetString(text); return nil })
	case reflect.Bool:
		return c.scalar(at, name, func(text string) error {
			into.SetBool(text == "true")
			if text != "true" && text != "false" {
				return errors.New("expected true or false")
			}
			return nil
		})
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return c.decode(at, into.Elem(), name)
	case reflect.Slice:
		return c.slice(at, into, name)
	}
	return c.structure(at, into, name)
}

// scalar has set take a plain value.
func (c *File) scalar(at *yaml.Node, name string, set func(text string) error) error {
	if at.Kind != yaml.ScalarNode {
		return c.fault(at, "expected a plain value for %s", name)
	}
	if err := set(at.Value); err != nil {
		return c.fault(at, "%s %s: %s", name, cli.Quoted(at.Value), err)
	}
	return nil
}

// slice reads a list; one value stands for a list of one.
func (c *File) slice(at *yaml.Node, into reflect.Value, name string) error {
	if into.Type() == reflect.TypeFor[Routes]() {
		return c.routes(at, into)
	}
	items := []*yaml.Node{at}
	if at.Kind == yaml.SequenceNode {
		items = at.Content
	}
	if len(items) == 0 {
		return c.fault(at, "the list of %s is empty; give it a value, or leave %s out", name, name)
	}
	list := reflect.MakeSlice(into.Type(), len(items), len(items))
	var wrong []error
	for i, item := range items {
		named := name
		if at.Kind == yaml.SequenceNode && item.Kind == yaml.MappingNode {
			named += " " + strconv.Itoa(i+1)
		}
		wrong = append(wrong, c.decode(item, list.Index(i), named))
	}
	into.Set(list)
	return errors.Join(wrong...)
}

// routes reads a mapping from path to route, or to a target alone.
func (c *File) routes(at *yaml.Node, into reflect.Value) error {
	if at.Kind != yaml.MappingNode || len(at.Content) == 0 {
		return c.fault(at, "routes: expected lines PATH: TARGET, or PATH: with keys of a route below it")
	}
	seen := map[string]int{}
	var wrong []error
	var list Routes
	for i := 0; i < len(at.Content); i += 2 {
		path, value := at.Content[i], at.Content[i+1]
		if path.Kind != yaml.ScalarNode {
			wrong = append(wrong, c.fault(path, "expected a path in front of the colon, as in /echo"))
			continue
		}
		if seen[path.Value] != 0 {
			wrong = append(wrong, c.fault(path, "routes has %s already in line %d; give each path one line",
				path.Value, seen[path.Value]))
			continue
		}
		seen[path.Value] = path.Line
		r, name := c.fresh(), "routes "+path.Value
		r.Path = path.Value
		if value.Kind == yaml.ScalarNode && !isNull(value) {
			r.At = At{name: name, file: c.path, lines: map[string]int{"": path.Line, "target": value.Line}}
			wrong = append(wrong, c.decode(value, reflect.ValueOf(&r.Target).Elem(), name))
		} else if err := c.decode(value, reflect.ValueOf(r).Elem(), name); err != nil {
			wrong = append(wrong, err)
		} else if r.lines[""] = path.Line; r.Target == "" {
			wrong = append(wrong, r.Fault("", "", "it has no target; add one, as in target: echo"))
		}
		list = append(list, r)
	}
	into.Set(reflect.ValueOf(list))
	return errors.Join(wrong...)
}

// structure reads a mapping into a struct, and notes where its keys are written.
func (c *File) structure(at *yaml.Node, into reflect.Value, name string) error {
	keys := Keys(into.Type())
	names := namesOf(keys)
	if at.Kind != yaml.MappingNode || len(at.Content) == 0 {
		return c.fault(at, "%s: expected a mapping with keys of %s", name, strings.Join(names, ", "))
	}
	place := At{name: name, file: c.path, lines: map[string]int{"": at.Line}}
	var wrong []error
	for i := 0; i < len(at.Content); i += 2 {
		key, value := at.Content[i], at.Content[i+1]
		n := slices.Index(names, key.Value)
		switch {
		case n < 0:
			hint := cli.NearestOf(names, key.Value)
			if hint == "" {
				hint = "; it may have " + strings.Join(names, ", ")
			}
			wrong = append(wrong, c.fault(key, "there is no setting %q in %s%s", key.Value, name, hint))
			continue
		case place.Says(key.Value):
			wrong = append(wrong, c.fault(key, "%s: %s is set already in line %d",
				name, key.Value, place.lines[key.Value]))
			continue
		}
		place.lines[key.Value] = value.Line
		wrong = append(wrong, c.value(value, into, keys[n], name+" "+key.Value))
	}
	if own := into.FieldByName("At"); own.IsValid() {
		own.Set(reflect.ValueOf(place))
	}
	return errors.Join(wrong...)
}

// value reads the value of a key of into. A 0 that would stand for something else is refused.
func (c *File) value(at *yaml.Node, into reflect.Value, k Key, name string) error {
	field := into.FieldByIndex(k.Field.Index)
	err := c.decode(at, field, name)
	if err == nil && k.Field.Tag.Get("zero") == "refused" && field.IsZero() {
		return c.fault(at, "%s %s: it cannot be switched off; choose more, "+
			"or leave it out for the default", name, cli.Quoted(at.Value))
	}
	return err
}

// Key is a key of a mapping in the document.
type Key struct {
	Name  string
	Field reflect.StructField
}

// Keys returns the keys of the mapping that a struct of this package stands for, in their order.
func Keys(of reflect.Type) (list []Key) {
	for _, f := range reflect.VisibleFields(of) {
		if name := f.Tag.Get("yaml"); name != "" && name != "-" {
			list = append(list, Key{name, f})
		}
	}
	return list
}

// Names returns the names of the document's own keys.
func Names() []string { return namesOf(Keys(reflect.TypeFor[Config]())) }

func namesOf(keys []Key) (list []string) {
	for _, k := range keys {
		list = append(list, k.Name)
	}
	return list
}

// fresh returns a route with the values of the document for all keys that it leaves out.
func (c *File) fresh() *Route { return c.config.Defaults() }

func (c *File) fault(at *yaml.Node, format string, args ...any) error {
	return cli.Usagef("%s:%d: %s", c.path, at.Line, fmt.Sprintf(format, args...))
}
