package script

import (
	"slices"
	"strings"

	"example.com/khp/sim/script/internal/lang"
)

// Error is a mistake in a scenario: its file, line and column, and the expected input.
type Error = lang.Error

// separator stands between commands and their expected output.
const separator = "----"

// block is some commands and their expected output.
type block struct {
	commands []lang.Line
	end      int // number of the separator's line, 0 if there is none
	want     []string
}

// File is a parsed scenario.
type File struct {
	Name         string   // as given to [Parse]
	Title        string   // the first comment
	Requirements []string // the ids in the comment that begins with "Requirements:"
	blocks       []block
	lines        []string
}

// Parse reads a scenario. The error is an [*Error].
func Parse(name, source string) (*File, error) {
	f := &File{Name: name, lines: strings.Split(strings.TrimSuffix(source, "\n"), "\n")}
	var b block
	for i := 0; i < len(f.lines); i++ {
		text := strings.TrimRight(f.lines[i], " \t\r")
		trimmed := strings.TrimLeft(text, " \t")
		switch {
		case trimmed == "":
		case trimmed[0] == '#':
			f.comment(strings.TrimSpace(trimmed[1:]))
		case text == separator:
			b.end = i + 1
			for i+1 < len(f.lines) && strings.TrimSpace(f.lines[i+1]) != "" {
				i++
				b.want = append(b.want, strings.TrimRight(f.lines[i], " \t\r"))
			}
			f.blocks, b = append(f.blocks, b), block{}
		default:
			words, column, mistake := lang.Split(text)
			if mistake != "" {
				return nil, lang.Wrong(name, i+1, column, mistake)
			}
			l := lang.Line{Number: i + 1, Words: words}
			last := len(b.commands) - 1
			switch {
			case trimmed == text:
				b.commands = append(b.commands, l)
			case last < 0:
				return nil, lang.Wrong(name, i+1, 1,
					"an indented line belongs to the command above it; there is none")
			default:
				b.commands[last].Below = append(b.commands[last].Below, l)
			}
		}
	}
	if len(b.commands) > 0 {
		f.blocks = append(f.blocks, b)
	}
	if len(f.blocks) == 0 {
		return nil, lang.Wrong(name, 1, 1, "no command; expected one of "+commandNames())
	}
	return f, nil
}

// comment takes title and requirements out of comments.
func (f *File) comment(text string) {
	ids, ok := strings.CutPrefix(text, "Requirements:")
	switch {
	case ok:
		f.Requirements = append(f.Requirements, strings.Fields(ids)...)
	case f.Title == "":
		f.Title = text
	}
}

// rewritten returns the source with the actual output in place of the expected one.
func (f *File) rewritten(got [][]string) string {
	lines := slices.Clone(f.lines)
	for i, b := range slices.Backward(f.blocks) {
		switch {
		case b.end > 0:
			lines = slices.Replace(lines, b.end, b.end+len(b.want), got[i]...)
		case len(got[i]) > 0: // only the last block can be without
			for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
				lines = lines[:len(lines)-1]
			}
			lines = append(append(lines, separator), got[i]...)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
