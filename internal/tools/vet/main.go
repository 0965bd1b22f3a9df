// Vet type-checks packages and their tests for some systems, vets them, and finds switches that do
// not have all cases, where they have to.
//
//	go run -C internal/tools ./vet -C $PWD host ./...
//	go run -C internal/tools ./vet -C $PWD linux/386,windows/amd64 ./fsm/... ./wire/...
//
// host is the system that it runs on. -C names a directory of the packages' module. With
// -tests=false tests are left out.
//
// It does what go vet does with GOOS and GOARCH, but checks dependencies from their source, those
// of the standard library without bodies of functions, where go vet compiles all of them for each
// system first. It exits with 1 if there is something to mend.
package main

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/nishanths/exhaustive/passes/exhaustive"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/suite/vet"
	"golang.org/x/tools/go/packages"
)

func main() {
	dir := flag.String("C", ".", "`directory` in the module of the packages")
	tests := flag.Bool("tests", true, "check tests, too")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "vet: name systems, such as host or linux/386,js/wasm, and packages")
		os.Exit(2)
	}
	failed := false
	for system := range strings.SplitSeq(flag.Arg(0), ",") {
		fmt.Println("vet", system, *dir)
		if err := check(*dir, system, *tests, flag.Args()[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "vet: %s: %v\n", system, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// check checks the packages for one system.
func check(dir, system string, tests bool, patterns []string) error {
	if system == "host" {
		system = runtime.GOOS + "/" + runtime.GOARCH
	}
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return errors.New("name a system and a processor, such as windows/amd64")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	std := filepath.Join(strings.TrimSpace(string(root)), "src") + string(filepath.Separator)
	initial, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Env:   append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0"),
		Tests: tests,
		Dir:   dir,
		ParseFile: func(files *token.FileSet, name string, text []byte) (*ast.File, error) {
			return parse(files, name, text, strings.HasPrefix(name, std))
		},
	}, patterns...)
	if err != nil {
		return err
	}
	// The main functions of tests are written by go test.
	initial = slices.DeleteFunc(initial, func(p *packages.Package) bool {
		return strings.HasSuffix(p.ID, ".test")
	})
	if len(initial) == 0 {
		return fmt.Errorf("no packages match %s", strings.Join(patterns, " "))
	}
	if said := loading(initial); len(said) > 0 {
		return errors.New("it does not compile:\n\t" + strings.Join(said, "\n\t"))
	}
	// Switches have to have all cases where a comment enforces that.
	if err := exhaustive.Analyzer.Flags.Set("e", "true"); err != nil {
		return err
	}
	graph, err := checker.Analyze(append(vet.Suite, exhaustive.Analyzer), initial, nil)
	if err != nil {
		return err
	}
	var said []string
	for _, a := range graph.Roots {
		if a.Err != nil {
			said = append(said, fmt.Sprintf("%s: %v", a, a.Err))
		}
		for _, d := range a.Diagnostics {
			said = append(said, fmt.Sprintf("%s: %s", a.Package.Fset.Position(d.Pos), d.Message))
		}
	}
	if slices.Sort(said); len(said) > 0 {
		return errors.New("vet finds\n\t" + strings.Join(slices.Compact(said), "\n\t"))
	}
	return nil
}

// parse parses a file, without the bodies of functions if it belongs to the standard library: they
// are not needed.
func parse(files *token.FileSet, name string, text []byte, std bool) (*ast.File, error) {
	tree, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if tree != nil && std {
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				f.Body = nil
			}
		}
	}
	return tree, err
}

// loading lists the errors of compilation, also those of dependencies. The standard library, which
// belongs to no module, has unused imports once it has no bodies.
func loading(initial []*packages.Package) (said []string) {
	packages.Visit(initial, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			if p.Module != nil || e.Kind != packages.TypeError {
				said = append(said, e.Error())
			}
		}
		p.IllTyped = false // else nothing that imports such a package is vetted
	})
	slices.Sort(said)
	return slices.Compact(said)
}
