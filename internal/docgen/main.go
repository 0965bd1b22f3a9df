// Docgen writes the documents and pictures that are made from the tables of package fsm,
// docs/states.md, docs/status.md, docs/img and docs/models, and from the corpus of package wire,
// docs/corpus.md.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/khp/sim/export"
	"example.com/khp/sim/formal"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

func generate() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	files, err := documents(root)
	if err != nil {
		return err
	}
	for name, data := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// documents returns all generated files by their names from the root of the module.
func documents(root string) (map[string][]byte, error) {
	files := map[string][]byte{"docs/status.md": []byte(statusPage())}
	for _, m := range []export.Machine{export.Client, export.Server} {
		var b bytes.Buffer
		if err := export.SVG(&b, m); err != nil {
			return nil, err
		}
		files["docs/img/"+m.String()+".svg"] = b.Bytes()
	}
	for name, write := range map[string]func(io.Writer) error{
		"pair.pml": func(w io.Writer) error { return formal.Promela(w, export.Pair) },
		"pair.tla": func(w io.Writer) error { return formal.TLA(w, export.Pair) },
		"pair.cfg": formal.TLAConfig,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		files["docs/models/"+name] = b.Bytes()
	}
	states, err := statesPage()
	if err != nil {
		return nil, err
	}
	files["docs/states.md"] = []byte(states)
	page, err := corpusPage(root)
	files["docs/corpus.md"] = []byte(page)
	return files, err
}

// moduleRoot is the nearest directory above the current one that has a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the current directory; run it inside the module")
		}
	}
	return "", err
}

// line ends a paragraph or row.
func line(b *bytes.Buffer, format string, args ...any) {
	fmt.Fprintf(b, format+"\n", args...)
}
