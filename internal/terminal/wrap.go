package terminal

import "strings"

// Columns is how wide the lines of texts for terminals are at most.
const Columns = 80

// Wrap breaks text at blanks into lines of at most width characters.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// WrapPath breaks a path behind slashes into lines of at most width characters.
func WrapPath(path string, width int) []string {
	lines := []string{""}
	for part := range strings.SplitAfterSeq(path, "/") {
		last := &lines[len(lines)-1]
		if *last == "" || len([]rune(*last+part)) <= width {
			*last += part
		} else {
			lines = append(lines, part)
		}
	}
	return lines
}

// Clip cuts s to at most n characters.
func Clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
