// Command schema writes the JSON schema of khp serve's configuration document, which editors check
// and complete it by. It is made of the types in package config, and of the comments on their
// fields.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schema FILE, in the directory of package config")
		os.Exit(2)
	}
	text, err := schema(".")
	if err == nil {
		err = os.WriteFile(os.Args[1], text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type object = map[string]any

// generator has the definitions made so far.
type generator struct {
	comments map[string]string // by Type.Field, and Type
	defs     object
}

// schema returns the schema of [config.Config], whose source is in dir.
func schema(dir string) ([]byte, error) {
	g := &generator{comments: make(map[string]string), defs: make(object)}
	if err := g.read(dir); err != nil {
		return nil, err
	}
	top := g.structure(reflect.TypeFor[config.Config]())
	top["$schema"], top["title"], top["$defs"] = "https://json-schema.org/draft/2020-12/schema",
		"khp serve --config", g.defs
	text, err := json.MarshalIndent(top, "", "  ")
	return append(text, '\n'), err
}

// read finds the comments on types and their fields.
func (g *generator) read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, name := range f.Names {
						g.comments[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
					}
				}
			}
			return false
		})
	}
	return nil
}

// structure is the schema of a mapping.
func (g *generator) structure(t reflect.Type) object {
	properties := make(object)
	for _, k := range config.Keys(t) {
		s := g.of(k.Field.Type)
		if k.Field.Tag.Get("zero") == "refused" {
			s = nonZero(k.Field.Type)
		}
		s["description"] = g.comments[declares(t, k.Field)+"."+k.Field.Name]
		properties[k.Name] = s
	}
	return object{"type": "object", "additionalProperties": false, "minProperties": 1,
		"properties": properties}
}

// declares is the name of the struct that has the field: t, or one that t embeds.
func declares(t reflect.Type, f reflect.StructField) string {
	for _, i := range f.Index[:len(f.Index)-1] {
		t = t.Field(i).Type
	}
	return t.Name()
}

// ref is the schema of a mapping with a definition of its own.
func (g *generator) ref(t reflect.Type) object {
	if _, ok := g.defs[t.Name()]; !ok {
		g.defs[t.Name()] = nil // may lead back here
		g.defs[t.Name()] = g.structure(t)
	}
	return object{"$ref": "#/$defs/" + t.Name()}
}

// nonZero is the schema of a number or a time that cannot be 0.
func nonZero(t reflect.Type) object {
	if t == reflect.TypeFor[cli.Count]() {
		return object{"type": "integer", "minimum": 1}
	}
	return object{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
}

// of is the schema of a value.
func (g *generator) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[cli.Duration]():
		return anyOf(object{"const": 0},
			object{"type": "string", "pattern": `^(0|([0-9.]+(ns|us|µs|ms|s|m|h))+)$`})
	case reflect.TypeFor[cli.Size]():
		return anyOf(object{"type": "integer", "minimum": 1},
			object{"type": "string", "pattern": `^[0-9]+[kKmMgG]?$`})
	case reflect.TypeFor[cli.Count]():
		return object{"type": "integer", "minimum": 0}
	case reflect.TypeFor[config.Pairs]():
		plain := object{"type": []string{"string", "boolean", "integer"}}
		list := object{"type": "array", "items": plain, "minItems": 1}
		return anyOf(plain, list,
			object{"type": "object", "minProperties": 1, "additionalProperties": anyOf(plain, list)})
	case reflect.TypeFor[config.Routes]():
		return object{"type": "object", "minProperties": 1, "propertyNames": object{"pattern": "^/"},
			"additionalProperties": anyOf(object{"type": "string"}, g.ref(reflect.TypeFor[config.Route]()))}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Slice:
		return anyOf(g.of(t.Elem()), object{"type": "array", "items": g.of(t.Elem()), "minItems": 1})
	case reflect.Struct:
		return g.ref(t)
	}
	// a text that looks like a number needs no quotes
	return object{"type": []string{"string", "number"}}
}

func anyOf(list ...object) object { return object{"anyOf": list} }
