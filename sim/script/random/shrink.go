package random

import "strings"

// mostTrials bounds how many smaller scenarios are tried.
const mostTrials = 3000

// Shrink leaves lines and words of a scenario out for as long as fails still says that it fails,
// and returns the smallest one found.
func Shrink(source string, fails func(source string) bool) string {
	lines := strings.Split(strings.TrimSuffix(source, "\n"), "\n")
	trials := 0
	try := func(smaller []string) bool {
		if trials++; trials > mostTrials || !fails(strings.Join(smaller, "\n")+"\n") {
			return false
		}
		lines = smaller
		return true
	}
	for again := true; again && trials <= mostTrials; {
		again = false
		for i := len(lines) - 1; i >= 0; i-- {
			again = try(without(lines, i)) || again
		}
		for i := range lines {
			again = shorter(lines, i, try) || again
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// without returns the lines but one.
func without(lines []string, i int) []string {
	return append(append([]string{}, lines[:i]...), lines[i+1:]...)
}

// shorter leaves words out of a line, the last ones first. A word with blanks in its quotes goes in
// pieces, which do not run, and so it stays.
func shorter(lines []string, i int, try func([]string) bool) (some bool) {
	for k := len(strings.Split(lines[i], " ")) - 1; k > 0; k-- {
		words := strings.Split(lines[i], " ")
		if k >= len(words) || words[k] == "" {
			continue
		}
		smaller := append([]string{}, lines...)
		smaller[i] = strings.Join(without(words, k), " ")
		if try(smaller) {
			lines, some = smaller, true
		}
	}
	return some
}
