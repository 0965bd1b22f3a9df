package terminal

import (
	"strings"
	"unicode/utf8"
)

// Fold breaks the lines of text that are longer than [Columns] at blanks. The rest of a line stands
// below its last column, where there is room for it, otherwise a little to the right of its
// beginning. Colours take no room, and a word that is too long stays whole.
func Fold(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, end := strings.CutSuffix(line, "\n")
		foldLine(&b, body)
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func foldLine(b *strings.Builder, line string) {
	indent := hang(line)
	for column := 0; ; column = indent {
		cut := breakAt(line, column, indent)
		if cut < 0 {
			b.WriteString(line)
			return
		}
		b.WriteString(strings.TrimRight(line[:cut], " ") + "\n" + strings.Repeat(" ", indent))
		line = strings.TrimLeft(line[cut:], " ")
	}
}

// breakAt returns where to break a line that begins at a column, -1 if it needs no break or has no
// place for one: at the last blank that leaves it short enough, or else at the first one.
func breakAt(line string, column, indent int) int {
	cut := -1
	for i := 0; i < len(line); {
		if n := escape(line[i:]); n > 0 {
			i += n
			continue
		}
		if line[i] == ' ' && column > indent && (column <= Columns || cut < 0) {
			cut = i
		}
		if column >= Columns && cut >= 0 && strings.TrimLeft(line[i:], " ") != "" {
			return cut
		}
		_, n := utf8.DecodeRuneInString(line[i:])
		i, column = i+n, column+1
	}
	return -1
}

// hang returns the column at which the rest of a line goes on: that of its last column, if every
// word of it has room there.
func hang(line string) int {
	begin, last, longest := 0, 0, 0
	column, blanks, word := 0, 0, 0
	for i := 0; i < len(line); {
		if n := escape(line[i:]); n > 0 {
			i += n
			continue
		}
		switch {
		case line[i] == ' ':
			blanks, word = blanks+1, 0
		case column == blanks:
			begin, blanks, word = column, 0, 1
		default:
			if blanks > 1 {
				last, longest = column, 0
			}
			blanks, word = 0, word+1
		}
		longest = max(longest, word)
		_, n := utf8.DecodeRuneInString(line[i:])
		i, column = i+n, column+1
	}
	if last+max(longest, Columns/3) > Columns {
		last = 0
	}
	return max(last, begin+2)
}

// escape returns how many bytes of a sequence that sets colours s begins with.
func escape(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	return strings.IndexByte(s, 'm') + 1
}
