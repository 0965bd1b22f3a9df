package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// files of a module; a file with a fault for one system is named after that.
var inOrder = map[string]string{
	"go.mod":              "module m\n\ngo 1.26\n",
	"good/g.go":           "package good\n\nimport \"os\"\n\nfunc F() int { return os.Getpid() }\n",
	"good/g_windows.go":   "package good\n\nimport _ \"syscall\"\n\nconst Windows = 1\n",
	"good/g_test.go":      "package good\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) { F() }\n",
	"good/x_test.go":      "package good_test\n\nimport \"m/good\"\n\nvar _ = good.F()\n",
	"good/g_plan9.go":     "package good\n\nvar x int = \"never compiled\"\n",
	"good/internal/i.go":  "package internal\n",
	"good/testdata/no.go": "package no\n\nvar x int = \"never compiled\"\n",
}

// faults are files that do not compile for the systems that are named.
var faults = map[string]struct{ text, systems string }{
	"types/n_windows.go":  {"package m\n\nvar x int = \"seven\"\n", "windows"},
	"unused/n_windows.go": {"package m\n\nimport \"os\"\n", "windows"},
	"body/n.go": {"package m\n\n" +
		"import \"m/good\"\n\nfunc G() int { return good.Windows }\n", "linux"},
	"kill/n.go": {"package m\n\n" +
		"import \"syscall\"\n\nfunc G() { _ = syscall.Kill(1, 0) }\n", "windows"},
	"tests/n_windows_test.go": {"package m\n\nvar x int = \"seven\"\n", "windows"},
	"xtest/n_windows_test.go": {"package m_test\n\nvar x int = \"seven\"\n", "windows"},
	"bits/n.go":               {"package m\n\nvar n int = 1 << 40\n", "linux"},
	"nothing/n_windows.go":    {"package m\n\nimport _ \"m/no/package\"\n", "windows"},
	"syntax/n_windows.go":     {"package m\n\nfunc {\n", "windows"},
}

// module writes a module that is in order on all systems, and more files.
func module(t *testing.T, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, files := range []map[string]string{inOrder, more} {
		for name, text := range files {
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func TestCheck_InOrder(t *testing.T) {
	dir := module(t, nil)
	for _, system := range []string{"linux/386", "windows/amd64", "js/wasm"} {
		if err := check(dir, system, true, []string{"./..."}); err != nil {
			t.Errorf("%s: %v", system, err)
		}
	}
}

func TestCheck_DoesNotCompile(t *testing.T) {
	files := map[string]string{}
	for name, f := range faults {
		files[name] = f.text
	}
	dir := module(t, files)
	for _, system := range []string{"linux/386", "windows/amd64"} {
		for _, tests := range []bool{true, false} {
			err := check(dir, system, tests, []string{"./..."})
			if err == nil {
				t.Fatal(system, "is in order")
			}
			for name, f := range faults {
				want := strings.HasPrefix(system, f.systems) &&
					(tests || !strings.HasSuffix(name, "_test.go"))
				if got := strings.Contains(err.Error(), filepath.FromSlash(name)); got != want {
					t.Errorf("%s, tests %t, %s: found %t:\n%v", system, tests, name, got, err)
				}
			}
		}
	}
}

func TestCheck_Vet(t *testing.T) {
	dir := module(t, map[string]string{"v/n_windows_test.go": "package v\n\nimport \"fmt\"\n\n" +
		"func G() { fmt.Printf(\"%d\", \"seven\") }\n"})
	for system, want := range map[string]bool{"linux/386": false, "windows/amd64": true} {
		err := check(dir, system, true, []string{"./..."})
		if got := err != nil && strings.Contains(err.Error(), "Printf format %d"); got != want {
			t.Errorf("%s: %v", system, err)
		}
	}
}

// A switch lacks a case: that is wrong where a comment demands all cases, on each system.
func TestCheck_Exhaustive(t *testing.T) {
	dir := module(t, map[string]string{"e/e.go": "package e\n\ntype E int\n\nconst (\n" +
		"\tA E = iota\n\tB\n)\n\nfunc F(e E) {\n\tswitch e {\n\tcase A:\n\t}\n" +
		"\t//exhaustive:enforce\n\tswitch e {\n\tcase A:\n\tdefault:\n\t}\n}\n"})
	for _, system := range []string{"host", "windows/amd64"} {
		err := check(dir, system, true, []string{"./..."})
		if err == nil || strings.Count(err.Error(), "missing cases") != 1 ||
			!strings.Contains(err.Error(), "e.go:15:2: ") {
			t.Errorf("%s: %v", system, err)
		}
	}
}

func TestCheck_NothingToCheck(t *testing.T) {
	dir := module(t, nil)
	for system, pattern := range map[string]string{"linux": "./...", "linux/386": "./nothing",
		"linux/nothing": "./..."} {
		if err := check(dir, system, true, []string{pattern}); err == nil {
			t.Errorf("%s %s: no error", system, pattern)
		}
	}
}
