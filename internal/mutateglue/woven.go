package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.com/khp/internal/interleave/weave"
	"example.com/khp/internal/overlay"
)

// explorations are the packages with tests of interleavings, and which directories are woven for
// those, from the root of the module.
var explorations = [][]string{
	{"transport/internal/loop", "transport/internal/loop"},
	{"transport/internal/sock", "transport/internal/sock"},
	{"transport", "transport", "transport/internal/sock", "transport/internal/frames",
		"transport/internal/tracker", "transport/internal/loop"},
}

// woven builds the tests of interleavings of a package, with all faults.
func (p *program) woven(pkg string, dirs []string) (*binary, error) {
	work := filepath.Join(p.work, "woven", strings.ReplaceAll(pkg, "/", "!"))
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	o, err := overlay.Open(p.overlay, work)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(p.root, dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := o.Source(name)
			if err != nil {
				return nil, err
			}
			source, err := weave.Woven(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if err := o.Put(name, []byte(source)); err != nil {
				return nil, err
			}
		}
	}
	file, err := o.Write()
	if err != nil {
		return nil, err
	}
	b := &binary{Package: "./" + pkg, Dir: filepath.Join(p.root, pkg),
		Path: filepath.Join(work, "woven.test")}
	if err := overlay.Test(file, p.root, b.Package, b.Path); err != nil {
		return nil, err
	}
	return b, b.list("Interleavings$")
}

// list lists the tests whose names match.
func (b *binary) list(names string) error {
	out, err := exec.Command(b.Path, "-test.list", names).Output()
	for name := range strings.Lines(string(out)) {
		if name = strings.TrimSpace(name); strings.HasPrefix(name, "Test") {
			b.Tests = append(b.Tests, &oneTest{Name: name, in: b})
		}
	}
	return err
}
