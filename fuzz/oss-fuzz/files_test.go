// Package ossfuzz checks the files that OSS-Fuzz needs.
package ossfuzz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// targets reads the fuzz targets of a package directory from its source.
func targets(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				names = append(names, dir+" "+fn.Name.Name)
			}
		}
		require.NotContains(t, f.Name.Name, "_test",
			"%s: the builder cannot take targets of an external test package", name)
	}
	return names
}

// Every target is built, and nothing else.
func TestBuild_AllTargets(t *testing.T) {
	script, err := os.ReadFile("build.sh")
	require.NoError(t, err)
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^target (\S+ \S+)`).
		FindAllStringSubmatch(string(script), -1) {
		named = append(named, m[1])
	}
	want := slices.Concat(targets(t, "fuzz"), targets(t, "fuzz/differential"))
	require.NotEmpty(t, want)
	require.ElementsMatch(t, want, named)
}

// The page describes the checks of each target.
func TestPage_AllTargets(t *testing.T) {
	page, err := os.ReadFile("../../docs/fuzzing.md")
	require.NoError(t, err)
	for _, name := range slices.Concat(targets(t, "fuzz"), targets(t, "fuzz/differential")) {
		_, name, _ = strings.Cut(name, " ")
		require.Contains(t, string(page), "| "+name+" |")
	}
}

// The three files are there in the form that OSS-Fuzz reads.
func TestFiles(t *testing.T) {
	project, err := os.ReadFile("project.yaml")
	require.NoError(t, err)
	for _, key := range []string{"homepage", "main_repo", "primary_contact", "language"} {
		require.Regexp(t, `(?m)^`+key+`: `, string(project))
	}
	require.Contains(t, string(project), "language: go\n")
	docker, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(docker), "FROM gcr.io/oss-fuzz-base/base-builder-go\n"))
	require.Contains(t, string(docker), "COPY build.sh $SRC/")
	info, err := os.Stat("build.sh")
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&0o100, "build.sh can be run")
}
