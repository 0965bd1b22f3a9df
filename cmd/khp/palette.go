package main

import (
	"io"
	"os"

	"example.com/khp/internal/visible"
)

// palette colours text, or leaves it as it is.
type palette struct{ sent, received, note, good, bad, title func(string) string }

// plainText and what ansi returns take any words of a peer.
func plainText(s string) string { return visible.Text(s) }

func ansi(code string) func(string) string {
	return func(s string) string {
		if s == "" {
			return s
		}
		return "\x1b[" + code + "m" + visible.Text(s) + "\x1b[0m"
	}
}

// newPalette has colours for a terminal, unless NO_COLOR is set. [https://no-color.org]
func newPalette(w io.Writer) palette {
	if !isTerminal(w) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return palette{plainText, plainText, plainText, plainText, plainText, plainText}
	}
	return palette{sent: ansi("36"), received: ansi("32"), note: ansi("2"), good: ansi("1;32"), bad: ansi("1;31"), title: ansi("1")}
}

// isTerminal reports whether a person reads or writes at the other end.
func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
