// Docgen writes the documents that are made from the code. Without an argument it writes those that
// are made from the tables of package fsm, docs/states.md, docs/status.md, docs/facts.md, docs/img
// and docs/models, from the corpus of package wire, docs/corpus.md, and from the catalogue of
// faults, a section of docs/verification.md. With one it measures for a few minutes and writes a
// page with numbers of this machine:
//
//	go run ./internal/docgen                 # also: go generate ./docs
//	go run ./internal/docgen performance     # docs/performance.md
//	go run ./internal/docgen verification    # docs/verification.md
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/khp/internal/docgen/performance"
	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/docgen/verification"
	"example.com/khp/sim/export"
	"example.com/khp/sim/formal"
)

func main() {
	if err := generate(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

// measured are the pages that take minutes, by their argument.
var measured = map[string]func() ([]byte, error){"performance": performance.Page,
	"verification": verification.Page}

func generate(args []string) error {
	root, err := tool.Root()
	if err != nil {
		return err
	}
	var files map[string][]byte
	switch {
	case len(args) == 0:
		files, err = documents(root)
	case len(args) == 1 && measured[args[0]] != nil:
		if err := os.Chdir(root); err != nil {
			return err
		}
		files = map[string][]byte{}
		files["docs/"+args[0]+".md"], err = measured[args[0]]()
	default:
		return fmt.Errorf("unexpected arguments %q; expected none, performance or verification", args)
	}
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
	facts, err := factsPage(root)
	if err != nil {
		return nil, err
	}
	files["docs/facts.md"] = []byte(facts)
	corpus, err := corpusPage(root)
	if err != nil {
		return nil, err
	}
	files["docs/corpus.md"] = []byte(corpus)
	page, err := os.ReadFile(filepath.Join(root, "docs", "verification.md"))
	if err != nil {
		return nil, err
	}
	files["docs/verification.md"], err = verification.Twice(page)
	return files, err
}

// line ends a paragraph or row.
func line(b *bytes.Buffer, format string, args ...any) {
	fmt.Fprintf(b, format+"\n", args...)
}
