// Package tell writes the source of package endpoint so that each call tells a ghost, as an overlay
// of the go command. See package ghost.
package tell

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/khp/internal/overlay"
)

// Overlay writes the changes for the module in root, in a temporary folder that remove removes, and
// returns the file that the flag -overlay of the go command takes.
func Overlay(root string) (file string, remove func(), err error) {
	work, err := os.MkdirTemp("", "khp-ghost-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(work) }
	o := overlay.New(work)
	if err = Write(root, o); err == nil {
		file, err = o.Write()
	}
	if err != nil {
		remove()
	}
	return file, remove, err
}

// Write adds the changes for the module in root to an overlay. Sources that the overlay replaces
// already are changed as they are there.
func Write(root string, o *overlay.Overlay) error {
	w := writer{Overlay: o}
	sources, err := filepath.Glob(filepath.Join(root, "endpoint", "*.go"))
	if err != nil {
		return err
	}
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			w.file(name)
		}
	}
	w.put(filepath.Join(root, "endpoint", "ghost_beside.go"), []byte(beside))
	w.put(filepath.Join(root, "internal", "ghost", "installed.go"), []byte(installed))
	w.tests(root)
	return w.err
}

// writer keeps the first error.
type writer struct {
	*overlay.Overlay
	err error
}

func (w *writer) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) read(name string) []byte {
	text, err := w.Source(name)
	w.keep(err)
	return text
}

func (w *writer) put(name string, text []byte) { w.keep(w.Put(name, text)) }

// file writes a source of package endpoint anew.
func (w *writer) file(name string) {
	text, err := Told(w.read(name))
	w.keep(err)
	w.put(name, text)
}

// tests adds the ghost to the tests of all packages that have some.
func (w *writer) tests(root string) {
	w.keep(filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if base := entry.Name(); strings.HasPrefix(base, ".") || base == "testdata" {
			return filepath.SkipDir
		}
		tests, err := filepath.Glob(filepath.Join(path, "*_test.go"))
		if err != nil || len(tests) == 0 {
			return err
		}
		if pkg := w.runsEndpoints(tests); pkg != "" {
			w.put(filepath.Join(path, "ghost_beside_test.go"),
				[]byte("package "+pkg+"_test\n\nimport _ "+ghostPackage+"\n"))
		}
		return nil
	}))
}

const ghostPackage = `"example.com/khp/internal/ghost"`

// runsEndpoints returns the package of tests in whose process there can be endpoints, "" for
// others. The ghost needs no more than that the module of the tests knows that of khp.
func (w *writer) runsEndpoints(tests []string) (pkg string) {
	for _, name := range tests {
		tree, err := parser.ParseFile(token.NewFileSet(), name, w.read(name), parser.ImportsOnly)
		if err != nil {
			continue
		}
		pkg = strings.TrimSuffix(tree.Name.Name, "_test")
		for _, i := range tree.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			for _, runs := range []string{"/endpoint", "/transport", "/sim", "/fuzz", "/cmd",
				"/internal/conform"} {
				if strings.HasPrefix(path, "example.com/khp"+runs) {
					return pkg
				}
			}
		}
	}
	if bytes.HasSuffix([]byte(filepath.Dir(tests[0])), []byte(string(filepath.Separator)+"endpoint")) {
		return pkg
	}
	return ""
}
