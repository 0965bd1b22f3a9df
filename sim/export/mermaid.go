package export

import (
	"fmt"
	"io"
	"strings"
)

// Mermaid writes m as a Mermaid flowchart.
func Mermaid(w io.Writer, m Machine) error { return write(w, m, mermaid) }

func mermaid(graphs []*graph) string {
	var b strings.Builder
	styled := map[outcome][]string{}
	links := 0
	arrow := func(from, to, label string, o outcome) {
		fmt.Fprintf(&b, "    %s %s|\"%s\"| %s\n", from, outcomes[o].mermaid, label, to)
		styled[o] = append(styled[o], fmt.Sprint(links))
		links++
	}
	b.WriteString("flowchart TB\n")
	for _, g := range graphs {
		if len(graphs) > 1 {
			fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n  direction TB\n", g.side, g.side)
		}
		for i, members := range g.grouped() {
			fmt.Fprintf(&b, "  subgraph %s_group%d[\"%s\"]\n", g.side, i, groups[i])
			for _, k := range members {
				n := g.nodes[k]
				fmt.Fprintf(&b, "    %s[\"<b>%s</b><br/>%s\"]:::%s\n", g.id(k), n.title(),
					strings.Join(g.facts(k, g.more(k, len(graphs) > 1)), "<br/>"), outcomes[n.outcome].name)
			}
			b.WriteString("  end\n")
		}
		for _, l := range g.links {
			arrow(g.id(l.from), g.id(l.to), strings.Join(g.label(l), "<br/>"), l.outcome)
		}
		if len(graphs) > 1 {
			b.WriteString("  end\n")
		}
		if len(graphs) > 1 && g.side == Client {
			b.WriteString("  subgraph messages\n")
			fmt.Fprintf(&b, "    list[\"%s\"]\n", strings.Join(messageList(), "<br/>"))
			b.WriteString("  end\n")
		}
	}
	for o, s := range outcomes {
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:#1f2328\n", s.name, s.fill, s.line)
		if list := styled[outcome(o)]; len(list) > 0 && outcome(o) != waiting {
			fmt.Fprintf(&b, "  linkStyle %s stroke:%s\n", strings.Join(list, ","), s.line)
		}
	}
	return b.String()
}

// id names node i in formats that want identifiers.
func (g *graph) id(i int) string {
	return g.side.String() + "_" + strings.ReplaceAll(g.nodes[i].phase, " ", "_")
}
