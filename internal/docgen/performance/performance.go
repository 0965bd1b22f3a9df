// Package performance runs the benchmarks and the mutation check, and makes docs/performance.md of
// their output.
package performance

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"example.com/khp/internal/docgen/tool"
)

// Page runs everything and returns the page. The current directory is the root of the module.
func Page() ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, intro, tool.Machine())
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
		table(&text, parse(bytes.NewReader(out)))
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

// section is one table of the page. Without a benchmark it is what a command of the module in bench
// prints.
type section struct {
	title, text, bench string
	packages           []string
}

const intro = `# Performance

Written by ` + "`make performance`" + `, which measures again. This run: %s. Times of one run on a shared machine: look at the orders of
magnitude and the allocations, and measure on your own.
`

const comparison = `Whole messages, the same bytes for each parser, each doing all the checking it does, in turns in one run (the module in bench, also ` + "`make bench`" + `). Times are processor
time of the parsing thread: what the garbage collector does elsewhere is not counted against the parsers that allocate. net/http gets its buffered reader reused. A plain append copies the
parts of a response without a look at them. Package wire looks at every byte of them, eight at a time while it copies them, and counts against the limits, because no value of a caller may break
out of its field. That is 2.4 times the copying, where 1.5 was aimed at: a third are the tests of names and values, a tenth is the status line, and the rest is the room, the limits and the ends of each
line. Fields that carry a mark of having been checked would save the tests, and then every place that makes or changes a field must keep the mark right: a fault there is header injection.

A parse of 260 bytes spends half of its time in the tests of names and values, a sixth in the status line, and the rest on each line: the limits, the colon, blanks at the ends, and the view that
is stored. Vector instructions speed up the first half only, and only where values are longer than the 16 bytes that are looked at together now: lines are 30 bytes on average. In Go they take assembly, whose
calls cost as much as the test of a short name, or GOEXPERIMENT=simd, which every importer would have to set.`

const step = `The ten transitions that nearly every connection takes part in. bytes/state is what has to be kept of a client.

A step has some 200 instructions. A third of them hand over configuration, state, event and result, which are values and travel field by field; a third gather what guards look at from the
configuration, the state and the event; the rest finds the row and does what it says. A table without guards on the configuration takes a third of the time. The way there is a configuration that is
compiled before its first step, and a state packed into one word: both would be numbers to a reader and a debugger. A client makes five steps to open.`

const handshakes = `An endpoint from the first event to open. A handshake allocates four times on either side, with everything that is kept: the endpoint, its working memory, which is dropped or used
again when the connection is open, one list of fields, and one string for their text. A server that is used again by Reset allocates the latter two. Most of the time beyond the parsing and writing
goes into those 3 KB: clearing them, and collecting them. A client also writes both of its requests once before it connects, so that a value that cannot be sent is refused before anything is.`

const exploration = `States visited by the breadth-first search, properties checked in each. ` +
	`[verification.md](verification.md) compares it with Spin.`

const servers = `Servers on loopback, a process each, in turns in one run (` + "`go run ./server`" + ` in bench): 64 clients at a time connect, shake hands and reset. The client is on the same machine and takes its
share of it, so the time that the server's processors were busy with one handshake tells more than the rate; ratios are of medians with 95% confidence intervals, round by round. Memory is what 5,000
open connections on which nothing happens add to the process, just after their handshakes and after a collection. The bare loop moves the same bytes and understands nothing. The other libraries know
plain WebSockets only; for KHP they, and the loop, send the same bytes as package transport without a look at the request, so that the lower table has more work in the lines of khp than in the
others: a second request to parse and judge, and timers for each step. As shipped means ` + "`khp serve --metrics`" + ` with its log, which has a line for the handshake and one for the end.

What a handshake costs beside the bare loop: half of the difference is requests that are parsed,
judged, kept and answered, each with cold memory; a tenth the second goroutine, in whose small stack
an open connection waits; the rest are deadlines, trackers and the turns of the connection. khp
serve adds two lines of the log, which are a seventh of its time, the observer that counts for the
metrics, a twentieth, and the session; a twenty-fifth is the stack that grows once more when the end
of a connection is logged. The next tenth would be lines put together by hand in the place of
log/slog, and events for observers that leave out what an observer does not look at: a second way to
write a line that is safe for a terminal, and a wider interface for one user of it.

What an open connection of a Server keeps is a stack of 2 KiB and 3 KB of which the socket and its
addresses are a fourth; what is more just after the handshakes is garbage of theirs, up to as much
again, until the next collection. A stack of 2 KiB has room for about 900 bytes of frames above
those of package net, which is what a read needs, with a KeepAlive too, as long as Serve calls it
from a small frame. khp serve reads 250 bytes deeper, in the frames of the session and of the
target, and waits in 4 KiB: these would have to become one function for each kind of target. The
target of 6,000 bytes without a collection asks for handshakes that leave no garbage besides, with
the request as one piece of memory that is given back by hand. Waiting without a stack takes an
event loop: package endpoint/driver is for those who have one.`

const relay = `Clients, ` + "`khp serve --metrics`" + ` or another proxy, and a back end that sends every message back, each a process on loopback (` + "`go run ./relay`" + ` in bench); proxies take turns in one run. The
first column of numbers is the processor time of the proxy for one message there and back. nginx copies bytes and knows no message; khp serve checks frames, limits and UTF-8, masks anew, and counts.
The bare Go loop copies bytes, too: two goroutines for each connection that read and write.

What stands in the way of nginx with one small message at a time: two thirds of the relay's time is
the system's, for two writes and four reads, of which two find nothing because package net asks
before it waits. The bare loop, which has the same calls and nothing else, already takes a third
more than nginx, which waits for events and then reads. The rest is the scheduler, a tenth, and our
own code, a fifth: turns to read and write that Close and Ping can take part in, the watch over
contexts, the clock of the keep-alive, the counters. A loop over epoll in the place of goroutines
would save the reads and the scheduler, and be a second way to read, write, time and close a
connection. The two empty reads, a twentieth to a tenth, cannot be left out between two calls of
package net, each of which forgets what the system has announced before it reads; they could if the
whole relay ran inside one call, as its callback, which would turn the keep-alive, the contexts and
the watch over Close inside out. Messages that arrive together share all of that, and large ones are
copied once by the system on either side: there nothing stands in the way.`

var sections = []section{
	{"One step of the machine", step, "Step", []string{"./fsm"}},
	{"Parsing and writing compared", comparison, "", []string{"."}},
	{"Units and lists", "An extended response put together from WebSocket messages, " +
		"and the values of two fields.", ".", []string{"./wire"}},
	{"Whole handshakes in memory", handshakes, ".", []string{"./endpoint"}},
	{"Sockets", "Messages and handshakes over loopback.", ".", []string{"./transport"}},
	{"Servers compared", servers, "", []string{"./server"}},
	{"A relay compared with nginx", relay, "", []string{"./relay"}},
	{"Exploration", exploration, "Explore", []string{"./sim/model"}},
}
