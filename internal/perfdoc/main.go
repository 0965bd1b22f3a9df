// Command perfdoc measures and writes docs/performance.md: it runs the benchmarks and the mutation
// check, and puts what they print into tables. Numbers are those of the machine it runs on, which
// the page names.
//
//	go run ./internal/perfdoc        # from the root of the project; a few minutes
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "perfdoc:", err)
		os.Exit(1)
	}
}

// write runs everything and writes the page.
func write() error {
	var page bytes.Buffer
	fmt.Fprintf(&page, intro, runtime.Version(), runtime.GOOS, runtime.GOARCH, cpu(), runtime.NumCPU())
	for _, s := range sections {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n", s.title, s.text)
		if s.bench == "" {
			tables, err := run("go", "run", "-C", "bench", s.packages[0], "-markdown")
			if err != nil {
				return err
			}
			page.WriteString(tables)
			continue
		}
		out, err := run("go", append([]string{"test", "-run", "^$", "-benchmem", "-bench", s.bench}, s.packages...)...)
		if err != nil {
			return err
		}
		table(&page, parse(strings.NewReader(out)))
	}
	if err := checks(&page); err != nil {
		return err
	}
	return os.WriteFile("docs/performance.md", page.Bytes(), 0o644)
}

// checks adds the count that is no benchmark: mutants.
func checks(page io.Writer) error {
	out, err := run("go", "test", "./fsm", "-run", "TestMutation", "-mutate", "-v", "-timeout", "20m")
	if err != nil {
		return err
	}
	mutants := regexp.MustCompile(`mutants: .*`).FindString(out)
	fmt.Fprintf(page, "\n## Verification\n\n%s. Requirements and the tests that prove them are counted in [requirements.md](requirements.md).\n", strings.ToUpper(mutants[:1])+mutants[1:])
	return nil
}

func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// cpu is the processor's name as Go's benchmarks print it.
func cpu() string {
	out, err := run("go", "test", "./internal/perfdoc", "-run", "^$", "-bench", "Nothing", "-benchtime", "1x")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "cpu: "); ok {
			return strings.TrimSpace(name)
		}
	}
	return "unknown"
}

// result is one benchmark: its name and its values in the order in which they are printed.
type result struct {
	name   string
	values []value
}

type value struct{ number, unit string }

var processors = regexp.MustCompile(`-\d+$`)

// parse reads the output of go test -bench.
func parse(r io.Reader) (list []result) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
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
	fmt.Fprintf(w, "| benchmark | %s |\n| --- |%s\n", strings.Join(units, " | "), strings.Repeat(" ---: |", len(units)))
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

// section is one table of the page. Without a benchmark it is what a command of the module in bench
// prints.
type section struct {
	title, text, bench string
	packages           []string
}

const intro = `# Performance

Written by ` + "`make performance`" + `, which measures again. This run: %s, %s/%s, %s, %d processors. Times of one run on a shared machine: look at the orders of
magnitude and the allocations, and measure on your own.
`

const comparison = `Whole messages, the same bytes for each parser, each doing all the checking it does, in turns in one run (the module in bench, also ` + "`make bench`" + `). Times are processor
time of the parsing thread: what the garbage collector does elsewhere is not counted against the parsers that allocate. net/http gets its buffered reader reused. A plain append copies the
parts of a response without a look at them. Package wire looks at every byte of them, eight at a time, and counts against the limits, because no value of a caller may break out of its field:
that takes longer than the copying, so the 1.5 that was aimed at is out of its reach.`

const servers = `Servers on loopback, a process each, in turns in one run (` + "`go run ./server`" + ` in bench): 64 clients at a time connect, shake hands and reset. The client is on the same machine and takes its
share of it, so the time that the server's processors were busy with one handshake tells more than the rate. Memory is what 2,000 open connections on which nothing happens add to the
process, after a collection. The bare loop moves the same bytes and understands nothing. The other libraries know plain WebSockets only; for KHP they, and the loop, send the same bytes as package transport
without a look at the request, so that the lower table has more work in the lines of khp than in the others: a second request to parse and judge, and timers for each step.`

var sections = []section{
	{"One step of the machine", "The ten transitions that nearly every connection takes part in. bytes/state is what has to be kept of a client.", "Step", []string{"./fsm"}},
	{"Parsing and writing compared", comparison, "", []string{"."}},
	{"Units and lists", "An extended response put together from WebSocket messages, and the values of two fields.", ".", []string{"./wire"}},
	{"Whole handshakes in memory", "An endpoint from the first event to open.", ".", []string{"./endpoint"}},
	{"Sockets", "Messages and handshakes over loopback.", ".", []string{"./transport"}},
	{"Servers compared", servers, "", []string{"./server"}},
	{"Exploration", "States visited by the breadth-first search, properties checked in each.", "Explore", []string{"./sim/model"}},
}
