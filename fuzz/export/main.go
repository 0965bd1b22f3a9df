// Command export writes the corpus of package fuzz/corpus to plain files, for fuzzers and parsers
// in any language.
//
//	go run ./fuzz/export DIR
//
// It writes DIR/KIND/ID for each input (DIR/unit/ID/01.binary and so on for a unit, one file a
// message), DIR/generated/request/NNN and response/NNN (well-formed messages), DIR/index.tsv with
// the verdicts and reasons, and DIR/khp.dict, a dictionary for libFuzzer and AFL.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/khp/fuzz/corpus"
)

func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./fuzz/export DIR")
		os.Exit(2)
	}
	n, err := export(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
	fmt.Printf("%d files in %s\n", n, os.Args[1])
}

// generated is how many messages of each kind are made on top of the cases.
const generated = 100

// export writes everything and returns how many files that are.
func export(dir string) (files int, err error) {
	write := func(name string, data []byte) {
		if err != nil {
			return
		}
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = os.WriteFile(name, data, 0o644)
			files++
		}
	}
	var index strings.Builder
	index.WriteString("id\tkind\tlayer\tverdict\twhy\tsource\n")
	for _, c := range corpus.Cases() {
		fmt.Fprintf(&index, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.Kind, c.Layer, c.Verdict, c.Why, c.Source)
		if c.Messages == nil {
			write(string(c.Kind)+"/"+c.ID, c.Input)
		}
		for i, m := range c.Messages {
			suffix := "binary"
			if m.Text {
				suffix = "text"
			}
			write(fmt.Sprintf("%s/%s/%02d.%s", c.Kind, c.ID, i+1, suffix), m.Content)
		}
	}
	for _, kind := range []corpus.Kind{corpus.Request, corpus.Response} {
		n := 0
		for b := range corpus.Generate(kind, 1) {
			write(fmt.Sprintf("generated/%s/%03d", kind, n), b)
			if n++; n == generated {
				break
			}
		}
	}
	write("index.tsv", []byte(index.String()))
	write("khp.dict", []byte(corpus.Dictionary()))
	return files, err
}
