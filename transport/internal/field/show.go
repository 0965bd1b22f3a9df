package field

import (
	"fmt"
	"io"
)

// Show writes text for a value that hides a part of itself, for any verb: with a verb that is wrong
// for text package fmt would otherwise print the fields of the value.
func Show(s fmt.State, verb rune, text string) {
	switch verb {
	case 'q', 'x', 'X':
		_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), text)
	default:
		_, _ = io.WriteString(s, text)
	}
}
