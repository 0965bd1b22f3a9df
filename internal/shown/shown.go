// Package shown compares the output of commands with the extracts on pages. A line that is "..."
// stands for any lines, "..." inside of a line for any text.
package shown

import (
	"regexp"
	"strings"
)

// Output returns the text of a page behind the line "$ command" of a console block, up to the next
// command or the end of the block. ok is false if there is no such line.
func Output(page, command string) (text string, ok bool) {
	_, rest, ok := strings.Cut(page, "\n$ "+command+"\n")
	end, next := strings.Index(rest, "```"), strings.Index("\n"+rest, "\n$ ")
	if next >= 0 && next < end {
		end = next
	}
	return rest[:max(end, 0)], ok
}

// Matches reports whether got is the output that a page shows.
func Matches(shown, got string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(shown) {
		if line == "...\n" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*`))
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(got)
}
