package export

import (
	"fmt"
	"io"
	"strings"
)

// DOT writes m in the language of Graphviz.
func DOT(w io.Writer, m Machine) error { return write(w, m, dot) }

func dot(graphs []*graph) string {
	var b strings.Builder
	b.WriteString("digraph khp {\n  bgcolor=white; rankdir=TB; newrank=true; " +
		"fontname=\"sans-serif\";\n")
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", " +
		"fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=10];\n")
	for _, g := range graphs {
		if len(graphs) > 1 {
			fmt.Fprintf(&b, "  subgraph cluster_%s {\n  label=\"%s\"; style=bold;\n", g.side, g.side)
		}
		for i, members := range g.grouped() {
			fmt.Fprintf(&b, "  subgraph cluster_%s_%d {\n    label=\"%s\"; style=\"rounded,dashed\"; "+
				"color=\"#8c959f\";\n", g.side, i, groups[i])
			for _, k := range members {
				n, o := g.nodes[k], outcomes[g.nodes[k].outcome]
				fmt.Fprintf(&b, "    %s [label=\"%s\\n%s\", fillcolor=\"%s\", color=\"%s\"];\n", g.id(k),
					n.title(), strings.Join(g.facts(k, g.more(k, len(graphs) > 1)), "\\n"), o.fill, o.line)
			}
			b.WriteString("  }\n")
		}
		if len(graphs) > 1 {
			b.WriteString("  }\n")
		}
		for _, l := range g.links {
			o := outcomes[l.outcome]
			fmt.Fprintf(&b, "  %s -> %s [label=\"%s\", color=\"%s\", fontcolor=\"%s\", style=%s];\n",
				g.id(l.from), g.id(l.to), strings.Join(g.label(l), "\\n"), o.line, o.line, o.dot)
		}
	}
	if len(graphs) > 1 {
		fmt.Fprintf(&b, "  messages [label=\"messages\\n%s\\l\", fillcolor=white];\n",
			strings.Join(messageList(), "\\l"))
	}
	b.WriteString("}\n")
	return b.String()
}
