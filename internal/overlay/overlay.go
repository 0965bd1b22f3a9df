// Package overlay has the go command read other text in the place of source files. It is for tests
// and tools that build packages with changes.
package overlay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Overlay has the sources that are replaced.
type Overlay struct {
	// Replace has the file with the new text by the absolute name of a source.
	Replace map[string]string
	dir     string
}

// New returns an overlay without sources, which keeps its files in dir.
func New(dir string) *Overlay { return &Overlay{Replace: map[string]string{}, dir: dir} }

// Open returns an overlay with the sources of one that was written to file. Its own files are in
// dir.
func Open(file, dir string) (*Overlay, error) {
	o := New(dir)
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, o)
	}
	return o, err
}

// Source returns the text of a source: the new one if it is replaced.
func (o *Overlay) Source(name string) ([]byte, error) {
	if to, replaced := o.Replace[name]; replaced {
		name = to
	}
	return os.ReadFile(name)
}

var flat = strings.NewReplacer("/", "!", `\`, "!", ":", "!")

// Put replaces a source, or adds one. A relative name is relative to the current directory.
func (o *Overlay) Put(name string, text []byte) error {
	name, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	to := filepath.Join(o.dir, flat.Replace(name))
	o.Replace[name] = to
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(to, text, 0o600)
}

// Write writes the file that the flag -overlay of the go command takes, and returns its name.
func (o *Overlay) Write() (file string, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	file = filepath.Join(o.dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o600)
}

// Test builds the tests of a package into binary, with the overlay in file. dir is the directory of
// the go command, "" for the current one.
func Test(file, dir, pkg, binary string) error {
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", file, "-o", binary, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", pkg, err, out)
	}
	return nil
}
