// Package anycall calls the exported functions and methods of a package in any order with any
// arguments, for tests that no order of calls and no argument makes it panic.
package anycall

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// maxObjects bounds the values that methods are called on, maxDepth the values inside of values.
const (
	maxObjects = 12
	maxDepth   = 4
)

// Caller calls functions and methods.
type Caller struct {
	// Texts are strings and byte slices that lead far into the package. Odd ones are added.
	Texts []string
	// Values returns a value for a parameter of type t, if it has one; it may be nil. It is for values
	// that cannot be made up, such as a connection.
	Values func(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool)
	// Skip names methods that are not called, such as Shutdown, which waits.
	Skip []string

	t       *rapid.T
	home    string // package path of the first object; results from there become objects
	objects []reflect.Value
	last    string // text that was drawn
	log     []string
}

// Run makes calls: methods of the first object most of the time, of the others, which are pointers
// too, of the results of calls, and functions by name.
func (c *Caller) Run(t *rapid.T, objects []any, functions map[string]any, calls int) {
	c.t, c.objects, c.log = t, nil, nil
	for _, o := range objects {
		c.objects = append(c.objects, reflect.ValueOf(o))
	}
	c.home = home(c.objects[0].Type())
	first := len(c.objects)
	names := make([]string, 0, len(functions))
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	done := false
	defer func() { // without recover: rapid has panics of its own
		if !done {
			t.Logf("after these calls:\n%s", strings.Join(c.log[max(0, len(c.log)-20):], "\n"))
		}
	}()
	for range calls {
		if len(c.objects) > first+maxObjects {
			c.objects = slices.Delete(c.objects, first, first+1)
		}
		i := 0 // the first object most of the time
		if rapid.IntRange(0, 3).Draw(t, "another") == 0 {
			i = rapid.IntRange(0, len(c.objects)+min(len(names), 4)-1).Draw(t, "object")
		}
		if i >= len(c.objects) {
			name := rapid.SampledFrom(names).Draw(t, "function")
			c.call(name, reflect.ValueOf(functions[name]))
			continue
		}
		o := c.objects[i]
		methods := c.methods(o.Type())
		if len(methods) == 0 {
			continue
		}
		m := rapid.SampledFrom(methods).Draw(t, "method")
		c.call(o.Type().String()+"."+m, o.MethodByName(m))
	}
	done = true
}

func (c *Caller) methods(t reflect.Type) (names []string) {
	for i := range t.NumMethod() {
		if m := t.Method(i); m.IsExported() && !slices.Contains(c.Skip, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// call draws the arguments and keeps the results that have methods.
func (c *Caller) call(name string, f reflect.Value) {
	t := f.Type()
	var args []reflect.Value
	for i := range t.NumIn() {
		args = append(args, c.draw(t.In(i), 0))
	}
	c.log = append(c.log, describe(name, args))
	var results []reflect.Value
	if t.IsVariadic() {
		results = f.CallSlice(args)
	} else {
		results = f.Call(args)
	}
	for _, r := range results {
		c.keep(r)
	}
}

func (c *Caller) keep(r reflect.Value) {
	switch r.Kind() {
	case reflect.Interface, reflect.Pointer:
		if r.IsNil() {
			return
		}
		if r.Kind() == reflect.Interface {
			r = r.Elem()
		}
	case reflect.Func: // an iterator, which is left after some steps
		t := r.Type()
		if r.IsNil() || t.NumIn() != 1 || t.In(0).Kind() != reflect.Func || t.In(0).NumOut() != 1 ||
			t.In(0).Out(0).Kind() != reflect.Bool {
			return
		}
		left := rapid.IntRange(0, 3).Draw(c.t, "steps")
		r.Call([]reflect.Value{reflect.MakeFunc(t.In(0), func([]reflect.Value) []reflect.Value {
			left--
			return []reflect.Value{reflect.ValueOf(left >= 0).Convert(t.In(0).Out(0))}
		})})
		return
	}
	if home(r.Type()) == c.home && len(c.methods(r.Type())) > 0 {
		c.objects = append(c.objects, r)
	}
}

func home(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}

func describe(name string, args []reflect.Value) string {
	var list []string
	for _, a := range args {
		text := fmt.Sprintf("%#v", a)
		list = append(list, text[:min(len(text), 200)])
	}
	return name + "(" + strings.Join(list, ", ") + ")"
}

var errorType = reflect.TypeFor[error]()

// draw makes a value of any type.
func (c *Caller) draw(t reflect.Type, depth int) reflect.Value {
	if c.Values != nil {
		if v, ok := c.Values(c.t, t); ok {
			return v
		}
	}
	// Values that the calls have returned come again: a state, say, cannot be made up.
	if mine := c.of(t); len(mine) > 0 && rapid.Bool().Draw(c.t, "had") {
		return rapid.SampledFrom(mine).Draw(c.t, "which")
	}
	v := reflect.New(t).Elem()
	if c.basic(v) {
		return v
	}
	switch t.Kind() {
	case reflect.Slice:
		c.slice(v, depth)
	case reflect.Array:
		for i := range min(t.Len(), 3) {
			v.Index(i).Set(c.draw(t.Elem(), depth+1))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && rapid.IntRange(0, 2).Draw(c.t, "set") > 0 {
				v.Field(i).Set(c.draw(t.Field(i).Type, depth+1))
			}
		}
	case reflect.Pointer:
		c.pointer(v, depth)
	case reflect.Func:
		if rapid.Bool().Draw(c.t, "func") {
			v.Set(reflect.MakeFunc(t, func([]reflect.Value) (results []reflect.Value) {
				for i := range t.NumOut() {
					results = append(results, c.draw(t.Out(i), maxDepth))
				}
				return results
			}))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range rapid.IntRange(0, 2).Draw(c.t, "entries") {
			v.SetMapIndex(c.draw(t.Key(), depth+1), c.draw(t.Elem(), depth+1))
		}
	case reflect.Interface:
		switch {
		case t == errorType && rapid.Bool().Draw(c.t, "error"):
			v.Set(reflect.ValueOf(errors.New("an error")))
		case t.NumMethod() == 0:
			v.Set(reflect.ValueOf(c.text()))
		}
	}
	return v
}

// basic sets v if it is of a basic type.
func (c *Caller) basic(v reflect.Value) bool {
	switch t := v.Type(); t.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(c.t, "bool"))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(c.number(t.Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := uint64(c.number(64))
		v.SetUint(n << (64 - t.Bits()) >> (64 - t.Bits()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(c.t, "float"))
	case reflect.String:
		v.SetString(c.text())
	default:
		return false
	}
	return true
}

// pointer is nil or a new one.
func (c *Caller) pointer(v reflect.Value, depth int) {
	if rapid.IntRange(0, 2).Draw(c.t, "pointer") > 0 && depth < maxDepth {
		v.Set(reflect.New(v.Type().Elem()))
		v.Elem().Set(c.draw(v.Type().Elem(), depth+1))
	}
}

// of returns the objects of type t.
func (c *Caller) of(t reflect.Type) (list []reflect.Value) {
	for _, o := range c.objects {
		if o.Type() == t {
			list = append(list, o)
		}
	}
	return list
}

func (c *Caller) slice(v reflect.Value, depth int) {
	t := v.Type()
	if t.Elem().Kind() == reflect.Uint8 {
		if text := c.text(); text != "" || rapid.Bool().Draw(c.t, "empty") {
			v.SetBytes([]byte(text))
		}
		return
	}
	if depth >= maxDepth {
		return
	}
	for range rapid.IntRange(0, 3).Draw(c.t, "length") {
		v.Set(reflect.Append(v, c.draw(t.Elem(), depth+1)))
	}
}

func (c *Caller) number(bits int) int64 {
	odd := []int64{0, 1, 2, -1, 13, 100, 101, 200, 401, 999, 1000, 1005, 4999, 5000, 65535,
		math.MaxInt32, math.MaxInt64, math.MinInt64}
	n := rapid.SampledFrom(odd).Draw(c.t, "number")
	if rapid.Bool().Draw(c.t, "small") {
		n = int64(rapid.IntRange(-2, 60).Draw(c.t, "number"))
	}
	return n << (64 - bits) >> (64 - bits)
}

// text is one of the texts, the beginning of one, often of the one before, or something odd.
func (c *Caller) text() string {
	n := rapid.IntRange(0, 7).Draw(c.t, "text")
	switch {
	case n == 0:
		return ""
	case n == 1 || len(c.Texts) == 0:
		return string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(c.t, "bytes"))
	case n < 5 || c.last == "":
		c.last = rapid.SampledFrom(c.Texts).Draw(c.t, "whole")
	}
	if n > 3 {
		return c.last[:rapid.IntRange(0, len(c.last)).Draw(c.t, "beginning")]
	}
	return c.last
}

// Complete fails unless functions has every exported function of the package in dir, so that none
// is forgotten. A generic one may be listed several times, as Name/types.
func Complete(t require.TestingT, dir string, functions map[string]any) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	listed := map[string]bool{}
	for name := range functions {
		name, _, _ = strings.Cut(name, "/")
		listed[name] = true
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path.Join(dir, e.Name()), nil,
			parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				require.True(t, listed[f.Name.Name], "%s is not called by this test", f.Name.Name)
			}
		}
	}
}
