package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/khp/internal/reqtrace/list"
)

// edit is a change of a source file that breaks requirements.
type edit struct {
	ids      []string
	file     string
	old, new string // whole lines
	why      string // the first line of the new ones, or that there are none
	line     int    // in edits.txt
}

// parse reads edits.txt: blocks of a line with ids and a file, of the old lines behind "-", and of
// the new ones behind "+". Lines that begin with # are comments.
func parse(text string, known *list.List) (edits []*edit, err error) {
	number, body := 0, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		var e *edit
		if len(edits) > 0 {
			e = edits[len(edits)-1]
		}
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "-") && e != nil:
			e.old, body = e.old+line[1:]+"\n", true
		case strings.HasPrefix(line, "+") && e != nil:
			e.new, body = e.new+line[1:]+"\n", true
		default:
			if e != nil && !body {
				return nil, fmt.Errorf("edits.txt:%d: nothing is changed", e.line)
			}
			words := strings.Fields(line)
			e = &edit{ids: words[:len(words)-1], file: words[len(words)-1], line: number}
			for _, id := range e.ids {
				if !known.Known(id) {
					return nil, fmt.Errorf("edits.txt:%d: there is no requirement %s", number, id)
				}
			}
			if len(e.ids) == 0 {
				return nil, fmt.Errorf("edits.txt:%d: ids and a file, as KHP-GEN-01 endpoint/client_config.go",
					number)
			}
			edits, body = append(edits, e), false
		}
	}
	for _, e := range edits {
		e.why, _, _ = strings.Cut(strings.TrimSpace(e.new), "\n")
		if e.why == "" {
			e.why = "without " + strings.TrimSpace(strings.SplitN(e.old, "\n", 2)[0])
		}
	}
	return edits, nil
}

// apply returns the file with the change. The old lines must stand in it once.
func (e *edit) apply(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, e.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count("\n"+string(text), "\n"+e.old); n != 1 {
		return "", fmt.Errorf("edits.txt:%d does not apply any more: its old lines stand %d times in %s",
			e.line, n, e.file)
	}
	return strings.TrimPrefix(strings.Replace("\n"+string(text), "\n"+e.old, "\n"+e.new, 1), "\n"), nil
}
