// Package list reads the requirements and properties that code and tests refer to by id.
package list

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Where the lists are, from the root of the module.
const (
	RequirementsFile = "docs/requirements.tsv"
	PropertiesFile   = "docs/properties.tsv"
)

// Levels in the order of reports: requirement levels, then kinds of properties.
var (
	Levels = []string{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "STATEMENT"}
	Kinds  = []string{"safety", "liveness", "scenario"}
)

// Entry is one requirement or property.
type Entry struct {
	ID        string
	Level     string // one of Levels, or of Kinds
	Statement string
	Property  bool
}

// Binding reports whether the entry must be covered.
func (e Entry) Binding() bool { return e.Level == "MUST" || e.Level == "MUST NOT" }

// Group is the part of the id that entries of one chapter share: KHP-OPEN, RFC6585, INV.
func (e Entry) Group() string {
	parts := strings.Split(e.ID, "-")
	if parts[0] == "KHP" && len(parts) > 2 {
		return parts[0] + "-" + parts[1]
	}
	return parts[0]
}

// List is all entries in the order of their files.
type List struct {
	Entries []Entry
	known   map[string]bool // ids
}

// Known reports whether there is an entry with this id.
func (l *List) Known(id string) bool { return l.known[id] }

// LooksLikeID reports whether word has the form of an id of one of the list's groups, known or not.
func (l *List) LooksLikeID(word string) bool {
	first, rest, ok := strings.Cut(word, "-")
	if !ok || rest == "" || strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return false
	}
	return slices.ContainsFunc(l.Entries,
		func(e Entry) bool { return strings.HasPrefix(e.ID, first+"-") })
}

// Load reads both lists. Ids must be unique, levels and kinds those of [Levels] and [Kinds].
func Load(root fs.FS) (*List, error) {
	l := &List{known: map[string]bool{}}
	if err := l.read(root, RequirementsFile,
		[]string{"id", "level", "party", "statement", "trigger", "action"}, Levels); err != nil {
		return nil, err
	}
	if err := l.read(root, PropertiesFile, []string{"id", "kind", "statement"}, Kinds); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *List) read(root fs.FS, file string, columns, levels []string) error {
	b, err := fs.ReadFile(root, file)
	if err != nil {
		return err
	}
	statement := slices.Index(columns, "statement")
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		where := fmt.Sprintf("%s:%d", file, i+1)
		switch {
		case i == 0 && slices.Equal(cells, columns):
			continue
		case i == 0 || len(cells) != len(columns):
			return fmt.Errorf("%s: expected the columns %s, got %q",
				where, strings.Join(columns, ", "), line)
		case !slices.Contains(levels, cells[1]):
			return fmt.Errorf("%s: expected one of %s, got %q", where, strings.Join(levels, ", "), cells[1])
		case cells[0] == "" || cells[statement] == "":
			return fmt.Errorf("%s: an id and a statement are required", where)
		case l.Known(cells[0]):
			return fmt.Errorf("%s: %s is listed twice", where, cells[0])
		}
		l.known[cells[0]] = true
		l.Entries = append(l.Entries, Entry{ID: cells[0], Level: cells[1], Statement: cells[statement],
			Property: columns[1] == "kind"})
	}
	return nil
}
