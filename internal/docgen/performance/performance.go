// Package performance runs the benchmarks and the mutation check, and makes docs/performance.md of
// their output.
package performance

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"regexp"
	"strings"

	"example.com/khp/internal/docgen/tool"
)

// Page runs everything and returns the page. The current directory is the root of the module.
func Page() ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, part("intro"), tool.Machine())
	for _, s := range sections {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n", s.title, s.text)
		if s.bench == "" {
			tables, _, err := tool.Run(0, "go", "run", "-C", "bench", s.packages[0], "-markdown")
			if err != nil {
				return nil, err
			}
			text.Write(tables)
			continue
		}
		out, _, err := tool.Run(0, "go",
			append([]string{"test", "-run", "^$", "-benchmem", "-bench", s.bench}, s.packages...)...)
		if err != nil {
			return nil, err
		}
		table(&text, parse(string(out)))
	}
	if err := mutants(&text); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// mutants adds the count of mutants, which is no benchmark.
func mutants(w io.Writer) error {
	out, _, err := tool.Run(0, "go", "test", "./fsm", "-run", "TestMutation", "-mutate", "-v",
		"-timeout", "20m")
	if err != nil {
		return err
	}
	count := string(regexp.MustCompile(`mutants: .*`).Find(out))
	fmt.Fprintf(w, "\n## Verification\n\n%s. Requirements and the tests that prove them are counted "+
		"in [requirements.md](requirements.md).\n", strings.ToUpper(count[:1])+count[1:])
	return nil
}

// result is one benchmark: its name and its values in the order in which they are printed.
type result struct {
	name   string
	values []value
}

type value struct{ number, unit string }

var processors = regexp.MustCompile(`-\d+$`)

// parse reads the output of go test -bench.
func parse(text string) (list []result) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		res := result{name: processors.ReplaceAllString(strings.TrimPrefix(f[0], "Benchmark"), "")}
		for i := 2; i+1 < len(f); i += 2 {
			res.values = append(res.values, value{f[i], f[i+1]})
		}
		list = append(list, res)
	}
	return list
}

// table writes results with one column for each unit that occurs.
func table(w io.Writer, list []result) {
	var units []string
	seen := map[string]bool{}
	for _, r := range list {
		for _, v := range r.values {
			if !seen[v.unit] {
				seen[v.unit] = true
				units = append(units, v.unit)
			}
		}
	}
	fmt.Fprintf(w, "| benchmark | %s |\n| --- |%s\n",
		strings.Join(units, " | "), strings.Repeat(" ---: |", len(units)))
	for _, r := range list {
		fmt.Fprintf(w, "| %s |", r.name)
		for _, u := range units {
			cell := ""
			for _, v := range r.values {
				if v.unit == u {
					cell = v.number
				}
			}
			fmt.Fprintf(w, " %s |", cell)
		}
		fmt.Fprintln(w)
	}
}

// section is one table of the page. Without a benchmark it is the output of a command of the module
// in bench.
type section struct {
	title, text, bench string
	packages           []string
}

//go:embed text
var texts embed.FS

func part(name string) string { return tool.Part(texts, name) }

var sections = []section{
	{"One step of the machine", part("step"), "Step", []string{"./fsm"}},
	{"Parsing and writing compared", part("comparison"), "", []string{"."}},
	{"Units and lists", "An extended response put together from WebSocket messages, " +
		"and the values of two fields.", ".", []string{"./wire"}},
	{"Whole handshakes in memory", part("handshakes"), ".", []string{"./endpoint"}},
	{"Sockets", "Messages and handshakes over loopback.", ".", []string{"./transport"}},
	{"Servers compared", part("servers"), "", []string{"./server"}},
	{"A relay compared with nginx", part("relay"), "", []string{"./relay"}},
	{"Exploration", part("exploration"), "Explore", []string{"./sim/model"}},
}
