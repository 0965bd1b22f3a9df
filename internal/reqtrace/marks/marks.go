// Package marks finds references to requirements in Go source: directives, tables, and tests.
//
//	//khp:impl ID [ID...]                    in code: the declaration around or below implements ID
//	//khp:exception ID [ID...] reason="..."  anywhere: ID is not done, or cannot be tested here
//	t.Attr("req", "ID")                      in tests
//	"ID ID"                                  a string in the tables of fsm: implemented there
package marks

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/internal/reqtrace/list"
)

// tableDir is the package whose string literals of ids count as marks.
const tableDir = "fsm"

// Place is where something is implemented or tested. It names the symbol rather than the line,
// which changes too often.
type Place struct{ File, Symbol string }

// Exception says why an id is not covered.
type Exception struct{ At, Reason string }

// Marks are the marks in the source for each id.
type Marks struct {
	Impl       map[string][]Place // sorted, without repetition
	Tests      map[string][]Place // tests that mark the id by a literal, run or not
	Exceptions map[string]Exception
	Problems   []string // file:line: a mistake, in the order of files
}

// Scan reads all Go files of root except those of testdata, vendor and hidden directories.
func Scan(root fs.FS, known *list.List) (*Marks, error) {
	m := &Marks{Impl: map[string][]Place{}, Tests: map[string][]Place{},
		Exceptions: map[string]Exception{}}
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || name == "vendor" ||
				name != "." && strings.ContainsRune("._", rune(name[0])) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(file) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		s := scanner{m: m, known: known, file: file, fset: token.NewFileSet()}
		if s.tree, err = parser.ParseFile(s.fset, file, src,
			parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		s.comments()
		s.literals()
		return nil
	})
	for _, places := range []map[string][]Place{m.Impl, m.Tests} {
		for id, list := range places {
			slices.SortFunc(list, func(a, b Place) int {
				return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Symbol, b.Symbol))
			})
			places[id] = slices.Compact(list)
		}
	}
	return m, err
}

// scanner is at one file.
type scanner struct {
	m     *Marks
	known *list.List
	file  string
	fset  *token.FileSet
	tree  *ast.File
}

func (s *scanner) test() bool { return strings.HasSuffix(s.file, "_test.go") }

func (s *scanner) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", s.file, s.fset.Position(pos).Line)
}

func (s *scanner) problem(pos token.Pos, format string, args ...any) {
	s.m.Problems = append(s.m.Problems, s.at(pos)+": "+fmt.Sprintf(format, args...))
}

// almost matches a directive that the Go tools would take for prose.
var almost = regexp.MustCompile(`^(//\s+|/\*\s*)khp:(impl|exception)\b`)

func (s *scanner) comments() {
	for _, group := range s.tree.Comments {
		for _, c := range group.List {
			if almost.MatchString(c.Text) {
				s.problem(c.Pos(), "a mark begins with //khp: without a blank, got %q", c.Text)
				continue
			}
			if text, ok := strings.CutPrefix(c.Text, "//khp:"); ok {
				verb, rest, _ := strings.Cut(text, " ")
				s.directive(c.Pos(), verb, rest)
			}
		}
	}
}

func (s *scanner) directive(pos token.Pos, verb, rest string) {
	switch verb {
	case "impl":
		if s.test() {
			s.problem(pos, `khp:impl in a test; mark tests with t.Attr("req", "ID")`)
			return
		}
		for _, id := range s.ids(pos, rest) {
			s.m.Impl[id] = append(s.m.Impl[id], Place{s.file, s.symbol(pos)})
		}
	case "exception":
		words, quoted, ok := strings.Cut(rest, "reason=")
		reason, err := strconv.Unquote(strings.TrimSpace(quoted))
		if !ok || err != nil || strings.TrimSpace(reason) == "" {
			s.problem(pos, `expected khp:exception ID reason="...", got %q`, rest)
			return
		}
		for _, id := range s.ids(pos, words) {
			if other, twice := s.m.Exceptions[id]; twice {
				s.problem(pos, "%s has an exception at %s already", id, other.At)
				continue
			}
			s.m.Exceptions[id] = Exception{s.at(pos), strings.TrimSpace(reason)}
		}
	default:
		s.problem(pos, "unknown mark khp:%s; there are khp:impl and khp:exception", verb)
	}
}

// ids returns the known ids of text; others are problems, and so is none at all.
func (s *scanner) ids(pos token.Pos, text string) []string {
	var ids []string
	words := strings.Fields(text)
	if len(words) == 0 {
		s.problem(pos, "a mark without an id")
	}
	for _, w := range words {
		if !s.known.Known(w) {
			s.problem(pos, "unknown id %q; the lists are %s and %s",
				w, list.RequirementsFile, list.PropertiesFile)
			continue
		}
		ids = append(ids, w)
	}
	return ids
}

// literals finds ids in tables and in calls of t.Attr.
func (s *scanner) literals() {
	table := path.Dir(s.file) == tableDir && !s.test()
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if s.test() {
				s.attr(n)
			}
		case *ast.BasicLit:
			if text, ok := stringLiteral(n); table && ok && s.allIDs(text) {
				for _, id := range s.ids(n.Pos(), text) {
					s.m.Impl[id] = append(s.m.Impl[id], Place{s.file, s.symbol(n.Pos())})
				}
			}
		}
		return true
	})
}

// allIDs reports whether text consists of one or more words that all look like ids.
func (s *scanner) allIDs(text string) bool {
	words := strings.Fields(text)
	return len(words) > 0 &&
		!slices.ContainsFunc(words, func(w string) bool { return !s.known.LooksLikeID(w) })
}

// attr records a call t.Attr("req", "ID") with a literal id. Computed ids show up when the test
// runs.
func (s *scanner) attr(call *ast.CallExpr) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Attr" || len(call.Args) != 2 {
		return
	}
	if key, ok := stringLiteral(call.Args[0]); !ok || key != "req" {
		return
	}
	if text, ok := stringLiteral(call.Args[1]); ok {
		for _, id := range s.ids(call.Pos(), text) {
			s.m.Tests[id] = append(s.m.Tests[id], Place{s.file, s.symbol(call.Pos())})
		}
	}
}

func stringLiteral(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
