package sequence

import (
	"fmt"
	"io"
	"strings"

	"example.com/khp/internal/visible"
)

// Mermaid writes steps as a sequence diagram of Mermaid. Lines below the text and notes beside it
// are left out.
func Mermaid(w io.Writer, steps []Step) error {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n  participant client\n  participant server\n")
	for i := range steps {
		s := &steps[i]
		text := escape(strings.TrimSpace(s.Number + " " + visible.Line(s.Text)))
		//exhaustive:enforce
		switch s.Kind {
		case HTTP, Message, Control, End:
			fmt.Fprintf(&b, "  %s->>%s: %s\n", s.From, Client+Server-s.From, text)
		case Local:
			fmt.Fprintf(&b, "  Note over %s: %s\n", s.From, text)
		case Connection:
			if s.Note != "" {
				fmt.Fprintf(&b, "  Note over client,server: %s %s\n", text, escape(visible.Line(s.Note)))
			}
		case Turn, Remark:
			fmt.Fprintf(&b, "  Note over client,server: %s\n", text)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escape writes characters of Mermaid's syntax as entities.
func escape(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;").Replace(s)
}
