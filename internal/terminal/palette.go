// Package terminal makes text for terminals: colours, and lines that fit.
package terminal

import (
	"io"
	"os"

	"example.com/khp/internal/visible"
)

// Palette colours text by its meaning, or leaves it as it is. Control characters show as
// escapes.
type Palette struct{ Sent, Received, Note, Good, Bad, Title func(string) string }

// Plain has no colours.
func Plain() Palette {
	return Palette{plainText, plainText, plainText, plainText, plainText, plainText}
}

// plainText and the functions that ansi returns take any words of a peer.
func plainText(s string) string { return visible.Text(s) }

func ansi(code string) func(string) string {
	return func(s string) string {
		if s == "" {
			return s
		}
		return "\x1b[" + code + "m" + visible.Text(s) + "\x1b[0m"
	}
}

// NewPalette returns colours if w is a terminal, unless NO_COLOR is set. [https://no-color.org]
func NewPalette(w io.Writer) Palette {
	if !IsTerminal(w) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return Plain()
	}
	return Palette{Sent: ansi("36"), Received: ansi("32"), Note: ansi("2"), Good: ansi("1;32"),
		Bad: ansi("1;31"), Title: ansi("1")}
}

// IsTerminal reports whether v is a file that is a terminal.
func IsTerminal(v any) bool {
	f, ok := v.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
