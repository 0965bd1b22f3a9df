package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/internal/mutateglue/catalogue"
	"example.com/khp/internal/mutateglue/fault"
	"example.com/khp/internal/overlay"
)

// program is the source with all faults in it, as an overlay for the go command.
type program struct {
	root    string // of the module
	work    string // directory for written files
	overlay string // the file for the go command
	faults  []fault.Fault
	out     map[int]bool // numbers of faults that are left out

	refused []string // by the compiler
}

// write writes the source with the faults that compile.
func (p *program) write() error {
	byFile := map[string]map[int]*fault.Fault{}
	for i := range p.faults {
		f := &p.faults[i]
		if p.out[i+1] {
			continue
		}
		if byFile[f.File] == nil {
			byFile[f.File] = map[int]*fault.Fault{}
		}
		byFile[f.File][i+1] = f
	}
	source := filepath.Join(p.work, "source")
	if err := os.MkdirAll(source, 0o700); err != nil {
		return err
	}
	o := overlay.New(source)
	put := func(name string, content []byte) error {
		return o.Put(filepath.Join(p.root, filepath.FromSlash(name)), content)
	}
	for name, faults := range byFile {
		text, pkg, err := fault.Write(faults)
		if err != nil {
			return err
		}
		if err := put(name, text); err != nil {
			return err
		}
		if err := put(filepath.ToSlash(filepath.Join(filepath.Dir(name), "faulty_switch.go")),
			fault.Switch(pkg)); err != nil {
			return err
		}
	}
	var err error
	p.overlay, err = o.Write()
	return err
}

// compile writes the source, and leaves out faults until it compiles: those that an earlier call
// did not compile at once.
func (p *program) compile(byID map[string]int) error {
	refused := filepath.Join(p.work, "refused.txt")
	text, _ := os.ReadFile(refused)
	p.refused = strings.Fields(string(text))
	for _, id := range p.refused {
		p.out[byID[id]] = true
	}
	var packages []string
	for _, dir := range catalogue.Sources {
		packages = append(packages, "./"+dir)
	}
	for range 40 {
		if err := p.write(); err != nil {
			return err
		}
		args := append([]string{"build", "-gcflags=-e", "-overlay", p.overlay}, packages...)
		cmd := exec.Command("go", args...)
		cmd.Dir = p.root
		out, err := cmd.CombinedOutput()
		if err == nil {
			return os.WriteFile(refused, []byte(strings.Join(p.refused, "\n")), 0o600)
		}
		n := p.blame(string(out))
		fmt.Fprintf(os.Stderr, "%d faults do not compile\n", n)
		if n == 0 {
			return errors.New(string(out))
		}
	}
	return errors.New("the faulty source does not compile")
}

var (
	// not all messages have a column
	place  = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):(?:(\d+):)? (.*)`)
	number = regexp.MustCompile(`faulty(?:Channel|Value)?\((\d+)`)
)

// blame finds the faults that the compiler's messages are about: the last one before each place. A
// return is missing where a break was put into a loop that has no other end.
func (p *program) blame(messages string) (found int) {
	for _, m := range place.FindAllStringSubmatch(messages, -1) {
		written := m[1]
		if !filepath.IsAbs(written) {
			written = filepath.Join(p.root, written)
		}
		source, err := os.ReadFile(written)
		if err != nil {
			continue
		}
		lines := strings.SplitAfter(string(source), "\n")
		line, _ := strconv.Atoi(m[2])
		column, err := strconv.Atoi(m[3])
		if err != nil {
			column = math.MaxInt
		}
		before := strings.Join(lines[:min(line-1, len(lines))], "")
		if line <= len(lines) {
			before += lines[line-1][:min(column-1, len(lines[line-1]))]
		}
		for _, number := range slices.Backward(number.FindAllStringSubmatch(before, -1)) {
			n, _ := strconv.Atoi(number[1])
			if m[4] == "missing return" && p.faults[n-1].After != "break" {
				continue
			}
			if !p.out[n] {
				p.out[n] = true
				p.refused = append(p.refused, p.faults[n-1].ID)
				found++
			}
			break
		}
	}
	return found
}

// binary is the tests of one package, built with all faults.
type binary struct {
	Package string
	Dir     string
	Path    string
	Flags   []string // that its tests need
	Tests   []*oneTest
}

// oneTest is one test of a binary.
type oneTest struct {
	Name    string
	Seconds float64
	Fails   bool         // without any fault
	Reaches map[int]bool // the numbers of the faults whose places it comes to
	in      *binary
}

// build builds the tests of a package; dir is the root of its module.
func (p *program) build(module, pkg string) (*binary, error) {
	b := &binary{Package: pkg, Dir: filepath.Join(p.root, module, strings.TrimPrefix(pkg, "./"))}
	b.Path = filepath.Join(p.work, "bin",
		strings.ReplaceAll(filepath.Join(module, pkg), "/", "!")+".test")
	if err := overlay.Test(p.overlay, filepath.Join(p.root, module), pkg, b.Path); err != nil {
		return nil, err
	}
	if module != "" {
		b.Package = "./" + filepath.ToSlash(filepath.Join(module, pkg))
	}
	if _, err := os.Stat(b.Path); err != nil {
		return b, nil // it has no tests
	}
	const forget = "-rapid.nofailfile" // failures are on purpose
	if exec.Command(b.Path, "-test.list", "^$", forget).Run() == nil {
		b.Flags = []string{forget, "-rapid.seed=1", "-rapid.checks=500", // -short takes a fifth
			"-rapid.shrinktime=1s"}
	}
	list := exec.Command(b.Path, "-test.list", ".")
	list.Dir = b.Dir
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pkg, err)
	}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		if strings.HasSuffix(name, "Interleavings") {
			continue // with -short they do nothing: see woven
		}
		if strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Example") ||
			strings.HasPrefix(name, "Fuzz") {
			b.Tests = append(b.Tests, &oneTest{Name: name, in: b})
		}
	}
	return b, nil
}
