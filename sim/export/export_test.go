package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

// formats under test, by the suffix of their golden files.
var formats = map[string]func(io.Writer, Machine) error{"mmd": Mermaid, "dot": DOT, "svg": SVG}

func draw(t *testing.T, format string, m Machine) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, formats[format](&b, m), "%s draws as %s", m, format)
	return b.String()
}

// drawn keeps pictures from being drawn for every test.
var drawn = map[string]string{}

func drawOnce(t *testing.T, format string, m Machine) string {
	t.Helper()
	key := format + m.String()
	if drawn[key] == "" {
		drawn[key] = draw(t, format, m)
	}
	return drawn[key]
}

// eachPicture runs f for every format and machine.
func eachPicture(t *testing.T, f func(t *testing.T, format string, m Machine, text string)) {
	for format := range formats {
		for m := Client; m <= Pair; m++ {
			if format == "svg" && m == Pair {
				continue // see TestExport_SVG_DrawsOneSide
			}
			t.Run(format+"/"+m.String(), func(t *testing.T) { f(t, format, m, drawOnce(t, format, m)) })
		}
	}
}

func TestExport_Golden(t *testing.T) {
	eachPicture(t, func(t *testing.T, format string, m Machine, text string) {
		file := filepath.Join("testdata", m.String()+"."+format)
		if format == "svg" {
			file = filepath.Join("../../docs/img", m.String()+".svg")
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, string(want) == text,
			"%s is stale; run go test ./sim/export -update and look at the difference", file)
	})
}

func TestExport_SameEveryTime(t *testing.T) {
	eachPicture(t, func(t *testing.T, format string, m Machine, text string) {
		require.True(t, text == draw(t, format, m), "a second drawing is the same")
	})
}

func TestExport_EveryPhaseAppears(t *testing.T) {
	eachPicture(t, func(t *testing.T, format string, m Machine, text string) {
		sides, err := m.sides()
		require.NoError(t, err)
		for _, side := range sides {
			for _, p := range phasesOf(side) {
				want := map[string]string{"mmd": side.String() + "_" + p + "[", "dot": side.String() + "_" + p +
					" [label=", "svg": p + "</text>"}[format]
				require.Contains(t, text, want, "the %s has a box for %s", side, p)
			}
		}
	})
}

// phasesOf lists the phases of a side without looking at places.
func phasesOf(side Machine) []string {
	var names []string
	if side == Client {
		for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
			names = append(names, strings.TrimPrefix(p.String(), "Client"))
		}
	} else {
		for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
			names = append(names, strings.TrimPrefix(p.String(), "Server"))
		}
	}
	return names
}

func TestExport_PhasesMatchTheMachines(t *testing.T) {
	for _, side := range []Machine{Client, Server} {
		var names []string
		for _, p := range Phases(side) {
			names = append(names, p.Name)
			require.NotEmpty(t, p.Awaits, "%s %s has a description", side, p.Name)
		}
		require.ElementsMatch(t, phasesOf(side), names)
	}
	require.Nil(t, Phases(Pair))
}

func TestExport_EveryEdgeIsInOneLinkOrNode(t *testing.T) {
	for _, side := range []Machine{Client, Server} {
		t.Run(side.String(), func(t *testing.T) {
			g, err := newGraph(side)
			require.NoError(t, err)
			seen := map[int]int{}
			fails, asked := 0, 0
			for _, n := range g.nodes {
				for _, e := range n.stays {
					seen[e.Index]++
				}
				fails, asked = fails+n.fails, asked+n.asked
			}
			for _, l := range g.links {
				for _, e := range l.edges {
					seen[e.Index]++
				}
				switch g.nodes[l.from].phase {
				case nodeFailing:
					fails -= len(l.edges)
				case nodeAsked:
					asked -= len(l.edges)
				}
			}
			edges := Edges(side)
			require.Len(t, seen, len(edges), "every edge is drawn")
			for i := range edges {
				require.Equal(t, 1, seen[i], "edge %d is drawn once", i)
			}
			require.Zero(t, fails, "what the boxes count as failing goes through the node failing")
			require.Zero(t, asked, "what the boxes count as asked to close goes through that node")
		})
	}
}

func TestExport_EveryLinkIsWritten(t *testing.T) {
	eachPicture(t, func(t *testing.T, format string, m Machine, text string) {
		sides, _ := m.sides()
		links, edges := 0, 0
		for _, side := range sides {
			g, err := newGraph(side)
			require.NoError(t, err)
			links, edges = links+len(g.links), edges+len(Edges(side))
		}
		switch format {
		case "mmd":
			require.Len(t, regexp.MustCompile(`(?m)^ +\w+ (-->|==>|-\.->)\|"`).FindAllString(text, -1),
				links)
		case "dot":
			require.Len(t, regexp.MustCompile(`(?m)^ +\w+ -> \w+ \[label=`).FindAllString(text, -1), links)
		case "svg":
			sum := 0
			for _, s := range regexp.MustCompile(`data-edges="(\d+)"`).FindAllStringSubmatch(text, -1) {
				n, err := strconv.Atoi(s[1])
				require.NoError(t, err)
				sum += n
			}
			require.Equal(t, edges, sum, "the numbers of edges in the picture add up")
			require.Equal(t, links, strings.Count(text, `<g class="label `), "every line has a label")
		}
	})
}

func TestExport_Mermaid_HasNothingThatBreaksIt(t *testing.T) {
	label := regexp.MustCompile(`"([^"]*)"`)
	for m := Client; m <= Pair; m++ {
		depth := 0
		for line := range strings.Lines(drawOnce(t, "mmd", m)) {
			line = strings.TrimSpace(line)
			require.Zero(t, strings.Count(line, `"`)%2, "quotes come in pairs: %s", line)
			for _, s := range label.FindAllStringSubmatch(line, -1) {
				text := strings.NewReplacer("<b>", "", "</b>", "", "<br/>", " ").Replace(s[1])
				require.NotContains(t, strings.Trim(text, "✓✕↻"), "`")
				require.Regexp(t, `^[\w ✓✕↻→←+,:'().-]+$`, text, "a label has harmless characters only")
			}
			bare := label.ReplaceAllString(line, "")
			require.NotRegexp(t, `\b(graph|end)_|_end\b`, bare, "no identifier is a keyword")
			switch {
			case strings.HasPrefix(line, "subgraph "):
				depth++
			case line == "end":
				depth--
			}
			require.GreaterOrEqual(t, depth, 0)
		}
		require.Zero(t, depth, "every subgraph ends")
	}
}

func TestExport_DOT_IsWellFormed(t *testing.T) {
	for m := Client; m <= Pair; m++ {
		text := drawOnce(t, "dot", m)
		var open []rune
		quoted := false
		for i, r := range text {
			switch {
			case r == '"':
				quoted = !quoted
			case quoted:
				require.NotEqual(t, '\n', r, "no string crosses a line, at byte %d", i)
			case r == '{' || r == '[':
				open = append(open, r)
			case r == '}' || r == ']':
				require.NotEmpty(t, open, "byte %d closes nothing", i)
				require.Equal(t, map[rune]rune{'}': '{', ']': '['}[r], open[len(open)-1],
					"byte %d closes what was opened last", i)
				open = open[:len(open)-1]
			}
		}
		require.False(t, quoted)
		require.Empty(t, open)
		if dot, err := exec.LookPath("dot"); err == nil {
			cmd := exec.Command(dot, "-Tcanon", "-o", os.DevNull)
			cmd.Stdin = strings.NewReader(text)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "dot accepts the %s: %s", m, out)
		}
	}
}

func TestExport_SVG_DrawsOneSide(t *testing.T) {
	require.ErrorContains(t, SVG(io.Discard, Pair), "draws one side")
}

func TestExport_SVG_IsSelfContained(t *testing.T) {
	for m := Client; m <= Server; m++ {
		text := drawOnce(t, "svg", m)
		d := xml.NewDecoder(strings.NewReader(text))
		elements := map[string]int{}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, "the %s is well-formed XML", m)
			if e, ok := token.(xml.StartElement); ok {
				elements[e.Name.Local]++
				for _, a := range e.Attr {
					require.NotRegexp(t, `^(href|on.*|src)$`, a.Name.Local, "nothing runs and nothing is loaded")
				}
			}
		}
		require.Zero(t, elements["script"]+elements["image"]+elements["foreignObject"])
		require.Equal(t, 1, elements["desc"])
		require.Contains(t, text, "viewBox=")
		require.Contains(t, text, `<title id="khp-`+m.String()+`-title">`)
		require.NotContains(t, strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, ""), "http",
			"no other address is named")
	}
}

func TestExport_SVG_NothingOverlaps(t *testing.T) {
	for _, side := range []Machine{Client, Server} {
		g, err := newGraph(side)
		require.NoError(t, err)
		d := layOut(g)
		for i, b := range d.boxes {
			for _, c := range d.boxes[:i] {
				require.False(t, b.meets(c), "%s has a place of its own", g.nodes[i].phase)
			}
		}
		for i, l := range g.links {
			what := fmt.Sprintf("%s to %s", g.nodes[l.from].phase, g.nodes[l.to].phase)
			require.NotZero(t, d.labels[i].w, "%s has a label", what)
			for k, b := range d.boxes {
				require.False(t, d.labels[i].meets(b), "the label of %s covers %s", what, g.nodes[k].phase)
				for _, p := range d.lines[i][1 : len(d.lines[i])-1] {
					require.False(t, b.has(p), "the line of %s crosses %s", what, g.nodes[k].phase)
				}
			}
			for k := range i {
				require.False(t, d.labels[i].meets(d.labels[k]), "the label of %s covers another", what)
			}
		}
	}
}

func TestExport_EveryMessageConnectsTwoPhases(t *testing.T) {
	var graphs []*graph
	for _, side := range []Machine{Client, Server} {
		g, err := newGraph(side)
		require.NoError(t, err)
		graphs = append(graphs, g)
	}
	sent := map[fsm.EffectKind]bool{}
	for _, m := range messages {
		for _, g := range graphs {
			require.NotEmpty(t, g.passes(m), "the %s sends or takes: %s", g.side, m.what)
		}
		for _, k := range m.effects {
			sent[k] = true
		}
		receiver := Edges(Client + Server - m.from)
		for _, name := range m.events {
			require.Condition(t, func() bool {
				for _, e := range receiver {
					if e.Event == name || strings.HasPrefix(e.Event, name+"(") {
						return true
					}
				}
				return false
			}, "%s: there is an event %s on the other side", m.what, name)
		}
	}
	for _, side := range []Machine{Client, Server} {
		for _, e := range Edges(side) {
			for _, f := range e.Effects {
				if strings.HasPrefix(f.Kind.String(), "EffectSend") && f.Kind != fsm.EffectSendPong {
					require.True(t, sent[f.Kind], "%s sends a message of the pair", f.Kind)
				}
			}
		}
	}
}

func TestExport_EveryEffectHasAWord(t *testing.T) {
	for _, side := range []Machine{Client, Server} {
		for _, e := range Edges(side) {
			for _, f := range e.Effects {
				require.NotEmpty(t, effectWords[f.Kind], "%s", f.Kind)
			}
			if e.Plan != 0 && e.Plan != fsm.PlanFail {
				require.NotEmpty(t, planWords[e.Plan], "%s", e.Plan)
			}
			require.NotContains(t, EffectsText(e), "unknown")
		}
	}
}

func TestExport_Texts(t *testing.T) {
	require.Equal(t, "response 202", eventText(Client, "Response(Wait)"))
	require.Equal(t, "Wait timer", eventText(Client, "TimerExpired(Wait)"))
	require.Equal(t, "N received", eventText(Client, "ProceedReceived"))
	require.Equal(t, "bad request", eventText(Server, "BadRequest"))
	require.Equal(t, "any other status", Codes(Client, "Response(Close)"))
	require.Equal(t, "101 201 204 205", Codes(Server, "Decided(Complete)"))
	for _, e := range Edges(Client) {
		if e.From == "Opening" && e.Event == "Opened" && e.To == "AwaitResponse" {
			require.Equal(t, "send request; stop Opening; arm Response, Overall", EffectsText(e))
		}
		if e.From == "AwaitResponse" && e.Event == "ConnectionLost" {
			require.Equal(t, "stop all timers; disconnect; report failure: connection lost", EffectsText(e))
		}
	}
}

func TestExport_UnknownMachine(t *testing.T) {
	for _, f := range formats {
		require.ErrorContains(t, f(io.Discard, 0), "no such machine")
		require.ErrorContains(t, f(io.Discard, Pair+1), "no such machine")
	}
	_, ok := ParseMachine("toaster")
	require.False(t, ok)
	m, ok := ParseMachine("pair")
	require.True(t, ok)
	require.Equal(t, Pair, m)
	require.Equal(t, []string{"client", "server", "pair"}, Machines())
}
