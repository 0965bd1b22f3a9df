package verification

import (
	"embed"
	"io"

	"example.com/khp/internal/docgen/tool"
)

//go:embed text
var texts embed.FS

// part returns a fixed part of the page, with verbs where numbers go. TestDrill of package fsm does
// the walk of drill.md; it and TestPages_Outputs of docs compare the outputs shown there.
func part(name string) string { return tool.Part(texts, name) }

// fixed is a section that measures nothing.
func fixed(name string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, part(name))
		return err
	}
}
