package field

import (
	"fmt"
	"io"
)

// Show writes text for a value that hides a part of itself, whatever the verb: one that is wrong
// for text would otherwise make package fmt print the fields of the value.
func Show(s fmt.State, verb rune, text string) {
	switch verb {
	case 'q', 'x', 'X':
		_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), text)
	default:
		_, _ = io.WriteString(s, text)
	}
}
