// Package overlay writes the source of package endpoint so that each call tells a ghost, as an
// overlay of the go command. See package ghost.
package overlay

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Replacements is the file that the go command's flag -overlay takes.
type Replacements struct{ Replace map[string]string }

// Root returns the directory of the module that the working directory is in.
func Root() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(strings.TrimSpace(string(out)))
	if _, err := os.Stat(filepath.Join(dir, "endpoint")); err != nil {
		return "", errors.New(dir + " has no package endpoint; run this in the module of khp")
	}
	return dir, nil
}

// Write writes the overlay for the module in root into the directory work, and returns the name of
// the file of replacements. Sources that before replaces already are taken from there.
func Write(root, work string, before Replacements) (file string, err error) {
	w := writer{work: work, before: before, all: Replacements{Replace: map[string]string{}}}
	for from, to := range before.Replace {
		w.all.Replace[from] = to
	}
	sources, err := filepath.Glob(filepath.Join(root, "endpoint", "*.go"))
	if err != nil {
		return "", err
	}
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			w.file(name)
		}
	}
	w.put(filepath.Join(root, "endpoint", "ghost_beside.go"), []byte(beside))
	w.put(filepath.Join(root, "internal", "ghost", "installed.go"), []byte(installed))
	w.tests(root)
	if w.err != nil {
		return "", w.err
	}
	text, err := json.MarshalIndent(w.all, "", "\t")
	if err != nil {
		return "", err
	}
	file = filepath.Join(work, "overlay.json")
	return file, os.WriteFile(file, text, 0o600)
}

// writer keeps the first error.
type writer struct {
	work   string
	before Replacements
	all    Replacements
	err    error
}

func (w *writer) read(name string) []byte {
	if to, replaced := w.before.Replace[name]; replaced {
		name = to
	}
	text, err := os.ReadFile(name)
	if w.err == nil {
		w.err = err
	}
	return text
}

// put replaces or adds a file.
func (w *writer) put(name string, text []byte) {
	to := filepath.Join(w.work, strings.NewReplacer("/", "!", `\`, "!", ":", "!").Replace(name))
	w.all.Replace[name] = to
	if err := os.WriteFile(to, text, 0o600); w.err == nil {
		w.err = err
	}
}

// file writes a source of package endpoint anew.
func (w *writer) file(name string) {
	text, err := Told(w.read(name))
	if w.err == nil {
		w.err = err
	}
	w.put(name, text)
}

// tests adds the ghost to the tests of all packages that have some.
func (w *writer) tests(root string) {
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
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
	})
	if w.err == nil {
		w.err = err
	}
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
